"""Definitions become immutable versions; what identifies a judge changes with each of its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput, Bug, NotAllowed, NotFound
from app.domain.judging import JudgeDefinition
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.services import rubrics
from app.services.judging import definition_files, definitions
from app.services.opening import add_shipped
from app.services.workspace import Workspace

BODY = """
name: warmth
title: Warmth
kind: llm
unit: turn
modality: text
context: history
rubric: test
shape: verdict
request: one
params: {temperature: 0}
"""


def write(base: Path, version: str, user: str = "Judge this.", body: str = BODY) -> Path:
    folder = base / "warmth" / version
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "judge.yaml").write_text(body)
    (folder / "user.md").write_text(user)
    return folder


@pytest.fixture
def warmth(ws: Workspace, tmp_path: Path) -> JudgeDefinition:
    write(tmp_path / "judges", "1")
    assert definition_files.load_judges(ws, tmp_path / "judges") == 1
    return definitions.definition(ws, "warmth")


def test_loading_again_adds_nothing_and_a_changed_prompt_is_the_next_version(
    ws: Workspace, warmth: JudgeDefinition, tmp_path: Path
) -> None:
    base = tmp_path / "judges"
    assert definition_files.load_judges(ws, base) == 0
    write(base, "2", "Judge this otherwise.")
    write(base, "10", "Judge this differently.")
    assert definition_files.load_judges(ws, base) == 2
    assert [d.ref for d in definitions.definitions(ws)] == ["warmth@1", "warmth@2", "warmth@3"]
    assert definitions.definition(ws, "warmth").prompts["user"] == "Judge this differently."
    assert definitions.definition(ws, "warmth@1") == warmth


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BODY.replace("kind: llm", "kind: oracle"), "oracle"),
        (BODY.replace("rubric: test\n", ""), "rubric is missing"),
        (BODY.replace("unit: turn\n", ""), "unit is missing"),
        ("- a list", "no table"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_folder_that_is_no_judge_is_named(
    ws: Workspace, tmp_path: Path, body: str, said: str
) -> None:
    write(tmp_path / "judges", "1", body=body)
    with pytest.raises(BadInput, match=said) as caught:
        definition_files.load_judges(ws, tmp_path / "judges")
    assert "warmth" in str(caught.value)
    assert definitions.definitions(ws) == []


def test_a_judge_with_a_model_needs_a_prompt(ws: Workspace, tmp_path: Path) -> None:
    write(tmp_path / "judges", "1", user=" ")
    with pytest.raises(BadInput, match="needs a user prompt"):
        definition_files.load_judges(ws, tmp_path / "judges")


def test_only_a_lead_edits_and_every_edit_is_a_new_version(
    ws: Workspace, warmth: JudgeDefinition, lead: Viewer, reviewer: Viewer
) -> None:
    changes: dict[str, Any] = {"prompts": {"user": "Look closer."}}
    with pytest.raises(NotAllowed):
        definitions.edited(ws, reviewer, warmth, changes)
    made = definitions.edited(ws, lead, warmth, changes, "closer")
    assert (made.ref, made.origin, made.note) == ("warmth@2", "edited", "closer")
    assert definitions.definition(ws, "warmth@1") == warmth
    with pytest.raises(BadInput, match="Nothing has changed"):
        definitions.edited(ws, lead, made, changes)
    with pytest.raises(BadInput, match="no judge yet"):
        definitions.edited(ws, lead, made, {"prompts": {}})
    with pytest.raises(BadInput, match="cannot be changed"):
        definitions.edited(ws, lead, made, {"name": "cold"})


def test_what_is_stored_cannot_be_changed(ws: Workspace, warmth: JudgeDefinition) -> None:
    for sql in ("UPDATE judge_definition SET title = 'x'", "DELETE FROM judge_definition"):
        with pytest.raises(Bug, match="immutable"), ws.db.machine() as uow:
            uow.connection.exec_driver_sql(sql)


def test_every_part_of_a_judge_makes_another_version_and_the_same_parts_the_same(
    ws: Workspace, warmth: JudgeDefinition, rubric: RubricVersion, lead: Viewer
) -> None:
    bound = definitions.bind(ws, warmth, rubric, model="m-1", provider="here")
    assert definitions.bind(ws, warmth, rubric, model="m-1", provider="there") == bound
    edited = definitions.edited(ws, lead, warmth, {"prompts": {"user": "Other."}})
    body = {**_body(rubric), "title": "Another rubric"}
    others = [
        definitions.bind(ws, warmth, rubric, model="m-2"),
        definitions.bind(ws, warmth, rubric, model="m-1", params={"temperature": 1}),
        definitions.bind(ws, edited, rubric, model="m-1"),
        definitions.bind(ws, warmth, rubrics.add_rubric(ws, rubrics.rubric_of(body)), model="m-1"),
    ]
    assert len({v.sha256 for v in [bound, *others]}) == 5
    assert len({v.rater_id for v in [bound, *others]}) == 5
    assert bound.params == {"temperature": 0}
    assert bound.label == "warmth@1 · m-1"


def test_a_title_or_a_note_is_no_other_judge(
    ws: Workspace, warmth: JudgeDefinition, rubric: RubricVersion, lead: Viewer
) -> None:
    renamed = definitions.edited(ws, lead, warmth, {"title": "Warmth of the agent"})
    first = definitions.bind(ws, warmth, rubric, model="m-1")
    assert definitions.bind(ws, renamed, rubric, model="m-1") == first


def test_a_model_is_needed_exactly_where_one_is_asked(
    ws: Workspace, warmth: JudgeDefinition, rubric: RubricVersion
) -> None:
    with pytest.raises(BadInput, match="needs a model"):
        definitions.bind(ws, warmth, rubric, model=" ")


def test_an_unknown_judge_is_told_with_those_that_exist(
    ws: Workspace, warmth: JudgeDefinition
) -> None:
    with pytest.raises(NotFound, match="There are: warmth"):
        definitions.definition(ws, "cold")
    with pytest.raises(NotFound):
        definitions.definition(ws, "warmth@9")
    with pytest.raises(BadInput, match="no version"):
        definitions.definition(ws, "warmth@new")


def test_the_shipped_judges_load_once_and_find_their_rubrics(ws: Workspace) -> None:
    assert add_shipped(ws) > 0
    assert add_shipped(ws) == 0
    for definition in definitions.definitions(ws):
        if definition.rubric != definitions.TFC_RUBRIC:
            assert definitions.rubric_for(ws, definition).criteria


def _body(rubric: RubricVersion) -> dict[str, Any]:
    return {
        "key": rubric.key,
        "criteria": [
            {
                "key": c.key,
                "title": c.title,
                "question": c.question,
                "scope": c.scope,
                "levels": [{"value": v.value, "anchor": v.anchor} for v in c.levels],
            }
            for c in rubric.criteria
        ],
    }
