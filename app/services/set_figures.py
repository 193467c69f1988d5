"""Figures over several calls: those that people's answers give, and comparisons of conditions.

Answers are read through the viewer's mask: a reviewer's figure is made of their own answers and of
those that are open to them, never of what they have not submitted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Call
from app.domain.metrics import MetricSpec, MetricValue, ValueStatus
from app.domain.ratings import ADJUDICATION, Score, Viewer
from app.eval import set_metrics as m
from app.eval.stats.clustered import clustered_mean
from app.eval.stats.proportion import Interval, wilson
from app.eval.text.symbols import SYMBOL_ERROR
from app.services.condition_groups import accent_figures, noise_figures, readings
from app.services.symbol_tally import SymbolTally, tally
from app.services.workspace import Workspace

RUBRIC = "voice_metrics"
"""Key of the rubric whose answers count; every version of it."""
OPINION_RUBRIC = "acr"
"""Key of the rubric of listening studies by absolute category rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFigure:
    """One figure over a set of calls.

    Attributes:
        metric_id: an id of `SET_METRICS`, or `symbol_error`.
        title, unit: as the catalogue's.
        value: None unless `status` is `ok`.
        status: `needs_answer` where people have to answer first.
        reason: why there is no value, in words; empty when `ok`.
        n: answers (votes, calls of a comparison) that it rests on.
        raters: how many people gave them; 0 for comparisons.
        calls: how many calls they are about.
        interval: 95 %; None below two calls (two raters for MOS).
        is_final: False where it is shown as preliminary.
        profile: normaliser of a comparison's rates.
        components: what it is made of.
    """

    metric_id: str
    title: str
    unit: str = ""
    value: float | None = None
    status: ValueStatus = "ok"
    reason: str = ""
    n: int = 0
    raters: int = 0
    calls: int = 0
    interval: Interval | None = None
    is_final: bool = True
    profile: str = ""
    components: Mapping[str, Any] = field(default_factory=dict)


def human_figures(ws: Workspace, viewer: Viewer, call_ids: Sequence[str]) -> list[SetFigure]:
    """Selective attention, MOS, emotional match, language switching, foreign terms, symbols.

    Args:
        ws: the workspace.
        viewer: who is looking; only answers that they may see count.
        call_ids: of which calls.
    """
    with ws.db.read() as uow:
        rubrics = {r.id: r.key for r in uow.rubrics.all() if r.key in (RUBRIC, OPINION_RUBRIC)}
        given = [
            s
            for s in uow.scores.visible(viewer, call_ids=call_ids)
            if s.rubric_version_id in rubrics
            and s.rater_kind == "human"
            and s.rater_id != ADJUDICATION
            and s.answer.status == "observed"
        ]
        calls = uow.calls.many(call_ids)
        symbols = tally(uow, viewer, call_ids)
    scores = [s for s in given if rubrics[s.rubric_version_id] == RUBRIC]
    opinions: dict[str, list[float]] = {}
    for score in given:
        if rubrics[score.rubric_version_id] == OPINION_RUBRIC and score.answer.value is not None:
            opinions.setdefault(score.rater_id, []).append(score.answer.value)
    by = {key: [s for s in scores if s.criterion_key == key] for key in _KEYS}
    return [
        _selective_attention(by["sasr"], calls),
        mean_opinion(opinions),
        _mean(m.EMOTION_MATCH, by["emotion_match"], 0.5),
        _mean(m.CODE_SWITCH, by["code_switch"], 1.0),
        _share(m.TERM_READ, by["term_read"]),
        _symbol_error(symbols),
    ]


_KEYS = ("sasr", "emotion_match", "code_switch", "term_read")


def condition_figures(
    ws: Workspace,
    viewer: Viewer,
    call_ids: Sequence[str],
) -> list[SetFigure]:
    """Error rates of callers under accents and in noise, from stored values.

    One pair of figures for each accent, and one for each kind of noise; apart by recogniser and
    normaliser, since rates under two of these do not compare.
    """
    with ws.db.read() as uow:
        calls = {c.id: c for c in uow.calls.many(call_ids)}
        stored = uow.evaluations.values_of(call_ids, ["wer", "cer"], viewer=viewer)
        details = {i: uow.evaluations.detail(i) for i in {s.result_id for s in stored}}
    producers = {i: str(detail.get("producer", "")) for i, detail in details.items()}
    found: list[SetFigure] = []
    for reading in readings(stored, calls, producers):
        for value in (*accent_figures(reading), *noise_figures(reading)):
            found.append(_of_value(value))
    return found


def mean_opinion(votes: Mapping[str, Sequence[float]]) -> SetFigure:
    """MOS of one condition of a listening study: the interval counts raters, not votes.

    Args:
        votes: rater → their votes, 1 to 5.
    """
    count, raters = sum(len(v) for v in votes.values()), sum(bool(len(v)) for v in votes.values())
    if not count:
        return _unscored(m.MOS, "MOS comes from listening studies, and there is none yet.")
    found = clustered_mean(votes)
    return SetFigure(
        metric_id=m.MOS.id,
        title=m.MOS.title,
        unit=m.MOS.unit,
        value=found.mean,
        n=count,
        raters=raters,
        interval=found.interval,
        is_final=raters >= m.MOS_LEAST_RATERS and count >= m.MOS_LEAST_VOTES,
        components={"least_raters": m.MOS_LEAST_RATERS, "least_votes": m.MOS_LEAST_VOTES},
    )


def has_interference(call: Call) -> bool:
    """Whether the call was made under noise or other voices, by its conditions."""
    how = call.extra.get("conditions")
    if not isinstance(how, Mapping):
        return False
    told = how.get("noise") or how.get("interference")
    return bool(told) or isinstance(how.get("snr_db"), int | float)


def _selective_attention(scores: Sequence[Score], calls: Sequence[Call]) -> SetFigure:
    noisy = {c.id for c in calls if has_interference(c)}
    if not noisy:
        return _unscored(
            m.SASR, "None of these calls was made under interference.", status="undefined"
        )
    votes: dict[str, list[float]] = {}
    for score in scores:
        if score.item.call_id in noisy:
            votes.setdefault(score.item.call_id, []).append(score.answer.value or 0)
    decided = {i: 2 * sum(v) > len(v) for i, v in votes.items() if 2 * sum(v) != len(v)}
    if not decided:
        why = "Raters are split on every call." if votes else _nobody(m.SASR)
        return _unscored(m.SASR, why)
    caught = sum(decided.values())
    counted = [s for s in scores if s.item.call_id in decided]
    return SetFigure(
        metric_id=m.SASR.id,
        title=m.SASR.title,
        value=caught / len(decided),
        n=len(counted),
        raters=len({s.rater_id for s in counted}),
        calls=len(decided),
        interval=wilson(caught, len(decided)),
        components={
            "caught": caught,
            "calls": len(decided),
            "split": len(votes) - len(decided),
            "unanswered": len(noisy) - len(votes),
            "answered_without_interference": len({s.item.call_id for s in scores} - noisy),
        },
    )


def _mean(spec: MetricSpec, scores: Sequence[Score], scale: float) -> SetFigure:
    """Mean over answers; its interval counts calls."""
    if not scores:
        return _unscored(spec, _nobody(spec))
    by_call: dict[str, list[float]] = {}
    for score in scores:
        by_call.setdefault(score.item.call_id, []).append(scale * (score.answer.value or 0))
    found = clustered_mean(by_call)
    names = spec.ratio or ("points", "answers")
    points = sum(s.answer.value or 0 for s in scores)
    return SetFigure(
        metric_id=spec.id,
        title=spec.title,
        unit=spec.unit,
        value=found.mean,
        n=found.n,
        raters=len({s.rater_id for s in scores}),
        calls=found.clusters,
        interval=found.interval,
        components={names[0]: points, names[1]: round(found.n / scale)},
    )


def _share(spec: MetricSpec, scores: Sequence[Score]) -> SetFigure:
    """Share of answers that say yes. Wilson's interval takes the answers for independent."""
    if not scores:
        return _unscored(spec, _nobody(spec))
    right = sum(s.answer.value == 1 for s in scores)
    return SetFigure(
        metric_id=spec.id,
        title=spec.title,
        value=right / len(scores),
        n=len(scores),
        raters=len({s.rater_id for s in scores}),
        calls=len({s.item.call_id for s in scores}),
        interval=wilson(right, len(scores)),
        components={"right": right, "answers": len(scores)},
    )


def _symbol_error(found: SymbolTally) -> SetFigure:
    """Misread by the majority over tested, once nothing is in doubt; until then the upper bound."""
    if not found.tested:
        why = "These calls have no symbols that can be heard."
        if found.unevaluated:
            why = f"Symbols were not looked at yet in {found.unevaluated} of these calls."
        return _unscored(SYMBOL_ERROR, why, status="undefined")
    doubt = found.open
    reason = f"{doubt} of {found.tested} symbols may be misread: people have to listen."
    return SetFigure(
        metric_id=SYMBOL_ERROR.id,
        title=SYMBOL_ERROR.title,
        unit=SYMBOL_ERROR.unit,
        value=None if doubt else found.misread / found.tested,
        status="needs_answer" if doubt else "ok",
        reason=reason if doubt else "",
        n=found.answers,
        raters=found.raters,
        calls=found.calls,
        interval=None if doubt else wilson(found.misread, found.tested),
        components={
            "confirmed": found.misread,
            "tested": found.tested,
            "passed": found.passed,
            "cleared": found.right,
            "split": found.split,
            "unconfirmed": found.unconfirmed,
            "not_applicable": found.unheard,
            "lower_bound": found.misread / found.tested,
            "upper_bound": (found.misread + doubt) / found.tested,
            "calls_not_evaluated": found.unevaluated,
        },
    )


def _unscored(spec: MetricSpec, reason: str, status: ValueStatus = "needs_answer") -> SetFigure:
    return SetFigure(
        metric_id=spec.id, title=spec.title, unit=spec.unit, status=status, reason=reason
    )


def _nobody(spec: MetricSpec) -> str:
    return f"No answer to “{spec.title}” is open to you on these calls."


def _of_value(value: MetricValue) -> SetFigure:
    spec = next(s for s in m.SET_METRICS if s.id == value.metric_id)
    return SetFigure(
        metric_id=spec.id,
        title=spec.title,
        unit=value.unit,
        value=value.value,
        status=value.status,
        reason=value.reason,
        n=value.n or 0,
        calls=int(value.components.get("calls", 0)),
        profile=value.profile,
        components=value.components,
    )
