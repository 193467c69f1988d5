"""Composites, pass@k and intervals are EVA's to the last digit; the published table comes out."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eval.eva import composites, run_summary, trials
from app.eval.eva.composites import Component
from tests.unit.eva.eva_support import loaded

RECORD_CASES = 9
PASS_CASES = 9


def vectors(shared_data: Path) -> Any:
    return loaded(shared_data / "eva" / "composite_vectors.json")


def component(said: object) -> Component | None:
    if said == "MISSING":
        return None
    if said == "ERROR":
        return Component(value=0.0, failed=True)
    if said == "SKIPPED":
        return Component(skipped=True)
    assert isinstance(said, (int, float))
    return Component(value=float(said))


@pytest.mark.parametrize("number", range(RECORD_CASES))
def test_a_record_s_composites(shared_data: Path, number: int) -> None:
    cases = vectors(shared_data)["record_cases"]
    assert len(cases) == RECORD_CASES
    case = cases[number]
    given_ = {name: component(said) for name, said in case["inputs"].items()}
    found = composites.composites({n: c for n, c in given_.items() if c is not None})
    assert set(found) == set(case["aggregates"])
    for name, want in case["aggregates"].items():
        assert found[name] == (None if want is None else pytest.approx(want, abs=1e-12)), name


def test_nothing_known_and_all_skipped_are_no_pass() -> None:
    assert set(composites.composites({}).values()) == {None}
    skipped = {g.metric: Component(skipped=True) for g in composites.EVA_A}
    assert composites.passed(skipped, composites.EVA_A) is None
    failed = {**skipped, "faithfulness": Component(value=1.0, failed=True, skipped=True)}
    assert composites.passed(failed, composites.EVA_A) is None


def test_task_completion_must_be_one_and_the_gates_forgive_rounding() -> None:
    gate = composites.EVA_A[0]
    assert gate.passed_by(1.0 - 1e-12)
    assert not gate.passed_by(0.999)
    assert not gate.passed_by(1.5)
    assert composites.EVA_A[2].passed_by(0.95 - 1e-12)
    assert not composites.EVA_A[2].passed_by(0.949)


def test_one_metric_s_trials_pass_by_its_own_threshold() -> None:
    outcomes = [Component(value=v) for v in (0.8, 0.79, 0.5, 0.0)]
    outcomes += [Component(value=1.0, failed=True), Component(skipped=True), Component()]
    assert composites.metric_passes("turn_taking", outcomes) == [1.0, 0.0, 0.0, 0.0]
    assert composites.metric_passes("conciseness", outcomes) == [1.0, 1.0, 1.0, 0.0]
    assert composites.metric_passes("task_completion", [Component(value=1 - 1e-12)]) == [0.0]


@pytest.mark.parametrize("number", range(PASS_CASES))
def test_pass_at_k(shared_data: Path, number: int) -> None:
    cases = vectors(shared_data)["pass_at_k"]
    assert len(cases) == PASS_CASES
    case = cases[number]
    n, c, k = case["n"], case["c"], case["k"]
    assert trials.pass_at_k(n, c, k) == pytest.approx(case["pass_at_k"], abs=1e-15)
    assert trials.pass_power_k(n, c, k) == pytest.approx(case["pass_power_k"], abs=1e-15)
    assert trials.pass_power_k_theoretical(n, c, k) == pytest.approx(case["theoretical"], abs=1e-15)


@given(st.integers(1, 12), st.data())
def test_pass_at_k_lies_between_both_powers(n: int, data: st.DataObject) -> None:
    passes, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    at_1 = trials.pass_at_k(n, passes, 1)
    assert at_1 == pytest.approx(passes / n)
    assert trials.pass_at_k(n, passes, k) >= at_1 - 1e-12
    theoretical = trials.pass_power_k_theoretical(n, passes, k)
    assert trials.pass_power_k(n, passes, k) <= theoretical + 1e-12
    assert theoretical <= at_1 + 1e-12


@pytest.mark.parametrize(("n", "passes", "k"), [(3, 1, 4), (3, 4, 1), (-1, 0, 0), (3, 1, -1)])
def test_impossible_counts_are_refused(n: int, passes: int, k: int) -> None:
    for function in (
        trials.pass_at_k,
        trials.pass_power_k,
        trials.pass_power_k_theoretical,
    ):
        with pytest.raises(ValueError, match="drawn"):
            function(n, passes, k)


def test_names_of_records_and_trials(shared_data: Path) -> None:
    for name, (record, trial) in vectors(shared_data)["parse_ids"].items():
        assert trials.record_and_trial(name) == (record, trial), name
    assert trials.is_archived("1.2.1/trial_0_failed_attempt_1")
    assert not trials.is_archived("1.2.1/trial_0")
    assert trials.record_and_trial("") == ("", None)


def run_records(pattern: dict[str, list[int]]) -> dict[str, dict[str, float | None]]:
    """Records whose trials pass or fail as the pattern says; one component each fails its gate."""
    found: dict[str, dict[str, float | None]] = {}
    for scenario, outcomes in pattern.items():
        for i, good in enumerate(outcomes):
            values = {
                "task_completion": float(good),
                "faithfulness": 1.0,
                "agent_speech_fidelity": 1.0,
                "conversation_progression": 1.0,
                "turn_taking": 0.9 if good else 0.7,
                "conciseness": 1.0,
            }
            parts = {name: Component(value=v) for name, v in values.items()}
            found[f"{scenario}/trial_{i}"] = composites.composites(parts)
    return found


@pytest.mark.parametrize("k", [5, 3])
def test_a_run_s_means_passes_and_intervals(shared_data: Path, k: int) -> None:
    case = vectors(shared_data)[f"run_level_5trials_k{k}"]
    seed = run_summary.run_seed("demo_run")
    assert seed == vectors(shared_data)["run_seed_demo_run"]
    records = run_records(case["pattern"])
    found = run_summary.summarise(records, seed)
    want = {name: w for name, w in case["result"].items() if name != "pass_k"}
    assert set(found) == set(want)
    for name, entry in want.items():
        summary = found[name]
        assert {
            "mean": summary.mean,
            "count": summary.count,
            "none_count": summary.undefined,
            "total_records": len(records),
            "success_rate": summary.success_rate,
            "mean_ci_lower": summary.interval.low,
            "mean_ci_upper": summary.interval.high,
            "mean_ci_n_scenarios": summary.scenarios,
        } == entry, name
    passed = run_summary.passes(records, k, seed)
    for name, entry in case["result"]["pass_k"].items():
        assert {
            "pass_at_1": passed[name].at_1,
            "pass_at_k": passed[name].at_k,
            "pass_power_k_observed": passed[name].power_k_observed,
            "pass_power_k_theoretical": passed[name].power_k_theoretical,
            "k": passed[name].k,
            "count": passed[name].scenarios,
            "pass_at_1_ci_lower": passed[name].at_1_interval.low,
            "pass_at_1_ci_upper": passed[name].at_1_interval.high,
            "pass_at_k_ci_lower": passed[name].at_k_interval.low,
            "pass_at_k_ci_upper": passed[name].at_k_interval.high,
            "pass_power_k_observed_ci_lower": passed[name].power_k_observed_interval.low,
            "pass_power_k_observed_ci_upper": passed[name].power_k_observed_interval.high,
        } == entry, name


def test_a_scenario_with_an_unknown_or_missing_trial_has_no_pass_at_k_but_a_mean() -> None:
    records = run_records({"a": [1, 1, 0], "b": [1, 1, 1], "c": [1, 1]})
    records["b/trial_1"]["EVA-A_pass"] = None
    found = run_summary.passes(records, 3, seed=1)
    assert found["EVA-A_pass"].scenarios == 1
    assert found["EVA-X_pass"].scenarios == 2
    summary = run_summary.summarise(records, seed=1)["EVA-A_pass"]
    assert (summary.scenarios, summary.count, summary.undefined) == (3, 7, 1)


def test_an_empty_run_has_no_figures() -> None:
    assert run_summary.summarise({}, seed=1) == {}
    assert run_summary.passes({}, 5, seed=1) == {}
    assert run_summary.mean_interval([], seed=1).low is None
    with pytest.raises(ValueError, match="no domain"):
        run_summary.pooled_over_domains({})


# ------------------------------------------------------------------------ the published table
COLUMNS = (
    *(
        f"EVA-{side}_{what}"
        for side in "AX"
        for what in ("pass", "pass_at_k", "pass_power_k", "mean")
    ),
    "task_completion",
    "agent_speech_fidelity",
    "faithfulness",
    "turn_taking",
    "conciseness",
    "conversation_progression",
)


def test_the_published_table(shared_data: Path) -> None:
    spec = (shared_data.parent / "specs" / "eva.md").read_text(encoding="utf-8")
    printed = printed_rows(spec)
    systems = loaded(shared_data / "eva" / "results" / "leaderboardStats_paper12_85565599.json")
    recomputed = {s["name"]: pooled_row(s["clean"]) for s in systems["systems"]}
    assert len(recomputed) == 12
    assert sorted(recomputed.values()) == sorted(printed.values())
    alike = recomputed.keys() & printed.keys()
    assert len(alike) >= 9
    assert {n: recomputed[n] for n in alike} == {n: printed[n] for n in alike}
    for side, gap in (("A", 0.443), ("X", 0.243)):
        gaps = [
            pooled(s["clean"], f"EVA-{side}_pass_at_k")
            - pooled(s["clean"], f"EVA-{side}_pass_power_k")
            for s in systems["systems"]
        ]
        assert round(median(gaps), 3) == gap


def printed_rows(spec: str) -> dict[str, tuple[str, ...]]:
    """The table of the page: system to its fourteen printed figures."""
    rows = [line.strip("|").split("|") for line in spec.splitlines() if line.startswith("| ")]
    cells = [[c.strip() for c in row] for row in rows]
    return {r[0]: tuple(r[2:]) for r in cells if len(r) == 16 and r[2].startswith(".")}


def pooled(clean: dict[str, Any], name: str) -> float:
    domains = clean[name]["per_domain"]
    assert set(domains) == {"airline", "itsm", "medical_hr"}
    return run_summary.pooled_over_domains({d: v["point"] for d, v in domains.items()})


def pooled_row(clean: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"{pooled(clean, name):.3f}".removeprefix("0") for name in COLUMNS)
