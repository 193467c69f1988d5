"""What is known of one request from the times it was asked before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.services.judging.asks import MOST_TRIES
from db.repos.replies import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What is known of one request."""

    state: Literal["open", "ok", "bad"] = "open"
    reply_id: str = ""
    is_own: bool = False
    """It was this run that asked."""
    is_settled: bool = False
    """It need not be asked again."""
    attempts: int = 0
    tries: int = 0


def stand(
    rows: Sequence[Attempt], run_id: str | None, retry_failed: bool, *, anew: bool = False
) -> Stand:
    """What is known of a request from all its attempts, in order.

    A reply that could not be used stands, unless the run retries; a request that got no reply is
    asked again by the next run. A run goes on with its own attempts where it stopped; one that
    asks anew knows no others.
    """
    attempts = max((row.attempt for row in rows), default=0)
    if anew:
        rows = [row for row in rows if row.run_id == run_id and run_id is not None]
    good = [row for row in rows if row.status == "ok"]
    if good:
        own = any(row.run_id == run_id for row in good)
        return Stand(
            state="ok", reply_id=good[-1].reply_id, is_own=own, is_settled=True, attempts=attempts
        )
    own_rows = [row for row in rows if row.run_id == run_id and run_id is not None]
    tries = sum(row.status == "unscored" for row in own_rows)
    if own_rows:
        newest = own_rows[-1]
        over = newest.status == "failed" or tries >= MOST_TRIES
    elif rows:
        newest = rows[-1]
        over = newest.status == "unscored" and not retry_failed
    else:
        return Stand(attempts=attempts)
    return Stand(
        state="bad" if over else "open",
        reply_id=newest.reply_id,
        is_own=bool(own_rows),
        is_settled=over,
        attempts=attempts,
        tries=tries,
    )
