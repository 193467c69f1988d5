"""The dialog for perturbed copies: steps, numbers, making, stopping, what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.errors import BadInput
from app.domain.evaluation import Run
from app.services import calls, perturbing
from app.services.evaluating import attending
from app.services.opening import open_workspace
from app.ui.context import UiContext
from app.ui.library.screen import LibraryScreen
from app.ui.main_window import MainWindow
from app.ui.perturbing.dialog import PerturbDialog
from app.ui.perturbing.steps import StepList
from app.ui.perturbing.work import RUN_TITLE
from app.ui.theme import Theme
from tests.ui.runs_rig import add_recordings
from tests.ui.shell_support import add_calls, context, wait_listed


@pytest.fixture
def ctx(tmp_path: Path, qtbot: Any) -> Iterator[UiContext]:
    ws = open_workspace(tmp_path / "ws", create=True)
    with context(ws) as made:
        yield made
        if made.has_runs:
            made.runs.close()
    ws.close()


@dataclass
class Told:
    """What the dialog asked its window for."""

    runs: list[Run] = field(default_factory=list)
    sets: list[tuple[Sequence[str], Sequence[str]]] = field(default_factory=list)


def _open(ctx: UiContext, qtbot: Any, query: str = "") -> tuple[PerturbDialog, Told]:
    told = Told()
    dialog = PerturbDialog(
        ctx, query, [], told.runs.append, lambda a, b: told.sets.append((a, b)), parent=None
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog, told


def _ready(qtbot: Any, dialog: PerturbDialog) -> None:
    qtbot.waitUntil(dialog.go_button.isEnabled, timeout=10_000)


def _made(qtbot: Any, dialog: PerturbDialog) -> None:
    qtbot.waitUntil(lambda: dialog.outcome is not None, timeout=30_000)


def test_steps_become_the_recipe_in_their_order(qtbot: Any) -> None:
    steps = StepList(Theme())
    qtbot.addWidget(steps)
    steps.show()
    assert steps.text == ""
    steps.add_step("babble").numbers[0].setValue(5)
    loss = steps.add_step("loss")
    loss.numbers[0].setValue(0.05)
    steps.add_step("mulaw")
    assert steps.text == "babble:5 loss:0.05,60 mulaw"
    qtbot.keyClick(loss.up, Qt.Key.Key_Space)
    assert steps.text == "loss:0.05,60 babble:5 mulaw"
    assert not loss.up.isEnabled()
    loss.down.click()
    qtbot.keyClick(loss.drop, Qt.Key.Key_Space)
    assert steps.text == "babble:5 mulaw"
    assert perturbing.parse(steps.text).words == "babble 5 dB, mulaw"


@pytest.mark.parametrize("kind", list(perturbing.STEPS))
def test_every_kind_is_offered_with_its_ranges(qtbot: Any, kind: str) -> None:
    steps = StepList(Theme())
    qtbot.addWidget(steps)
    row = steps.add_step()
    row.kind.setCurrentIndex(row.kind.findData(kind))
    assert perturbing.ABOUT[kind] in row.kind.currentText()
    ends = [(box.minimum(), box.maximum(), box.value()) for box in row.numbers]
    assert ends == [(p.low, p.high, p.default) for p in perturbing.STEPS[kind]]
    assert perturbing.parse(steps.text).steps[0].kind == kind


def test_copies_are_made_and_known_the_second_time(
    ctx: UiContext, qtbot: Any, tmp_path: Path
) -> None:
    ids = add_recordings(ctx.ws, tmp_path / "in", 2)
    dialog, told = _open(ctx, qtbot)
    _ready(qtbot, dialog)
    assert dialog._count.text() == "2 calls, one copy each"
    dialog.form.steps.rows[0].kind.setCurrentIndex(dialog.form.steps.rows[0].kind.findData("pink"))
    dialog.form.seed.setValue(7)
    dialog.form.tag.setText("rough")
    qtbot.keyClick(dialog.go_button, Qt.Key.Key_Space)
    _made(qtbot, dialog)
    assert dialog.outcome_page.told.text() == "2 copies made, 0 known already, 0 failed."
    assert dialog.outcome is not None
    copy = calls.get_call(ctx.ws, dialog.outcome.made[0][1])
    assert "rough" in copy.tags
    assert copy.extra["conditions"]["recipe"]["seed"] == 7
    dialog.compare_button.click()
    assert [sorted(side) for side in told.sets[0]] == [
        sorted(ids),
        sorted(copy_id for _, copy_id in dialog.outcome.made),
    ]
    again, _ = _open(ctx, qtbot, "-tag:rough")
    _ready(qtbot, again)
    again.form.steps.rows[0].kind.setCurrentIndex(again.form.steps.rows[0].kind.findData("pink"))
    again.form.seed.setValue(7)
    again.make()
    _made(qtbot, again)
    assert again.outcome_page.told.text() == "0 copies made, 2 known already, 0 failed."


def test_originals_and_copies_are_measured_in_one_run(
    ctx: UiContext, qtbot: Any, tmp_path: Path
) -> None:
    ids = add_recordings(ctx.ws, tmp_path / "in", 1)
    dialog, told = _open(ctx, qtbot)
    _ready(qtbot, dialog)
    dialog.form.steps.rows[0].kind.setCurrentIndex(dialog.form.steps.rows[0].kind.findData("gain"))
    dialog.make()
    _made(qtbot, dialog)
    dialog.measure_button.click()
    qtbot.waitUntil(lambda: bool(told.runs), timeout=10_000)
    assert dialog.outcome is not None
    run = told.runs[0]
    assert run.title == RUN_TITLE
    assert set(attending.call_ids(ctx.ws, run.id)) == {ids[0], dialog.outcome.made[0][1]}
    assert not dialog.isVisible()


def test_failures_are_told_by_code(ctx: UiContext, qtbot: Any) -> None:
    add_calls(ctx.ws, 1)  # its recording is nowhere
    dialog, _ = _open(ctx, qtbot)
    _ready(qtbot, dialog)
    dialog.make()
    _made(qtbot, dialog)
    assert dialog.outcome_page.told.text() == "0 copies made, 0 known already, 1 failed."
    qtbot.waitUntil(
        lambda: dialog.outcome_page.failures.text().startswith("CB-00001: "), timeout=10_000
    )
    assert not dialog.compare_button.isVisible()


def test_nothing_to_do_cannot_be_started(ctx: UiContext, qtbot: Any) -> None:
    dialog, _ = _open(ctx, qtbot)
    qtbot.waitUntil(lambda: "no call" in dialog._count.text(), timeout=10_000)
    assert not dialog.go_button.isEnabled()
    dialog.form.steps.rows[0].drop.click()
    with pytest.raises(BadInput, match="empty"):
        dialog.form.recipe()


def test_stop_closes_and_keeps_nothing_half(ctx: UiContext, qtbot: Any, tmp_path: Path) -> None:
    add_recordings(ctx.ws, tmp_path / "in", 3)
    dialog, _ = _open(ctx, qtbot)
    _ready(qtbot, dialog)
    dialog.make()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=30_000)
    assert dialog.outcome is None
    assert list(ctx.ws.cache_dir.glob("perturbed-*")) == []


def test_library_opens_it_by_key_and_bar(ctx: UiContext, qtbot: Any, tmp_path: Path) -> None:
    add_recordings(ctx.ws, tmp_path / "in", 2)
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    library = window.screen_of("library")
    assert isinstance(library, LibraryScreen)
    wait_listed(qtbot, library, 2)
    library.table.setFocus()
    qtbot.keyClick(library.table, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = next(d for d in window.findChildren(PerturbDialog))
    qtbot.waitUntil(lambda: dialog._count.text() == "1 call, one copy each", timeout=10_000)
    dialog.reject()
    library.parts.bulk.buttons["calls.compare"].click()
    assert window.front is not None
    assert window.front.key == "compare"
    head = window.front.head  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: head.a.edit.text().startswith("code:CB-0"), timeout=10_000)
