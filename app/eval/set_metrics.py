"""Metrics that exist only over several calls: rates of calls, comparisons of conditions.

Those whose evaluator is `answers` are made of people's scores, those of `conditions` of the values
that other evaluators left on calls made under different conditions. Neither is computed in a run.
"""

from __future__ import annotations

from app.domain.metrics import Direction, Family, MetricSpec, Scope

ANSWERS = "answers"
CONDITIONS = "conditions"
MOS_LEAST_RATERS = 4
MOS_LEAST_VOTES = 24
"""Before it has these, a condition's MOS is preliminary (ITU-T P.800 names no number; these are
ours, after the workable minimum of listening tests)."""

_PAPER = "OutboundEval, arXiv 2510.21244"


def _spec(
    key: str,
    title: str,
    about: str,
    *,
    unit: str = "",
    direction: Direction = "up",
    family: Family = "dialogue",
    by: str = ANSWERS,
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
        evaluator=by,
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
ACCENT_RELATIVE = _spec(
    "accent_delta.relative",
    "Error under accent, relative",
    "(Error rate under the accent − standard) / standard, on matched texts. Undefined where the "
    "standard's rate is 0.",
    direction="down",
    family="asr",
    by=CONDITIONS,
    source=f"{_PAPER}, table 15",
)
ACCENT_ABSOLUTE = _spec(
    "accent_delta.absolute",
    "Error under accent, in points",
    "Error rate under the accent less the standard's, on matched texts, in points of 0 to 1.",
    direction="down",
    family="asr",
    by=CONDITIONS,
    source=f"{_PAPER}, table 20",
    decimals=3,
)
WER_NOISE = _spec(
    "wer_noise",
    "Word error rate in noise",
    "Mean of the word error rates at 10, 5 and 0 dB of signal to noise; 15 dB is shown beside it "
    "and not part of it.",
    direction="down",
    family="asr",
    by=CONDITIONS,
    source=f"{_PAPER}, table 15",
    decimals=3,
)

SET_METRICS: tuple[MetricSpec, ...] = (
    SASR,
    MOS,
    EMOTION_MATCH,
    CODE_SWITCH,
    TERM_READ,
    ACCENT_RELATIVE,
    ACCENT_ABSOLUTE,
    WER_NOISE,
)
