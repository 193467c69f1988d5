"""Whether the recording can carry the figures at all: looked at before anything is measured.

Adds to what is odd about the channels themselves (`app.audio.integrity`) what only shows beside
the call's other facts: how long the call lasted by the clock, how far its transcripts go, how much
is said. Each has broken a benchmark that did not look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.audio import integrity as sound
from app.audio.integrity import TIMING
from app.domain.calls import SPEAKERS, Finding
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.text_roles import ROLE_WORDS
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.detection import sound_findings

LENGTH_SHARE = 0.01
"""More than this off the clock, a recording has lost or gained sound, or its rate is wrong."""
LENGTH_S = 0.25
LONGER_BY_S = 0.5
MIN_SPEECH_S = 0.5
CLOCKS: Mapping[str, float] = {
    "recorded_duration_s": 1.0,
    "wall_clock_s": 1.0,
    "call_duration_s": 1.0,
    "duration_s": 1.0,
    "duration_ms": 1e-3,
}
"""Where a call's conditions or extra facts may say how long it lasted, with the unit in seconds."""
SLACK = "wall_clock_slack_s"
"""Beside it: how far off the recording may be because the clock is rounded or begins earlier."""

VOIDED = MetricSpec(
    id="integrity.findings",
    title="Findings that void figures",
    unit="",
    direction="down",
    family="signal",
    evaluator="signal.integrity",
    about="How many things were noticed about the recording that some figures cannot survive.",
    pool="mean",
    decimals=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """See the module."""

    name: ClassVar[str] = "signal.integrity"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Recording's integrity"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (VOIDED,)
    reads: ClassVar[frozenset[Read]] = frozenset(
        {"audio", "speech", "intended", "spoken", "heard", "human", "conditions"}
    )
    needs: ClassVar[frozenset[Need]] = frozenset({"audio"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The findings, and how many of them void something.

        Raises:
            NotFound, BadInput: the recording cannot be opened. Cancelled.
        """
        audio = CallAudio(source, watch)
        heard = sound_findings(audio)
        watch.raise_if_cancelled()
        rate = source.call.rate_hz
        length_s = max((len(audio.pcm(r)) / rate for r in audio.roles), default=0.0)
        found = [*heard, *_length(source, length_s), *_texts(source, length_s), *_speech(source)]
        every = sound.merged(source.call.warnings, found)
        voiding = [f for f in every if f.voids]
        value = MetricValue(
            metric_id=VOIDED.id,
            value=float(len(voiding)),
            components={"codes": sorted({f.code for f in voiding}), "findings": len(every)},
        )
        return Outcome(values=(value,), findings=tuple(found), detail={"length_s": length_s})


def _clock(source: CallInput) -> tuple[float, float] | None:
    """How long the call lasted by its platform and that clock's slack, in seconds.

    None where nobody says, or says nonsense.
    """
    for facts in (source.conditions, source.call.extra):
        for name, unit in CLOCKS.items():
            seconds = _number(facts.get(name))
            if seconds is not None:
                return seconds * unit, _number(facts.get(SLACK)) or 0.0
    return None


def _number(value: Any) -> float | None:
    """A positive finite number, also one in quotes."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1e9 else None


def _length(source: CallInput, length_s: float) -> list[Finding]:
    told = _clock(source)
    if told is None:
        return []
    clock, slack_s = told
    if abs(length_s - clock) <= max(LENGTH_S, LENGTH_SHARE * clock, slack_s):
        return []
    return [
        Finding(
            code="length_differs",
            message=f"The recording lasts {length_s:.2f} s, the call lasted {clock:.2f} s by its "
            f"platform's clock ({100 * (length_s / clock - 1):+.1f} %).",
            voids=TIMING,
        )
    ]


def _texts(source: CallInput, length_s: float) -> list[Finding]:
    rate = source.call.rate_hz
    found = []
    for role, layer in source.texts.items():
        end_s = max((s.span.end for s in layer.segments if s.heard), default=0) / rate
        if end_s > length_s + LONGER_BY_S:
            found.append(
                Finding(
                    code="transcript_longer_than_audio",
                    message=f"The transcript “{ROLE_WORDS[role]}” goes on to {end_s:.1f} s, the "
                    f"recording ends at {length_s:.1f} s.",
                    voids=TIMING,
                )
            )
    return found[:1]


def _speech(source: CallInput) -> list[Finding]:
    """Speakers of whom nearly nothing is heard; a judge would judge what is not there."""
    if source.speech is None:
        return []
    rate = source.call.rate_hz
    said = {
        who: sum(s.span.frames for s in source.speech.segments if s.speaker == who) / rate
        for who in SPEAKERS
    }
    if source.call.is_mono:
        total = sum(said.values())
        return [] if total >= MIN_SPEECH_S else [_little("Nobody", total, None)]
    return [
        _little(f"The {who}", said[who], who) for who in source.speakers if said[who] < MIN_SPEECH_S
    ]


def _little(who: str, seconds: float, role: Any) -> Finding:
    verb = "says nothing" if not seconds else f"speaks for only {seconds:.1f} s"
    if role is None:
        verb = "speaks" if not seconds else f"speaks for more than {seconds:.1f} s"
    return Finding(
        code="little_speech",
        message=f"{who} {verb} in this recording.",
        voids=("latency", "interruption", "text", "judge"),
        track_role=role,
    )
