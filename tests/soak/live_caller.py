"""Call the practice agent and mark moments until killed; prints each mark that is on the disk.

python live_caller.py FOLDER
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from app.agents.practice.faults import Faults
from app.services.live_calls.live import LiveCall, LiveRequest
from app.services.workspace import Workspace

WRITTEN_S = 0.3
"""A crash may lose the last second; a mark older than this never."""


def main() -> None:
    call = LiveCall(
        Workspace.open(Path(sys.argv[1])), LiveRequest(practice=Faults(), sample_caller=True)
    )
    call.start()
    while call.snapshot().captured_s <= 0:
        time.sleep(0.01)
    for number in range(10_000):
        call.mark(f"mark {number}", 0.0)
        time.sleep(WRITTEN_S)
        print(f"mark {number}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
