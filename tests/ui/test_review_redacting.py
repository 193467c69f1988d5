"""Redaction in the review: made by keys, seen on lanes and words, heard as exported, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.calls import Span
from app.domain.imports import ImportOptions
from app.domain.redaction import MARK
from app.domain.work import Quiet
from app.services import calls, importing, layers, raters, redacting
from app.services.workspace import Workspace
from app.ui.review.redact_popover import RedactPopover
from app.ui.review.redacting import NOTHING
from app.ui.review.screen import ReviewScreen
from app.ui.transcript.rows import rows
from tests.ui import review_support as support
from tests.ui.review_stored import Stored, store
from tests.ui.review_support import frames

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SPAN = Span(frames(3.7), frames(5.0))
"""Within the caller's first turn."""


@pytest.fixture
def stored(workspace: Workspace) -> Stored:
    return store(workspace)


@pytest.fixture
def screen(qtbot: Any, stored: Stored) -> Iterator[ReviewScreen]:
    ctx = support.context(ws=stored.ws)
    ctx.viewer = stored.viewer
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ctx.actions.install(app)
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1376, 840)
    made.show()
    made.activate(call_id=stored.call_id)
    qtbot.waitUntil(lambda: made.session.state == "ready")
    qtbot.waitUntil(lambda: not ctx.runner.live)
    made.setFocus()
    yield made
    made.deactivate()
    ctx.actions.uninstall(app)
    qtbot.waitUntil(lambda: not ctx.runner.live)
    ctx.runner.close()


def popover_of(screen: ReviewScreen) -> RedactPopover:
    screen.session.view.select(SPAN)
    QTest.keyClick(screen, Qt.Key.Key_R, SHIFT)
    assert screen.redacting.popover is not None
    return screen.redacting.popover


def made_of(screen: ReviewScreen) -> list[Any]:
    return redacting.redactions(screen.ctx.ws, screen.call_id)


def text_of(screen: ReviewScreen) -> str:
    return " ".join(row.text for row in screen.session.rows)


def test_keys_redact_the_selection_undo_and_list_it(qtbot: Any, screen: ReviewScreen) -> None:
    popover = popover_of(screen)
    assert popover.place.text() == "Redact 00:03.700 to 00:05.000, 1.30 s"
    QTest.keyClick(popover, Qt.Key.Key_1)
    QTest.keyClicks(popover.reason, "card number")
    QTest.keyClick(popover.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(screen.session.review and screen.session.review.redactions))
    (made,) = made_of(screen)
    assert (made.span, made.channels, made.reason) == (SPAN, "caller", "card number")
    assert screen.session.view.selection is None
    qtbot.waitUntil(lambda: screen.redacting.popover is None)
    QTest.keyClick(screen, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not made_of(screen))
    QTest.keyClick(screen, Qt.Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: made_of(screen) == [made])
    qtbot.waitUntil(lambda: bool(screen.session.review and screen.session.review.redactions))
    screen.redacting.open()
    assert screen.redacting.popover is not None
    screen.redacting.popover.taken_back.emit(made.id)
    screen.redacting.popover.close()
    qtbot.waitUntil(lambda: not made_of(screen))


def test_a_lead_marks_personal_data_there(qtbot: Any, screen: ReviewScreen) -> None:
    popover = popover_of(screen)
    assert popover.pii.current == "not checked"
    popover.pii.chosen.emit("none found")
    popover.close()
    review = screen.session
    qtbot.waitUntil(lambda: review.review is not None and review.review.pii == "none found")


def test_without_a_place_it_says_what_to_do(screen: ReviewScreen) -> None:
    screen.session.select_turn(None)
    heard: list[str] = []
    screen.redacting.refused.connect(heard.append)
    QTest.keyClick(screen, Qt.Key.Key_R, SHIFT)
    assert heard == [NOTHING]
    assert screen.redacting.popover is None


def test_words_are_bars_with_tips_and_lanes_are_hatched(qtbot: Any, screen: ReviewScreen) -> None:
    said = text_of(screen)
    redacting.redact(screen.ctx.ws, screen.ctx.viewer, screen.call_id, SPAN, "caller", "why")
    screen.session.reload()
    qtbot.waitUntil(lambda: bool(screen.session.review and screen.session.review.redactions))
    assert text_of(screen) == said  # in the workspace nothing is lost
    row = next(r for r in screen.session.rows if any(p.redacted for p in r.pieces))
    hidden = [row.text[p.start : p.end] for p in row.pieces if p.redacted]
    assert hidden[:2] == ["Hello.", "I"]
    assert row.speaker == "caller"
    n = list(screen.session.rows).index(row)
    rect, text = screen.transcript.list.row_rect(n), screen.transcript.painter.text
    at = QPoint(rect.left() + text.text_left + 8, rect.top() + text.pad + 6)
    assert " ".join(hidden) in screen.transcript.list.tip_at(at)
    canvas, view = screen.timing.canvas, screen.session.view
    lanes = {lane.key: lane for lane in canvas.lanes}
    x = view.x_of((SPAN.start + SPAN.end) // 2)
    tip = canvas.tip_at(x, lanes["caller_wave"].top + 20)
    assert tip.startswith("Redacted 00:03.700 to 00:05.000 by Ada")
    assert tip.endswith(": why")
    assert "Redacted" not in canvas.tip_at(x, lanes["agent_wave"].top + 20)
    canvas.grab()  # painting holds


def test_untimed_words_of_a_touched_row_are_bars_too() -> None:
    model = support.review()
    from dataclasses import replace

    from app.domain.redaction import Mask

    untimed = [replace(s, words=()) for s in model.transcript]
    found = rows(model.turn_set, untimed, (), Mask(caller=(SPAN,)))
    marked = [r for r in found if any(p.redacted for p in r.pieces)]
    assert [r.text for r in marked] == ["Hello. I have two charges on my card that I did not make."]


@pytest.fixture
def sounding(qtbot: Any, workspace: Workspace, make_wav: Any) -> Iterator[ReviewScreen]:
    """A call with a real recording."""
    noise = 0.2 * np.random.default_rng(2).standard_normal((16_000, 2))
    wav: Path = make_wav("call.wav", noise)
    found = importing.scan(Quiet(), workspace, [wav], ImportOptions(channels="caller,agent"))
    (call,) = importing.commit(Quiet(), workspace, found, detect=False).imported
    rate_hz = calls.get_call(workspace, call.id).rate_hz
    for kind, origin, text in (("speech", "detector", ""), ("transcript", "import", "one two")):
        layer = support.layer(id=f"L-{kind}", call_id=call.id, kind=kind, origin=origin)
        line = support.segment("x", "caller", 0, 1, text)
        spread = [
            w.__class__(text=w.text, span=Span(n * rate_hz // 4, (n + 1) * rate_hz // 4))
            for n, w in enumerate(line.words)
        ]
        from dataclasses import replace

        made_line = replace(line, id=f"s-{kind}", span=Span(0, rate_hz // 2), words=tuple(spread))
        layers.add_layer(workspace, layer, [made_line])
    ctx = support.context(ws=workspace)
    ctx.viewer = raters.sign_in(workspace, "Ada", "lead")
    redacting.redact(workspace, ctx.viewer, call.id, Span(0, rate_hz // 5), "caller")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ctx.actions.install(app)
    screen = ReviewScreen(ctx)
    qtbot.addWidget(screen)
    screen.resize(1376, 840)
    screen.show()
    screen.activate(call_id=call.id)
    qtbot.waitUntil(lambda: screen.session.sound.is_whole)
    screen.setFocus()
    yield screen
    screen.deactivate()
    ctx.actions.uninstall(app)
    qtbot.waitUntil(lambda: not ctx.runner.live)
    ctx.runner.close()


def test_a_key_lets_it_be_seen_and_heard_as_exported(qtbot: Any, sounding: ReviewScreen) -> None:
    session = sounding.session

    def caller() -> Any:
        return session.sound.media.pcm("caller") if session.sound.media is not None else None

    assert caller()[:100].any()
    QTest.keyClick(sounding, Qt.Key.Key_X, SHIFT)
    qtbot.waitUntil(lambda: not caller()[:100].any())
    assert session.sound.media is not None
    assert caller()[session.sound.media.rate_hz // 2 :].any()
    assert text_of(sounding) == f"{MARK} two"
    playing: Any = sounding.ctx.player
    (track,) = [t for t in playing.tracks if t.role == "caller"]
    assert not track.pcm[:100].any()
    sounding.transcript.correct()
    assert not sounding.transcript.correcting.is_open  # a mask is no correction
    QTest.keyClick(sounding, Qt.Key.Key_X, SHIFT)
    qtbot.waitUntil(lambda: bool(caller()[:100].any()))
    qtbot.waitUntil(lambda: text_of(sounding) == "one two")
