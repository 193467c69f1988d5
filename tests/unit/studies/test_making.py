"""Drafts: what is refused before anything is rendered, and who may make them."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.studies import StudyDesign
from app.services.studies import making
from app.services.workspace import Workspace


@pytest.mark.parametrize(
    ("name", "instrument", "design", "rubric", "match"),
    [
        (" ", "acr", {}, "", "no name"),
        ("S", "acr", {"raters_per_item": 0}, "", "needs a rater"),
        ("S", "acr", {"overlap": 1.5}, "", "between 0 and 1"),
        ("S", "acr", {"block": 0}, "", "at least one trial"),
        ("S", "pairwise", {"points": 5}, "", "2, 3 or 7"),
        ("S", "pairwise", {"points": 2, "ties": True}, "", "no tie"),
        ("S", "pairwise", {"criterion": "louder"}, "", "no criterion 'louder'"),
        ("S", "acr", {}, "human_likeness", "does not fit"),
    ],
)
def test_rules_that_cannot_be(
    ws: Workspace,
    lead: Viewer,
    name: str,
    instrument: Any,
    design: dict[str, Any],
    rubric: str,
    match: str,
) -> None:
    with pytest.raises(BadInput, match=match):
        making.create(ws, lead, name, instrument, StudyDesign(**design), rubric_key=rubric)
    assert making.studies(ws) == []


def test_another_scale_of_the_same_points_may_be_asked(ws: Workspace, lead: Viewer) -> None:
    design = StudyDesign(criterion="effort")
    study = making.create(ws, lead, "S", "acr", design, rubric_key="telephone_voice")
    assert making.rubric_of(ws, study).key == "telephone_voice"
    assert making.get(ws, study.code.lower()) == making.get(ws, study.id) == study


def test_who_may_and_what_follows(ws: Workspace, lead: Viewer, rater: Viewer) -> None:
    with pytest.raises(NotAllowed, match="Only a lead"):
        making.create(ws, rater, "S", "acr")
    with pytest.raises(NotFound, match="needs a rubric"):
        making.create(ws, lead, "S", "rubric")
    with pytest.raises(NotFound, match="no study"):
        making.get(ws, "S-0099")
    study = making.create(ws, lead, "S", "acr")
    for state in ("open", "closed"):
        with pytest.raises(NotAllowed, match="is draft"):
            making.set_state(ws, lead, study.id, state)
