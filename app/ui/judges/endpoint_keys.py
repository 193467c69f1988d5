"""Which key does what on the tab of endpoints, and what the status bar says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.judges.endpoints_page import EndpointsPage
    from app.ui.screen import StatusKey

IN_CELLS = ("judges.save", "judges.run", "judges.escape")
"""What holds while letters and digits are typed into a cell."""


def bind_endpoint_keys(page: EndpointsPage) -> None:
    """Bind the page's keys; in the table of prices its own win."""
    bind, view, prices = page.ctx.actions.bind, page.list, page.prices
    handlers: dict[str, Callable[[], object]] = {
        "judges.up": lambda: view.step(-1),
        "judges.down": lambda: view.step(1),
        "judges.edit": page.editor.focus_first,
        "judges.add": page.add,
        "judges.remove": page.remove,
        "judges.run": page.test,
        "judges.save": page.save,
        "judges.escape": view.setFocus,
    }
    bind(page, handlers, enabled=lambda action: not page.takes_signs or action in IN_CELLS)
    undo = {"edit_history.undo": page.undoing.undo}
    bind(page, undo, enabled=lambda _action: not page.undoing.is_empty)
    bind(prices, {"judges.remove": prices.remove})


def status_keys(page: EndpointsPage) -> Sequence[StatusKey]:
    """Key hints, most used first."""
    if page.current is None:
        return ((("judges.add",), "add an endpoint"), (("app.keys",), "all keys"))
    return (
        (("judges.up", "judges.down"), "endpoint"),
        (("judges.add",), "add"),
        (("judges.edit",), "edit"),
        (("judges.run",), "test"),
        (("judges.save",), "save"),
        (("app.keys",), "all keys"),
    )
