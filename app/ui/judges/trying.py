"""What the try-out shows: what would be asked about a call, and what a judge said. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.ratings import ItemRef
from app.ui.judges.values import Fact


@dataclass(frozen=True, slots=True)
class CallChoice:
    """A call that can be tried on."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the model would get it."""

    criteria: str
    """Titles of what it asks about."""
    messages: tuple[tuple[str, str], ...]
    """Role and content."""
    sounds: tuple[str, ...] = ()
    """What sound goes with it, in words."""

    @property
    def text(self) -> str:
        """All messages below one another, for reading."""
        parts = [f"――― {role} ―――\n{content}" for role, content in self.messages]
        parts += [f"――― sound: {sound} ―――" for sound in self.sounds]
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChoice:
    """One thing that is judged, with its requests."""

    item: ItemRef
    label: str
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a judge would ask about a call."""

    code: str
    asks: tuple[AskChoice, ...] = ()
    words: str = ""
    """Why there is nothing to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """What the judge said of one criterion."""

    title: str
    value: str
    """The scale's own value, or `n/a`."""
    anchor: str = ""
    rationale: str = ""
    evidence: str = ""
    """Turns, as people count them."""
    note: str = ""
    """A contradiction, or what the value is out of."""
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a try-out. Stored nowhere."""

    verdicts: tuple[VerdictLine, ...] = ()
    problem: str = ""
    """Why there is no verdict."""
    raw: str = ""
    summary: str = ""
    """Money and tokens, in a line."""
    facts: tuple[Fact, ...] = ()
