"""Accent and noise: rates over several calls from what each stored."""

from __future__ import annotations

import pytest

from app.eval.text.conditions import Tally, accent_delta, wer_noise
from app.eval.text.error_rates import ErrorRates
from tests.unit.text.text_support import call_input, said, values


def test_a_tally_is_read_from_a_stored_value() -> None:
    texts = {
        "intended": [said("agent", 0, 9, "one two three")],
        "spoken": [said("agent", 0, 9, "one three")],
    }
    found = values(ErrorRates(normaliser="raw-1"), call_input(texts))
    tally = Tally.of(found["wer", "agent"].components)
    assert (tally.errors, tally.reference) == (1, 3)
    assert len(tally.text) == 12
    assert Tally.of(found["cer", "agent"].components).reference == 11


def test_both_readings_of_accent_adaptation() -> None:
    standard = [Tally(1, 10, "a"), Tally(1, 10, "b")]
    accented = [Tally(2, 10, "a"), Tally(3, 10, "b")]
    found = accent_delta(standard, accented, profile="whisper-en-1")
    assert found.relative.value == pytest.approx(150.0)
    assert found.absolute.value == pytest.approx(15.0)
    assert found.absolute.components["wer_accented"] == pytest.approx(0.25)
    assert found.relative.profile == "whisper-en-1"
    assert (found.relative.metric_id, found.absolute.metric_id) == (
        "accent_delta", "accent_delta_abs",
    )  # fmt: skip


def test_repeated_readings_weigh_their_text_once() -> None:
    standard = [Tally(1, 10, "a"), Tally(1, 10, "b")]
    accented = [Tally(2, 10, "a"), Tally(4, 10, "a"), Tally(1, 10, "b")]
    assert accent_delta(standard, accented).absolute.value == pytest.approx(10.0)


def test_an_accent_may_do_better() -> None:
    assert accent_delta([Tally(4, 10, "a")], [Tally(1, 10, "a")]).relative.value == -75.0


def test_no_errors_with_the_standard_accent_leave_the_absolute_rise() -> None:
    found = accent_delta([Tally(0, 10, "a")], [Tally(1, 10, "a")])
    assert found.relative.status == "undefined"
    assert "no errors" in found.relative.reason
    assert found.absolute.value == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("standard", "accented", "why"),
    [
        ([Tally(1, 10, "a")], [Tally(1, 10, "b")], "same texts: 2"),
        ([Tally(1, 10, "a")], [Tally(1, 10, "a"), Tally(1, 10, "b")], "same texts: 1"),
        ([], [Tally(1, 10, "a")], "no calls with the standard"),
        ([Tally(1, 10, "a")], [], "no calls with the accent"),
        ([Tally(1, 10)], [Tally(1, 10)], "which text"),
        ([Tally(1, 0, "a")], [Tally(1, 0, "a")], "no words"),
    ],
)
def test_texts_must_match(standard: list[Tally], accented: list[Tally], why: str) -> None:
    found = accent_delta(standard, accented)
    assert found.relative.status == found.absolute.status == "undefined"
    assert why in found.absolute.reason


def test_noise_is_the_mean_over_what_is_below_fifteen_decibels() -> None:
    found = wer_noise(
        {15: [Tally(1, 100)], 10: [Tally(5, 50), Tally(5, 50)], 5.3: [Tally(20, 100)],
         0: [Tally(60, 100)], 7: [Tally(9, 9)]},
        noise="babble",
    )  # fmt: skip
    assert found.by_snr == {15: 0.01, 10: 0.1, 5: 0.2, 0: 0.6}
    assert found.headline.value == pytest.approx(0.3)
    assert found.headline.n == 4
    assert found.headline.components["wer_15_db"] == 0.01
    assert found.headline.components["off_grid"] == 1
    assert found.headline.components["noise"] == "babble"


def test_a_grid_with_a_gap_has_no_headline() -> None:
    found = wer_noise({15: [Tally(1, 10)], 10: [Tally(1, 10)], 0: [Tally(0, 0)]})
    assert found.headline.status == "undefined"
    assert "5 dB, 0 dB" in found.headline.reason
    assert found.by_snr == {15: 0.1, 10: 0.1, 5: None, 0: None}
