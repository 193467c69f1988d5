"""Whose scores count in figures over a set: parts, the sources each may have, and its marks.

One judge version gives one part, unless another source is chosen: other versions, or people. Of a
judge's verdicts on turns those count that are pinned to the newest timing that it judged; of
people's, those on stretches of speech that the newest form asks about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median_low
from typing import Literal

from app.domain.judging import JudgeVersion, sha256_of
from db.repos.score_sets import FLOWS, MarkRow

PartId = Literal[
    "gic", "tfc", "faithfulness", "agent_speech_fidelity", "conversation_progression",
    "conciseness", "task_completion", "turn_taking",
]  # fmt: skip
JUDGED: Mapping[PartId, str] = {
    "gic": "GIC",
    "tfc": "TFC",
    "faithfulness": "Faithfulness",
    "agent_speech_fidelity": "Agent speech fidelity",
    "conversation_progression": "Conversation progression",
    "conciseness": "Conciseness",
}
"""Parts that are judged, by the key of their rubric; every task flow has a rubric of its own."""
MEASURED: Mapping[PartId, str] = {
    "task_completion": "Task completion",
    "turn_taking": "Turn-taking",
}
"""Parts that rules of ours measure, by the id of their metric."""
PARTS: Mapping[PartId, str] = {**JUDGED, **MEASURED}
RUBRICS: tuple[str, ...] = tuple(part for part in JUDGED if part != "tfc")

PEOPLE, REPORTED, OURS = "people", "reported", "measured"
MarkStatus = Literal["observed", "not_applicable", "failed"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A score that counts, several of one judge together, or the consensus of several people."""

    value: float | None
    status: MarkStatus
    turn: int | None = None
    """0-based index of the turn; None for the call."""
    start: int = 0
    """Frame where it begins."""
    score_ids: tuple[str, ...] = ()
    count: int = 1
    """Scores that are together; `value` is then their mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose scores a part may be made of.

    Attributes:
        id: `people`, `reported` (the figures of the system that made the call), `measured`, or
            what identifies the judge.
        label: as shown.
        ref: `gic@1` of a judge; of others their id.
        raters: ids of the raters whose scores count.
        calls: calls that have any.
        verdicts: scores in all.
        na_mode: what the judge says that "not applicable" counts; empty for people.
    """

    id: str
    label: str
    ref: str = ""
    raters: frozenset[str] = frozenset()
    calls: int = 0
    verdicts: int = 0
    na_mode: str = ""

    def is_named(self, ref: str) -> bool:
        """Whether that is a name for it: its reference with or without version, or its label."""
        return ref in (self.ref, self.ref.partition("@")[0], self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMarks:
    """What counts of one part in one call."""

    rubric_version_id: str
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    """By criterion key."""


def part_of(rubric_key: str) -> PartId:
    """The part that a rubric belongs to."""
    return "tfc" if rubric_key.startswith(FLOWS) else rubric_key  # type: ignore[return-value]


def by_part(rows: Iterable[MarkRow]) -> dict[PartId, list[MarkRow]]:
    """Rows by part, in their order."""
    found: dict[PartId, list[MarkRow]] = defaultdict(list)
    for row in rows:
        found[part_of(row.rubric_key)].append(row)
    return dict(found)


def sources(
    part: PartId,
    rows: Sequence[MarkRow],
    versions: Mapping[str, JudgeVersion],
    people: Mapping[str, str],
) -> tuple[Source, ...]:
    """Who gave scores of a part, the best first.

    Judges with a model, those that cover most before others, the newest of equals; then rules,
    which see less; then people.

    Args:
        part: which; versions of the task-flow judge that differ in their flow's rubric are one.
        rows: of the part.
        versions: judges by rater, oldest first.
        people: their names by rater.
    """
    order = {rater: at for at, rater in enumerate(versions)}
    raters: dict[str, set[str]] = defaultdict(set)
    calls: dict[str, set[str]] = defaultdict(set)
    verdicts: dict[str, int] = defaultdict(int)
    for row in rows:
        version = versions.get(row.rater_id)
        key = _identity(part, version) if version is not None else PEOPLE
        raters[key].add(row.rater_id)
        calls[key].add(row.call_id)
        if row.status in ("observed", "not_applicable"):
            verdicts[key] += row.n
    found = []
    for key, ids in raters.items():
        newest = max(ids, key=lambda r: order.get(r, -1))
        version = versions.get(newest)
        names = ", ".join(sorted(people.get(r, "?") for r in ids))
        found.append(
            Source(
                id=key,
                label=f"People ({names})" if version is None else version.label,
                ref=PEOPLE if version is None else version.ref,
                raters=frozenset(ids),
                calls=len(calls[key]),
                verdicts=verdicts[key],
                na_mode="" if version is None else str(version.params.get("na_mode", "exclude")),
            )
        )

    def rank(source: Source) -> tuple[bool, bool, int, int]:
        kinds = {versions[r].kind for r in source.raters if r in versions}
        newest = max(order.get(r, -1) for r in source.raters)
        return (source.id == PEOPLE, "baseline" in kinds, -source.verdicts, -newest)

    return tuple(sorted(found, key=rank))


def _identity(part: PartId, version: JudgeVersion) -> str:
    if part != "tfc":
        return version.id
    body = [version.ref, version.model, dict(version.params), version.prompt_sha256]
    return f"tfc-{sha256_of(body)[:16]}"


def marks_of(rows: Iterable[MarkRow], source: Source) -> dict[str, PartMarks]:
    """Call → what counts of a part by one source."""
    by_call: dict[str, list[MarkRow]] = defaultdict(list)
    for row in rows:
        if row.rater_id in source.raters:
            by_call[row.call_id].append(row)
    made = _of_people if source.id == PEOPLE else _of_judge
    return {call_id: made(of_call) for call_id, of_call in by_call.items()}


def _of_judge(rows: Sequence[MarkRow]) -> PartMarks:
    rubric = rows[-1].rubric_version_id
    rows = [r for r in rows if r.rubric_version_id == rubric]
    timing = next((_timing(r) for r in reversed(rows) if r.kind == "turn"), None)
    newest: dict[tuple[str, str, str, int, int], MarkRow] = {}
    for at, row in enumerate(rows):
        if row.kind == "turn" and _timing(row) != timing:
            continue
        if row.kind == "call" and timing is not None and _answered_since(row, rows[at + 1 :]):
            continue
        status = row.status if row.n > 1 else ""
        newest[(row.criterion_key, row.kind, status, row.start, row.end)] = row
    return _gathered(rubric, ((row.criterion_key, _mark(row)) for row in newest.values()))


def _answered_since(failed: MarkRow, later: Sequence[MarkRow]) -> bool:
    """Whether turns were judged after a reply about all of them could not be used."""
    return any(r.kind == "turn" and r.criterion_key == failed.criterion_key for r in later)


def _of_people(rows: Sequence[MarkRow]) -> PartMarks:
    rubric = rows[-1].rubric_version_id
    rows = [r for r in rows if r.rubric_version_id == rubric]
    timing = next((_timing(r) for r in reversed(rows) if r.kind == "turn"), None)
    cells = {_cell(r) for r in rows if r.kind == "turn" and _timing(r) == timing}
    given: dict[tuple[str, tuple[str, int, int, str | None]], dict[str, MarkRow]] = {}
    for row in rows:
        if row.kind == "call" or _cell(row) in cells:
            given.setdefault((row.criterion_key, _cell(row)), {})[row.rater_id] = row
    ordinal = rows[-1].rubric_key.startswith(FLOWS)
    agreed = (
        (key, _consensus(list(of_cell.values()), in_levels=ordinal))
        for (key, _), of_cell in given.items()
    )
    return _gathered(rubric, ((key, mark) for key, mark in agreed if mark is not None))


def _consensus(rows: Sequence[MarkRow], *, in_levels: bool) -> Mark | None:
    """Mean of several people's answers; of a flow's steps, which are levels, the lower median.

    It does not apply where more people say so than give a value; None where nobody says either.
    """
    values = [r.value for r in rows if r.status == "observed" and r.value is not None]
    aside = sum(r.status == "not_applicable" for r in rows)
    if not values and not aside:
        return None
    ids, turn = tuple(r.score_id for r in rows), _turn(rows[-1])
    if aside > len(values):
        return Mark(None, "not_applicable", turn, rows[-1].start, ids)
    value = median_low(values) if in_levels else fmean(values)
    return Mark(value, "observed", turn, rows[-1].start, ids)


def _mark(row: MarkRow) -> Mark:
    status: MarkStatus = "failed"
    if row.status in ("observed", "not_applicable"):
        status = row.status  # type: ignore[assignment]
    return Mark(row.value, status, _turn(row), row.start, (row.score_id,), row.n)


def _gathered(rubric: str, found: Iterable[tuple[str, Mark]]) -> PartMarks:
    marks: dict[str, list[Mark]] = defaultdict(list)
    for key, mark in found:
        marks[key].append(mark)
    return PartMarks(
        rubric_version_id=rubric,
        marks={key: tuple(sorted(each, key=lambda m: m.start)) for key, each in marks.items()},
    )


def _timing(row: MarkRow) -> tuple[str | None, int | None, str | None]:
    return (row.layer_id, row.layer_version, row.profile_id)


def _cell(row: MarkRow) -> tuple[str, int, int, str | None]:
    return (row.kind, row.start, row.end, row.speaker)


def _turn(row: MarkRow) -> int | None:
    return None if row.kind == "call" or row.turn_index is None else row.turn_index - 1
