"""How late the window gets while it imports 1,000 recordings, and while a run measures them.

The real window runs offscreen, with its import dialog or with the screen of runs; beside it, at the
same time, a bare event loop in another process shows what the machine alone does to a timer. The
figure is the 99.9th percentile over the runs, less the bare loop's. Our modules come from bytecode,
as they do in any installation from its second start on: a run before the measured ones writes it.

    .venv/bin/python bench/bench_lateness.py [--files 1000] [--runs 5] [--only judge]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GOAL_MS = 50.0


def bare(stop: Path, out: Path) -> None:
    """A window with nothing in it, until the file `stop` appears."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    from app.tasks.stall import StallWatch

    app = QApplication([])
    window = QMainWindow()
    window.show()
    watch = StallWatch(limit_ms=1e9)
    watch.start()
    poll = QTimer()
    poll.timeout.connect(lambda: app.quit() if stop.exists() else None)
    poll.start(200)
    app.exec()
    out.write_text(json.dumps(watch.late_ms()))


def importing(folder: Path, workspace: Path, out: Path) -> None:
    """The real window: import the folder through its dialog, then note the latenesses."""
    in_window(workspace, out, lambda start, watch: Driver(start, folder, watch))


def evaluating(folder: Path, workspace: Path, out: Path) -> None:
    """The real window on calls that are there: a run over all of them, on every core."""
    from app.domain.imports import ImportOptions
    from app.domain.work import Quiet
    from app.services import importing as service
    from app.services.opening import open_workspace

    ws = open_workspace(workspace, create=True)
    found = service.scan(Quiet(), ws, [folder], ImportOptions(channels="caller,agent"))
    service.commit(Quiet(), ws, found)
    ws.close()
    in_window(workspace, out, RunDriver)


def judging(calls: Path, workspace: Path, out: Path) -> None:
    """The real window on calls in words: judges of a loopback endpoint give 8 verdicts on each."""
    from bench.bench_judging import endpoint
    from tests.unit.judging_runs.conftest import add_calls, open_shop

    with ExitStack() as stack:
        url = stack.enter_context(endpoint(JUDGE_LATENCY_MS))
        ws = open_shop(workspace, url, concurrency=JUDGES)
        add_calls(ws, int(calls.name) // 8)
        ws.close()
        in_window(workspace, out, JudgeDriver, last=stack.close)


def in_window(
    workspace: Path, out: Path, make: Any, last: Callable[[], object] = lambda: None
) -> None:
    """Open the window and let a driver act in it until it closes it."""
    from PySide6.QtCore import QTimer

    from app.main import WindowStart, _application
    from app.tasks.stall import StallWatch

    app = _application()
    start = WindowStart(workspace)
    start.window.show()
    watch = StallWatch(limit_ms=1e9)
    driver = make(start, watch)
    timer = QTimer()
    timer.timeout.connect(driver.step)
    timer.start(50)
    app.exec()
    driver.report["late_ms"] = watch.late_ms()
    out.write_text(json.dumps(driver.report))
    start.close()
    last()
    os._exit(0)


class Driver:
    """Clicks through the import as a person would."""

    def __init__(self, start: Any, folder: Path, watch: Any) -> None:
        self._start, self._folder, self._watch = start, folder, watch
        self._dialog: Any = None
        self._began = 0.0
        self.report: dict[str, Any] = {}

    def step(self) -> None:
        """One look, one click; what goes wrong ends the run."""
        try:
            self._step()
        except Exception:  # noqa: BLE001 - whatever it is, it ends the run
            traceback.print_exc()
            os._exit(1)

    def _step(self) -> None:
        window = self._start.window
        if window.front is None:
            return  # the workspace is still being opened
        if self._dialog is None:
            from app.ui.importing.dialog import ImportDialog

            self._dialog = ImportDialog(self._start.ctx, [self._folder], window)
            self._dialog.open()
            self._began = time.perf_counter()
            self._watch.start()
        elif self._dialog.imported is not None:
            self._end()
        elif self._dialog.pages.currentWidget() is self._dialog.report:
            for source in self._dialog.report.findChildren(object):
                if hasattr(source, "confirm") and source.isVisible():
                    source.confirm()
            if self._dialog.go_button.isEnabled():
                self._dialog.go_button.click()

    def _end(self) -> None:
        self._watch.stop()
        result = self._dialog.imported
        self.report = {
            "imported": len(result.imported),
            "failed": len(result.failed),
            "seconds": time.perf_counter() - self._began,
        }
        self._start.window.close()
        from PySide6.QtWidgets import QApplication

        QApplication.quit()


STEPS = ("signal.integrity", "signal.levels", "turns.callbench", "turns.outbound")


JUDGE_LATENCY_MS = 200
JUDGES = 16


class RunDriver:
    """Starts a run over every call and waits on the screen of runs until it is over."""

    def __init__(self, start: Any, watch: Any) -> None:
        self._start, self._watch = start, watch
        self._run_id = ""
        self._began = 0.0
        self.report: dict[str, Any] = {}

    def step(self) -> None:
        """One look; what goes wrong ends the run."""
        try:
            self._step()
        except Exception:  # noqa: BLE001 - whatever it is, it ends the run
            traceback.print_exc()
            os._exit(1)

    def create(self, ctx: Any, ids: list[str]) -> str:
        """A run over the calls."""
        from app.services import evaluating

        specs = evaluating.specs_for(ctx.ws, STEPS)
        return evaluating.create(ctx.ws, ctx.viewer, ids, specs).id

    def _step(self) -> None:
        from app.services import browsing, evaluating

        window, ctx = self._start.window, self._start.ctx
        if window.front is None:
            return  # the workspace is still being opened
        if not self._run_id:
            query = browsing.parse_query("")
            ids = browsing.uuids(ctx.ws, browsing.call_ids(ctx.ws, ctx.viewer, query))
            self._run_id = self.create(ctx, ids)
            window.show_screen("runs")
            ctx.runs.start(self._run_id)
            self._began = time.perf_counter()
            self._watch.start()
            return
        run = evaluating.run(ctx.ws, self._run_id)
        if run.is_live:
            return
        self._watch.stop()
        self.report = {
            "imported": run.done,
            "failed": run.failed,
            "seconds": time.perf_counter() - self._began,
        }
        window.close()
        from PySide6.QtWidgets import QApplication

        QApplication.quit()


class JudgeDriver(RunDriver):
    """The same with a run of judges."""

    def create(self, ctx: Any, ids: list[str]) -> str:
        """A run over the calls."""
        from app.services.judging import judging_runs

        choice = judging_runs.JudgeChoice(ref="gic", model="bench")
        return judging_runs.create(ctx.ws, ctx.viewer, ids, [choice]).id


def one_run(kind: str, folder: Path, home: Path) -> tuple[dict[str, Any], list[float]]:
    from bench.common import SCRATCH

    env = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(SCRATCH / "bytecode"),
        "QT_QPA_PLATFORM": "offscreen",
        "CALLBENCH_CONFIG_DIR": str(home / "config"),
        "XDG_STATE_HOME": str(home),
    }
    stop, ours, theirs = home / "stop", home / "ours.json", home / "bare.json"
    command = [sys.executable, __file__, "--child"]
    control = subprocess.Popen([*command, "bare", str(stop), str(theirs)], env=env)
    try:
        paths = [str(folder), str(home / "workspace"), str(ours)]
        subprocess.run([*command, kind, *paths], env=env, check=True, timeout=1_800)
    finally:
        stop.touch()
        control.wait(timeout=30)
    return json.loads(ours.read_text()), json.loads(theirs.read_text())


def measure(kind: str, files: int, runs: int) -> bool:
    from bench.common import SCRATCH, percentile, verdict
    from bench.many_files import make_folder

    folder = (
        SCRATCH / str(files) if kind == "judge" else make_folder(SCRATCH / f"files-{files}", files)
    )
    ours: list[float] = []
    bare_ms: list[float] = []
    for number in range(-1, runs):
        with tempfile.TemporaryDirectory() as home:
            report, control = one_run(kind, folder, Path(home))
        if number < 0:
            continue  # it wrote the bytecode
        late = report.pop("late_ms")
        ours += late
        bare_ms += control
        print(
            f"{kind} {number + 1}: {report['imported']} done in {report['seconds']:.1f} s; "
            f"99.9th {percentile(late, 99.9):.1f} ms, worst {max(late):.1f} ms; "
            f"bare loop {percentile(control, 99.9):.1f} ms, worst {max(control):.1f} ms"
        )
    for name, values in (("window", ours), ("bare loop", bare_ms)):
        figures = ", ".join(f"{p:g}th {percentile(values, p):.1f}" for p in (50, 95, 99, 99.9))
        print(f"{name}: {len(values)} ticks, ms: {figures}, worst {max(values):.1f}")
    late = percentile(ours, 99.9) - percentile(bare_ms, 99.9)
    return verdict(f"{kind}: 99.9th percentile less the bare loop's", late, GOAL_MS, unit=" ms")


def main() -> int:
    if "--child" in sys.argv:
        kind, *paths = sys.argv[2:]
        {"bare": bare, "import": importing, "run": evaluating, "judge": judging}[kind](
            *map(Path, paths)
        )
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=("import", "run", "judge"))
    options = parser.parse_args()
    from bench.common import machine

    print(machine())
    kinds = [options.only] if options.only else ["import", "run", "judge"]
    met = [measure(kind, options.files, options.runs) for kind in kinds]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
