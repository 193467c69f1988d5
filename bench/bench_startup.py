"""Start-up of the real window against a bare QMainWindow: whole processes in alternating turns.

`window` ends when the window has painted itself once, `rows` when its library has painted the
first rows of 100,000 calls.

    .venv/bin/python bench/bench_startup.py [--calls 100000] [--rounds 7]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GOALS = {"window": 2.5, "rows": 6.0}


def bare() -> None:
    """The least that a Qt program in Python can do."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtGui import QPaintEvent  # noqa: F401 - every window needs QtGui
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, lambda: os._exit(0))
            return False

    app = QApplication([])
    window = QMainWindow()
    painted = Painted()
    window.installEventFilter(painted)
    window.resize(1440, 900)
    window.show()
    app.exec()


def real(folder: Path, *, rows: bool) -> None:
    """The program itself, as the command starts it, ended by its first paint or first rows."""
    from app import __main__ as program
    from app import main

    make_application = main._application
    main._application = lambda: _watched(make_application(), rows)  # type: ignore[assignment]
    program.main(["--workspace", str(folder)])
    raise SystemExit("the window was never painted")


def _watched(app: Any, rows: bool) -> Any:
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QAbstractItemView, QMainWindow

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and self._is_it(watched):
                QTimer.singleShot(0, lambda: os._exit(0))
            return False

        def _is_it(self, watched: QObject) -> bool:
            if not rows:
                return isinstance(watched, QMainWindow)
            table = watched.parent()
            if not isinstance(table, QAbstractItemView) or watched is not table.viewport():
                return False
            model = table.model()
            return hasattr(model, "row") and model.rowCount() > 1_000 and bool(model.row(0))

    app.installEventFilter(Painted(app))
    return app


def measure(calls: int, rounds: int) -> bool:
    from bench.common import SCRATCH, alternate, machine, process_s, ratio, verdict
    from bench.library_data import make_library

    folder = SCRATCH / f"library-{calls}"
    make_library(folder, calls).close()
    print(machine())
    with tempfile.TemporaryDirectory() as home:
        env = {
            "QT_QPA_PLATFORM": "offscreen",
            "CALLBENCH_CONFIG_DIR": f"{home}/config",
            "XDG_STATE_HOME": home,
            # Compiled once, as it is for everyone who starts the program a second time; without
            # leaving files in the checkout.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(SCRATCH / "pycache"),
        }

        def child(mode: str) -> float:
            return process_s([__file__, "--child", mode, "--workspace", str(folder)], env)

        modes = ("bare", "window", "rows")
        figures = alternate({m: (lambda m=m: child(m)) for m in modes}, rounds)
    for mode, seconds in figures.items():
        print(f"{mode}: median {median(seconds) * 1000:.0f} ms")
    met = [verdict(m, ratio(figures[m], figures["bare"]), GOALS[m], unit="x") for m in GOALS]
    return all(met)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--child", choices=("bare", "window", "rows"))
    parser.add_argument("--workspace", type=Path)
    options = parser.parse_args()
    if options.child == "bare":
        bare()
    elif options.child:
        real(options.workspace, rows=options.child == "rows")
    else:
        return 0 if measure(options.calls, options.rounds) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
