"""A rubric version's scores, read once: every table and figure of calibration follows from it.

People's newest submitted scores, judges' newest with their repeats, and final values, each apart.
What was scored on speech that is no longer there is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.judging import JudgeVersion
from app.domain.ratings import ADJUDICATION, Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.agreement.ratings import Floats, Ints
from app.services import current_layer, timing
from app.services.calibrating import splits, strata
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, CallFact, Drawn, FactRow
from db.unit_of_work import Reader

Flags = NDArray[np.bool_]
LEARN = "learn"
"""How policies of the queue begin that chooses what teaches most: no sample of anything."""
BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What was rated, whichever layer it was pinned to. Frames of the call."""

    call_id: str
    kind: str
    speaker: str
    start: int
    end: int
    profile: str
    """Of a clip: its name."""
    other_call_id: str
    """Of a pair: its second call."""


@dataclass(frozen=True)
class RatingSet:
    """Scores as columns, one row a score; `rows` says more of each.

    Attributes:
        rubric: the version; versions are never pooled.
        rows: all that count, oldest first.
        items: what was rated.
        item, criterion, rater: numbers into `items`, the rubric's criteria and `raters`.
        value: NaN where the rater gave none.
        blind, newest: of each row.
        raters: ids.
        names: rater → (kind, name, expertise).
        judges: versions that scored, by rater.
        calls: by id.
        roles: of each item: train, dev, anchor_test or mixed.
        splits: how roles were given.
        probability: of each item, to be labelled; NaN where not known or chosen to learn.
        is_balanced: labels were balanced by class on purpose.
        stale: how many scores were left out, by kind of rater.
    """

    rubric: RubricVersion
    rows: tuple[FactRow, ...]
    items: tuple[ItemKey, ...]
    item: Ints
    criterion: Ints
    rater: Ints
    value: Floats
    blind: Flags
    newest: Flags
    raters: tuple[str, ...]
    names: Mapping[str, tuple[str, str, str]]
    judges: Mapping[str, JudgeVersion]
    calls: Mapping[str, CallFact]
    roles: tuple[str, ...]
    splits: splits.Splits
    probability: Floats
    is_balanced: bool
    stale: Mapping[str, int]

    @cached_property
    def people(self) -> Ints:
        """Numbers of the raters who are people; final values are nobody's vote."""
        told = (self.names.get(r, ("", "", ""))[0] for r in self.raters)
        are_people = [kind == "human" for kind in told]
        found = [n for n, yes in enumerate(are_people) if yes and self.raters[n] != ADJUDICATION]
        return np.array(found, np.int64)

    @cached_property
    def memo(self) -> dict[tuple[str, ...], Any]:
        """What was computed from this set and does not change with a filter."""
        return {}

    @cached_property
    def call_numbers(self) -> Ints:
        """The call of each item, from 0."""
        known: dict[str, int] = {}
        found = [known.setdefault(i.call_id, len(known)) for i in self.items]
        return np.array(found, np.int64)

    @cached_property
    def strata(self) -> Mapping[str, tuple[str, ...]]:
        """What divides the items, with each one's class; blank where it has none."""
        return strata.of_items(self.items, self.calls, [r.turn_index for r in self._first_rows])

    @cached_property
    def frozen_at(self) -> str:
        """When the data last changed: the newest of its scores."""
        return max((r.created_at for r in self.rows), default="")

    @property
    def _first_rows(self) -> list[FactRow]:
        first: dict[int, FactRow] = {}
        for number, row in zip(self.item.tolist(), self.rows):
            first.setdefault(number, row)
        return [first[n] for n in range(len(self.items))]

    def criterion_named(self, key: str) -> Criterion:
        """A criterion by its key.

        Raises:
            NotFound: the rubric has none of that key.
        """
        found = next((c for c in self.rubric.criteria if c.key == key), None)
        if found is None:
            known = ", ".join(c.key for c in self.rubric.criteria)
            raise NotFound(f"{self.rubric.key} has no dimension {key}.", f"One of: {known}.")
        return found

    def judges_named(self, ref: str) -> list[JudgeVersion]:
        """Judges that scored here, by `gic@1`, `gic`, or a version's id or hash; oldest first.

        Raises:
            NotFound: none of that name scored here.
        """
        found = [
            j for j in self.judges.values()
            if ref in (j.ref, j.ref.partition("@")[0], j.id, j.rater_id)
            or (len(ref) >= 8 and j.sha256.startswith(ref))
        ]  # fmt: skip
        if not found:
            known = ", ".join(sorted({j.ref for j in self.judges.values()})) or "none"
            raise NotFound(
                f"No judge {ref} has scored {self.rubric.key}.", f"Judges that have: {known}."
            )
        return sorted(found, key=lambda j: j.created_at)


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
    kept, stale = _without_stale(ws, rows, present)
    return _columns(version, kept, stale, calls, drawn, names, judges, split)


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
