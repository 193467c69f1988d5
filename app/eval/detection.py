"""Speech detection on each channel of a call: what becomes a speech layer, and what is odd.

Pure: the same on the screen's call, in a worker's process and on another machine. Whoever calls
it stores what it gives.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from numpy.typing import NDArray

from app.audio import envelope, integrity, sparkline, speech_edges
from app.audio.peaks import PeakPyramid
from app.audio.speech_edges import EdgeOptions
from app.domain.calls import Call, Finding, Span, TrackRole
from app.domain.ids import new_id
from app.domain.metrics import MetricSpec
from app.domain.mono_split import share_out
from app.domain.segments import Segment
from app.domain.work import Work
from app.eval.base import CallInput, Need, NewLayer, Outcome, Read, Watch
from app.eval.turns import unbroken
from app.models import vad
from app.models.vad import VadOptions

ALGORITHM = 1
"""Raise when the same options give other segments."""
MONO_REACH_S = 1.0

Heard = tuple[Span, float]
"""A stretch of speech and the detector's mean probability in it."""


class Sound(Protocol):
    """A call's tracks on one time line, at the call's rate."""

    @property
    def call(self) -> Call:
        """The call."""

    @property
    def roles(self) -> tuple[TrackRole, ...]:
        """Caller and agent, or the mix."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What decoding found."""

    def pcm(self, role: TrackRole) -> NDArray[Any]:
        """Samples (frames,) int16 or float32, read-only."""

    def peaks(self, role: TrackRole) -> PeakPyramid:
        """The pyramid of that track alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """Segments in frames at the call's rate, findings, and the bars of the library's sparkline."""

    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    bars: bytes


def detect(
    ctx: Work,
    sound: Sound,
    vad_options: VadOptions,
    edge_options: EdgeOptions,
    transcript: tuple[Segment, ...] = (),
) -> Detected:
    """Detect the speech of every track.

    Args:
        ctx: progress and cancellation.
        sound: the call's tracks.
        vad_options: of the detector.
        edge_options: how its spans are snapped to the energy envelope.
        transcript: lines that share a mono mix out between the speakers.

    Raises:
        Cancelled, and whatever opening the sound raises.
    """
    heard = {
        role: _channel(ctx, sound, i, role, vad_options, edge_options)
        for i, role in enumerate(sound.roles)
    }
    ctx.raise_if_cancelled()
    segments = tuple(_segments(sound.call, heard, transcript))
    return Detected(
        segments=segments,
        findings=tuple(_findings(sound, transcript, segments)),
        bars=sparkline.bars([sound.peaks(r) for r in sound.roles], sound.call.frame_count),
    )


def layer_name(options: VadOptions) -> str:
    """How a detector's layer is called."""
    return f"Silero {vad.model_number()}, threshold {options.threshold:.2f}"


def layer_params(
    call: Call, vad_options: VadOptions, edges: EdgeOptions, transcript: tuple[Segment, ...]
) -> dict[str, Any]:
    """Everything that the layer follows from besides the model."""
    tracks = {
        t.role: [t.audio_sha256, t.channel_index, t.offset_frames, t.drift_ppm] for t in call.tracks
    }
    named = {"transcript_lines": [s.id for s in transcript]} if transcript else {}
    return {
        "algorithm": ALGORITHM,
        "detector": asdict(vad_options),
        "edges": asdict(edges),
        "tracks": tracks,
        **named,
    }


def sound_findings(sound: Sound) -> list[Finding]:
    """What is odd about a call's sound and which figures it voids, decoding's findings first.

    What the import said of the decoding is not said again: it named the file as people know it.
    """
    channels = [integrity.Channel(r, sound.pcm(r), sound.peaks(r)) for r in sound.roles]
    said = {finding.code for finding in sound.call.warnings}
    fresh = [finding for finding in sound.findings if finding.code not in said]
    return list(integrity.merged(fresh, integrity.findings(channels)))


def _channel(
    ctx: Work,
    sound: Sound,
    number: int,
    role: TrackRole,
    vad_options: VadOptions,
    edge_options: EdgeOptions,
) -> list[Heard]:
    """One channel's speech: detected, then snapped to where its energy begins and ends."""
    pcm, rate_hz, frames = sound.pcm(role), sound.call.rate_hz, sound.call.frame_count
    total = frames * len(sound.roles)

    def progress(done: int, _of: int) -> None:
        ctx.raise_if_cancelled()
        ctx.progress(number * frames + done, total, "speech detection")

    found = vad.detect(pcm, rate_hz, vad_options, progress)
    ctx.raise_if_cancelled()
    spans = speech_edges.snap(found.spans, envelope.compute(pcm, rate_hz), rate_hz, edge_options)
    ctx.progress((number + 1) * frames, total, "speech detection")
    return [(span, vad.mean_probability(found.probabilities, span, rate_hz)) for span in spans]


def _segments(
    call: Call, heard: dict[TrackRole, list[Heard]], transcript: tuple[Segment, ...]
) -> list[Segment]:
    out: list[Segment] = []
    for role, stretches in heard.items():
        if role != "mix":
            out += [
                Segment(id=new_id(), speaker=role, span=span, confidence=round(p, 3))
                for span, p in stretches
            ]
            continue
        reach = round(MONO_REACH_S * call.rate_hz)
        shared = share_out([span for span, _ in stretches], transcript, reach)
        out += [Segment(id=new_id(), speaker=who, span=span) for who, span in shared]
    return out


def _findings(
    sound: Sound, transcript: tuple[Segment, ...], segments: tuple[Segment, ...]
) -> list[Finding]:
    found = sound_findings(sound)
    if sound.call.is_mono:
        found.append(_split_finding(bool(transcript)))
    endless = unbroken.reason(segments, sound.call.rate_hz)
    if endless:
        found.append(Finding(code="endless_voice", message=endless, voids=integrity.TIMING))
    return found


def _split_finding(by_transcript: bool) -> Finding:
    if by_transcript:
        return Finding(
            code="speaker_split_estimated",
            message="Single channel: who speaks is estimated from the transcript's times.",
        )
    return Finding(
        code="speakers_unknown",
        message="Single channel without a transcript that names speakers: all speech is shown as "
        "one speaker's, and turns cannot be told apart.",
        voids=("turn",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechDetection:
    """Detection as a step of a run; its layer is what later steps measure by."""

    threshold: float = VadOptions().threshold

    name: ClassVar[str] = "speech.detect"
    version: ClassVar[str] = str(ALGORITHM)
    title: ClassVar[str] = "Detect speech"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = frozenset({"audio"})
    needs: ClassVar[frozenset[Need]] = frozenset({"audio"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The speech layer of the call."""
        from app.eval.audio import CallAudio

        call, options, edges = source.call, VadOptions(threshold=self.threshold), EdgeOptions()
        lines = _lines(source) if call.is_mono else ()
        found = detect(watch, CallAudio(source, watch), options, edges, lines)
        layer = NewLayer(
            kind="speech",
            name=layer_name(options),
            producer=vad.version(),
            segments=found.segments,
            params=layer_params(call, options, edges, lines),
        )
        return Outcome(layers=(layer,), findings=found.findings, detail={"bars": found.bars.hex()})


def _lines(source: CallInput) -> tuple[Segment, ...]:
    """The transcript that shares out a mono mix: as the review picks it."""
    for role in ("human", "heard", "spoken", "intended"):
        if role in source.texts:
            return source.texts[role].segments
    return ()
