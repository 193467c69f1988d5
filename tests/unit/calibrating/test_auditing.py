"""The audit stream: a judge that changes sets the chart off, other calls alone do not."""

from __future__ import annotations

import numpy as np

from app.eval.calibration import audit
from app.services.calibrating import auditing, gather
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 120


def scored(ws: Workspace, later_bias: float, order: list[int]) -> World:
    """A judge that is off by `later_bias` on the second half of the calls, in that order."""
    made = world(ws, N)
    calls = [made.calls[n] for n in order]
    real = truth(N)
    half = N // 2
    people = [made.person(name) for name in ("Ann", "Ben")]
    judge = made.judge()
    for part, bias in ((slice(0, half), 0.0), (slice(half, N), later_bias)):
        for at, rater in enumerate(people):
            made.say(rater, "tone", noisy(real[part], at, sd=0.3), calls=calls[part])
        made.say(judge, "tone", noisy(real[part], 9, bias=bias, sd=0.3), calls=calls[part])
    return made


def looked(made: World) -> auditing.Audit:
    found = gather.load(made.ws, made.lead, "synthetic")
    return auditing.look(found, found.judges_named("judge")[0], "tone")


def test_a_judge_that_turns_kinder_sets_the_chart_off(workspace: Workspace) -> None:
    found = looked(scored(workspace, 1.2, list(range(N))))
    assert found.alarm is True
    assert found.stream is not None
    assert N // 2 >= len(found.call_ids) == len(found.stream.residuals) >= 50
    assert found.stream.chart.alarm is not None
    assert found.stream.chart.alarm < 30
    assert any("Rerun the anchors" in words for words in found.words)
    assert found.strata["language"] is not None
    assert found.strata["language"] < 0.1


def test_other_calls_alone_are_no_drift(workspace: Workspace) -> None:
    by_language = [n for n in range(N) if n % 2] + [n for n in range(N) if not n % 2]
    found = looked(scored(workspace, 0.0, by_language))
    assert found.alarm is False
    assert (found.strata["language"] or 0.0) > 0.25
    assert any("no drift by itself" in words for words in found.words)


def test_few_items_are_not_held_against_each_other(workspace: Workspace) -> None:
    made = world(workspace, 3)
    for name in ("Ann", "Ben"):
        made.say(made.person(name), "tone", [1, 3, 5])
    made.say(made.judge(), "tone", [1, 4, 5])
    found = looked(made)
    assert found.scores is None
    assert set(found.strata.values()) == {None}


def test_a_reference_that_is_too_short_or_flat_draws_no_chart() -> None:
    calls = np.arange(5)
    assert audit.stream(np.zeros(5), np.ones(5), calls) is None
    assert audit.stream(np.zeros(50), np.ones(5), calls) is None
    assert audit.told(None, None, {})[0].startswith("Too few calls")


def test_turns_of_a_call_are_one_point_at_its_last_time() -> None:
    residuals, calls, last = audit.by_call(
        np.array([1.0, 3.0, np.nan, 0.0]), np.array([7, 7, 7, 2]), np.array([5.0, 9.0, 99.0, 6.0])
    )
    assert (residuals.tolist(), calls.tolist(), last.tolist()) == ([0.0, 2.0], [2, 7], [6.0, 9.0])
