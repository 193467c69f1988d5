"""How flows, their versions and differences are put in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.domain.flows import FlowNode, FlowVersion
from app.eval.judging.flow_acceptance import PAPER_RATE, Acceptance, FlowDiff
from app.eval.outbound.final import effective_weights
from app.ui.runs.words import started_words

if TYPE_CHECKING:
    from app.eval.judging.flow_checks import Checks
    from app.services.judging.flows import FlowEntry

STAGES: Mapping[str, str] = {
    "scenario": "scenario's own steps",
    "parse": "parsed",
    "criteria": "put as criteria",
    "repair": "repaired",
    "prerequisites": "prerequisites given",
    "edit": "edited",
}
NOTHING_ANSWERED = "none yet"

Line = tuple[str, str]
"""A sign and words: `+` added, `−` removed, `~` changed, empty for a head."""


def entry_words(entry: FlowEntry) -> str:
    """A flow in the list of all."""
    if not entry.versions:
        return f"{entry.key}  {entry.title}"
    state = ", approved" if entry.approved else ""
    count = f"{entry.versions} version{'' if entry.versions == 1 else 's'}"
    return f"{entry.key}  {entry.title}  ({count}{state})"


def state_words(version: FlowVersion, judging: FlowVersion | None, *, changed: bool) -> str:
    """Where a version stands; `judging` is the one that calls are judged by."""
    review = f"approved by {version.approved_by}" if version.approved else "not approved"
    if judging is not None and judging.id != version.id:
        review += f"; calls are judged by version {judging.version}"
    by = (
        f" ({version.report['by']})" if version.report.get("by") and version.stage != "edit" else ""
    )
    author = f" by {version.created_by}" if version.stage == "edit" and version.created_by else ""
    edited = ", changed since" if changed else ""
    stage = STAGES.get(version.stage, version.stage)
    return f"Version {version.version}, {stage}{author}{by}, {review}{edited}"


def when(stamp: str) -> str:
    """Today's time, or the day."""
    return started_words(stamp, datetime.now(UTC).astimezone()) if stamp else ""


def count_words(nodes: Sequence[FlowNode], selected: str) -> str:
    """How many nodes there are, and what the selected one weighs where every branch occurs."""
    key = sum(n.kind == "key" for n in nodes)
    count = f"{len(nodes)} node{'' if len(nodes) == 1 else 's'}, {key} key"
    can_weigh = key and all(n.weight > 0 for n in nodes)
    weight = effective_weights(nodes).nodes.get(selected) if can_weigh else None
    return count if weight is None else f"{count}. {selected} weighs {weight:.1%} of Final"


def coverage_words(checks: Checks) -> str:
    """How much of the SOP nodes cite."""
    if checks.coverage is None:
        return "The SOP has no steps"
    count = len(checks.uncovered)
    left = f", {count} of {len(checks.units)} steps uncovered" if count else ""
    return f"{checks.coverage:.0%} covered{left}"


def overlap_words(checks: Checks) -> str:
    """How many pairs say the same."""
    count = len(checks.overlaps)
    return "No overlap" if not count else f"{count} overlap{'' if count == 1 else 's'}"


def problem_words(checks: Checks) -> str:
    """Whether calls can be judged by it."""
    count = len(checks.problems)
    return "Can be judged by" if not count else f"{count} problem{'' if count == 1 else 's'}"


def rate(value: float | None) -> str:
    """A share in per cent, or that there is none."""
    return NOTHING_ANSWERED if value is None else f"{value:.0%}"


def stood_words(found: Acceptance) -> str:
    """What of the proposal stands, short."""
    edges = (
        f" and {found.edges_kept} of {found.edges_proposed} edges" if found.edges_proposed else ""
    )
    return (
        f"{found.nodes_kept} of {found.nodes_proposed} proposed nodes{edges} stand "
        f"(paper: > {PAPER_RATE:.0%})"
    )


def paper_words() -> str:
    """What the figures are held against."""
    return f"The paper's first stage reports more than {PAPER_RATE:.0%} consistency with experts."


def findings_of(checks: Checks) -> dict[str, str]:
    """Node → what is wrong with it."""
    found: dict[str, str] = {}
    for overlap in checks.overlaps:
        for ident in (overlap.a, overlap.b):
            found.setdefault(ident, overlap.words)
    for words in checks.problems:
        found.setdefault(words.split(" ", 1)[0], words)
    return found


def diff_lines(diff: FlowDiff) -> list[Line]:
    """A difference, a line for each thing."""
    lines: list[Line] = [("+", f"{n.id}  {_said(n)}") for n in diff.added]
    lines += [("−", f"{n.id}  {_said(n)}") for n in diff.removed]
    for before, after in diff.changed:
        lines += [("~", f"{after.id}  {words}") for words in _changes(before, after)]
    lines += [("+", f"{after} needs {before}") for before, after in diff.edges_added]
    lines += [("−", f"{after} needed {before}") for before, after in diff.edges_removed]
    return lines


def diff_head(diff: FlowDiff) -> str:
    """A difference in numbers."""
    parts = [
        f"{count} {word}"
        for count, word in (
            (len(diff.added), "added"), (len(diff.removed), "removed"),
            (len(diff.changed), "changed"), (diff.same, "the same"),
        )
        if count
    ]  # fmt: skip
    edges = len(diff.edges_added) + len(diff.edges_removed)
    told = f"Nodes: {', '.join(parts) or 'none'}."
    return f"{told} Edges: {edges} changed." if edges else f"{told} No edge changed."


def _said(node: FlowNode) -> str:
    return f"if {node.trigger}: {node.text}" if node.trigger else node.text


def _changes(before: FlowNode, after: FlowNode) -> list[str]:
    found = [
        f"{name}: {getattr(before, key) or '(nothing)'} → {getattr(after, key) or '(nothing)'}"
        for key, name in (("text", "text"), ("kind", "kind"), ("trigger", "only if"))
        if getattr(before, key) != getattr(after, key)
    ]
    if before.weight != after.weight:
        found.append(f"weight: {before.weight:g} → {after.weight:g}")
    return found if found or before.spans == after.spans else ["covers other text"]
