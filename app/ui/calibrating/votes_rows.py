"""Items and their votes as rows and lines. Made on a lane; no widgets are touched."""

from __future__ import annotations

from app.services.calibrating.votes_behind import ItemRow, Listed, VoteLine
from app.ui.calibrating.plots.words import number, signed
from app.ui.scores.line_list import Line
from app.ui.studies.grid import Cell, Column, Row

_CALL = (Column(title="Call", px=92, right=False), Column(title="Turn", px=44))
_PAIR = (
    Column(title="First call", px=92, right=False), Column(title="Second", px=92, right=False),
)  # fmt: skip
_GIVEN = (
    Column(title="Judge", px=54),
    Column(title="People", px=58, tip="Their mean"),
    Column(title="Votes", px=96, right=False),
    Column(title="Residual", px=72, tip="The judge less people's common value"),
    Column(title="State", px=120, right=False, stretch=True),
)
MOST_VOTES = 6


def columns(*, is_paired: bool) -> tuple[Column, ...]:
    """Of items, or of pairs of calls."""
    return (*(_PAIR if is_paired else _CALL), *_GIVEN)


KIND_WORDS = {"person": "", "judge": "this judge", "other judge": "judge", "final": "final value"}


def item_rows(listed: Listed) -> tuple[Row, ...]:
    """Rows of the table; their keys are places in the source."""
    return tuple(_row(item) for item in listed.rows)


def _row(item: ItemRow) -> Row:
    votes = [_short(v) for v in item.votes[:MOST_VOTES]]
    more = len(item.votes) - MOST_VOTES
    turn = Cell(text="" if item.turn is None else str(item.turn), token="t2")
    cells = (
        Cell(text=item.spot.code, weight=500),
        turn if item.second is None else Cell(text=item.second.code, weight=500),
        Cell(text=_short(item.judge), weight=600),
        Cell(text=_short(item.people), weight=600),
        Cell(text=", ".join(votes) + (f" +{more}" if more > 0 else ""), token="t2"),
        Cell(text=signed(item.residual) if item.residual is not None else "–", token="t2"),
        Cell(text=item.status or "scored", token="warn" if item.status else "t3"),
    )
    return Row(key=str(item.place), cells=cells)


def _short(value: float | None) -> str:
    text = number(value)
    return text.removesuffix(".00")


def vote_lines(votes: tuple[VoteLine, ...], rates_hz: tuple[int, int]) -> tuple[Line, ...]:
    """One line a score, with its note and the stretches that it points at.

    Args:
        votes: on an item.
        rates_hz: of its call, and of the second call of a pair.
    """
    return tuple(_line(at, vote, rates_hz) for at, vote in enumerate(votes))


def _line(at: int, vote: VoteLine, rates_hz: tuple[int, int]) -> Line:
    about = [KIND_WORDS[vote.kind]]
    about += [] if vote.blind or vote.kind != "person" else ["not blind"]
    about += [] if vote.is_newest else ["earlier run"]
    about += [_clock(start, end, rates_hz[0]) for start, end in vote.evidence[:2]]
    about += [f"second {_clock(*span, rates_hz[1])}" for span in vote.other_evidence[:2]]
    lower = [(vote.rationale, "t2")] if vote.rationale else []
    told = ", ".join(a for a in about if a)
    lower += [(told, "t3")] if told else []
    return Line(
        key=str(at), title=vote.who, value=vote.value, lower=tuple(lower), tip=vote.rationale,
        token="t1" if vote.is_newest else "t3",
    )  # fmt: skip


def _clock(start: int, end: int, rate_hz: int) -> str:
    one, other = (divmod(frame / rate_hz, 60) for frame in (start, end))
    return f"{one[0]:.0f}:{one[1]:04.1f}–{other[0]:.0f}:{other[1]:04.1f}"
