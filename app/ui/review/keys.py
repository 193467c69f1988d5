"""Which key does what in the review, and what changes while a boundary is edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.ui.timeline.strip_parts import Trim

if TYPE_CHECKING:
    from app.ui.review.boundary import BoundaryEditor
    from app.ui.review.screen import ReviewScreen
    from app.ui.screen import StatusKey

Handlers = dict[str, Callable[[], object]]


def bind_review_keys(screen: ReviewScreen) -> None:
    """Bind the screen's keys; those of the edit mode come last and win while it lasts."""
    bind, editor = screen.ctx.actions.bind, screen.editor
    bind(screen, _review(screen), enabled=lambda action: _holds(screen, action))
    bind(screen, _editing(editor), enabled=lambda _action: editor.active)


def _review(screen: ReviewScreen) -> Handlers:
    session, commands, editor = screen.session, screen.commands, screen.editor
    return {
        "transport.find": screen.transcript.open_find,
        "transport.next_item": lambda: screen.step_call(1),
        "transport.previous_item": lambda: screen.step_call(-1),
        "review.comment": screen.dock.write_comment,
        "review.boundary": editor.toggle,
        "review.table": screen.toggle_table,
        "review.symbols": screen.verbs.hear_symbols,
        "review.metrics": lambda: screen.show_tab("metrics"),
        "review.judge": screen.show_verdicts,
        "review.compare": screen.toggle_compare,
        "review.next_error": lambda: screen.compare.step(1),
        "review.previous_error": lambda: screen.compare.step(-1),
        "review.correct": screen.transcript.correct,
        "review.confirm": screen.transcript.confirm,
        "review.flag": commands.toggle_flag,
        "review.tag": screen.dock.write_tag,
        "review.redact": screen.redacting.open,
        "review.as_exported": screen.redacting.toggle_exported,
        "review.up": lambda: session.step_turn(-1),
        "review.down": lambda: session.step_turn(1),
        "review.score": screen.verbs.score,
        "review.call_again": screen.verbs.call_again,
        "review.replay": lambda: screen.verbs.call_again(replay=True),
        "review.escape": screen.escape,
        "edit_history.undo": commands.undo,
        "edit_history.redo": commands.redo,
    }


def _editing(editor: BoundaryEditor) -> Handlers:
    return {
        "edit.earlier_10ms": lambda: editor.nudge_ms(-10),
        "edit.later_10ms": lambda: editor.nudge_ms(10),
        "edit.earlier_1ms": lambda: editor.nudge_ms(-1),
        "edit.later_1ms": lambda: editor.nudge_ms(1),
        "edit.earlier_50ms": lambda: editor.nudge_ms(-50),
        "edit.later_50ms": lambda: editor.nudge_ms(50),
        "edit.earlier_snap": lambda: editor.snap(-1),
        "edit.later_snap": lambda: editor.snap(1),
        "edit.next_boundary": lambda: editor.step(1),
        "edit.previous_boundary": lambda: editor.step(-1),
        "edit.merge": editor.merge,
        "edit.split": editor.split,
        "edit.overlap_type": editor.cycle_overlap,
        "edit.leave": editor.leave,
    }


def _holds(screen: ReviewScreen, action: str) -> bool:
    """Whether an action of the review holds now: arrows belong to what has the focus."""
    focus = QApplication.focusWidget()
    if action in ("review.boundary", "review.correct", "review.confirm"):
        return not screen.session.exported
    if action in ("review.up", "review.down"):
        in_table = screen.table.isVisible() and screen.table.isAncestorOf(focus or screen)
        return not in_table and not isinstance(focus, Trim) and not screen.dock.has_list_focus()
    return True


def status_keys(screen: ReviewScreen) -> Sequence[StatusKey]:
    """Key hints: of the review, or of the edit mode while it lasts."""
    if screen.editor.active:
        return (
            (("edit.earlier_10ms", "edit.later_10ms"), "10 ms"),
            (("edit.earlier_1ms", "edit.later_1ms"), "1 ms"),
            (("edit.next_boundary",), "next boundary"),
            (("edit.merge",), "merge"),
            (("edit.split",), "split"),
            (("edit.leave",), "leave"),
        )
    return (
        (("transport.play",), "play"),
        (("transport.previous_turn", "transport.next_turn"), "turn"),
        (("review.comment",), "comment"),
        (("review.boundary",), "edit boundary"),
        (("app.keys",), "all keys"),
    )
