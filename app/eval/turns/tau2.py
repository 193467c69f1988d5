"""tau2-bench's interaction metrics: on a simulation's own ticks, or on any call's speech layer.

The two are told apart by their profile: ticks say what the simulator meant as a backchannel or a
cough, a speech layer does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.domain.calls import Call
from app.domain.metrics import MetricSpec
from app.domain.profile_names import TAU2_CORRECTED, TAU2_PARITY, TAU2_SPEECH
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.turns import tau2_metrics
from app.eval.turns.layer import READS, came_with, turns_of, void_reason
from app.eval.turns.series import Heading, inside
from app.eval.turns.tau2_rules import Mode, events
from app.eval.turns.ticks import CLOSED_PAUSE_S, TICK_S, from_simulation, from_turns

SIMULATION = "tau2/simulation.json"
RUN = "tau2/run.json"
_MODES: tuple[tuple[Mode, str], ...] = (("corrected", TAU2_CORRECTED), ("parity", TAU2_PARITY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Turns:
    """The rules on the speech layer, laid on a grid of 0.2 s.

    The caller's pauses under 3 s with the agent silent are closed (see `ticks`). Backchannels are
    those of callbench-1; vocal tics and words to others are not known, so that parity and
    corrected mode would agree.
    """

    name: ClassVar[str] = "turns.tau2"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Turn-taking as in tau2-bench"
    metrics: ClassVar[tuple[MetricSpec, ...]] = tau2_metrics.METRICS
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = frozenset({"speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The eight figures, two of them undefined."""
        if source.speech is None or _has_ticks(source.call):
            return Outcome()
        watch.raise_if_cancelled()
        ticks = from_turns(turns_of(source.speech, source))
        common = {
            "tick_s": TICK_S,
            "closed_pause_s": CLOSED_PAUSE_S,
            "from": source.speech.layer.name,
        }
        why = void_reason(source, "latency", "overlap", "interruption", "turn")
        heading = Heading(profile=TAU2_SPEECH, why=why, common=common)
        found = tau2_metrics.values(
            heading, events(ticks), TICK_S * source.call.rate_hz, inserts_known=False
        )
        return Outcome(values=tuple(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Ticks:
    """The rules on the ticks of the simulation that came with the call, in both modes.

    Its metrics are those of `turns.tau2`, under profiles of their own.
    """

    name: ClassVar[str] = "turns.tau2_ticks"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Turn-taking of a tau2-bench simulation"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = frozenset({"documents"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ("tau2/",)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The eight figures under `tau2-1.0 corrected` and `tau2-1.0 parity`."""
        watch.raise_if_cancelled()
        body = source.documents.get(SIMULATION)
        ticks = None if body is None else from_simulation(body, source.documents.get(RUN))
        out = []
        for mode, profile in _MODES:
            if ticks is None:
                what = "came with no simulation" if body is None else "is a text simulation"
                heading = Heading(profile=profile, why=f"This call {what}: it has no ticks.")
                out += tau2_metrics.values(heading, (), 1.0, inserts_known=True)
                continue
            heading = Heading(profile=profile, common={"tick_s": ticks.tick_s, "from": "ticks"})
            found = events(ticks, mode)
            tick_frames = ticks.tick_s * source.call.rate_hz
            out += tau2_metrics.values(heading, found, tick_frames, inserts_known=True)
        return Outcome(values=inside(out, source.call.frame_count))


def _has_ticks(call: Call) -> bool:
    """Whether it is a simulation with ticks, which say more than any layer."""
    told = call.extra.get("tau2")
    return came_with(call, "tau2") and isinstance(told, Mapping) and bool(told.get("ticks"))
