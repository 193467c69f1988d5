"""What the list of judges shows, made from their definitions and what they have judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.judging import JudgeDefinition, JudgeVersion
from app.ui.judges.line_list import LineRow
from app.ui.judges.words import KIND_WORDS, MODALITY_WORDS, UNIT_WORDS, judged_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One judge version (a definition with a model) and how many calls it has judged."""

    version: JudgeVersion
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeEntry:
    """A judge by name, with all its versions."""

    name: str
    versions: tuple[JudgeDefinition, ...]
    """Newest first."""
    used: tuple[Used, ...] = ()
    """Newest first."""
    calls: int = 0
    """Calls that any of them has judged."""

    @property
    def newest(self) -> JudgeDefinition:
        """The newest version."""
        return self.versions[0]

    def version(self, ref: str) -> JudgeDefinition | None:
        """A version by its reference."""
        return next((v for v in self.versions if v.ref == ref), None)


def entries(
    definitions: Sequence[JudgeDefinition],
    versions: Sequence[JudgeVersion],
    calls: Mapping[str, int],
    together: Mapping[str, int],
) -> tuple[JudgeEntry, ...]:
    """Definitions by name: those with a model first, each by title.

    Args:
        definitions: every version of every definition.
        versions: every judge version, oldest first.
        calls: judge version → calls it has judged.
        together: name → calls that any version of it has judged.
    """
    by_name: dict[str, list[JudgeDefinition]] = {}
    for definition in definitions:
        by_name.setdefault(definition.name, []).append(definition)
    found = []
    for name, held in by_name.items():
        ids = {d.id for d in held}
        used = [
            Used(version=v, calls=calls.get(v.id, 0)) for v in versions if v.definition_id in ids
        ]
        found.append(
            JudgeEntry(
                name=name,
                versions=tuple(sorted(held, key=lambda d: -d.version)),
                used=tuple(reversed(used)),
                calls=together.get(name, 0),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(entry: JudgeEntry) -> tuple[bool, str]:
    return (entry.newest.kind == "baseline", entry.newest.title.casefold())


def judge_rows(found: Sequence[JudgeEntry], drafts: Mapping[str, object]) -> tuple[LineRow, ...]:
    """The lines of the list."""
    return tuple(_row(entry, has_draft=entry.name in drafts) for entry in found)


def _row(entry: JudgeEntry, *, has_draft: bool) -> LineRow:
    newest = entry.newest
    kind, judged = KIND_WORDS[newest.kind], judged_words(entry.calls)
    about = f"{newest.ref} · {UNIT_WORDS[newest.unit]}, {MODALITY_WORDS[newest.modality]}"
    models = dict.fromkeys(used.version.model for used in entry.used if used.version.model)
    tips = [newest.title, *([f"Judged by {', '.join(models)}"] if models else [])]
    if has_draft:
        tips.append("Changes that are not saved")
    draft = ", unsaved changes" if has_draft else ""
    return LineRow(
        key=entry.name,
        title=newest.title,
        tag=kind,
        below=about,
        right=judged,
        marked=has_draft,
        tip="\n".join(tips),
        words=f"{newest.title}, {kind}, {about}, {judged or 'not used yet'}{draft}",
    )


def matching(rows: Sequence[LineRow], words: str) -> tuple[LineRow, ...]:
    """Rows that hold every word, in any case."""
    wanted = words.casefold().split()
    return tuple(
        row for row in rows if all(w in f"{row.words} {row.tip}".casefold() for w in wanted)
    )
