"""Captions of a call that goes on: pieces as they come, and what a barge-in left unheard."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.agents.link import AgentEvent
from app.agents.live_view import Caption
from app.agents.recording import Packet
from app.domain.calls import Speaker

KEPT = 400
FAST_CHARACTERS_PER_S = 18.0
"""Faster than most voices: a text that needs longer than its sound was not sent to its end."""


def heard_share(played: int, came: int, rate_hz: int, text: str) -> float:
    """How much of a text that was cut short was heard.

    Agents that send in real time stop sending as they are interrupted, and of those the sound
    that came says nothing of what was still to come.

    Args:
        played: frames that were played.
        came: frames that came.
        rate_hz: of both.
        text: all of it.
    """
    whole = max(came, round(len(text) / FAST_CHARACTERS_PER_S * rate_hz))
    return min(1.0, max(0, played) / whole) if whole else 0.0


def shared(text: str, share: float) -> tuple[str, str]:
    """A text's words by the share of its sound that was played: heard and not heard."""
    words = text.split()
    heard = round(share * len(words))
    return " ".join(words[:heard]), " ".join(words[heard:])


@dataclass(slots=True)
class _Line:
    """One item of the protocol."""

    speaker: Speaker
    at_s: float
    pieces: list[str] = field(default_factory=list)
    whole: str | None = None
    start: int = -1
    frames: int = 0
    cut_at: int | None = None
    made: Caption | None = None
    """As it was shown last; None once something has changed."""

    def caption(self, rate_hz: int) -> Caption:
        if self.made is None:
            self.made = self._caption(rate_hz)
        return self.made

    def _caption(self, rate_hz: int) -> Caption:
        text = (self.whole if self.whole is not None else "".join(self.pieces)).strip()
        share = 1.0
        if self.cut_at is not None:
            share = heard_share(self.cut_at - self.start, self.frames, rate_hz, text)
        heard, rest = (text, "") if share == 1.0 else shared(text, share)
        return Caption(
            speaker=self.speaker,
            at_s=self.at_s,
            text=text,
            is_final=self.whole is not None,
            heard_text=heard,
            unheard_text=rest,
        )


class Captions:
    """The lines so far. The last 400 are kept."""

    def __init__(self) -> None:
        self.rate_hz = 0
        """Of the packets; known once the call is connected."""
        self._lines: dict[str, _Line] = {}
        self._nameless = 0

    def event(self, event: AgentEvent, now_s: float) -> None:
        """A piece of transcript, or a sign that the caller began an item."""
        if event.kind == "caller_started":
            self._line("caller", event.item_id, now_s)
        elif event.kind in ("agent_text", "caller_text"):
            line = self._line(
                "agent" if event.kind == "agent_text" else "caller", event.item_id, now_s
            )
            if event.data.get("unheard"):
                line.cut_at = line.start
            if event.whole:
                line.whole = event.text
            else:
                line.pieces.append(event.text)

    def packet(self, packet: Packet, now_s: float) -> None:
        """Sound of an item of the agent's."""
        line = self._line("agent", packet.item_id, now_s)
        line.frames += packet.frames
        if packet.position >= 0 and line.start < 0:
            line.start, line.at_s = packet.position, now_s

    def cut(self, item_id: str, position: int) -> None:
        """The item was flushed at this position of the play queue."""
        line = self._lines.get(f"agent/{item_id}")
        if line is not None:
            line.cut_at, line.made = position, None

    def shown(self) -> tuple[Caption, ...]:
        """Every line with words, in order of time."""
        found = (line.caption(self.rate_hz) for line in self._lines.values())
        return tuple(sorted((c for c in found if c.text), key=lambda c: c.at_s))

    def _line(self, speaker: Speaker, item_id: str, now_s: float) -> _Line:
        key = f"{speaker}/{item_id}"
        if not item_id and (before := self._lines.get(key)) and before.whole is not None:
            self._nameless += 1
            self._lines[f"{key}/{self._nameless}"] = self._lines.pop(key)
        if key not in self._lines:
            while len(self._lines) >= KEPT:
                del self._lines[next(iter(self._lines))]
            self._lines[key] = _Line(speaker, now_s)
        line = self._lines[key]
        line.made = None  # whoever asks for a line is about to change it
        return line
