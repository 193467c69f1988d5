"""What differs between two versions of a judge: parameters, and its texts line by line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from app.domain.judging import JudgeDefinition

RowKind = Literal["same", "changed", "added", "removed", "part"]
"""`part`: the head of one of the texts."""

ALIKE = 0.4
"""Lines that share less of their words are one removed and one added, not one changed."""
MOST_PAIRS = 4_000
"""Line pairs of a replaced stretch that are weighed; longer ones are paired from the top."""

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_FIELDS = ("title", "context", "request", "kind", "unit", "modality", "rubric", "shape", "source")
_PARTS = (("system", "System"), ("user", "User"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `changed` where the other side lacks it."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one side, with its number counted from 1."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """What stands side by side: the earlier version left, the later right."""

    kind: RowKind
    left: Line | None = None
    right: Line | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A parameter or setting that differs; an empty side has none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDiff:
    """Everything that differs between two versions."""

    fields: tuple[FieldChange, ...]
    rows: tuple[DiffRow, ...]

    @property
    def changes(self) -> tuple[int, ...]:
        """Where each stretch of changed rows begins."""
        found, inside = [], False
        for at, row in enumerate(self.rows):
            differs = row.kind in ("changed", "added", "removed")
            if differs and not inside:
                found.append(at)
            inside = differs
        return tuple(found)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.fields and not self.changes


def diff(before: JudgeDefinition, after: JudgeDefinition) -> PromptDiff:
    """Hold two versions against each other."""
    rows: list[DiffRow] = []
    for part, title in _PARTS:
        old, new = before.prompts.get(part, ""), after.prompts.get(part, "")
        if old or new:
            rows += [DiffRow(kind="part", title=title), *diff_text(old, new)]
    return PromptDiff(fields=_fields(before, after), rows=tuple(rows))


def diff_text(before: str, after: str) -> tuple[DiffRow, ...]:
    """Two texts side by side, by line, and within changed lines by word."""
    old, new = before.splitlines(), after.splitlines()
    rows: list[DiffRow] = []
    for op, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            rows += [
                DiffRow(kind="same", left=_plain(old, i + n), right=_plain(new, j + n))
                for n in range(i_end - i)
            ]
        else:
            rows += _replaced(old, new, range(i, i_end), range(j, j_end))
    return tuple(rows)


def _fields(before: JudgeDefinition, after: JudgeDefinition) -> tuple[FieldChange, ...]:
    found = [
        FieldChange(name, str(getattr(before, name)), str(getattr(after, name)))
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    names = dict.fromkeys((*before.params, *after.params))
    for name in names:
        old, new = _value(before.params, name), _value(after.params, name)
        if old != new:
            found.append(FieldChange(name, old, new))
    return tuple(found)


def _value(params: Mapping[str, Any], name: str) -> str:
    if name not in params:
        return ""
    value = params[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(lines: Sequence[str], at: int) -> Line:
    return Line(at + 1, (Piece(lines[at]),))


def _whole(lines: Sequence[str], at: int) -> Line:
    return Line(at + 1, (Piece(lines[at], changed=True),))


def _replaced(old: Sequence[str], new: Sequence[str], left: range, right: range) -> list[DiffRow]:
    """A replaced stretch: lines that are alike stand side by side, the others alone."""
    rows: list[DiffRow] = []
    i, j = left.start, right.start
    for a, b in [*_pairs(old, new, left, right), (left.stop, right.stop)]:
        rows += [DiffRow(kind="removed", left=_whole(old, n)) for n in range(i, a)]
        rows += [DiffRow(kind="added", right=_whole(new, n)) for n in range(j, b)]
        if a < left.stop and b < right.stop:
            rows.append(_changed(old, new, a, b))
        i, j = a + 1, b + 1
    return rows


def _pairs(
    old: Sequence[str], new: Sequence[str], left: range, right: range
) -> list[tuple[int, int]]:
    """The pairing in order that shares most words, over pairs that are alike enough."""
    said = {i: Counter(old[i].split()) for i in left}
    says = {j: Counter(new[j].split()) for j in right}
    if len(left) * len(right) > MOST_PAIRS:
        together = zip(left, right, strict=False)
        return [(i, j) for i, j in together if _likeness(said[i], says[j]) >= ALIKE]
    best: list[list[float]] = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    alike = [[_likeness(said[i], says[j]) for j in right] for i in left]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            skip = max(best[i + 1][j], best[i][j + 1])
            own = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(skip, own)
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Share of words that two lines have in common, 0 to 1; blank lines are like nothing."""
    words = a.total() + b.total()
    return 2 * (a & b).total() / words if words else 0.0


def _changed(old: Sequence[str], new: Sequence[str], i: int, j: int) -> DiffRow:
    a, b = _TOKENS.findall(old[i]), _TOKENS.findall(new[j])
    left: list[Piece] = []
    right: list[Piece] = []
    for op, p, p_end, q, q_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for side, tokens in ((left, a[p:p_end]), (right, b[q:q_end])):
            if tokens:
                side.append(Piece("".join(tokens), changed=op != "equal"))
    return DiffRow(kind="changed", left=Line(i + 1, tuple(left)), right=Line(j + 1, tuple(right)))
