"""A recogniser over a call: each speaker's track by itself, or the mix in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import SPEAKERS, Call, Speaker
from app.domain.clock import to_seconds
from app.domain.errors import Cancelled
from app.domain.segments import Segment
from app.domain.utterances import Speech
from app.eval.asr import layer, metrics, speech
from app.eval.audio import CallAudio
from app.eval.base import CallInput, NewLayer, Outcome, Watch
from app.models.asr import RATE_HZ, Heard, IsCancelled, Progress, Recogniser, SpanS


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How the layer is called and what is kept with it."""

    name: str
    model: str
    params: Mapping[str, Any] = field(default_factory=dict)


def recognise(
    source: CallInput, watch: Watch, recogniser: Recogniser, naming: Naming, language: str | None
) -> Outcome:
    """The transcript layer of a call, and the metrics of what was heard.

    Args:
        source: the call with its audio, and its timing where it has one.
        watch: progress and cancellation.
        recogniser: what hears it.
        naming: of the layer.
        language: as given; None to have it detected.

    Raises:
        UserError: the recording cannot be opened, or the recogniser cannot hear it. Cancelled.
    """
    audio = CallAudio(source, watch)
    found: list[Segment] = []
    languages: dict[str, Any] = {}
    for number, role in enumerate(audio.roles):
        watch.raise_if_cancelled()
        lanes = speech.utterances(source, audio, role, watch)
        told = _share(watch, number, len(audio.roles))
        heard = recogniser.transcribe(
            audio.samples(role, RATE_HZ),
            language=language,
            spans=_spans(lanes, source.call.rate_hz),
            progress=told,
            cancelled=cancelling(watch),
        )
        languages[role] = _language(heard)
        found += layer.segments(heard, lanes, source.call)
    spoken = {entry["language"] for entry in languages.values() if entry["language"]}
    made = NewLayer(
        kind="transcript",
        name=naming.name,
        producer=recogniser.producer,
        segments=tuple(sorted(found, key=lambda s: (s.span, s.speaker))),
        params={
            "text_role": "spoken",
            "model": naming.model,
            "language": spoken.pop() if len(spoken) == 1 else ", ".join(sorted(spoken)),
            **naming.params,
        },
    )
    return Outcome(
        values=metrics.values(found, speakers_of(source.call), recogniser.producer),
        layers=(made,),
        detail={"producer": recogniser.producer, "languages": languages},
    )


def speakers_of(call: Call) -> tuple[Speaker, ...]:
    """Whose words are told apart: those with a track, or both on a mix."""
    mine = tuple(s for s in SPEAKERS if call.track(s) is not None)
    return mine or SPEAKERS


def cancelling(watch: Watch) -> IsCancelled:
    """A watch as recognisers ask it."""

    def is_cancelled() -> bool:
        try:
            watch.raise_if_cancelled()
        except Cancelled:
            return True
        return False

    return is_cancelled


def _share(watch: Watch, number: int, of: int) -> Progress:
    """One track's share of the call's progress."""
    return lambda share: watch.tell((number + share) / of)


def _spans(lanes: Mapping[Speaker, Sequence[Speech]], rate_hz: int) -> list[SpanS]:
    found = (u for utterances in lanes.values() for u in utterances)
    return sorted((to_seconds(u.start, rate_hz), to_seconds(u.end, rate_hz)) for u in found)


def _language(heard: Heard) -> dict[str, Any]:
    sure = heard.language_confidence
    return {"language": heard.language, "confidence": None if sure is None else round(sure, 4)}
