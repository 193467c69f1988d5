"""The rubric editor under a lead's hands: fields, the form beside them, undo, versions, files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import rubric_editing, rubrics
from app.services.opening import open_workspace
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.rubrics.draft import RubricDraft
from app.ui.rubrics.rubric_list import matching, newest
from app.ui.rubrics.screen import RubricsScreen
from app.ui.scoring.criterion_card import CriterionCard
from tests.ui.shell_support import context

Key = Qt.Key


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def ctx(ws: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(ws) as made:
        made.actions.install(qapp)
        yield made
        made.actions.uninstall(qapp)


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext) -> RubricsScreen:
    made = RubricsScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1216, 776)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.activate(rubric="call_handling")
    qtbot.waitUntil(lambda: made.draft is not None and made.draft.base.key == "call_handling")
    return made


def titles(screen: RubricsScreen) -> list[str]:
    assert screen.draft is not None
    return [c.title for c in screen.draft.rubric.criteria]


def at_version(screen: RubricsScreen, version: int) -> bool:
    return screen.draft is not None and screen.draft.base.version == version


def tall(screen: RubricsScreen) -> str:
    screen.show_preview()
    (card,) = screen.preview._list.findChildren(
        CriterionCard, options=Qt.FindChildOption.FindDirectChildrenOnly
    )[-1:]
    return card.accessibleName()


def versions(ws: Workspace, key: str) -> list[int]:
    return [r.version for r in rubrics.rubric_versions(ws) if r.key == key]


def test_what_is_typed_is_seen_on_the_form_and_saved_as_the_next_version(
    screen: RubricsScreen, ws: Workspace, qtbot: Any
) -> None:
    screen.editor.form.title.setFocus()
    screen.editor.form.title.selectAll()
    QTest.keyClicks(screen.editor.form.title, "Who is calling")
    assert tall(screen).startswith("1. Who is calling.")
    assert screen.head.save.isEnabled()
    screen.preview.setFocus()
    QTest.keyClick(screen.preview, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: versions(ws, "call_handling") == [1, 2])
    qtbot.waitUntil(lambda: at_version(screen, 2))
    assert not screen.head.save.isEnabled()
    assert titles(screen)[0] == "Who is calling"


def test_criteria_are_added_moved_removed_and_brought_back_by_keys(
    screen: RubricsScreen, qtbot: Any
) -> None:
    before = titles(screen)
    alt, control = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    screen.preview.setFocus()
    QTest.keyClick(screen.preview, Key.Key_Down)
    QTest.keyClick(screen.preview, Key.Key_Up, alt)
    assert titles(screen)[:2] == [before[1], before[0]]
    QTest.keyClick(screen.preview, Key.Key_Delete)
    assert titles(screen) == [before[0], *before[2:]]
    QTest.keyClick(screen.preview, Key.Key_Z, control)
    QTest.keyClick(screen.preview, Key.Key_Z, control)
    assert titles(screen) == before
    QTest.keyClick(screen.preview, Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert titles(screen)[:2] == [before[1], before[0]]
    QTest.keyClick(screen.preview, Key.Key_N)
    qtbot.waitUntil(screen.editor.form.title.hasFocus)
    assert len(titles(screen)) == len(before) + 1


def test_what_is_missing_is_said_and_its_criterion_comes_into_focus(
    screen: RubricsScreen, ws: Workspace
) -> None:
    screen.add()
    screen.preview.setFocus()
    screen.focus_criterion(0)
    screen.verbs.save()
    assert "2. It has no title." in screen.editor.problems.text()
    assert screen.draft is not None
    assert screen.draft.at == 1
    assert versions(ws, "call_handling") == [1]


def test_unsaved_changes_survive_a_look_at_another_rubric(screen: RubricsScreen) -> None:
    screen.remove()
    left = titles(screen)
    screen.list.view.choose("gic")
    assert screen.draft is not None
    assert screen.draft.base.key == "gic"
    screen.list.view.choose("call_handling")
    assert titles(screen) == left


def test_an_older_version_can_be_the_newest_again(
    screen: RubricsScreen, ws: Workspace, qtbot: Any
) -> None:
    assert screen.draft is not None
    old = screen.draft.base
    screen.remove()
    screen.verbs.save()
    qtbot.waitUntil(lambda: at_version(screen, 2))
    screen.preview.setFocus()
    QTest.keyClick(screen.preview, Key.Key_BracketLeft)
    assert screen.draft.base.id == old.id
    screen.verbs.save()
    qtbot.waitUntil(lambda: versions(ws, "call_handling") == [1, 2, 3])
    qtbot.waitUntil(lambda: at_version(screen, 3))
    assert len(titles(screen)) == len(old.criteria)


def test_a_file_is_a_draft_first(
    screen: RubricsScreen, ws: Workspace, tmp_path: Path, qtbot: Any
) -> None:
    assert screen.draft is not None
    path = tmp_path / "given.yaml"
    rubric_editing.export_file(screen.draft.rubric, path)
    words = path.read_text(encoding="utf-8").replace("key: call_handling", "key: other", 1)
    path.write_text(words.replace("Identity verified", "Who it is"), encoding="utf-8")
    screen.verbs.take_file(path)
    qtbot.waitUntil(lambda: titles(screen)[0] == "Who it is")
    assert versions(ws, "other") == []
    screen.verbs.save()
    qtbot.waitUntil(lambda: versions(ws, "other") == [1])


def test_scale_levels_and_rules_are_changed_by_their_fields(screen: RubricsScreen) -> None:
    form, draft = screen.editor.form, screen.draft
    assert draft is not None
    form.levels._rows[0].why.click()
    assert draft.criterion is not None
    assert draft.criterion.rationale_required_at == (1, 5)
    form.levels._add.click()
    assert [lv.value for lv in draft.criterion.levels] == [5, 4, 3, 2, 1, 6]
    form.levels._rows[0].drop.click()
    assert [lv.value for lv in draft.criterion.levels] == [5, 4, 3, 2, 1]
    form.na.click()
    assert not draft.criterion.na_allowed
    form._on_scope("agent_turn")
    form._on_scale("binary")
    assert draft.criterion.scope == "agent_turn"
    assert len(draft.criterion.levels) == 2


def test_reviewers_are_sent_to_scoring(qtbot: Any, ws: Workspace, qapp: QApplication) -> None:
    with context(ws, role="reviewer") as made:
        screen = RubricsScreen(made)
        qtbot.addWidget(screen)
        screen.show()
        screen.activate()
        assert screen.words.isVisible()
        with qtbot.waitSignal(screen.navigate) as told:
            screen.words.acted.emit()
        assert told.args == ["score", {}]


def test_typing_is_one_step_of_undo_and_keys_follow_titles() -> None:
    draft = RubricDraft(rubric_editing.blank("Care"))
    for text in ("T", "To", "Tone"):
        draft.change(lambda c, t=text: _titled(c, t), "title")  # type: ignore[misc]
    assert draft.undo()
    assert draft.criterion is not None
    assert draft.criterion.title == ""
    assert draft.redo()
    assert draft.to_save().criteria[0].key == "tone"
    assert not draft.redo()


def _titled(criterion: Any, text: str) -> Any:
    from dataclasses import replace

    return replace(criterion, title=text)


def test_search_looks_into_titles_and_criteria(ws: Workspace) -> None:
    listed = newest(rubrics.rubric_versions(ws))
    assert [r.key for r in matching(listed, "identity VERIFIED")] == ["call_handling"]
    assert matching(listed, "no such thing") == []
