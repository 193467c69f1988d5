"""What the transport's keys do to a session; the same keys wherever sound can be scrubbed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.audio.play_types import Mix
from app.domain.calls import Span

if TYPE_CHECKING:
    from app.ui.review.session import ReviewSession

SPEED_STEP = 0.1
ZOOM_MARGIN = 0.15


def transport_handlers(session: ReviewSession) -> Mapping[str, Callable[[], object]]:
    """Handlers by action id, for `ActionTable.bind`."""
    play, view = session.playback, session.view
    return {
        "transport.play": play.toggle,
        "transport.back_shuttle": play.back,
        "transport.stop": play.stop,
        "transport.forward": play.forward,
        "transport.back_1s": lambda: play.nudge_ms(-1000),
        "transport.forward_1s": lambda: play.nudge_ms(1000),
        "transport.back_5s": lambda: play.nudge_ms(-5000),
        "transport.forward_5s": lambda: play.nudge_ms(5000),
        "transport.back_50ms": lambda: play.nudge_ms(-50),
        "transport.forward_50ms": lambda: play.nudge_ms(50),
        "transport.home": lambda: go(session, 0),
        "transport.end": lambda: go(session, view.frame_count),
        "transport.next_turn": lambda: play_turn(session, 1),
        "transport.previous_turn": lambda: play_turn(session, -1),
        "transport.replay": lambda: replay(session),
        "transport.slow": play.slow,
        "transport.loop_in": lambda: loop_in(session),
        "transport.loop_out": lambda: loop_out(session),
        "transport.loop": lambda: toggle_loop(session),
        "transport.slower": lambda: play.set_speed(play.speed - SPEED_STEP),
        "transport.faster": lambda: play.set_speed(play.speed + SPEED_STEP),
        "transport.normal_speed": lambda: play.set_speed(1.0),
        "transport.zoom_turn": lambda: zoom_turn(session),
        "transport.zoom_call": view.fit,
        "transport.solo_caller": lambda: solo(session, "caller"),
        "transport.both": lambda: play.solo(None),
        "transport.solo_agent": lambda: solo(session, "agent"),
        "transport.mute_caller": lambda: play.toggle_mute("caller"),
        "transport.unmute": play.unmute_all,
        "transport.mute_agent": lambda: play.toggle_mute("agent"),
        "transport.spectrogram": session.toggle_spectrogram,
        "transport.ears": lambda: play.set_mix(play.mix.next_ears()),
    }


def go(session: ReviewSession, frame: int) -> None:
    """Move the play-head and bring it into view."""
    session.playback.seek(frame)
    cursor = session.view.cursor
    session.view.reveal(Span(cursor, cursor))


def play_turn(session: ReviewSession, steps: int) -> None:
    """Select the next or previous turn and play it."""
    turn = session.step_turn(steps)
    if turn is not None:
        session.playback.play_span(turn.span)


def replay(session: ReviewSession) -> None:
    """Play the turn at the play-head from its start: the selected one if it holds it."""
    here = session.current_turn()
    chosen = session.turn
    if chosen is not None and chosen.span.start <= session.view.cursor <= chosen.span.end:
        here = chosen
    if here is not None:
        session.select_turn(here, reveal=True)
        session.playback.play_span(here.span)


def loop_in(session: ReviewSession) -> None:
    """The loop starts at the play-head; without an end it takes the turn's, or the call's."""
    view = session.view
    at, loop, turn = view.cursor, view.loop, session.current_turn()
    ends = [loop.end if loop else 0, turn.span.end if turn else 0, view.frame_count]
    end = next((e for e in ends if e > at), None)
    if end is not None:
        view.set_loop(Span(at, end))


def loop_out(session: ReviewSession) -> None:
    """The loop ends at the play-head; without a start it takes the turn's, or the call's."""
    view = session.view
    at, loop, turn = view.cursor, view.loop, session.current_turn()
    starts = [loop.start if loop else None, turn.span.start if turn else None, 0]
    start = next((s for s in starts if s is not None and s < at), None)
    if start is not None:
        view.set_loop(Span(start, at))


def toggle_loop(session: ReviewSession) -> None:
    """Loop on or off; without a region, the selected turn becomes one."""
    view = session.view
    if view.loop is not None:
        view.set_loop(view.loop, on=not view.loop_on)
        return
    span = session.loop_turn()
    if span is not None and span.frames:
        view.set_loop(span)


def zoom_turn(session: ReviewSession) -> None:
    """Fill the view with the selected turn, or the one at the play-head."""
    turn = session.turn or session.current_turn()
    if turn is not None:
        session.view.show(turn.span, margin=ZOOM_MARGIN)


def solo(session: ReviewSession, role: str) -> None:
    """Hear only the caller or only the agent; does nothing on a single channel."""
    play = session.playback
    for known in ("caller", "agent"):
        if role == known and known in session.roles:
            play.solo(known)


def ears_words(mix: Mix) -> str:
    """The ear mode in words."""
    return {"split": "Split L/R", "swap": "Swap L/R", "mono": "Mono sum"}[mix.ears]


def heard_words(mix: Mix) -> str:
    """Who is heard: the key of the choice that is on."""
    if mix.caller.solo:
        return "caller"
    return "agent" if mix.agent.solo else "both"
