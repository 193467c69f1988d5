"""The eight interaction metrics of tau2-bench: the catalogue, and values made of a tally."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.calls import Span
from app.domain.metrics import Direction, Evidence, MetricSpec, MetricValue
from app.eval.turns.series import Heading, ratio
from app.eval.turns.tau2_rules import Event
from app.eval.turns.tau2_tally import SELECTIVE, is_shown, tally

_SOURCE = "tau2-bench, interaction metrics 1.0"
_BY = "turns.tau2"


def _spec(
    key: str,
    title: str,
    about: str,
    parts: tuple[str, str],
    *,
    unit: str = "",
    direction: Direction = "up",
    headline: bool = False,
) -> MetricSpec:
    return MetricSpec(
        id=f"tau2.{key}",
        title=title,
        unit=unit,
        direction=direction,
        family="turns",
        evaluator=_BY,
        about=about,
        source=_SOURCE,
        pool="ratio",
        ratio=parts,
        headline=headline,
    )


RESPONSE_RATE = _spec(
    "response_rate",
    "Response rate (tau2)",
    "Caller's turns that the agent answers before the caller speaks again, over those it could "
    "answer. R_R.",
    ("responses", "response_total"),
    headline=True,
)
RESPONSE_LATENCY = _spec(
    "response_latency",
    "Response latency (tau2)",
    "Mean from the end of the caller's turn to the answer, on the grid of ticks. L_R.",
    ("response_s", "responses"),
    unit="s",
    direction="down",
)
YIELD_RATE = _spec(
    "yield_rate",
    "Yield rate (tau2)",
    "Interruptions by the caller to which the agent stops within 2 s, over all. R_Y.",
    ("yields", "yield_total"),
    headline=True,
)
YIELD_LATENCY = _spec(
    "yield_latency",
    "Yield latency (tau2)",
    "Mean time to stop, of those to which it stops; never above 1.8 s by construction. L_Y.",
    ("yield_s", "yields"),
    unit="s",
    direction="down",
)
AGENT_INTERRUPTION_RATE = _spec(
    "agent_interruption_rate",
    "Agent interruptions per turn (tau2)",
    "Stretches of agent speech begun while the caller speaks, over turns to be answered; may "
    "exceed 1. I_A.",
    ("agent_interruptions", "response_total"),
    direction="down",
)
SELECTIVITY = {
    "backchannel": _spec(
        "selectivity_backchannel",
        "Selectivity: backchannels (tau2)",
        "Backchannels during which the agent goes on for 1 s, over all. S_BC. From a speech layer "
        "it is high by construction: there, what stops the agent counts as no backchannel.",
        ("backchannel_ignored", "backchannel_total"),
        headline=True,
    ),
    "vocal_tic": _spec(
        "selectivity_vocal_tic",
        "Selectivity: vocal tics (tau2)",
        "Coughs and the like to which the agent neither stops nor answers, over all. S_VT.",
        ("vocal_tic_ignored", "vocal_tic_total"),
    ),
    "non_directed": _spec(
        "selectivity_non_directed",
        "Selectivity: words to others (tau2)",
        "Words to somebody else to which the agent neither stops nor answers, over all. S_ND.",
        ("non_directed_ignored", "non_directed_total"),
    ),
}
METRICS: tuple[MetricSpec, ...] = (
    RESPONSE_RATE,
    RESPONSE_LATENCY,
    YIELD_RATE,
    YIELD_LATENCY,
    AGENT_INTERRUPTION_RATE,
    *SELECTIVITY.values(),
)

_NONE = {
    "backchannel": "The caller gives no backchannel while the agent speaks.",
    "vocal_tic": "No vocal tic of the caller is known in this call.",
    "non_directed": "No word of the caller to somebody else is known in this call.",
}
_UNKNOWN = "A speech layer does not say which sounds are coughs or words to somebody else."


def values(
    heading: Heading, found: Sequence[Event], tick_frames: float, *, inserts_known: bool
) -> list[MetricValue]:
    """The eight figures of one call.

    Args:
        heading: profile and what else they share.
        found: the call's events under that profile.
        tick_frames: frames of the call per tick, for the evidence.
        inserts_known: whether vocal tics and words to others can be told.
    """
    t = tally(found, inserts_known=inserts_known)
    place = _placed(tick_frames)
    kinds = {k: [e for e in found if e.kind == k] for k in (*SELECTIVE, "response", "yield")}
    began = [place(e) for e in found if e.kind == "agent_interruption"]
    answered = [place(e) for e in kinds["response"]]
    stops = [place(e) for e in kinds["yield"]]
    no_turn = "The caller has no turn that the agent could answer."
    no_entry = "The caller does not interrupt the agent."
    out = [
        _rate(RESPONSE_RATE, heading, t.responses, t.response_total, no_turn, answered),
        _mean(RESPONSE_LATENCY, heading, t.response_s, t.responses, "The agent answers no turn.",
              [place(e) for e in kinds["response"] if e.good]),
        _rate(YIELD_RATE, heading, t.yields, t.yield_total, no_entry, stops),
        _mean(YIELD_LATENCY, heading, t.yield_s, t.yields, "The agent yields to no interruption.",
              [place(e) for e in kinds["yield"] if e.good]),
        _rate(AGENT_INTERRUPTION_RATE, heading, t.agent_interruptions, t.response_total, no_turn,
              began),
    ]  # fmt: skip
    for kind in SELECTIVE:
        spec, shown = SELECTIVITY[kind], [place(e) for e in kinds[kind]]
        if kind != "backchannel" and not inserts_known:
            out.append(heading.missing(spec, heading.why or _UNKNOWN))
        else:
            good, total = t.ignored[kind], t.selective_total[kind]
            out.append(_rate(spec, heading, good, total, _NONE[kind], shown))
    return out


def _placed(tick_frames: float) -> Callable[[Event], Evidence]:
    labels = {
        "response": ("answered", "not answered"),
        "yield": ("stopped", "went on"),
        "agent_interruption": ("", "agent begins while the caller speaks"),
    }

    def place(event: Event) -> Evidence:
        good, bad = labels.get(event.kind, ("rightly ignored", "reacted to"))
        return Evidence(
            span=Span(round(event.start * tick_frames), round(event.end * tick_frames)),
            speaker="agent",
            label=good if event.good else bad,
            value=event.seconds,
        )

    return place


def _rate(
    spec: MetricSpec,
    heading: Heading,
    numerator: int,
    denominator: int,
    none: str,
    evidence: Sequence[Evidence],
) -> MetricValue:
    more = {"shown_on_leaderboard": is_shown(denominator)}
    return ratio(
        spec, heading, numerator, denominator, none, n=denominator, evidence=evidence, more=more
    )


def _mean(
    spec: MetricSpec,
    heading: Heading,
    total_s: float,
    count: int,
    none: str,
    evidence: Sequence[Evidence],
) -> MetricValue:
    return ratio(spec, heading, round(total_s, 6), count, none, n=count, evidence=evidence)
