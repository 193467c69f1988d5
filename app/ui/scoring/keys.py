"""Which key does what while scoring. A digit is the scale's own value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.ui.scoring.controller import ScoringController

if TYPE_CHECKING:
    from app.ui.scoring.screen import ScoringScreen

Verb = Callable[[ScoringController], None]


def bind_scoring_keys(screen: ScoringScreen) -> None:
    """Bind the form's keys; the transport's are bound by whoever owns the play bar."""

    def on_form(verb: Verb) -> Callable[[], None]:
        def handler() -> None:
            if screen.controller is not None:
                verb(screen.controller)

        return handler

    def history(verb: str) -> Callable[[], None]:
        def handler() -> None:
            review = screen.session.review
            if screen.controller is not None and review is not None and review.turn_set:
                getattr(screen.controller, verb)(review.turn_set)

        return handler

    def leave() -> None:
        screen.transcript.find_bar.close_bar()
        screen.setFocus()

    handlers: dict[str, Callable[[], object]] = {
        "score.up": on_form(lambda c: c.move(-1)),
        "score.down": on_form(lambda c: c.move(1)),
        "score.not_applicable": on_form(lambda c: c.mark_not_applicable()),
        "score.evidence": screen.toggle_evidence,
        "score.next_unset": on_form(lambda c: c.next_unset()),
        "score.submit": screen.submit,
        "score.submit_stay": lambda: screen.submit(stay=True),
        "score.flag": on_form(lambda c: c.toggle_flag()),
        "score.skip": screen.ask_skip,
        "score.examples": screen.show_examples,
        "score.rationale": lambda: screen.panel.write_rationale(),
        "score.reveal": screen.reveal.toggle,
        "score.agree": screen.reveal.panel.agree,
        "score.disagree": screen.reveal.panel.disagree,
        "score.escape": leave,
        "edit_history.undo": history("undo"),
        "edit_history.redo": history("redo"),
        "transport.find": screen.transcript.open_find,
        "transport.next_item": lambda: screen.step_call(1),
        "transport.previous_item": lambda: screen.step_call(-1),
    }
    for digit in range(10):
        handlers[f"score.digit_{digit}"] = on_form(lambda c, d=digit: c.score(d))  # type: ignore[misc]
    for level in (1, 2, 3):
        handlers[f"score.confidence_{level}"] = on_form(
            lambda c, n=level: c.set_confidence(n)  # type: ignore[misc]
        )

    screen.ctx.actions.bind(screen, handlers, lambda action_id: _is_for(screen, action_id))


def _is_for(screen: ScoringScreen, action_id: str) -> bool:
    """Without a form the list of queues has its keys: arrows choose, Enter begins."""
    return not (action_id.startswith("score.") and screen.pages.currentWidget() is screen.empty)
