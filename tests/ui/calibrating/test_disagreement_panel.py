"""The list of disagreements by its keys: what is seen, stored, refused and asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.services.calibrating import agreement, gather, rules
from app.services.calibrating.board import Board
from app.services.calibrating.dimension import EVERYTHING
from app.services.workspace import Workspace
from app.ui.calibrating.disagreement_browser import DisagreementBrowser
from app.ui.calibrating.disagreement_model import PART_PX, fitted
from app.ui.calibrating.disagreement_panel import DisagreementPanel
from app.ui.context import UiContext
from app.ui.widgets.dialog import TextDialog
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 24


@pytest.fixture
def made(workspace: Workspace) -> World:
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        found.say(
            found.person(name), "tone", noisy(real, at, sd=0.3), rationale=f"{name} heard a sigh"
        )
    found.say(found.judge(), "tone", noisy(real, 9, bias=1.0), rationale="It was kind.")
    return found


@pytest.fixture
def ctx(made: World, qapp: QApplication) -> Iterator[UiContext]:
    with context(made.ws) as found:
        found.actions.install(qapp)
        yield found
        found.actions.uninstall(qapp)


@pytest.fixture
def panel(qtbot: Any, ctx: UiContext, made: World) -> Iterator[DisagreementPanel]:
    found = gather.load(made.ws, ctx.viewer, "synthetic")
    rule = rules.current(made.ws)
    cell = agreement.cell(found, found.judges_named("judge")[0], "tone", rule)
    board = Board(found=found, rule=rule, where=EVERYTHING, cells=(cell,), panels=())
    shown = DisagreementPanel(ctx)
    shown.resize(620, 400)
    shown.show()
    shown.activateWindow()
    shown.show_board(board, cell)
    settle(qtbot, ctx)
    shown.setFocus()
    yield shown
    settle(qtbot, ctx)
    shown.close()
    shown.deleteLater()


def settle(qtbot: Any, ctx: UiContext) -> None:
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=10_000)


def press(qtbot: Any, panel: DisagreementPanel, key: Qt.Key, *modifiers: Any) -> None:
    qtbot.keyClick(panel.list.table, key, *modifiers)
    settle(qtbot, panel.acts.ctx)


def causes_of(panel: DisagreementPanel) -> list[str]:
    return [r.cause.cause for r in panel.list.model.rows if r.cause is not None]


def test_most_surprising_first_and_arrows_move(qtbot: Any, panel: DisagreementPanel) -> None:
    rows = panel.list.model.rows
    assert rows
    assert [r.z for r in rows] == sorted((r.z for r in rows), reverse=True)
    press(qtbot, panel, Qt.Key.Key_Down)
    assert panel.list.table.current == rows[1]
    press(qtbot, panel, Qt.Key.Key_Up)
    assert panel.list.table.current == rows[0]


def test_digits_tag_and_undo_puts_the_tag_before_back(qtbot: Any, panel: DisagreementPanel) -> None:
    saved: list[str] = []
    panel.acts.ctx.bus.saved.connect(saved.append)
    press(qtbot, panel, Qt.Key.Key_1)
    assert causes_of(panel) == ["misheard"]
    assert len(saved) == 1, "or it is taken for another window's, and the list made anew"
    press(qtbot, panel, Qt.Key.Key_5)
    assert causes_of(panel) == ["leniency"]
    press(qtbot, panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert causes_of(panel) == ["misheard"]
    press(qtbot, panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert causes_of(panel) == []
    press(qtbot, panel, Qt.Key.Key_2)
    press(qtbot, panel, Qt.Key.Key_Backspace)
    assert causes_of(panel) == []
    told = panel.acts.listing
    assert told is not None
    assert told.pareto.untagged == len(told.rows)


def test_another_cause_asks_for_a_note(qtbot: Any, panel: DisagreementPanel) -> None:
    press(qtbot, panel, Qt.Key.Key_7)
    assert causes_of(panel) == []
    (dialog,) = panel.list.findChildren(TextDialog)
    dialog.edit.setText("an odd accent")
    dialog.edit.returnPressed.emit()
    settle(qtbot, panel.acts.ctx)
    row = panel.list.model.rows[0]
    assert row.cause is not None
    assert row.cause.note == "an odd accent"


def test_enter_opens_the_evidence_and_a_adjudicates(qtbot: Any, panel: DisagreementPanel) -> None:
    row = panel.list.model.rows[0]
    with qtbot.waitSignal(panel.open_item) as opened:
        qtbot.keyClick(panel.list.table, Qt.Key.Key_Return)
    assert opened.args == [row.item.call_id, row.item.start, row.item.end or opened.args[2]]
    assert opened.args[2] > opened.args[1]
    with qtbot.waitSignal(panel.adjudicate) as asked:
        qtbot.keyClick(panel.list.table, Qt.Key.Key_A)
    assert asked.args[0] == row.item.call_id


def test_calls_outside_train_become_no_examples_and_it_says_why(
    qtbot: Any, panel: DisagreementPanel
) -> None:
    told: list[tuple[str, str]] = []
    panel.acts.ctx.bus.message.connect(lambda level, text, _remedy: told.append((level, text)))
    roles = {row.role: row for row in panel.list.model.rows}
    for role in ("anchor_test", "train"):
        panel.list.table.choose(roles[role].item_id)
        press(qtbot, panel, Qt.Key.Key_F)
    assert told[0][0] == "error"
    assert roles["anchor_test"].code in told[0][1]
    assert told[1][0] == "info"


def test_large_view_hides_notes_until_they_are_revealed(
    qtbot: Any, panel: DisagreementPanel, made: World
) -> None:
    panel.open_large()
    settle(qtbot, panel.acts.ctx)
    (browser,) = panel.findChildren(DisagreementBrowser)
    gc.collect()  # what Python lets go of must not take parts of the window along
    qtbot.waitUntil(lambda: "It was kind." in words(browser))
    assert "sigh" not in words(browser)
    browser.activateWindow()
    qtbot.keyClick(browser.list.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: "Ann heard a sigh" in words(browser))
    with made.ws.db.read() as uow:
        sql = "SELECT count(*) FROM reveal_audit"
        assert uow.connection.exec_driver_sql(sql).scalar() == 1
    qtbot.keyClick(browser.list.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "sigh" not in words(browser))
    qtbot.keyClick(browser.list.table, Qt.Key.Key_3)
    settle(qtbot, panel.acts.ctx)
    assert causes_of(panel) == ["rubric"]
    browser.reject()
    assert panel.list.table.selected == 1


def words(browser: DisagreementBrowser) -> str:
    return " ".join(label.text() for label in browser.view.findChildren(QLabel))


def test_the_list_is_written_in_its_order(
    qtbot: Any, panel: DisagreementPanel, tmp_path: Path
) -> None:
    told = panel.acts.listing
    assert told is not None
    panel.acts.export(told, tmp_path / "list.csv")
    settle(qtbot, panel.acts.ctx)
    lines = (tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [r.code for r in told.rows]


def test_other_orders_and_nothing_selected(qtbot: Any, panel: DisagreementPanel) -> None:
    press(qtbot, panel, Qt.Key.Key_O)
    spreads = [r.spread for r in panel.list.model.rows]
    assert spreads == sorted(spreads, reverse=True)
    panel.clear()
    assert not panel.has_rows
    assert not panel.list.model.rows


def test_new_scores_make_another_list_and_the_item_stays_selected(
    qtbot: Any, panel: DisagreementPanel, made: World
) -> None:
    press(qtbot, panel, Qt.Key.Key_Down)
    chosen = panel.list.table.current
    assert chosen is not None
    press(qtbot, panel, Qt.Key.Key_4)
    other = made.person("Cleo")
    made.say(other, "tone", [1 if v > 3 else 5 for v in truth(N)])
    found = gather.load(made.ws, panel.acts.ctx.viewer, "synthetic")
    rule = rules.current(made.ws)
    cell = agreement.cell(found, found.judges_named("judge")[0], "tone", rule)
    board = Board(found=found, rule=rule, where=EVERYTHING, cells=(cell,), panels=())
    panel.show_board(board, cell)
    settle(qtbot, panel.acts.ctx)
    now = panel.list.table.current
    assert now is not None
    assert now.item_id == chosen.item_id
    assert len(now.votes) == 3
    assert causes_of(panel) == ["arithmetic"]


def test_columns_fill_the_room_and_give_way_in_order() -> None:
    wide = fitted(620, 1.0)
    assert sum(wide) == 620
    decimals = fitted(620, 1.0, votes_px=96)
    assert (sum(decimals), max(b - a for a, b in zip(wide, decimals))) == (620, 96 - 58)
    parts = fitted(430, 1.0, call_px=PART_PX)
    assert (sum(parts), parts[1]) == (430, PART_PX)
    narrow = fitted(430, 1.0)
    assert sum(narrow) == 430
    assert 0 in narrow
