"""Full-Duplex-Bench 1.0 on the files of one of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.domain.calls import Span
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.domain.profile_names import FDB_10
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import fdb_files, fdb_rules
from app.eval.turns import fdb_metrics as m
from app.eval.turns.fdb_rules import Stretch, TimedWord
from app.eval.turns.layer import seconds
from app.eval.turns.series import Heading, Sample, evidence_of, inside, ratio

NO_SIGN = "The agent gives no backchannel: there is no timing to compare."


@dataclass(frozen=True, slots=True, kw_only=True)
class FdbSample:
    """The files of one sample; which of the four tasks it belongs to, its marks say.

    Its metrics are those of `turns.fdb`, under a profile of their own.

    Attributes:
        people: how many of people's backchannels touch each part of the recording, in order; any
            number of parts. Without it divergence is undefined.
    """

    people: Sequence[float] = ()

    name: ClassVar[str] = "turns.fdb_sample"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Turn-taking of a Full-Duplex-Bench 1.0 sample"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = frozenset({"documents", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = (fdb_files.FOLDER,)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The figures of the sample's task; nothing for samples of other versions."""
        watch.raise_if_cancelled()
        files = fdb_files.read(source.documents)
        if not files.is_10:
            return Outcome()
        why = "" if files.words is not None else "The sample came without output.json."
        heading = Heading(profile=FDB_10, speaker="agent", why=why)
        words, rate = list(files.words or ()), source.call.rate_hz
        values: list[MetricValue] = []
        if files.pauses is not None:
            values.append(_pauses(heading, words, files.pauses, rate))
        if files.turn_ends is not None:
            starts = [(start, start) for start, _ in files.turn_ends]
            specs = (m.TURN_TAKEOVER, m.TURN_LATENCY)
            values += _marked(heading, words, starts, specs, rate, cut=False)
        if files.interruptions is not None:
            specs = (m.INTERRUPTION_TAKEOVER, m.INTERRUPTION_LATENCY)
            values += _marked(heading, words, files.interruptions, specs, rate, cut=True)
        if files.pauses is None and files.turn_ends is None and files.interruptions is None:
            values += self._signs(source, heading, words)
        return Outcome(values=inside(values, source.call.frame_count))

    def _signs(
        self, source: CallInput, heading: Heading, words: Sequence[TimedWord]
    ) -> list[MetricValue]:
        """The backchannel task: every stretch of the agent's speech, one verdict for all."""
        if source.speech is None:
            why = heading.why or "The sample's speech has not been detected."
            return [heading.missing(spec, why) for spec in
                    (m.SIGN_TAKEOVER, m.SIGN_RATE, m.SIGN_DIVERGENCE)]  # fmt: skip
        rate = source.call.rate_hz
        spans = [s.span for s in source.speech.segments if s.speaker == "agent"]
        signs = [s for s in spans if fdb_rules.is_sign(s.frames / rate, _inside(words, s, rate))]
        length = seconds(source.call.frame_count, rate)
        shown = [m.shown(s, s in signs) for s in spans]
        took = int(len(signs) < len(spans))
        return [
            ratio(m.SIGN_TAKEOVER, heading, took, 1, "", n=1, evidence=shown),
            ratio(m.SIGN_RATE, heading, len(signs), length, "The sample has no length.",
                  n=len(signs), evidence=[m.shown(s, True) for s in signs]),
            self._divergence(heading, [(s.start / rate, s.end / rate) for s in signs], length),
        ]  # fmt: skip

    def _divergence(self, heading: Heading, signs: Sequence[Stretch], length: float) -> MetricValue:
        spec = m.SIGN_DIVERGENCE
        if heading.why or not self.people:
            return heading.missing(spec, heading.why or m.NO_PEOPLE)
        found = fdb_rules.divergence(fdb_rules.occupancy(signs, length), self.people)
        if found is None:
            value = Heading(
                profile=heading.profile, speaker=heading.speaker, common={"parity": 1.0}
            )
            return value.missing(spec, NO_SIGN)
        more = {"parity": found, "scale_most": fdb_rules.MOST_DISTANCE}
        return heading.value(spec, found, n=len(signs), components=more)


def _pauses(
    heading: Heading, words: Sequence[TimedWord], pauses: Sequence[Stretch], rate: int
) -> MetricValue:
    took = int(fdb_rules.takes_over(words))
    shown = [_at(stretch, rate, "pause") for stretch in pauses]
    return ratio(m.PAUSE_TAKEOVER, heading, took, 1, "", n=1, evidence=shown)


def _marked(
    heading: Heading,
    words: Sequence[TimedWord],
    events: Sequence[Stretch],
    specs: tuple[MetricSpec, MetricSpec],
    rate: int,
    *,
    cut: bool,
) -> list[MetricValue]:
    """Takeover and latency at each marked event; `cut` drops what was said before its end."""
    samples, taken = [], []
    for _, end in events:
        left = fdb_rules.after(words, end) if cut else list(words)
        took = fdb_rules.takes_over(left)
        late = left[0].start_s - end if left else 0.0
        sample = Sample(
            value=round(late, 6),
            span=_span(min(end, end + late), max(end, end + late), rate),
            speaker="agent",
            label="takes over" if took else "does not take over",
        )
        samples.append(sample)
        if took:
            taken.append(sample)
    count, none = len(samples), "Its marks hold no event."
    takeover, latency = specs
    return [
        ratio(takeover, heading, len(taken), count, none, n=count, evidence=evidence_of(samples)),
        m.mean_latency(latency, heading, taken, "The agent takes over at none."),
    ]


def _inside(words: Sequence[TimedWord], span: Span, rate: int) -> int:
    middles = [(w.start_s + (w.start_s if w.end_s is None else w.end_s)) / 2 for w in words]
    return sum(span.contains(round(at * rate)) for at in middles)


def _span(start_s: float, end_s: float, rate: int) -> Span:
    return Span(round(start_s * rate), round(end_s * rate))


def _at(stretch: Stretch, rate: int, label: str) -> Evidence:
    return Evidence(span=_span(*stretch, rate), label=label)
