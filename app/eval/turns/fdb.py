"""Full-Duplex-Bench 1.0's rules on an ordinary call.

A sample of the benchmark says which silences are pauses and where a turn ends (`fdb_sample`); a
call does not, so that takeover in pauses stays undefined here. The two are told apart by their
profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.domain.metrics import MetricSpec, MetricValue
from app.domain.profile_names import FDB_10_SPEECH
from app.domain.turn_text import count_words
from app.domain.turns import TurnSet, Utterance
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import fdb_metrics as m
from app.eval.turns import fdb_rules
from app.eval.turns.layer import (
    READS,
    Gap,
    came_with,
    entries,
    gaps,
    seconds,
    turns_of,
    void_reason,
)
from app.eval.turns.series import Heading, Sample, evidence_of, ratio

NO_MARKS = "Nothing marks which silences are pauses: only a sample's pause.json does."


@dataclass(frozen=True, slots=True, kw_only=True)
class FdbTurns:
    """The rules on a call's turns. Words come from its transcript; without one, length decides."""

    name: ClassVar[str] = "turns.fdb"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Turn-taking as in Full-Duplex-Bench 1.0"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Turn ends, interruptions and backchannels; pauses and divergence are undefined."""
        if source.speech is None or came_with(source.call, "fdb", "1"):
            return Outcome()
        watch.raise_if_cancelled()
        found = turns_of(source.speech, source)
        why = void_reason(source, "latency", "overlap", "interruption", "turn")
        heading = Heading(profile=FDB_10_SPEECH, speaker="agent", why=why)
        entered = {i.segment_ids[1] for i in found.interruptions if i.by == "caller"}
        ends: list[Gap] = []
        cuts: list[Gap] = []
        for gap in gaps(found, "agent"):
            (cuts if gap.previous.segment_ids[0] in entered else ends).append(gap)
        values = [heading.missing(m.PAUSE_TAKEOVER, why or NO_MARKS)]
        values += _answers(
            heading, found, ends, m.TURN_TAKEOVER, m.TURN_LATENCY, "The agent answers no turn."
        )
        values += _answers(
            heading, found, cuts, m.INTERRUPTION_TAKEOVER, m.INTERRUPTION_LATENCY,
            "The agent answers no interruption.",
        )  # fmt: skip
        values += _listening(heading, found)
        return Outcome(values=tuple(values))


def _answers(
    heading: Heading,
    found: TurnSet,
    series: Sequence[Gap],
    takeover: MetricSpec,
    latency: MetricSpec,
    none: str,
) -> list[MetricValue]:
    rate = found.rate_hz
    samples, taken = [], []
    for gap in series:
        text = gap.turn.text
        words = count_words(text) if text else None
        took = fdb_rules.stretch_takes_over(gap.turn.span.frames / rate, words)
        sample = Sample(
            value=seconds(gap.frames, rate),
            span=gap.span,
            speaker="agent",
            label=f"{gap.turn.id} {'takes over' if took else 'does not take over'}",
            turn_id=gap.turn.id,
        )
        samples.append(sample)
        if took:
            taken.append(sample)
    count = len(samples)
    shown = evidence_of(samples)
    return [
        ratio(takeover, heading, len(taken), count, none, n=count, evidence=shown),
        m.mean_latency(latency, heading, taken, "The agent takes over at none."),
    ]


def _listening(heading: Heading, found: TurnSet) -> list[MetricValue]:
    """What the agent says inside the caller's speech; answers begun early are left out."""
    rate = found.rate_hz
    inside = [u for u, kind in entries(found) if u.speaker == "agent" and kind != "terminal"]
    signs = [u for u in inside if fdb_rules.is_sign(u.span.frames / rate, _words(u))]
    length = seconds(found.frame_count, rate)
    none = "The agent says nothing inside the caller's speech."
    return [
        ratio(
            m.SIGN_TAKEOVER,
            heading,
            len(inside) - len(signs),
            len(inside),
            none,
            n=len(inside),
            evidence=[m.shown(u.span, u in signs) for u in inside],
        ),
        ratio(
            m.SIGN_RATE,
            heading,
            len(signs),
            length,
            "The call has no length.",
            n=len(signs),
            evidence=[m.shown(u.span, True) for u in signs],
        ),
        heading.missing(m.SIGN_DIVERGENCE, heading.why or m.NO_PEOPLE),
    ]


def _words(utterance: Utterance) -> int | None:
    return count_words(utterance.text) if utterance.text else None
