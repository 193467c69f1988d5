"""What is missing: for each call and evaluator whether there is a result already.

A result is known by its key: evaluator, version, arguments, and the identity of everything that
it reads. When one of these changes, the result is missing again; the old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.calls import Call
from app.domain.errors import NotFound, UserError
from app.domain.evaluation import result_key
from app.eval.base import CallInput, Evaluator
from app.eval.work import Done
from app.services import timing
from app.services.evaluating import inputs
from app.services.evaluating.measures import Measure
from app.services.workspace import Workspace

Settled = Literal["done", "failed", "reused", "skipped"]
"""How a step counts: computed now, failed, computed before, or not for this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One evaluator on one call, to be computed."""

    call: Call
    measure: Measure
    key: str
    inputs: Mapping[str, Any]
    run_id: str | None
    source: CallInput

    @property
    def evaluator(self) -> Evaluator:
        """What computes it."""
        return self.measure.evaluator


class Planner:
    """Looks at one step after the other; remembers the results of the calls it looks at."""

    def __init__(self, ws: Workspace, run_id: str | None, retry_failed: bool = False) -> None:
        self._ws, self._run_id, self._retry = ws, run_id, retry_failed
        self._known: dict[str, dict[str, tuple[str, int]]] = {}

    def look(self, call_id: str, measure: Measure) -> Step | Settled:
        """The step to compute, or how it counts without being computed."""
        evaluator = measure.evaluator
        with self._ws.db.read() as reader:
            call = reader.calls.get(call_id)
        if call is None:
            return "skipped"
        try:
            if inputs.why_not(self._ws, call, evaluator, layer=measure.layer):
                return "skipped"
            if _is_detected(self._ws, call, evaluator):
                return "reused"
            source = inputs.load(self._ws, call, evaluator, layer=measure.layer)
        except UserError as error:
            return self._cannot(call, measure, error)
        found = inputs.facts(source, evaluator)
        key = result_key(evaluator.name, evaluator.version, measure.args, found)
        known = self._known_of(call_id).get(key)
        if known is not None and known[0] == "ok":
            return "reused"
        if known is not None and not self._retry:
            return "failed"
        return Step(
            call=call,
            measure=measure,
            key=key,
            inputs=found,
            run_id=self._run_id,
            source=source,
        )

    def forget(self, call_id: str) -> None:
        """Drop what is remembered of a call that is through."""
        self._known.pop(call_id, None)

    def _cannot(self, call: Call, measure: Measure, error: UserError) -> Settled:
        """The inputs cannot even be read: a failure, stored once for each reason."""
        from app.services.evaluating import storing

        evaluator, found = measure.evaluator, {"error": str(error)}
        key = result_key(evaluator.name, evaluator.version, measure.args, found)
        if key not in self._known_of(call.id):
            step = Step(
                call=call,
                measure=measure,
                key=key,
                inputs=found,
                run_id=None,
                source=CallInput(call=call),
            )
            missing = isinstance(error, NotFound)
            done = Done(failure="not_found" if missing else "bad_input", reason=str(error))
            storing.store(self._ws, step, done)
        return "failed"

    def _known_of(self, call_id: str) -> dict[str, tuple[str, int]]:
        if call_id not in self._known:
            with self._ws.db.read() as reader:
                self._known[call_id] = reader.evaluations.known(call_id)
        return self._known[call_id]


def _is_detected(ws: Workspace, call: Call, evaluator: Evaluator) -> bool:
    """Speech was detected with these options before, perhaps at the import."""
    from app.eval.detection import SpeechDetection
    from app.models.vad import VadOptions

    if not isinstance(evaluator, SpeechDetection):
        return False
    options = VadOptions(threshold=evaluator.threshold)
    return timing.known_layer(ws, call, options) is not None
