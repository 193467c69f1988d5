"""Faults to plant in a rule, so that calibration can be seen to find them.

A judge with a known fault is a control: calibration that does not find it cannot be trusted with
faults that nobody knows of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.domain.rubrics import Criterion
from app.eval.judging.baselines.findings import Finding
from app.eval.judging.call import JudgeCall

FAULTS = ("lenient", "long", "noisy")
FIRST = "first"
"""The fault of a rule of pairs."""


def planted(
    findings: Iterator[Finding], criterion: Criterion, call: JudgeCall, fault: Mapping[str, Any]
) -> Iterator[Finding]:
    """Findings with a fault put in, the same one each time the same words are judged.

    Args:
        findings: of a rule.
        criterion: whose scale it answers on.
        call: that was judged.
        fault: `kind`: `lenient` raises a value by a level, `long` does so for replies of at least
            `words` words, `noisy` takes any level; `share` of replies (0..1), and `seed`.

    Raises:
        ValueError: there is no such fault.
    """
    kind, share = str(fault["kind"]), float(fault["share"])
    if kind not in FAULTS:
        raise ValueError(f"there is no fault {kind}; there are {', '.join(FAULTS)}")
    words = _said(call)
    levels = sorted(level.value for level in criterion.levels)
    for one in findings:
        key = f"{fault.get('seed', 0)}\n{criterion.key}\n{one.turn.index}\n{words}"
        struck, which = _chances(key)
        if one.value is None or struck >= share:
            yield one
        elif kind == "noisy":
            yield _changed(one, levels[int(which * len(levels))], kind)
        elif kind == "lenient" or len(one.turn.text.split()) >= int(fault["words"]):
            at = levels.index(one.value)
            yield _changed(one, levels[min(at + 1, len(levels) - 1)], kind)
        else:
            yield one


def first_shown(
    value: int, calls: tuple[JudgeCall, JudgeCall], fault: Mapping[str, Any]
) -> tuple[int, int]:
    """What a rule of pairs says in both orders, each of the pair's first call.

    Args:
        value: without the fault: 1, −1 or 0.
        calls: the pair.
        fault: `kind` `first`: whichever call is shown first is taken in so large a `share` (0..1)
            of the orders; `seed`.

    Raises:
        ValueError: pairs know no such fault.
    """
    if fault["kind"] != FIRST:
        raise ValueError(f"pairs know no fault {fault['kind']}; there is {FIRST}")
    seed, (one, two) = fault.get("seed", 0), (_said(call) for call in calls)
    struck = (f"{seed}\n1\n{one}\n{two}", f"{seed}\n2\n{two}\n{one}")
    straight, turned = (_chances(key)[0] < float(fault["share"]) for key in struck)
    return 1 if straight else value, -1 if turned else value


def _said(call: JudgeCall) -> str:
    return "\n".join(turn.text for turn in call.turns)


def _changed(one: Finding, value: int, kind: str) -> Finding:
    words = f"{one.rationale} The rule gives {one.value}; the planted fault ({kind}) makes it"
    return replace(one, value=value, rationale=f"{words} {value}.")


def _chances(key: str) -> tuple[float, float]:
    """Two numbers in 0..1 that hang on the key alone."""
    digest = hashlib.sha256(key.encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64, int.from_bytes(digest[8:16]) / 2**64
