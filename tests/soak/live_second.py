"""A second program on a workspace, beside one in which a call goes on.

    python live_second.py WORKSPACE

It starts as a person would start it, looks whether calls are left over, and closes. The last line
on standard output is the codes of calls that it saw, and what it was told, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.services import browsing
from tests.soak.live_driver import Driver, run


def main() -> None:
    driver = Driver(Path(sys.argv[1]))
    driver.pause(2.0)
    ws, viewer = driver.ctx.ws, driver.ctx.viewer
    found = browsing.call_ids(ws, viewer, browsing.parse_query(""))
    report = {
        "calls": len(found), "told": driver.window.messages.words, "failures": driver.failures,
    }  # fmt: skip
    driver.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    run(main)
