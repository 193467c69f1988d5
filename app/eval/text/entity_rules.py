"""Which proper nouns of a text count as entities where no list is given, and how a list is read.

The rule, for texts without a list: (1) runs of capitalised words that do not begin a sentence,
`I` excepted; (2) codes: words with both letters and digits, and words of two or more capitals;
(3) numbers written in digits, neighbours together. Capitals say nothing in German, where every noun
has one, nor in texts that are written in them throughout: there (1), or words of capitals, are left
out. For Chinese, Japanese and Korean only (2) and (3) find anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.calls import SPEAKERS, Speaker
from app.domain.errors import BadInput
from app.eval.text.languages import base_language
from app.eval.text.normalise import Normaliser, Unit
from app.eval.text.timed import SourceWord, TimedText, joined

_EDGES = "\"'“”‘’()[]{}<>.,;:!?…。，！？；：、«»¿¡"
_ENDS_SENTENCE = re.compile(r"[.!?…。！？:]['\"”’)\]]*$")
_ENDS_PIECE = re.compile(r"[,;，；、]$|" + _ENDS_SENTENCE.pattern)
_I = re.compile(r"I(?:['’]\w+)?")
MAX_ENTITIES = 1000
MANY_WORDS = 4
MOST = 0.7
"""A text in which more than this share of the words is capitalised is written in capitals."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that is looked for: its name and other forms that are as right."""

    text: str
    aliases: tuple[str, ...] = ()
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One mention of an entity in the reference.

    Attributes:
        text: as it is written.
        first: its first unit in the reference.
        end: the unit after its last.
        accepted: normalised forms that are right, without spaces.
    """

    text: str
    first: int
    end: int
    accepted: frozenset[str]


def listed(conditions: Mapping[str, Any]) -> list[Entity] | None:
    """The entities of a call's conditions, or None if it lists none.

    Raises:
        BadInput: the list is not made as it should be.
    """
    given = conditions.get("entities")
    if given is None:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MAX_ENTITIES:
        raise _unreadable()
    return [_entity(entry) for entry in given]


def _entity(entry: Any) -> Entity:
    if isinstance(entry, str):
        entry = {"text": entry}
    if not isinstance(entry, Mapping):
        raise _unreadable()
    text, aliases, speaker = entry.get("text"), entry.get("aliases") or [], entry.get("speaker")
    if not isinstance(text, str) or not text.strip() or speaker not in (None, *SPEAKERS):
        raise _unreadable()
    if not isinstance(aliases, Sequence) or isinstance(aliases, str):
        raise _unreadable()
    return Entity(text, tuple(str(alias) for alias in aliases), speaker)


def _unreadable() -> BadInput:
    return BadInput(
        "The list of entities in the call's conditions cannot be read.",
        'Give a list of {"text": ..., "aliases": [...], "speaker": "caller" or "agent"}.',
    )


def mentions(
    entities: Sequence[Entity], reference: TimedText, rules: Normaliser, unit: Unit
) -> list[Target]:
    """Where the entities are mentioned in the reference, each place once, longer names first.

    Args:
        entities: what to look for.
        reference: the reference in units of `rules`.
        rules: the normaliser that made it.
        unit: what its units are.
    """
    found: dict[int, Target] = {}
    taken: set[int] = set()
    forms = [
        (rules.units(form, unit), entity)
        for entity in entities
        for form in (entity.text, *entity.aliases)
    ]
    for form, entity in sorted(forms, key=lambda f: -len(f[0])):
        for first in _places(reference.units, form):
            places = range(first, first + len(form))
            if taken.isdisjoint(places):
                taken.update(places)
                accepted = _accepted(entity, rules)
                found[first] = Target(entity.text, first, places.stop, accepted)
    return [found[first] for first in sorted(found)]


def _accepted(entity: Entity, rules: Normaliser) -> frozenset[str]:
    forms = ("".join(rules.units(form)) for form in (entity.text, *entity.aliases))
    return frozenset(form for form in forms if form)


def _places(units: Sequence[str], form: Sequence[str]) -> Iterator[int]:
    if not form:
        return
    for first in range(len(units) - len(form) + 1):
        if units[first] == form[0] and list(units[first : first + len(form)]) == form:
            yield first


def proper_nouns(reference: TimedText, language: str) -> list[Target]:
    """The mentions that the rule finds in the reference itself (see the module)."""
    found: list[Target] = []
    for piece in _pieces(reference.words, language):
        first, end = reference.units_of(piece[0], piece[-1] + 1)
        if first < end:
            form = "".join(reference.units[first:end])
            written = joined([reference.words[k].text for k in piece]).strip(_EDGES)
            found.append(Target(written, first, end, frozenset({form})))
    return found


def _pieces(words: Sequence[SourceWord], language: str) -> Iterator[list[int]]:
    """Words that make one entity: neighbours of one kind, codes each alone, none over a comma."""
    kinds = _kinds(words, language)
    piece: list[int] = []
    for k, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        joins = piece and kind == kinds[k - 1] != "code"
        if piece and not (joins and word.segment_id == words[k - 1].segment_id):
            yield piece
            piece = []
        if kind:
            piece.append(k)
            if _ENDS_PIECE.search(word.text.strip()):
                yield piece
                piece = []
    if piece:
        yield piece


def _kinds(words: Sequence[SourceWord], language: str) -> list[str]:
    """For each word `name`, `code`, `number` or empty."""
    cores = [w.text.strip().strip(_EDGES) for w in words]
    inner = _inside_sentences(words)
    middle = [core for core, inside in zip(cores, inner, strict=True) if inside and core]
    names = base_language(language) != "de" and not _mostly(core[0].isupper() for core in middle)
    capitals = not _mostly(core.isupper() for core in cores)
    return [
        _kind(core, names=names and inside, capitals=capitals)
        for core, inside in zip(cores, inner, strict=True)
    ]


def _inside_sentences(words: Sequence[SourceWord]) -> list[bool]:
    """For each word whether it does not begin a sentence; segments begin one too."""
    found = []
    for k, word in enumerate(words):
        before = words[k - 1] if k else None
        follows = before is not None and before.segment_id == word.segment_id
        found.append(
            before is not None and follows and not _ENDS_SENTENCE.search(before.text.strip())
        )
    return found


def _mostly(marked: Iterable[bool]) -> bool:
    """Whether that holds for most of a number of words that says something."""
    all_of = list(marked)
    return len(all_of) >= MANY_WORDS and sum(all_of) > MOST * len(all_of)


def _kind(core: str, *, names: bool, capitals: bool) -> str:
    digits, letters = any(c.isdigit() for c in core), any(c.isalpha() for c in core)
    if digits:
        return "code" if letters else "number"
    if capitals and len(core) > 1 and core.isupper() and core.isascii():
        return "code"
    return "name" if names and core[:1].isupper() and not _I.fullmatch(core) else ""
