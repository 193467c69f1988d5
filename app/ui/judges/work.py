"""What the place of judges asks of the services. Runs on lanes; no widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.errors import NotFound
from app.domain.judging import JudgeDefinition
from app.ui.judges.loading import load
from app.ui.judges.rows import JudgeEntry, entries

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.rubrics import RubricVersion
    from app.services.workspace import Workspace

FLOW_SCALE = (
    "Each task flow has a scale of its own: every node of the flow is not done, partly done or "
    "done. Flows are made and approved in the tab beside this one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Every judge, and what the viewer has changed and not saved."""

    entries: tuple[JudgeEntry, ...]
    drafts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A definition's rubric, and what a reply to it looks like."""

    ref: str
    rubric: RubricVersion | None
    instead: str = ""
    """Why there is no rubric to show."""
    schema: Mapping[str, Any] | None = None


def listing(ws: Workspace, viewer: Viewer) -> Listing:
    """All judges by name, with how much they have judged."""
    from app.services.judging import definitions, drafts, usage

    calls, together = usage.calls_judged(ws)
    return Listing(
        entries=entries(definitions.definitions(ws), definitions.versions(ws), calls, together),
        drafts=drafts.drafts(ws, viewer),
    )


def scale(ws: Workspace, definition: JudgeDefinition) -> Scale:
    """What a definition scores on."""
    from app.services.judging import definitions

    rubric: RubricVersion | None
    if definition.rubric == definitions.TFC_RUBRIC:
        rubric, instead = None, FLOW_SCALE
    else:
        try:
            rubric, instead = definitions.rubric_for(ws, definition), ""
        except NotFound as error:
            rubric, instead = None, f"{error.what} {error.remedy}".strip()
    return Scale(
        ref=definition.ref, rubric=rubric, instead=instead, schema=_schema(definition, rubric)
    )


def _schema(definition: JudgeDefinition, rubric: RubricVersion | None) -> Mapping[str, Any] | None:
    """What a reply looks like; where that follows from the call, nothing can be shown here."""
    from app.eval.judging.shapes import shape_of

    if definition.kind == "baseline" or rubric is None:
        return None
    load()
    return shape_of(definition.shape).schema(definition, rubric)


def save(
    ws: Workspace, viewer: Viewer, base: JudgeDefinition, changes: Mapping[str, Any], note: str
) -> JudgeDefinition:
    """Store the next version of a judge; its draft is forgotten.

    Raises:
        NotAllowed: the viewer is no lead. BadInput: it is no judge, or nothing has changed.
    """
    from app.services.judging import definitions, drafts

    made = definitions.edited(ws, viewer, base, changes, note)
    drafts.keep(ws, viewer, base.name, None)
    return made


def keep_draft(ws: Workspace, viewer: Viewer, name: str, draft: Mapping[str, Any] | None) -> None:
    """Keep what is not saved yet, or forget it."""
    from app.services.judging import drafts

    drafts.keep(ws, viewer, name, draft)
