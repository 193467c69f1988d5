"""What a listening session says. No word here names a file, a call or a system."""

from __future__ import annotations

from app.audio.clip_output import DeviceFacts
from app.domain.studies import Instrument, VoidReason
from app.services.studies.for_rater import Offer
from app.services.studies.sessions import TrialView

KINDS: dict[Instrument, str] = {
    "acr": "One clip at a time, five grades",
    "dcr": "A reference and a clip, five grades",
    "ccr": "Two clips one after the other",
    "pairwise": "Two clips side by side",
    "humanlike": "One clip at a time, 0 to 9",
    "ai_detect": "One clip at a time, person or machine",
}
VOID: dict[VoidReason, str] = {
    "not_heard": "the clip was not heard to its end",
    "underrun": "the sound was torn while it played",
    "speed": "the clip did not play at its own speed",
    "device": "the output changed",
    "level": "the system’s volume was changed",
    "fault": "you reported a fault",
}
RULES = {
    "trap": "An instruction that was spoken in one of the clips was not followed.",
    "gold": "A clip of plain quality was given a grade that is far off.",
    "straight": "Nearly all answers were the same.",
}
DISTURBED = {
    "device": (
        "The output changed",
        "What you were hearing goes through another output now, or through none. Nothing is lost: "
        "set up the sound again, and the clip is played again from its start.",
    ),
    "level": (
        "The system’s volume was changed",
        "Answers at another volume do not count. Set the level once more; the clip is then played "
        "again from its start.",
    ),
    "lease": (
        "Another window has this session",
        "Or had it a moment ago. It goes on here by itself once that one has let go.",
    ),
}
LEADS: dict[Instrument, str] = {
    "ccr": "Compared with the second clip, the first one is",
}
"""A line between the question and the answers, where the question does not say which is which."""
HOW: dict[Instrument, str] = {
    "acr": "You hear one clip. When it has ended, give the grade that fits what you heard.",
    "dcr": "You hear a reference, then a clip. Say how far the clip is worse than the reference.",
    "ccr": "You hear two clips. Say how the first compares with the second.",
    "pairwise": "Two clips lie on two cards. Hear both to the end, as often as you like, and "
    "switch between them at any point. Then choose.",
    "humanlike": "You hear one clip. When it has ended, say how human the speaker sounds.",
    "ai_detect": "You hear one clip. When it has ended, say whether you heard a person or a "
    "machine.",
}


def void(reason: VoidReason, *, asked_again: bool) -> str:
    """Why the last vote does not count."""
    why = VOID.get(reason, "it could not be used")
    again = " You will hear it again later in this part." if asked_again else ""
    return f"Your last vote does not count: {why}.{again}"


def count(trial: TrialView, instrument: Instrument) -> str:
    """Where one is: of practice or of this part."""
    word = "Pair" if instrument == "pairwise" else "Trial"
    if trial.is_training:
        word = "Practice"
    return f"{word} {trial.number} of {trial.block_trials}"


def left(offer: Offer) -> str:
    """How much is left of a study."""
    noun = "pair" if offer.instrument == "pairwise" else "clip"
    nouns = noun if offer.left == 1 else f"{noun}s"
    if not offer.is_begun:
        return f"Up to {offer.left} {nouns}"
    return f"{offer.left} {nouns} left, {offer.done} done"


def minutes(value: float) -> str:
    """A rough length."""
    if value < 1.5:
        return "about a minute"
    if value < 90:
        return f"about {round(value)} min"
    return f"about {value / 60:.1f} h"


def device(facts: DeviceFacts, block_ms: int) -> str:
    """Rate, buffer and latency of an output."""
    latency = f", {facts.latency_ms:.0f} ms to the ear" if facts.latency_ms else ""
    return f"{facts.rate_hz / 1000:g} kHz, buffer {block_ms} ms{latency}"


def signed(value: float) -> str:
    """A value with a true minus sign, and a plus where the scale goes both ways."""
    return f"−{-value:g}" if value < 0 else f"+{value:g}" if value > 0 else "0"


def clock(seconds: float) -> str:
    """`mm:ss.t`."""
    tenths = int(10 * seconds)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"
