"""Symbol mispronunciation: amounts, dates, codes and the like that the agent reads wrongly.

A recogniser hears the agent's channel. What it heard where a symbol stands passes by itself where
it is an accepted reading. Anything else may be the recogniser's own mistake, so it is left to
people, whose readings are scores like all others; here the share is an upper bound and no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

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
    about="Symbols that people heard misread / symbols tested. Of one call only the upper bound is "
    "known by itself: what a recogniser suspects.",
    source="OutboundEval (arXiv 2510.21244), table 16; symbol sets of our own",
    speakers=("agent",),
    pool="ratio",
    ratio=("confirmed", "tested"),
    decimals=3,
)


@dataclass(frozen=True)
class SymbolErrors:
    """`symbol_error` of the agent, as far as a recogniser can say; `detail` lists the symbols."""

    name: ClassVar[str] = "text.symbols"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Symbols"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (SYMBOL_ERROR,)
    reads: ClassVar[frozenset[Read]] = frozenset({"intended", "spoken"})
    needs: ClassVar[frozenset[Need]] = frozenset({"intended", "spoken"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Find the symbols of the agent's text and look at what was heard there."""
        watch.raise_if_cancelled()
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
        detail = {"symbols": [_row(each, source.call.rate_hz) for each in found]}
        return Outcome(values=(_value(found, symbols.rules),), detail=detail)


def _value(found: Sequence[Tested], profile: str) -> MetricValue:
    if not found:
        reason = "The agent's text has no symbols."
        return missing(SYMBOL_ERROR.id, reason, speaker="agent", profile=profile)
    suspects = [each for each in found if not each.passed]
    waiting = len(suspects)
    return MetricValue(
        metric_id=SYMBOL_ERROR.id,
        value=None if waiting else 0.0,
        status="needs_answer" if waiting else "ok",
        reason=f"{waiting} of {len(found)} symbols may be misread: a person has to listen."
        if waiting
        else "",
        n=len(found),
        speaker="agent",
        profile=profile,
        components={
            "tested": len(found),
            "passed": len(found) - waiting,
            "confirmed": 0,
            "unconfirmed": waiting,
            "upper_bound": waiting / len(found),
        },
        evidence=tuple(
            Evidence(span=each.span, speaker="agent", label=label(each.text, each.heard))
            for each in suspects[:MAX_EVIDENCE]
        ),
    )


def _row(each: Tested, rate_hz: int) -> dict[str, Any]:
    """A symbol as kept with the result, for the person who is asked."""
    return {
        "key": each.key,
        "kind": each.kind,
        "text": each.text,
        "before": each.before,
        "after": each.after,
        "heard": each.heard,
        "passed": each.passed,
        "start_s": each.span.start / rate_hz,
        "end_s": each.span.end / rate_hz,
    }
