"""The judges and rubrics that ship fit each other, a form for people, and EVA's composites."""

from __future__ import annotations

import pytest

from app.domain.rubrics import RubricVersion
from app.eval.eva.composites import EVA_A, EVA_X
from app.eval.judging.options import options_of
from app.eval.judging.shapes import SHAPES
from app.services import rubrics
from app.services.assets import asset
from app.services.judging import definition_files, definitions
from app.services.workspace import Workspace
from tests.unit.judging.judge_calls import (
    MODEL_JUDGES,
    call_of,
    judge_named,
    rubric_for,
    rubric_named,
)

RUBRICS = (
    "faithfulness", "conversation_progression", "conciseness", "speakability",
    "agent_speech_fidelity", "tts_fidelity", "key_entity_accuracy", "pairwise",
)  # fmt: skip


def test_all_judges_and_rubrics_load_and_bind(workspace: Workspace) -> None:
    rubrics.load_rubrics(workspace, asset("rubrics"))
    assert definition_files.load_judges(workspace) >= len(MODEL_JUDGES)
    for name in MODEL_JUDGES:
        found = definitions.definition(workspace, name)
        assert (found.ref, found.kind) == (f"{name}@1", "llm")
        if found.rubric != definitions.TFC_RUBRIC:
            rubric = definitions.rubric_for(workspace, found)
            bound = definitions.bind(workspace, found, rubric, model="m")
            assert bound.rubric_version_id == rubric.id


def test_a_pair_s_scale_is_stored_as_it_is(workspace: Workspace) -> None:
    rubrics.load_rubrics(workspace, asset("rubrics"))
    stored = next(r for r in rubrics.rubric_versions(workspace) if r.key == "pairwise")
    assert [level.value for level in stored.criteria[0].levels] == [1, 0, -1]
    assert not stored.has_form


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_a_judge_is_complete(name: str) -> None:
    judge = judge_named(name)
    assert judge.name == name
    assert judge.shape in SHAPES
    assert judge.params["temperature"] == 0
    assert judge.params["max_tokens"] >= 700
    assert judge.source
    assert options_of(judge).na_mode == "exclude"
    known = {c.key for c in rubric_for(name).criteria}
    assert {*options_of(judge).zero_when_empty, *options_of(judge).needs_brief} <= known


@pytest.mark.parametrize("key", RUBRICS)
def test_a_rubric_can_be_given_to_people(key: str) -> None:
    rubric = rubric_named(key)
    assert rubric.key == key
    assert rubric.source
    assert rubric.extra["na_rule"]
    for criterion in rubric.criteria:
        assert criterion.question.endswith("?")
        assert len({level.anchor for level in criterion.levels}) == len(criterion.levels)
        assert all(level.anchor.endswith(".") and level.label for level in criterion.levels)
        digits = {level.value for level in criterion.levels}
        assert digits <= set(range(10)) or criterion.scope == "pair"


def test_scopes_and_scales_are_those_of_the_sources() -> None:
    def scale(rubric: RubricVersion) -> set[tuple[str, tuple[int, ...]]]:
        return {(c.scope, tuple(lv.value for lv in c.levels)) for c in rubric.criteria}

    assert scale(rubric_named("faithfulness")) == {("call", (1, 2, 3))}
    assert scale(rubric_named("conversation_progression")) == {("call", (1, 2, 3))}
    assert scale(rubric_named("conciseness")) == {("agent_turn", (1, 2, 3))}
    for key in ("speakability", "agent_speech_fidelity", "tts_fidelity"):
        assert scale(rubric_named(key)) == {("agent_turn", (0, 1))}
    assert scale(rubric_named("key_entity_accuracy")) == {("caller_turn", (0, 1))}
    assert scale(rubric_named("pairwise")) == {("pair", (1, 0, -1))}
    assert len(rubric_named("faithfulness").criteria) == 6
    assert len(rubric_named("conversation_progression").criteria) == 5


def test_what_eva_s_composites_want_of_judges_has_a_criterion_of_that_name() -> None:
    judged = {g.metric for g in (*EVA_A, *EVA_X)} - {"task_completion", "turn_taking"}
    assert judged <= {c.key for key in RUBRICS for c in rubric_named(key).criteria}


def test_the_brief_is_asked_about_only_where_there_is_one() -> None:
    assert call_of().brief
    assert options_of(judge_named("faithfulness")).needs == ("brief",)
