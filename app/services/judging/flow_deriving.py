"""Deriving a flow from an SOP: every round is stored as a version with its reason and report.

Source: OutboundEval (arXiv 2510.21244): parse, criteria, check and repair, prerequisites; then an
expert's review, which is the flow editor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, NotFound
from app.domain.flows import FlowNode, FlowVersion
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.eval.judging.flow_checks import Checks, check_flow
from app.eval.judging.flow_repair import MOST_ROUNDS, repaired
from app.eval.judging.flow_units import units_of
from app.services.judging.flow_makers import BASELINE, Client, Maker, ModelMaker
from app.services.workspace import Workspace

MOST_CHARS = 200_000
MOST_UNITS = 300
STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sop:
    """What a flow is derived from."""

    key: str
    """Of the flow: a scenario's key, or a name of its own."""
    title: str
    text: str


def derive(work: Work, ws: Workspace, viewer: Viewer, sop: Sop, maker: Maker) -> FlowVersion:
    """Derive a flow; the last of its versions. Those made before a failure or a stop are kept.

    Raises:
        BadInput: there is no text or key, or the model gave no usable answer.
        EnvironmentFault: the endpoint did not answer.
        Cancelled: it was stopped.
    """
    sop = _checked(sop)
    rounds = _Rounds(ws, viewer, sop, maker)
    work.progress(0, STEPS, "Parsing")
    nodes = maker.parse(sop.text)
    rounds.store(nodes, "parse", f"Steps as parsed by {_by(maker)}.")
    work.raise_if_cancelled()
    work.progress(1, STEPS, "Putting as criteria")
    worded = maker.criteria(nodes, [n.id for n in nodes])
    if worded != nodes or maker.name != BASELINE:
        nodes = worded
        rounds.store(nodes, "criteria", f"Put as criteria by {_by(maker)}.")
    work.raise_if_cancelled()
    work.progress(2, STEPS, "Checking and repairing")
    nodes, checks = _repair(work, rounds, nodes)
    work.progress(3, STEPS, "Giving prerequisites")
    nodes = maker.prerequisites(nodes)
    made = rounds.store(nodes, "prerequisites", _last_reason(maker, checks))
    work.progress(STEPS, STEPS)
    return made


def read_sop(path: Path) -> str:
    """The text of an SOP file, in whatever encoding.

    Raises:
        NotFound, BadInput: there is no such file, or it is no text.
    """
    from app.services.formats.text import decode

    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Check the name.")
    if path.stat().st_size > 4 * MOST_CHARS:
        raise BadInput(f"{path.name} is too long.", f"At most {MOST_CHARS} characters are taken.")
    return decode(path.read_bytes(), name=path.name)[0]


def model_maker(ws: Workspace, work: Work, endpoint: str, model: str = "") -> ModelMaker:
    """A model at a saved endpoint; use it as a context.

    Raises:
        NotFound: there is no endpoint of that name.
        BadInput: neither the endpoint nor `model` names a model.
    """
    from app.services.judging.endpoints import capabilities
    from app.services.judging.endpoints import endpoint as saved

    profile = saved(ws, endpoint)
    name = model or profile.model
    if not name:
        raise BadInput(f"The endpoint {endpoint} has no model of its own.", "Name a model.")
    known = capabilities(ws, endpoint, name)

    def connect() -> Client:
        from app.models.chat import ChatClient

        return ChatClient(profile, known)

    return ModelMaker(work, connect, name)


@dataclass(slots=True)
class _Rounds:
    """Stores one version after the other."""

    ws: Workspace
    viewer: Viewer
    sop: Sop
    maker: Maker
    last: FlowVersion | None = field(default=None)

    def store(
        self, nodes: Sequence[FlowNode], stage: str, reason: str, checks: Checks | None = None
    ) -> FlowVersion:
        """Append a version with how it stands and who was asked for it."""
        found = checks or check_flow(self.sop.text, nodes)
        report: dict[str, Any] = {**found.to_json(), "by": self.maker.name}
        if asked := self.maker.told():
            report["asked"] = asked
        version = FlowVersion(
            id="",
            key=self.sop.key,
            version=0,
            title=self.sop.title,
            sop=self.sop.text,
            nodes=tuple(nodes),
            stage=stage,
            reason=reason,
            parent_id=self.last.id if self.last else None,
            report=report,
        )
        with self.ws.db.human() as uow:
            self.last = uow.flows.add(version, rater_id=self.viewer.rater_id)
        return self.last


def _repair(
    work: Work, rounds: _Rounds, nodes: tuple[FlowNode, ...]
) -> tuple[tuple[FlowNode, ...], Checks]:
    """Repair and reword until the checks pass, at most three times."""
    sop = rounds.sop.text
    checks = check_flow(sop, nodes)
    for number in range(1, MOST_ROUNDS + 1):
        if checks.passed:
            break
        work.raise_if_cancelled()
        before = {n.id: n.text for n in nodes}
        nodes, reasons = repaired(nodes, checks)
        touched = [n.id for n in nodes if before.get(n.id) != n.text]
        nodes = rounds.maker.criteria(nodes, touched)
        checks = check_flow(sop, nodes)
        reason = "\n".join((f"Repair {number} of at most {MOST_ROUNDS}.", *reasons))
        rounds.store(nodes, "repair", reason, checks)
    return nodes, checks


def _checked(sop: Sop) -> Sop:
    key, title = " ".join(sop.key.split()), " ".join(sop.title.split())
    text = sop.text.replace("\r\n", "\n").replace("\r", "\n")
    if not key:
        raise BadInput("The flow has no key.", "Give it the scenario's key, or a name.")
    if len(text) > MOST_CHARS:
        raise BadInput(f"The SOP has {len(text)} characters.", f"At most {MOST_CHARS} are taken.")
    count = len(units_of(text))
    if not count:
        raise BadInput("The SOP has no steps.", "Write each step on a line, best with a number.")
    if count > MOST_UNITS:
        raise BadInput(f"The SOP has {count} steps.", f"At most {MOST_UNITS} are taken.")
    return replace(sop, key=key, title=title or key, text=text)


def _by(maker: Maker) -> str:
    return "rules (baseline)" if maker.name == BASELINE else maker.name


def _last_reason(maker: Maker, checks: Checks) -> str:
    said = f"Prerequisites by {_by(maker)}."
    if checks.passed:
        return said
    left = len(checks.overlaps) + (0 if checks.is_covered else len(checks.uncovered))
    return f"{said} {left} finding{'' if left == 1 else 's'} left for a person after repair."
