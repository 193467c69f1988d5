"""Looks at drift, corrections in use, verdicts and comparisons of versions, on planted judges."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.domain.errors import BadInput, NotAllowed
from app.domain.judging import JudgeVersion
from app.eval.calibration.apply import apply
from app.eval.calibration.rules import PRESETS
from app.services.calibrating import (
    agreement,
    anchors,
    drifting,
    gather,
    improving,
    records,
    splits,
)
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 160
RULE = PRESETS["default"]


@pytest.fixture
def panel(workspace: Workspace) -> World:
    """Three people; a judge whose second version is a point kinder than its first."""
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        made.say(made.person(name), "tone", noisy(real, at, sd=0.4))
    made.say(made.judge("keen"), "tone", noisy(real, 20, sd=0.4))
    made.say(made.judge("keen", "m2"), "tone", noisy(real, 21, bias=1.0, sd=0.4))
    return made


def read(made: World) -> RatingSet:
    return gather.load(made.ws, made.lead, "synthetic")


def versions(found: RatingSet) -> list[JudgeVersion]:
    return found.judges_named("keen")


def test_a_kinder_version_has_drifted_from_the_one_before(panel: World) -> None:
    splits.freeze(panel.ws, panel.lead)
    found = read(panel)
    first, second = versions(found)
    assert drifting.version_before(found, second) == first
    seen = drifting.look(found, second, "tone", RULE, first)
    assert seen.drift.drifted
    assert seen.drift.mean.value == pytest.approx(0.8, abs=0.25)
    assert seen.items == seen.calls == len(drifting.anchor_calls(found))
    assert seen.drift.flips is not None
    assert seen.drift.flips.worse > seen.drift.flips.better
    kept = drifting.keep(panel.ws, panel.lead, found, seen)
    assert (kept.drifted, kept.before_version_id) == (True, first.id)
    again = read(panel)
    assert drifting.newest_check(again, second, "tone") == kept
    assert again.checks[0].body["flips"]["table"] == seen.drift.flips.table.tolist()
    # Its figures come from its own scores of the anchors: another version's are no drift of it.
    assert anchors.state(again, second, "tone") == "first_run"


def test_a_look_at_drift_needs_a_lead_and_frozen_anchors(panel: World) -> None:
    found = read(panel)
    first, second = versions(found)
    seen = drifting.look(found, second, "tone", RULE, first)
    with pytest.raises(BadInput, match="no frozen anchors"):
        drifting.keep(panel.ws, panel.lead, found, seen)
    with pytest.raises(BadInput, match="no anchor twice"):
        drifting.look(found, second, "tone", RULE)
    assert anchors.state(found, second, "tone") == "unknown"


def test_a_rerun_that_differs_keeps_a_judge_from_standing_in(panel: World) -> None:
    splits.freeze(panel.ws, panel.lead)
    found = read(panel)
    judge = versions(found)[0]
    before = agreement.cell(found, judge, "tone", RULE)
    clause = next(c for c in before.verdict.clauses[4] if c.name == "anchors")
    assert clause.holds  # its figures rest on that run: not known to have drifted, nor not to have
    assert "not drifted" not in f"{clause.words} {clause.label} {clause.value}"
    assert clause.value == "drift not checked yet"
    held = drifting.anchor_calls(found)
    rerun = dict(zip(panel.calls, noisy(truth(N), 22, bias=-1.0, sd=0.4)))
    old = {found.items[int(i)].call_id: r.score_id for i, r in zip(found.item, found.rows)
           if r.rater_id == judge.rater_id}  # fmt: skip
    panel.say(
        judge.rater_id, "tone", [rerun[c] for c in held], calls=held, again=[old[c] for c in held]
    )
    found = read(panel)
    assert anchors.state(found, judge, "tone") == "drifted"
    seen = drifting.usual_look(found, judge, "tone", RULE)
    assert seen is not None
    assert seen.before is None
    drifting.keep(panel.ws, panel.lead, found, seen)
    after = agreement.cell(read(panel), judge, "tone", RULE)
    assert next(c for c in after.verdict.clauses[4] if c.name == "anchors").holds is False
    assert after.verdict.state < 4


def test_reruns_are_due_by_age_and_by_what_the_endpoint_answers_as(panel: World) -> None:
    found = read(panel)
    judge = versions(found)[1]
    now = found.frozen_at
    assert drifting.why_due(found, judge, [("m1-0301", now)], now) == ""
    later = "2999-01-01T00:00:00.000000Z"
    assert "m1-0401" in drifting.why_due(found, judge, [("m1-0301", now), ("m1-0401", later)], now)
    assert "days old" in drifting.why_due(found, judge, [], later)


def test_a_correction_is_put_to_use_with_its_verdict_and_links_corrected_scores(
    panel: World,
) -> None:
    found = read(panel)
    judge = versions(found)[1]
    kept = records.put_to_use(panel.ws, panel.lead, found, "tone", judge)
    assert kept.calibration is not None
    assert kept.verdict.calibration_id == kept.calibration.id
    assert kept.verdict.rule == RULE.ref
    assert kept.verdict.body["evidence"]["items"] == N
    json.dumps(kept.verdict.body, allow_nan=False)
    again = read(panel)
    assert again.calibration_of(judge, "tone") == kept.calibration
    rows = records.corrected_scores(panel.ws, panel.lead, "synthetic")
    assert len(rows) == N
    assert {r.calibration_id for r in rows} == {kept.calibration.id}
    one = rows[0]
    given = {name: np.array([one.raw]) for name in kept.calibration.body["inputs"]}
    assert apply(kept.calibration.body, given)[0] == pytest.approx(one.corrected)
    assert np.mean([r.corrected - r.raw for r in rows]) < -0.4
    (verdict,) = records.verdicts(panel.ws, panel.lead, found.rubric.id)
    assert verdict == kept.verdict


def test_what_does_not_beat_the_judge_as_it_is_is_refused(panel: World) -> None:
    found = read(panel)
    with pytest.raises(BadInput, match="beats the judge as it is"):
        records.put_to_use(panel.ws, panel.lead, found, "tone", versions(found)[0])
    assert read(panel).calibrations == ()
    assert records.verdicts(panel.ws, panel.lead, found.rubric.id) == []


def test_a_waiver_has_a_person_and_a_reason(panel: World) -> None:
    found = read(panel)
    cell = agreement.cell(found, versions(found)[1], "tone", RULE)
    with pytest.raises(BadInput, match="needs a reason"):
        records.waive(panel.ws, panel.lead, found, cell, 5, " ")
    with pytest.raises(BadInput, match="gives it"):
        records.waive(panel.ws, panel.lead, found, cell, cell.verdict.state, "since")
    made = records.waive(panel.ws, panel.lead, found, cell, 5, "A pilot of one week.")
    assert (made.state, made.waived_by) == (5, panel.lead.rater_id)
    assert made.body["verdict"]["state"] == cell.verdict.state


def test_two_versions_are_compared_on_dev_calls_and_the_anchors_stay_shut(panel: World) -> None:
    found = read(panel)
    first, second = versions(found)
    assert improving.pairs_of_versions(found, "tone") == [(first, second)]
    made = improving.improvement(found, first, second, "tone")
    assert made.found.outcome == "worse"
    assert made.found.error.value is not None
    assert made.found.error.value > 0.3
    assert made.found.items == found.roles.count("dev")
    assert {found.roles[found.items.index(f.item)] for f in made.flips} == {"dev"}
    turned = improving.improvement(found, second, first, "tone")
    assert turned.found.outcome == "better"
    assert turned.found.error.value == pytest.approx(-made.found.error.value)
    with pytest.raises(BadInput, match="needs a reason"):
        improving.look_at_anchors(panel.ws, panel.lead, first, second, "tone", "")
    improving.look_at_anchors(panel.ws, panel.lead, first, second, "tone", "Release 3.")
    (look,) = improving.anchor_looks(panel.ws)
    assert (look.reason, look.by) == ("Release 3.", panel.lead.rater_id)


def test_alike_versions_show_no_difference(panel: World) -> None:
    panel.say(panel.judge("keen", "m3"), "tone", noisy(truth(N), 23, sd=0.4))
    found = read(panel)
    first, third = versions(found)[0], versions(found)[2]
    made = improving.improvement(found, first, third, "tone")
    assert made.found.outcome == "no difference shown"
    assert made.found.words.startswith("No difference is shown")


def test_a_reviewer_puts_nothing_on_record(panel: World) -> None:
    from app.services import raters

    found = read(panel)
    someone = raters.sign_in(panel.ws, "Rita", "reviewer")
    cell = agreement.cell(found, versions(found)[1], "tone", RULE)
    for act in (
        lambda: records.keep_verdict(panel.ws, someone, found, cell),
        lambda: records.waive(panel.ws, someone, found, cell, 5, "since"),
        lambda: records.verdicts(panel.ws, someone, found.rubric.id),
    ):
        with pytest.raises(NotAllowed):
            act()
