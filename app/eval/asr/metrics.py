"""What a recogniser says of its own hearing: how sure it is, and how many words it heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.calls import SPEAKERS, Speaker
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.domain.segments import Segment
from app.domain.turn_text import count_words

MAKER = "asr.pocketsphinx"
"""Every recogniser fills these two; asked for by their names, they come from the embedded one."""
MOST_EVIDENCE = 200

CONFIDENCE = MetricSpec(
    id="asr.confidence",
    title="Recogniser's confidence",
    unit="",
    direction="up",
    family="asr",
    evaluator=MAKER,
    about="Mean confidence of the words that a recogniser heard, 0 to 1, as it says itself: "
    "comparable only between calls of the same recogniser.",
    speakers=SPEAKERS,
    pool="ratio",
    ratio=("confidence_sum", "words"),
)
WORDS = MetricSpec(
    id="asr.words",
    title="Words recognised",
    unit="",
    direction="none",
    family="asr",
    evaluator=MAKER,
    about="How many words a recogniser heard; where a script has no spaces, two characters count "
    "as one.",
    speakers=SPEAKERS,
    decimals=0,
)


def values(
    segments: Sequence[Segment], speakers: Iterable[Speaker], profile: str
) -> tuple[MetricValue, ...]:
    """Both metrics for each speaker; `profile` says which recogniser."""
    out = []
    for speaker in speakers:
        mine = [s for s in segments if s.speaker == speaker]
        heard = sum(count_words(s.text) for s in mine)
        out.append(_confidence(mine, speaker, profile))
        out.append(
            MetricValue(
                metric_id=WORDS.id, value=heard, n=len(mine), speaker=speaker, profile=profile
            )
        )
    return tuple(out)


def unavailable(reason: str, speakers: Iterable[Speaker], profile: str) -> tuple[MetricValue, ...]:
    """Both metrics where the recogniser cannot hear this call, and why."""
    return tuple(
        missing(spec.id, reason, status="unavailable", speaker=speaker, profile=profile)
        for speaker in speakers
        for spec in (CONFIDENCE, WORDS)
    )


def _confidence(mine: Sequence[Segment], speaker: Speaker, profile: str) -> MetricValue:
    known = [c for s in mine for c in _confidences(s)]
    if not known:
        reason = (
            "The recogniser does not say how sure it is."
            if mine
            else f"No word of the {speaker} was recognised."
        )
        return missing(CONFIDENCE.id, reason, speaker=speaker, profile=profile)
    evidence = [
        Evidence(span=s.span, speaker=speaker, label=s.text[:80], value=s.confidence)
        for s in mine
        if s.confidence is not None
    ]
    return MetricValue(
        metric_id=CONFIDENCE.id,
        value=sum(known) / len(known),
        n=len(known),
        speaker=speaker,
        profile=profile,
        components={"confidence_sum": round(sum(known), 6), "words": len(known)},
        evidence=tuple(evidence[:MOST_EVIDENCE]),
    )


def _confidences(segment: Segment) -> list[float]:
    """One for each word; the segment's own, counted for each, where its words have none."""
    known = [w.confidence for w in segment.words if w.confidence is not None]
    if known or segment.confidence is None:
        return known
    return [segment.confidence] * max(count_words(segment.text), 1)
