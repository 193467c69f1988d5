"""A newcomer at the real window: from the first start to two calls compared, by keys alone.

    python live_newcomer.py FOLDER BEGAN

FOLDER holds no workspace yet; BEGAN is when the program was started, on the machine's monotonic
clock. The last line on standard output is what was done and seen, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest

from app.domain.work import Quiet
from app.services import evaluating
from app.services.live_calls.storing import StoredCall
from app.ui.live.check_dialog import CheckDialog
from app.ui.review.screen import ReviewScreen
from tests.soak.asking_agent import AskingServer
from tests.soak.live_bare import bare_loop
from tests.soak.live_driver import ALT, CONTROL, SHIFT, Driver, Key, run
from tests.soak.live_lines import line_of
from tests.soak.live_sight import figures, measures, words
from tests.sound.live_rig import Outside, say

BARGE_AFTER_MS = 1_200
RESULT = '{"day": "Tuesday"}'
MEASURES = ("signal.levels", "turns.callbench")
OUTSIDE_MS = 10
"""The sound server works in blocks of that: near enough here, and no load for the machine."""
LINES = ("caller_hello", "caller_birth", "caller_suits")


class Newcomer(Driver):
    """What they do, step by step; `report` is what came of it."""

    def __init__(self, folder: Path, began_s: float) -> None:
        self.folder, self.began_s = folder, began_s
        self.lines = {name: line_of(folder, name) for name in LINES}
        super().__init__(folder / "ws", AskingServer)
        self.report: dict[str, Any] = {"platform": self.app.platformName(), "sight": {}}

    def set_up(self) -> None:
        """The practice agent, push-to-talk, noise; the sound check is looked at and left."""
        self.open_live()
        self.press(Key.Key_S)
        self.until(lambda: self.window.findChildren(CheckDialog), "the sound check")
        self.shot("check")
        self.press(Key.Key_Escape)
        self.until(lambda: not self.window.findChildren(CheckDialog), "no sound check")
        self.come_back()
        options = self.live.setup_page.options
        self.tab_to(options.talk)
        self.press(Key.Key_Space)
        self.choose(options.noise, "pink")
        self.shot("set_up")

    def talk(self, name: str) -> None:
        """Hold the key and speak, until it is seen that all was heard."""
        QTest.keyPress(self.target, Key.Key_Space)
        self.until(lambda: self.now.talking, "the word")
        voiced = say(self.lines[name])
        self.until(lambda: voiced.poll() is not None, "what is said")
        self.state("thinking", "speaking")
        QTest.keyRelease(self.target, Key.Key_Space)
        self.until(lambda: not self.now.talking, "the word given back")

    def first_call(self) -> None:
        """Arm, speak, be answered, barge in, mark, answer a tool, dial, mute, say, hang up."""
        self.press((Key.Key_Return, CONTROL))
        self.watch.start()
        self.connected()
        self.report["late_dialling"] = self.lateness()
        self.watch.start()
        speak = self.live.call_page.speak
        self.press(Key.Key_T)
        self.write(str(self.lines["caller_birth"]))
        self.tab_to(speak.after)
        self.write(str(BARGE_AFTER_MS))
        self.tab_to(speak.arm, Key.Key_Backtab)
        self.press(Key.Key_Space, Key.Key_Escape)
        self.until(lambda: self.now.armed, "the armed line")
        self.pause(0.5)
        self.talk("caller_hello")
        self.state("speaking")
        self.report["first_sound_s"] = time.monotonic() - self.began_s
        self.pause(0.6)
        self.report["marked_ns"] = time.monotonic_ns()
        self.press(Key.Key_F3)
        self.shot("speaking")
        self.answer_the_tool()
        self.dial_and_mute()
        self.press(Key.Key_T)
        self.write(str(self.lines["caller_suits"]))
        self.press(Key.Key_Return, Key.Key_Escape)
        self.until(lambda: sum(t.answered for t in self.now.tools) == 2, "the second tool")
        self.state("speaking")
        self.pause(1.5)
        self.shot("before_hang_up")
        self.report["lost_blocks"] = self.now.health.lost_blocks
        self.report["late"] = self.lateness()
        self.press((Key.Key_Period, CONTROL))

    def answer_the_tool(self) -> None:
        """Edit the result, and have it given from now on."""
        tool = self.live.call_page.tool
        self.until(lambda: tool.isVisible() and not self.now.tools[0].answered, "the tool")
        self.report["asked"] = [tool.title.text(), tool.arguments.text()]
        self.press(Key.Key_A)
        self.write(RESULT)
        self.shot("tool")
        self.tab_to(tool.always)
        self.press(Key.Key_Space, Key.Key_Escape)
        self.until(lambda: self.now.tools[0].answered, "the answer")
        self.state("speaking")
        self.shot("barged")
        self.state("listening")

    def dial_and_mute(self) -> None:
        """A key of the pad; then words that nobody hears, though the key is held."""
        self.press(Key.Key_5)
        self.pause(0.5)
        self.press(Key.Key_M)
        self.until(lambda: self.now.muted, "the silence")
        QTest.keyPress(self.target, Key.Key_Space)
        voiced = say(self.lines["caller_hello"])
        self.until(lambda: voiced.poll() is not None, "what is said")
        QTest.keyRelease(self.target, Key.Key_Space)
        self.press(Key.Key_M)
        self.until(lambda: not self.now.muted, "the caller again")

    def rate_first(self) -> StoredCall:
        """No figure before the rating is stored, wherever one looks."""
        sight = self.report["sight"]
        self.phase("rating")
        sight["rating"] = measures(self.window)
        self.shot("rating")
        self.over()
        sight["rating, stored"] = measures(self.window)
        self.press((Key.Key_1, CONTROL))
        self.pause(1.0)
        sight["library"] = figures(self.window.screen_of("library"))
        self.report["library_rows"] = len(words(self.window.screen_of("library")))
        self.shot("library_unrated")
        self.press((Key.Key_5, CONTROL))
        done = self.rate()
        self.pause(0.3)
        sight["summary"] = figures(self.window)
        self.shot("summary")
        return done

    def review(self) -> ReviewScreen:
        """Open the call that was rated."""
        self.press(Key.Key_Return)
        self.until(lambda: isinstance(self.window.front, ReviewScreen), "the review")
        screen = self.window.front
        assert isinstance(screen, ReviewScreen)
        done = self.call.done
        assert done is not None
        self.until(lambda: screen.call_id == done.call_id and screen.transcript.rows, "the words")
        self.until(lambda: screen.session.sound.is_whole, "the sound")
        self.pause(0.5)
        return screen

    def look(self, screen: ReviewScreen) -> None:
        """What the review shows of the first call."""
        rows = screen.transcript.rows
        speakers = {row.speaker for row in rows}
        self.report["review"] = {
            "speakers": sorted(speakers),
            "unheard": [row.text for row in rows if row.unheard_s > 0],
            "unheard_pieces": [row.text[p.start : p.end] for row in rows for p in row.pieces
                               if not p.heard],
            "texts": [row.text for row in rows],
        }  # fmt: skip
        self.shot("review")

    def call_again(self) -> StoredCall:
        """With the same settings, from the review."""
        self.press((Key.Key_A, ALT))
        self.connected(0.8)
        self.talk("caller_hello")
        self.state("speaking")
        self.pause(1.0)
        self.press((Key.Key_Period, CONTROL))
        return self.rate()

    def replay(self) -> StoredCall:
        """The caller of that call once more; it ends by itself."""
        self.review()
        self.press((Key.Key_R, ALT))
        self.connected()
        self.state("speaking")
        return self.rate()

    def compare(self, calls: list[str]) -> None:
        """The last two of the library, which are the replay and what it was made of."""
        ws = self.ctx.ws
        for call_id in calls:
            evaluating.evaluate_call(Quiet(), ws, call_id, evaluating.specs_for(ws, MEASURES))
        self.press((Key.Key_1, CONTROL))
        library: Any = self.window.screen_of("library")
        self.until(lambda: library.model.rowCount() == 3, "three calls")
        self.pause(1.0)
        self.press(*[Key.Key_Up] * 3, (Key.Key_Down, SHIFT))
        assert library.table.selected_rows == [0, 1], library.table.selected_rows
        self.press((Key.Key_D, CONTROL))
        self.until(lambda: self.window.front is not library, "the comparison")
        screen: Any = self.window.screen_of("compare")
        self.until(lambda: screen.found is not None, "what was compared")
        found = screen.found
        self.pause(0.5)
        self.shot("compared")
        self.report["compared"] = {
            "a": list(found.a_ids), "b": list(found.b_ids), "pairing": found.comparison.pairing,
            "pairs": [len(m.pairs) for m in found.comparison.metrics],
        }  # fmt: skip


def main() -> None:
    folder, began_s = Path(sys.argv[1]), float(sys.argv[2])
    newcomer = Newcomer(folder, began_s)
    newcomer.set_up()
    recorder = Outside(folder / "both.raw", latency_ms=OUTSIDE_MS)
    try:
        with bare_loop(folder) as late:
            newcomer.first_call()
    finally:
        recorder.stop()
    newcomer.report["late_bare"] = late
    calls = [newcomer.rate_first()]
    newcomer.look(newcomer.review())
    calls += [newcomer.call_again(), newcomer.replay()]
    newcomer.compare([call.call_id for call in calls[1:]])
    report = newcomer.report | {
        "calls": [call.call_id for call in calls],
        "truth": [server.truth for server in newcomer.servers],
        "failures": newcomer.failures,
    }
    newcomer.close()
    print(json.dumps(report, default=str))  # noqa: T201


if __name__ == "__main__":
    run(main)
