"""Noise and lines as they are written on a command line."""

from __future__ import annotations

from app.agents.line_effects import LineEffects
from app.domain.errors import BadInput
from app.services.live_calls.request import NOISES, Noise

LINE_FORMS = "ulaw, loss=PERCENT, delay=MS, gain=DB, clip=DBFS"
_FIELDS = {
    "loss": "loss_percent",
    "delay": "delay_ms",
    "gain": "gain_db",
    "clip": "clip_dbfs",
}


def noise_of(text: str, seed: int = 0) -> Noise:
    """`babble:10` as a bed of noise 10 dB below the voice.

    Raises:
        BadInput: it cannot be.
    """
    kind, _, snr = text.partition(":")
    try:
        return Noise(kind=kind, snr_db=float(snr), seed=seed)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no noise.", f"KIND:DB, KIND being one of {', '.join(NOISES)}."
        ) from error


def line_of(text: str, seed: int = 0) -> LineEffects:
    """`ulaw,loss=5,delay=100` as a line; a good one where there are no words.

    Raises:
        BadInput: it cannot be.
    """
    found: dict[str, float] = {}
    words = [w.strip() for w in text.split(",") if w.strip()]
    for word in words:
        name, _, value = word.partition("=")
        if word == "ulaw":
            continue
        try:
            found[_FIELDS[name]] = float(value)
        except (KeyError, ValueError) as error:
            raise BadInput(f"{word!r} is nothing of a line.", f"One of: {LINE_FORMS}.") from error
    return LineEffects(ulaw8k="ulaw" in words, seed=seed, **found)
