"""The tables of the listening-test specification, to the printed digits."""

from __future__ import annotations

import pytest

from app.eval.listening.planning import half_width, pairs_needed, votes_needed

TABLE = [
    (4, 1.11, 1.27, 1.59),
    (5, 0.87, 0.99, 1.24),
    (8, 0.59, 0.67, 0.84),
    (12, 0.44, 0.51, 0.64),
    (24, 0.30, 0.34, 0.42),
    (48, 0.20, 0.23, 0.29),
    (96, 0.14, 0.16, 0.20),
]


@pytest.mark.parametrize(("votes", "at_07", "at_08", "at_10"), TABLE)
def test_half_widths_of_the_t_interval(
    votes: int, at_07: float, at_08: float, at_10: float
) -> None:
    found = [round(half_width(votes, sd), 2) for sd in (0.7, 0.8, 1.0)]
    assert found == [at_07, at_08, at_10]


@pytest.mark.parametrize(
    ("preference", "pairs"), [(0.60, 194), (0.65, 85), (0.70, 47), (0.75, 29), (0.40, 194)]
)
def test_pairs_for_eighty_percent_power(preference: float, pairs: int) -> None:
    assert pairs_needed(preference) == pairs


@pytest.mark.parametrize("reach", [0.05, 0.2, 0.34, 0.51, 1.5])
def test_votes_needed_is_the_smallest_number_that_does(reach: float) -> None:
    votes = votes_needed(reach, 0.8)
    assert half_width(votes, 0.8) <= reach
    assert votes == 2 or half_width(votes - 1, 0.8) > reach


def test_what_cannot_be_planned_is_refused() -> None:
    for call in (
        lambda: half_width(1, 1.0),
        lambda: votes_needed(0.0, 1.0),
        lambda: pairs_needed(0.5),
        lambda: pairs_needed(1.0),
    ):
        with pytest.raises(ValueError, match=r"."):
            call()
