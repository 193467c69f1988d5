"""What is missing: for each call and evaluator whether there is a result already.

A result is known by its key: evaluator, version, arguments, and the identity of everything that
it reads. When one of these changes, the result is missing again; the old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain.calls import Call
from app.domain.errors import NotFound, UserError
from app.domain.evaluation import FailureKind, result_key
from app.eval.base import CallInput, Evaluator
from app.eval.work import Done
from app.services import timing
from app.services.evaluating import inputs
from app.services.evaluating.inputs import Shelf
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
    """Looks at one step after the other; remembers what there is of the calls it looks at."""

    def __init__(self, ws: Workspace, run_id: str | None, retry_failed: bool = False) -> None:
        self._ws, self._run_id, self._retry = ws, run_id, retry_failed
        self._known: dict[str, dict[str, tuple[str, int]]] = {}
        self._shelves: dict[str, Shelf] = {}

    def look(self, call_id: str, measure: Measure) -> Step | Settled:
        """The step to compute, or how it counts without being computed."""
        evaluator, shelf = measure.evaluator, self._shelf(call_id)
        if shelf is None or inputs.why_not(shelf, evaluator, measure.layer):
            return "skipped"
        if _is_detected(self._ws, shelf, evaluator):
            return "reused"
        found = inputs.facts(shelf, evaluator, measure.layer)
        key = result_key(evaluator.name, evaluator.version, measure.args, found)
        known = self._known_of(call_id).get(key)
        if known is not None and known[0] == "ok":
            return "reused"
        if known is not None and not self._retry:
            return "failed"
        step = Step(
            call=shelf.call,
            measure=measure,
            key=key,
            inputs=found,
            run_id=self._run_id,
            source=CallInput(call=shelf.call),
        )
        try:
            source = inputs.load(self._ws, shelf, evaluator, measure.layer)
        except UserError as error:
            self._cannot(step, error)
            return "failed"
        return replace(step, source=source)

    def changed(self, call_id: str) -> None:
        """Look at a call anew: something of it was stored."""
        self._shelves.pop(call_id, None)

    def forget(self, call_id: str) -> None:
        """Drop what is remembered of a call that is through."""
        self._shelves.pop(call_id, None)
        self._known.pop(call_id, None)

    def _cannot(self, step: Step, error: UserError) -> None:
        """The inputs cannot even be read: a failure with its reason. The caller counts it."""
        from app.services.evaluating import storing

        kind: FailureKind = "not_found" if isinstance(error, NotFound) else "bad_input"
        done = Done(failure=kind, reason=str(error))
        storing.store(self._ws, replace(step, run_id=None), done)
        self._known_of(step.call.id)[step.key] = ("failed", 1)

    def _shelf(self, call_id: str) -> Shelf | None:
        if call_id not in self._shelves:
            found = inputs.shelf(self._ws, call_id)
            if found is None:
                return None
            self._shelves[call_id] = found
        return self._shelves[call_id]

    def _known_of(self, call_id: str) -> dict[str, tuple[str, int]]:
        if call_id not in self._known:
            with self._ws.db.read() as reader:
                self._known[call_id] = reader.evaluations.known(call_id)
        return self._known[call_id]


def _is_detected(ws: Workspace, shelf: Shelf, evaluator: Evaluator) -> bool:
    """Speech was detected with these options before, perhaps at the import."""
    from app.eval.detection import SpeechDetection
    from app.models.vad import VadOptions

    if not isinstance(evaluator, SpeechDetection):
        return False
    options = VadOptions(threshold=evaluator.threshold)
    return timing.known_layer(ws, shelf.call, options) is not None
