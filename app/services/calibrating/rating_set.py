"""A rubric version's scores as columns: every table and figure of calibration follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calibration_records import DriftCheck, StoredCalibration
from app.domain.clock import format_time
from app.domain.errors import NotFound
from app.domain.judging import JudgeVersion
from app.domain.ratings import ADJUDICATION
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.agreement.ratings import Floats, Ints
from app.services.calibrating import splits, strata
from db.repos.calibration_facts import CallFact, FactRow

Flags = NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
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
        checks: looks at drift that are on record, oldest first.
        calibrations: corrections that were put to use, oldest first.
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
    checks: tuple[DriftCheck, ...] = ()
    calibrations: tuple[StoredCalibration, ...] = ()

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
    def strata(self) -> Mapping[str, NDArray[np.object_]]:
        """What divides the items, with each one's class; blank where it has none."""
        found = strata.of_items(self.items, self.calls, self.turn_indices)
        return {k: np.array(v, object) for k, v in found.items()}

    @cached_property
    def frozen_at(self) -> str:
        """When the data last changed: the newest of its scores."""
        return max((r.created_at for r in self.rows), default="")

    @cached_property
    def turn_indices(self) -> list[int | None]:
        """The number of each item's turn, None where it is none."""
        first: dict[int, int | None] = {}
        for number, row in zip(self.item.tolist(), self.rows):
            first.setdefault(number, row.turn_index)
        return [first[n] for n in range(len(self.items))]

    def name_of(self, number: int) -> str:
        """An item's call with which part of it was rated: `CB-00042 · turn 7`."""
        item, turn = self.items[number], self.turn_indices[number]
        call = self.calls[item.call_id]
        if turn is None and item.kind != "clip":
            return call.code
        part = f"at {format_time(item.start, call.rate_hz)}" if turn is None else f"turn {turn}"
        return f"{call.code} · {part}"

    def calibration_of(self, judge: JudgeVersion, key: str) -> StoredCalibration | None:
        """The correction of a dimension that is in use."""
        of = self.criterion_named(key).id
        found = (
            c for c in reversed(self.calibrations)
            if (c.judge_version_id, c.criterion_id) == (judge.id, of)
        )  # fmt: skip
        return next(found, None)

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
