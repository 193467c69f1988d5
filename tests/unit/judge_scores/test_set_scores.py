"""Figures of calls and agents: the published vectors to the last digit, and nothing made up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.eval.outbound.weights import what_if
from app.services import raters
from app.services.judging import score_settings
from app.services.judging.score_drill import Verdict, verdicts_behind
from app.services.judging.score_settings import PAPER_GATES, ScoreSettings
from app.services.judging.scores_table import agent_table, call_scores, table_of
from app.services.judging.set_scores import load
from app.services.workspace import Workspace
from tests.unit.judge_scores.score_support import (
    FAILED,
    NA,
    WORKED_GIC,
    WORKED_NODES,
    WORKED_TURNS,
    WORKED_VERDICTS,
    Judged,
    eva_rubric,
    full,
)

SETTINGS = ScoreSettings()


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def judged(ws: Workspace) -> Judged:
    return Judged(ws)


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


def worked(judged: Judged, **values: Any) -> str:
    """A call with the verdicts of the specification's worked vector."""
    _, rubric = judged.flow("1.1", WORKED_NODES)
    call_id = judged.call(scenario_key="1.1", **values)
    details = {node: {"first_turn": turn} for node, turn in WORKED_TURNS.items()}
    tfc = judged.judge(rubric, "tfc")
    judged.say(tfc, rubric, judged.whole(call_id), WORKED_VERDICTS, details)
    judged.gic_turns(judged.judge(judged.gic, "gic"), call_id, WORKED_GIC)
    return call_id


# ------------------------------------------------------------------------ published vectors
def test_the_worked_vector_comes_out_exactly(judged: Judged, lead: Viewer) -> None:
    (found,) = call_scores(judged.ws, lead, [worked(judged)], SETTINGS)
    assert found.values["tfc.key_rate"] == 0.75
    assert found.values["tfc.overall_rate"] == 0.8
    assert found.values["tfc.cov"] == pytest.approx(0.765, abs=1e-12)
    assert found.values["tfc.proc"] == pytest.approx(2 / 3, abs=1e-12)
    assert found.values["tfc"] == pytest.approx(0.7355, abs=1e-12)
    assert found.values["gic"] == pytest.approx(0.875, abs=1e-12)
    assert found.values["final"] == pytest.approx(0.798275, abs=1e-12)
    assert found.values["gic.coherence"] == 0.75
    assert found.values["gic.emotion"] is None
    assert found.why["gic.emotion"] == "Not applicable to any reply."
    full_marks = replace(SETTINGS, na_mode="full")
    (found,) = call_scores(judged.ws, lead, [found.call.id], full_marks)
    assert found.values["gic"] == pytest.approx(0.90, abs=1e-12)
    assert found.values["final"] == pytest.approx(0.809525, abs=1e-12)
    assert found.gic.na_mode == "full"


def test_the_judges_own_reading_of_not_applicable_is_the_default(
    judged: Judged, lead: Viewer
) -> None:
    call_id = judged.call()
    rater = judged.judge(judged.gic, "gic", na_mode="full")
    judged.gic_turns(rater, call_id, WORKED_GIC)
    table = agent_table(judged.ws, lead, [call_id])
    assert table.na_mode == "full"
    assert table.whole.cells["gic"].value == pytest.approx(0.90, abs=1e-12)


@pytest.mark.parametrize("number", range(9))
def test_composites_of_a_record_are_evas(
    judged: Judged, lead: Viewer, shared_data: Path, number: int
) -> None:
    vectors = json.loads((shared_data / "eva" / "composite_vectors.json").read_text("utf-8"))
    case = vectors["record_cases"][number]
    told = {name: reported(value) for name, value in case["inputs"].items() if value != "MISSING"}
    call_id = judged.call(extra={"reported_metrics": {"metrics": told}})
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    names = {"eva_a": "EVA-A_pass", "eva_x": "EVA-X_pass",
             "eva_a_mean": "EVA-A_mean", "eva_x_mean": "EVA-X_mean"}  # fmt: skip
    for column, name in names.items():
        assert found.values[column] == case["aggregates"][name], column
        assert (column in found.why) == (found.values[column] is None)


def reported(value: object) -> dict[str, Any]:
    if value == "ERROR":
        return {"normalized_score": 0.0, "error": "the judge broke"}
    if value == "SKIPPED":
        return {"normalized_score": None, "skipped": True}
    return {"normalized_score": value}


@pytest.mark.parametrize("k", [5, 3])
def test_passes_over_attempts_are_evas(
    judged: Judged, lead: Viewer, shared_data: Path, k: int
) -> None:
    vectors = json.loads((shared_data / "eva" / "composite_vectors.json").read_text("utf-8"))
    case = vectors[f"run_level_5trials_k{k}"]
    for scenario, outcomes in case["pattern"].items():
        for attempt, good in enumerate(outcomes, start=1):
            told = {m: {"normalized_score": 1.0} for m in PAPER_GATES}
            told["task_completion"] = {"normalized_score": float(good)}
            told["turn_taking"] = {"normalized_score": 0.9 if good else 0.7}
            extra = {"reported_metrics": {"metrics": told}}
            judged.call(scenario_key=scenario, attempt=attempt, extra=extra)
    table = agent_table(judged.ws, lead, "", replace(SETTINGS, k=None if k == 5 else k))
    assert table.k == k
    (row,) = table.rows
    for part, name in (("eva_a", "EVA-A_pass"), ("eva_x", "EVA-X_pass")):
        want = case["result"]["pass_k"][name]
        got = {
            c: row.cells[f"{part}.{c}"] for c in ("pass_1", "pass_k", "power_k", "power_k_theory")
        }
        values = {c: round(cell.value or 0.0, 4) for c, cell in got.items()}
        assert values == {
            "pass_1": want["pass_at_1"],
            "pass_k": want["pass_at_k"],
            "power_k": want["pass_power_k_observed"],
            "power_k_theory": want["pass_power_k_theoretical"],
        }
        assert got["pass_k"].n == want["count"]
        assert row.cells[part].value == pytest.approx(case["result"][name]["mean"], abs=5e-5)


# ------------------------------------------------------------------------ unscored is not zero
def test_a_dimension_that_nobody_judged_voids_gic_and_is_named(
    judged: Judged, lead: Viewer
) -> None:
    call_id = judged.call()
    judged.gic_turns(judged.judge(judged.gic, "baseline"), call_id, [{"redundancy": 1}])
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["gic.redundancy"] == 0.5
    assert found.values["gic"] is None
    assert found.why["gic"].startswith("GIC: Naturalness, Coherence, Hallucination, Emotion")
    assert found.values["final"] is None
    assert found.why["final"] == "Final: TFC and GIC missing."
    only = what_if("only redundancy", dimensions={"redundancy": 1.0})
    (found,) = call_scores(judged.ws, lead, [call_id], replace(SETTINGS, weights=only))
    assert found.values["gic"] == 0.5


def test_replies_that_could_not_be_read_are_left_out_and_told(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    turns = [full(2), full(1, safety=FAILED, noise=FAILED)]
    judged.gic_turns(judged.judge(judged.gic), call_id, turns)
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["gic.safety"] == 1.0
    assert found.counts["gic.safety"] == 1
    assert found.values["gic"] is not None
    assert "GIC: 2 verdicts could not be had; it is of the others." in found.missing


def test_a_flow_with_an_unjudged_step_has_no_tfc(judged: Judged, lead: Viewer) -> None:
    _, rubric = judged.flow("1.1", WORKED_NODES)
    call_id = judged.call(scenario_key="1.1")
    rater = judged.judge(rubric)
    judged.say(rater, rubric, judged.whole(call_id), {**WORKED_VERDICTS, "n2": FAILED})
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["tfc"] is None
    assert found.why["tfc"] == "TFC: 1 of 6 nodes are unscored."


def test_calls_without_anything_say_what_is_missing(judged: Judged, lead: Viewer) -> None:
    plain, staged = judged.call(), judged.call(scenario_key="2.1")
    found = call_scores(judged.ws, lead, [plain, staged, "gone"], SETTINGS)
    assert [f.call.id for f in found] == [plain, staged]
    assert found[0].why["tfc"] == "TFC: it has no scenario."
    assert found[1].why["tfc"] == "TFC: nobody has gone through its task flow."
    assert all(v is None for f in found for v in f.values.values())
    titles = "Task completion, Faithfulness and Agent speech fidelity"
    assert found[0].why["eva_a"] == f"EVA-A: {titles} unscored."
    table = agent_table(judged.ws, lead, [])
    assert table.rows == ()
    assert table.columns == ()


# ------------------------------------------------------------------------ EVA's judged parts
def eva_judged(judged: Judged, call_id: str, conciseness: list[Any], **whole: Any) -> None:
    for key, value in whole.items():
        rubric = eva_rubric(judged.ws, key, 1, 2, 3)
        judged.say(judged.judge(rubric, key), rubric, judged.whole(call_id), {key: value})
    rubric = eva_rubric(judged.ws, "conciseness", 1, 2, 3, scope="agent_turn")
    rater = judged.judge(rubric, "conciseness")
    for index, value in enumerate(conciseness):
        judged.say(rater, rubric, judged.turn(call_id, index), {"conciseness": value})


def test_evas_parts_are_normalised_means_and_meet_their_gates(judged: Judged, lead: Viewer) -> None:
    told = {"turn_taking": {"normalized_score": 0.8}}
    call_id = judged.call(extra={"reported_metrics": {"metrics": told}})
    eva_judged(judged, call_id, [3, 2, 3, NA, FAILED], conversation_progression=2)
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["conciseness"] == 0.833
    assert found.counts["conciseness"] == 3
    assert found.values["conversation_progression"] == 0.5
    assert found.values["eva_x"] == 1.0
    assert found.values["eva_a"] is None
    strict = replace(SETTINGS, gates={**PAPER_GATES, "conciseness": 0.9})
    assert not strict.are_gates_published
    assert call_scores(judged.ws, lead, [call_id], strict)[0].values["eva_x"] == 0.0


def test_nothing_to_score_is_left_out_and_failed_replies_void(judged: Judged, lead: Viewer) -> None:
    told = {"turn_taking": {"normalized_score": 0.9}}
    extra = {"reported_metrics": {"metrics": told}}
    skipped, failed = judged.call(extra=extra), judged.call(extra=extra)
    eva_judged(judged, skipped, [NA, NA], conversation_progression=3)
    eva_judged(judged, failed, [FAILED, NA], conversation_progression=3)
    one, other = call_scores(judged.ws, lead, [skipped, failed], SETTINGS)
    assert one.values["eva_x"] == 1.0
    assert one.why["conciseness"] == "Conciseness has nothing to score."
    assert other.values["eva_x"] is None
    assert other.why["eva_x"] == "EVA-X: Conciseness could not be had."


def test_a_failed_reply_about_all_turns_gives_way_to_a_later_one(
    judged: Judged, lead: Viewer
) -> None:
    call_id = judged.call()
    rubric = eva_rubric(judged.ws, "conciseness", 1, 2, 3, scope="agent_turn")
    rater = judged.judge(rubric, "conciseness")
    judged.say(rater, rubric, judged.whole(call_id), {"conciseness": FAILED})
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.why["conciseness"] == "Conciseness could not be had."
    judged.say(rater, rubric, judged.turn(call_id, 0), {"conciseness": 3})
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["conciseness"] == 1.0


# ------------------------------------------------------------------------ whose scores count
def test_the_judge_that_covers_most_counts_unless_another_is_chosen(
    judged: Judged, lead: Viewer
) -> None:
    ids = [judged.call(), judged.call()]
    wide, narrow = (judged.judge(judged.gic, "gic", model=m) for m in ("wide", "narrow"))
    for call_id in ids:
        judged.gic_turns(wide, call_id, [full(2)])
    judged.gic_turns(narrow, ids[0], [full(0)])
    found = load(judged.ws, lead, ids)
    assert [s.label for s in found.options["gic"]] == ["gic@1 · wide", "gic@1 · narrow"]
    assert table_of(found, SETTINGS).whole.cells["gic"].value == 1.0
    other = {"gic": found.options["gic"][1].id}
    cell = table_of(found, replace(SETTINGS, sources=other)).whole.cells["gic"]
    assert (cell.value, cell.n, cell.total) == (0.0, 1, 2)
    assert cell.missing == (("GIC: nobody has scored it.", 1),)


def test_a_judge_with_a_model_goes_before_rules_that_cover_more(
    judged: Judged, lead: Viewer
) -> None:
    ids = [judged.call(), judged.call()]
    judged.gic_turns(judged.judge(judged.gic, "gic"), ids[0], [{"redundancy": 2}])
    rules = judged.judge(judged.gic, "rules", model="")
    for call_id in ids:
        judged.gic_turns(rules, call_id, [{"redundancy": 0}])
    found = load(judged.ws, lead, ids)
    assert [s.label for s in found.options["gic"]] == ["gic@1 · m1", "rules@1 · baseline"]


def test_sources_are_chosen_as_people_name_them(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    judged.gic_turns(judged.judge(judged.gic, "gic"), call_id, [full(2)])
    judged.gic_turns(raters.sign_in(judged.ws, "Ann", "reviewer").rater_id, call_id, [full(0)])
    found = load(judged.ws, lead, [call_id])
    judge, people = found.options["gic"]
    for ref in ("gic", "gic@1", "gic@1 · m1"):
        assert found.chosen([ref]) == {"gic": judge.id}
    assert found.chosen(["people"]) == {"gic": people.id}
    with pytest.raises(BadInput, match="tfc has scored none") as wrong:
        found.chosen(["tfc"])
    assert "gic@1, people" in wrong.value.remedy


def test_of_equals_the_newest_version_counts(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    for model, value in (("old", 0), ("new", 2)):
        judged.gic_turns(judged.judge(judged.gic, "gic", model=model), call_id, [full(value)])
    table = agent_table(judged.ws, lead, [call_id], SETTINGS)
    source = table.sources["gic"]
    assert source is not None
    assert source.label == "gic@1 · new"
    assert table.whole.cells["gic"].value == 1.0


def test_the_task_flow_judge_is_one_over_the_rubrics_of_all_flows(
    judged: Judged, lead: Viewer
) -> None:
    first = worked(judged)
    _, rubric = judged.flow("2.1", WORKED_NODES[:1])
    second = judged.call(scenario_key="2.1")
    judged.say(
        judged.judge(rubric, "tfc"), rubric, judged.whole(second), {"n1": 2},
        {"n1": {"first_turn": 0}},
    )  # fmt: skip
    found = load(judged.ws, lead, [first, second])
    assert len(found.options["tfc"]) == 1
    assert table_of(found, SETTINGS).whole.cells["tfc"].n == 2


def test_only_the_newest_timing_that_was_judged_counts(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    rater = judged.judge(judged.gic)
    judged.gic_turns(rater, call_id, [full(0), full(0)], version=1)
    judged.gic_turns(rater, call_id, [full(2)], version=2)
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["gic"] == 1.0
    assert found.counts["gic"] == 8


def test_a_verdict_that_was_given_anew_replaces_the_old_one(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    rater = judged.judge(judged.gic)
    item = judged.turn(call_id, 0)
    (old,) = judged.say(rater, judged.gic, item, {"safety": 0})
    judged.say(rater, judged.gic, item, {"safety": 2}, supersedes_id=old)
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["gic.safety"] == 1.0


def test_people_are_a_source_by_their_consensus(judged: Judged, lead: Viewer) -> None:
    ann, bo = (raters.sign_in(judged.ws, n, "reviewer").rater_id for n in ("Ann", "Bo"))
    call_id = judged.call()
    judged.gic_turns(judged.judge(judged.gic), call_id, [full(0)])
    judged.gic_turns(ann, call_id, [full(2, noise=NA)])
    judged.gic_turns(bo, call_id, [full(1, noise=NA)])
    found = load(judged.ws, lead, [call_id])
    assert found.options["gic"][-1].label == "People (Ann, Bo)"
    (scores,) = table_of(found, replace(SETTINGS, sources={"gic": "people"})).calls
    assert scores.values["gic.safety"] == 0.75
    assert scores.values["gic.noise"] is None
    assert scores.values["gic"] == pytest.approx(0.75)


def test_steps_of_a_flow_by_people_take_the_lower_median(judged: Judged, lead: Viewer) -> None:
    _, rubric = judged.flow("1.1", WORKED_NODES[:2])
    call_id = judged.call(scenario_key="1.1")
    for name, value in (("Ann", 2), ("Bo", 1)):
        rater = raters.sign_in(judged.ws, name, "reviewer").rater_id
        turns = {"n1": [3], "n2": [5]}
        judged.say(rater, rubric, judged.whole(call_id), {"n1": 2, "n2": value}, turns=turns)
    (found,) = call_scores(judged.ws, lead, [call_id], SETTINGS)
    assert found.values["tfc.key_rate"] == 0.5
    lenient = replace(SETTINGS, partial_mode="lenient")
    assert call_scores(judged.ws, lead, [call_id], lenient)[0].values["tfc.key_rate"] == 0.75


def test_a_reviewer_sees_figures_of_open_scores_alone(judged: Judged, lead: Viewer) -> None:
    call_id = judged.call()
    judged.gic_turns(judged.judge(judged.gic), call_id, [full(2)])
    ann = raters.sign_in(judged.ws, "Ann", "reviewer")
    (found,) = call_scores(judged.ws, ann, [call_id], SETTINGS)
    assert found.values["gic.safety"] is None
    judged.gic_turns(ann.rater_id, call_id, [{"safety": 0}])
    (found,) = call_scores(judged.ws, ann, [call_id], SETTINGS)
    assert found.values["gic.safety"] == 1.0
    assert call_scores(judged.ws, lead, [call_id], SETTINGS)[0].values["gic"] == 1.0


# ------------------------------------------------------------------------ agents
def test_agents_are_rows_with_intervals_over_scenarios_and_ties(
    judged: Judged, lead: Viewer
) -> None:
    rater = judged.judge(judged.gic)
    for agent, values in (("a", (2, 2, 2)), ("b", (2, 1, 0)), ("c", (0, 0, 0))):
        for at, value in enumerate(values):
            call_id = judged.call(agent=agent, agent_version=f"{at % 2}", scenario_key=f"1.{at}")
            judged.gic_turns(rater, call_id, [full(value)])
    table = agent_table(judged.ws, lead, "")
    cells = {row.agent: row.cells["gic"] for row in table.rows}
    assert [cells[a].value for a in "abc"] == [1.0, 0.5, 0.0]
    interval = cells["b"].interval
    assert interval is not None
    assert 0.0 <= interval.low < 0.5 < interval.high <= 1.0
    assert dict(zip((r.agent for r in table.rows), table.ranks("gic"), strict=True)) == {
        "a": "1–3", "b": "1–3", "c": "1–3",
    }  # fmt: skip
    by_version = agent_table(judged.ws, lead, "", replace(SETTINGS, group_by="version"))
    assert [r.name for r in by_version.rows] == ["a 0", "a 1", "b 0", "b 1", "c 0", "c 1"]
    assert agent_table(judged.ws, lead, "agent:a").whole.calls == 3
    assert table.whole.cells["gic"].n == 9
    again = agent_table(judged.ws, lead, "").rows
    assert again == table.rows


def test_attempts_of_one_scenario_are_no_new_evidence(judged: Judged, lead: Viewer) -> None:
    rater = judged.judge(judged.gic)
    for attempt in (1, 2, 3):
        call_id = judged.call(scenario_key="1.1", attempt=attempt)
        judged.gic_turns(rater, call_id, [full(attempt - 1)])
    assert agent_table(judged.ws, lead, "").rows[0].cells["gic"].interval is None


def test_unbalanced_scenarios_have_a_mean_of_means(judged: Judged, lead: Viewer) -> None:
    rater = judged.judge(judged.gic)
    for key, value in (("1.1", 2), ("1.2", 2), ("1.3", 2), ("5.1", 0)):
        judged.gic_turns(rater, judged.call(scenario_key=key), [full(value)])
    cell = agent_table(judged.ws, lead, "").rows[0].cells["gic"]
    assert (cell.value, cell.macro) == (0.75, 0.5)


def test_what_if_weights_change_figures_without_reading_again(judged: Judged, lead: Viewer) -> None:
    found = load(judged.ws, lead, [worked(judged)])
    weights = what_if("all of it TFC", tfc=1.0)
    table = table_of(found, replace(SETTINGS, weights=weights))
    assert table.whole.cells["final"].value == pytest.approx(0.7355, abs=1e-12)
    assert table_of(found, SETTINGS).whole.cells["final"].value == pytest.approx(0.798275)


def test_gates_are_the_workspaces_and_a_leads_to_change(ws: Workspace, lead: Viewer) -> None:
    score_settings.save_gates(ws, lead, {**PAPER_GATES, "turn_taking": 0.7})
    assert score_settings.stored_settings(ws).gates == {**PAPER_GATES, "turn_taking": 0.7}
    score_settings.save_gates(ws, lead, PAPER_GATES)
    assert score_settings.stored_settings(ws).are_gates_published
    with pytest.raises(NotAllowed):
        score_settings.save_gates(ws, raters.sign_in(ws, "Ann", "reviewer"), {})
    with pytest.raises(BadInput, match="no gate beauty"):
        score_settings.save_gates(ws, lead, {"beauty": 0.5})
    with pytest.raises(BadInput, match="between 0 and 1"):
        score_settings.save_gates(ws, lead, {"turn_taking": 1.5})
    mine = what_if("mine", tfc=0.5)
    score_settings.save_what_if(ws, lead, mine)
    assert score_settings.what_if_weights(ws, lead) == mine
    score_settings.save_what_if(ws, lead, None)
    assert score_settings.what_if_weights(ws, lead) is None


def test_two_hundred_calls_are_scored_within_a_second(judged: Judged, lead: Viewer) -> None:
    rater = judged.judge(judged.gic)
    ids = [judged.call(agent=f"a{n % 4}", scenario_key=f"1.{n % 50}") for n in range(200)]
    for call_id in ids:
        judged.gic_turns(rater, call_id, [full(2), full(1)])
    began = time.perf_counter()
    table = agent_table(judged.ws, lead, ids)
    assert time.perf_counter() - began < 1.0
    assert table.whole.cells["gic"].n == 200


# ------------------------------------------------------------------------ what is behind
def test_the_verdicts_behind_a_figure_come_with_reasons_and_places(
    judged: Judged, lead: Viewer
) -> None:
    call_id = worked(judged, extra={"reported_metrics": {"metrics": {
        "turn_taking": {"normalized_score": 0.85}}}})  # fmt: skip
    found = load(judged.ws, lead, [call_id])

    def behind(column: str, viewer: Viewer = lead) -> tuple[Verdict, ...]:
        return verdicts_behind(judged.ws, viewer, found, {}, call_id, column)

    coherence = behind("gic.coherence")
    assert [(v.value, v.share, v.frame) for v in coherence] == [
        ("2 Tight", 1.0, 0),
        ("1 Loose", 0.5, 1000),
    ]
    assert {v.who for v in coherence} == {"gic@1 · m1"}
    assert all(v.reason == "so" for v in coherence)
    assert len(behind("gic")) == 16
    assert len(behind("final")) == 22
    assert [v.value for v in behind("tfc.proc") if v.title == "six"] == ["not applicable"]
    (measured,) = behind("turn_taking")
    assert (measured.who, measured.value) == ("As reported with the calls", "0.850")
    assert [v.title for v in behind("eva_x_mean")] == ["Turn-taking"]
    ann = raters.sign_in(judged.ws, "Ann", "reviewer")
    assert behind("gic", ann) == ()
    with pytest.raises(NotFound):
        verdicts_behind(judged.ws, lead, found, {}, "gone", "gic")
