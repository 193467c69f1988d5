"""The catalogue of Full-Duplex-Bench 1.5, and values that both of its evaluators make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.calls import Span
from app.domain.metrics import Direction, MetricSpec, MetricValue
from app.eval.turns.adaptation import Manner
from app.eval.turns.fdb15_paired import paired_t
from app.eval.turns.series import Heading, Sample, mean

_SOURCE = "Full-Duplex-Bench 1.5, arXiv 2507.23159"
_BY = "turns.fdb15"


def _spec(
    key: str,
    title: str,
    about: str,
    direction: Direction,
    parts: tuple[str, str],
    *,
    unit: str = "",
    decimals: int = 2,
) -> MetricSpec:
    return MetricSpec(
        id=f"fdb15.{key}",
        title=title,
        unit=unit,
        direction=direction,
        family="turns",
        evaluator=_BY,
        about=about,
        source=_SOURCE,
        speakers=("agent",),
        pool="ratio",
        ratio=parts,
        decimals=decimals,
    )


STOP = _spec(
    "stop_latency",
    "Length of overlaps (FDB 1.5)",
    "Mean length of the stretches in which both speak, with pauses under 0.6 s of the caller and "
    "0.5 s of the agent closed; the benchmark's stop latency.",
    "down",
    ("sum_s", "n"),
    unit="s",
)
RESPONSE = _spec(
    "response_latency",
    "Response latency (FDB 1.5)",
    "Mean from each end of the caller's speech to the agent's next start strictly after it; an "
    "agent that goes on is measured by what it begins later.",
    "down",
    ("sum_s", "n"),
    unit="s",
)
LABELS: Mapping[str, MetricSpec] = {
    "C_RESPOND": _spec("respond", "Responds to the overlap (FDB 1.5)",
                       "Share of labels that say: answered the one who spoke into its speech.",
                       "none", ("labelled", "labels")),
    "C_RESUME": _spec("resume", "Resumes after the overlap (FDB 1.5)",
                      "Share of labels that say: went on with what it had been saying.",
                      "none", ("labelled", "labels")),
    "C_UNCERTAIN_HANDLING": _spec("uncertain", "Uncertain about the overlap (FDB 1.5)",
                                  "Share of labels that say: asked or hedged.",
                                  "none", ("labelled", "labels")),
    "C_UNKNOWN": _spec("unknown", "Handling unknown (FDB 1.5)",
                       "Share of labels that fit none of the others.",
                       "none", ("labelled", "labels")),
}  # fmt: skip
RATE = _spec(
    "rate_change",
    "Change of speech rate (FDB 1.5)",
    "Words a minute after an overlap less those before it, pauses included; mean over overlaps.",
    "none",
    ("sum", "n"),
    unit="words/min",
    decimals=0,
)
PITCH = _spec(
    "pitch_change",
    "Change of pitch (FDB 1.5)",
    "Mean pitch of voiced frames after an overlap less that before it; mean over overlaps.",
    "none",
    ("sum", "n"),
    unit="Hz",
    decimals=1,
)
INTENSITY = _spec(
    "intensity_change",
    "Change of intensity (FDB 1.5)",
    "Mean level of 10 ms frames after an overlap less that before it; mean over overlaps.",
    "none",
    ("sum", "n"),
    unit="dB",
    decimals=1,
)
CUTOFFS = _spec(
    "cutoff_change",
    "Change of sudden cut-offs (FDB 1.5)",
    "Drops of 18 dB from one 30 ms to the next in each minute of speech, after an overlap less "
    "before it; mean over overlaps. The benchmark counts them, whatever the length.",
    "none",
    ("sum", "n"),
    unit="1/min",
    decimals=1,
)

METRICS: tuple[MetricSpec, ...] = (
    STOP, RESPONSE, *LABELS.values(), RATE, PITCH, INTENSITY, CUTOFFS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """How the agent spoke before an overlap and after it."""

    before: Manner
    after: Manner
    span: Span


def changes(
    heading: Heading, found: Sequence[Change], *, with_sound: bool, none: str
) -> list[MetricValue]:
    """Speech rate, pitch, intensity and cut-offs: after less before, over overlaps that have both.

    Each keeps its sides, and of two overlaps or more a paired t-test over them.

    Args:
        heading: what the values share.
        found: one for each overlap.
        with_sound: False where there is no recording to hear all but the speech rate in.
        none: why there is no overlap, where there is none.
    """
    few = "Too little is said before or after the overlaps."
    silent = "" if with_sound else "It is heard in the agent's own track, and there is none."
    table = (
        (RATE, "words_per_minute", ""),
        (PITCH, "pitch_hz", silent),
        (INTENSITY, "intensity_db", silent),
        (CUTOFFS, "cutoffs_per_min", silent),
    )
    values = []
    for spec, name, lacking in table:
        both = [
            (before, after, change.span)
            for change in found
            if (before := getattr(change.before, name)) is not None
            and (after := getattr(change.after, name)) is not None
        ]
        samples = [
            Sample(
                value=round(after - before, 4),
                span=span,
                speaker="agent",
                label=f"{before:.1f} before, {after:.1f} after",
            )
            for before, after, span in both
        ]
        why = heading.why or (none if not found else lacking or few)
        values.append(mean(spec, heading, samples, why, _sides([(b, a) for b, a, _ in both])))
    return values


def _sides(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """The values on both sides, and the test of them."""
    before, after = [b for b, _ in pairs], [a for _, a in pairs]
    told = paired_t(before, after)
    found: dict[str, Any] = {
        "before": [round(b, 4) for b in before],
        "after": [round(a, 4) for a in after],
    }
    return found if told is None else {**found, "t": round(told.t, 6), "p": round(told.p, 6)}
