"""How fast a run goes: results counted over time, as bars to draw and as a figure to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from app.domain.clock import utc_now
from app.domain.evaluation import JUDGING, Run
from app.services.workspace import Workspace
from db.repos.reply_facts import ReplyFacts
from db.repos.run_facts import RunFacts

BINS = 60
WIDTHS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
ACTIVE_S = 3600
"""Of a run that goes on, this much is looked back; of one that is over, all of it."""
RATE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Steps that a run computed or asked, failed ones included; reused ones take no time.

    Attributes:
        counts: steps in each bin, oldest first, at most `BINS` of them.
        bin_s: width of a bin in seconds.
        began: UTC stamp at which the first bin begins.
        ended: UTC stamp of now, or of the last result of a run that nobody works on.
        per_minute: steps over the last minute of a running run, else over all bins.
    """

    counts: tuple[int, ...]
    bin_s: float
    began: str
    ended: str
    per_minute: float


def pace(ws: Workspace, run: Run, now: str = "") -> Pace | None:
    """The pace of a run; None before its first result.

    Args:
        ws: the workspace.
        run: which run; whether it is running says where the bars end.
        now: a UTC stamp; the present time where it is empty.
    """
    running = run.state == "running"
    with ws.db.read() as uow:
        facts = (ReplyFacts if run.kind == JUDGING else RunFacts)(uow.connection)
        worked = facts.worked_between(run.id)
        if worked is None:
            return None
        end = _read(now or utc_now()) if running else _read(worked[1])
        start = min(_read(run.started_at or worked[0]), _read(worked[0]))
        if running:
            start = max(start, end - timedelta(seconds=ACTIVE_S))
        span_s = max(1.0, (end - start).total_seconds())
        bin_s = next((w for w in WIDTHS_S if span_s <= w * BINS), ceil(span_s / BINS))
        counted = facts.counts(run.id, _write(start), bin_s)
        window_s = min(RATE_S, span_s) if running else span_s
        since = _write(end - timedelta(seconds=window_s))
        recent = sum(facts.counts(run.id, since, RATE_S).values()) if running else 0
    total = recent if running else sum(counted.values())
    return Pace(
        counts=_filled(counted, min(BINS, int(span_s // bin_s) + 1)),
        bin_s=bin_s,
        began=_write(start),
        ended=_write(end),
        per_minute=total * 60 / window_s,
    )


def _filled(counted: Mapping[int, int], bins: int) -> tuple[int, ...]:
    """A count for each bin; the moment at the very end belongs to the last one."""
    out = [0] * bins
    for at, count in counted.items():
        out[min(max(at, 0), bins - 1)] += count
    return tuple(out)


def _read(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).astimezone(UTC)


def _write(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
