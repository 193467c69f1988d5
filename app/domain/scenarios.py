"""Scenarios as data: the agent's brief and the callee's persona, checked field by field.

The schema is the union of the structured persona and of the richer callee table of OutboundEval
(arXiv 2510.21244). Nothing is refused for a field that is missing: what an author left out is
listed, so that it can be filled in, and the rest can be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Archetype = Literal["cooperative", "analytical", "hesitant", "resistant", "efficient"]
StepKind = Literal["key", "normal", "branch"]

ARCHETYPES: tuple[str, ...] = get_args(Archetype)
STEP_KINDS: tuple[str, ...] = get_args(StepKind)
KEY = re.compile(r"[1-9]\d*\.[1-9]\d*(\.[1-9]\d*)?")

DOMAINS: dict[int, str] = {
    1: "Customer service and support",
    2: "Sales and marketing",
    3: "Human resources",
    4: "Finance and risk",
    5: "Research",
    6: "Proactive care",
}

AGENT_FIELDS = ("role", "core_task", "target_profile", "sop", "faq", "opening", "termination",
                "closings")  # fmt: skip
USER_FIELDS = (
    "role", "background", "knowledge_level", "concerns", "behaviour", "must_ask", "obstacles",
    "triggers", "cooperation", "hangup", "style", "termination",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the agent's procedure. A branch step counts only once its trigger occurred."""

    id: str
    text: str
    kind: StepKind
    trigger: str = ""
    prereq: tuple[str, ...] = ()


def steps(body: Mapping[str, Any]) -> tuple[Step, ...]:
    """The procedure of a scenario's agent, in order; unusable entries are left out."""
    out: list[Step] = []
    for number, raw in enumerate(_list(_table(body.get("agent")).get("sop")), start=1):
        entry = _table(raw)
        text = str(entry.get("text", "")).strip()
        if not text:
            continue
        kind: Any = entry.get("kind", "normal")
        out.append(
            Step(
                id=str(entry.get("id") or f"s{number}"),
                text=text,
                kind=kind if kind in STEP_KINDS else "normal",
                trigger=str(entry.get("trigger", "")),
                prereq=tuple(str(p) for p in _list(entry.get("prereq"))),
            )
        )
    return tuple(out)


def problems(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What is missing or wrong in a scenario, one line for each."""
    return tuple(_problems(body))


def _problems(body: Mapping[str, Any]) -> Iterator[str]:
    if not KEY.fullmatch(str(body.get("key", ""))):
        yield "key is not of the form domain.sub, such as 1.1"
    if not str(body.get("title", "")).strip():
        yield "title is missing"
    if body.get("archetype") not in ARCHETYPES:
        yield f"archetype is none of {', '.join(ARCHETYPES)}"
    for side, fields in (("agent", AGENT_FIELDS), ("user", USER_FIELDS)):
        table = _table(body.get(side))
        yield from (f"{side}.{name} is missing" for name in fields if name not in table)
    yield from _step_problems(steps(body))


def _step_problems(found: tuple[Step, ...]) -> Iterator[str]:
    ids = [s.id for s in found]
    if len(set(ids)) < len(ids):
        yield "agent.sop has two steps of one id"
    if not any(s.kind == "key" for s in found):
        yield "agent.sop has no key step"
    known: set[str] = set()
    for step in found:
        yield from (
            f"agent.sop {step.id} needs {p}, which does not come before it"
            for p in step.prereq
            if p not in known
        )
        if step.kind == "branch" and not step.trigger:
            yield f"agent.sop {step.id} is a branch without a trigger"
        known.add(step.id)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
