from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.browsing import Sort
from app.services import browsing, calls, views
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.library.columns import COLUMNS
from app.ui.library.screen import LibraryScreen
from app.ui.main_window import MainWindow
from app.ui.screen import Screen
from tests.ui.shell_support import add_calls, context, wait_listed


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, tmp_path: Path) -> Iterator[UiContext]:
    with context(workspace, config=tmp_path / "config") as made:
        yield made


def open_window(qtbot: Any, ctx: UiContext, rows: int) -> tuple[MainWindow, LibraryScreen]:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.show()
    library = window.front
    assert isinstance(library, LibraryScreen)
    wait_listed(qtbot, library, rows)
    return window, library


def codes(library: LibraryScreen) -> list[str]:
    model = library.model
    qrows = [model.row(n) for n in range(model.rowCount())]
    return [row.code if row is not None else "…" for row in qrows]


def press(library: LibraryScreen, key: Qt.Key, mods: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(library.table, key, mods)


def flagged(ws: Workspace, code: str) -> bool:
    return calls.get_call(ws, code).flagged


def test_without_calls_it_says_what_to_do(qtbot: Any, ctx: UiContext) -> None:
    window, library = open_window(qtbot, ctx, 0)
    assert library.empty.isVisible()
    assert not library.parts.preview.isVisible()
    assert not library.head.search.edit.isEnabled()
    assert [words for _, words in library.status_keys()] == ["import folder", "all keys", "help"]
    assert window.status.accessibleName()


def test_rows_say_what_the_calls_are(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 3)
    _, library = open_window(qtbot, ctx, 3)
    assert codes(library) == ["CB-00003", "CB-00002", "CB-00001"]
    texts = [library.model.index(0, c).data() for c in range(len(COLUMNS))]
    by_key = dict(zip([column.key for column in COLUMNS], texts, strict=True))
    assert by_key["code"] == "CB-00003"
    assert by_key["duration"] == "00:30"
    assert by_key["turns"] == "–"
    assert library.head._found.text() == "3 calls, 1 min 0 s"


def test_typed_filters_become_chips_and_filter(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 5)
    _, library = open_window(qtbot, ctx, 5)
    library.head.search.start_typing()
    edit = library.head.search.edit
    QTest.keyClicks(edit, "agent:nora")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert library.head.search.search.filters == ("agent:nora",)
    assert edit.text() == ""
    wait_listed(qtbot, library, 3)
    QTest.keyClicks(edit, "duration:>40s ")
    wait_listed(qtbot, library, 1)
    assert codes(library) == ["CB-00005"]
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert library.head.search.search.filters == ("agent:nora",)
    wait_listed(qtbot, library, 3)


def test_a_filter_that_cannot_be_read_is_explained_and_changes_nothing(
    qtbot: Any, ctx: UiContext
) -> None:
    add_calls(ctx.ws, 2)
    _, library = open_window(qtbot, ctx, 2)
    edit = library.head.search.edit
    library.head.search.start_typing()
    QTest.keyClicks(edit, "agnt:nora")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "agnt" in library.head._found.text())
    assert "agent" in library.head._found.text()
    assert library.model.rowCount() == 2


def test_nothing_found_offers_to_clear(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 2)
    _, library = open_window(qtbot, ctx, 2)
    library.head.search.set_text("agent:nobody")
    library.search("agent:nobody")
    wait_listed(qtbot, library, 0)
    assert library.parts.nothing.isVisible()
    library.parts.nothing.acted.emit()
    wait_listed(qtbot, library, 2)
    assert library.table.isVisible()


def test_facets_follow_the_filter_and_tick_into_the_query(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 4, language="en", outcome="Resolved")
    _, library = open_window(qtbot, ctx, 4)
    version = next(f for f in library.found.sides.facets if f.key == "version")  # type: ignore[union-attr]
    assert {v.label: v.count for v in version.values} == {"nora 1.0": 2, "marlow 1.0": 2}
    library.side.toggled.emit(version.values[0].token)
    wait_listed(qtbot, library, 2)
    library.side.toggled.emit(version.values[1].token)
    wait_listed(qtbot, library, 4)
    assert len(library.head.search.search.filters) == 1
    library.side.toggled.emit(version.values[0].token)
    library.side.toggled.emit(version.values[1].token)
    qtbot.waitUntil(lambda: library.head.search.search.is_empty)


def test_sorting_turns_round_and_keeps_the_current_call(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 4)
    _, library = open_window(qtbot, ctx, 4)
    library.table.choose(1)
    section = next(i for i, column in enumerate(COLUMNS) if column.key == "duration")
    library.table.head.sectionClicked.emit(section)
    qtbot.waitUntil(lambda: library.found.sort == Sort("duration", True))
    library.table.head.sectionClicked.emit(section)
    qtbot.waitUntil(lambda: codes(library) == [f"CB-0000{n}" for n in (1, 2, 3, 4)])
    row = library.flow.current
    assert row is not None
    assert row.code == "CB-00003"


def test_keys_move_flag_tag_and_archive(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 3)
    _, library = open_window(qtbot, ctx, 3)
    library.table.setFocus()
    press(library, Qt.Key.Key_Down)
    assert library.table.current_row == 1
    press(library, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: flagged(ctx.ws, "CB-00002"))
    qtbot.waitUntil(lambda: bool(library.flow.current and library.flow.current.flagged))
    press(library, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: not flagged(ctx.ws, "CB-00002"))
    press(library, Qt.Key.Key_Delete)
    wait_listed(qtbot, library, 2)
    assert codes(library) == ["CB-00003", "CB-00001"]
    assert calls.get_call(ctx.ws, "CB-00002").archived
    press(library, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert library.table.selected_count == 2


def test_enter_opens_the_call_with_its_neighbours(qtbot: Any, ctx: UiContext) -> None:
    ids = add_calls(ctx.ws, 3)
    _, library = open_window(qtbot, ctx, 3)
    library.navigate.disconnect()
    library.table.setFocus()
    press(library, Qt.Key.Key_Down)
    with qtbot.waitSignal(library.navigate) as went:
        press(library, Qt.Key.Key_Return)
    screen, arguments = went.args
    assert screen == "review"
    assert arguments["call_id"] == ids[1]
    assert list(arguments["call_ids"]) == [ids[2], ids[1], ids[0]]
    assert arguments["list_name"] == "All calls"


def test_a_view_is_saved_chosen_and_deleted(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 4)
    _, library = open_window(qtbot, ctx, 4)
    library.search("agent:nora")
    library.head.search.set_text("agent:nora")
    wait_listed(qtbot, library, 2)
    library.verbs.acts._write(_save, "Nora's calls")
    qtbot.waitUntil(lambda: len(library.found.sides.views) == 1)  # type: ignore[union-attr]
    view = library.found.sides.views[0]  # type: ignore[union-attr]
    assert view.count == 2
    library.side.view_chosen.emit("")
    wait_listed(qtbot, library, 4)
    library.side.view_chosen.emit(view.id)
    wait_listed(qtbot, library, 2)
    assert library.head.search.search.filters == ("agent:nora",)
    library.side.view_deleted.emit(view.id)
    qtbot.waitUntil(lambda: not library.found.sides.views)  # type: ignore[union-attr]


def _save(ws: Workspace, viewer: Any, name: str) -> Any:
    return views.save_view(ws, viewer, name, "agent:nora")


def test_query_sort_columns_and_selection_survive_a_restart(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 6)
    window, library = open_window(qtbot, ctx, 6)
    library.head.search.set_text("agent:nora")
    library.search("agent:nora")
    wait_listed(qtbot, library, 3)
    library.found.sort_by(Sort("duration", False))
    qtbot.waitUntil(lambda: codes(library) == ["CB-00001", "CB-00003", "CB-00005"])
    agent = next(i for i, column in enumerate(COLUMNS) if column.key == "agent")
    library.table.head._show(agent, True)
    library.table.choose(2)
    window.close()
    again, restored = open_window(qtbot, ctx, 3)
    assert codes(restored) == ["CB-00001", "CB-00003", "CB-00005"]
    assert (
        restored.table.head.column_state()["hidden"] == library.table.head.column_state()["hidden"]
    )
    qtbot.waitUntil(lambda: restored.table.current_row == 2)
    assert restored.head.search.search.filters == ("agent:nora",)
    assert not restored.table.head.isSectionHidden(agent)
    again.close()


def test_why_a_call_was_selected_is_shown_where_every_column_fits(
    qtbot: Any, ctx: UiContext
) -> None:
    add_calls(ctx.ws, 2)
    with ctx.ws.db.machine() as uow:
        uow.connection.exec_driver_sql("UPDATE call_summary SET reason = 'Slow p95'")
    window, library = open_window(qtbot, ctx, 2)
    reason = next(i for i, column in enumerate(COLUMNS) if column.key == "reason")
    table = library.table
    for width in (1280, 1440, 1900, 1300):
        window.resize(width, 800)
        qtbot.waitUntil(
            lambda w=width: (
                library.parts.width() == window.width() - window.rail.width()
                and table.head.isSectionHidden(reason) == (w < 1440)
                and table.horizontalScrollBar().maximum() == 0
            )
        )


def test_a_reviewer_sees_a_padlock_not_the_judge(
    qtbot: Any, workspace: Workspace, qapp: Any
) -> None:
    add_calls(workspace, 1)
    with workspace.db.machine() as uow:
        uow.connection.exec_driver_sql("UPDATE call_summary SET judge = 4.5")
    for role, shown in (("lead", "4.5"), ("reviewer", "hidden")):
        with context(workspace, role=role) as ctx:  # type: ignore[arg-type]
            window, library = open_window(qtbot, ctx, 1)
            judge = next(i for i, column in enumerate(COLUMNS) if column.key == "judge")
            assert library.model.index(0, judge).data() == shown
            window.close()


def test_another_windows_write_is_noticed(qtbot: Any, ctx: UiContext) -> None:
    ids = add_calls(ctx.ws, 2)
    window, library = open_window(qtbot, ctx, 2)
    qtbot.waitUntil(lambda: not ctx.runner.live)
    watch = window._watch
    assert watch is not None
    watch._poll()
    with Workspace.open(ctx.ws.path).db.human() as uow:
        uow.connection.exec_driver_sql(
            "UPDATE call_summary SET flagged = 1 WHERE call_id = ?", (ids[0],)
        )
    watch._poll()
    qtbot.waitUntil(lambda: bool(getattr(library.model.row(1), "flagged", False)))


def test_dropped_files_open_the_import(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window, _ = open_window(qtbot, ctx, 0)
    got: list[Path] = []
    monkeypatch.setattr(window.acts.imports, "open", got.extend)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert got == [tmp_path]


def test_signing_in_as_someone_else_makes_the_screens_anew(qtbot: Any, ctx: UiContext) -> None:
    from app.services import raters

    add_calls(ctx.ws, 1)
    window, library = open_window(qtbot, ctx, 1)
    window.acts._on_signed_in(raters.sign_in(ctx.ws, "Rosa", "reviewer"))
    assert window.front is not library
    assert ctx.viewer.role == "reviewer"
    assert "Rosa" in window.status.accessibleName()
    wait_listed(qtbot, window.front, 1)


def test_a_failed_write_shows_the_danger_bar(qtbot: Any, ctx: UiContext) -> None:
    window, _ = open_window(qtbot, ctx, 0)
    ctx.bus.message.emit("error", "The disk is full.", "Free some space.")
    assert window.messages.isVisible()
    assert window.messages.words == "The disk is full. Free some space."
    ctx.bus.saved.emit("2026-11-21T10:20:30.000000Z")
    assert window.status.saved_words.startswith("Saved ")


def test_screens_are_made_when_first_visited(qtbot: Any, ctx: UiContext) -> None:
    window, _ = open_window(qtbot, ctx, 0)
    assert set(window.stack.screens) == {"library"}
    assert all(isinstance(s, Screen) for s in window.stack.screens.values())


def test_the_table_shows_placeholders_until_a_page_arrives(qtbot: Any, ctx: UiContext) -> None:
    from app.ui.library.model import PAGE, CallTableModel

    model = CallTableModel()
    asked: list[int] = []
    model.wanted.connect(asked.append)
    model.set_seqs(np.arange(1, 100_001))
    assert model.rowCount() == 100_000
    assert model.row(77_777) is None
    assert model.row(77_778) is None
    assert asked == [77_777 // PAGE]
    assert model.page_seqs(asked[0])[0] == asked[0] * PAGE + 1
    row = browsing.call_rows(ctx.ws, ctx.viewer, [1])
    assert row == []
    model.take_page(model.generation - 1, asked[0], [])
    assert model.row(77_777) is None


def test_click_on_the_glyph_plays_that_row(qtbot: Any, ctx: UiContext) -> None:
    add_calls(ctx.ws, 2)
    window, library = open_window(qtbot, ctx, 2)
    played: list[int] = []
    library.table.play_clicked.connect(played.append)
    viewport: QWidget = library.table.viewport()
    where = QPoint(14, library.table.rowViewportPosition(1) + 10)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert played == [1]
    assert library.table.current_row == 1
    qtbot.waitUntil(lambda: library.parts.preview.shown is not None)
    qtbot.waitUntil(lambda: not ctx.runner.live)
    window.close()
