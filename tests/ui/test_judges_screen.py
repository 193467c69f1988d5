"""The tab of judges: list, versions, editing, differences, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.services.judging import definitions, drafts
from app.services.opening import open_workspace
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.judges.judges_page import JudgesPage
from app.ui.judges.screen import JudgesScreen
from app.ui.widgets.dialog import TextDialog
from tests.ui.judges_rig import choose, judges_screen, press, settle
from tests.ui.shell_support import context

ADDED = "\nThink of the caller first."


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def ctx(ws: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(ws) as made:
        made.actions.install(qapp)
        yield made
        made.actions.uninstall(qapp)


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext) -> Iterator[JudgesScreen]:
    with judges_screen(qtbot, ctx) as made:
        choose(qtbot, made, "gic")
        yield made


@pytest.fixture
def page(screen: JudgesScreen) -> JudgesPage:
    return screen.judges


def titles(page: JudgesPage) -> list[str]:
    return [row.title for row in page.list.model.rows]


def write(page: JudgesPage, text: str) -> None:
    """Type at the end of the user prompt."""
    edit = page.detail.pane.texts["user"]
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    edit.insertPlainText(text)


def save(qtbot: Any, screen: JudgesScreen, note: str) -> None:
    screen.judges.verbs.save()
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, TextDialog)]
    dialog.edit.setText(note)
    dialog._done()
    settle(qtbot, screen)


def test_every_judge_is_listed_and_the_search_narrows_it(page: JudgesPage, ws: Workspace) -> None:
    names = {d.name for d in definitions.definitions(ws)}
    assert {row.key for row in page.list.model.rows} == names
    tags = [row.tag for row in page.list.model.rows]
    assert tags == sorted(tags)  # those with a model before the rules
    page.list.search.setText("baseline redundancy")
    assert [row.key for row in page.list.model.rows] == ["baseline_redundancy"]
    page.list.search.setText("no such judge")
    assert titles(page) == []


def test_a_judge_is_read_with_its_scale_and_what_a_reply_must_be(page: JudgesPage) -> None:
    shown = page.state.shown
    assert shown is not None
    assert shown.ref == "gic@1"
    edit = page.detail.pane.texts["user"]
    assert edit.toPlainText() == shown.prompts["user"]
    assert edit.isReadOnly()
    assert page.state.scale is not None
    assert page.state.scale.rubric is not None
    assert len(page.state.scale.rubric.criteria) == 8
    assert '"additionalProperties": false' in page.detail.pane.schema.toPlainText()


def test_an_edit_becomes_the_next_version_and_the_first_stays(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ws: Workspace
) -> None:
    before = definitions.definition(ws, "gic@1")
    page.verbs.edit()
    write(page, ADDED)
    page.detail.pane.settings.params.fields["temperature"].setText("0.5")
    page.detail.pane.settings.params.fields["temperature"].textEdited.emit("0.5")
    save(qtbot, screen, "Asks for the caller's view")
    made = definitions.definition(ws, "gic")
    assert (made.ref, made.note, made.origin) == ("gic@2", "Asks for the caller's view", "edited")
    assert made.prompts["user"] == before.prompts["user"] + ADDED
    assert made.params["temperature"] == 0.5
    assert definitions.definition(ws, "gic@1") == before
    assert page.state.shown == made
    assert not page.editing.active
    assert [row.version.ref for row in page.detail.about.versions.rows] == ["gic@2", "gic@1"]
    assert drafts.drafts(ws, screen.ctx.viewer) == {}


def test_what_is_not_saved_is_there_again_after_closing(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ctx: UiContext
) -> None:
    page.verbs.edit()
    write(page, ADDED)
    screen.deactivate()
    settle(qtbot, screen)
    with judges_screen(qtbot, ctx) as again:
        choose(qtbot, again, "gic")
        marked = [row.key for row in again.judges.list.model.rows if row.marked]
        assert marked == ["gic"]
        assert "not saved" in again.judges.detail.notice.words.text()
        text = again.judges.detail.pane.texts["user"]
        assert not text.toPlainText().endswith(ADDED)
        again.judges.verbs.edit()
        assert text.toPlainText().endswith(ADDED)


def test_what_was_discarded_can_be_brought_back(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ws: Workspace
) -> None:
    page.verbs.edit()
    write(page, ADDED)
    page.verbs.discard()
    settle(qtbot, screen)
    assert drafts.drafts(ws, screen.ctx.viewer) == {}
    assert not page.detail.pane.texts["user"].toPlainText().endswith(ADDED)
    page.detail.notice.first.click()
    settle(qtbot, screen)
    assert page.detail.pane.texts["user"].toPlainText().endswith(ADDED)
    assert list(drafts.drafts(ws, screen.ctx.viewer)) == ["gic"]


def test_a_name_that_no_variable_has_is_shown_with_its_line(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage
) -> None:
    page.verbs.edit()
    lines = page.detail.pane.texts["user"].toPlainText().count("\n") + 1
    write(page, "\nBe brief, {{ callers }}.")
    with qtbot.waitSignal(page.editing.checked) as told:
        page.editing.check_now()
    (checked,) = told.args
    assert checked.unknown == ("callers",)
    (problem,) = checked.problems
    assert (problem.part, problem.line) == ("user", lines + 1)
    assert page.detail.tabs._notes["variables"][0] == "1"
    page.detail.variables.line_asked.emit("user", problem.line)
    assert page.detail.pane.texts["user"].textCursor().blockNumber() == lines


def test_keys_go_from_change_to_change(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage, ws: Workspace
) -> None:
    first = definitions.definition(ws, "gic")
    text = first.prompts["user"].splitlines()
    changed = ["A new first line.", *text[:-1], text[-1] + " Indeed."]
    changes = {"prompts": {**first.prompts, "user": "\n".join(changed)}}
    definitions.edited(ws, screen.ctx.viewer, first, changes)
    page.reload()
    settle(qtbot, screen)
    page.show_version("gic@2")
    press(qtbot, page.list.view, Qt.Key.Key_D)
    assert page.detail.shows_diff
    diff = page.detail.diff
    assert diff.count.text() == "Change 1 of 2"
    press(qtbot, diff.view, Qt.Key.Key_F8)
    assert diff.count.text() == "Change 2 of 2"
    assert "Indeed." in diff.view.accessibleDescription()
    press(qtbot, diff.view, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert diff.count.text() == "Change 1 of 2"
    press(qtbot, diff.view, Qt.Key.Key_Escape)
    assert not page.detail.shows_diff


def test_arrows_scroll_the_texts_and_choose_in_the_list(
    qtbot: Any, screen: JudgesScreen, page: JudgesPage
) -> None:
    press(qtbot, page.detail.pane.texts["user"], Qt.Key.Key_Down)
    assert page.list.view.currentIndex().data() is not None
    assert page.state.entry is not None
    assert page.state.entry.name == "gic"
    press(qtbot, page.list.view, Qt.Key.Key_Down)
    assert page.state.entry.name == page.list.model.rows[page.list.view.currentIndex().row()].key
    assert page.state.entry.name != "gic"


def test_escape_clears_the_search_before_it_leaves_it(qtbot: Any, page: JudgesPage) -> None:
    press(qtbot, page.list.view, Qt.Key.Key_Slash)
    assert page.list.search.hasFocus()
    page.list.search.setText("flow")
    press(qtbot, page.list.search, Qt.Key.Key_Escape)
    assert page.list.search.text() == ""
    press(qtbot, page.list.search, Qt.Key.Key_Escape)
    assert page.list.view.hasFocus()


def test_what_is_not_saved_is_held_against_its_base(page: JudgesPage) -> None:
    page.verbs.edit()
    write(page, ADDED)
    page.verbs.toggle_diff()
    assert page.detail.diff.after.currentText() == "unsaved changes"
    assert page.detail.diff.before.currentText().startswith("@1")
    assert page.detail.diff.count.text() == "Change 1 of 1"


def test_digits_change_the_tab_and_each_is_shown(qtbot: Any, screen: JudgesScreen) -> None:
    press(qtbot, screen.judges.list.view, Qt.Key.Key_3)
    assert screen.tabs.current == "endpoints"
    screen.show_tab("flows")
    assert screen.flows is not None
    assert screen.flows.isVisible()
    screen.show_tab("judges")
    assert screen.judges.isVisible()
    settle(qtbot, screen)


def test_a_reviewer_reads_and_changes_nothing(qtbot: Any, ws: Workspace, qapp: Any) -> None:
    with context(ws, role="reviewer") as ctx, judges_screen(qtbot, ctx) as made:
        choose(qtbot, made, "gic")
        made.judges.verbs.edit()
        assert not made.judges.editing.active
        assert not made.judges.detail.head.edit.isEnabled()
        assert not made.judges.detail.trying.run.isEnabled()


def test_the_place_comes_back_as_it_was_left(
    qtbot: Any, screen: JudgesScreen, ctx: UiContext
) -> None:
    screen.judges.detail.show_side("variables")
    screen.judges.detail.pane.show_tab("system")
    state = screen.session_state()
    with judges_screen(qtbot, ctx) as again:
        again.restore_session(state)
        again.activate()
        settle(qtbot, again)
        assert again.session_state() == state
