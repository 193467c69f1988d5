"""Doubtful symbols in the window: keys are durable drafts, sound is the symbol's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.domain.calls import Span
from app.domain.evaluation import EvaluatorSpec
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.segments import Layer, Segment
from app.domain.work import Quiet
from app.services import browsing, calls, evaluating, layers, raters
from app.services import symbol_answers as sa
from app.services.workspace import Workspace
from app.ui.review.symbols_dialog import SymbolsDialog, open_symbols
from app.ui.review.symbols_list import heard_words, state_words
from tests.ui import review_support as support

KEY = Qt.Key


def stored(ws: Workspace, intended: str, spoken: str) -> str:
    """A call with those texts, its symbols looked at."""
    base, sha = support.call(), new_id()
    tracks = tuple(replace(t, id=new_id(), audio_sha256=sha) for t in base.tracks)
    new = NewCall(
        title=base.title, rate_hz=base.rate_hz, frame_count=base.frame_count,
        channel_map="caller,agent", tracks=tracks, source_path="a.wav", content_sha256=sha,
        blobs=(AudioBlob(sha256=sha, ext=".wav", size_bytes=1),), language="en",
    )  # fmt: skip
    with ws.db.machine() as uow:
        call_id = calls.add_call(uow, new)
        browsing.update_summary(uow, call_id, None)
    for origin, text in (("plan", intended), ("detector", spoken)):
        layer = Layer(
            id=new_id(), call_id=call_id, kind="transcript", origin=origin, name=origin,  # type: ignore[arg-type]
            producer="test", version=1,
        )  # fmt: skip
        said = Segment(id=origin, speaker="agent", span=Span(16_000, 96_000), text=text)
        layers.add_layer(ws, layer, [said])
    evaluating.evaluate_call(Quiet(), ws, call_id, [EvaluatorSpec(name="text.symbols")])
    return call_id


@pytest.fixture
def ctx(qapp: object, workspace: Workspace) -> Iterator[Any]:
    made = support.context(ws=workspace)
    made.viewer = raters.sign_in(workspace, "Ann", "reviewer")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    made.actions.install(app)
    yield made
    made.actions.uninstall(app)
    made.runner.close()


def opened(ctx: Any, qtbot: QtBot, intended: str, spoken: str) -> SymbolsDialog:
    call_id = stored(ctx.ws, intended, spoken)
    session = support.session(ctx, support.review(call=support.call(id=call_id)))
    dialog = open_symbols(ctx, session, None)
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog._busy)
    return dialog


@pytest.fixture
def dialog(ctx: Any, qtbot: QtBot) -> Iterator[SymbolsDialog]:
    made = opened(
        ctx, qtbot, "It is $5 at 3:45 in room 12.", "it is five euros at quarter past four in room"
    )
    session = made._session
    yield made
    close(made)
    session.playback.unload()


def close(dialog: SymbolsDialog) -> None:
    if isValid(dialog):
        dialog.close()


def press(dialog: SymbolsDialog, *keys: Any) -> None:
    for key in keys:
        QTest.keyClick(dialog.list, key)


def own(ctx: Any, dialog: SymbolsDialog) -> list[Any]:
    return [s.own for s in sa.doubtful(ctx.ws, ctx.viewer, dialog._call_id)]


def row(dialog: SymbolsDialog) -> int:
    return dialog.list.currentIndex().row()


def test_keys_pressed_at_once_answer_one_symbol_each(
    ctx: Any, dialog: SymbolsDialog, qtbot: QtBot
) -> None:
    assert row(dialog) == 0
    press(dialog, KEY.Key_0, KEY.Key_1, KEY.Key_Backspace)
    qtbot.waitUntil(lambda: not dialog._busy)
    assert own(ctx, dialog) == ["wrong", "right", "not_applicable"]
    assert [s.own for s in dialog.list.symbols.symbols] == own(ctx, dialog)


def test_a_second_backspace_takes_the_answer_away(
    ctx: Any, dialog: SymbolsDialog, qtbot: QtBot
) -> None:
    press(dialog, KEY.Key_Backspace)
    qtbot.waitUntil(lambda: not dialog._busy)
    dialog.list.choose(0)
    press(dialog, KEY.Key_Backspace)
    qtbot.waitUntil(lambda: not dialog._busy)
    assert own(ctx, dialog) == [None, None, None]
    assert row(dialog) == 0


def test_what_was_answered_is_skipped_when_going_on(
    ctx: Any, dialog: SymbolsDialog, qtbot: QtBot
) -> None:
    sa.answer(ctx.ws, ctx.viewer, dialog._call_id, "plan/1", True)
    press(dialog, KEY.Key_0)
    qtbot.waitUntil(lambda: not dialog._busy)
    assert row(dialog) == 2


@pytest.mark.parametrize("key", [KEY.Key_Space, KEY.Key_Return])
def test_the_symbol_is_played_and_nothing_else(ctx: Any, dialog: SymbolsDialog, key: Any) -> None:
    dialog.list.choose(1)
    symbol, playback = dialog.list.current, dialog._session.playback
    assert symbol is not None
    press(dialog, key)
    assert playback.is_playing
    assert dialog._session.view.cursor == symbol.span.start - 4000
    ctx.player.at = symbol.span.end + 4001
    playback._tick()
    assert not playback.is_playing
    press(dialog, key)
    dialog.reject()
    assert not playback.is_playing


def test_submitting_makes_it_count_and_says_so(
    ctx: Any, dialog: SymbolsDialog, qtbot: QtBot
) -> None:
    other = raters.sign_in(ctx.ws, "Bo", "reviewer")
    sa.answer(ctx.ws, other, dialog._call_id, "plan/0", True)
    sa.submit(ctx.ws, other, dialog._call_id)
    assert not dialog.submit_button.isEnabled()
    press(dialog, KEY.Key_0)
    qtbot.waitUntil(lambda: not dialog._busy)
    assert state_words(dialog.list.symbols.symbols[0]) == "misread, draft"
    QTest.keyClick(dialog.list, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog._busy)
    assert state_words(dialog.list.symbols.symbols[0]) == "misread · 2 answers"
    assert state_words(dialog.list.symbols.symbols[1]) == ""
    assert not dialog.submit_button.isEnabled()


def test_rows_tell_a_screen_reader_everything(dialog: SymbolsDialog) -> None:
    model = dialog.list.symbols
    said = [str(model.data(model.index(n))) for n in range(model.rowCount())]
    assert "$5 in “It is $5 at 3:45 in room 12.”, heard: “five euros”; not answered" in said[0]
    assert heard_words(model.symbols[2]) == "nothing was heard"
    assert not dialog.grab().isNull()


def test_where_nothing_is_in_doubt_it_says_so(ctx: Any, qtbot: QtBot) -> None:
    dialog = opened(ctx, qtbot, "It is $5.", "it is five dollars")
    assert dialog.none.isVisible()
    press(dialog, KEY.Key_1, KEY.Key_Space)
    assert not dialog._busy
    dialog._session.playback.unload()
    close(dialog)


def test_without_a_call_nothing_opens(ctx: Any) -> None:
    from app.ui.review.session import ReviewSession

    assert open_symbols(ctx, ReviewSession(ctx), None) is None


def test_closing_while_a_key_is_being_written_loses_nothing(
    ctx: Any, dialog: SymbolsDialog, qtbot: QtBot
) -> None:
    call_id, session = dialog._call_id, dialog._session
    press(dialog, KEY.Key_0)
    dialog.reject()

    def written() -> bool:
        return sa.doubtful(ctx.ws, ctx.viewer, call_id)[0].own == "wrong"

    qtbot.waitUntil(written)
    assert session.call_id == call_id
