"""The screen of comparisons: what it says without sets, and how the sets change places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.services.workspace import Workspace
from app.ui.comparing.screen import CompareScreen
from app.ui.comparing.work import Side
from app.ui.context import UiContext
from tests.ui.shell_support import add_calls, context


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    add_calls(workspace, 4)
    with context(workspace) as made:
        yield made


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext) -> CompareScreen:
    made = CompareScreen(ctx)
    qtbot.addWidget(made)
    return made


def test_a_set_that_is_not_told_is_not_compared(screen: CompareScreen) -> None:
    screen.head.a.set_side(Side("agent:nora"))
    screen.compare()
    assert not screen.loader.is_busy
    assert not screen.parts.shows_table


def test_swapping_exchanges_the_queries(screen: CompareScreen) -> None:
    screen.head.a.set_side(Side("agent:nora"))
    screen.head.b.set_side(Side("-agent:nora"))
    screen.swap()
    assert (screen.head.a.side.query, screen.head.b.side.query) == ("-agent:nora", "agent:nora")


def test_sets_without_figures_show_no_table(qtbot: Any, screen: CompareScreen) -> None:
    screen.head.a.set_side(Side("agent:nora"))
    screen.head.b.set_side(Side("-agent:nora"))
    with qtbot.waitSignal(screen.loader.compared, timeout=10_000):
        screen.compare()
    assert screen.found is not None
    assert (len(screen.found.a_ids), len(screen.found.b_ids)) == (2, 2)
    assert not screen.parts.shows_table


def test_queries_and_order_come_back(qtbot: Any, ctx: UiContext, screen: CompareScreen) -> None:
    screen.restore_session({"a": "agent:nora", "b": "tag:noisy", "order": "p"})
    again = CompareScreen(ctx)
    qtbot.addWidget(again)
    again.restore_session(screen.session_state())
    assert again.session_state() == {"a": "agent:nora", "b": "tag:noisy", "order": "p"}
