"""Error rates of two text files: what `callbench wer` prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.eval.text.counts import MAX_CELLS, check_size, count_each
from app.eval.text.normalise import ABOUT, Normaliser, Unit, normaliser, normaliser_for
from app.eval.text.rates import Rates, over_calls
from app.services.formats.text import MAX_BYTES, decode, read_lines

SAMPLE = 2000
"""Characters by which the script is told where no language is given."""

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffd]")
"""What no transcript holds; some bytes of any kind can be read as an old encoding."""

NORMALISERS = tuple(ABOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRates:
    """What a comparison of two files found.

    Attributes:
        unit: what was counted.
        normaliser: id of the normaliser.
        rates: counts and rates; each line counts as a call where files were paired by line.
        lines: how many pairs of lines; None where the files were compared as whole texts.
        reason: why there is no rate, in words; empty where there is.
    """

    unit: Unit
    normaliser: str
    rates: Rates
    lines: int | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As printed: the rate is `wer` or `cer` by the unit."""
        rate, size = _NAMES[self.unit]
        counts, micro = self.rates.counts, self.rates.micro
        document: dict[str, Any] = {
            rate: micro.value,
            "hits": counts.hits,
            "substitutions": counts.substitutions,
            "insertions": counts.insertions,
            "deletions": counts.deletions,
            size: counts.reference,
            "normaliser": self.normaliser,
            "unit": self.unit,
            "lines": self.lines,
        }
        if micro.low is not None and micro.high is not None:
            document["interval_95"] = [micro.low, micro.high]
            document[f"mean_{rate}_of_lines"] = self.rates.macro.value
        if self.reason:
            document["reason"] = self.reason
        return document


_NAMES = {"word": ("wer", "reference_words"), "char": ("cer", "reference_characters")}


def compare_files(
    reference: Path,
    hypothesis: Path,
    *,
    language: str = "",
    normaliser_id: str = "",
    unit: Unit | None = None,
) -> TextRates:
    """Error rates of a hypothesis file against a reference file.

    Lines are paired where both files have as many; else each file is one text.

    Args:
        reference: what should be there. Any encoding.
        hypothesis: what is there.
        language: language tag; picks the normaliser where none is named.
        normaliser_id: id of a normaliser; see `NORMALISERS`.
        unit: `word` or `char`; by default the normaliser's own.

    Raises:
        NotFound: no such normaliser.
        BadInput: a file is missing, no text, too large, or both are too long to align.
    """
    left, right = _read(reference), _read(hypothesis)
    rules = _rules(normaliser_id, language, left)
    chosen = unit or rules.unit
    rows, others = _lines(left), _lines(right)
    paired = len(rows) == len(others) and len(rows) > 1
    if not paired:
        rows, others = [left], [right]
    _check(rows, others, chosen)
    each = count_each(rules.units_of_each(rows, chosen), rules.units_of_each(others, chosen))
    rates = over_calls(each)
    reason = "" if rates.counts.reference else f"The reference {reference.name} has no words."
    return TextRates(
        unit=chosen,
        normaliser=rules.id,
        rates=rates,
        lines=len(rows) if paired else None,
        reason=reason,
    )


def _rules(identifier: str, language: str, text: str) -> Normaliser:
    if not identifier:
        return normaliser_for(language, text[:SAMPLE])
    return normaliser(identifier, language or normaliser_for("", text[:SAMPLE]).language)


def _check(rows: Sequence[str], others: Sequence[str], unit: Unit) -> None:
    """Refuse what cannot be aligned before an hour goes into normalising it."""
    for row, other in zip(rows, others, strict=True):
        if len(row) * len(other) > MAX_CELLS:
            left, right = (len(x.split()) if unit == "word" else len(x) for x in (row, other))
            check_size(left, right)


def _read(path: Path) -> str:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Name two text files: reference, hypothesis.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)  # one byte too many is enough to refuse it
    text = decode(data, name=path.name)[0]
    if len(_CONTROLS.findall(text)) * 100 > len(text):
        raise BadInput(f"{path.name} is not a text file.", "Choose a transcript saved as text.")
    return text


def _lines(text: str) -> list[str]:
    """The lines; a line feed at the very end begins no other."""
    lines = read_lines(text)
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines
