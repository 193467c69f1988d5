"""Evaluators by name. The order is that in which they run on a call: makers before users.

Modules are imported when they are asked for; none of them imports a model runtime at the top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib import import_module
from typing import Any, cast

from app.domain.errors import BadInput, NotFound
from app.domain.metrics import MetricSpec
from app.eval.base import Evaluator

PLACES: dict[str, str] = {
    "speech.detect": "app.eval.detection:SpeechDetection",
    "signal.integrity": "app.eval.signal.integrity:Integrity",
    "asr.pocketsphinx": "app.eval.asr.evaluators:PocketSphinxAsr",
    "asr.whisper": "app.eval.asr.evaluators:WhisperAsr",
    "asr.endpoint": "app.eval.asr.evaluators:EndpointAsr",
    "turns.callbench": "app.eval.turns.callbench:CallbenchTurns",
    "turns.outbound": "app.eval.turns.outbound:OutboundTurns",
    "turns.tau2": "app.eval.turns.tau2:Tau2Turns",
    "turns.tau2_ticks": "app.eval.turns.tau2:Tau2Ticks",
    "turns.fdb": "app.eval.turns.fdb:FdbTurns",
    "turns.fdb_sample": "app.eval.turns.fdb_sample:FdbSample",
    "turns.fdb15": "app.eval.turns.fdb15:Fdb15Turns",
    "turns.fdb15_sample": "app.eval.turns.fdb15:Fdb15Sample",
    "turns.reported": "app.eval.turns.reported:ReportedTurns",
    "text.error_rates": "app.eval.text.error_rates:ErrorRates",
    "text.entities": "app.eval.text.entities:ProperNouns",
    "text.intelligibility": "app.eval.text.intelligibility:Intelligibility",
    "text.symbols": "app.eval.text.symbols:SymbolErrors",
    "text.rejection": "app.eval.text.rejection:Rejection",
    "signal.levels": "app.eval.signal.levels:Levels",
    "signal.dnsmos": "app.eval.signal.quality:Dnsmos",
    "signal.plcmos": "app.eval.signal.quality:Plcmos",
    "signal.nisqa_tts": "app.eval.signal.nisqa:NisqaTts",
    "speech.prosody": "app.eval.signal.prosody:Prosody",
    "speech.rate_adapt": "app.eval.signal.rate_adapt:RateAdaptation",
    "eva.turn_taking": "app.eval.eva.turn_taking:TurnTaking",
    "eva.task_completion": "app.eval.eva.task_completion:TaskCompletion",
    "eva.response_speed": "app.eval.eva.diagnostics:ResponseSpeed",
    "eva.stt_wer": "app.eval.eva.stt_wer:SttWer",
    "eva.tool_call_validity": "app.eval.eva.diagnostics:ToolCallValidity",
    "eva.authentication_success": "app.eval.eva.diagnostics:AuthenticationSuccess",
    "eva.conversation_valid_end": "app.eval.eva.diagnostics:ConversationValidEnd",
    "eva.conversation_correctly_finished": "app.eval.eva.diagnostics:CorrectlyFinished",
    "eva.conversation_completed_on_time": "app.eval.eva.diagnostics:CompletedOnTime",
}

TWINS: dict[str, tuple[str, ...]] = {
    "turns.tau2": ("turns.tau2_ticks",),
    "turns.fdb": ("turns.fdb_sample",),
    "turns.fdb15": ("turns.fdb15_sample",),
}
"""The same metrics from the files that came with a call, where there are any."""

GROUPS: dict[str, tuple[str, ...]] = {
    "rejection": ("correct_rejection_rate", "false_rejection_rate"),
}
"""Ids of OutboundEval under which two metrics lie whose ids do not begin with it."""

DEFAULT: tuple[str, ...] = tuple(
    name for name in PLACES if name not in ("asr.whisper", "asr.endpoint", "signal.nisqa_tts")
)
"""What *Evaluate* runs where nothing else is asked: all that needs no setting up."""


@cache
def evaluator_class(name: str) -> type[Evaluator]:
    """The class of that name.

    Raises:
        NotFound: no such evaluator.
    """
    place = PLACES.get(name)
    if place is None:
        raise NotFound(f"There is no evaluator {name!r}.", f"One of: {', '.join(PLACES)}.")
    module, _, attribute = place.partition(":")
    return cast("type[Evaluator]", getattr(import_module(module), attribute))


def build(name: str, args: Mapping[str, Any] | None = None) -> Evaluator:
    """An evaluator with its arguments.

    Raises:
        NotFound: no such evaluator. BadInput: an argument that it does not take.
    """
    kind = evaluator_class(name)
    given = dict(args or {})
    known = {f.name for f in fields(cast("Any", kind))}
    strange = sorted(set(given) - known)
    if strange:
        what = f"{name} takes no {strange[0]!r}."
        raise BadInput(what, f"It takes: {', '.join(sorted(known)) or 'nothing'}.")
    return kind(**given)


def position(name: str) -> int:
    """Where an evaluator stands in the order of running."""
    return list(PLACES).index(name)


@cache
def catalogue() -> tuple[MetricSpec, ...]:
    """Every metric of every evaluator, in the order of the registry, and those of sets."""
    from app.eval.set_metrics import SET_METRICS

    found = [spec for name in PLACES for spec in evaluator_class(name).metrics]
    return (*found, *SET_METRICS)


def metric(metric_id: str) -> MetricSpec:
    """One entry of the catalogue.

    Raises:
        NotFound: no such metric.
    """
    for spec in catalogue():
        if spec.id == metric_id:
            return spec
    raise NotFound(f"There is no metric {metric_id!r}.", "See `callbench metrics`.")


def making(metric_ids: list[str]) -> list[str]:
    """The evaluators, in order, that make the named metrics (an evaluator's name counts too).

    Raises:
        NotFound: a name that is neither, or a metric that only people give.
    """
    makers = {maker for name in metric_ids for maker in _makers(name)}
    if makers == {"answers"}:
        raise NotFound(
            f"Nothing computes {', '.join(metric_ids)}: people answer it.",
            "Score calls with the rubric of voice metrics.",
        )
    if "conditions" in makers:
        makers.add("text.error_rates")
    makers |= {twin for maker in makers for twin in TWINS.get(maker, ())}
    return sorted(makers - {"answers", "conditions"}, key=position)


def _makers(name: str) -> set[str]:
    """What makes a metric, the metrics of a group (`isr500` for `isr500.…`), or a name itself."""
    if name in PLACES:
        return {name}
    inside = GROUPS.get(name, ())
    found = {
        s.evaluator
        for s in catalogue()
        if s.id == name or s.id in inside or s.id.startswith(f"{name}.")
    }
    return found or {metric(name).evaluator}
