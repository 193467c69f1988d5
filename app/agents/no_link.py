"""No agent: a call that is placed elsewhere and only recorded here."""

from __future__ import annotations

from app.agents.link import Int16, Listener


class NoLink:
    """See `AgentLink`; everything is left undone."""

    input_rate_hz = output_rate_hz = 48_000

    def connect(self, listener: Listener) -> None:
        """Nobody is dialled."""

    def send_audio(self, pcm: Int16, until: int) -> None:
        """Nobody listens."""

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """Nobody is told."""

    def send_tool_result(self, call_id: str, result: str) -> None:
        """Nobody asked."""

    def close(self) -> None:
        """Nothing was opened."""
