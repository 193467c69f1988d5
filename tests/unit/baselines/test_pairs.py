"""Rules on two calls: the better one whichever is shown first, unless a fault is planted."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.domain.judging import Verdict
from app.eval.judging import baselines
from app.eval.judging.call import JudgeCall
from app.services.assets import asset
from app.services.judging.definition_files import read_judge
from app.services.rubrics import read_rubric
from tests.unit.baselines.baseline_support import said

RUBRIC = read_rubric(asset("calibration", "rubrics", "reply_pairs.yaml"))
PLAIN = read_judge(asset("calibration", "judges", "demo_pairs", "1"))
GOOD = said("The van brings it on Friday.", "The driver rings you before he arrives.")
BAD = said("The van brings it on Friday, [NAME].", "It is **booked**. It is **booked**.")


def verdict(one: JudgeCall, two: JudgeCall, **fault: Any) -> Verdict:
    params = {**PLAIN.params, **({"fault": fault} if fault else {})}
    (found,) = baselines.judge(replace(PLAIN, params=params), RUBRIC, one, two)
    return found


def test_the_call_that_loses_fewer_points_is_better_in_both_orders() -> None:
    found = verdict(GOOD, BAD)
    assert (found.criterion_key, found.value) == ("better", 1)
    assert found.details["order_values"] == [1, 1]
    assert found.evidence == (), "nothing is wrong with the first"
    assert found.details["other_evidence"] == [0, 2]
    assert "Better: the first call." in found.rationale
    turned = verdict(BAD, GOOD)
    assert turned.value == -1
    assert turned.evidence == (0, 2)
    assert verdict(GOOD, GOOD).value == 0


def test_a_call_without_a_reply_is_not_worse_but_cannot_be_compared() -> None:
    found = verdict(GOOD, said(""))
    assert found.value is None
    assert "no text" in found.rationale


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_is_shown_first_is_taken_as_often_as_is_planted(share: float) -> None:
    calls = [said(f"The van brings it on day {n}.") for n in range(300)]
    found = [verdict(a, b, kind="first", share=share, seed=2) for a, b in pairwise(calls)]
    orders = [v.details["order_values"] for v in found]
    taken = [straight == 1 for straight, _ in orders] + [turned == -1 for _, turned in orders]
    assert sum(taken) / len(taken) == pytest.approx(share, abs=0.06)
    assert all(v.flagged == (v.details["order_values"] != [0, 0]) for v in found)
    assert all(v.value == 0 for v in found), "who follows the order prefers neither"
    again = [verdict(a, b, kind="first", share=share, seed=2) for a, b in pairwise(calls)]
    assert again == found


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="pairs know no fault lenient"):
        verdict(GOOD, BAD, kind="lenient", share=0.5)
    with pytest.raises(ValueError, match="judges two calls"):
        baselines.judge(PLAIN, RUBRIC, GOOD)
    turns = read_judge(asset("calibration", "judges", "demo_rules", "1"))
    with pytest.raises(ValueError, match="judges two calls"):
        baselines.judge(turns, RUBRIC, GOOD, BAD)
