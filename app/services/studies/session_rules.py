"""What must happen before a trial: set-up, the end of a block, a break. It follows from events."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.clock import utc_now
from app.domain.studies import SessionKind, Study, Trial, Vote

SETUP: tuple[SessionKind, ...] = ("consent", "declaration", "device", "digits", "level")
"""What must have happened, each in `setup_valid_min` for the device's part."""
ONCE = frozenset({"consent", "declaration"})


def missing_setup(
    study: Study, events: Sequence[Mapping[str, Any]], session_id: str
) -> tuple[SessionKind, ...]:
    """Set-up steps that are not done, or too long ago, or undone by another device."""
    if study.instrument == "rubric":
        return ()
    missing: list[SessionKind] = []
    for kind in SETUP:
        done = [e for e in events if e["kind"] == kind and e["body"].get("passed", True)]
        if kind not in ONCE:
            done = [e for e in done if e["session_id"] == session_id]
            changed = [e for e in events if e["kind"] == "device_changed"]
            after = changed[-1]["created_at"] if changed else ""
            done = [e for e in done if e["created_at"] > after]
        if not done or (
            kind not in ONCE
            and _minutes_since(done[-1]["created_at"]) > study.design.setup_valid_min
        ):
            missing.append(kind)
    return tuple(missing)


def training_expired(
    study: Study, trials: Sequence[Trial], votes: Sequence[Vote], waiting: Sequence[Trial]
) -> bool:
    """Whether a finished training is too long ago for the rating trials that wait."""
    training = {t.id for t in trials if t.block == 0}
    if not training or any(t.block == 0 for t in waiting) or not waiting:
        return False
    done = [v.voted_at for v in votes if v.trial_id in training]
    return bool(done) and _minutes_since(done[-1]) > study.design.training_valid_min


def ended_block(
    events: Sequence[Mapping[str, Any]], blocks: Mapping[int, tuple[int, int]]
) -> int | None:
    """A block whose trials are all answered and whose end has not been noted; None where none.

    `blocks` has of each block its trials and those that wait.
    """
    kinds = ("block_done", "block_void", "training")
    noted = {e["body"].get("block") for e in events if e["kind"] in kinds}
    return next((b for b, (_, left) in sorted(blocks.items()) if not left and b not in noted), None)


def break_left_s(
    study: Study, events: Sequence[Mapping[str, Any]], voted: Sequence[str]
) -> float | None:
    """Seconds of a break that is due or going on; None where none is.

    `voted` has the times of all votes, oldest first.
    """
    breaks = [e for e in events if e["kind"] in ("break_begun", "break_done")]
    if breaks and breaks[-1]["kind"] == "break_begun":
        gone_s = 60 * _minutes_since(breaks[-1]["created_at"])
        needed_s = 60 * float(breaks[-1]["body"].get("minutes", study.design.break_min))
        return max(0.0, needed_s - gone_s)
    since = breaks[-1]["created_at"] if breaks else ""
    worked = [at for at in voted if at > since]
    # A night between two sessions is break enough.
    for at in range(len(worked) - 1, 0, -1):
        if _minutes_between(worked[at - 1], worked[at]) >= study.design.break_min:
            worked = worked[at:]
            break
    if not worked or _minutes_since(worked[-1]) >= study.design.break_min:
        return None
    if _minutes_since(worked[0]) >= study.design.break_after_min:
        return 60 * study.design.break_min
    return None


def _minutes_since(stamp: str) -> float:
    return _minutes_between(stamp, utc_now())


def _minutes_between(one: str, other: str) -> float:
    first, second = (
        datetime.datetime.fromisoformat(s.replace("Z", "+00:00")) for s in (one, other)
    )
    return (second - first).total_seconds() / 60
