"""The window must start fast: what is heavy may be imported on first use only."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "scipy", "faster_whisper", "openai", "torch", "av", "onnxruntime", "pyqtgraph", "pyarrow",
    "ctranslate2", "pandas", "typer", "jinja2", "praatio", "pympi", "alembic",
)  # fmt: skip

SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from app import main

class Watch(QObject):
    painted = False
    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = True
            QTimer.singleShot(400, self.report)
        return False
    def report(self):
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow)]
        print(json.dumps({"windows": len(windows), "modules": sorted(sys.modules)}))
        windows[0].close()

watch = Watch()
made = main._application
def application():
    qt = made()
    qt.installEventFilter(watch)
    return qt
main._application = application
sys.exit(main.run_window(Path(sys.argv[1])))
"""


def test_nothing_heavy_is_imported_by_the_first_paint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "workspace")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["windows"] == 1
    tops = {name.partition(".")[0] for name in seen["modules"]}
    assert tops & set(HEAVY) == set()
