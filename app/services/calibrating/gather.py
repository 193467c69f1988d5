"""Reads a rubric version's scores, in one transaction.

People's newest submitted scores, judges' newest with their repeats, and final values, each apart.
What was scored on speech that is no longer there is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.eval.agreement.ratings import Floats
from app.services import current_layer, timing
from app.services.calibrating import splits
from app.services.calibrating.rating_set import ItemKey, RatingSet
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, CallFact, Drawn, FactRow
from db.unit_of_work import Reader

LEARN = "learn"
"""How policies of the queue begin that chooses what teaches most: no sample of anything."""
BALANCED = "balanced"


def rubric_named(uow: Reader, ref: str) -> RubricVersion:
    """A rubric by key, `key@version` or id; of a key alone, the newest version with scores.

    Raises:
        NotFound: there is none.
    """
    scored = CalibrationFacts(uow.connection).rubrics_scored()
    key, _, version = ref.partition("@")
    every = uow.rubrics.all()
    found = [
        r for r in every
        if r.id == ref or (r.key == key and (not version or str(r.version) == version))
    ]  # fmt: skip
    if not found:
        known = sorted({r.key for r in every if r.id in scored})
        raise NotFound(
            f"There is no rubric {ref}.", f"Rubrics with scores: {', '.join(known) or 'none'}."
        )
    return max(found, key=lambda r: (r.id in scored, r.version))


def load(ws: Workspace, viewer: Viewer, rubric: str) -> RatingSet:
    """Read a rubric version's scores, in one transaction.

    Raises:
        NotAllowed: a reviewer.
        NotFound: no such rubric.
        BadInput: nobody has scored it.
    """
    if not viewer.is_lead:
        raise NotAllowed("Calibration shows everybody's scores.", "Sign in as a lead.")
    with ws.db.read() as uow:
        version = rubric_named(uow, rubric)
        facts = CalibrationFacts(uow.connection)
        rows = facts.scores(version.id)
        if not rows:
            raise BadInput(
                f"Nobody has scored {version.key} {version.version} yet.",
                "Score calls with it, or import labels.",
            )
        ids = list(dict.fromkeys(r.call_id for r in rows))
        others = [r.other_call_id for r in rows if r.other_call_id]
        calls = {c.id: c for c in facts.calls(list(dict.fromkeys([*ids, *others])))}
        drawn = facts.drawn(ids, version.id)
        present = _pins(facts, rows)
        names = facts.raters()
        judges = {j.rater_id: j for j in uow.judges.versions()}
        split = splits.stored(uow)
        checks = uow.calibration_records.checks(version.id)
        in_use = uow.calibration_records.calibrations(version.id)
    # Not in the order of this database, so that what came from another is the same there and here.
    rows.sort(key=lambda r: (r.created_at, r.score_id))
    kept, stale = _without_stale(ws, rows, present)
    found = _columns(version, kept, stale, calls, drawn, names, judges, split)
    return replace(found, checks=tuple(checks), calibrations=tuple(in_use))


def _pins(facts: CalibrationFacts, rows: Sequence[FactRow]) -> Mapping[str, tuple[str, int]]:
    """Call → (layer, version) of the speech in force, of calls whose turns were scored."""
    ids = list(dict.fromkeys(r.call_id for r in rows if r.kind == "turn"))
    found = {}
    for call_id, layers in facts.layers(ids).items():
        layer = current_layer.pick(layers, "speech")
        if layer is not None:
            found[call_id] = (layer.id, layer.version)
    return found


def _without_stale(
    ws: Workspace, rows: Sequence[FactRow], pins: Mapping[str, tuple[str, int]]
) -> tuple[list[FactRow], Counter[str]]:
    """Rows whose stretch of speech is still there, and how many are not.

    A turn pinned to the timing in force is there; turns of an older one are looked up.
    """
    stretches: dict[str, set[tuple[str, int, int]]] = {}
    kept, stale = [], Counter[str]()
    for row in rows:
        pinned = (row.layer_id, row.layer_version)
        is_free = row.kind != "turn" or row.layer_id is None or pins.get(row.call_id) == pinned
        if not is_free and row.call_id not in stretches:
            stretches[row.call_id] = _stretches(ws, row.call_id)
        if is_free or (row.speaker, row.start, row.end) in stretches[row.call_id]:
            kept.append(row)
        elif row.is_newest:
            stale[row.rater_kind] += 1
    return kept, stale


def _stretches(ws: Workspace, call_id: str) -> set[tuple[str, int, int]]:
    try:
        turns = timing.turn_set(ws, call_id).turns
    except NotFound:
        return set()
    return {(t.speaker, t.span.start, t.span.end) for t in turns}


def _columns(
    rubric: RubricVersion,
    rows: Sequence[FactRow],
    stale: Mapping[str, int],
    calls: Mapping[str, CallFact],
    drawn: Sequence[Drawn],
    names: Mapping[str, tuple[str, str, str]],
    judges: Mapping[str, JudgeVersion],
    split: splits.Splits,
) -> RatingSet:
    items: dict[ItemKey, int] = {}
    raters: dict[str, int] = {}
    criteria = {c.key: at for at, c in enumerate(rubric.criteria)}
    item = [items.setdefault(_key(r), len(items)) for r in rows]
    rater = [raters.setdefault(r.rater_id, len(raters)) for r in rows]
    bound = {r: judges[r] for r in raters if r in judges}
    kept = tuple(items)
    roles = {c.id: split.role(c) for c in calls.values()}
    return RatingSet(
        rubric=rubric, rows=tuple(rows), items=kept,
        item=np.array(item, np.int64),
        criterion=np.array([criteria[r.criterion_key] for r in rows], np.int64),
        rater=np.array(rater, np.int64),
        value=np.array([np.nan if r.value is None else r.value for r in rows], np.float64),
        blind=np.array([r.blind for r in rows], bool),
        newest=np.array([r.is_newest for r in rows], bool),
        raters=tuple(raters), names=names, judges=bound, calls=calls,
        roles=tuple(_role(i, roles) for i in kept), splits=split,
        probability=_probabilities(rows, item, len(kept), drawn),
        is_balanced=any(d.policy.startswith(BALANCED) for d in drawn), stale=dict(stale),
    )  # fmt: skip


def _key(row: FactRow) -> ItemKey:
    if row.kind == "call":
        return ItemKey(row.call_id, "call", "", 0, 0, "", "")
    profile = row.profile_id if row.kind == "clip" else ""
    if row.kind == "pair":
        return ItemKey(row.call_id, "pair", "", 0, 0, "", row.other_call_id)
    return ItemKey(row.call_id, row.kind, row.speaker, row.start, row.end, profile, "")


def _role(item: ItemKey, roles: Mapping[str, splits.Role]) -> str:
    own = roles[item.call_id]
    return own if not item.other_call_id or roles[item.other_call_id] == own else splits.MIXED


def _probabilities(
    rows: Sequence[FactRow], item: Sequence[int], count: int, drawn: Sequence[Drawn]
) -> Floats:
    """With which each item was drawn to be labelled.

    That is what its labels were assigned with; where raters had it with several, the chance that
    any of them did is not known, and the largest stands in for it.
    """
    by_id = {d.id: d for d in drawn}
    by_call = {(d.call_id, d.rater_id): d for d in drawn}
    out = np.full(count, np.nan)
    for at, row in zip(item, rows):
        if row.rater_kind != "human":
            continue
        found = by_id.get(row.assignment_id or "") or by_call.get((row.call_id, row.rater_id))
        if found is not None and not found.policy.startswith(LEARN):
            out[at] = np.fmax(out[at], found.inclusion_prob)
    return out
