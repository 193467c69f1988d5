"""Predicted quality of each speaker's speech: DNSMOS, and PLCMOS for lost packets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from app.domain.calls import Span, Speaker
from app.domain.errors import BadInput
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.signal.channels import Channel, Float32, at_16k, channels, seconds
from app.eval.signal.material import Clip, joined, spread, stretches
from app.eval.signal.quality_metrics import DNSMOS, PLCMOS
from app.eval.turns.layer import READS, turns_of
from app.eval.turns.series import MOST_EVIDENCE, Heading
from app.models import dnsmos, plcmos

HOPS_S = {"exact": dnsmos.EXACT_HOP_S, "fast": 9.0}
PROFILES = {"exact": "dnsmos-p835 exact", "fast": "dnsmos-p835 hop 9"}
MIN_S = 1.0
PLC_CLIP_S = 10.0
"""About the length of the clips that the model was trained on."""


@dataclass(frozen=True, kw_only=True)
class Dnsmos:
    """DNSMOS P.835 and P.808 of each speaker's own speech.

    Attributes:
        mode: `exact` takes the windows that the published tool takes (about three seconds apart);
            `fast` one each 9 s, which costs less and gives slightly other numbers.
        most_s: seconds of speech rated at most for each speaker, spread over the call; 0 for all.
            So that a long call costs no more than a short one.
        turns: also rate each agent turn of at least a second, each as if it were alone.
    """

    mode: str = "exact"
    most_s: float = 60.0
    turns: bool = False

    name: ClassVar[str] = "signal.dnsmos"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Speech quality (DNSMOS)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = DNSMOS
    reads: ClassVar[frozenset[Read]] = frozenset({"audio", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset({"audio", "speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if self.mode not in HOPS_S:
            raise BadInput(f"DNSMOS has no mode {self.mode!r}.", f"One of: {', '.join(HOPS_S)}.")
        if not 0 <= self.most_s < 1e6:
            raise BadInput(f"{self.most_s} s of speech cannot be rated.", "Give 0 for all of it.")
        if self.turns:
            # Turns are numbered with the help of words. Without them no transcript is read, so
            # that a new one does not rate the whole call anew.
            object.__setattr__(self, "reads", READS | {"audio"})

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Rate each channel.

        Raises:
            NotFound, BadInput: the recording cannot be opened. EnvironmentFault: no models.
            Cancelled.
        """
        audio = CallAudio(source, watch)
        found = channels(source, audio)
        values: list[MetricValue] = []
        for i, channel in enumerate(found):
            watch.raise_if_cancelled()
            samples = at_16k(audio, channel.role)
            rate = _progress(watch, i, len(found))
            values += self._channel(source, channel, samples, rate)
            if self.turns and channel.speaker == "agent":
                values += self._turns(source, samples, watch)
        return Outcome(values=tuple(values))

    def _channel(
        self, source: CallInput, channel: Channel, samples: Float32, progress: dnsmos.Progress
    ) -> list[MetricValue]:
        heading = Heading(profile=PROFILES[self.mode], speaker=channel.speaker)
        speech, rate = channel.speech or (), source.call.rate_hz
        length = seconds(speech, rate)
        if length < MIN_S:
            return [heading.missing(spec, _too_little(channel)) for spec in DNSMOS]
        spans = spread(stretches(speech, rate, source.call.frame_count), rate, self.most_s)
        clip = joined(samples, spans, rate)
        if clip.seconds < MIN_S:
            return [heading.missing(spec, _too_little(channel)) for spec in DNSMOS]
        scores = dnsmos.score(clip.samples, hop_s=HOPS_S[self.mode], progress=progress)
        parts = {"speech_s": round(length, 3), "rated_s": round(clip.seconds, 3)}
        return [
            heading.value(
                spec,
                float(scores.scores[:, column].mean()),
                n=len(scores.starts),
                components=parts,
                evidence=_windows(clip, scores, column, channel.speaker),
            )
            for column, spec in enumerate(DNSMOS)
        ]

    def _turns(self, source: CallInput, samples: Float32, watch: Watch) -> Iterator[MetricValue]:
        if source.speech is None:
            return
        rate = source.call.rate_hz
        heading = Heading(profile=f"{PROFILES[self.mode]} turn", speaker="agent")
        for turn in turns_of(source.speech, source).turns:
            if turn.speaker != "agent" or turn.span.frames < MIN_S * rate:
                continue
            watch.raise_if_cancelled()
            clip = joined(samples, (turn.span,), rate)
            if clip.seconds < MIN_S:
                continue
            found = dnsmos.score(clip.samples, hop_s=HOPS_S[self.mode])
            for column, spec in enumerate(DNSMOS):
                value = float(found.scores[:, column].mean())
                where = (Evidence(span=turn.span, speaker="agent", value=value),)
                n = len(found.starts)
                yield heading.value(spec, value, n=n, evidence=where, turn_id=turn.id)


@dataclass(frozen=True, kw_only=True)
class Plcmos:
    """PLCMOS of each speaker's own speech, in stretches without a cut in them.

    Stretches are never joined: the seam itself would be heard as a lost packet.

    Attributes:
        most_s: seconds of speech rated at most for each speaker, spread over the call; 0 for all.
    """

    most_s: float = 120.0

    name: ClassVar[str] = "signal.plcmos"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Packet loss (PLCMOS)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (PLCMOS,)
    reads: ClassVar[frozenset[Read]] = frozenset({"audio", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset({"audio", "speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.most_s < 1e6:
            raise BadInput(f"{self.most_s} s of speech cannot be rated.", "Give 0 for all of it.")

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Rate each channel.

        Raises:
            NotFound, BadInput: the recording cannot be opened. EnvironmentFault: no model.
            Cancelled.
        """
        audio = CallAudio(source, watch)
        values = [self._channel(source, audio, c, watch) for c in channels(source, audio)]
        return Outcome(values=tuple(values))

    def _channel(
        self, source: CallInput, audio: CallAudio, channel: Channel, watch: Watch
    ) -> MetricValue:
        heading = Heading(profile="plcmos-v2", speaker=channel.speaker)
        rate = source.call.rate_hz
        spans = stretches(channel.speech or (), rate, source.call.frame_count)
        clips = pieces(spread(spans, rate, self.most_s), rate)
        if not clips or seconds(channel.speech or (), rate) < MIN_S:
            return heading.missing(PLCMOS, _too_little(channel))
        samples = at_16k(audio, channel.role)
        scores, weights, evidence = [], [], []
        for span in clips:
            watch.raise_if_cancelled()
            clip = joined(samples, (span,), rate)
            if clip.seconds < MIN_S:
                continue
            scores.append(plcmos.score(clip.samples))
            weights.append(clip.seconds)
            evidence.append(Evidence(span=span, speaker=channel.speaker, value=scores[-1]))
        if not scores:
            return heading.missing(PLCMOS, _too_little(channel))
        return heading.value(
            PLCMOS,
            float(np.average(scores, weights=weights)),
            n=len(scores),
            components={"rated_s": round(sum(weights), 3), "worst": min(scores)},
            evidence=evidence,
        )


def pieces(spans: Sequence[Span], rate_hz: int) -> list[Span]:
    """Stretches of at least a second, long ones divided evenly into at most ten seconds each."""
    found = []
    for span in spans:
        if span.frames < MIN_S * rate_hz:
            continue
        parts = int(np.ceil(span.frames / (PLC_CLIP_S * rate_hz)))
        edges = [span.start + span.frames * i // parts for i in range(parts + 1)]
        found += [Span(a, b) for a, b in pairwise(edges)]
    return found


def _too_little(channel: Channel) -> str:
    return f"{channel.name} has less than {MIN_S:.0f} s of speech."


def _windows(
    clip: Clip, scores: dnsmos.WindowScores, column: int, speaker: Speaker | None
) -> list[Evidence]:
    """Where each window lies in the call, with what the model said of it."""
    return [
        Evidence(
            span=clip.place(start, min(start + dnsmos.WINDOW, len(clip.samples))),
            speaker=speaker,
            value=float(row[column]),
        )
        for start, row in zip(scores.starts, scores.scores, strict=True)
        if start < len(clip.samples)
    ][:MOST_EVIDENCE]


def _progress(watch: Watch, number: int, of: int) -> dnsmos.Progress:
    def tell(done: int, total: int) -> None:
        watch.raise_if_cancelled()
        watch.progress(number * total + done, of * total)

    return tell
