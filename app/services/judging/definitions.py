"""Judge definitions: immutable versions; binding one to a model makes a judge.

What was stored once is never changed: another body is the next version of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.judging import (
    JudgeDefinition,
    JudgeVersion,
    judge_identity,
)
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.services.calibrating.prompt_guard import refuse_anchors
from app.services.judging.definition_files import definition_of, problem_words
from app.services.workspace import Workspace

TFC_RUBRIC = "tfc"
"""Stands for the rubric that each task flow has of its own."""

EDITABLE = frozenset({"title", "context", "request", "params", "prompts", "source"})
"""What an edited version may differ in."""


def definitions(ws: Workspace) -> list[JudgeDefinition]:
    """Every version of every definition, by name and version."""
    with ws.db.read() as uow:
        return uow.judges.definitions()


def definition(ws: Workspace, ref: str) -> JudgeDefinition:
    """A definition by `gic` (its newest version) or `gic@1`.

    Raises:
        NotFound: there is none; lists the names.
        BadInput: the version is no number.
    """
    name, _, number = ref.strip().partition("@")
    if number and not number.isdecimal():
        raise BadInput(f"“{number}” is no version of a judge.", "Write it as gic@1.")
    with ws.db.read() as uow:
        found = uow.judges.named(name, int(number) if number else None)
        names = sorted({d.name for d in uow.judges.definitions()}) if found is None else []
    if found is None:
        raise NotFound(f"There is no judge {ref}.", f"There are: {', '.join(names) or 'none'}.")
    return found


def edited(
    ws: Workspace,
    viewer: Viewer,
    base: JudgeDefinition,
    changes: Mapping[str, Any],
    note: str = "",
) -> JudgeDefinition:
    """Store a changed definition as the next version of its name.

    Raises:
        NotAllowed: a reviewer may not change judges.
        BadInput: nothing changed, what would be stored is no definition, or it quotes a call of
            the test split.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead changes judges.", "Sign in as a lead.")
    strange = set(changes) - EDITABLE
    if strange:
        raise BadInput(f"{', '.join(sorted(strange))} of a judge cannot be changed.")
    made = replace(base, origin="edited", note=note, **dict(changes))
    if made.sha256 == base.sha256:
        raise BadInput("Nothing has changed since that version.")
    try:
        definition_of(made.body())
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"This is no judge yet: {problem_words(error)}.") from error
    with ws.db.human() as uow:
        refuse_anchors(uow, made.body(), base.body())
        stored = uow.judges.add_definition(made, rater_id=viewer.rater_id or None)
        uow.touch(Changes(judges=True))
    return stored


def bind(
    ws: Workspace,
    definition: JudgeDefinition,
    rubric: RubricVersion,
    *,
    model: str = "",
    params: Mapping[str, Any] | None = None,
    provider: str = "",
) -> JudgeVersion:
    """The judge version of a definition with a model, parameters and a rubric.

    Args:
        ws: the workspace.
        definition: as stored.
        rubric: the version of its rubric.
        model: empty for a baseline judge.
        params: what differs from the definition's own.
        provider: the endpoint's name, for people to read; no part of the identity.

    Raises:
        BadInput: a model is missing, or given to a baseline judge.
    """
    if (definition.kind == "llm") != bool(model.strip()):
        if definition.kind == "llm":
            raise BadInput(f"{definition.title} needs a model.", "Name one, or choose an endpoint.")
        raise BadInput(f"{definition.title} is a baseline: it takes no model.")
    whole = {**definition.params, **(params or {})}
    sha256 = judge_identity(model, definition.prompt_sha256, whole, rubric.sha256)
    if definition.kind == "baseline":
        # Rules have no prompt: their name and shape decide what they do.
        sha256 = judge_identity(definition.ref, definition.prompt_sha256, whole, rubric.sha256)
    with ws.db.read() as reader:
        known = reader.judges.bound(sha256)
    if known is not None:
        return known
    with ws.db.machine() as uow:
        return uow.judges.bind(
            definition,
            sha256=sha256,
            model=model,
            provider=provider or definition.kind,
            params=whole,
            rubric_version_id=rubric.id,
        )


def rubric_for(ws: Workspace, definition: JudgeDefinition) -> RubricVersion:
    """The newest version of a definition's rubric.

    Raises:
        NotFound: there is none of that key; the task flow's own rubrics are found by their flow.
    """
    with ws.db.read() as uow:
        versions = [r for r in uow.rubrics.all() if r.key == definition.rubric]
    if not versions:
        raise NotFound(
            f"{definition.title} scores by the rubric “{definition.rubric}”, which is not there.",
            "Load the rubrics, or name another in the judge.",
        )
    return max(versions, key=lambda r: r.version)


def versions(ws: Workspace) -> list[JudgeVersion]:
    """Every judge version that has been bound, oldest first."""
    with ws.db.read() as uow:
        return uow.judges.versions()
