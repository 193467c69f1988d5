"""Several rules in one judge, and faults planted in them: the same ones for the same words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.judging import Verdict
from app.eval.judging import baselines
from app.eval.judging.call import JudgeCall
from app.services.assets import asset
from app.services.judging.definition_files import read_judge
from app.services.rubrics import read_rubric
from tests.unit.baselines.baseline_support import said

RUBRIC = read_rubric(asset("calibration", "rubrics", "reply_basics.yaml"))
PLAIN = read_judge(asset("calibration", "judges", "demo_rules", "1"))
LONG = (
    "We have eleven vans. Boilers do that in winter. It is good. My own one is old, to be honest."
)
CALLS = [
    said(f"The van brings it on day {n}. {LONG}", "It is **booked**, [NAME].") for n in range(60)
]


def verdicts(call: JudgeCall, **fault: Any) -> tuple[Verdict, ...]:
    params = {**PLAIN.params, **({"fault": fault} if fault else {})}
    return baselines.judge(replace(PLAIN, params=params), RUBRIC, call)


def test_a_panel_answers_every_criterion_of_every_reply() -> None:
    found = verdicts(CALLS[0])
    keys = [c.key for c in RUBRIC.criteria]
    assert [v.criterion_key for v in found] == [k for k in keys for _ in range(2)]
    by_key = {(v.criterion_key, v.evidence[0]): v.value for v in found}
    assert by_key["brevity", 0] == 1
    assert by_key["placeholders", 2] == by_key["speakability", 2] == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_leniency_raises_by_a_level_as_often_as_it_says(share: float) -> None:
    room = raised = 0
    for call in CALLS:
        for plain, swayed in zip(
            verdicts(call), verdicts(call, kind="lenient", share=share, seed=4), strict=True
        ):
            assert plain.value is not None
            assert swayed.value is not None
            top = max(
                level.value
                for c in RUBRIC.criteria if c.key == plain.criterion_key for level in c.levels
            )  # fmt: skip
            room += plain.value < top
            raised += swayed.value - plain.value
            assert 0 <= swayed.value - plain.value <= (plain.value < top)
    assert raised / room == pytest.approx(share, abs=0.08)


def test_length_is_favoured_from_so_many_words_on() -> None:
    short = said("Fine, [NAME].")
    assert [v.value for v in verdicts(short, kind="long", share=1.0, words=16)] == [
        v.value for v in verdicts(short)
    ]
    found = verdicts(CALLS[0], kind="long", share=1.0, words=16)
    assert found[0].value == 2
    assert "planted fault" in found[0].rationale


def test_noise_takes_any_level_and_the_same_one_each_time() -> None:
    given = [verdicts(c, kind="noisy", share=1.0, seed=2)[0].value for c in CALLS]
    assert set(given) == {1, 2, 3}
    assert given == [verdicts(c, kind="noisy", share=1.0, seed=2)[0].value for c in CALLS]
    assert given != [verdicts(c, kind="noisy", share=1.0, seed=3)[0].value for c in CALLS]


def test_a_fault_or_a_rule_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault sloppy"):
        verdicts(CALLS[0], kind="sloppy", share=0.5)
    params = {"rules": {"brevity": {"rule": "rule_none"}}}
    with pytest.raises(ValueError, match="no rule rule_none"):
        baselines.judge(replace(PLAIN, params=params), RUBRIC, CALLS[0])
