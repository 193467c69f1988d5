"""One alignment of what was said with what was heard; every count and view is derived from it.

The alignment has the fewest errors (Levenshtein 1966). Where several have, it is this one: what
both texts begin and end with are hits; the rest is read from its end, and at each step a reference
unit is left out if that can be part of a shortest alignment, else a hypothesis unit if what is left
is then nearer than with both gone, else the two are paired. That is rapidfuzz's rule and so
jiwer's, which is why counts equal jiwer's. (Texts of some thousand units are halved first, after
Hirschberg 1975; the halves follow the rule.) Inside a run of errors the rule says nothing that
matters about which unit stands for which: there the units spelled most alike are paired, which
changes no count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from app.eval.text.counts import Counts, check_size

Op = Literal["hit", "substitution", "insertion", "deletion"]

MAX_PAIRING = 10_000
"""Product of a run's lengths up to which its units are paired by spelling."""


class Pair(NamedTuple):
    """One step of the alignment: a place in the reference, one in the hypothesis, or both."""

    op: Op
    ref: int | None
    hyp: int | None


class Window(NamedTuple):
    """Where a stretch of the reference lies in the hypothesis: units `first` to `end`.

    `before` and `after` units next to it were inserted, and may belong to it.
    """

    first: int
    end: int
    before: int
    after: int


@dataclass(frozen=True)
class Alignment:
    """Two texts side by side.

    Attributes:
        reference: units that should be there.
        hypothesis: units that are there.
        pairs: every unit of both, in order.
        counts: hits and errors.
    """

    reference: tuple[str, ...]
    hypothesis: tuple[str, ...]
    pairs: tuple[Pair, ...]
    counts: Counts

    def window(self, first: int, end: int) -> Window:
        """Where the reference units `first` to `end` (at least one) lie in the hypothesis."""
        before = self.gap(first).before
        start, stop = self._places[first], self._places[end - 1] + 1
        after = 0
        while stop + after < len(self.pairs) and self.pairs[stop + after].op == "insertion":
            after += 1
        return Window(self._heard[start], self._heard[stop], before, after)

    def gap(self, at: int) -> Window:
        """An empty window before the reference unit `at`, or at the end, with what was inserted."""
        start = self._places[at] if at < len(self.reference) else len(self.pairs)
        before = 0
        while start - before > 0 and self.pairs[start - before - 1].op == "insertion":
            before += 1
        return Window(self._heard[start], self._heard[start], before, 0)

    def steps(self, first: int, end: int) -> tuple[Pair, ...]:
        """The pairs of the reference units `first` to `end` (at least one) and between them."""
        return self.pairs[self._places[first] : self._places[end - 1] + 1]

    def runs(self) -> list[tuple[Pair, ...]]:
        """The errors, those without a hit between them together."""
        runs: list[list[Pair]] = [[]]
        for pair in self.pairs:
            if pair.op != "hit":
                runs[-1].append(pair)
            elif runs[-1]:
                runs.append([])
        return [tuple(run) for run in runs if run]

    @cached_property
    def _places(self) -> list[int]:
        """For each reference unit its place in `pairs`."""
        return [k for k, pair in enumerate(self.pairs) if pair.ref is not None]

    @cached_property
    def _heard(self) -> list[int]:
        """How many hypothesis units come before each pair, and before the end."""
        return list(accumulate((p.hyp is not None for p in self.pairs), initial=0))


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> Alignment:
    """Align two lists of units.

    Raises:
        BadInput: both are so long that it would take minutes.
    """
    from rapidfuzz.distance import Levenshtein

    check_size(len(reference), len(hypothesis))
    pairs: list[Pair] = []
    ref = hyp = 0
    for block in Levenshtein.editops(reference, hypothesis).as_matching_blocks():
        pairs += _errors(reference, hypothesis, range(ref, block.a), range(hyp, block.b))
        ref, hyp = block.a + block.size, block.b + block.size
        hits = zip(range(block.a, ref), range(block.b, hyp), strict=True)
        pairs += [Pair("hit", i, j) for i, j in hits]
    counts = Counts.of_ops([pair.op for pair in pairs])
    return Alignment(tuple(reference), tuple(hypothesis), tuple(pairs), counts)


def _errors(
    reference: Sequence[str], hypothesis: Sequence[str], refs: range, hyps: range
) -> list[Pair]:
    """The pairs of a run of errors: as many substitutions as there can be, the rest left over.

    A shortest alignment never leaves out and puts in within one run: pairing the two is shorter.
    """
    if len(refs) > len(hyps):
        partners = _partners(reference, hypothesis, refs, hyps)
        return [
            Pair("deletion" if j is None else "substitution", i, j)
            for i, j in zip(refs, partners, strict=True)
        ]
    partners = _partners(hypothesis, reference, hyps, refs)
    return [
        Pair("insertion" if i is None else "substitution", i, j)
        for j, i in zip(hyps, partners, strict=True)
    ]


def _partners(
    many: Sequence[str], few: Sequence[str], places: range, others: range
) -> list[int | None]:
    """For each of `places` one of `others`, in order, or None; all `others` are used."""
    if len(places) == len(others):
        return list(others)
    if not others or len(places) * len(others) > MAX_PAIRING:
        return [*others, *[None] * (len(places) - len(others))]
    chosen = _choose(_likeness([many[i] for i in places], [few[j] for j in others]))
    rest = iter(others)
    return [next(rest) if k in chosen else None for k in range(len(places))]


def _likeness(many: Sequence[str], few: Sequence[str]) -> list[list[float]]:
    """How alike the spellings are, 0..1, (many, few)."""
    from rapidfuzz.distance.Levenshtein import normalized_similarity

    return [[normalized_similarity(a, b) for b in few] for a in many]


def _choose(likeness: Sequence[Sequence[float]]) -> set[int]:
    """Rows, one for each column in order, so that their likeness adds up to the most.

    Where several choices are equal, the earliest rows.
    """
    rows, columns = len(likeness), len(likeness[0])
    # best[i][j]: what the rows from i on can add for the columns from j on
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    best[rows] = [float("-inf")] * columns + [0.0]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(likeness[i][j] + best[i + 1][j + 1], best[i + 1][j])
    chosen: set[int] = set()
    for i in range(rows):
        j = len(chosen)
        if j < columns and likeness[i][j] + best[i + 1][j + 1] >= best[i + 1][j]:
            chosen.add(i)
    return chosen
