"""Both calls of a pair are seen, and each is opened by its own key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.services.calibrating.board import Board
from app.services.calibrating.dimension import EVERYTHING
from app.services.calibrating.votes_behind import Wanted
from app.services.workspace import Workspace
from app.ui.calibrating.disagreement_browser import DisagreementBrowser
from app.ui.calibrating.disagreement_panel import DisagreementPanel
from app.ui.calibrating.plots.biases_panel import BiasesPanel
from app.ui.calibrating.votes_dialog import VotesDialog
from app.ui.context import UiContext
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic_pairs import RULE, Pairs, drawn, pairs

N = 16
Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def made(workspace: Workspace) -> Pairs:
    found = pairs(workspace, *drawn(N, 2))
    found.people("Ann", "Ben")
    found.judge("judge", "gpt-4.1", found.swayed({"human": 0.4, "intercept": 1.5}, 1))
    return found


@pytest.fixture
def ctx(made: Pairs, qapp: QApplication) -> Iterator[UiContext]:
    with context(made.world.ws) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


def settle(qtbot: Any, ctx: UiContext) -> None:
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=10_000)


@pytest.mark.parametrize(("modifier", "second"), [(Qt.KeyboardModifier.NoModifier, 0), (Shift, 1)])
def test_votes_on_a_pair_open_either_call(
    ctx: UiContext, made: Pairs, qtbot: Any, modifier: Any, second: int
) -> None:
    dialog = VotesDialog(ctx, made.source("judge"), Wanted(), None)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: len(dialog.votes.lines) == 3, timeout=10_000)
    row = dialog.row
    assert row is not None
    assert row.second is not None
    shown = [c.text for c in dialog.items.rows[0].cells[:2]]
    assert shown == [row.spot.code, row.second.code]
    assert not dialog.play_second.isHidden()
    with qtbot.waitSignal(dialog.open_item) as opened:
        QTest.keyClick(dialog.items, Key.Key_Return, modifier)
    spot = (row.spot, row.second)[second]
    assert opened.args == [spot.call_id, 0, spot.end]


def test_a_disagreement_on_a_pair_shows_and_opens_both_calls(
    ctx: UiContext, made: Pairs, qtbot: Any
) -> None:
    source = made.source("judge")
    board = Board(found=source.found, rule=RULE, where=EVERYTHING, cells=(), panels=())
    panel = DisagreementPanel(ctx)
    qtbot.addWidget(panel)
    panel.resize(620, 400)
    panel.show()
    panel.show_board(board, source.cell)
    settle(qtbot, ctx)
    row = panel.list.model.rows[0]
    codes = f"{row.code} {row.second_code}"
    assert row.code != row.second_code != ""
    assert panel.list.model.index(0, 1).data() == codes
    panel.setFocus()
    with qtbot.waitSignal(panel.open_item) as opened:
        QTest.keyClick(panel.list.table, Key.Key_Return, Shift)
    assert opened.args[0] == row.item.other_call_id
    assert opened.args[2] > 0
    browser = DisagreementBrowser(panel.acts, panel, row.item_id)
    browser.show()
    settle(qtbot, ctx)
    said = [label.text() for label in browser.view.findChildren(QLabel)]
    assert codes in said
    assert any(text.startswith(f"{row.second_code}, ") for text in said)
    browser.reject()


def test_the_panel_of_biases_says_what_order_did(ctx: UiContext, made: Pairs, qtbot: Any) -> None:
    from app.services.calibrating.detail import part_of

    source = made.source("judge")
    panel = BiasesPanel(ctx.theme)
    qtbot.addWidget(panel)
    told = panel.show_part(source, part_of(made.world.ws, source, "biases"))
    assert "Shown first" in told.said
    assert "Same verdict in both orders" in told.said
    assert "p 0.0000" not in told.said
