"""Comments that came in the tiers of a label file (`comments_<rater>`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.clock import to_frames, utc_now
from app.domain.ids import new_id
from app.domain.imports import FoundTranscript
from app.domain.ratings import Comment
from db.repos.exchange import ExchangeRepo
from db.unit_of_work import UnitOfWork

_TIER = re.compile(r"^comments_(?P<who>.+?)(?:_\d+)?$")
_PSEUDONYM = re.compile(r"^R-[0-9a-f]{8}$")


def add_comments(
    uow: UnitOfWork, call_id: str, rate_hz: int, frame_count: int, found: Sequence[FoundTranscript]
) -> int:
    """Store them in the transaction that makes the call; how many there were.

    Their writer is a rater who cannot sign in. A name in a file is never taken for a person of
    this workspace.
    """
    count = 0
    writers: dict[str, str] = {}
    for item in found:
        for mark in item.transcript.marks if item.transcript is not None else ():
            match = _TIER.match(mark.tier)
            start = to_frames(mark.start_s, rate_hz)
            if match is None or start >= frame_count:
                continue
            who = match["who"]
            if who not in writers:
                writers[who] = _writer(uow, who)
            end = min(frame_count, to_frames(mark.end_s, rate_hz))
            uow.comments.add(_comment(call_id, writers[who], start, end, mark.text))
            count += 1
    return count


def _writer(uow: UnitOfWork, who: str) -> str:
    name = who if _PSEUDONYM.match(who) else f"{who} (imported)"
    known = uow.raters.person(name)
    if known is not None:
        return known.rater_id
    rater_id = new_id()
    ExchangeRepo(uow.connection).add_person(rater_id, name)
    return rater_id


def _comment(call_id: str, rater_id: str, start: int, end: int, body: str) -> Comment:
    return Comment(
        id="",
        thread_id="",
        call_id=call_id,
        rater_id=rater_id,
        rater_name="",
        start=start,
        end=end if end > start + 1 else None,
        body=body,
        severity=1,
        tags=(),
        turn_index=None,
        created_at=utc_now(),
    )
