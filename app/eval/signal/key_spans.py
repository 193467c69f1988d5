"""Which words of the agent carry what the other must write down: numbers, codes, listed entities.

Key words come from the call's list of entities where it has one. Else they are what is in figures
once the text is normalised (amounts, dates, times, telephone numbers, also when said in words) and
codes of capitals or of letters and digits. They are looked for in what the agent was to say, where
that is known, and found in the recognised words by the alignment of the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.domain.text_roles import TextRole
from app.eval.base import CallInput
from app.eval.text.compare import Comparison, compare
from app.eval.text.entity_rules import Entity, listed, mentions
from app.eval.text.normalise import Normaliser, Unit, normaliser_for
from app.eval.text.timed import SourceWord, TimedText, joined, source_words, timed_text

TIMED_ROLES: tuple[TextRole, ...] = ("spoken", "human", "heard")
"""Whose word times are used, the first that has any of the agent."""

_CODE = re.compile(r"(?=.*[A-Z].*[A-Z0-9]|.*\d)[A-Z0-9]{2,}(?:[-/][A-Z0-9]+)*")
_EDGES = "\"'“”‘’()[]<>.,;:!?…。，！？；：、«»¿¡"
_NO_CODES = frozenset({"OK", "AM", "PM"})

Range = tuple[int, int]
"""Words `first` to `end`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWords:
    """The agent's words with their times, and which of them are key. `reason` says why none."""

    words: tuple[SourceWord, ...] = ()
    keys: tuple[Range, ...] = ()
    role: TextRole | None = None
    listed: bool = False
    reason: str = ""

    def text(self, part: Range) -> str:
        """What is said in it."""
        return joined([w.text for w in self.words[part[0] : part[1]]])


def find(source: CallInput) -> KeyWords:
    """The agent's key words.

    Raises:
        BadInput: the conditions' list of entities cannot be read.
    """
    entities = listed(source.conditions)
    if entities is not None:
        entities = [e for e in entities if e.speaker in (None, "agent")]
    for role in TIMED_ROLES:
        words = _timed(source, role)
        if words:
            keys = _keys(source, words, entities)
            return KeyWords(words=tuple(words), keys=keys, role=role, listed=entities is not None)
    return KeyWords(reason="No transcript of the agent has times of words.")


def _timed(source: CallInput, role: TextRole) -> list[SourceWord]:
    """The agent's words with times of their own; never a line's time shared out over its words."""
    layer = source.texts.get(role)
    segments = layer.segments if layer is not None else ()
    found = [
        SourceWord(w.text, w.span, s.id)
        for s in segments
        if s.speaker == "agent" and s.heard
        for w in s.words
        if w.text.strip() and w.span.frames
    ]
    return sorted(found, key=lambda w: (w.span.start, w.span.end))


def _keys(
    source: CallInput, words: Sequence[SourceWord], entities: list[Entity] | None
) -> tuple[Range, ...]:
    script = source.texts.get("intended")
    lines = [] if script is None else [s for s in script.segments if s.speaker == "agent"]
    planned = source_words(lines)
    rules = normaliser_for(source.call.language, joined([w.text for w in words[:200]]))
    if not planned:
        text = timed_text(words, rules, rules.unit)
        found = _marked(text, rules, rules.unit, entities)
        return _apart(text.word_range(*part) for part in found)
    both = compare(planned, words, rules)
    found = _marked(both.reference, rules, both.unit, entities)
    return _apart(_there(both, part) for part in found)


def _marked(
    text: TimedText, rules: Normaliser, unit: Unit, entities: list[Entity] | None
) -> list[Range]:
    """Units of the text that are key."""
    if entities is not None:
        return [(t.first, t.end) for t in mentions(entities, text, rules, unit)]
    codes = {
        i for i, w in enumerate(text.words) if _is_code(w.text.strip().strip(_EDGES), text.words)
    }
    marked = [
        any(c.isdigit() for c in u) or not codes.isdisjoint(range(*s))
        for u, s in zip(text.units, text.sources, strict=True)
    ]
    runs = groupby(range(len(marked)), key=lambda k: marked[k])
    found = [list(run) for key, run in runs if key]
    return [(run[0], run[-1] + 1) for run in found]


def _is_code(core: str, words: Sequence[SourceWord]) -> bool:
    if core in _NO_CODES or not _CODE.fullmatch(core):
        return False
    if any(c.isdigit() for c in core):
        return True
    capitals = sum(w.text.isupper() and len(w.text) > 1 for w in words)
    return 2 * capitals <= len(words)  # where all is in capitals they mark nothing


def _there(both: Comparison, part: Range) -> Range:
    """The recognised words at the place of reference units, (0, 0) where there are none."""
    window = both.alignment.window(*part)
    if window.first >= window.end:
        return 0, 0
    return both.hypothesis.word_range(window.first, window.end)


def _apart(parts: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges in order, those that overlap as one, empty ones left out."""
    found: list[Range] = []
    for first, end in sorted(p for p in parts if p[0] < p[1]):
        if found and first < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((first, end))
    return tuple(found)
