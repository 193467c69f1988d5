"""EVA's turn-taking v0.2 of a record, and which of its turns the log or the sound puts in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import Finding
from app.domain.eva_record import ProcessedRecord, Stretch
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.eva import audio_check, documents, turn_parts, turn_scores
from app.eval.eva.audio_check import Checks
from app.eval.eva.documents import PREFIX, Files
from app.eval.eva.doubts import doubts
from app.eval.eva.logs import audit_rows
from app.eval.eva.record import NO_LOGS, files_of, record_of, stored_score
from app.eval.eva.timeline import Timeline, timeline_of
from app.eval.eva.turn_scores import CallScore, TurnScore
from app.eval.eva.turn_taking_specs import EVALUATOR, MAIN, PROFILE, SPECS, UNITS

NO_AUDIO = "The logs do not say when anyone spoke: the caller's event log is missing or empty."

MOST_SPANS = 200
"""As many turns at most are shown for one figure."""


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """See the module."""

    name: ClassVar[str] = EVALUATOR
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Turn-taking (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = SPECS
    reads: ClassVar[frozenset[Read]] = frozenset({"documents", "conditions", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = (PREFIX,)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Score the record's logs; see `app.eval.base.Evaluator`."""
        files = files_of(source)
        record = record_of(files)
        watch.raise_if_cancelled()
        if record is None:
            return Outcome(values=(missing(MAIN, NO_LOGS, profile=PROFILE),))
        if not record.has_audio_events:
            return Outcome(
                values=(missing(MAIN, NO_AUDIO, profile=PROFILE),), findings=_unreadable(record)
            )
        call = turn_scores.score(record)
        timeline = timeline_of(source)
        segments = source.speech.segments if source.speech else ()
        found = _Found(
            record=record,
            call=call,
            doubts=doubts(record),
            checks=audio_check.check(record, call.evaluated, segments, timeline),
            timeline=timeline,
        )
        return Outcome(
            values=(found.main(files), *found.turns(), *found.parts(files)),
            findings=(*_unreadable(record), *found.findings()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A scored record, made into values."""

    record: ProcessedRecord
    call: CallScore
    doubts: Mapping[int, tuple[str, ...]]
    checks: Checks | None
    timeline: Timeline

    def main(self, files: Files) -> MetricValue:
        """The call's value."""
        call = self.call
        sure = [t.score for t in call.turns if t.turn not in self.doubts]
        components: dict[str, Any] = {
            "num_turns": call.num_turns,
            "num_evaluated": len(call.turns),
            "missed_turn": call.missed_turn,
            "sum": round(sum(t.score for t in call.turns), 4),
            "doubtful_turns": sorted(self.doubts),
            "value_without_doubtful": round(sum(sure) / len(sure), 4) if sure else None,
            "turns_off_the_sound": self._off_the_sound(),
            "log_shift_ms": self.checks.shift_ms if self.checks else None,
            "from_logs": self.record.from_logs,
            "stored": stored_score(files, MAIN),
        }
        worst = sorted(call.turns, key=lambda t: t.score)
        worst = [t for t in worst if t.score < 1][:MOST_SPANS]
        evidence = tuple(e for t in worst for e in self._evidence(t))
        return MetricValue(
            metric_id=MAIN,
            value=call.value,
            n=len(call.turns),
            speaker=None,
            profile=PROFILE,
            components=components,
            evidence=evidence,
        )

    def turns(self) -> tuple[MetricValue, ...]:
        """One value a turn."""
        return tuple(
            MetricValue(
                metric_id=MAIN,
                value=t.score,
                n=1,
                speaker="agent",
                turn_id=f"eva{t.turn}",
                profile=PROFILE,
                components=self._turn_components(t),
                evidence=self._evidence(t),
            )
            for t in self.call.turns
        )

    def parts(self, files: Files) -> tuple[MetricValue, ...]:
        """The figures beneath the score."""
        usage = [
            r["value"]
            for r in files.rows(documents.PIPELINE_METRICS)
            if r.get("type") == "LLMTokenUsageMetricsData" and isinstance(r.get("value"), dict)
        ]
        found = turn_parts.parts(self.record, self.call, audit_rows(files), usage)
        return tuple(self._part(f"{MAIN}.{name}", part) for name, part in found.items())

    def findings(self) -> tuple[Finding, ...]:
        """What is to be said about the record's times."""
        found = []
        if self.doubts:
            first = min(self.doubts)
            found.append(
                Finding(
                    code="eva_doubtful_turns",
                    message=(
                        f"EVA's log contradicts itself in {_turn_list(self.doubts)}; its "
                        "turn-taking score takes the log as it stands. "
                        f"Turn {first}: {self.doubts[first][0]}"
                    ),
                )
            )
        off = self._off_the_sound()
        if off:
            found.append(
                Finding(
                    code="eva_log_off_the_sound",
                    message=(
                        f"In {_turn_list(off)} EVA's log and the recording differ by more than "
                        f"{audio_check.TOLERANCE_MS:.0f} ms; its turn-taking score goes by the log."
                    ),
                )
            )
        return tuple(found)

    def _off_the_sound(self) -> list[int]:
        checks = self.checks.turns if self.checks else {}
        return [t for t, c in checks.items() if not c.agrees]

    def _turn_components(self, turn: TurnScore) -> dict[str, Any]:
        check = self.checks.turns.get(turn.turn) if self.checks else None
        return {
            "turn": turn.turn,
            "reason": turn.reason,
            **turn.evidence,
            "doubts": list(self.doubts.get(turn.turn, ())),
            "sound": check.to_json() if check else None,
        }

    def _part(self, metric_id: str, part: turn_parts.Part) -> MetricValue:
        unit = UNITS[metric_id]
        if part.value is None:
            return missing(metric_id, part.reason, unit=unit, profile=PROFILE)
        by_turn = self.call.by_turn
        shown = [by_turn[t] for t in part.turns if t in by_turn][:MOST_SPANS]
        evidence = tuple(e for t in shown for e in self._evidence(t))
        return MetricValue(
            metric_id=metric_id,
            value=part.value,
            n=part.n,
            unit=unit,
            profile=PROFILE,
            components={"turns": list(part.turns)},
            evidence=evidence,
        )

    def _evidence(self, turn: TurnScore) -> tuple[Evidence, ...]:
        """What the turn's score came from: the wait, the overlap, or the yielding."""
        stretches = _stretches_of(self.record, turn)
        return self.timeline.evidence(
            stretches, "agent", f"Turn {turn.turn}, {_REASON_WORDS[turn.reason]}", turn.score
        )


_REASON_WORDS: Mapping[str, str] = {
    "latency": "reply",
    "agent_interrupt": "agent cut in",
    "user_interrupt": "caller cut in",
    "dual_interrupt": "both cut in",
    "turn_end_fallback": "no reply of its own",
}


def _stretches_of(record: ProcessedRecord, turn: TurnScore) -> list[Stretch]:
    caller = record.caller_audio.get(turn.turn) or ()
    agent = record.agent_audio.get(turn.turn) or ()
    if "overlap_ms" in turn.evidence:
        shared = [
            (max(c[0], a[0]), min(c[1], a[1]))
            for c in caller
            for a in agent
            if max(c[0], a[0]) < min(c[1], a[1])
        ]
        if shared:
            return shared
    before = record.agent_audio.get(turn.turn - 1)
    if "yield_ms" in turn.evidence and caller and before:
        return [(caller[0][0], max(before[-1][1], caller[0][1]))]
    if caller and agent:
        return [(min(caller[-1][1], agent[0][0]), max(caller[-1][1], agent[0][0]))]
    return [*caller, *agent]


def _turn_list(turns: Mapping[int, object] | Sequence[int]) -> str:
    numbers = ", ".join(str(t) for t in sorted(turns))
    return f"turn {numbers}" if len(turns) == 1 else f"turns {numbers}"


def _unreadable(record: ProcessedRecord) -> tuple[Finding, ...]:
    if not record.bad_lines:
        return ()
    told = ", ".join(f"{n} in {name}" for name, n in sorted(record.bad_lines.items()))
    return (
        Finding(
            code="eva_unreadable_lines",
            message=f"Rows of EVA's files could not be read and are left out: {told}.",
        ),
    )
