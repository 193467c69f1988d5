"""Which key does what while adjudicating. A digit is the scale's own value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.adjudicating.screen import AdjudicateScreen


def bind_adjudicating_keys(screen: AdjudicateScreen) -> None:
    """Bind the screen's keys; a lead's only."""
    decision, evidence = screen.parts.decision, screen.evidence
    handlers: dict[str, Callable[[], object]] = {
        "adjudicate.up": lambda: screen.step_line(-1),
        "adjudicate.down": lambda: screen.step_line(1),
        "adjudicate.left": lambda: evidence.step_rater(-1),
        "adjudicate.right": lambda: evidence.step_rater(1),
        "adjudicate.not_applicable": lambda: decision.choose(None),
        "adjudicate.majority": decision.choose_majority,
        "adjudicate.cause": decision.next_cause,
        "adjudicate.note": decision.note.setFocus,
        "adjudicate.keep": decision.keep,
        "adjudicate.play": evidence.play,
        "adjudicate.next_item": lambda: screen.parts.queue.step(1),
        "adjudicate.previous_item": lambda: screen.parts.queue.step(-1),
        "adjudicate.review": screen.review,
        "adjudicate.escape": screen.escape,
    }
    for digit in range(10):
        handlers[f"adjudicate.digit_{digit}"] = lambda d=digit: decision.choose(d)  # type: ignore[misc]
    screen.ctx.actions.bind(screen, handlers, enabled=lambda _a: screen.ctx.viewer.is_lead)


def status_keys(screen: AdjudicateScreen) -> Sequence[StatusKey]:
    """Key hints; a reviewer has nothing to do here."""
    if not screen.ctx.viewer.is_lead:
        return ((("app.keys",), "all keys"),)
    return (
        (("adjudicate.up", "adjudicate.down"), "criterion"),
        (("adjudicate.left", "adjudicate.right"), "rater"),
        (("adjudicate.play",), "hear evidence"),
        (("adjudicate.majority",), "majority"),
        (("adjudicate.keep",), "keep"),
        (("app.keys",), "all keys"),
    )
