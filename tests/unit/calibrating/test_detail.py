"""Every part of a cell against figures worked out another way; the way back to the votes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.domain.errors import NotAllowed
from app.domain.evaluation import NewResult
from app.domain.metrics import MetricValue
from app.domain.rubrics import Level
from app.eval.calibration.rules import PRESETS
from app.services import raters
from app.services.calibrating import agreement, detail, gather
from app.services.calibrating.detail_biases import biases_of, family, is_own
from app.services.calibrating.detail_confusion import confusion_of
from app.services.calibrating.detail_cost import cost_of
from app.services.calibrating.detail_curve import curve_of, expected_error
from app.services.calibrating.detail_limits import MOST_POINTS, limits_of
from app.services.calibrating.detail_people import ceiling_of, forest_of, spread_of
from app.services.calibrating.detail_raters import raters_of
from app.services.calibrating.detail_repeats import repeats_of
from app.services.calibrating.detail_source import Source, source_of
from app.services.calibrating.detail_strata import strata_of
from app.services.calibrating.dimension import EVERYTHING
from app.services.calibrating.votes_behind import Wanted, matching, rows_of, spot_of, votes_of
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from tests.unit.calibrating.synthetic import FRAMES, World, noisy, truth, world

N = 60
RULE = PRESETS["default"]


def filled(ws: Workspace) -> World:
    """Three people and a judge half a point too kind, which ran twice; a check beside it."""
    made = world(ws, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        person = made.person(name)
        made.say(person, "tone", noisy(real, 10 + at, sd=0.5))
        made.say(person, "done", [int(v > 2) for v in noisy(real, 40 + at, sd=0.5)])
    judge = made.judge("kind")
    first = made.say(judge, "tone", noisy(real, 20, bias=0.6))
    made.say(judge, "tone", noisy(real, 21, bias=0.6), again=first, rationale="<b>Calm</b>.")
    made.say(judge, "done", [int(v > 2) for v in noisy(real, 70)])
    return made


@pytest.fixture
def panel(workspace: Workspace) -> World:
    """One to write to."""
    return filled(workspace)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One to read from."""
    opened = Workspace.open(tmp_path_factory.mktemp("detail") / "ws")
    yield filled(opened)
    opened.close()


def source(panel: World, key: str = "tone") -> Source:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("kind")[0], key, RULE)
    return source_of(found, cell, RULE)


def test_the_confusion_table_counts_medians_against_the_newest_scores(shared: World) -> None:
    one = source(shared)
    table = confusion_of(one)
    median = np.median(one.people.values, axis=1)
    assert table.labels == ("1", "2", "3", "4", "5")
    for row, level in enumerate(range(1, 6)):
        for column, given in enumerate(range(1, 6)):
            wanted = int(((median == level) & (one.judge == given)).sum())
            assert table.counts[row][column] == wanted
            assert len(matching(one, table, Wanted(row=row, column=column))) == wanted
    assert table.n + table.open == N


def test_limits_are_those_of_the_differences_and_points_hardly_move(shared: World) -> None:
    one = source(shared)
    found = limits_of(one)
    gap = one.judge - one.people.values.mean(1)
    assert found.limits is not None
    assert found.limits.bias == pytest.approx(gap.mean())
    assert found.limits.upper == pytest.approx(gap.mean() + 1.96 * gap.std(ddof=1))
    assert np.abs(found.y - gap[found.at]).max() <= found.jitter
    assert limits_of(one).x.tolist() == found.x.tolist(), "seeded"
    assert "Two values" in limits_of(source(shared, "done")).reason


def test_a_crowd_of_points_is_sampled_and_counted(shared: World) -> None:
    one = source(shared)
    times = MOST_POINTS // N + 2
    many = replace(
        one, judge=np.tile(one.judge, times), mean=np.tile(one.mean, times),
        people=replace(
            one.people, values=np.tile(one.people.values, (times, 1)),
            calls=np.tile(one.people.calls, times),
        ),
    )  # fmt: skip
    found = limits_of(many)
    assert (len(found.at), found.of) == (MOST_POINTS, N * times)
    assert len(set(found.at.tolist())) == MOST_POINTS


def test_the_curve_holds_peoples_mean_of_each_level(shared: World) -> None:
    one = source(shared)
    curve = curve_of(shared.ws, one)
    mean = one.people.values.mean(1)
    for level in curve.levels:
        assert level.people.value == pytest.approx(mean[one.judge == level.judge].mean())
        assert level.people.n == int((one.judge == level.judge).sum())
    assert curve.ece is None
    assert "no probabilities" in curve.ece_from


def test_ece_is_that_of_its_bins() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([1.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    assert expected_error(confidence, right) == pytest.approx((4 * 0.2 + 2 * 0.05) / 6)


def test_ece_comes_from_probabilities_where_the_judge_gives_them(panel: World) -> None:
    sure = panel.judge("sure", model="m2")
    criterion = next(c.id for c in panel.rubric.criteria if c.key == "tone")
    real = truth(N)
    ids = panel.say(sure, "tone", [int(v) for v in real])
    with panel.ws.db.read() as uow:
        old = [uow.scores.visible(panel.lead, call_ids=[c]) for c in panel.calls]
    rows = [next(s for s in told if s.id == i) for told, i in zip(old, ids, strict=True)]
    with panel.ws.db.machine() as uow:
        for row in rows:
            uow.scores.add(
                NewScore(
                    call_id=row.item.call_id, item_id=row.item_id,
                    rubric_version_id=panel.rubric.id, criterion_id=criterion, rater_id=sure,
                    answer=row.answer, phase="submitted", blind=True, supersedes_id=row.id,
                    level_probs=(0.1, 0.8, 0.1),
                )
            )  # fmt: skip
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("sure")[0], "tone", RULE)
    one = source_of(found, cell, RULE)
    right = (one.judge == one.gold)[~np.isnan(one.gold)].mean()
    curve = curve_of(panel.ws, one)
    assert curve.ece_from == "the judge's probabilities"
    assert curve.ece == pytest.approx(abs(right - 0.8))


def measured(panel: World, metric: str, values: Sequence[float]) -> None:
    with panel.ws.db.machine() as uow:
        for at, (call_id, value) in enumerate(zip(panel.calls, values)):
            uow.evaluations.add(
                NewResult(
                    call_id=call_id, evaluator="test", version="1", args={}, inputs={},
                    key=f"{metric}{at}", status="ok",
                    values=(MetricValue(metric_id=metric, value=float(value), speaker="agent"),),
                )
            )  # fmt: skip


def test_strata_hold_divisions_of_the_set_and_what_was_measured(panel: World) -> None:
    before = strata_of(panel.ws, source(panel))
    assert {r.division for r in before.rows} == {"language"}
    assert set(before.missing) == {"noise", "latency"}
    measured(panel, "snr", [5.0 if at < 30 else 30.0 for at in range(N)])
    one = source(panel)
    found = strata_of(panel.ws, one)
    by = {(r.division, r.name): r for r in found.rows}
    assert {k for k in by if k[0] == "noise"} == {
        ("noise", "under 10 dB"), ("noise", "over 20 dB"),
    }  # fmt: skip
    german = [n for n in one.numbers.tolist() if one.found.strata["language"][n] == "de"]
    residual = (one.judge - one.gold)[[n in german for n in one.numbers.tolist()]]
    assert by["language", "de"].raw.value == pytest.approx(np.nanmean(residual))
    verdict = {s.name: s.bias.value for s in one.cell.found.evidence.strata}
    assert by["language", "de"].bias.value == pytest.approx(verdict["language: de"])


def test_the_forest_agrees_with_the_cells_own_figures(shared: World) -> None:
    one = source(shared)
    found = forest_of(one)
    pooled = {r.name: r.figure.value for r in found.rows if r.group == "pooled"}
    measure = found.measure
    assert pooled["Judge, all people"] == one.cell.found.judge[measure].value
    assert [r.name for r in found.rows if r.group == "people"] == [
        "Ann, Ben", "Ann, Cleo", "Ben, Cleo",
    ]  # fmt: skip
    ann = next(r for r in found.rows if r.name == "Judge, Ann")
    one_person, judge = one.people.values[:, 0], one.judge
    by_chance = ((one_person[:, None] - judge[None, :]) ** 2).mean()
    kappa = 1 - ((one_person - judge) ** 2).mean() / by_chance  # quadratic weights
    assert ann.figure.value == pytest.approx(kappa)


def test_the_ceiling_names_people_and_both_forms_of_the_test(shared: World) -> None:
    found = ceiling_of(source(shared))
    assert {r.name for r in found.rows} == {"Ann", "Ben", "Cleo"}
    assert [r.epsilon for r in found.rates] == [0.0, 0.1, 0.15, 0.2]
    assert {name for name, _ in found.tested} == {"Ann", "Ben", "Cleo"}
    middle = spread_of(found)
    assert middle is not None
    assert found.z == pytest.approx(((found.judge.value or 0.0) - middle[0]) / middle[1])


def test_repeats_compare_the_runs_of_one_item(shared: World) -> None:
    one = source(shared)
    found = repeats_of(one)
    runs = one.one.repeats(one.cell.judge.rater_id)
    assert (found.items, found.runs) == (N, 2)
    assert found.share is not None
    assert found.share.value == pytest.approx((runs[:, 0] == runs[:, 1]).mean())
    assert sum(n for _gap, n in found.spread) == N
    assert "no item twice" in repeats_of(source(shared, "done")).reason


def test_a_bias_by_latency_is_found_and_what_does_not_vary_is_named(panel: World) -> None:
    judge = panel.judge("slow", model="m3")
    waits = np.linspace(500, 4500, N)
    real = truth(N, high=3)
    for at, name in enumerate(("Dora", "Emil")):
        panel.say(panel.person(name), "help", noisy(real, 80 + at, sd=0.2, high=3))
    panel.say(judge, "help", [int(v + round(w / 2000)) for v, w in zip(real, waits)])
    measured(panel, "latency.mean", waits.tolist())
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("slow")[0], "help", RULE)
    told = biases_of(panel.ws, source_of(found, cell, RULE))
    latency = told.regression.coefficients["latency"]
    assert latency.value == pytest.approx(0.5, abs=0.12)
    assert latency.low > 0
    assert any(words.startswith("Length") for words in told.left_out)


@pytest.mark.parametrize(
    ("model", "name"),
    [("gpt-4.1-mini", "gpt"), ("openai/gpt-4o", "gpt"), ("claude-3-opus", "claude"), ("", "")],
)
def test_a_family_is_the_name_before_the_version(model: str, name: str) -> None:
    assert family(model) == name


def test_only_an_agent_that_names_the_family_is_of_it(shared: World) -> None:
    call = next(iter(source(shared).found.calls.values()))
    assert is_own("gpt-4o", replace(call, agent="orin", agent_version="gpt realtime"))
    assert not is_own("gpt-4o", replace(call, agent="orin", agent_version="2"))
    assert not is_own("", call)


def test_costs_are_unknown_rather_than_nothing(shared: World) -> None:
    found = cost_of(shared.ws, source(shared))
    assert found.minutes_per_item is None
    assert found.saved_minutes is None
    assert found.asked == ()
    assert found.judged == N


def test_every_part_is_made_and_reviewers_see_no_votes(panel: World) -> None:
    one = source(panel)
    assert all(detail.part_of(panel.ws, one, name) is not None for name in detail.PARTS)
    reviewer = raters.sign_in(panel.ws, "Rosa", "reviewer")
    with pytest.raises(NotAllowed):
        votes_of(panel.ws, reviewer, one, 0)
    with pytest.raises(NotAllowed):
        raters_of(panel.ws, reviewer, one.found, EVERYTHING)


def test_votes_behind_an_item_are_everybodys(shared: World) -> None:
    one = source(shared)
    table = confusion_of(one)
    listed = rows_of(one, matching(one, table, Wanted()))
    sizes = [abs(r.residual) for r in listed.rows if r.residual is not None]
    assert sizes == sorted(sizes, reverse=True)
    first = listed.rows[0]
    votes = votes_of(shared.ws, shared.lead, one, first.place)
    assert [v.kind for v in votes] == ["person"] * 3 + ["judge"] * 2
    newest = votes[3]
    assert newest.is_newest
    assert newest.value == f"{first.judge:g}"
    assert newest.rationale == "<b>Calm</b>."
    assert sorted(float(v.value) for v in votes[:3]) == sorted(first.votes)
    spot = spot_of(first, votes)
    assert spot is not None
    assert (spot.start, spot.end) == (0, FRAMES), "of a call all is heard"
    assert spot_of(first, votes, second=True) is None
    rater = one.people.raters[0]
    assert len(matching(one, table, Wanted(rater=rater, places=(0, 1)))) == 2
    german = matching(one, table, Wanted(stratum=("language", "de")))
    assert len(german) == N // 2


def test_raters_are_told_one_by_one(panel: World) -> None:
    panel.say(panel.person("Harsh"), "tone", noisy(truth(N), 50, bias=-1.0, sd=0.3))
    seen = panel.person("Seen")
    panel.say(seen, "tone", noisy(truth(N), 51), blind=False)
    found = gather.load(panel.ws, panel.lead, "synthetic")
    rows = raters_of(panel.ws, panel.lead, found, EVERYTHING)
    tone = [r for r in rows if r.criterion.key == "tone"]
    assert tone[0].name == "Harsh"
    harshness = tone[0].harshness
    assert harshness is not None
    assert harshness.value == pytest.approx(0.8, abs=0.25)
    assert harshness.low is not None
    assert harshness.low > 0
    assert all(r.blind_share == 1.0 for r in tone)
    assert "Seen" not in {r.name for r in tone}, "not blind: kept apart"


def test_what_is_undefined_says_so_and_is_no_empty_plot(panel: World) -> None:
    for name in ("Ann", "Ben"):
        rater = next(r for r in raters.raters(panel.ws) if r.name == name).rater_id
        panel.say(rater, "help", [3] * N)
    panel.say(panel.judge("flat", model="m4"), "help", [3] * N)
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("flat")[0], "help", RULE)
    one = source_of(found, cell, RULE)
    assert forest_of(one).reason.startswith("Undefined. All ratings are the same")
    assert confusion_of(one).counts[2][2] == N
    limits = limits_of(one).limits
    assert limits is not None
    assert limits.slope is None


def test_values_of_a_wide_scale_are_put_into_bins(shared: World) -> None:
    one = source(shared)
    levels = tuple(Level(value=v, anchor="") for v in range(101))
    criterion = replace(one.cell.criterion, scale="interval", levels=levels)
    wide = replace(
        one, cell=replace(one.cell, criterion=criterion), gold=one.gold * 20, judge=one.judge * 20
    )
    table = confusion_of(wide)
    assert table.labels[:2] == ("≥0", "≥16.7")
    assert table.names[0] == "0 to 16.7"
    assert table.n + table.open == N
    top = (wide.gold == 100) & (wide.judge == 100)
    assert table.counts[5][5] == int(((wide.gold > 83.4) & (wide.judge > 83.4)).sum())
    assert table.counts[5][5] >= int(top.sum()) > 0, "the scale's end is inside"
