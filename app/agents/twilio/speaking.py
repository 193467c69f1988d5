"""When the caller begins and stops to speak, by the wall clock: what EVA-Bench's servers wait for.

They compute their latencies from it. Ours come from the recording.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.agents.link import Int16
from app.agents.live_speech import LiveSpeech
from app.agents.twilio.frames import PACKET_FRAMES, SpeechEvent
from app.audio import g711


class Speaking:
    """Of one call's caller, 8 kHz."""

    def __init__(self) -> None:
        self._speech = LiveSpeech(g711.RATE_HZ, adaptive=True)
        self._taken = 0
        self._started: int | None = None

    def push(self, pcm: Int16, now_s: float) -> Iterator[tuple[SpeechEvent, int]]:
        """Sound that ends now: what began and stopped with it, at which ms of the wall clock.

        A stop is told when the silence behind it is long enough, with the time that it had.
        """
        ended = self._speech.push(self._taken, pcm, PACKET_FRAMES)
        self._taken += len(pcm)
        for run in ended:
            if self._started is None:
                yield "user_speech_start", self._wall_ms(run.start, now_s)
            yield "user_speech_stop", self._wall_ms(run.end, now_s)
            self._started = None
        going = self._speech.started
        if going is not None and self._started is None:
            self._started = going
            yield "user_speech_start", self._wall_ms(going, now_s)

    def _wall_ms(self, index: int, now_s: float) -> int:
        return round((now_s - (self._taken - index) / g711.RATE_HZ) * 1000)
