"""Choosing what people label next: what is told before it is made, and what is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.services.calibrating import agreement, gather, rules
from app.services.calibrating.board import Board
from app.services.calibrating.dimension import EVERYTHING
from app.services.calibrating.label_planning import Observed
from app.services.studies import making
from app.services.workspace import Workspace
from app.ui.calibrating.queue_dialog import QueueDialog
from app.ui.calibrating.queue_page import QueuePage
from app.ui.calibrating.queue_plan_page import QueuePlanPage, needed, observed_words
from app.ui.context import UiContext
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N, LABELLED = 40, 16


@pytest.fixture
def made(workspace: Workspace) -> World:
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        found.say(found.person(name), "tone", noisy(real, at, sd=0.4)[:LABELLED])
    found.say(found.judge(), "tone", noisy(real, 9, bias=0.6))
    return found


@pytest.fixture
def ctx(made: World, qapp: QApplication) -> Iterator[UiContext]:
    with context(made.ws) as found:
        yield found


@pytest.fixture
def dialog(qtbot: Any, ctx: UiContext, made: World) -> Iterator[QueueDialog]:
    found = gather.load(made.ws, ctx.viewer, "synthetic")
    rule = rules.current(made.ws)
    cell = agreement.cell(found, found.judges_named("judge")[0], "tone", rule)
    board = Board(found=found, rule=rule, where=EVERYTHING, cells=(cell,), panels=())
    host = QWidget()
    shown = QueueDialog(ctx, board, cell, host)
    shown.open()
    gc.collect()
    page = shown.pages["measure"]
    assert isinstance(page, QueuePage)
    page.minutes.setValue(5)
    settle(qtbot, ctx, page)
    yield shown
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=10_000)
    host.close()
    host.deleteLater()


def settle(qtbot: Any, ctx: UiContext, page: QWidget) -> None:
    """Until the pause after a change is over, and what it asked for has come."""
    timer = page._timer  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not timer.isActive() and not ctx.runner.live, timeout=10_000)


def words(page: QWidget) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel))


def test_it_tells_calls_minutes_and_interval_before_anything_is_made(dialog: QueueDialog) -> None:
    plan = dialog.plan
    assert plan is not None
    told = words(dialog.pages["measure"])
    assert f"{len(plan.picks)} " in told
    assert f"of {N} calls" in told
    assert "half-width of the average" in told
    assert f"{plan.picks[0].probability:.2f}" in told
    assert dialog.name.text() == "Measure tone"
    assert not making.studies(dialog._ctx.ws)


def test_a_draft_keeps_the_calls_that_were_shown(
    qtbot: Any, dialog: QueueDialog, ctx: UiContext, made: World
) -> None:
    plan = dialog.plan
    assert plan is not None
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.study is not None)
    study = dialog.study
    assert study is not None
    assert study.state == "draft"
    kept = making.stimuli(made.ws, ctx.viewer, study.id)
    assert [s.call_id for s in kept] == [p.call_id for p in plan.picks]


def test_lessons_have_no_interval_and_can_be_opened_at_once(
    qtbot: Any, dialog: QueueDialog, ctx: UiContext
) -> None:
    dialog.show_page("learn")
    settle(qtbot, ctx, dialog.pages["learn"])
    told = words(dialog.pages["learn"])
    assert "half-width" not in told
    assert "few labels" in told
    dialog.name.clear()
    dialog.go.click()
    qtbot.waitUntil(lambda: "name" in dialog.problem.text())
    dialog.name.setText("Lessons")
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.study is not None)
    study = dialog.study
    assert study is not None
    assert (study.state, study.design.policy) == ("open", "learn")


def test_a_narrower_interval_asks_for_more_labels(
    qtbot: Any, dialog: QueueDialog, ctx: UiContext
) -> None:
    dialog.show_page("plan")
    page = dialog.pages["plan"]
    assert isinstance(page, QueuePlanPage)
    settle(qtbot, ctx, page)
    assert page.shown is not None
    assert page.shown.kappa is not None
    wide = page.shown.kappa.plan.items
    assert f"{wide} items" in words(page)
    assert len(page.shown.power) == 4
    page.half_width.setValue(0.05)
    settle(qtbot, ctx, page)
    assert page.shown.kappa.plan.items == pytest.approx(4 * wide, rel=0.05)
    assert not dialog.go.isVisibleTo(dialog)


def test_turns_are_called_fewer_labels_only_where_they_are_alike() -> None:
    apart = Observed(items=120, calls=60, agreement=0.8, chance=0.5, within_call=0.0)
    assert "more turns help as more calls do" in observed_words(apart)
    assert "count as 1 in 1.4" in observed_words(replace(apart, within_call=0.4))


def test_an_interval_scale_has_power_and_no_kappa(ctx: UiContext, made: World) -> None:
    found = gather.load(made.ws, ctx.viewer, "synthetic")
    criteria = tuple(replace(c, scale="interval") for c in found.rubric.criteria)
    found = replace(found, rubric=replace(found.rubric, criteria=criteria))
    rule = rules.current(made.ws)
    cell = agreement.cell(found, found.judges_named("judge")[0], "tone", rule)
    board = Board(found=found, rule=rule, where=EVERYTHING, cells=(cell,), panels=())
    told = needed(board, cell, 0.1)
    assert (told.kappa, len(told.power)) == (None, 4)
    assert told.no_kappa.startswith("Kappa counts classes")
    assert not QueuePlanPage(ctx, board, cell).half_width.isEnabled()


def test_without_a_cell_it_says_what_to_do(ctx: UiContext, dialog: QueueDialog) -> None:
    page = dialog.pages["measure"]
    assert isinstance(page, QueuePage)
    host = QWidget()
    bare = QueueDialog(ctx, page._board, None, host)
    assert "matrix" in words(bare)
    assert bare.plan is None
    bare.reject()
    host.deleteLater()
