"""Planted biases, noise and splits are found; what must not count does not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import ADJUDICATION
from app.eval.calibration.apply import apply
from app.eval.calibration.rules import PRESETS
from app.services import raters
from app.services.calibrating import agreement, correcting, gather, rules, splits
from app.services.calibrating.dimension import Slice, dimension
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts
from db.repos.exchange import ExchangeRepo
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 160
RULE = PRESETS["default"]


@pytest.fixture
def panel(workspace: Workspace) -> World:
    """Three people of little noise; a judge a point too kind, and one that guesses."""
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        made.say(made.person(name), "tone", noisy(real, 10 + at, sd=0.4))
    made.say(made.judge("kind"), "tone", noisy(real, 20, bias=1.0, sd=0.4))
    made.say(made.judge("guess"), "tone", [int(v) for v in truth(N, seed=99)])
    return made


def test_a_planted_bias_is_found_and_corrected(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    kind = found.judges_named("kind")[0]
    cell = agreement.cell(found, kind, "tone", RULE)
    bias = cell.found.judge["bias"]
    assert bias.value == pytest.approx(0.8, abs=0.15)  # the scale's end takes some of the point
    correction = cell.fitted.correction
    assert correction is not None
    assert not cell.fitted.refused
    assert abs(correction.after.bias.value or 0.0) < 0.1
    assert correction.after.rmse < 0.75 * correction.before.rmse
    one = dimension(found, "tone")
    after = correcting.corrected(one, cell.fitted)
    assert float(np.nanmean(after - correcting.gold(one))) == pytest.approx(0.0, abs=0.12)


def test_a_judge_that_guesses_is_not_used_and_people_are_far_above_it(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic@1")
    cell = agreement.cell(found, found.judges_named("guess")[0], "tone", RULE)
    assert cell.verdict.state == 1
    assert {c.name for c in cell.verdict.failing} >= {"gap"}
    ceiling = cell.found.evidence.agreement
    assert ceiling.human.value is not None
    assert ceiling.human.value > 0.8
    assert ceiling.judge.value is not None
    assert abs(ceiling.judge.value) < 0.25


def test_a_harsh_rater_is_found_among_people(panel: World) -> None:
    harsh = panel.person("Harsh")
    panel.say(harsh, "tone", noisy(truth(N), 50, bias=-1.0, sd=0.3))
    (people,) = agreement.panels(gather.load(panel.ws, panel.lead, "synthetic"))
    assert people.harshness[harsh] == pytest.approx(0.8, abs=0.15)
    assert max(people.harshness, key=people.harshness.__getitem__) == harsh


def test_few_calls_are_insufficient_and_say_how_many_more(workspace: Workspace) -> None:
    made = world(workspace, 12)
    real = truth(12)
    for at, name in enumerate(("Ann", "Ben")):
        made.say(made.person(name), "tone", noisy(real, at))
    made.say(made.judge(), "tone", noisy(real, 5))
    found = gather.load(made.ws, made.lead, "synthetic")
    (cell,) = agreement.matrix(found, RULE)
    assert cell.verdict.state == 0
    calls = next(c for c in cell.verdict.failing if c.name == "calls")
    assert calls.more_calls == 18
    assert "too few for a correction" in cell.fitted.refused


def test_scores_after_seeing_others_are_listed_apart(panel: World) -> None:
    dora = panel.person("Dora")
    panel.say(dora, "tone", [5] * N, blind=False)
    found = gather.load(panel.ws, panel.lead, "synthetic")
    blind, every = dimension(found, "tone"), dimension(found, "tone", Slice(blind_only=False))
    assert dora not in blind.people.raters
    assert dora in every.people.raters
    assert blind.not_blind == N


def test_final_values_are_nobodys_vote(panel: World) -> None:
    with panel.ws.db.human() as uow:
        ExchangeRepo(uow.connection).add_person(ADJUDICATION, "Adjudication")
    panel.say(ADJUDICATION, "tone", [3] * N, blind=False)
    found = gather.load(panel.ws, panel.lead, "synthetic")
    one = dimension(found, "tone", Slice(blind_only=False))
    assert len(one.people.raters) == 3
    assert set(one.final.tolist()) == {3.0}


def test_a_reviewer_gets_nothing(panel: World) -> None:
    reviewer = raters.sign_in(panel.ws, "Ann", "reviewer")
    with pytest.raises(NotAllowed):
        gather.load(panel.ws, reviewer, "synthetic")
    with pytest.raises(NotAllowed):
        splits.freeze(panel.ws, reviewer)
    with pytest.raises(NotAllowed):
        rules.change(panel.ws, reviewer, {"least_calls": 1}, "so")


def test_what_is_not_there_is_said(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    with pytest.raises(NotFound, match="kind@1"):
        found.judges_named("nobody")
    with pytest.raises(NotFound, match="tone"):
        dimension(found, "colour")
    with pytest.raises(BadInput, match="language"):
        dimension(found, "tone", Slice(classes={"weather": "rain"}))
    with pytest.raises(NotFound, match="synthetic"):
        gather.load(panel.ws, panel.lead, "nothing")


def test_splits_are_by_call_for_life_and_anchors_never_enter_a_prompt(panel: World) -> None:
    before = gather.load(panel.ws, panel.lead, "synthetic")
    frozen = splits.freeze(panel.ws, panel.lead)
    assert splits.freeze(panel.ws, panel.lead) == frozen
    with pytest.raises(BadInput, match="role for life"):
        splits.freeze(panel.ws, panel.lead, {"train": 0.8, "dev": 0.1, "anchor_test": 0.1})
    after = gather.load(panel.ws, panel.lead, "synthetic")
    assert before.roles == after.roles
    share = after.roles.count("anchor_test") / len(after.roles)
    assert share == pytest.approx(0.3, abs=0.1)
    by_role = {role: [i.call_id for i, r in zip(after.items, after.roles) if r == role]
               for role in ("train", "dev", "anchor_test")}  # fmt: skip
    splits.require_train(panel.ws, by_role["train"])
    for role in ("dev", "anchor_test"):
        with pytest.raises(BadInput, match=role):
            splits.require_train(panel.ws, [*by_role["train"], by_role[role][0]])


def test_a_perturbed_copy_has_its_originals_role(panel: World) -> None:
    with panel.ws.db.machine() as uow:
        first, second, third = panel.calls[:3]
        for copy, made_from in ((second, first), (third, second)):
            uow.calls.set_extra(copy, {"conditions": {"perturbed_from": made_from}})
        facts = CalibrationFacts(uow.connection).calls([first, second, third, panel.calls[3]])
        default = splits.stored(uow)
    assert len({f.root_sha256 for f in facts[:3]}) == 1
    assert len({default.role(f) for f in facts[:3]}) == 1
    assert facts[3].root_sha256 == facts[3].content_sha256


def test_a_fit_never_looks_at_anchors(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    kind = found.judges_named("kind")[0]
    before = correcting.fitted(found, "tone", kind)
    anchors = [i.call_id for i, r in zip(found.items, found.roles) if r == "anchor_test"]
    panel.say(panel.person("Eve"), "tone", [1] * len(anchors), calls=anchors)
    again = gather.load(panel.ws, panel.lead, "synthetic")
    after = correcting.fitted(again, "tone", kind)
    assert after.snapshot == before.snapshot
    assert after.correction == before.correction


def test_the_stored_form_is_applied_without_the_program(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    kind, guess = (found.judges_named(n)[0] for n in ("kind", "guess"))
    made = correcting.fitted(found, "tone", kind)
    body = json.loads(json.dumps(made.document(found)))
    one = dimension(found, "tone")
    again = apply(body, {"tone": one.judges[kind.rater_id]})
    np.testing.assert_allclose(again, correcting.corrected(one, made))
    assert body["judge"]["ref"] == "kind@1"
    assert body["rubric"]["key"] == "synthetic"
    refused = correcting.fitted(found, "tone", guess)
    if refused.correction is not None and refused.correction.model == "identity":
        with pytest.raises(BadInput):
            refused.document(found)


def test_a_mean_is_corrected_where_labels_were_drawn_and_refused_where_not(
    workspace: Workspace,
) -> None:
    made = world(workspace, 300)
    real = truth(300, seed=4)
    ann = made.person("Ann")
    judge = made.judge()
    made.say(judge, "tone", noisy(real, 3, bias=0.8, sd=0.4))
    chosen = np.random.default_rng(8).permutation(300)[:90].tolist()
    labels = noisy(real, 2, sd=0.3)
    made.say(ann, "tone", [labels[at] for at in chosen], calls=[made.calls[at] for at in chosen])
    found = gather.load(made.ws, made.lead, "synthetic")
    version = found.judges_named("judge")[0]
    before = correcting.mean(dimension(found, "tone"), version)
    assert before is not None
    assert before.corrected.value is None
    assert "not known" in before.reason
    made.draw(ann, [made.calls[at] for at in chosen], 0.3)
    again = gather.load(made.ws, made.lead, "synthetic")
    after = correcting.mean(dimension(again, "tone"), version)
    assert after is not None
    assert after.corrected.value is not None
    assert after.raw - real.mean() > 0.4
    assert after.corrected.low is not None
    assert after.corrected.high is not None
    assert after.corrected.low < real.mean() < after.corrected.high
    assert "PPI++" in after.reason


def test_a_slice_and_a_stratum_that_is_off_are_told(workspace: Workspace) -> None:
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        made.say(made.person(name), "tone", noisy(real, at, sd=0.3))
    shifted = [min(5, v + 1) if at % 2 else v for at, v in enumerate(noisy(real, 7, sd=0.3))]
    made.say(made.judge(), "tone", shifted)
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("judge")[0]
    biases = {
        name: agreement.cell(found, judge, "tone", RULE, Slice(classes={"language": name}))
        .found.judge["bias"].value
        for name in ("de", "en")
    }  # fmt: skip
    assert biases["en"] == pytest.approx(0.0, abs=0.15)
    assert biases["de"] is not None
    assert biases["de"] > 0.5
    whole = agreement.cell(found, judge, "tone", RULE)
    assert {s.name for s in whole.found.evidence.strata} >= {"language: de", "language: en"}


def test_repeats_of_a_judge_measure_it_against_itself(workspace: Workspace) -> None:
    made = world(workspace, 60)
    real = truth(60)
    made.say(made.person("Ann"), "tone", noisy(real, 1))
    judge = made.judge()
    first = made.say(judge, "tone", list(real))
    changed = [v if at % 3 else max(1, v - 1) for at, v in enumerate(real.tolist())]
    made.say(judge, "tone", changed, again=first)
    found = gather.load(made.ws, made.lead, "synthetic")
    runs = dimension(found, "tone").repeats(judge)
    assert runs.shape == (60, 2)
    same = float(np.mean(np.array(changed) == real))
    cell = agreement.cell(found, found.judges_named("judge")[0], "tone", RULE)
    assert cell.found.evidence.repeat_consistency == pytest.approx(same)
    assert cell.judged == 60
    np.testing.assert_array_equal(dimension(found, "tone").judges[judge], changed)


def test_a_changed_rule_is_a_version_with_its_reason(panel: World) -> None:
    made = rules.change(panel.ws, panel.lead, {"least_calls": 500}, "a careful client")
    assert rules.current(panel.ws) == made
    assert made.ref == "default@2"
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("kind")[0], "tone", made)
    assert cell.verdict.state == 0
    assert cell.verdict.rule == "default@2"
    with pytest.raises(BadInput):
        rules.change(panel.ws, panel.lead, {"least_calls": 5}, " ")
    assert rules.choose(panel.ws, panel.lead, "OutboundEval C9", "theirs").name == "OutboundEval C9"


def test_a_judge_as_good_as_people_stands_in_only_where_all_is_known(panel: World) -> None:
    real = truth(N)
    panel.say(panel.judge("fourth"), "tone", noisy(real, 77, sd=0.3))
    found = gather.load(panel.ws, panel.lead, "synthetic")
    cell = agreement.cell(found, found.judges_named("fourth")[0], "tone", RULE)
    assert cell.verdict.state == 2  # no label has a known probability, so that no mean is known
    assert {c.name for c in cell.verdict.failing} >= {"mean"}
    assert cell.found.evidence.winning_rates[0.15] == 1.0
    lenient = replace(RULE, thresholds=replace(RULE.thresholds, mean_half_width=1.0))
    assert agreement.cell(found, cell.judge, "tone", lenient).verdict.state == 2
    assert utc_now() > found.frozen_at


def test_labels_balanced_on_purpose_take_the_correction_that_they_allow(
    workspace: Workspace,
) -> None:
    n = 400
    made = world(workspace, n)
    rng = np.random.default_rng(5)
    real = (rng.random(n) < 0.8).astype(int)
    said = np.where(real == 1, rng.random(n) < 0.9, rng.random(n) > 0.7).astype(int)
    made.say(made.judge(), "done", said.tolist())
    ann = made.person("Ann")
    chosen = [*np.flatnonzero(real == 1)[:60].tolist(), *np.flatnonzero(real == 0)[:60].tolist()]
    calls = [made.calls[at] for at in chosen]
    made.say(ann, "done", [int(real[at]) for at in chosen], calls=calls)
    made.draw(ann, calls, 0.5, policy="balanced by class")
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("judge")[0]
    cell = agreement.cell(found, judge, "done", RULE)
    assert cell.found.gold["sensitivity"].value == pytest.approx(0.9, abs=0.08)
    assert cell.found.gold["specificity"].value == pytest.approx(0.7, abs=0.12)
    assert cell.mean is not None
    assert cell.mean.drawing == "balanced"
    assert "Rogan" in cell.mean.reason
    low, high = cell.mean.corrected.low, cell.mean.corrected.high
    assert low is not None
    assert high is not None
    assert low < real.mean() < high


def test_calls_chosen_to_learn_do_not_enter_the_mean(workspace: Workspace) -> None:
    made = world(workspace, 80)
    real = truth(80)
    made.say(made.judge(), "tone", noisy(real, 3))
    ann = made.person("Ann")
    made.say(ann, "tone", noisy(real[:60], 4), calls=made.calls[:60])
    made.draw(ann, made.calls[:40], 0.5)
    made.draw(ann, made.calls[40:60], 0.5, policy="learn: uncertain")
    found = gather.load(made.ws, made.lead, "synthetic")
    average = correcting.mean(dimension(found, "tone"), found.judges_named("judge")[0])
    assert average is not None
    assert average.left_out == 20
    assert average.corrected.labelled == 40
