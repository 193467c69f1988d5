"""Catalogue of EVA's turn-taking v0.2 and its parts."""

from __future__ import annotations

from app.domain.metrics import Direction, MetricSpec
from app.eval.eva.specs import eva_spec

EVALUATOR = "eva.turn_taking"
VERSION = "0.2"
PROFILE = f"eva-{VERSION}"
MAIN = "turn_taking"

_PARTS: tuple[tuple[str, str, str, Direction, str], ...] = (
    ("mean_latency_ms", "Mean reply latency", "ms", "down", "Interrupted turns count, negative."),
    ("p50_latency_ms", "Reply latency, median", "ms", "down", "By EVA's rank: no interpolation."),
    ("p90_latency_ms", "Reply latency, 90th", "ms", "down", "By EVA's rank: no interpolation."),
    ("on_time_rate", "Replies in time", "", "up", "200 to 2750 ms, to 4000 ms after a tool call."),
    ("early_rate", "Early replies", "", "down", "Below 200 ms; interrupted turns are among them."),
    ("late_rate", "Late replies", "", "down", "From 2750 ms, from 4000 ms after a tool call."),
    ("agent_interruption.rate", "Turns the agent cut into", "", "down", "Of turns with both."),
    ("agent_interruption.num_interruptions", "Times it cut in", "", "down", "Stretches of audio."),
    ("agent_interruption.mean_overlap_ms", "Overlap when it did", "ms", "down", "Mean of turns."),
    ("agent_interruption.mean_overlap_score", "Overlap score", "", "up", "At most 0.5."),
    ("agent_interruption.mean_count_score", "Count score", "", "up", "At most 0.5."),
    (
        "agent_interruption.mean_post_interrupt_latency_ms",
        "Reply latency after cutting in",
        "ms",
        "down",
        "From the caller's end to the agent's next start.",
    ),
    (
        "agent_interruption.mean_post_interrupt_latency_score",
        "Score of that latency",
        "",
        "up",
        "By the curve of reply latency.",
    ),
    ("user_interruption.rate", "Turns the caller cut into", "", "none", "Of turns with both."),
    ("user_interruption.mean_yield_ms", "Yield to the caller", "ms", "down", "Mean of turns."),
    ("user_interruption.mean_yield_score", "Yield score", "", "up", "0 from 2000 ms on."),
    ("fallback_nudge.rate", "Turns it had to be nudged", "", "down", "Of the agent's turns."),
    ("fallback_nudge.count", "Nudges", "", "down", "Turns in which no reply came by itself."),
    ("pretoolspeech_rate", "Spoke before its tools", "", "up", "Of runs of tool calls."),
    ("mean_output_tokens", "Tokens an answer", "", "none", "As the pipeline's metrics log them."),
    ("mean_reasoning_tokens", "Reasoning tokens an answer", "", "none", "As logged."),
)

SPECS: tuple[MetricSpec, ...] = (
    eva_spec(
        MAIN,
        "Turn-taking (EVA)",
        "up",
        "Mean of the turns' scores 0..1: reply latency, or how an interruption went.",
        evaluator=EVALUATOR,
        version=VERSION,
        scope=("call", "turn"),
        decimals=4,
        headline=True,
    ),
    *(
        eva_spec(
            f"{MAIN}.{name}",
            title,
            direction,
            about,
            evaluator=EVALUATOR,
            version=VERSION,
            unit=unit,
            decimals=0 if unit == "ms" else 2,
        )
        for name, title, unit, direction, about in _PARTS
    ),
)

UNITS = {f"{MAIN}.{name}": unit for name, _, unit, _, _ in _PARTS}
