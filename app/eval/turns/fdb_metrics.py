"""The catalogue of Full-Duplex-Bench 1.0."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.calls import Span
from app.domain.metrics import Direction, Evidence, MetricSpec, MetricValue, Pool
from app.eval.turns.series import Heading, Sample, evidence_of, kept, ratio

NO_PEOPLE = "No distribution of people's backchannels was given to compare with."

_SOURCE = "Full-Duplex-Bench 1.0, arXiv 2503.04721"
_BY = "turns.fdb"


def _spec(
    key: str,
    title: str,
    about: str,
    direction: Direction,
    parts: tuple[str, str] | None,
    *,
    unit: str = "",
    decimals: int = 2,
    pool: Pool = "ratio",
) -> MetricSpec:
    return MetricSpec(
        id=f"fdb.{key}",
        title=title,
        unit=unit,
        direction=direction,
        family="turns",
        evaluator=_BY,
        about=about,
        source=_SOURCE,
        speakers=("agent",),
        pool=pool,
        ratio=parts,
        decimals=decimals,
    )


_FLOOR = "Taking over is a second of speech or more than three words."

PAUSE_TAKEOVER = _spec(
    "pause_takeover",
    "Takeover in pauses (FDB)",
    f"Share of samples in which the agent takes over while the caller only pauses. {_FLOOR}",
    "down",
    ("takeovers", "samples"),
)
TURN_TAKEOVER = _spec(
    "turn_takeover",
    "Takeover at turn ends (FDB)",
    "Share of the caller's marked turn ends (in a call: of the turns that the agent answers) at "
    f"which it takes over. {_FLOOR}",
    "up",
    ("takeovers", "samples"),
)
TURN_LATENCY = _spec(
    "turn_latency",
    "Latency at turn ends (FDB)",
    "Mean from the turn's end (in a sample: from its marked event's start) to the agent's first "
    "word, of takeovers. Signed; the benchmark sets negative ones to 0, which is kept beside it.",
    "down",
    ("latency_s", "takeovers"),
    unit="s",
)
INTERRUPTION_TAKEOVER = _spec(
    "interruption_takeover",
    "Takeover after interruptions (FDB)",
    f"Share of the caller's interruptions after which the agent takes over again. {_FLOOR}",
    "up",
    ("takeovers", "samples"),
)
INTERRUPTION_LATENCY = _spec(
    "interruption_latency",
    "Latency after interruptions (FDB)",
    "Mean from the interruption's end to the agent's first word after it, of takeovers.",
    "down",
    ("latency_s", "takeovers"),
    unit="s",
)
SIGN_TAKEOVER = _spec(
    "backchannel_takeover",
    "Takeover instead of backchannels (FDB)",
    "Share of samples (in a call: of the agent's stretches inside the caller's speech) in which "
    "the agent takes over: a second or more, or more than two words.",
    "down",
    ("takeovers", "samples"),
)
SIGN_RATE = _spec(
    "backchannel_rate",
    "Backchannels (FDB)",
    "The agent's backchannels over the length of the recording.",
    "up",
    ("backchannels", "audio_s"),
    unit="/s",
    decimals=3,
)
SIGN_DIVERGENCE = _spec(
    "backchannel_jsd",
    "Backchannel timing against people's (FDB)",
    "Jensen-Shannon distance, natural log, 0 to 0.8326, of when the agent gives backchannels to "
    "when people do. Undefined without any; the benchmark says 1.0, which is off its scale.",
    "down",
    None,
    decimals=3,
    pool="mean",
)

METRICS: tuple[MetricSpec, ...] = (
    PAUSE_TAKEOVER, TURN_TAKEOVER, TURN_LATENCY, INTERRUPTION_TAKEOVER, INTERRUPTION_LATENCY,
    SIGN_TAKEOVER, SIGN_RATE, SIGN_DIVERGENCE,
)  # fmt: skip


def mean_latency(
    spec: MetricSpec, heading: Heading, taken: Sequence[Sample], none: str
) -> MetricValue:
    """The signed mean; the benchmark's, with negative ones as 0, beside it."""
    clipped = [max(s.value, 0.0) for s in taken]
    more = {**kept(taken), "clipped_mean_s": sum(clipped) / len(clipped) if clipped else None}
    total = round(sum((s.value for s in taken), 0.0), 6)
    return ratio(
        spec, heading, total, len(taken), none, n=len(taken), evidence=evidence_of(taken), more=more
    )


def shown(span: Span, sign: bool) -> Evidence:
    """A stretch of the agent's speech with its verdict."""
    return Evidence(span=span, speaker="agent", label="backchannel" if sign else "takeover")
