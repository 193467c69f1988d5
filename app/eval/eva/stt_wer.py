"""EVA's stt_wer v0.1: how the agent's recogniser wrote down what the caller meant.

EVA-Bench 2.1, diagnostic metrics: word errors over all turns of the call that have both texts,
after EVA's own normalising; characters for Chinese, Japanese and Korean. Only of cascades: where
the model hears the sound itself there is no recogniser to judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.eva_record import ProcessedRecord
from app.domain.metrics import MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.eva.documents import PREFIX
from app.eval.eva.record import NO_LOGS, files_of, language_of, record_of
from app.eval.eva.specs import eva_spec
from app.eval.eva.timeline import Timeline, timeline_of
from app.eval.text.align import Alignment, align
from app.eval.text.counts import Counts
from app.eval.text.normalise import Normaliser, normaliser

EVALUATOR = "eva.stt_wer"
VERSION = "0.1"
PROFILE = f"eva-{VERSION}"
MAIN = "stt_wer"
NORMALISER = "eva-1"
TOP = 10

NOT_A_CASCADE = "The agent hears the sound itself: there is no recogniser of its own to judge."
NO_PAIRS = "No turn has both what the caller meant and what the agent's recogniser wrote."

_TAG = re.compile(r"\[.*?\]")
"""Directions for the voice (`[slow]`) and EVA's own marks."""

_RATES = ("substitution", "deletion", "insertion")

SPECS: tuple[MetricSpec, ...] = (
    eva_spec(
        MAIN,
        "Word error rate in the call (EVA)",
        "down",
        "Of the agent's recogniser against what the caller meant, over all turns of the call.",
        evaluator=EVALUATOR,
        version=VERSION,
        scope=("call", "turn"),
        pool="ratio",
        ratio=("errors", "reference"),
        decimals=3,
        headline=True,
    ),
    *(
        eva_spec(
            f"{MAIN}.{kind}_rate",
            f"{kind.capitalize()}s",
            "down",
            "Over the words of the reference.",
            evaluator=EVALUATOR,
            version=VERSION,
            pool="ratio",
            ratio=("errors", "reference"),
            decimals=3,
        )
        for kind in _RATES
    ),
)


@dataclass(frozen=True, slots=True)
class SttWer:
    """See the module."""

    name: ClassVar[str] = EVALUATOR
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Recogniser's errors in the call (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = SPECS
    reads: ClassVar[frozenset[Read]] = frozenset({"documents", "conditions"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = (PREFIX,)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Align every turn's two texts; see `app.eval.base.Evaluator`."""
        files = files_of(source)
        record = record_of(files)
        if record is None:
            return _missing(NO_LOGS)
        if record.pipeline != "cascade":
            return _missing(NOT_A_CASCADE)
        rules = normaliser(NORMALISER, language_of(files))
        aligned: dict[int, Alignment] = {}
        for turn, (meant, heard) in text_pairs(record).items():
            watch.raise_if_cancelled()
            aligned[turn] = align(rules.units(meant), rules.units(heard))
        total = sum((a.counts for a in aligned.values()), Counts())
        if total.rate is None:
            return _missing(NO_PAIRS)
        timeline = timeline_of(source)
        main = _main(record, aligned, total, rules, timeline)
        turns = (_turn(record, t, a, timeline) for t, a in aligned.items())
        return Outcome(values=(main, *_rates(total), *(t for t in turns if t is not None)))


def text_pairs(record: ProcessedRecord) -> dict[int, tuple[str, str]]:
    """Turn to what was meant and what was heard, of turns that have both, tags left out."""
    found: dict[int, tuple[str, str]] = {}
    for turn in sorted(record.intended_caller.keys() & record.heard_caller.keys()):
        meant, heard = (
            _TAG.sub("", texts[turn]).strip()
            for texts in (record.intended_caller, record.heard_caller)
        )
        if meant and heard:
            found[turn] = (meant, heard)
    return found


def top_errors(aligned: Sequence[Alignment]) -> dict[str, list[list[Any]]]:
    """The ten commonest errors of each kind: what was meant, what was heard, how often."""
    counts: dict[str, Counter[tuple[str, str]]] = {f"{kind}s": Counter() for kind in _RATES}
    for a in aligned:
        for op, ref, hyp in a.pairs:
            if op != "hit":
                meant = "" if ref is None else a.reference[ref]
                heard = "" if hyp is None else a.hypothesis[hyp]
                counts[f"{op}s"][(meant, heard)] += 1
    return {
        kind: [[meant, heard, n] for (meant, heard), n in found.most_common(TOP)]
        for kind, found in counts.items()
    }


def _main(
    record: ProcessedRecord,
    aligned: Mapping[int, Alignment],
    total: Counts,
    rules: Normaliser,
    timeline: Timeline,
) -> MetricValue:
    assert total.rate is not None
    heard = sum((a.counts for t, a in aligned.items() if t not in record.filled_in), Counts())
    worst = sorted(
        (t for t, a in aligned.items() if a.counts.errors), key=lambda t: -aligned[t].counts.errors
    )
    return MetricValue(
        metric_id=MAIN,
        value=total.rate,
        n=total.reference,
        speaker="caller",
        profile=PROFILE,
        components={
            **_components(total),
            "normalised": 1 - min(1.0, total.rate),
            "normaliser": rules.id,
            "unit": rules.unit,
            "turns": len(aligned),
            "filled_in_turns": sorted(record.filled_in & aligned.keys()),
            "value_without_filled_in": heard.rate,
            "per_turn": {str(t): a.counts.rate for t, a in aligned.items()},
            "top_errors": top_errors(list(aligned.values())),
        },
        evidence=tuple(
            e
            for t in worst
            for e in timeline.evidence(
                record.caller_audio.get(t) or (),
                "caller",
                f"Turn {t}, {aligned[t].counts.errors} errors",
                aligned[t].counts.rate,
            )
        )[:200],
    )


def _turn(
    record: ProcessedRecord, turn: int, found: Alignment, timeline: Timeline
) -> MetricValue | None:
    """A turn's own rate; None if normalising left nothing of what was meant."""
    rate = found.counts.rate
    if rate is None:
        return None
    return MetricValue(
        metric_id=MAIN,
        value=rate,
        n=found.counts.reference,
        speaker="caller",
        turn_id=f"eva{turn}",
        profile=PROFILE,
        components={
            "turn": turn,
            **_components(found.counts),
            "reference_text": " ".join(found.reference),
            "hypothesis_text": " ".join(found.hypothesis),
        },
        evidence=timeline.evidence(
            record.caller_audio.get(turn) or (), "caller", f"Turn {turn}", rate
        ),
    )


def _rates(total: Counts) -> tuple[MetricValue, ...]:
    errors = dict(
        zip(_RATES, (total.substitutions, total.deletions, total.insertions), strict=True)
    )
    return tuple(
        MetricValue(
            metric_id=f"{MAIN}.{kind}_rate",
            value=count / total.reference,
            n=total.reference,
            speaker="caller",
            profile=PROFILE,
            components={"errors": count, "reference": total.reference},
        )
        for kind, count in errors.items()
    )


def _components(counts: Counts) -> dict[str, Any]:
    return {
        "errors": counts.errors,
        "hits": counts.hits,
        "substitutions": counts.substitutions,
        "deletions": counts.deletions,
        "insertions": counts.insertions,
        "reference": counts.reference,
    }


def _missing(reason: str) -> Outcome:
    return Outcome(values=(missing(MAIN, reason, speaker="caller", profile=PROFILE),))
