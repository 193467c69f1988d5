"""Hits and errors of one pair of texts, or of many added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput

MAX_CELLS = 2 * 10**10
"""Product of both lengths beyond which aligning would take minutes: 140,000 words each."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits, substitutions, insertions, deletions. Adding gives the counts of both."""

    hits: int = 0
    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0

    @classmethod
    def of_ops(cls, ops: Sequence[str]) -> Counts:
        """From the operations of an alignment."""
        return cls(
            ops.count("hit"),
            ops.count("substitution"),
            ops.count("insertion"),
            ops.count("deletion"),
        )

    @property
    def errors(self) -> int:
        """Substitutions, insertions and deletions: the edit distance."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def reference(self) -> int:
        """Units of the reference."""
        return self.hits + self.substitutions + self.deletions

    @property
    def hypothesis(self) -> int:
        """Units of the hypothesis."""
        return self.hits + self.substitutions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors over reference units, may exceed 1; None where there are none of these."""
        return self.errors / self.reference if self.reference else None

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.hits + other.hits,
            self.substitutions + other.substitutions,
            self.insertions + other.insertions,
            self.deletions + other.deletions,
        )


def check_size(reference: int, hypothesis: int) -> None:
    """Refuse what would take minutes.

    Raises:
        BadInput: the product of the lengths is above `MAX_CELLS`.
    """
    if reference * hypothesis > MAX_CELLS:
        raise BadInput(
            f"{reference:,} and {hypothesis:,} units are too many to align as one text.",
            "Split both at the same places, one piece a line.",
        )


def count(reference: Sequence[str], hypothesis: Sequence[str]) -> Counts:
    """The counts of one pair without building its alignment; equal to those of `align`.

    Raises:
        BadInput: both are so long that it would take minutes.
    """
    check_size(len(reference), len(hypothesis))
    return count_each([reference], [hypothesis])[0]


def count_each(
    references: Iterable[Sequence[str]], hypotheses: Iterable[Sequence[str]]
) -> list[Counts]:
    """The counts of each pair of texts, given as lists of units."""
    from rapidfuzz.distance.Levenshtein import editops

    found = []
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        substitutions = insertions = deletions = 0
        for op in editops(reference, hypothesis).as_list():
            kind = op[0]
            if kind == "replace":
                substitutions += 1
            elif kind == "insert":
                insertions += 1
            else:
                deletions += 1
        hits = len(reference) - substitutions - deletions
        found.append(Counts(hits, substitutions, insertions, deletions))
    return found


def totals(
    references: Iterable[Sequence[str]], hypotheses: Iterable[Sequence[str]]
) -> tuple[int, int]:
    """(errors, reference units) of all pairs together, no more: a little faster than counts."""
    from rapidfuzz.distance.Levenshtein import distance

    errors = units = 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        errors += distance(reference, hypothesis)
        units += len(reference)
    return errors, units
