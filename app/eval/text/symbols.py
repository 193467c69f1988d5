"""Symbol mispronunciation: amounts, dates, codes and the like that the agent reads wrongly.

A recogniser hears the agent's channel. What it heard where a symbol stands passes by itself where
it is an accepted reading. Anything else may be the recogniser's own mistake, so it counts only when
a person has confirmed it; until one has, the share is an upper bound and no result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from app.domain.errors import BadInput
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.text.compare import MAX_EVIDENCE, label
from app.eval.text.languages import base_language, script_language
from app.eval.text.sides import sides
from app.eval.text.symbol_check import Tested, tested_symbols
from app.eval.text.symbol_sets import LANGUAGES, symbol_set

SYMBOL_ERROR = MetricSpec(
    id="symbol_error",
    title="Symbol mispronunciation",
    unit="",
    direction="down",
    family="tts",
    evaluator="text.symbols",
    about="Symbols that a person confirmed as misread / symbols tested; what a recogniser only "
    "suspects is in the upper bound.",
    source="OutboundEval (arXiv 2510.21244), table 16; symbol sets of our own",
    speakers=("agent",),
    pool="ratio",
    ratio=("confirmed", "tested"),
    decimals=3,
)

Answer = Literal["right", "wrong"]


@dataclass(frozen=True)
class SymbolErrors:
    """`symbol_error` of the agent.

    A person's answers come in `conditions["symbol_answers"]`: the key of a symbol (in the result's
    `detail`) to `right` or `wrong`.
    """

    name: ClassVar[str] = "text.symbols"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Symbols"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (SYMBOL_ERROR,)
    reads: ClassVar[frozenset[Read]] = frozenset({"intended", "spoken", "conditions"})
    needs: ClassVar[frozenset[Need]] = frozenset({"intended", "spoken"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Find the symbols of the agent's text and look at what was heard there.

        Raises:
            BadInput: the answers in the call's conditions cannot be read.
        """
        watch.raise_if_cancelled()
        answers = _answers(source.conditions)
        both = sides(source, "agent", "spoken", ("intended",))
        if both.reason:
            return Outcome(values=(missing(SYMBOL_ERROR.id, both.reason, speaker="agent"),))
        language = base_language(source.call.language) or script_language(both.sample)
        symbols = symbol_set(language)
        if symbols is None:
            what = f"There is no symbol set for “{language}”" if language else "No language is set"
            reason = f"{what}; there are sets for {', '.join(LANGUAGES)}."
            return Outcome(values=(missing(SYMBOL_ERROR.id, reason, speaker="agent"),))
        found = tested_symbols(both.reference, both.hypothesis, symbols)
        detail = {"symbols": [_row(each, answers, source.call.rate_hz) for each in found]}
        return Outcome(values=(_value(found, answers, symbols.rules),), detail=detail)


def _answers(conditions: Mapping[str, Any]) -> dict[str, Answer]:
    given = conditions.get("symbol_answers") or {}
    if not isinstance(given, Mapping) or not set(given.values()) <= {"right", "wrong"}:
        raise BadInput(
            "The answers about symbols in the call's conditions cannot be read.",
            'Give {"key of the symbol": "right" or "wrong"}.',
        )
    return dict(given)


def _value(found: Sequence[Tested], answers: Mapping[str, Answer], profile: str) -> MetricValue:
    if not found:
        reason = "The agent's text has no symbols."
        return missing(SYMBOL_ERROR.id, reason, speaker="agent", profile=profile)
    suspects = [each for each in found if not each.passed]
    wrong = [each for each in suspects if answers.get(each.key) == "wrong"]
    right = [each for each in suspects if answers.get(each.key) == "right"]
    waiting = len(suspects) - len(wrong) - len(right)
    components = {
        "tested": len(found),
        "passed": len(found) - len(suspects),
        "confirmed": len(wrong),
        "cleared": len(right),
        "unconfirmed": waiting,
        "upper_bound": (len(wrong) + waiting) / len(found),
    }
    evidence = tuple(
        Evidence(span=each.span, speaker="agent", label=label(each.text, each.heard))
        for each in suspects[:MAX_EVIDENCE]
        if answers.get(each.key) != "right"
    )
    asked = waiting and not wrong and not right
    return MetricValue(
        metric_id=SYMBOL_ERROR.id,
        value=None if asked else len(wrong) / len(found),
        status="needs_answer" if asked else "ok",
        reason=f"{waiting} of {len(found)} symbols may be misread: a person has to listen."
        if asked
        else "",
        n=len(found),
        speaker="agent",
        profile=profile,
        components=components,
        evidence=evidence,
    )


def _row(each: Tested, answers: Mapping[str, Answer], rate_hz: int) -> dict[str, Any]:
    """A symbol as kept with the result, for the person who is asked."""
    return {
        "key": each.key,
        "kind": each.kind,
        "text": each.text,
        "heard": each.heard,
        "passed": each.passed,
        "answer": answers.get(each.key),
        "start_s": each.span.start / rate_hz,
        "end_s": each.span.end / rate_hz,
    }
