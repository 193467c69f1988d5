"""What a call at the real window has to stand: everything that one does not do during a call.

    python live_upsets.py FOLDER

Two presses of Call; other places and back; playing a recording; another theme; long captions in a
narrow window; a window that stands still for two seconds; a second program; closing the window.
The last line on standard output is what was done, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.agents.practice.brief import Brief
from app.domain.work import Quiet
from app.services import importing, opening
from app.services.live_calls import placing
from app.ui.context import DURING_A_CALL
from app.ui.live.captions_list import CaptionsList
from app.ui.live.leave_dialog import LeaveDialog
from app.ui.review.screen import ReviewScreen
from bench.many_files import make_folder
from tests.soak.live_driver import CONTROL, Driver, Key, run
from tests.soak.live_lines import line_of
from tests.soak.live_sight import words
from tests.soak.real_window import at_work, finished
from tests.sound.live_rig import say

STILL_S = 2.0
PLACES = (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4, Key.Key_6, Key.Key_7, Key.Key_8, Key.Key_9)
LONG = " ".join(["This is said at length, so that it takes many lines in a narrow window."] * 8)


def make_workspace(folder: Path) -> None:
    """One recording, to be played during the call."""
    ws = opening.open_workspace(folder / "ws", create=True)
    recordings = make_folder(folder / "recordings", 1)
    run = importing.scan(Quiet(), ws, [recordings], importing.ImportOptions())
    importing.commit(Quiet(), ws, run)
    ws.close()


class Upsetter(Driver):
    """Does what one does not do; `report` is how the call took it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(folder / "ws")
        self.report: dict[str, Any] = {"platform": self.app.platformName()}

    def lost(self) -> int:
        """Blocks that the recorder did not get."""
        return self.now.health.lost_blocks

    def place(self) -> None:
        """Call, twice at once."""
        self.open_live()
        self.press((Key.Key_Return, CONTROL), (Key.Key_Return, CONTROL))
        self.connected()
        self.press((Key.Key_Return, CONTROL))
        self.report["calls_placed"] = len(self.servers)
        self.report["folders"] = sum(p.is_dir() for p in (self.folder / "ws" / "live").iterdir())

    def go_round(self) -> None:
        """Through every place and back, while the agent speaks."""
        say(line_of(self.folder, "caller_hello"))
        self.state("speaking")
        before = self.now.captured_s
        for key in PLACES:
            self.press((key, CONTROL))
            self.pause(0.15)
            self.press(Key.Key_Escape)  # out of a field, where keys are letters
        self.report["rail"] = self.window.rail.item("live").accessibleName()
        self.press((Key.Key_5, CONTROL))
        self.until(lambda: self.window.front is self.live, "the live place")
        self.report["phase_after_round"] = self.live.flow.phase
        self.report["went_on_s"] = self.now.captured_s - before
        self.report["timer"] = self.live.timer.isActive()

    def play_a_recording(self) -> None:
        """In the review, with the key for it."""
        self.press((Key.Key_1, CONTROL))
        library = self.window.screen_of("library")
        self.until(lambda: library.model.rowCount() > 0, "the recording")  # type: ignore[attr-defined]
        self.press(Key.Key_Return)
        self.until(lambda: isinstance(self.window.front, ReviewScreen), "the review")
        review = self.window.front
        assert isinstance(review, ReviewScreen)
        self.until(lambda: review.session.sound.is_whole, "its sound")
        self.press(Key.Key_Space)
        self.pause(0.5)
        self.report["plays"] = review.session.playback.is_playing
        self.report["says"] = DURING_A_CALL in words(review)
        self.shot("playing")
        self.press((Key.Key_5, CONTROL))

    def change_the_look(self) -> None:
        """Long captions in a window of 1280 × 800, in every theme."""
        page = self.live.call_page
        self.until(lambda: page.captions.lines.rowCount() > 0, "a caption")
        clipped = {}
        for theme in ("light", "contrast", "dark"):
            self.ctx.settings.set("theme", theme)
            self.pause(0.6)
            self.shot(f"captions_{theme}")
            clipped[theme] = clipped_rows(page.captions)
        self.report["clipped"] = clipped
        self.report["size"] = [self.window.width(), self.window.height()]
        self.report["theme"] = self.ctx.theme.name

    def stand_still(self) -> None:
        """The window does nothing for two seconds: nothing of the call is lost."""
        before, began = self.now.captured_s, time.monotonic()
        time.sleep(STILL_S)
        self.report["still"] = {
            "lost": self.lost(),
            "behind_s": time.monotonic() - began - (self.now.captured_s - before),
        }
        self.pause(0.5)

    def start_another(self) -> None:
        """A second program on the same workspace."""
        child = at_work(dict(os.environ), "live_second.py", str(self.folder / "ws"))
        self.until(lambda: child.poll() is not None, "the second program")
        self.report["second"] = finished(child)
        self.report["goes_on"] = self.ctx.live.is_on

    def close_the_window(self) -> None:
        """It asks; one stays; then one hangs up and closes."""
        self.press((Key.Key_Q, CONTROL))
        self.until(self.asked, "the question")
        self.shot("leaving")
        self.press(Key.Key_Escape)
        self.until(lambda: self.asked() is None, "no question")
        self.come_back()
        self.report["stayed"] = self.window.isVisible() and self.ctx.live.is_on
        self.report["lost_blocks"] = self.lost()
        self.press(Key.Key_F8, (Key.Key_Q, CONTROL))
        self.until(self.asked, "the question")
        dialog = self.asked()
        assert dialog is not None
        self.tab_to(dialog.leave)
        self.press(Key.Key_Space)
        self.until(lambda: not self.window.isVisible(), "the closed window")
        done = self.call.done
        self.report["call"] = None if done is None else done.call_id

    def asked(self) -> LeaveDialog | None:
        """The dialog, where it is open."""
        found = [d for d in self.window.findChildren(LeaveDialog) if d.isVisible()]
        return found[0] if found else None


def clipped_rows(captions: CaptionsList) -> list[str]:
    """Rows that are lower than their words, and a list that is wider than its page."""
    view, found = captions.viewport(), []
    for row in range(captions.lines.rowCount()):
        at = captions.lines.index(row)
        box = captions.visualRect(at)
        needed = captions.sizeHintForIndex(at).height()
        if box.height() < needed or box.width() > view.width():
            found.append(f"{box} for {needed} px")
    return found


def long_winded(load: Callable[..., Brief]) -> Callable[..., Brief]:
    """The same brief, with an opening that takes many lines to write down."""

    def loaded(path: Path | None = None) -> Brief:
        brief = load(path)
        first, *rest = brief.steps
        return replace(brief, steps=(replace(first, text=LONG), *rest))

    return loaded


def main() -> None:
    folder = Path(sys.argv[1])
    make_workspace(folder)
    placing.practice_brief = long_winded(placing.practice_brief)
    upsetter = Upsetter(folder)
    upsetter.place()
    upsetter.go_round()
    upsetter.play_a_recording()
    upsetter.change_the_look()
    upsetter.stand_still()
    upsetter.start_another()
    upsetter.close_the_window()
    report = upsetter.report | {"failures": upsetter.failures}
    upsetter.start.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    run(main)
