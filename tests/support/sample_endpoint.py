"""Set an endpoint up in a workspace, for pictures: `WORKSPACE URL`."""

from __future__ import annotations

import sys
from pathlib import Path

from app.domain.endpoints import EndpointProfile, Price
from app.services.judging import endpoints
from app.services.opening import open_workspace


def main(folder: str, url: str) -> None:
    ws = open_workspace(Path(folder))
    try:
        endpoints.save_endpoint(
            ws, EndpointProfile(name="stand-in", base_url=url, model="kestrel-2", concurrency=8)
        )
        price = Price(
            model="kestrel*", input_per_m=2.5, output_per_m=10.0, cached_per_m=0.25,
            as_of="2026-11-30",
        )  # fmt: skip
        endpoints.save_prices(ws, (price,))
    finally:
        ws.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
