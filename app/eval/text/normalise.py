"""Normalisers: which differences of writing are no errors. Every figure names the one it used.

A normaliser is a named, versioned rewriting of text into units: words, or characters. Rules never
change under a name and version, so that figures of different days can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.domain.errors import NotFound
from app.eval.text.eva_rules import eva
from app.eval.text.languages import BY_CHARACTER, base_language, script_language
from app.eval.text.plain_rules import characters, plain
from app.eval.text.whisper_rules import whisper

Unit = Literal["word", "char"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Normaliser:
    """One set of rules for one language.

    Attributes:
        name: `whisper-en`.
        version: raised whenever the rules change.
        language: base tag of the language that it was made for; may be empty.
        unit: what is counted where nothing else is asked.
        about: the rules in a sentence.
        rewrite: raw text to normalised text; words parted by white space.
    """

    name: str
    version: int
    language: str
    unit: Unit
    about: str
    rewrite: Callable[[str], str]

    @property
    def id(self) -> str:
        """`whisper-en-1`: the profile that figures carry."""
        return f"{self.name}-{self.version}"

    def text(self, raw: str) -> str:
        """`raw` normalised, one space between words."""
        return " ".join(self.rewrite(raw).split())

    def units(self, raw: str, unit: Unit | None = None) -> list[str]:
        """What is compared: words, or characters without the spaces.

        Args:
            raw: text as it was written.
            unit: `word` or `char`; by default the normaliser's own.
        """
        words = self.rewrite(raw).split()
        return words if (unit or self.unit) == "word" else list("".join(words))

    def units_of_each(self, raws: Iterable[str], unit: Unit | None = None) -> Iterator[list[str]]:
        """The same of many texts, one at a time: a list of all would cost more than the rest."""
        rewrite, by_word = self.rewrite, (unit or self.unit) == "word"
        for raw in raws:
            words = rewrite(raw).split()
            yield words if by_word else list("".join(words))


ABOUT = {
    "raw-1": "Nothing is changed; words are what white space parts.",
    "plain-1": "NFKC, no case, no punctuation and symbols, no [tags]; "
    "apostrophes in words and points in numbers stay.",
    "whisper-en-1": "Whisper's rules for English, with numbers, contractions and spelling.",
    "whisper-fr-1": "Whisper's rules for French, with numbers.",
    "whisper-es-1": "Whisper's rules for Spanish, with numbers.",
    "eva-1": "EVA's rules for stt_wer 0.1: identifiers and numbers spelled or written.",
    "cjk-chars-1": "Characters: NFKC, no case, no spaces, no punctuation; "
    "Han numerals in Arabic digits, a digit is a character.",
}
"""Every normaliser by its id, with its rules in a sentence."""

_OWN = {"en": "whisper-en-1", "fr": "whisper-fr-1", "es": "whisper-es-1"}


def normaliser(identifier: str, language: str = "") -> Normaliser:
    """The normaliser of that id.

    Args:
        identifier: one of `ABOUT`.
        language: language tag; decides only where the rules differ by language (`eva-1`,
            `cjk-chars-1`).

    Raises:
        NotFound: there is none of that id.
    """
    if identifier not in ABOUT:
        raise NotFound(
            f"There is no normaliser {identifier!r}.", f"One of: {', '.join(sorted(ABOUT))}."
        )
    return _made(identifier, base_language(language))


def normaliser_for(language: str, text: str = "") -> Normaliser:
    """The normaliser for a language: its own where it has one, else `plain-1`.

    Args:
        language: language tag; may be empty.
        text: some of the text, which tells Chinese, Japanese and Korean by their script where
            `language` is empty.
    """
    base = base_language(language) or script_language(text)
    if base in BY_CHARACTER:
        return _made("cjk-chars-1", base)
    return _made(_OWN.get(base, "plain-1"), base)


@cache
def _made(identifier: str, language: str) -> Normaliser:
    name, _, version = identifier.rpartition("-")
    unit: Unit = "word"
    if name == "cjk-chars" or (name == "eva" and language in BY_CHARACTER):
        unit = "char"
    return Normaliser(
        name=name,
        version=int(version),
        language=language,
        unit=unit,
        about=ABOUT[identifier],
        rewrite=_rules(name, language),
    )


def _rules(name: str, language: str) -> Callable[[str], str]:
    if name == "raw":
        return str
    if name == "plain":
        return plain
    if name == "eva":
        return lambda text: eva(text, language)
    if name == "cjk-chars":
        known = language if language in BY_CHARACTER else "zh"
        return lambda text: characters(text, known)
    return whisper(name.removeprefix("whisper-"))
