"""Which key does what while scoring. A digit is the scale's own value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.ui.scoring.controller import ScoringController

if TYPE_CHECKING:
    from app.ui.scoring.screen import ScoringScreen

Handler = Callable[[], object]
Verb = Callable[[ScoringController], object]


def bind_scoring_keys(screen: ScoringScreen) -> None:
    """Bind the form's keys; the transport's are bound by whoever owns the play bar."""
    handlers = {**_form_handlers(screen), **_screen_handlers(screen)}
    screen.ctx.actions.bind(screen, handlers, lambda action_id: _is_for(screen, action_id))


def _form_handlers(screen: ScoringScreen) -> dict[str, Handler]:
    """What acts on the form that is open; nothing happens where there is none."""
    verbs: dict[str, Verb] = {
        "score.up": lambda c: c.move(-1),
        "score.down": lambda c: c.move(1),
        "score.not_applicable": lambda c: c.mark_not_applicable(),
        "score.next_unset": lambda c: c.next_unset(),
        "score.flag": lambda c: c.toggle_flag(),
    }
    for digit in range(10):
        verbs[f"score.digit_{digit}"] = lambda c, d=digit: c.score(d)  # type: ignore[misc]
    for level in (1, 2, 3):
        verbs[f"score.confidence_{level}"] = lambda c, n=level: c.set_confidence(n)  # type: ignore[misc]

    def on_form(verb: Verb) -> Handler:
        def handler() -> None:
            if screen.controller is not None:
                verb(screen.controller)

        return handler

    return {action_id: on_form(verb) for action_id, verb in verbs.items()}


def _screen_handlers(screen: ScoringScreen) -> dict[str, Handler]:
    """What the screen does, with or without a form."""

    def history(verb: str) -> Handler:
        def handler() -> None:
            review = screen.session.review
            if screen.controller is not None and review is not None and review.turn_set:
                getattr(screen.controller, verb)(review.turn_set)

        return handler

    def leave() -> None:
        screen.transcript.find_bar.close_bar()
        screen.setFocus()

    return {
        "score.evidence": screen.toggle_evidence,
        "score.submit": screen.submit,
        "score.submit_stay": lambda: screen.submit(stay=True),
        "score.skip": screen.ask_skip,
        "score.examples": screen.show_examples,
        "score.rationale": screen.panel.write_rationale,
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


def _is_for(screen: ScoringScreen, action_id: str) -> bool:
    """Without a form the list of queues has its keys: arrows choose, Enter begins."""
    return not (action_id.startswith("score.") and screen.pages.currentWidget() is screen.empty)
