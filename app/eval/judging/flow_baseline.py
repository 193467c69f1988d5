"""A first flow without a model: the SOP's own steps, by rules. Named *baseline* wherever shown.

It is something to edit, not something to trust: which steps are key is guessed from words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.flows import FlowNode
from app.domain.scenarios import StepKind
from app.eval.judging.flow_repair import node_of_unit
from app.eval.judging.flow_units import Unit, units_of

_KEY = re.compile(
    r"\b(verif\w*|identi\w+|confirm\w*|must|required|consent|disclos\w+|refund\w*|explain\w*"
    r"|inform\w*|agree\w*|book\w*|order\w*|record\w*|never|before any\w*)\b"
    r"|核实|核对|验证|确认|身份|必须|务必|告知|说明|征得|同意|退款|登记|预约|記録|確認|必ず|本人|説明",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(greet\w*|thank\w*|introduce\w*|say goodbye|good moment|close the call|sign off)\b"
    r"|问候|打招呼|感谢|致谢|道别|结束通话|开场|挨拶|お礼|終話",
    re.IGNORECASE,
)


def baseline_nodes(sop: str) -> tuple[FlowNode, ...]:
    """The units of an SOP as nodes, without prerequisites."""
    units = units_of(sop)
    kinds = [_kind(u) for u in units]
    if units and "key" not in kinds:
        kinds = [_key_unless_courtesy(u) for u in units]
    return tuple(
        replace(node_of_unit(u, f"n{n}"), kind=kind)
        for n, (u, kind) in enumerate(zip(units, kinds, strict=True), start=1)
    )


def baseline_prerequisites(nodes: Sequence[FlowNode]) -> tuple[FlowNode, ...]:
    """Each step needs the key step before it; a branch may happen at any time and needs none."""
    out: list[FlowNode] = []
    last_key = ""
    for node in nodes:
        if node.kind == "branch":
            out.append(replace(node, prereq=()))
            continue
        out.append(replace(node, prereq=(last_key,) if last_key else ()))
        if node.kind == "key":
            last_key = node.id
    return tuple(out)


def _kind(unit: Unit) -> StepKind:
    if unit.is_branch:
        return "branch"
    return "key" if _KEY.search(unit.text) and not _COURTESY.search(unit.text) else "normal"


def _key_unless_courtesy(unit: Unit) -> StepKind:
    if unit.is_branch:
        return "branch"
    return "normal" if _COURTESY.search(unit.text) else "key"
