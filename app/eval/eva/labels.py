"""The seven marks that EVA writes into a turn's text where speech was cut or cut in."""

from __future__ import annotations

AGENT_INTERRUPTS = "[assistant interrupts]"
CALLER_INTERRUPTS = "[user interrupts]"
CUT_BY_CALLER = "[likely cut off by user]"
CUT_BY_AGENT = "[likely cut off by assistant]"
CUT_ITSELF = "[speaker likely cut itself off]"
INTERRUPTION = "[likely interruption]"
PAUSE = "[pause]"

ALL = (
    AGENT_INTERRUPTS,
    CALLER_INTERRUPTS,
    CUT_BY_CALLER,
    CUT_BY_AGENT,
    CUT_ITSELF,
    INTERRUPTION,
    PAUSE,
)


def without(text: str) -> str:
    """The text without marks, its white space made single."""
    for label in ALL:
        text = text.replace(label, "")
    return " ".join(text.split())


def bare(text: str) -> str:
    """Letters and digits alone, in lower case: how two sources' texts are compared."""
    return "".join(c.lower() for c in without(text) if c.isalnum())


def join(existing: str, separator: str, text: str) -> str:
    """Text after what a turn has already, `separator` between the two."""
    return f"{existing}{separator}{text}" if existing else text
