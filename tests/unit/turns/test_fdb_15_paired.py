"""The paired t-tests of Full-Duplex-Bench 1.5, against values that are known."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.metrics import MetricValue
from app.domain.profile_names import FDB_15
from app.eval.turns.fdb15_paired import SampleSides, Trim, adaptation, paired_t, sides_of

FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Hours of sleep gained with either drug (Cushny and Peebles 1905), the example of Student 1908."""


def test_students_own_example() -> None:
    found = paired_t(FIRST, SECOND)
    assert found is not None
    assert (found.n, found.left_out) == (10, 0)
    assert found.mean == pytest.approx(1.58)
    assert found.t == pytest.approx(4.0621, abs=1e-4)
    assert found.p == pytest.approx(0.002833, abs=1e-6)
    back = paired_t(SECOND, FIRST)
    assert back is not None
    assert (back.t, back.p) == (-found.t, found.p)


def test_it_is_scipys_test() -> None:
    from scipy import stats

    rng = np.random.default_rng(5)
    first, second = rng.normal(0, 1, 40), rng.normal(0.2, 1, 40)
    found = paired_t(list(first), list(second))
    wanted = stats.ttest_rel(second, first)
    assert found is not None
    assert (found.t, found.p) == pytest.approx((wanted.statistic, wanted.pvalue))


@pytest.mark.parametrize(("trim", "without"), [("iqr", [0.0, 4.6]), ("mad", [4.6])])
def test_those_that_are_far_off_are_left_out(trim: Trim, without: list[float]) -> None:
    found = paired_t(FIRST, SECOND, trim=trim)
    assert found is not None
    assert (found.n, found.left_out) == (10 - len(without), len(without))
    deltas = [round(b - a, 1) for a, b in zip(FIRST, SECOND)]
    assert found.mean == pytest.approx(np.mean([d for d in deltas if d not in without]))


@pytest.mark.parametrize(
    ("first", "second"), [([], []), ([1.0], [2.0]), ([1.0, 2.0], [1.5, 2.5]), ([0, 0], [0, 0])]
)
def test_what_cannot_be_tested(first: list[float], second: list[float]) -> None:
    assert paired_t(first, second) is None
    assert paired_t(first, second, trim="mad") is None
    with pytest.raises(ValueError, match="two values"):
        paired_t(first, [*second, 1.0])


def test_only_samples_that_were_answered_count_and_twins_where_there_are_any() -> None:
    counted = [
        SampleSides(responded=True, before=a, after=b, clean_after=a if i < 5 else None)
        for i, (a, b) in enumerate(zip(FIRST, SECOND))
    ]
    others = [
        SampleSides(responded=False, before=0.0, after=99.0, clean_after=0.0),
        SampleSides(responded=True, before=1.0, after=None, clean_after=3.0),
    ]
    found = adaptation([*counted, *others])
    assert found.pre_post == paired_t(FIRST, SECOND)
    assert found.clean_post == paired_t(FIRST[:5], SECOND[:5])
    assert adaptation(others).pre_post is None


def test_a_samples_entry_is_made_of_its_stored_values() -> None:
    def value(metric_id: str, **components: object) -> MetricValue:
        return MetricValue(metric_id=metric_id, value=0.0, profile=FDB_15, components=components)

    change = value("fdb15.pitch_change", before=[100.0], after=[120.0, 130.0])
    clean = value("fdb15.pitch_change", before=[101.0], after=[111.0])
    respond = value("fdb15.respond", labelled=1, labels=1)
    assert sides_of(change, respond, clean) == SampleSides(
        responded=True, before=100.0, after=125.0, clean_after=111.0
    )
    resume = value("fdb15.respond", labelled=0, labels=1)
    assert not sides_of(change, resume).responded
    assert sides_of(value("fdb15.pitch_change"), respond).after is None
