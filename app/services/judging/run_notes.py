"""What goes with a judge run beside its counters: caps, pairs, and why a judge was left out.

Kept in the settings under the run's id, since caps may be raised while all else stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from app.services.judging.caps import Caps
from db.unit_of_work import Reader, UnitOfWork

Pair = tuple[str, str]
"""Ids of two calls, the smaller one first."""

_CAPS, _PAIRS, _SKIPPED, _LEFT_OUT, _STANDS = "caps", "pairs", "skipped ", "left out ", "stands "
_ANEW = "anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A judge that does not apply to a call, and why."""

    call_id: str
    judge: str
    reason: str
    is_part: bool = False
    """It applies; only something that it asks about was left out."""


def caps_of(uow: Reader, run_id: str) -> Caps:
    """The run's caps as they are now."""
    return Caps(**uow.settings.get(_CAPS, {}, scope=run_id))


def keep_caps(uow: UnitOfWork, run_id: str, caps: Caps) -> None:
    """Set the run's caps."""
    uow.settings.put(_CAPS, asdict(caps), scope=run_id)


def pairs_of(uow: Reader, run_id: str) -> tuple[Pair, ...]:
    """The pairs that the run's pairwise judges compare."""
    return tuple((a, b) for a, b in uow.settings.get(_PAIRS, (), scope=run_id))


def keep_pairs(uow: UnitOfWork, run_id: str, pairs: Sequence[Pair]) -> None:
    """Set the run's pairs."""
    uow.settings.put(_PAIRS, [list(pair) for pair in pairs], scope=run_id)


def is_anew(uow: Reader, run_id: str) -> bool:
    """Whether the run asks everything again, whatever earlier runs were answered."""
    return bool(uow.settings.get(_ANEW, False, scope=run_id))


def keep_anew(uow: UnitOfWork, run_id: str) -> None:
    """Let the run ask everything again."""
    uow.settings.put(_ANEW, True, scope=run_id)


def keep_skipped(uow: UnitOfWork, run_id: str, skipped: Skipped) -> None:
    """Note why a judge does not apply to a call, or not in full."""
    kind = _LEFT_OUT if skipped.is_part else _SKIPPED
    key = f"{kind}{skipped.call_id} {skipped.judge}"
    uow.settings.put(key, skipped.reason, scope=run_id)


def skipped_of(uow: Reader, run_id: str) -> list[Skipped]:
    """Every judge of the run that does not apply to a call of it, or not in full."""
    found = []
    for key, reason in sorted(uow.settings.all(scope=run_id).items()):
        kind = next((k for k in (_SKIPPED, _LEFT_OUT) if key.startswith(k)), "")
        if kind:
            call_id, judge = key[len(kind) :].split(" ", 1)
            found.append(
                Skipped(call_id=call_id, judge=judge, reason=str(reason), is_part=kind == _LEFT_OUT)
            )
    return found


def keep_standing(uow: UnitOfWork, run_id: str, reply_ids: Iterable[str]) -> None:
    """Note bad replies of earlier runs that this run lets stand."""
    for reply_id in reply_ids:
        uow.settings.put(f"{_STANDS}{reply_id}", True, scope=run_id)


def standing_of(uow: Reader, run_id: str) -> list[str]:
    """Ids of bad replies of earlier runs that this run lets stand."""
    keys = uow.settings.all(scope=run_id)
    return [key[len(_STANDS) :] for key in keys if key.startswith(_STANDS)]
