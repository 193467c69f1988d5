"""How figures over a set are made: weights, gates, sources, and what counts as what.

The published weights and gates are the defaults and stay; others answer "what if" beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Viewer
from app.eval.eva.composites import EVA_A, EVA_X, Gate
from app.eval.outbound.compliance import PartialMode
from app.eval.outbound.interaction import NaMode
from app.eval.outbound.weights import PAPER, Weights
from app.services.workspace import Workspace

GATES_KEY, WHAT_IF_KEY = "score.gates", "score.what_if"
PAPER_GATES: Mapping[str, float] = {g.metric: g.at_least for g in (*EVA_A, *EVA_X)}
"""EVA-Bench's thresholds (arXiv 2605.13841)."""

GroupBy = Literal["agent", "version"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings:
    """What a table of scores is computed by.

    Attributes:
        weights: of TFC, GIC and Final.
        gates: metric → what EVA-A and EVA-X ask of it, 0..1.
        sources: part → id of its source; parts that are not named take the best judge there is.
        na_mode: what "not applicable" counts in GIC; None for what the judge says.
        partial_mode: what a step that was done in part counts in TFC.
        k: draws of pass@k; None for the number of attempts that most scenarios have.
        group_by: whether versions of an agent are rows of their own.
    """

    weights: Weights = PAPER
    gates: Mapping[str, float] = field(default_factory=lambda: PAPER_GATES)
    sources: Mapping[str, str] = field(default_factory=dict)
    na_mode: NaMode | None = None
    partial_mode: PartialMode = "strict"
    k: int | None = None
    group_by: GroupBy = "agent"

    @property
    def accuracy(self) -> tuple[Gate, ...]:
        """The gates of EVA-A."""
        return self._gates(EVA_A)

    @property
    def experience(self) -> tuple[Gate, ...]:
        """The gates of EVA-X."""
        return self._gates(EVA_X)

    @property
    def are_gates_published(self) -> bool:
        """Whether every gate is the paper's."""
        return all(self.gates.get(m, v) == v for m, v in PAPER_GATES.items())

    def _gates(self, published: tuple[Gate, ...]) -> tuple[Gate, ...]:
        found = []
        for gate in published:
            least = self.gates.get(gate.metric, gate.at_least)
            exact = gate.exact and least == gate.at_least
            found.append(Gate(gate.metric, least, exact))
        return tuple(found)


def stored_settings(ws: Workspace) -> ScoreSettings:
    """The settings in force: the workspace's gates, all else by default."""
    with ws.db.read() as uow:
        gates = uow.settings.get(GATES_KEY, {})
    return ScoreSettings(gates={**PAPER_GATES, **gates})


def save_gates(ws: Workspace, viewer: Viewer, gates: Mapping[str, float]) -> Changes:
    """Change the workspace's gates; the paper's are not stored, so that they follow it.

    Raises:
        NotAllowed: a reviewer may not.
        BadInput: no such metric, or a gate is outside 0..1.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead changes gates.", "Sign in as a lead.")
    for metric, least in gates.items():
        if metric not in PAPER_GATES:
            raise BadInput(f"There is no gate {metric}.", f"There are: {', '.join(PAPER_GATES)}.")
        if not 0.0 <= least <= 1.0:
            raise BadInput(f"A gate of {least} is not between 0 and 1.", "Choose another.")
    own = {m: v for m, v in gates.items() if v != PAPER_GATES[m]}
    with ws.db.human() as uow:
        uow.settings.put(GATES_KEY, own)
        uow.touch(Changes(judges=True))
    return uow.changes


def what_if_weights(ws: Workspace, viewer: Viewer) -> Weights | None:
    """The viewer's own what-if weights, if they have made any."""
    with ws.db.read() as uow:
        body: Any = uow.settings.get(WHAT_IF_KEY, scope=viewer.rater_id)
    return Weights.from_json(body) if isinstance(body, Mapping) else None


def save_what_if(ws: Workspace, viewer: Viewer, weights: Weights | None) -> None:
    """Keep the viewer's what-if weights; None to forget them."""
    with ws.db.human() as uow:
        body = None if weights is None else weights.to_json()
        uow.settings.put(WHAT_IF_KEY, body, scope=viewer.rater_id)
