"""The catalogue of OutboundEval's metrics of interruption and latency."""

from __future__ import annotations

from app.domain.metrics import Direction, MetricSpec, Pool, Scope

LIMIT_MS = 500
_SOURCE = "OutboundEval, arXiv 2510.21244, table 14"
_BY = "turns.outbound"
_OVER = " Over calls: the mean of the calls' values."


def _spec(
    key: str,
    title: str,
    about: str,
    *,
    unit: str = "",
    direction: Direction = "up",
    pool: Pool = "ratio",
    parts: tuple[str, str] | None = None,
    scope: tuple[Scope, ...] = ("call",),
    headline: bool = False,
) -> MetricSpec:
    return MetricSpec(
        id=key,
        title=title,
        unit=unit,
        direction=direction,
        family="dialogue",
        evaluator=_BY,
        about=about,
        source=_SOURCE,
        scope=scope,
        speakers=("agent",),
        pool=pool,
        ratio=parts,
        decimals=0 if unit == "ms" else 2,
        headline=headline,
    )


DETECT_RATE = _spec(
    "isr500.detect_rate",
    "Interruptions noticed",
    "Caller's interruptions to which the agent stops within 2 s, over all attempts.",
    parts=("detected", "attempts"),
)
CONDITIONAL = _spec(
    "isr500.conditional",
    "ISR@500 ms",
    "The paper's: those to which it stops in under 500 ms, over those to which it stops. What it "
    "never noticed is not in it.",
    parts=("under_500_ms", "detected"),
)
UNCONDITIONAL = _spec(
    "isr500.unconditional",
    "ISR@500 ms, of all attempts",
    "Those to which it stops in under 500 ms, over all attempts.",
    parts=("under_500_ms", "attempts"),
    headline=True,
)
E2E = _spec(
    "e2e_latency",
    "End-to-end latency",
    "Mean from the caller's last sound to the agent's first, on the recording's clock. Without "
    "the greeting, without turns after an interruption, and without turns that began early: "
    "each of these has its own figure.",
    unit="ms",
    direction="down",
    parts=("sum_ms", "n"),
    scope=("call", "turn"),
    headline=True,
)
P50 = _spec("e2e_latency.p50", "End-to-end latency, median", "Median of the same turns." + _OVER,
            unit="ms", direction="down", pool="mean")  # fmt: skip
P90 = _spec("e2e_latency.p90", "End-to-end latency, p90", "90th percentile of them." + _OVER,
            unit="ms", direction="down", pool="mean")  # fmt: skip
P95 = _spec("e2e_latency.p95", "End-to-end latency, p95", "95th percentile of them." + _OVER,
            unit="ms", direction="down", pool="mean")  # fmt: skip
EARLY = _spec(
    "e2e_latency.early_share",
    "Answers begun early",
    "Answers that begin before the caller's end, over these and those that begin after it.",
    direction="none",
    parts=("early", "answers"),
)
CONTENT = _spec(
    "e2e_latency.content",
    "Latency to the first content word",
    "Mean from the caller's last sound to the agent's first word that is no filler. Needs a "
    "transcript with word times.",
    unit="ms",
    direction="down",
    parts=("sum_ms", "n"),
)
GREETING = _spec(
    "e2e_latency.greeting",
    "Latency of the greeting",
    "From the caller's first words to the agent's first, where the caller spoke first.",
    unit="ms",
    direction="down",
    parts=("sum_ms", "n"),
)
AFTER_INTERRUPTION = _spec(
    "e2e_latency.after_interruption",
    "Latency after an interruption",
    "Mean of the answers to turns by which the caller interrupted the agent, signed.",
    unit="ms",
    direction="down",
    parts=("sum_ms", "n"),
)

METRICS: tuple[MetricSpec, ...] = (
    DETECT_RATE, CONDITIONAL, UNCONDITIONAL, E2E, P50, P90, P95, EARLY, CONTENT, GREETING,
    AFTER_INTERRUPTION,
)  # fmt: skip
