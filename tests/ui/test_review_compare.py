"""The aligned view marks what differs without colour, and plays it; words are corrected by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.calls import Span
from app.domain.ids import new_id
from app.domain.segments import Layer
from app.services import layers
from app.services.aligned_text import aligned_text
from app.services.opening import open_workspace
from app.services.shown_text import show_text
from app.services.workspace import Workspace
from app.ui.review.compare_layout import errors, lower, place, rate_words, spoken, upper
from app.ui.review.compare_panel import ComparePanel
from app.ui.review.screen import ReviewScreen
from tests.ui import review_support as support
from tests.ui.review_stored import Stored, store


@pytest.fixture
def ws(tmp_path: Any) -> Iterator[Workspace]:
    made = open_workspace(tmp_path / "ws", create=True)
    yield made
    made.close()


@pytest.fixture
def stored(ws: Workspace) -> Stored:
    return store(ws)


def add_text(stored: Stored, origin: Any, *texts: str) -> Layer:
    layer = support.layer(
        id=new_id(), call_id=stored.call_id, kind="transcript", origin=origin, name=f"{origin} text"
    )
    segments = [
        support.segment(new_id(), "caller", 3.7 + 9 * n, 6.9 + 9 * n, text)
        for n, text in enumerate(texts)
    ]
    layers.add_layer(stored.ws, layer, segments)
    return layer


@pytest.fixture
def two(stored: Stored) -> Stored:
    add_text(stored, "plan", "hello i have two charges", "they told me")
    add_text(stored, "detector", "hello have two large charges", "they sold me")
    return stored


def test_substitutions_insertions_and_deletions_are_counted_and_marked(two: Stored) -> None:
    found = aligned_text(two.ws, two.call_id, "spoken")
    rate = found.rates[0]
    assert (rate.substitutions, rate.insertions, rate.deletions) == (1, 1, 1)
    assert rate.rate == pytest.approx(3 / 8)
    marks = {w.op: (upper(w), lower(w)) for x in found.lines for w in x.words if w.is_error}
    assert marks == {
        "substitution": ("told", "sold"), "insertion": ("‸", "large"), "deletion": ("i", "–"),
    }  # fmt: skip
    assert len(found.lines) == 2
    assert "[told heard as sold]" in spoken(found.lines[1])
    assert "WER 0.375" in rate_words(found)[0]
    assert rate.normaliser in rate_words(found)[0]


def test_words_wrap_before_they_are_cut(two: Stored) -> None:
    words = aligned_text(two.ws, two.call_id, "spoken").lines[0].words
    placed = place(words, 100, lambda text: 10 * len(text))
    assert placed[-1].row > 0
    assert all(p.left + p.width <= 100 for p in placed)


@pytest.fixture
def screen(qtbot: Any, two: Stored) -> Iterator[ReviewScreen]:
    ctx = support.context(ws=two.ws)
    ctx.viewer = two.viewer
    ctx.settings.set("measure_on_open", False)
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.activate(call_id=two.call_id)
    qtbot.waitUntil(lambda: made.session.state == "ready")
    yield made
    ctx.runner.close()


def test_error_keys_go_through_what_differs(qtbot: Any, screen: ReviewScreen) -> None:
    screen.show_tab("compare")
    panel: ComparePanel = screen.compare
    qtbot.waitUntil(lambda: panel.found is not None)
    places = errors(panel.found)
    played: list[Span] = []
    screen.session.playback.play_span = played.append  # type: ignore[method-assign]
    for place_of in (*places, places[0]):
        panel.step(1)
        assert panel.list.text.at == place_of
    panel.step(-1)
    assert panel.list.text.at == places[-1]
    assert len(played) == len(places) + 2


def test_without_a_transcript_of_ours_one_is_offered(
    qtbot: Any, screen: ReviewScreen, ws: Workspace
) -> None:
    other = store(ws)
    screen.activate(call_id=other.call_id)
    screen.show_tab("compare")
    qtbot.waitUntil(lambda: screen.compare.found is not None)
    assert screen.compare.empty.isVisible()
    with qtbot.waitSignal(screen.compare.transcribe_asked):
        screen._transcribe = lambda: None  # type: ignore[method-assign]
        screen.compare.empty.acted.emit()


def wait_text(qtbot: Any, screen: ReviewScreen, ids: str, count: int) -> None:
    def there() -> bool:
        text = screen.session.text
        return text is not None and len(getattr(text, ids)) == count

    qtbot.waitUntil(there)


def test_words_are_corrected_confirmed_and_taken_back_by_keys(
    qtbot: Any, screen: ReviewScreen, two: Stored
) -> None:
    view = screen.transcript
    turn = next(r.turn for r in view.rows if r.text.startswith("Hello. I have"))
    screen.session.select_turn(turn)
    view.correct()
    field = view.correcting.field
    assert field.isVisible()
    assert field.text().startswith("Hello. I have two charges")
    field.setText("Hello. I had two charges.")
    QTest.keyClick(field, Qt.Key.Key_Return)
    wait_text(qtbot, screen, "corrected", 1)
    assert not field.isVisible()
    assert any(r.text == "Hello. I had two charges." for r in view.rows)
    assert "corrected" in view._marks.values()
    assert any(
        s.text == "Hello. I had two charges." for s in layers.transcript(two.ws, two.call_id)
    )

    screen.session.select_turn(screen.session.data.turns.items[0])
    view.confirm()
    wait_text(qtbot, screen, "confirmed", 1)
    screen.commands.undo()
    wait_text(qtbot, screen, "confirmed", 0)
    screen.commands.undo()
    wait_text(qtbot, screen, "corrected", 0)
    assert not any("I had two" in r.text for r in view.rows)


def test_escape_leaves_the_words_as_they_were(screen: ReviewScreen, two: Stored) -> None:
    view = screen.transcript
    screen.session.select_turn(screen.session.data.turns.items[0])
    view.correct()
    view.correcting.field.setText("nonsense")
    QTest.keyClick(view.correcting.field, Qt.Key.Key_Escape)
    assert not view.correcting.is_open
    assert all(s.text != "nonsense" for s in layers.transcript(two.ws, two.call_id))


def test_another_transcript_can_be_shown(qtbot: Any, screen: ReviewScreen, two: Stored) -> None:
    assert screen.session.text is not None
    assert set(screen.session.text.choices) == {"intended", "spoken", "heard"}
    screen.session.use_text("intended")
    qtbot.waitUntil(lambda: any("hello i have" in r.text for r in screen.transcript.rows))
    assert screen.transcript.role_bar.roles is not None
    assert screen.transcript.role_bar.roles.current == "intended"
    review, _ = show_text(two.ws, screen.session.review, "human")  # there is none: the usual one
    assert review.call.id == two.call_id
