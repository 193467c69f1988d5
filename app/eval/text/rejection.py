"""Rejection: what the agent took as speech to it and what it turned away.

The paper uses one name for two rates with opposite directions: of what it should reject, the share
rejected (table 15), and of what it should accept, the share rejected (table 20). Both are kept
apart here, with the two-by-two table that they come from; there is no bare rejection rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import Call, Span
from app.domain.errors import BadInput
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.domain.turn_rules import derive
from app.eval.base import CallInput, LayerInput, Need, Outcome, Read, Watch
from app.eval.text.compare import MAX_EVIDENCE

MAX_S = 1e9

CORRECT_REJECTION = MetricSpec(
    id="correct_rejection_rate",
    title="Correct rejection rate",
    unit="",
    direction="up",
    family="asr",
    evaluator="text.rejection",
    about="Of what is not meant for the agent or cannot be understood, the share it rejected.",
    source="OutboundEval (arXiv 2510.21244), table 15",
    pool="ratio",
    ratio=("correct_rejections", "illegitimate"),
)
FALSE_REJECTION = MetricSpec(
    id="false_rejection_rate",
    title="False rejection rate",
    unit="",
    direction="down",
    family="asr",
    evaluator="text.rejection",
    about="Of what is legitimately said to the agent, the share it rejected.",
    source="OutboundEval (arXiv 2510.21244), table 20",
    pool="ratio",
    ratio=("false_rejections", "legitimate"),
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One labelled utterance; `span` is None where the call does not say where it is."""

    legitimate: bool
    accepted: bool
    span: Span | None


@dataclass(frozen=True)
class Rejection:
    """Both rates, from `conditions["utterances"]`.

    Each entry says `legitimate` and `accepted` (true or false) and where it is: `start_s` and
    `end_s` (seconds), or `turn` (`t3` or 3, of profile `callbench-1`).
    """

    name: ClassVar[str] = "text.rejection"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Rejection"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (CORRECT_REJECTION, FALSE_REJECTION)
    reads: ClassVar[frozenset[Read]] = frozenset({"conditions", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Count the table.

        Raises:
            BadInput: the conditions' list of utterances cannot be read.
        """
        watch.raise_if_cancelled()
        given = source.conditions.get("utterances")
        if given is None:
            reason = "The call's conditions do not say which utterances were legitimate."
            return Outcome(values=tuple(missing(m.id, reason) for m in self.metrics))
        found = _utterances(given, source.call, source.speech)
        return Outcome(values=rates(found))


def rates(found: Sequence[Utterance]) -> tuple[MetricValue, MetricValue]:
    """(correct rejection rate, false rejection rate) with the table as components."""
    table = {
        "correct_rejections": sum(not u.legitimate and not u.accepted for u in found),
        "false_accepts": sum(not u.legitimate and u.accepted for u in found),
        "false_rejections": sum(u.legitimate and not u.accepted for u in found),
        "true_accepts": sum(u.legitimate and u.accepted for u in found),
    }
    table["illegitimate"] = table["correct_rejections"] + table["false_accepts"]
    table["legitimate"] = table["false_rejections"] + table["true_accepts"]
    wrongly_in = [u for u in found if not u.legitimate and u.accepted]
    wrongly_out = [u for u in found if u.legitimate and not u.accepted]
    return (
        _rate(CORRECT_REJECTION, table, _evidence(wrongly_in, "wrongly accepted")),
        _rate(FALSE_REJECTION, table, _evidence(wrongly_out, "wrongly rejected")),
    )


def _rate(
    spec: MetricSpec, table: Mapping[str, int], evidence: tuple[Evidence, ...]
) -> MetricValue:
    assert spec.ratio is not None
    part, whole = (table[name] for name in spec.ratio)
    if not whole:
        reason = f"No utterance of the call is {spec.ratio[1]}."
        return missing(spec.id, reason, components=table)
    return MetricValue(
        metric_id=spec.id, value=part / whole, n=whole, components=table, evidence=evidence
    )


def _evidence(found: Sequence[Utterance], label: str) -> tuple[Evidence, ...]:
    placed = [u.span for u in found if u.span is not None][:MAX_EVIDENCE]
    return tuple(Evidence(span=span, speaker="caller", label=label) for span in placed)


def _utterances(given: Any, call: Call, speech: LayerInput | None) -> list[Utterance]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise _unreadable()
    turns = _turns(call, speech) if speech is not None else {}
    found = []
    for entry in given:
        if not isinstance(entry, Mapping):
            raise _unreadable()
        labels = entry.get("legitimate"), entry.get("accepted")
        if not all(isinstance(value, bool) for value in labels):
            raise _unreadable()
        span = _seconds(entry, call) or turns.get(f"t{str(entry.get('turn')).lstrip('t')}")
        found.append(Utterance(entry["legitimate"], entry["accepted"], span))
    return found


def _seconds(entry: Mapping[str, Any], call: Call) -> Span | None:
    """The frames that the entry names, as far as they lie in the call; None if it names none."""
    times = [t for t in (entry.get("start_s"), entry.get("end_s")) if isinstance(t, int | float)]
    if len(times) < 2:
        return None
    if not all(abs(t) < MAX_S for t in times):  # false for NaN as well
        raise _unreadable()
    start, end = (min(max(round(t * call.rate_hz), 0), call.frame_count) for t in times)
    return Span(start, end) if start < end else None


def _turns(call: Call, speech: LayerInput) -> dict[str, Span]:
    found = derive(
        speech.segments,
        (),
        layer=speech.layer,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        overrides=speech.overrides,
    )
    return {turn.id: turn.span for turn in found.turns}


def _unreadable() -> BadInput:
    return BadInput(
        "The list of utterances in the call's conditions cannot be read.",
        'Give a list of {"start_s": ..., "end_s": ..., "legitimate": true, "accepted": false}.',
    )
