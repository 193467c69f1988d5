"""What the table of scores asks of the services. Runs on lanes; no widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.eval.outbound.weights import Weights
from app.services.judging.score_drill import Verdict, verdicts_behind
from app.services.judging.score_settings import ScoreSettings, stored_settings, what_if_weights
from app.services.judging.scores_table import ScoreTable, table_of
from app.services.judging.set_scores import ScoreSet, load

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """A set: a query of the library (empty for all), or calls that were chosen one by one."""

    query: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Tables of one set.

    Attributes:
        found: what was read.
        paper: by the published weights.
        what_if: by the person's own; None where they have none.
    """

    found: ScoreSet
    paper: ScoreTable
    what_if: ScoreTable | None = None


def first_settings(ws: Workspace, viewer: Viewer) -> tuple[ScoreSettings, Weights | None]:
    """What the screen begins with: stored gates, and the viewer's own weights."""
    return stored_settings(ws), what_if_weights(ws, viewer)


def read(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    asked: Asked,
    settings: ScoreSettings,
    weights: Weights | None,
) -> Scored:
    """Read a set and make its tables.

    Raises:
        QueryError: the query cannot be read.
    """
    from app.services import browsing

    ids: Sequence[str] = asked.ids
    if not ids:
        seqs = browsing.call_ids(ws, viewer, browsing.parse_query(asked.query))
        ids = browsing.uuids(ws, seqs)
    ctx.raise_if_cancelled()
    found = load(ws, viewer, ids)
    ctx.raise_if_cancelled()
    return made(ctx, found, settings, weights)


def made(
    ctx: Work,
    found: ScoreSet,
    settings: ScoreSettings,
    weights: Weights | None,
    known: ScoreTable | None = None,
) -> Scored:
    """The tables of what was read; `known` by the paper's weights serves for equal settings."""
    is_known = known is not None and known.settings == settings
    paper = known if known is not None and is_known else table_of(found, settings)
    ctx.raise_if_cancelled()
    other = None if weights is None else table_of(found, replace(settings, weights=weights))
    return Scored(found=found, paper=paper, what_if=other)


def behind(
    ws: Workspace,
    viewer: Viewer,
    found: ScoreSet,
    settings: ScoreSettings,
    call_id: str,
    column: str,
) -> tuple[Verdict, ...]:
    """The verdicts behind one figure of one call."""
    return verdicts_behind(ws, viewer, found, settings.sources, call_id, column)
