"""A flow while it is edited: nodes, selection, undo. Knows no widget and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.domain.errors import UserError
from app.domain.flows import FlowNode, FlowVersion
from app.domain.scenarios import StepKind
from app.eval.judging import flow_edits
from app.eval.judging.flow_edits import Nodes
from app.eval.judging.flow_units import Span, is_condition, joined, split_condition

LIMIT = 200
KINDS: tuple[StepKind, ...] = ("key", "normal", "branch")


@dataclass(frozen=True, slots=True)
class Step:
    """One state that can be gone back to."""

    name: str
    nodes: Nodes
    selected: str


class FlowDraft(QObject):
    """Edits on a base version. Main thread only."""

    opened = Signal()
    """Another version is the base."""
    changed = Signal()
    """The nodes differ from before."""
    selected_changed = Signal(str)
    """Id of the selected node; empty for none."""
    refused = Signal(str)
    """Why something was not done."""

    def __init__(self) -> None:
        super().__init__()
        self.base: FlowVersion | None = None
        self.nodes: Nodes = ()
        self.selected = ""
        self._undo: list[Step] = []
        self._redo: list[Step] = []

    # state --------------------------------------------------------------------------------------

    @property
    def sop(self) -> str:
        """The text that the flow was made from."""
        return self.base.sop if self.base else ""

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.base is not None and self.nodes != self.base.nodes

    @property
    def node(self) -> FlowNode | None:
        """The selected node."""
        return next((n for n in self.nodes if n.id == self.selected), None)

    @property
    def can_undo(self) -> str:
        """What undo would take back; empty for nothing."""
        return self._undo[-1].name if self._undo else ""

    @property
    def can_redo(self) -> str:
        """What redo would do again; empty for nothing."""
        return self._redo[-1].name if self._redo else ""

    def open(self, base: FlowVersion, nodes: Nodes | None = None) -> None:
        """Begin from a version, with `nodes` where they were edited before."""
        self.base = base
        self.nodes = base.nodes if nodes is None else nodes
        self._undo, self._redo = [], []
        self.selected = self.nodes[0].id if self.nodes else ""
        self.opened.emit()
        self.changed.emit()
        self.selected_changed.emit(self.selected)

    def select(self, node_id: str) -> None:
        """Select a node; an unknown id selects none."""
        known = node_id if any(n.id == node_id for n in self.nodes) else ""
        if known != self.selected:
            self.selected = known
            self.selected_changed.emit(known)

    # undo ---------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back."""
        self._move(self._undo, self._redo)

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self._move(self._redo, self._undo)

    def _move(self, source: list[Step], target: list[Step]) -> None:
        if source:
            step = source.pop()
            target.append(Step(step.name, self.nodes, self.selected))
            self._show(step.nodes, step.selected)

    def _show(self, nodes: Nodes, selected: str) -> None:
        self.nodes = nodes
        ids = {n.id for n in nodes}
        moved = selected if selected in ids else (nodes[0].id if nodes else "")
        self.changed.emit()
        self.selected = moved
        self.selected_changed.emit(moved)

    def _do(self, name: str, make: Callable[[], Nodes], selected: str | None = None) -> bool:
        if self.base is None:
            return False
        try:
            nodes = make()
        except UserError as error:
            self.refused.emit(f"{error.what} {error.remedy}".strip())
            return False
        if nodes == self.nodes:
            return False
        self._undo.append(Step(name, self.nodes, self.selected))
        del self._undo[:-LIMIT]
        self._redo.clear()
        self._show(nodes, self.selected if selected is None else selected)
        return True

    # edits --------------------------------------------------------------------------------------

    def change(self, node_id: str, **values: object) -> bool:
        """Change fields of a node; a new `id` is followed by what needs it."""
        node = flow_edits.node_of(self.nodes, node_id)
        made = replace(node, **values)  # type: ignore[arg-type]
        name = f"Change {node_id}"
        return self._do(name, lambda: flow_edits.changed(self.nodes, made, was=node_id), made.id)

    def cycle_kind(self) -> None:
        """From key to normal to branch."""
        if self.node is not None:
            at = KINDS.index(self.node.kind)
            self.change(self.selected, kind=KINDS[(at + 1) % len(KINDS)])

    def add(self, span: Span | None = None) -> str:
        """Add a node, of selected text or empty after the selected one; its id."""
        node = self._new(span)
        at = None
        if span is None and self.node is not None:
            at = self.nodes.index(self.node) + 1
        self._do(f"Add {node.id}", lambda: flow_edits.added(self.nodes, node, at), node.id)
        return node.id

    def _new(self, span: Span | None) -> FlowNode:
        ident = flow_edits.fresh_id(self.nodes)
        if span is None:
            return FlowNode(id=ident, text="", kind="normal")
        text = " ".join(self.sop[span[0] : span[1]].split()).strip(" -*•·").replace("**", "")
        if is_condition(text):
            trigger, action = split_condition(text)
            return FlowNode(id=ident, text=action, kind="branch", trigger=trigger, spans=(span,))
        return FlowNode(id=ident, text=text, kind="normal", spans=(span,))

    def give(self, span: Span) -> None:
        """Let the selected node cover this text too."""
        node = self.node
        if node is not None:
            spans = joined([*node.spans, span])
            self._do(
                f"Give text to {node.id}",
                lambda: flow_edits.with_spans(self.nodes, node.id, spans),
            )

    def take(self, span: Span) -> None:
        """Let the selected node no longer cover this text."""
        node = self.node
        if node is not None:
            left = [p for s in node.spans for p in _without(s, span)]
            self._do(
                f"Take text from {node.id}",
                lambda: flow_edits.with_spans(self.nodes, node.id, left),
            )

    def link(self, before: str, after: str) -> bool:
        """Make `before` a prerequisite of `after`; refused where it would close a circle."""
        return self._do(
            f"{after} needs {before}", lambda: flow_edits.linked(self.nodes, before, after)
        )

    def unlink(self, before: str, after: str) -> None:
        """Take that prerequisite away."""
        self._do(
            f"{after} does not need {before}",
            lambda: flow_edits.unlinked(self.nodes, before, after),
        )

    def remove(self) -> None:
        """Delete the selected node; the next one is selected."""
        node = self.node
        if node is not None:
            at = self.nodes.index(node)
            rest = [n.id for n in self.nodes if n.id != node.id]
            follow = rest[min(at, len(rest) - 1)] if rest else ""
            self._do(f"Delete {node.id}", lambda: flow_edits.removed(self.nodes, node.id), follow)

    def merge(self) -> None:
        """Make the selected node and the next one one."""
        node = self.node
        if node is None:
            return
        at = self.nodes.index(node)
        if at + 1 == len(self.nodes):
            self.refused.emit("There is no node after this one to merge with.")
            return
        after = self.nodes[at + 1].id
        self._do(
            f"Merge {node.id} and {after}",
            lambda: flow_edits.merged(self.nodes, node.id, after),
            node.id,
        )

    def merge_pair(self, first: str, second: str) -> None:
        """Make two nodes one."""
        self._do(
            f"Merge {first} and {second}", lambda: flow_edits.merged(self.nodes, first, second)
        )

    def split(self, node_id: str, cut: int) -> bool:
        """Make a node two at a character of its text."""
        return self._do(
            f"Split {node_id}", lambda: flow_edits.split(self.nodes, node_id, cut), node_id
        )

    def move(self, by: int) -> None:
        """Move the selected node up (negative) or down."""
        if self.node is not None:
            self._do(
                f"Move {self.selected}", lambda: flow_edits.moved(self.nodes, self.selected, by)
            )


def _without(span: Span, gone: Span) -> list[Span]:
    left, right = (span[0], min(span[1], gone[0])), (max(span[0], gone[1]), span[1])
    return [s for s in (left, right) if s[0] < s[1]]
