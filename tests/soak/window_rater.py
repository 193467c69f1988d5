"""A rater at the real window, offscreen: presses keys in the scoring screen until killed.

    python window_rater.py WORKSPACE CALL SEED

Each line on standard output is what the screen shows as saved: answers by "item,criterion".
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from app.main import WindowStart, _application

KEYS = (Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Backspace, Qt.Key.Key_Down)
PRESS_MS = 15


class Rater:
    """Waits for the form, then presses keys."""

    def __init__(self, start: WindowStart, call_id: str, seed: int) -> None:
        self._start, self._call_id = start, call_id
        self._draw = random.Random(seed)
        self._screen: Any = None
        self._ready = False

    def step(self) -> None:
        window = self._start.window
        if window.front is None:
            return
        if self._screen is None:
            window.show_screen("score", call_id=self._call_id)
            self._screen = window.screen_of("score")
        controller = self._screen.controller
        if controller is None or controller.state.is_empty:
            return
        if not self._ready:
            self._ready = True
            controller.saved.connect(lambda *_: self._say("saved"))
            self._say("ready")
        elif controller.is_idle:
            QTest.keyClick(self._screen, self._draw.choice(KEYS))

    def _say(self, kind: str) -> None:
        state = self._screen.controller.state
        answers = {
            f"{item},{criterion}": [answer.status, answer.value]
            for (item, criterion), answer in state.answers.items()
        }
        os.write(1, (json.dumps({"kind": kind, "answers": answers}) + "\n").encode())


def main() -> None:
    folder, call_id, seed = sys.argv[1:]
    app = _application()
    start = WindowStart(Path(folder))
    start.window.show()
    rater = Rater(start, call_id, int(seed))
    timer = QTimer()
    timer.timeout.connect(rater.step)
    timer.start(PRESS_MS)
    app.exec()


if __name__ == "__main__":
    main()
