"""Words, icons and rows of the calibration screen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.eval.agreement.resampling import WILSON, Estimate
from app.eval.calibration.evidence import State, Stratum
from app.eval.calibration.ladder import LadderVerdict, verdict
from app.eval.calibration.rules import PRESETS
from app.services.calibrating.drifting import NEVER
from app.services.calibrating.published import figures
from app.ui.calibrating import drift_words, words
from app.ui.calibrating.banner import synthetic_words
from app.ui.calibrating.card_facts import Fact
from app.ui.calibrating.cards import CardRow
from app.ui.calibrating.ladder_icon import icon_height, icon_width, paint_ladder
from app.ui.calibrating.plots.tiles import contrast, legible
from app.ui.calibrating.plots.words import p_words
from app.ui.calibrating.verdict_rows import Row, published_row, rows
from app.ui.theme import Theme
from app.ui.tokens import THEME_NAMES, ThemeName
from tests.unit.calibration.test_ladder import evidence, figure, held


def found(**changes: Any) -> LadderVerdict:
    return verdict(evidence(**changes), PRESETS["default"])


def by_text(listed: Any) -> dict[str, Row]:
    return {row.text: row for row in listed}


@pytest.mark.parametrize(
    ("value", "signed", "told"),
    [(0.321, True, "+0.32"), (-0.321, True, "−0.32"), (-0.001, True, "0.00"), (0.5, False, "0.50")],
)
def test_numbers_have_a_true_minus_and_no_sign_on_nothing(
    value: float, signed: bool, told: str
) -> None:
    assert words.number(value, signed=signed) == told


def test_a_tooltip_tells_basis_interval_and_reason() -> None:
    tip = words.tip_of("Kappa", figure(0.7))
    assert "Kappa: 0.70, 95 % interval 0.65 to 0.75" in tip
    assert "300 items in 60 calls, 4 raters." in tip
    assert "seed 20261" in tip
    none = Estimate(value=None, low=None, high=None, n=3, calls=1, raters=1, undefined="Too few.")
    assert words.tip_of("Kappa", none) == "Kappa: undefined. Too few.\n3 items in 1 call, 1 rater."
    wilson = Estimate(value=1.0, low=0.9, high=1.0, n=9, calls=9, raters=2, method=WILSON)
    assert "seed" not in words.tip_of("Kappa", wilson)
    assert words.tip_of("Bias", None) == "Bias: not defined on this scale."


def test_a_p_that_rounds_to_nothing_is_not_written_as_nothing() -> None:
    assert [p_words(p) for p in (0.0, 0.00049, 0.0341)] == ["p < 0.001", "p < 0.001", "p 0.034"]


def test_drift_says_what_it_lacks_and_no_more() -> None:
    never: Any = SimpleNamespace(look=None, due=NEVER)
    once: Any = SimpleNamespace(look=None, due="")
    few: Any = SimpleNamespace(scores=None, strata={"language": None})
    assert drift_words.head(never) == NEVER
    assert drift_words.head(once).startswith("Scored the anchors once")
    assert drift_words.inputs(few) == "too few items scored since"


def test_published_figures_stand_beside_ours_with_their_source() -> None:
    ours: Any = SimpleNamespace(
        found=SimpleNamespace(judge={"kappa_quadratic": figure(0.7)}, gold={})
    )
    told = published_row(figures("conciseness", "conciseness"), ours)
    assert told is not None
    assert told.text == (
        "EVA-Bench 2.1 published QWK 0.82 (0.75 to 0.87) and macro F1 0.84 for GPT-5.2, n 479."
    )
    assert "0.754 to 0.874), GPT-5.2, n 479; ours 0.70, 95 % interval 0.65 to 0.75." in told.tip
    assert "arXiv 2605.13841" in told.tip
    assert published_row(figures("synthetic", "tone"), ours) is None


def test_too_little_data_says_of_what() -> None:
    assert words.state_words(found(items=40), 40) == "n = 40, too few"
    assert words.state_words(found(humans=1), 300) == "Few raters"
    assert words.state_words(found(human_alpha=figure(0.3)), 300) == "Fix rubric"
    wide = held(figure(0.7, 0.2), figure(0.0, 0.03))
    assert words.state_words(found(agreement=wide), 300) == "Uncertain"
    assert words.state_words(found(), 300) == "Alone"


def test_clauses_of_the_state_then_what_the_next_one_misses() -> None:
    listed = rows(found(corrected_mean=figure(3.1, 0.2)))
    assert [r.mark for r in listed] == [
        "holds", "holds", "heading", "fails", "holds", "holds", "settles",
    ]  # fmt: skip
    assert listed[2].text == "To reach “Averages, corrected”"
    assert listed[3].text == "Corrected mean, half-width ≤ 0.1"
    assert listed[3].value == "±0.20"
    assert listed[5].value == "0 of 1 off"
    assert listed[-1].text == "About 219 more calls would settle it."


def test_what_is_not_known_hides_no_count_of_calls() -> None:
    none = Estimate(value=None, low=None, high=None, n=3, calls=3, raters=2, undefined="Too few.")
    few = rows(found(calls=3, items=3, agreement=held(none, none)))
    assert few[-1].text == "At least 47 more calls, and what is not known yet."
    unknown = rows(found(anchors="unknown"))
    assert unknown[-1].text == "What is not known must be measured first."


def test_strata_are_one_row_and_those_that_fail_their_own() -> None:
    off = Stratum(name="language: de", bias=figure(0.4))
    fine = Stratum(name="language: en", bias=figure(0.0))
    listed = by_text(rows(found(strata=(off, fine))))
    assert listed["No slice biased beyond the rest"].value == "1 of 2 off"
    assert listed["Bias in language: de"].mark == "fails"
    assert "Bias in language: en" not in listed


def test_the_top_has_nothing_to_reach_and_the_bottom_says_why() -> None:
    assert all(r.mark == "holds" for r in rows(found()))
    bad = rows(found(agreement=held(figure(0.5), figure(-0.2, 0.03))))
    assert bad[0].text == "Why it must not be used"
    assert by_text(bad)["Gap to people, upper bound ≥ −0.05"].mark == "fails"
    unknown = rows(found(anchors="unknown"))
    assert by_text(unknown)["Anchors not drifted"].mark == "unknown"
    assert unknown[-1].text == "What is not known must be measured first."


def test_each_state_has_its_own_icon(qapp: QApplication) -> None:
    theme = Theme()
    states: tuple[State, ...] = (0, 1, 2, 3, 4, 5)
    seen = set()
    for state in states:
        image = QImage(icon_width(theme) + 8, icon_height(theme) + 8, QImage.Format.Format_RGB32)
        image.fill(theme.color("bg1"))
        painter = QPainter(image)
        paint_ladder(painter, theme, 4, image.height() - 4, state)
        painter.end()
        seen.add(bytes(image.constBits()))
    assert len(seen) == len(states)


def test_cards_give_way_from_the_right(qtbot: Any, qapp: QApplication) -> None:
    row = CardRow(Theme())
    qtbot.addWidget(row)
    facts = [Fact(value="0.74", interval="0.67 – 0.80", caption=f"n {n}", tip="") for n in range(6)]
    row.resize(2000, 60)
    row.show()
    row.show_facts(facts)
    assert all(c.isVisibleTo(row) and c.shows_interval for c in row.cards)
    row.resize(500, 60)
    assert all(c.isVisibleTo(row) for c in row.cards)
    assert [c.shows_interval for c in row.cards] != [True] * 6
    row.resize(200, 60)
    assert row.cards[0].isVisibleTo(row)
    assert not row.cards[-1].isVisibleTo(row)


def test_synthetic_raters_among_people_are_named() -> None:
    assert synthetic_words((), 3) == ""
    assert "no persons" in synthetic_words(("A", "B"), 2)
    told = synthetic_words(("A", "B", "C", "D"), 9)
    assert "A, B, C and 1 more" in told


@pytest.mark.parametrize("name", THEME_NAMES)
def test_counts_are_legible_on_every_shade(qapp: QApplication, name: ThemeName) -> None:
    theme = Theme(name)
    for token in ("t2", "accent"):
        for percent in range(0, 95, 5):
            ground = theme.mixed(token, percent / 100, "canvas")
            assert contrast(legible(theme, ground), ground) > 4.0, (token, percent)
