"""Any `/v1/audio/transcriptions` endpoint as a recogniser.

Speech is sent without its long silences, minutes at a time, and asked back with times of words.
Where a server knows only the text, each stretch of speech is sent by itself, so that its times are
at least those of the stretch. The sound is made in memory and nowhere kept.
"""

from __future__ import annotations

import io
import wave
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from app.domain.errors import EnvironmentFault
from app.models.asr import (
    RATE_HZ,
    Float32,
    Heard,
    HeardSegment,
    HeardWord,
    IsCancelled,
    Progress,
    SpanS,
    primary,
    segment_of,
    usable,
)
from app.models.asr_spans import Excerpt, closed, divided, excerpt, padded, tidy
from app.models.endpoint_calls import EndpointSession
from app.models.endpoint_words import Endpoint, Refused
from app.models.transcription_reply import Malformed, Reply, read

PAUSE_S = 0.3
"""Shorter pauses are one stretch of speech, for servers that know only the text."""
KEPT_PAUSE_S = 1.0
PAD_S = 0.2
SHORTEST_S, LONGEST_S = 15.0, 28.0
REQUEST_S = 300.0
"""Sound in one request: 9.6 MB, where the usual limit is 25."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """A model at an endpoint."""

    endpoint: Endpoint
    model: str

    @property
    def producer(self) -> str:
        """Model and server; what runs there, only the server knows."""
        return f"{self.model} at {self.endpoint.host}"

    def transcribe(
        self,
        samples_16k: Float32,
        *,
        language: str | None,
        spans: Sequence[SpanS] | None,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Heard:
        """See `Recogniser`.

        Raises:
            BadInput, NotFound, EnvironmentFault: see `EndpointSession.ask`. Cancelled.
        """
        samples = usable(samples_16k)
        duration_s = len(samples) / RATE_HZ
        speech = tidy(spans, duration_s)
        if not speech:
            progress(1.0)
            return Heard((), language or "")
        with EndpointSession(self.endpoint) as session:
            asking = _Asking(session, self, language, progress, cancelled)
            segments = asking.with_times(samples, _cut(samples, speech, KEPT_PAUSE_S))
            if segments is None:
                segments = asking.by_stretch(samples, _cut(samples, speech, PAUSE_S))
        progress(1.0)
        return Heard(tuple(segments), language or asking.language)


def _cut(samples: Float32, speech: Sequence[SpanS], pause_s: float) -> list[SpanS]:
    pieces = divided(samples, closed(speech, pause_s), shortest_s=SHORTEST_S, longest_s=LONGEST_S)
    return padded(pieces, PAD_S, len(samples) / RATE_HZ)


class _Asking:
    """The requests of one channel."""

    def __init__(
        self,
        session: EndpointSession,
        to: Transcription,
        language: str | None,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> None:
        self._session, self._to = session, to
        self._given = language
        self._progress, self._cancelled = progress, cancelled
        self.language = ""
        """As the server says."""

    def with_times(self, samples: Float32, pieces: Sequence[SpanS]) -> list[HeardSegment] | None:
        """Segments with words where the server gives them; None where it gives no times."""
        found = excerpt(samples, pieces, REQUEST_S)
        out: list[HeardSegment] = []
        for start, end in found.clips:
            part = found.samples[round(start * RATE_HZ) : round(end * RATE_HZ)]
            self._progress(start / found.clips[-1][1])
            try:
                reply = self._send(part, "verbose_json")
            except Refused:
                if out:
                    raise
                return None
            if not reply.has_times:
                return None
            out += _in_recording(reply, found, start)
        return out

    def by_stretch(self, samples: Float32, pieces: Sequence[SpanS]) -> list[HeardSegment]:
        """One segment for each piece in which something was heard."""
        out = []
        for start, end in pieces:
            self._progress(start / pieces[-1][1])
            part = samples[round(start * RATE_HZ) : round(end * RATE_HZ)]
            text = self._send(part, "json").text
            if text:
                out.append(HeardSegment(text, start, end))
        return out

    def _send(self, samples: Float32, form: str) -> Reply:
        to = self._to
        given: dict[str, Any] = {
            "model": to.model,
            "file": ("speech.wav", wav(samples), "audio/wav"),
            "response_format": form,
        }
        if self._given:
            given["language"] = primary(self._given)
        if form == "verbose_json":
            given["timestamp_granularities"] = ["word", "segment"]

        def request(client: Any) -> bytes:
            raw = client.audio.transcriptions.with_raw_response.create(**given)
            body: bytes = raw.http_response.content
            return body

        what = f"model {to.model!r} for transcription"
        body = self._session.ask(what, request, self._cancelled)
        try:
            reply = read(body, len(samples) / RATE_HZ)
        except Malformed as error:
            raise EnvironmentFault(
                f"The answer of {to.endpoint.host} is no transcription: {error}.",
                "Check the base URL and the model.",
            ) from error
        self.language = self.language or reply.language
        return reply


def _in_recording(reply: Reply, found: Excerpt, begin_s: float) -> list[HeardSegment]:
    """An answer's words, or else its segments, in times of the recording."""
    if not reply.words:
        return [
            HeardSegment(
                s.text, *found.stretch(begin_s + s.start_s, begin_s + s.end_s), s.confidence
            )
            for s in reply.segments
        ]
    placed = [
        HeardWord(w.text, *found.in_channel(begin_s + w.start_s, begin_s + w.end_s), w.confidence)
        for w in reply.words
    ]
    begins = [start for start, _ in found.pieces]
    runs = groupby(placed, key=lambda w: bisect_right(begins, w.start_s))
    return [segment_of(list(words)) for _, words in runs]


def wav(samples: Float32, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV file of samples (n,) in -1..1: 16 bits, one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return out.getvalue()
