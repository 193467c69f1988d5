"""The tab of drift: what is listed, drawn, kept and asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.work import Quiet
from app.services.calibrating import gather, splits
from app.services.calibrating.board import Board, load_board
from app.services.workspace import Workspace
from app.ui.calibrating.drift_page import DriftPage
from app.ui.context import UiContext
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 80


@pytest.fixture
def made(workspace: Workspace) -> World:
    found = world(workspace, N)
    for at, name in enumerate(("Ann", "Ben")):
        found.say(found.person(name), "tone", noisy(truth(N), at, sd=0.3))
    found.say(found.judge("keen"), "tone", noisy(truth(N), 9, sd=0.4))
    found.say(found.judge("keen", "m2"), "tone", noisy(truth(N), 8, bias=1.2, sd=0.4))
    return found


@pytest.fixture
def ctx(made: World, qapp: QApplication) -> Iterator[UiContext]:
    with context(made.ws) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


def board(ctx: UiContext) -> Board:
    return load_board(Quiet(), ctx.ws, ctx.viewer, "synthetic")


@pytest.fixture
def page(qtbot: Any, ctx: UiContext) -> Iterator[DriftPage]:
    shown = DriftPage(ctx)
    shown.resize(1200, 700)
    shown.show()
    yield shown
    shown.close()


def settled(qtbot: Any, page: DriftPage) -> None:
    qtbot.waitUntil(lambda: page._detail is not None and page._detail.row is page.row, timeout=8000)
    qtbot.waitUntil(lambda: bool(page.parts.people_words.text()), timeout=3000)


def test_versions_are_listed_with_what_the_anchors_say(
    qtbot: Any, ctx: UiContext, page: DriftPage
) -> None:
    shown = board(ctx)
    newer = shown.found.judges_named("keen")[1]
    page.show_board(shown, shown.cell(newer.id, "tone"))
    settled(qtbot, page)
    said = [[cell.text for cell in row.cells] for row in page.parts.list.rows]
    assert [line[:3] for line in said] == [
        ["keen@1 / m1", "tone", "Not checked yet"],
        ["keen@1 / m2", "tone", "Not checked yet"],
    ]
    assert said[1][3].startswith("+")
    assert "It has drifted" in page.parts.words.text()
    assert "broken" in page.parts.flipped.words.text()
    assert page.parts.moments.is_made
    assert not page.parts.keep.isEnabled()
    assert "Freeze" in page.parts.keep.toolTip()


def test_a_look_is_kept_once_there_are_anchors(qtbot: Any, ctx: UiContext, page: DriftPage) -> None:
    splits.freeze(ctx.ws, ctx.viewer)
    shown = board(ctx)
    newer = shown.found.judges_named("keen")[1]
    page.show_board(shown, shown.cell(newer.id, "tone"))
    settled(qtbot, page)
    assert [row.cells[2].text for row in page.parts.list.rows] == ["Not checked yet"] * 2
    assert page.parts.keep.isEnabled()
    with qtbot.waitSignal(page.changed, timeout=5000):
        page.parts.keep.click()
    found = gather.load(ctx.ws, ctx.viewer, "synthetic")
    assert [(c.judge_version_id, c.drifted) for c in found.checks] == [(newer.id, True)]


def test_enter_shows_the_row_in_the_matrix_and_no_judge_says_so(
    qtbot: Any, ctx: UiContext, page: DriftPage
) -> None:
    shown = board(ctx)
    page.show_board(shown, None)
    settled(qtbot, page)
    with qtbot.waitSignal(page.show_cell) as told:
        page.parts.list.opened.emit(page.parts.list.key)
    assert told.args == [shown.found.judges_named("keen")[0].id, "tone"]
    page.clear()
    assert page.parts.list.rows == ()
