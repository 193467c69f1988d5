"""Queues to label: known probabilities make a fair sample, lessons never enter an estimate."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app import cli
from app.domain.calls import Span
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.studies import Study
from app.domain.work import Quiet
from app.eval.agreement.ratings import Floats
from app.eval.calibration import queueing
from app.eval.calibration.estimate import Population, population_mean
from app.services import raters, rating
from app.services.calibrating import (
    agreement,
    correcting,
    gather,
    queue_making,
    queue_pool,
    queues,
    rules,
)
from app.services.calibrating.dimension import dimension
from app.services.calibrating.queues import QueuePlan, Wish
from app.services.studies import making, opening
from app.services.studies import queueing as study_queue
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import FRAMES, World, noisy, truth, world

N = 90
FIRST = 24


@pytest.fixture
def made(workspace: Workspace) -> World:
    """A judge that errs much on what it calls 5, little else; the first calls are labelled."""
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        found.say(found.person(name), "tone", noisy(real, at, sd=0.3)[:FIRST])
    found.say(found.judge(), "tone", _kind_at_the_top())
    found.say(found.judge("other"), "tone", noisy(real, 8, sd=0.8))
    return found


def _kind_at_the_top() -> list[int]:
    return [5 if v >= 3 else int(v) for v in truth(N)]


def _plan(made: World, wish: Wish, half_width: float | None = None) -> QueuePlan:
    found = gather.load(made.ws, made.lead, "synthetic")
    return queues.plan(
        made.ws, found, found.judges_named("judge")[0], "tone", wish, half_width=half_width
    )


def test_calls_are_drawn_more_often_where_the_judge_errs_more(made: World) -> None:
    told = _plan(made, Wish(kind="measure", minutes=9.0))
    given = dict(zip(made.calls, _kind_at_the_top()))
    chance = {
        level: {p.probability for p in told.picks if given[p.call_id] == level} for level in (1, 5)
    }
    assert min(chance[5]) > 1.2 * max(chance[1])
    assert min(p.probability for p in told.picks) >= 0.05
    assert all(f"{p.probability:.2f}" in p.reason for p in told.picks)
    assert told.picks == _plan(made, Wish(kind="measure", minutes=9.0)).picks


def test_time_is_kept_on_average_and_a_fifth_is_rated_by_three(made: World) -> None:
    wish = Wish(kind="measure", minutes=12.0, second_share=0.2, seed=1)
    spent = [_plan(made, Wish(kind="measure", minutes=12.0, seed=s)).minutes for s in range(12)]
    assert np.mean(spent) == pytest.approx(12.0, rel=0.15)
    told = _plan(made, wish)
    counts = [sum(p.raters == n for p in told.picks) for n in (1, 2, 3)]
    assert counts[2] >= 0.2 * len(told.picks)
    assert counts[1] >= 0.2 * len(told.picks)
    assert told.votes == sum(p.raters for p in told.picks)


def test_a_second_vote_goes_where_it_helps_most() -> None:
    gains = np.array([0.1, 9.0, 0.2, 5.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0])
    names = [f"c{n}" for n in range(10)]
    found = queueing.raters_of(names, gains, seed=3, triple_share=0.2, second_share=0.2)
    assert found.count(3) == 2
    free = [at for at in np.argsort(-gains) if found[at] != 3]
    assert [at for at in range(10) if found[at] == 2] == sorted(int(at) for at in free[:2])


def test_two_draws_after_each_other_are_one_with_the_larger_probability() -> None:
    count, low, high = 4000, 0.2, 0.5
    lots = np.array([queueing.lot(7, f"c{n}") for n in range(count)])
    ever = (lots < low) | (lots < high)
    assert ever.mean() == pytest.approx(high, abs=0.025)
    assert (lots < low).mean() == pytest.approx(low, abs=0.02)


def test_the_estimate_of_drawn_labels_is_unbiased_over_seeds(made: World) -> None:
    """And the mean of what teaches most is not, which is why it is never used as one."""
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("judge")[0]
    one = dimension(found, "tone")
    scores, real = one.judges[judge.rater_id], truth(N).astype(np.float64)
    calls = queue_pool.pool(made.ws, found, judge, "tone")
    names = [found.calls[i].root_sha256 for i in calls.call_ids]
    chance = queues.probabilities(calls, Wish(kind="measure", minutes=9.0))
    estimates, plain = [], []
    for seed in range(400):
        drawn = np.array([queueing.lot(seed, n) for n in names]) < chance
        told = population_mean(
            Population(
                judge=scores, gold=np.where(drawn, real, np.nan), calls=one.people.calls,
                probability=np.where(drawn, chance, np.nan),
            )
        )  # fmt: skip
        assert told.drawing == "weighted"
        assert told.estimate.value is not None
        estimates.append(told.estimate.value)
        plain.append(real[drawn].mean())
    mean = float(real.mean())
    error = float(np.std(estimates) / np.sqrt(len(estimates)))
    assert np.mean(estimates) == pytest.approx(mean, abs=max(4 * error, 0.03))
    assert abs(np.mean(plain) - mean) > 0.1
    learnt = queues.plan(made.ws, found, judge, "tone", Wish(kind="learn", minutes=3.0))
    place = {c: at for at, c in enumerate(made.calls)}
    lessons: Floats = real[[place[p.call_id] for p in learnt.picks]]
    assert len(lessons)
    assert {p.probability for p in learnt.picks} == {1.0}


def _label(made: World, study: Study, name: str) -> Viewer:
    """Join as a rater and score every call of the queue as it is worth."""
    rater = raters.sign_in(made.ws, name, "reviewer")
    worth = dict(zip(made.calls, truth(N)))
    tone = next(c for c in made.rubric.criteria if c.key == "tone")
    for queued in study_queue.queue(made.ws, rater, study.id).left:
        item = ItemRef(kind="call", call_id=queued.call_id, span=Span(0, FRAMES))
        answer = Answer(status="observed", value=int(worth[queued.call_id]))
        rating.draft(made.ws, rater, item, tone.id, answer)
        rating.submit(made.ws, rater, queued.call_id, made.rubric.id)
    return rater


def test_a_queue_to_measure_becomes_labels_with_their_probabilities(made: World) -> None:
    told = _plan(made, Wish(kind="measure", minutes=8.0))
    study = queue_making.make(made.ws, made.lead, told, "Measure tone")
    assert study.state == "draft"
    assert study.stimuli == len(told.picks)
    kept = making.stimuli(made.ws, made.lead, study.id)
    assert [(s.call_id, s.inclusion_prob, s.reason) for s in kept] == [
        (p.call_id, p.probability, p.reason) for p in told.picks
    ]
    study = opening.open_study(Quiet(), made.ws, made.lead, study.id, ())
    assert study.state == "open"
    for name in ("Dora", "Emil", "Fay"):
        try:
            _label(made, study, name)
        except BadInput:  # all calls have their raters
            break
    found = gather.load(made.ws, made.lead, "synthetic")
    chance = {i.call_id: p for i, p in zip(found.items, found.probability)}
    for pick in told.picks:
        assert chance[pick.call_id] == pytest.approx(pick.probability)
    counts = dict.fromkeys(made.calls, 0)
    new = {found.raters.index(r) for r in found.raters if found.names[r][1] in "Dora Emil Fay"}
    for item, rater in zip(found.item, found.rater):
        counts[found.items[item].call_id] += int(rater) in new
    assert {p.call_id: counts[p.call_id] for p in told.picks} == {
        p.call_id: p.raters for p in told.picks
    }
    judge = found.judges_named("judge")[0]
    mean = correcting.mean(dimension(found, "tone"), judge)
    assert mean is not None
    assert mean.drawing == "weighted"
    assert mean.estimate.value == pytest.approx(float(truth(N).mean()), abs=0.35)


def test_lessons_enter_the_fit_and_no_estimate(made: World) -> None:
    told = _plan(made, Wish(kind="learn", minutes=4.0))
    found = gather.load(made.ws, made.lead, "synthetic")
    roles = {i.call_id: r for i, r in zip(found.items, found.roles)}
    assert {roles[p.call_id] for p in told.picks} <= {"train", "dev"}
    assert not set(made.calls[:FIRST]) & {p.call_id for p in told.picks}
    assert all(p.reason.startswith("Learn: ") for p in told.picks)
    assert told.half_width_after is None
    study = queue_making.make(made.ws, made.lead, told, "Learn tone")
    opening.open_study(Quiet(), made.ws, made.lead, study.id, ())
    before = correcting.fitted(found, "tone", found.judges_named("judge")[0]).snapshot
    _label(made, making.get(made.ws, study.id), "Dora")
    found = gather.load(made.ws, made.lead, "synthetic")
    assert np.isnan(found.probability).all()
    judge = found.judges_named("judge")[0]
    assert correcting.fitted(found, "tone", judge).snapshot != before
    mean = correcting.mean(dimension(found, "tone"), judge)
    assert mean is not None
    assert mean.estimate.value is None
    assert mean.drawing == "unknown"


def test_more_time_is_a_narrower_interval(made: World) -> None:
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("judge")[0]
    cell = agreement.cell(found, judge, "tone", rules.current(made.ws))
    assert cell.judged == N
    short = _plan(made, Wish(kind="measure", minutes=6.0))
    long = _plan(made, Wish(kind="measure", minutes=20.0))
    assert short.half_width_after is not None
    assert long.half_width_after is not None
    assert long.half_width_after < short.half_width_after
    known = _plan(made, Wish(kind="measure", minutes=20.0), half_width=0.5)
    assert known.half_width_after is not None
    assert known.half_width_after < 0.5
    assert known.per_minute is not None
    assert known.per_minute > 0


def test_what_makes_no_queue_is_refused(made: World) -> None:
    with pytest.raises(BadInput, match="time"):
        _plan(made, Wish(kind="measure", minutes=0.0))
    with pytest.raises(BadInput, match="three"):
        _plan(made, Wish(kind="measure", minutes=9.0, triple_share=0.1))
    with pytest.raises(BadInput, match="100 %"):
        _plan(made, Wish(kind="learn", minutes=9.0, triple_share=0.8, second_share=0.8))
    told = _plan(made, Wish(kind="learn", minutes=4.0))
    reviewer = raters.sign_in(made.ws, "Rita", "reviewer")
    with pytest.raises(NotAllowed):
        queue_making.make(made.ws, reviewer, told, "x")


def test_expected_errors_follow_the_judges_level() -> None:
    judge = np.array([1.0, 1.0, 5.0, 5.0, 5.0, np.nan])
    squares = np.array([0.0, np.nan, 4.0, 4.0, np.nan, 1.0])
    found = queueing.expected_by_level(judge, squares)
    usual = 8 / 3
    assert found[0] == found[1] == pytest.approx(10 * usual / 11)
    assert found[2] == found[4] == pytest.approx((8 + 10 * usual) / 12)
    assert np.isnan(found[5])
    calls = np.array([0, 0, 1, 1, 1, 2])
    sums = queueing.error_of_calls(found, calls, 0.5)
    assert sums[0] == pytest.approx(2 * found[0] * 1.5)
    assert sums[1] == pytest.approx(3 * found[2] * 2.0)
    assert np.isnan(sums[2])


def test_the_command_line_chooses_the_same_and_keeps_a_draft(
    made: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBENCH_RATER", made.lead.name)
    at = ["--rubric", "synthetic", "--judge", "judge", "--budget", "9", "--json"]
    at += ["--workspace", str(made.ws.path)]
    assert cli.run(["label-next", *at, "--make", "Next"]) == 0
    told = json.loads(capsys.readouterr().out)
    plan = _plan(made, Wish(kind="measure", minutes=9.0))
    assert [c["probability"] for c in told["calls"]] == [p.probability for p in plan.picks]
    assert making.get(made.ws, told["study"]).stimuli == len(plan.picks)
    assert cli.run(["label-next", *(a for a in at if a != "--json")]) == 0
    printed = capsys.readouterr().out
    raters_of = {p.raters for p in plan.picks}
    assert ("  1 rater  " in printed, "  3 raters  " in printed) == (1 in raters_of, 3 in raters_of)
    assert "1 raters" not in printed
    here = ["--workspace", str(made.ws.path)]
    assert cli.run(["study", "open", told["study"], *here]) == 0
    assert making.get(made.ws, told["study"]).state == "open"
    assert cli.run(["label-next", *at, "--queue", "lucky"]) != 0
