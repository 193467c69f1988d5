"""Which keys hold in which phase of a call, and which of them the status bar names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.ui.live.question_row import NA

if TYPE_CHECKING:
    from app.ui.live.live_head import Phase
    from app.ui.live.screen import LiveScreen
    from app.ui.screen import StatusKey

Handlers = dict[str, Callable[[], object]]

HINTS: dict[Phase, tuple[StatusKey, ...]] = {
    "setup": (
        (("live.connect",), "call"),
        (("live.consent",), "consent"),
        (("live.check",), "sound check"),
        (("live.profile_new",), "new profile"),
        (("app.keys",), "all keys"),
    ),
    "call": (
        (("live.tag_2", "live.tag_9"), "tag"),
        (("live.note",), "note"),
        (("live.mute",), "mute"),
        (("live.step",), "tick a step"),
        (("live.hang_up",), "hang up"),
        (("app.keys",), "all keys"),
    ),
    "rating": (
        (("rate.up", "rate.down"), "question"),
        (("rate.submit",), "submit"),
        (("rate.skip",), "skip"),
        (("app.keys",), "all keys"),
    ),
    "summary": (
        (("live.review",), "open in Review"),
        (("live.again",), "call again"),
        (("live.replay",), "replay this caller"),
        (("live.escape",), "another call"),
        (("app.keys",), "all keys"),
    ),
}


def handlers(screen: LiveScreen) -> dict[Phase, Handlers]:
    """What each key does, by phase."""
    page, hands, rating = screen.call_page, screen.hands, screen.rating_page
    setting_up = screen.setting_up
    call: Handlers = {
        "live.hang_up": screen.flow.hang_up,
        "live.mute": hands.mute,
        "live.talk": screen.talk_key.press,
        "live.note": hands.note,
        "live.step": page.scenario.tick_next,
        "live.log": page.toggle_log,
        "live.tool": page.tool.send,
        "live.say": page.speak.begin,
        "live.escape": screen.escape,
    }
    call |= {f"live.tag_{n}": partial(hands.tag_key, n) for n in range(2, 10)}
    digits = {str(n): str(n) for n in range(10)} | {"star": "*", "hash": "#"}
    call |= {f"live.dial_{name}": partial(hands.dial, d) for name, d in digits.items()}
    rate: Handlers = {
        "rate.up": partial(rating.step, -1),
        "rate.down": partial(rating.step, 1),
        "rate.not_applicable": partial(rating.answer, NA),
        "rate.submit": screen.submit,
        "rate.skip": screen.ask_skip,
    }
    rate |= {f"rate.digit_{n}": partial(rating.answer, n) for n in range(10)}
    return {
        "setup": {
            "live.connect": screen.connect_call,
            "live.consent": screen.setup_page.consent.click,
            "live.check": setting_up.check_sound,
            "live.profile": partial(setting_up.edit_profile, new=False),
            "live.profile_new": partial(setting_up.edit_profile, new=True),
        },
        "call": call,
        "rating": rate,
        "summary": {
            "live.review": screen.open_review,
            "live.again": partial(screen.repeat, replay=False),
            "live.replay": partial(screen.repeat, replay=True),
            "live.escape": screen.escape,
        },
    }


def bind(screen: LiveScreen) -> None:
    """Let each key act in its phase alone."""
    by_phase = handlers(screen)
    every = {action for found in by_phase.values() for action in found}

    def act(action: str) -> None:
        by_phase[screen.flow.phase][action]()

    def enabled(action: str) -> bool:
        if action == "live.talk":
            call = screen.flow.call
            if call is None or not call.request.push_to_talk:
                return False
        return action in by_phase[screen.flow.phase]

    screen.ctx.actions.bind(screen, {a: partial(act, a) for a in every}, enabled=enabled)


def hints(screen: LiveScreen) -> Sequence[StatusKey]:
    """Those of the phase; push-to-talk first where it was chosen."""
    phase, call = screen.flow.phase, screen.flow.call
    found = HINTS[phase]
    if phase == "call" and call is not None and call.request.push_to_talk:
        return ((("live.talk",), "hold to talk"), *found)
    return found
