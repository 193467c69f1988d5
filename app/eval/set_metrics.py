"""Metrics that exist only over several calls: rates of calls, comparisons of conditions.

Those whose evaluator is `answers` are made of people's scores, those of `conditions` of the values
that other evaluators left on calls made under different conditions. Neither is computed in a run.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.metrics import Direction, Family, MetricSpec, Scope
from app.eval.text.conditions import CONDITION_METRICS

ANSWERS = "answers"
CONDITIONS = "conditions"
MOS_LEAST_RATERS = 4
MOS_LEAST_VOTES = 24
"""Before it has these, a condition's MOS is shown as preliminary."""

_PAPER = "OutboundEval, arXiv 2510.21244"


def _spec(
    key: str,
    title: str,
    about: str,
    *,
    unit: str = "",
    direction: Direction = "up",
    family: Family = "dialogue",
    source: str = _PAPER,
    decimals: int = 2,
    ratio: tuple[str, str] | None = None,
    scope: tuple[Scope, ...] = ("set",),
) -> MetricSpec:
    return MetricSpec(
        id=key,
        title=title,
        unit=unit,
        direction=direction,
        family=family,
        evaluator=ANSWERS,
        about=about,
        source=source,
        scope=scope,
        pool="ratio" if ratio else "none",
        ratio=ratio,
        decimals=decimals,
    )


SASR = _spec(
    "sasr",
    "Selective attention",
    "Share of calls under interference in which people say that the agent caught the caller and "
    "took what they meant; each call counts once, by the majority of its raters. Undefined "
    "without interference.",
    ratio=("caught", "calls"),
    source=f"{_PAPER}, table 14",
)
MOS = _spec(
    "mos",
    "Mean opinion score",
    "People's mean on the absolute category scale, 1 to 5, from listening studies; preliminary "
    f"under {MOS_LEAST_RATERS} raters or {MOS_LEAST_VOTES} votes.",
    unit="MOS",
    family="tts",
    source="ITU-T P.800",
)
EMOTION_MATCH = _spec(
    "emotion_match",
    "Emotional match",
    "People's mean of 0, 1, 2 for each agent turn, over 2: whether the voice fits the words.",
    family="tts",
    source=f"{_PAPER}, table 16",
    ratio=("points", "most_points"),
)
CODE_SWITCH = _spec(
    "code_switch",
    "Language switching",
    "People's mean of 1 to 5 for agent turns that mix languages.",
    family="tts",
    source=f"{_PAPER}, table 16",
    ratio=("points", "answers"),
)
TERM_READ = _spec(
    "term_read",
    "Foreign terms read right",
    "Share of agent turns with a term of another language in which people heard it read right.",
    family="tts",
    source=f"{_PAPER}, table 16",
    ratio=("right", "answers"),
)
SET_METRICS: tuple[MetricSpec, ...] = (
    SASR,
    MOS,
    EMOTION_MATCH,
    CODE_SWITCH,
    TERM_READ,
    *(replace(spec, evaluator=CONDITIONS) for spec in CONDITION_METRICS),
)
