"""What a dataset is made of: the rating set with what stands beside it, as it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.domain.calls import Call, Span
from app.domain.errors import BadInput
from app.domain.fold import fold
from app.domain.judging import JudgeDefinition
from app.domain.ratings import Viewer
from app.domain.redaction import MARK
from app.domain.segments import Segment
from app.domain.work import Work
from app.eval.calibration.rules import Rule
from app.services import outgoing, redacting
from app.services.calibrating import dataset_records, gather, rules
from app.services.calibrating.export_ids import item_ids
from app.services.calibrating.rating_set import RatingSet
from app.services.outgoing import Outgoing
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, Drawn, FactRow
from db.repos.dataset_exchange import DatasetExchangeRepo

CAME = "calibration_dataset."
"""Setting, with a rubric's hash: what a dataset that came in had left out already."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """All that is read for a dataset; words are masked where they are redacted."""

    found: RatingSet
    ids: Sequence[str]
    """Of the items; they follow from what was rated."""
    details: Mapping[str, Mapping[str, Any]]
    """Score → what stands beside its value."""
    drawn: Sequence[Drawn | None]
    """How each row's item came to its rater."""
    calls: Mapping[str, Call]
    texts: Mapping[str, tuple[Segment, ...]]
    """Call → its masked transcript."""
    out: Mapping[str, Outgoing]
    pii: Mapping[str, str]
    definitions: Mapping[str, JudgeDefinition]
    """Judge's rater → what it is asked."""
    snapshots: Mapping[str, tuple[str, ...]]
    """Judge version → the models that answered."""
    rule: Rule
    records: Mapping[str, Any]
    """Drift checks, corrections in use and verdicts."""
    stale: Mapping[str, int]
    """Scores left out, those that an imported dataset had left out among them."""


def read(
    ctx: Work, ws: Workspace, viewer: Viewer, rubric: str, *, with_judges: bool = True
) -> Source:
    """Read it all, or what people said alone.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric. BadInput: nobody has scored it.
        Cancelled.
    """
    found = gather.load(ws, viewer, rubric)
    if not with_judges:
        found = _of_people(found)
    call_ids = list(found.calls)
    with ws.db.read() as uow:
        exchange = DatasetExchangeRepo(uow.connection)
        details = exchange.score_details([r.score_id for r in found.rows])
        drawn = CalibrationFacts(uow.connection).drawn(call_ids, found.rubric.id)
        calls = {c.id: c for c in uow.calls.many(call_ids)}
        known = {d.id: d for d in uow.judges.definitions()}
        snapshots = exchange.snapshots()
        records = dataset_records.told(uow, found)
        came = uow.settings.get(CAME + found.rubric.sha256, {})
    out = {call_id: _outgoing(ctx, ws, call_id) for call_id in call_ids}
    stale = {k: found.stale.get(k, 0) + came.get(k, 0) for k in {*found.stale, *came}}
    return Source(
        found=found, ids=item_ids(found), details=details,
        drawn=_drawn(found.rows, drawn), calls=calls, out=out,
        texts={c: outgoing.transcript(ws, c) for c in call_ids}, pii=redacting.pii(ws, call_ids),
        definitions={r: known[j.definition_id] for r, j in found.judges.items()},
        snapshots=snapshots, records=records, rule=rules.current(ws),
        stale=dict(sorted(stale.items())),
    )  # fmt: skip


def _of_people(found: RatingSet) -> RatingSet:
    """The set as if no judge had scored, so that nothing of it follows from one.

    Raises:
        BadInput: no person has scored.
    """
    kept = [n for n, row in enumerate(found.rows) if row.rater_kind == "human"]
    if not kept:
        raise BadInput("No person has scored this rubric.", "Export it with its judges.")
    items: dict[int, int] = {}
    raters: dict[int, int] = {}
    item = [items.setdefault(int(found.item[n]), len(items)) for n in kept]
    rater = [raters.setdefault(int(found.rater[n]), len(raters)) for n in kept]
    places = list(items)
    used = [found.items[n] for n in places]
    calls = {c for i in used for c in (i.call_id, i.other_call_id)}
    return replace(
        found, rows=tuple(found.rows[n] for n in kept), items=tuple(used),
        item=np.array(item, np.int64), rater=np.array(rater, np.int64),
        criterion=found.criterion[kept], value=found.value[kept], blind=found.blind[kept],
        newest=found.newest[kept], raters=tuple(found.raters[n] for n in raters), judges={},
        calls={k: v for k, v in found.calls.items() if k in calls},
        roles=tuple(found.roles[n] for n in places), probability=found.probability[places],
        stale={k: v for k, v in found.stale.items() if k == "human"},
    )  # fmt: skip


def masked(source: Source, row: FactRow, text: str, evidence: Sequence[Any]) -> str:
    """What somebody wrote beside a score; whole where it is about what is redacted."""
    places = [Span(e[1], e[2]) for e in evidence]
    if row.kind not in ("call", "pair"):
        places.append(Span(row.start, row.end))
    return source.out[row.call_id].about(text, places)


def _outgoing(ctx: Work, ws: Workspace, call_id: str) -> Outgoing:
    ctx.raise_if_cancelled()
    found = outgoing.of_call(ws, call_id)
    # Words that came in masked are no secret, and masking the mask would change it.
    return replace(found, hidden=found.hidden - {fold(MARK.strip("[]"))})


def _drawn(rows: Sequence[FactRow], drawn: Sequence[Drawn]) -> list[Drawn | None]:
    by_id = {d.id: d for d in drawn}
    by_call = {(d.call_id, d.rater_id): d for d in drawn}
    return [
        by_id.get(r.assignment_id or "") or by_call.get((r.call_id, r.rater_id))
        if r.rater_kind == "human"
        else None
        for r in rows
    ]
