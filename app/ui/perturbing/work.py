"""What the dialog for perturbed copies asks of the services. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.evaluation import Run
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.perturbing import Perturbed, Recipe
    from app.services.workspace import Workspace

RUN_TITLE = "Originals and perturbed copies"


def found_ids(ws: Workspace, viewer: Viewer, query: str, seqs: Sequence[int]) -> tuple[str, ...]:
    """The selected calls, or those that the query finds."""
    from app.services import browsing

    chosen = list(seqs)
    if not chosen:
        found = browsing.call_ids(ws, viewer, browsing.parse_query(query))
        chosen = [int(n) for n in found]
    return tuple(browsing.uuids(ws, chosen))


def make(ctx: Work, ws: Workspace, ids: Sequence[str], recipe: Recipe, tag: str) -> Perturbed:
    """Make the copies."""
    from app.services.perturbing import perturb

    return perturb(ctx, ws, ids, recipe, tag=tag)


def codes_of(ws: Workspace, ids: Sequence[str]) -> dict[str, str]:
    """Call → its code."""
    from app.services import calls

    return {call.id: call.code for call in calls.get_calls(ws, ids)}


def measure(ws: Workspace, viewer: Viewer, ids: Sequence[str]) -> Run:
    """A stored run of the usual metrics over these calls."""
    from app.services import evaluating

    return evaluating.create(ws, viewer, ids, evaluating.default_specs(ws), title=RUN_TITLE)
