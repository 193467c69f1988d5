"""The flow editor on a workspace: opening, editing in place, edges, versions, approving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.domain.endpoints import EndpointProfile
from app.domain.work import Quiet
from app.services import scenarios
from app.services.assets import asset
from app.services.judging import flows
from app.services.judging.endpoints import save_endpoint
from app.services.judging.flow_deriving import Sop, derive
from app.services.judging.flow_makers import BaselineMaker
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.flows.approve_dialog import ApproveDialog
from app.ui.flows.derive_dialog import DeriveDialog
from app.ui.flows.node_delegate import TextCell
from app.ui.flows.screen import FlowsScreen
from tests.support.chat_answers import slow
from tests.support.chat_server import serving
from tests.ui.shell_support import context
from tests.unit.flows.replies import good
from tests.unit.flows.sops import BILL_ZH, PARCEL


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


@pytest.fixture
def opened(qtbot: Any, ctx: UiContext) -> Iterator[Callable[..., FlowsScreen]]:
    """A screen on a derived flow, its checks done."""
    made: list[FlowsScreen] = []

    def make(text: str = PARCEL) -> FlowsScreen:
        sop = Sop(key="6.2", title="Late parcel", text=text)
        derive(Quiet(), ctx.ws, ctx.viewer, sop, BaselineMaker())
        screen = FlowsScreen(ctx)
        qtbot.addWidget(screen)
        screen.resize(1216, 692)
        screen.show()
        screen.activate(flow="6.2")
        made.append(screen)
        settled(qtbot, screen)
        return screen

    yield make
    for screen in made:
        screen.deactivate()


def settled(qtbot: Any, screen: FlowsScreen) -> None:
    """Wait until nothing runs and the checks are of the nodes as they are."""

    def is_done() -> bool:
        return screen.desk.is_settled and not screen.ctx.runner.live

    qtbot.waitUntil(is_done, timeout=10_000)


def test_without_flows_it_says_how_to_get_one(qtbot: Any, ctx: UiContext) -> None:
    screen = FlowsScreen(ctx)
    qtbot.addWidget(screen)
    with qtbot.waitSignal(screen.desk.listed, timeout=10_000):
        screen.activate()
    assert not screen.parts.shows_flow
    assert screen.parts.empty.isVisibleTo(screen)
    assert screen.status_keys()[0][1] == "derive"


def test_a_scenario_opens_with_its_own_steps(qtbot: Any, ctx: UiContext) -> None:
    scenarios.load_scenarios(ctx.ws, asset("scenarios"))
    screen = FlowsScreen(ctx)
    qtbot.addWidget(screen)
    screen.activate(flow="1.1")
    settled(qtbot, screen)
    assert screen.draft.base is not None
    assert screen.draft.base.stage == "scenario"
    assert "not approved" in screen.parts.head.state.text()
    assert screen.parts.head.picker.count() == 8


@pytest.mark.parametrize("text", [PARCEL, BILL_ZH, f"1. 😀 Greet.\n{PARCEL}"])
def test_text_and_nodes_select_each_other(opened: Any, text: str) -> None:
    screen = opened(text)
    sop = screen.parts.sop
    for node in screen.draft.nodes:
        screen.verbs.select_at(node.spans[0][0] + 1)
        assert screen.draft.selected == node.id
        marks = [m.cursor.selectedText() for m in sop.extraSelections()]
        start, end = node.spans[-1]
        assert screen.draft.sop[start:end].split("\n")[0] in marks[-1].replace("\u2029", "\n")
        assert screen.parts.table.selected == screen.draft.nodes.index(node)


def test_uncovered_text_is_found_and_given_a_node_by_keys(qtbot: Any, opened: Any) -> None:
    screen = opened()
    screen.draft.select("n7")
    screen.draft.remove()
    settled(qtbot, screen)
    assert "1 of 7 steps uncovered" in screen.parts.checks.coverage.text()
    screen.verbs.next_finding()
    assert screen.parts.sop.selection is not None
    screen.verbs.add()
    settled(qtbot, screen)
    assert screen.parts.checks.coverage.text() == "100% covered"
    assert screen.draft.node is not None
    assert screen.draft.node.text.endswith("Thank the customer and close.")


def test_a_cell_is_edited_in_place_and_taken_back(qtbot: Any, opened: Any) -> None:
    screen = opened()
    screen.draft.select("n2")
    screen.parts.table.edit_text()
    cell = screen.parts.table.findChild(TextCell)
    cell.setPlainText("Verify <b>two</b>\n items")
    assert screen.verbs.is_editing
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert screen.draft.nodes[1].text == "Verify <b>two</b> items"
    assert screen.parts.head.save.isEnabled()
    screen.draft.undo()
    assert not screen.parts.head.save.isEnabled()


def test_ctrl_enter_splits_where_the_cursor_stands(qtbot: Any, opened: Any) -> None:
    screen = opened()
    screen.draft.select("n1")
    screen.parts.table.split_text()
    cell = screen.parts.table.findChild(TextCell)
    qtbot.keyClick(cell, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [n.text for n in screen.draft.nodes[:2]] == [
        "Greet the customer and", "Say who is calling."
    ]  # fmt: skip


def test_fields_that_cannot_be_are_refused_in_words(opened: Any) -> None:
    screen = opened()
    model = screen.parts.table.model()
    said = screen.parts.said.words
    assert model.setData(model.index(0, 5), "none") is False
    assert "no weight" in said.text()
    assert model.setData(model.index(0, 4), "n4") is True
    assert model.setData(model.index(3, 4), "n1, n2") is False
    assert "circle" in said.text()
    assert model.setData(model.index(0, 0), "n2") is False
    assert model.setData(model.index(2, 1), "normal") is True
    assert screen.draft.nodes[2].trigger == ""


def middle(screen: FlowsScreen, node_id: str) -> QPoint:
    graph = screen.parts.graph
    bars = graph.horizontalScrollBar().value(), graph.verticalScrollBar().value()
    return (graph.shapes.boxes[node_id].center() * graph.zoom - QPointF(*bars)).toPoint()


def dragged(qtbot: Any, screen: FlowsScreen, start: str, end: str) -> None:
    port = screen.parts.graph.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=middle(screen, start))
    for step in (0.3, 0.7, 1.0):
        a, b = QPointF(middle(screen, start)), QPointF(middle(screen, end))
        qtbot.mouseMove(port, (a + (b - a) * step).toPoint())
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=middle(screen, end))


def test_a_drag_from_node_to_node_makes_an_edge_but_no_circle(qtbot: Any, opened: Any) -> None:
    screen = opened()
    screen.parts.graph.verticalScrollBar().setValue(0)
    dragged(qtbot, screen, "n2", "n7")
    assert screen.draft.nodes[6].prereq == ("n4", "n2")
    dragged(qtbot, screen, "n7", "n2")
    assert screen.draft.nodes[1].prereq == ()
    assert "circle" in screen.parts.said.words.text()
    screen.parts.graph.set_edge(("n2", "n7"))
    screen.verbs.remove()
    assert screen.draft.nodes[6].prereq == ("n4",)


def test_an_edge_is_drawn_by_keys_alone(qtbot: Any, opened: Any) -> None:
    screen = opened()
    screen.draft.select("n7")
    graph = screen.parts.graph
    graph.begin_link()
    assert "n7 needs" in screen.parts.said.words.text()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(graph, key)
    assert graph.marks.target == "n2"
    qtbot.keyClick(graph, Qt.Key.Key_Return)
    assert screen.draft.nodes[6].prereq == ("n4", "n2")
    graph.begin_link()
    screen.verbs.escape()
    assert not graph.is_linking


def test_saving_makes_a_version_and_the_panel_shows_what_differs(
    qtbot: Any, opened: Any, ctx: UiContext
) -> None:
    screen = opened()
    screen.draft.select("n1")
    screen.draft.remove()
    with qtbot.waitSignal(screen.desk.loader.saved, timeout=10_000):
        screen.desk.save()
    settled(qtbot, screen)
    assert screen.draft.base is not None
    assert (screen.draft.base.version, screen.draft.base.stage) == (3, "edit")
    assert not screen.draft.is_changed
    screen.verbs.swap_side()
    panel = screen.parts.versions
    assert [row.version.version for row in panel.rows] == [3, 2, 1]
    assert "1 removed" in panel.told.text()
    panel.open_asked.emit(panel.rows[2].version.id)
    assert screen.draft.base.version == 1
    assert len(flows.flow_history(ctx.ws, "6.2").versions) == 3


def test_a_lead_approves_with_a_note_and_sees_what_stood(
    qtbot: Any, opened: Any, ctx: UiContext
) -> None:
    screen = opened()
    screen.draft.change("n2", text="Verify two items.")
    settled(qtbot, screen)
    screen.approve()
    (dialog,) = screen.findChildren(ApproveDialog)
    assert not dialog.go_button.isEnabled()
    dialog.note.setPlainText("Read against the SOP.")
    with qtbot.waitSignal(screen.desk.loader.approved, timeout=10_000):
        dialog.go_button.click()
    settled(qtbot, screen)
    judged_by = flows.flow_of_key(ctx.ws, "6.2")
    assert judged_by is not None
    assert judged_by.nodes[1].text == "Verify two items."
    history = flows.flow_history(ctx.ws, "6.2")
    assert (history.of_flow.nodes_kept, history.of_flow.nodes_proposed) == (6, 7)
    assert "6 of 7" in screen.parts.checks.stood.text()
    assert not screen.parts.head.approve.isEnabled()


def test_a_reviewer_edits_but_does_not_approve(qtbot: Any, workspace: Workspace, qapp: Any) -> None:
    with context(workspace, role="reviewer") as ctx:
        sop = Sop(key="k", title="T", text=PARCEL)
        derive(Quiet(), ctx.ws, ctx.viewer, sop, BaselineMaker())
        screen = FlowsScreen(ctx)
        qtbot.addWidget(screen)
        screen.activate()
        settled(qtbot, screen)
        screen.approve()
        assert "Only a lead" in screen.parts.said.words.text()
        assert not screen.findChildren(ApproveDialog)


def test_a_flow_is_derived_by_rules_from_a_file(qtbot: Any, opened: Any, tmp_path: Path) -> None:
    screen = opened()
    screen.derive()
    (dialog,) = screen.findChildren(DeriveDialog)
    path = tmp_path / "bill.md"
    path.write_text(BILL_ZH, encoding="utf-8")
    dialog.open_file(path)
    qtbot.waitUntil(lambda: dialog.form.found.text() == "4 steps, 4 branches", timeout=10_000)
    assert dialog.form.key.text() == "bill"
    with qtbot.waitSignal(screen.desk.opened, timeout=10_000):
        dialog.derive()
    settled(qtbot, screen)
    assert screen.draft.base is not None
    assert (screen.draft.base.key, screen.draft.base.version) == ("bill", 2)
    assert screen.parts.head.picker.currentData() == "bill"


def test_a_model_derives_and_stopping_keeps_what_was_stored(qtbot: Any, opened: Any) -> None:
    screen = opened()
    with serving() as server:
        profile = EndpointProfile(name="here", base_url=server.url, model="judge-m")
        save_endpoint(screen.ctx.ws, profile)
        server.script = good
        screen.derive()
        (dialog,) = screen.findChildren(DeriveDialog)
        qtbot.waitUntil(lambda: dialog.form.endpoint.count() == 1, timeout=10_000)
        dialog.form.maker._choose("model")
        dialog.form.key.setText("modelled")
        dialog.form.text.setPlainText(PARCEL)
        server.at[1] = slow(60)
        dialog.derive()
        qtbot.waitUntil(lambda: len(server.asked) == 2, timeout=10_000)
        dialog.reject()
        settled(qtbot, screen)
    versions = flows.flow_history(screen.ctx.ws, "modelled").versions
    assert [v.stage for v in versions] == ["parse"]
    picker = screen.parts.head.picker
    assert "modelled" in [picker.itemData(at) for at in range(picker.count())]


def test_what_is_not_saved_comes_back_with_the_session(
    qtbot: Any, opened: Any, ctx: UiContext
) -> None:
    screen = opened()
    screen.draft.change("n1", text="Say hello")
    state = screen.session_state()
    again = FlowsScreen(ctx)
    qtbot.addWidget(again)
    again.restore_session({**state, "sizes": ["x", 1], "unsaved": {**state["unsaved"], "y": 3}})
    again.activate()
    qtbot.waitUntil(lambda: again.draft.base is not None, timeout=10_000)
    assert again.draft.nodes[0].text == "Say hello"
    assert again.draft.is_changed
    settled(qtbot, again)


def test_keys_do_what_the_table_says_and_not_while_writing(
    qtbot: Any, opened: Any, ctx: UiContext
) -> None:
    ctx.actions.install(QApplication.instance())
    screen = opened()
    table = screen.parts.table
    table.setFocus()
    screen.draft.select("n1")
    qtbot.keyClick(table, Qt.Key.Key_K)
    assert screen.draft.nodes[0].kind == "branch"
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert screen.draft.nodes[0].kind == "normal"
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [n.id for n in screen.draft.nodes[:2]] == ["n2", "n1"]
    table.edit_text()
    cell = table.findChild(TextCell)
    qtbot.keyClicks(cell, "kmn")
    assert cell.toPlainText() == "kmn"
    assert len(screen.draft.nodes) == 7
    ctx.actions.uninstall(QApplication.instance())
    settled(qtbot, screen)
