"""A value in the preview is shown whole: it wraps between words and keeps its colours."""

from __future__ import annotations

from typing import Any

from app.ui.library.preview_text import Fact, FactValue
from app.ui.theme import Theme

WIDE, NARROW = 400, 120
PARTS = (
    ("p50 ", "t1"),
    ("936", "latSlow"),
    (", p95 ", "t1"),
    ("2\u00a0680", "latLate"),
    (" ms", "t1"),
)


def shown(qtbot: Any, fact: Fact) -> FactValue:
    made = FactValue(Theme("dark"))
    qtbot.addWidget(made)
    made.show_fact(fact)
    return made


def test_a_long_value_takes_more_lines_and_loses_no_word(qtbot: Any) -> None:
    words = "112, reaction p50 1\u00a0248 ms"
    value = shown(qtbot, Fact("Interruptions", words))
    assert {line for line, *_ in value.placed(WIDE)} == {0}
    assert value.heightForWidth(NARROW) > value.heightForWidth(WIDE)
    assert "".join(word for *_, word, _ in value.placed(NARROW)) == words


def test_colours_stay_with_their_words_over_the_lines(qtbot: Any) -> None:
    value = shown(qtbot, Fact("Response", "".join(w for w, _ in PARTS), parts=PARTS))
    for width in (WIDE, NARROW, 40):
        tokens = {word.strip(): token for *_, word, token in value.placed(width)}
        assert (tokens["936"], tokens["2\u00a0680"]) == ("latSlow", "latLate")
        assert tokens["ms"] == "t1"


def test_a_single_word_too_long_for_its_room_stays_on_one_line(qtbot: Any) -> None:
    value = shown(qtbot, Fact("Tags", "x" * 200))
    assert value.heightForWidth(NARROW) == value.heightForWidth(2000)
    assert shown(qtbot, Fact("Tags", "")).heightForWidth(NARROW) > 0
