"""The transcript shows all that was said, literally, and is tied to the sound both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from app.domain import turn_rules
from app.domain.calls import Span
from app.domain.segments import Segment
from app.ui.theme import Theme
from app.ui.transcript.row_painter import COMMENT_GAP_PX, RowPainter, RowState
from app.ui.transcript.rows import Row, found, rows
from app.ui.transcript.view import TranscriptView
from tests.ui import review_support as support
from tests.ui.review_support import RATE, frames


@pytest.fixture
def ctx(qtbot: Any) -> Iterator[Any]:
    made = support.context()
    yield made
    made.runner.close()


@pytest.fixture
def view(qtbot: Any, ctx: Any) -> TranscriptView:
    session = support.session(ctx, sound=True)
    made = TranscriptView(ctx, session)
    qtbot.addWidget(made)
    made.resize(907, 400)
    made.show()
    return made


def made_rows(**changes: Any) -> list[Row]:
    review = support.review(**changes)
    return rows(review.turn_set, review.transcript, review.comments)


def test_every_word_of_the_transcript_is_in_some_row() -> None:
    review = support.review()
    text = " ".join(r.text for r in rows(review.turn_set, review.transcript, ()))
    for segment in review.transcript:
        assert segment.text in text


def test_rows_carry_number_overlap_latency_and_comments() -> None:
    got = {r.turn.index if r.turn else 0: r for r in made_rows()}
    assert got[5].latency_ms == pytest.approx(1840)
    assert got[4].latency_ms is None  # the caller's own wait is no measure of the agent
    assert got[4].comments == 1
    assert got[6].letter == "i"
    assert got[0].letter == "b"
    assert got[0].text == "Mm-hm."
    assert got[5].unheard_s == pytest.approx(1.81)
    assert [p.heard for p in got[5].pieces][-1] is False


def test_latencies_of_a_mixed_recording_are_marked_as_not_to_be_trusted() -> None:
    read = support.review()
    assert read.turn_set is not None
    doubted = replace(read.turn_set, voids=("latency",))
    made = [r for r in rows(doubted, read.transcript, ()) if r.latency_ms is not None]
    assert made
    assert all(row.is_void for row in made)
    assert not any(row.is_void for row in rows(read.turn_set, read.transcript, ()))


def test_text_far_from_any_speech_is_shown_with_a_note() -> None:
    stray = support.segment("stray", "agent", 42.9, 43.9, "Nobody heard this.")
    last = made_rows(transcript=(stray,))[-1]
    assert last.text == "Nobody heard this."
    assert last.note == "no speech found here"


def test_untimed_text_is_shown_whole() -> None:
    line = Segment(
        id="u", speaker="caller", span=Span(frames(12.2), frames(15.5)), text="Line one. Line two."
    )
    assert "Line one. Line two." in [r.text for r in made_rows(transcript=(line,))]


def test_without_turns_the_transcript_stands_alone() -> None:
    review = support.review()
    assert [r.text for r in rows(None, review.transcript[:2], ())] == [
        s.text for s in review.transcript[:2]
    ]


def test_html_is_shown_as_it_is_written(qtbot: Any, ctx: Any) -> None:
    nasty = "<h1>Hi</h1><script>x()</script> &amp; <img src='http://example.com/a.png'>"
    line = support.segment("n", "caller", 12.2, 15.5, nasty)
    session = support.session(ctx, support.review(transcript=(line,)), sound=False)
    made = TranscriptView(ctx, session)
    qtbot.addWidget(made)
    made.resize(907, 400)
    made.show()
    n = next(n for n, r in enumerate(made.rows) if r.text)
    layout = made.list._layout(n)
    assert layout.text() == nasty
    width = layout.lineAt(0).naturalTextWidth()
    metrics = made.list.painter.text.theme.font("body")
    from PySide6.QtGui import QFontMetricsF

    assert width >= QFontMetricsF(metrics).horizontalAdvance("<h1>Hi</h1><script>x()</script>")


def test_a_click_on_a_word_selects_the_turn_and_goes_to_the_word(view: TranscriptView) -> None:
    n = next(n for n, r in enumerate(view.rows) if r.turn and r.turn.index == 4)
    row, rect = view.rows[n], view.list.row_rect(n)
    piece = row.pieces[3]  # a word inside the line
    layout = view.list._layout(n)
    x = layout.lineAt(0).cursorToX(piece.start + 1)
    left = x[0] if isinstance(x, tuple) else x
    at = QPoint(view.list.painter.text.text_left + round(left), rect.top() + 12)
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.session.turn == row.turn
    assert piece.span is not None
    assert view.session.view.cursor == piece.span.start


def test_selecting_a_turn_elsewhere_selects_and_reveals_its_row(view: TranscriptView) -> None:
    last = view.session.data.turns.items[-1]
    view.session.select_turn(last)
    n = view._selected
    assert view.rows[n].turn == last
    assert view.list.viewport().rect().contains(view.list.row_rect(n).center())
    assert "Both credits arrive" in view.list.accessibleDescription()


def test_the_word_that_is_heard_is_marked_only_while_it_sounds(view: TranscriptView) -> None:
    word = view.session.data.words["agent"].items[3]
    view.session.playback.play()
    view.ctx.player.at = word.span.start + 1
    view.session.playback._tick()
    row, piece = view._now
    assert piece is not None
    assert view.rows[row].text[piece.start : piece.end] == word.text
    view.session.playback.pause()
    assert view._now == (-1, None)


def test_following_is_a_setting(view: TranscriptView) -> None:
    view.resize(907, 120)
    view.ctx.settings.set("transcript_follow", False)
    view.session.playback.play()
    view.ctx.player.at = frames(40)
    view.session.playback._tick()
    assert view.list.verticalScrollBar().value() == 0
    view.ctx.settings.set("transcript_follow", True)
    view.ctx.player.at = frames(37.5)
    view.session.playback._tick()
    assert view.list.verticalScrollBar().value() > 0
    view.session.playback.pause()


def test_find_counts_steps_round_and_goes_there_on_close(view: TranscriptView) -> None:
    view.open_find()
    view.find_bar.field.setText("THE")
    hits = found(view.rows, "the")
    assert len(hits) == 8
    assert view.find_bar.count.text() == "1 of 8"
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.find_bar.count.text() == "2 of 8"
    row = view.rows[view._hits[1][0]]
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Escape)
    assert not view.find_bar.isVisible()
    assert view.session.turn == row.turn


def test_a_call_of_3000_turns_lays_out_only_what_is_in_view(qtbot: Any, ctx: Any) -> None:
    count = 3000
    speech = [
        support.segment(f"s{n}", "agent" if n % 2 else "caller", n * 2.0, n * 2.0 + 1.5, "Yes, so.")
        for n in range(count)
    ]
    the_call = support.call(frame_count=frames(2.0 * count))
    turn_set = turn_rules.derive(
        speech, speech, layer=support.layer(), rate_hz=RATE, frame_count=the_call.frame_count
    )
    review = support.review(
        call=the_call, turn_set=turn_set, segments=tuple(speech), transcript=tuple(speech),
        comments=(), events=(),
    )  # fmt: skip
    made = TranscriptView(ctx, support.session(ctx, review, sound=False))
    qtbot.addWidget(made)
    made.resize(907, 400)
    made.show()
    assert len(made.rows) == count
    assert len(made.list._layouts) < 300
    made.session.select_turn(made.session.data.turns.items[-1])
    rect = made.list.row_rect(count - 1)
    assert made.list.viewport().rect().contains(rect.center())
    qtbot.waitUntil(lambda: not made.list._idle.isActive(), timeout=20_000)
    rect = made.list.row_rect(count - 1)
    assert made.list.viewport().rect().contains(rect.center())


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("comments", [1, 12, 480])
def test_the_number_of_comments_keeps_clear_of_the_evidence(
    qapp: object, scale: float, comments: int
) -> None:
    theme = Theme("dark", scale)
    painter = RowPainter(theme, dense=True)
    row = Row("agent", Span(0, 8000), comments=comments)
    painter.text.width = wide = 900
    rect = QRect(0, 0, wide, theme.px(40))

    def inked(state: RowState, shown: Row) -> set[int]:
        """Columns right of the text that have ink."""
        image = QImage(rect.size(), QImage.Format.Format_RGB32)
        image.fill(0)
        brush = QPainter(image)
        painter.paint(brush, rect, shown, painter.text.layout(shown), state)
        brush.end()
        rows = range(rect.height() - 2)
        first = wide - theme.px(220)
        return {x for x in range(first, wide) if any(image.pixel(x, y) & 0xFFFFFF for y in rows)}

    chip = inked(RowState(evidence=1), Row("agent", Span(0, 8000)))
    count = inked(RowState(), row)
    assert count
    assert chip
    assert min(chip) - max(count) > COMMENT_GAP_PX - 1
