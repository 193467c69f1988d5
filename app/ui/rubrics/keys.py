"""Which key does what while rubrics are edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.rubrics.screen import RubricsScreen


def bind_rubrics_keys(screen: RubricsScreen) -> None:
    """Bind the screen's keys; a lead's only."""
    verbs = screen.verbs
    handlers: dict[str, Callable[[], object]] = {
        "rubrics.search": screen.list.search.setFocus,
        "rubrics.new": verbs.new,
        "rubrics.add": screen.add,
        "rubrics.remove": screen.remove,
        "rubrics.earlier": lambda: screen.move_by(-1),
        "rubrics.later": lambda: screen.move_by(1),
        "rubrics.edit": screen.editor.form.title.setFocus,
        "rubrics.save": verbs.save,
        "rubrics.newer": lambda: screen.step_version(1),
        "rubrics.older": lambda: screen.step_version(-1),
        "rubrics.take": verbs.ask_import,
        "rubrics.give": verbs.ask_export,
        "rubrics.escape": screen.escape,
        "edit_history.undo": screen.undo,
        "edit_history.redo": screen.redo,
    }
    screen.ctx.actions.bind(screen, handlers, enabled=lambda _a: screen.ctx.viewer.is_lead)


def status_keys(screen: RubricsScreen) -> Sequence[StatusKey]:
    """Key hints; a reviewer has nothing to do here."""
    if not screen.ctx.viewer.is_lead:
        return ((("app.keys",), "all keys"),)
    return (
        (("rubrics.add",), "add criterion"),
        (("rubrics.earlier", "rubrics.later"), "move it"),
        (("rubrics.edit",), "edit it"),
        (("rubrics.older", "rubrics.newer"), "versions"),
        (("rubrics.save",), "save"),
        (("app.keys",), "all keys"),
    )
