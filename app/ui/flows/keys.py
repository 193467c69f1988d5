"""What the keys of the flow editor do, and when they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.flows.screen import FlowsScreen

WHILE_EDITING = frozenset({"flows.next_finding"})
"""What holds while a cell is written in."""
WITHOUT_FLOW = frozenset({"flows.derive"})


def handlers(screen: FlowsScreen) -> Mapping[str, Callable[[], object]]:
    """Action → what it does."""
    draft, parts, verbs = screen.draft, screen.parts, screen.verbs
    return {
        "flows.add": verbs.add,
        "flows.give": verbs.give,
        "flows.take": verbs.take,
        "flows.edit": parts.table.edit_text,
        "flows.kind": draft.cycle_kind,
        "flows.link": parts.graph.begin_link,
        "flows.merge": verbs.merge,
        "flows.split": parts.table.split_text,
        "flows.earlier": lambda: draft.move(-1),
        "flows.later": lambda: draft.move(1),
        "flows.remove": verbs.remove,
        "edit_history.undo": draft.undo,
        "edit_history.redo": draft.redo,
        "flows.next_finding": verbs.next_finding,
        "flows.text": verbs.swap_focus,
        "flows.versions": verbs.swap_side,
        "flows.derive": screen.derive,
        "flows.save": screen.desk.save,
        "flows.approve": screen.approve,
        "flows.escape": verbs.escape,
    }


def is_enabled(screen: FlowsScreen, action_id: str) -> bool:
    """Whether an action holds now; a key that does not passes on."""
    if not screen.parts.shows_flow:
        return action_id in WITHOUT_FLOW
    if screen.verbs.is_editing:
        return action_id in WHILE_EDITING
    if action_id == "flows.edit":
        return not screen.parts.graph.is_linking
    return True


def status_keys(screen: FlowsScreen) -> Sequence[StatusKey]:
    """Key hints, most used first."""
    if not screen.parts.shows_flow:
        return ((("flows.derive",), "derive"), (("app.keys",), "all keys"))
    return (
        (("flows.edit",), "edit"),
        (("flows.add",), "add a node"),
        (("flows.link",), "needs"),
        (("flows.next_finding",), "next finding"),
        (("flows.versions",), "versions"),
        (("app.keys",), "all keys"),
    )
