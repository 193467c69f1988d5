"""A window on a workspace with short real calls, and evaluators whose pace a test holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
import soundfile

from app.domain.errors import BadInput
from app.domain.evaluation import EvaluatorSpec, Run, Where
from app.domain.imports import ImportOptions
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.work import Quiet
from app.eval import registry
from app.eval.base import CallInput, Outcome, Watch
from app.services import evaluating, importing
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.runs.screen import RunsScreen
from tests.audio_files import dialogue
from tests.ui.shell_support import context

RATE = 8000
HERE = "tests.ui.runs_rig"


class Gate:
    """Lets held steps through one by one, or all of them."""

    def __init__(self) -> None:
        self._room = threading.Semaphore(0)
        self._is_open = threading.Event()

    def pass_on(self, steps: int = 1) -> None:
        self._room.release(steps)

    def open(self) -> None:
        self._is_open.set()

    def wait(self, watch: Watch) -> None:
        while not self._is_open.is_set() and not self._room.acquire(timeout=0.02):
            watch.raise_if_cancelled()


GATE = Gate()
FAILING: set[str] = set()
"""Codes of the calls on which `test.fails` fails."""


def _metric(evaluator: str, ident: str, title: str, family: Any = "signal") -> MetricSpec:
    return MetricSpec(
        id=ident, title=title, unit="", direction="none", family=family, evaluator=evaluator,
        about="Made for a test.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Counts the frames of a call, when it is let through."""

    scale: int = 1
    name: ClassVar[str] = "test.held"
    version: ClassVar[str] = "3"
    title: ClassVar[str] = "Held up"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (_metric("test.held", "held", "Frames"),)
    reads: ClassVar[frozenset[Any]] = frozenset()
    needs: ClassVar[frozenset[Any]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        GATE.wait(watch)
        found = source.call.frame_count * self.scale
        return Outcome(values=(MetricValue(metric_id="held", value=float(found)),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fails:
    """Fails on the calls that the test names."""

    name: ClassVar[str] = "test.fails"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Length"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (
        _metric("test.fails", "length", "Length in frames", "turns"),
        _metric("test.fails", "half", "Half of it", "turns"),
    )
    reads: ClassVar[frozenset[Any]] = frozenset()
    needs: ClassVar[frozenset[Any]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        if source.call.code in FAILING:
            raise BadInput(f"{source.call.code} is too quiet.", "Record it again.")
        return Outcome(values=(MetricValue(metric_id="length", value=1.0),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognises:
    """A recogniser that hears nothing, with an argument of each kind."""

    model: str = "tiny"
    beam: int = 5
    words: bool = True
    folder: str | None = None
    extra: tuple[str, ...] = field(default=("a",))
    name: ClassVar[str] = "asr.test"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Transcribe for a test"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Any]] = frozenset()
    needs: ClassVar[frozenset[Any]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        return Outcome()


PLACES = {
    "speech.detect": "app.eval.detection:SpeechDetection",
    "asr.test": f"{HERE}:Recognises",
    "test.held": f"{HERE}:Held",
    "test.fails": f"{HERE}:Fails",
}


def use_evaluators(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Put ours in place of the product's; a new gate, closed, and nothing that fails."""
    global GATE
    GATE = Gate()
    FAILING.clear()
    monkeypatch.setattr(registry, "PLACES", PLACES)
    monkeypatch.setattr(registry, "DEFAULT", ("speech.detect", "test.fails"))
    for cached in (registry.evaluator_class, registry.catalogue):
        cached.cache_clear()
    return GATE


def forget_evaluators() -> None:
    """What the registry remembers of ours must not reach the next test."""
    GATE.open()
    for cached in (registry.evaluator_class, registry.catalogue):
        cached.cache_clear()


def add_recordings(ws: Workspace, folder: Path, count: int) -> list[str]:
    """Short calls with sound, imported and not evaluated; their ids in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        sound = dialogue(1.8, RATE, turn_s=0.6, gap_s=0.3, seed=n)
        soundfile.write(str(folder / f"call{n:03d}.wav"), sound, RATE, subtype="PCM_16")
    found = importing.scan(Quiet(), ws, [folder], ImportOptions(channels="caller,agent"))
    result = importing.commit(Quiet(), ws, found, detect=False)
    return [call.id for call in sorted(result.imported, key=lambda call: call.path)]


def make_run(
    ctx: UiContext, ids: list[str], *names: str, where: Where = "threads", **more: Any
) -> Run:
    """A stored run that nobody works on yet."""
    specs = [EvaluatorSpec(name=name) for name in names]
    return evaluating.create(ctx.ws, ctx.viewer, ids, specs, where=where, workers=1, **more)


def run_through(ctx: UiContext, ids: list[str], *names: str, **more: Any) -> Run:
    """A run that has been carried out."""
    return evaluating.drive(Quiet(), ctx.ws, make_run(ctx, ids, *names, **more).id)


def state_of(ctx: UiContext, run: Run) -> str:
    """Its state in the database."""
    return evaluating.run(ctx.ws, run.id).state


def set_run(ctx: UiContext, run: Run, **columns: Any) -> None:
    """Put a stored run into a state that would take long to come to."""
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    with ctx.ws.db.machine() as uow:
        uow.connection.exec_driver_sql(
            f"UPDATE run SET {sets} WHERE id = :run_id", {**columns, "run_id": run.id}
        )


@contextmanager
def window_on(ws: Workspace) -> Iterator[UiContext]:
    """The parts of a window; its runs are paused and its lanes closed at the end."""
    with context(ws) as ctx:
        try:
            yield ctx
        finally:
            GATE.open()
            if ctx.has_runs:
                ctx.runs.close()


def open_runs(qtbot: Any, ctx: UiContext, runs: int) -> tuple[MainWindow, RunsScreen]:
    """A window that shows the runs, once so many are listed."""
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show_screen("runs")
    window.show()
    screen = window.front
    assert isinstance(screen, RunsScreen)
    qtbot.waitUntil(lambda: len(screen.state.runs) == runs and not ctx.runner.live)
    return window, screen
