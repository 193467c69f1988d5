"""The catalogue of what `callbench-1` says about a call."""

from __future__ import annotations

from app.domain.calls import SPEAKERS
from app.domain.metrics import Direction, MetricSpec, Pool, Scope

SOURCE = "Callbench, profile callbench-1"
_BY = "turns.callbench"
_OVER = " Over calls: the mean of the calls' values."


def _latency(
    key: str,
    title: str,
    about: str,
    *,
    pool: Pool = "mean",
    ratio: tuple[str, str] | None = None,
    headline: bool = False,
) -> MetricSpec:
    return MetricSpec(
        id=f"latency.{key}",
        title=title,
        unit="ms",
        direction="down",
        family="turns",
        evaluator=_BY,
        about="Onset of a turn less offset of the other's turn before it, signed: negative where "
        f"it began early. {about}",
        source=SOURCE,
        speakers=SPEAKERS,
        pool=pool,
        ratio=ratio,
        decimals=0,
        headline=headline,
    )


MEAN = _latency("mean", "Mean response latency", "Arithmetic mean.", pool="ratio",
                ratio=("sum_ms", "n"))  # fmt: skip
P50 = _latency("p50", "Median response latency", "Median." + _OVER, headline=True)
P90 = _latency("p90", "Response latency, p90", "90th percentile, linear." + _OVER)
P95 = _latency("p95", "Response latency, p95", "95th percentile, linear." + _OVER)
LEAST = _latency("min", "Least response latency", "The smallest.", pool="none")
MOST = _latency("max", "Greatest response latency", "The greatest.", pool="none")
LATENCY = MetricSpec(
    id="latency",
    title="Response latency",
    unit="ms",
    direction="down",
    family="turns",
    evaluator=_BY,
    about="Of one agent turn: its onset less the offset of the caller's turn before it, signed.",
    source=SOURCE,
    scope=("turn",),
    speakers=("agent",),
    decimals=0,
)


def _spec(
    key: str,
    title: str,
    about: str,
    *,
    unit: str = "",
    direction: Direction = "none",
    ratio: tuple[str, str] | None = None,
    speakers: bool = False,
    decimals: int = 0,
    headline: bool = False,
    scope: tuple[Scope, ...] = ("call",),
) -> MetricSpec:
    return MetricSpec(
        id=key,
        title=title,
        unit=unit,
        direction=direction,
        family="turns",
        evaluator=_BY,
        about=about,
        source=SOURCE,
        scope=scope,
        speakers=SPEAKERS if speakers else (),
        pool="ratio" if ratio else "mean",
        ratio=ratio,
        decimals=decimals,
        headline=headline,
    )


INTERRUPTIONS = _spec(
    "interruption.count",
    "Interruptions",
    "Turns that the speaker began inside the other's utterance, more than 300 ms before its end, "
    "talk-overs among them; a backchannel is none.",
    speakers=True,
    headline=True,
)
TALK_OVERS = _spec(
    "talk_over.count",
    "Talk-overs",
    "Interruptions by the speaker to which the other did not yield within 2 s.",
    speakers=True,
)
YIELD_RATE = _spec(
    "yield.rate",
    "Yields",
    "Share of the interruptions of the speaker to which they yielded within 2 s.",
    direction="up",
    ratio=("yields", "interruptions"),
    speakers=True,
    decimals=2,
)
YIELD_MEAN = _spec(
    "yield.mean",
    "Mean time to yield",
    "How long the interrupted speaker went on, of the interruptions to which they yielded.",
    unit="ms",
    direction="down",
    ratio=("sum_ms", "yields"),
    speakers=True,
)
BACKCHANNELS = _spec(
    "backchannel.count",
    "Backchannels",
    "Short signs of listening by the speaker inside the other's utterance, which goes on.",
    speakers=True,
)
OVERLAP = _spec(
    "overlap.share",
    "Overlap",
    "Time in which both speak over time in which anyone does.",
    ratio=("overlap_s", "speech_s"),
    decimals=3,
)
DEAD_AIR = _spec(
    "dead_air.count", "Dead air", "Stretches of 3 s or more in which both are silent.",
    direction="down", headline=True,
)  # fmt: skip
DEAD_AIR_S = _spec(
    "dead_air.seconds",
    "Dead air, seconds",
    "Length of all stretches of 3 s or more in which both are silent.",
    unit="s",
    direction="down",
    decimals=1,
)
TALK_SHARE = _spec(
    "talk_share",
    "Agent's share of the talk",
    "The agent's speech over the agent's and the caller's; overlaps count for both.",
    ratio=("agent_s", "both_s"),
    decimals=2,
)

METRICS: tuple[MetricSpec, ...] = (
    MEAN, P50, P90, P95, LEAST, MOST, LATENCY, INTERRUPTIONS, TALK_OVERS, YIELD_RATE, YIELD_MEAN,
    BACKCHANNELS, OVERLAP, DEAD_AIR, DEAD_AIR_S, TALK_SHARE,
)  # fmt: skip
