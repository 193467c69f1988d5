"""Symbols of several calls by what became of them: heard as meant, misread, or not yet known.

People outrank the recogniser: where more than half of those who heard a symbol agree, it is as
they say, passed or not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.ratings import Viewer
from app.services.symbol_answers import Reading, readings, rows_of
from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolTally:
    """Counts of symbols, and of the readings that they rest on.

    Attributes:
        passed: heard as meant by the recogniser, and no majority of people says otherwise.
        right, misread: by the majority of the readings that are open to the viewer.
        split: people heard it, and no majority agrees.
        unconfirmed: doubtful, and nobody's reading of it is open to the viewer.
        unheard: those who listened say that it cannot be heard; such are not tested.
        answers, raters: readings of 0 and 1, and how many people gave them.
        calls: calls with a symbol that was tested.
        unevaluated: calls whose symbols were not looked at.
    """

    passed: int = 0
    right: int = 0
    misread: int = 0
    split: int = 0
    unconfirmed: int = 0
    unheard: int = 0
    answers: int = 0
    raters: int = 0
    calls: int = 0
    unevaluated: int = 0

    @property
    def tested(self) -> int:
        """All but those that cannot be heard."""
        return self.passed + self.right + self.misread + self.open

    @property
    def open(self) -> int:
        """Those that may turn out to be misread."""
        return self.split + self.unconfirmed


def tally(uow: Reader, viewer: Viewer, call_ids: Sequence[str]) -> SymbolTally:
    """Count the symbols of some calls, read through the viewer's mask."""
    seen = readings(uow, viewer, call_ids)
    fates: list[str] = []
    raters: set[str] = set()
    answers = calls = unevaluated = 0
    for call_id in call_ids:
        if uow.evaluations.result_of(call_id, "text.symbols") is None:
            unevaluated += 1
            continue
        found = []
        for row in rows_of(uow, call_id):
            given = seen.get(call_id, {}).get(row["key"], {})
            heard = {who for who, reading in given.items() if reading != "not_applicable"}
            raters |= heard
            answers += len(heard)
            found.append(_fate(passed=row["passed"], given=given.values()))
        fates += found
        calls += any(fate != "unheard" for fate in found)
    return SymbolTally(
        passed=fates.count("passed"),
        right=fates.count("right"),
        misread=fates.count("misread"),
        split=fates.count("split"),
        unconfirmed=fates.count("unconfirmed"),
        unheard=fates.count("unheard"),
        answers=answers,
        raters=len(raters),
        calls=calls,
        unevaluated=unevaluated,
    )


def _fate(*, passed: bool, given: Collection[Reading]) -> str:
    votes = list(given)
    wrong, right = votes.count("wrong"), votes.count("right")
    if wrong > right:
        return "misread"
    if right > wrong:
        return "right"
    if wrong:
        return "split"
    if votes:
        return "unheard"
    return "passed" if passed else "unconfirmed"
