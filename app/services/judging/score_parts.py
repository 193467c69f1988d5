"""Whose scores count in figures over a set: its parts, and the sources each may have.

One judge version gives one part, unless another source is chosen: other versions, or people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    by_source: dict[str, list[MarkRow]] = defaultdict(list)
    for row in rows:
        version = versions.get(row.rater_id)
        by_source[_identity(part, version) if version is not None else PEOPLE].append(row)
    found = []
    for key, of_source in by_source.items():
        raters = {row.rater_id for row in of_source}
        newest = versions.get(max(raters, key=lambda r: order.get(r, -1)))
        found.append(_source(key, of_source, newest, people))

    def rank(source: Source) -> tuple[bool, bool, int, int]:
        kinds = {versions[r].kind for r in source.raters if r in versions}
        newest = max(order.get(r, -1) for r in source.raters)
        return (source.id == PEOPLE, "baseline" in kinds, -source.verdicts, -newest)

    return tuple(sorted(found, key=rank))


def _source(
    key: str, rows: Sequence[MarkRow], judge: JudgeVersion | None, people: Mapping[str, str]
) -> Source:
    """A judge, by the newest of its versions that are one; or all people together."""
    raters = frozenset(row.rater_id for row in rows)
    names = ", ".join(sorted(people.get(r, "?") for r in raters))
    return Source(
        id=key,
        label=f"People ({names})" if judge is None else judge.label,
        ref=PEOPLE if judge is None else judge.ref,
        raters=raters,
        calls=len({row.call_id for row in rows}),
        verdicts=sum(r.n for r in rows if r.status in ("observed", "not_applicable")),
        na_mode="" if judge is None else str(judge.params.get("na_mode", "exclude")),
    )


def _identity(part: PartId, version: JudgeVersion) -> str:
    if part != "tfc":
        return version.id
    body = [version.ref, version.model, dict(version.params), version.prompt_sha256]
    return f"tfc-{sha256_of(body)[:16]}"
