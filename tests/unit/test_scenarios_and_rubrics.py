"""The scenarios and rubrics that ship are whole, and broken ones are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.scenarios import ARCHETYPES, problems, steps
from app.services import calls, rubrics, scenarios
from app.services.assets import asset
from app.services.workspace import Workspace

FILES = sorted(asset("scenarios").glob("*.yaml"))


def test_there_are_enough_scenarios_over_all_domains_and_archetypes() -> None:
    found = [scenarios.read_scenario(p) for p in FILES]
    assert len(found) >= 6
    assert len({s.key for s in found}) == len(found)
    assert {s.key[0] for s in found} == set("123456")
    assert {s.archetype for s in found} == set(ARCHETYPES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_scenario_is_whole(path: Path) -> None:
    scenario = scenarios.read_scenario(path)
    assert problems(scenario.body) == ()
    assert path.stem.startswith(scenario.key + "-")
    found = steps(scenario.body)
    assert 5 <= len(found) <= 14
    assert any(s.kind == "branch" for s in found)


def test_the_bank_complaint_wants_identity_before_the_account() -> None:
    body = scenarios.read_scenario(asset("scenarios", "1.1-unexplained-deduction.yaml")).body
    verify = next(s for s in steps(body) if "identity" in s.text.lower())
    assert verify.kind == "key"
    assert any(verify.id in s.prereq for s in steps(body))


def test_loading_twice_stores_once_and_a_change_makes_a_new_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    assert scenarios.load_scenarios(workspace, asset("scenarios")) == len(FILES)
    assert scenarios.load_scenarios(workspace, asset("scenarios")) == 0
    text = FILES[0].read_text("utf-8")
    (tmp_path / "x.yaml").write_text("# the same, with a remark\n" + text, "utf-8")
    assert scenarios.load_scenarios(workspace, tmp_path) == 0
    (tmp_path / "x.yaml").write_text(text.replace("Calm, brief", "Calm, warm"), "utf-8")
    assert scenarios.load_scenarios(workspace, tmp_path) == 1
    found = calls.get_scenario(workspace, "1.1")
    assert found is not None
    assert "Calm, warm" in found.body["agent"]["role"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "one"}, "domain.sub"),
        ({"title": ""}, "title"),
        ({"archetype": "moody"}, "archetype"),
        ({"agent": {}}, "agent.sop is missing"),
        ({"user": None}, "user.must_ask is missing"),
        ({"agent": {"sop": [{"id": "a", "text": "x", "prereq": ["b"]}]}}, "does not come before"),
        ({"agent": {"sop": [{"id": "a", "text": "x", "kind": "branch"}]}}, "without a trigger"),
        ({"agent": {"sop": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}}, "one id"),
    ],
)
def test_what_is_wrong_is_listed_never_raised(change: dict[str, Any], said: str) -> None:
    body = {**scenarios.read_scenario(FILES[0]).body, **change}
    assert any(said in line for line in problems(body))


@pytest.mark.parametrize("text", ["", "- a list", "key: ''", "key: [", "title: x"])
def test_a_file_that_is_no_scenario_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=r"broken\.yaml"):
        scenarios.read_scenario(path)


def test_gic_has_its_eight_dimensions_and_weights() -> None:
    rubric = rubrics.read_rubric(asset("rubrics", "gic.yaml"))
    weights = {c.key: c.weight for c in rubric.criteria}
    assert weights == {
        "naturalness": 0.20, "coherence": 0.20, "hallucination": 0.20, "redundancy": 0.10,
        "emotion": 0.10, "intent": 0.10, "noise": 0.06, "safety": 0.04,
    }  # fmt: skip
    for criterion in rubric.criteria:
        assert criterion.scope == "agent_turn"
        assert [level.value for level in criterion.levels] == [0, 1, 2]


def test_the_call_rubric_has_full_sentence_anchors() -> None:
    rubric = rubrics.read_rubric(asset("rubrics", "call_handling.yaml"))
    assert 8 <= len(rubric.criteria) <= 10
    for criterion in rubric.criteria:
        assert criterion.scope == "call"
        assert [level.value for level in criterion.levels] == [1, 2, 3, 4, 5]
        assert all(level.anchor.endswith(".") and level.label for level in criterion.levels)
        assert len({level.anchor for level in criterion.levels}) == 5
