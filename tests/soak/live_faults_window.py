"""Calls at the real window whose device, disk or server fails. Prints JSON.

    python live_faults_window.py WORKSPACE PICTURES FAULT

FAULT is `device`, `elsewhere`, `rate`, `disk`, `server` or `nothing-there`. What each state showed
is in `told`, in order; PICTURES/FAULT-STATE_THEME.png show it. `calls` are those of the library.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.agents import disk_watch
from app.main import WindowStart, _application
from app.services import calls
from app.services.workspace import Workspace
from app.ui.live.setup import ELSEWHERE

PATIENCE_S = 90.0
GO_ON_S = 2.5
SINK = ("pactl", "load-module", "module-null-sink", "sink_name=null1", "channels=2")


class Sitting:
    """One window, and what it showed."""

    def __init__(self, folder: Path, pictures: Path, fault: str) -> None:
        self.app = _application()
        self._start = WindowStart(folder)
        self.window = self._start.window
        self.window.resize(1280, 800)
        self.window.show()
        self._pictures, self._fault, self._folder = pictures, fault, folder
        self.told: dict[str, str] = {}
        self.until(lambda: self.window.front is not None)
        self.window.show_screen("live")
        self.screen: Any = self.window.front
        self.until(lambda: self.screen.setting_up.is_ready)
        self.screen.setting_up.give_consent(True)
        self.until(lambda: self.screen.setting_up.consent is not None)

    def until(self, holds: Callable[[], bool]) -> None:
        stop_by = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > stop_by:
                self.show("stuck", "")
                raise TimeoutError(json.dumps(self.told))
            self.app.processEvents()
            time.sleep(0.005)

    def rest(self, seconds: float) -> None:
        done_by = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > done_by)

    def show(self, state: str, words: str) -> None:
        """Keep what is said, and a picture of it in both themes."""
        self.told[state] = words
        for theme in ("dark", "light"):
            self.window.ctx.theme.apply(theme)
            self.rest(0.3)
            self.window.grab().save(str(self._pictures / f"{self._fault}-{state}_{theme}.png"))

    # --- what a person does

    def choose(self, **setup: Any) -> None:
        page = self.screen.setup_page
        page.show_setup(replace(page.setup, **setup))

    def call(self) -> None:
        """Place a call and be in it for a while."""
        self.screen.connect_call()
        self.until(lambda: self.screen.flow.phase == "call")
        live = self.screen.flow.call
        self.until(lambda: live.is_over or live.snapshot().captured_s > GO_ON_S)
        self.rest(0.3)

    def over(self) -> None:
        live = self.screen.flow.call
        self.until(lambda: live.is_over and self.screen.flow.phase != "call")
        self.rest(0.3)

    def hang_up(self) -> None:
        self.screen.flow.hang_up()
        self.over()

    def leave(self) -> None:
        """Rate nothing, and set up another call."""
        self.screen.flow.skip("a test of the line")
        self.until(lambda: self.screen.flow.phase == "summary")
        self.show("summary", self.screen.summary_page.ending.text())
        self.screen.escape()
        self.rest(1.5)

    @property
    def problem(self) -> str:
        page = self.screen.setup_page
        return "" if page.problem.isHidden() else str(page.problem.text())

    @property
    def ending(self) -> str:
        return str(self.screen.rating_page.ending.text())

    @property
    def sound(self) -> str:
        return str(self.screen.setup_page.sound.words.text())

    def close(self) -> dict[str, Any]:
        """The window is closed; what the library has."""
        self.window.close()
        self._start.close()
        ws = Workspace.open(self._folder)
        with ws.db.read() as uow:
            rows = uow.connection.exec_driver_sql("SELECT id FROM call ORDER BY seq")
            ids = [row[0] for row in rows]
        found = [calls.get_call(ws, i) for i in ids]
        ws.close()
        return {
            "told": self.told,
            "calls": [
                {
                    "seconds": c.frame_count / c.rate_hz,
                    "reason": c.extra["live"]["ending"]["reason"],
                    "tags": c.tags,
                }
                for c in found
            ],
        }


def sinks(rate_hz: int | None) -> None:
    """No sound device any more, or one of that rate."""
    subprocess.run(["pactl", "unload-module", "module-null-sink"], check=False)
    if rate_hz is not None:
        subprocess.run([*SINK, f"rate={rate_hz}"], check=True, stdout=subprocess.DEVNULL)


def device(sitting: Sitting) -> None:
    sitting.call()
    sinks(None)
    sitting.over()
    sitting.show("ended", sitting.ending)
    sitting.leave()
    sitting.show("setup", f"{sitting.problem} {sitting.sound}")
    sitting.call()
    sitting.show("refused", sitting.problem)
    sinks(48_000)
    sitting.screen.setup_page.sound.look.click()
    sitting.rest(2.0)
    sitting.call()
    sitting.hang_up()
    sitting.leave()


def elsewhere(sitting: Sitting) -> None:
    """As `device`, where microphone and monitor are recorded and nobody is dialled."""
    sitting.choose(profile=ELSEWHERE)
    sitting.call()
    sinks(None)
    sitting.over()
    sitting.show("ended", sitting.ending)
    sitting.leave()


def rate(sitting: Sitting) -> None:
    sinks(44_100)  # between calls
    sitting.call()
    sitting.hang_up()
    sitting.leave()
    sinks(48_000)
    sitting.call()
    sinks(44_100)  # during one
    live = sitting.screen.flow.call
    at_s = live.snapshot().captured_s
    sitting.until(lambda: live.is_over or live.snapshot().captured_s > at_s + GO_ON_S)
    sitting.show("changed", " ".join(live.snapshot().warnings))
    if not live.is_over:
        sitting.hang_up()
    sitting.over()
    sitting.show("ended", sitting.ending)
    sitting.leave()


def disk(sitting: Sitting) -> None:
    filler = sitting.window.ctx.ws.path / "filler"

    def fill(leave_bytes: int) -> None:
        with filler.open("ab", buffering=0) as file:
            while (more := (disk_watch.free_bytes(filler.parent) or 0) - leave_bytes) > 0:
                if not file.write(bytes(min(more, 1 << 20))):
                    return

    sitting.call()
    fill(disk_watch.SPARE_BYTES)
    sitting.over()
    sitting.show("nearly-full", sitting.ending)
    sitting.leave()
    sitting.call()
    sitting.show("no-room", sitting.problem)
    filler.unlink()
    sitting.call()
    with suppress(OSError):
        fill(0)
    sitting.over()
    sitting.show("full", sitting.ending)
    sitting.screen.rating_page.store.click()
    sitting.over()
    sitting.show("still-full", sitting.ending)
    filler.unlink()
    sitting.screen.rating_page.store.click()
    sitting.over()
    sitting.show("stored", sitting.ending)
    sitting.leave()


def server(sitting: Sitting) -> None:
    sitting.choose(faults=(("die", 3.0),))
    sitting.call()
    sitting.over()
    sitting.show("ended", sitting.ending)
    sitting.leave()


def nothing_there(sitting: Sitting) -> None:
    sinks(None)
    sitting.screen.setup_page.sound.look.click()
    sitting.rest(3.0)
    sitting.show("setup", f"{sitting.problem} {sitting.sound}")
    sitting.call()
    sitting.show("refused", sitting.problem)


FAULTS = {
    "device": device, "elsewhere": elsewhere, "rate": rate, "disk": disk, "server": server,
    "nothing-there": nothing_there,
}  # fmt: skip


def main() -> None:
    folder, pictures, fault = sys.argv[1:]
    sitting = Sitting(Path(folder), Path(pictures), fault)
    FAULTS[fault](sitting)
    os.write(1, (json.dumps(sitting.close()) + "\n").encode())


if __name__ == "__main__":
    main()
