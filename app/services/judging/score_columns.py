"""The figures that a table of scores has, in order and in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.eval.outbound.weights import GIC_DIMENSIONS

Group = Literal["Final", "TFC", "GIC", "EVA-A", "EVA-X", "Attempts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One figure.

    Attributes:
        id: stable, as exported.
        title: as shown.
        about: what it is and where it is from.
        group: which columns it folds with.
        is_head: it stays when its group is folded.
        by_scenario: it is a figure of scenarios' attempts, not of calls.
    """

    id: str
    title: str
    about: str
    group: Group
    is_head: bool = False
    by_scenario: bool = False


_DIMENSIONS = {
    "naturalness": "Naturalness",
    "coherence": "Coherence",
    "hallucination": "Hallucination",
    "redundancy": "Redundancy",
    "emotion": "Emotion",
    "intent": "Intent",
    "noise": "Noise",
    "safety": "Safety",
}
_OUTBOUND, _EVA = "OutboundEval, arXiv 2510.21244", "EVA-Bench, arXiv 2605.13841"


def _gic(key: str) -> Column:
    return Column(
        id=f"gic.{key}",
        title=_DIMENSIONS[key],
        about=f"Mean over a call's applicable replies, of half the score 0 to 2 ({_OUTBOUND}).",
        group="GIC",
    )


def _eva(column_id: str, title: str, about: str, group: Group, *, is_head: bool = False) -> Column:
    return Column(
        id=column_id, title=title, about=f"{about} ({_EVA}).", group=group, is_head=is_head
    )


def _attempts(part: str, name: str) -> tuple[Column, ...]:
    told = {
        "pass_1": ("pass@1", "Share of attempts that pass, averaged over scenarios"),
        "pass_k": ("pass@k", "Chance that at least one of k attempts passes"),
        "power_k": ("pass^k seen", "Chance that k attempts, drawn from those made, all pass"),
        "power_k_theory": ("pass^k rate", "The pass rate to the k-th power, as published"),
    }
    return tuple(
        Column(
            id=f"{part}.{key}",
            title=f"{name} {title}",
            about=f"{about} ({_EVA}).",
            group="Attempts",
            is_head=key == "pass_k",
            by_scenario=True,
        )
        for key, (title, about) in told.items()
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        id="final", title="Final", about=f"0.55 TFC + 0.45 GIC by the paper ({_OUTBOUND}).",
        group="Final", is_head=True,
    ),
    Column(
        id="tfc", title="TFC", about=f"Task flow compliance: coverage and order ({_OUTBOUND}).",
        group="TFC", is_head=True,
    ),
    Column(id="tfc.key_rate", title="Key rate", about="Share of key steps done.", group="TFC"),
    Column(id="tfc.overall_rate", title="All steps", about="Share of all steps done.", group="TFC"),
    Column(id="tfc.cov", title="Cov", about="Both rates together.", group="TFC"),
    Column(
        id="tfc.proc", title="Proc", group="TFC",
        about="Share of steps done no sooner than what they need.",
    ),
    Column(
        id="gic", title="GIC", group="GIC", is_head=True,
        about=f"General interaction capability: eight dimensions, weighted ({_OUTBOUND}).",
    ),
    *(_gic(key) for key in GIC_DIMENSIONS),
    _eva("eva_a", "EVA-A", "Accuracy: share of calls that pass all its gates", "EVA-A",
         is_head=True),
    _eva("eva_a_mean", "A mean", "Plain mean of the accuracy parts", "EVA-A"),
    _eva("task_completion", "Task", "The database is as it should be at the end", "EVA-A"),
    _eva("faithfulness", "Faithful", "Grounded in tools, policy and the caller's words", "EVA-A"),
    _eva("agent_speech_fidelity", "Speech", "Entities are spoken right", "EVA-A"),
    _eva("eva_x", "EVA-X", "Experience: share of calls that pass all its gates", "EVA-X",
         is_head=True),
    _eva("eva_x_mean", "X mean", "Plain mean of the experience parts", "EVA-X"),
    _eva("conversation_progression", "Progress", "The conversation moves on", "EVA-X"),
    _eva("turn_taking", "Turns", "Replies come in time and do not overlap", "EVA-X"),
    _eva("conciseness", "Concise", "Comfortable to hear", "EVA-X"),
    *_attempts("eva_a", "A"),
    *_attempts("eva_x", "X"),
)  # fmt: skip
BY_ID = {column.id: column for column in COLUMNS}
