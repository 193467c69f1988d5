"""Everything that figures over a set of calls are made of, read once; figures follow without it.

Scores go through the viewer's mask: a reviewer's figures are made of what is open to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput
from app.domain.evaluation import StoredValue
from app.domain.flows import FlowVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.eval.eva.composites import Component
from app.services.judging.score_marks import PartMarks, marks_of
from app.services.judging.score_parts import (
    JUDGED,
    MEASURED,
    OURS,
    PARTS,
    REPORTED,
    RUBRICS,
    PartId,
    Source,
    by_part,
    sources,
)
from app.services.workspace import Workspace
from db.repos.score_sets import CallHead, MarkRow
from db.unit_of_work import Reader

Detail = tuple[Mapping[str, Any], Sequence[str]]
"""What a judge kept with a score, and the ids of the turns that it points at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSet:
    """A set of calls with all scores that the viewer may see.

    Attributes:
        calls: in the order asked for.
        rows: scores by part.
        options: sources that each part may have, the best first.
        rubrics: by id.
        flows: by the id of their rubric.
        details: of scores on steps of task flows.
        measured: call → part → what our own rules measured.
        reported: call → part → what the system that made the call reported.
    """

    calls: tuple[CallHead, ...]
    rows: Mapping[PartId, Sequence[MarkRow]]
    options: Mapping[PartId, tuple[Source, ...]]
    rubrics: Mapping[str, RubricVersion]
    flows: Mapping[str, FlowVersion]
    details: Mapping[str, Detail]
    measured: Mapping[str, Mapping[PartId, Component]]
    reported: Mapping[str, Mapping[PartId, Component]]

    def source(self, part: PartId, chosen: Mapping[str, str]) -> Source | None:
        """The source of a part: the chosen one if it is there, else the best."""
        options = self.options.get(part, ())
        named = next((s for s in options if s.id == chosen.get(part)), None)
        return named or next(iter(options), None)

    def chosen(self, refs: Sequence[str]) -> dict[str, str]:
        """Part → source, for sources as people name them.

        Args:
            refs: `gic@1`, `gic` (its newest version that scored), `people`, or a whole label.

        Raises:
            BadInput: one of them scored nothing of these calls; lists those that did.
        """
        found: dict[str, str] = {}
        for ref in refs:
            fits = {
                part: next((s.id for s in options if s.is_named(ref)), "")
                for part, options in self.options.items()
            }
            if not any(fits.values()):
                known = dict.fromkeys(s.ref for options in self.options.values() for s in options)
                raise BadInput(
                    f"{ref} has scored none of these calls.",
                    f"There are scores of: {', '.join(known) or 'nobody'}.",
                )
            found |= {part: source for part, source in fits.items() if source}
        return found

    def marks(self, part: PartId, source: Source | None) -> Mapping[str, PartMarks]:
        """Call → what counts of a judged part."""
        if source is None or source.id in (REPORTED, OURS):
            return {}
        return marks_of(self.rows.get(part, ()), source)


def load(ws: Workspace, viewer: Viewer, call_ids: Sequence[str]) -> ScoreSet:
    """Read a set of calls, in one transaction.

    Args:
        ws: the workspace.
        viewer: only scores that they may see count.
        call_ids: which calls; those that are gone are left out.
    """
    ids = list(dict.fromkeys(call_ids))
    with ws.db.read() as uow:
        repo = uow.score_sets
        rows = by_part(repo.tallies(viewer, ids, RUBRICS))
        versions = {v.rater_id: v for v in uow.judges.versions()}
        people = repo.people()
        rubrics = _rubrics(uow, rows)
        measured = _measured(uow.evaluations.values_of(ids, list(MEASURED), viewer=viewer))
        reported = _reported(repo.reported(ids))
        return ScoreSet(
            calls=tuple(repo.heads(ids)),
            rows=rows,
            options={
                part: (
                    *sources(part, rows.get(part, ()), versions, people),
                    *_others(part, measured, reported),
                )
                for part in PARTS
            },
            rubrics=rubrics,
            flows=_flows(uow, rubrics),
            details=repo.details([r.score_id for r in rows.get("tfc", ())]),
            measured=measured,
            reported=reported,
        )


def _rubrics(uow: Reader, rows: Mapping[PartId, Sequence[MarkRow]]) -> dict[str, RubricVersion]:
    ids = {row.rubric_version_id for part in rows.values() for row in part}
    found = (uow.rubrics.get(i) for i in ids)
    return {rubric.id: rubric for rubric in found if rubric is not None}


def _flows(uow: Reader, rubrics: Mapping[str, RubricVersion]) -> dict[str, FlowVersion]:
    found = {
        rubric.id: uow.flows.get(str(rubric.extra["flow_version_id"]))
        for rubric in rubrics.values()
        if rubric.extra.get("flow_version_id")
    }
    return {rubric_id: flow for rubric_id, flow in found.items() if flow is not None}


def _measured(stored: Sequence[StoredValue]) -> dict[str, dict[PartId, Component]]:
    found: dict[str, dict[PartId, Component]] = {}
    for one in stored:
        part: PartId = one.value.metric_id  # type: ignore[assignment]
        found.setdefault(one.call_id, {})[part] = Component(value=one.value.value)
    return found


def _reported(told: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[PartId, Component]]:
    return {
        call_id: {
            part: Component(
                value=_share(metrics[part].get("normalized_score")),
                failed=bool(metrics[part].get("error")),
                skipped=bool(metrics[part].get("skipped")),
            )
            for part in PARTS
            if isinstance(metrics.get(part), Mapping)
        }
        for call_id, metrics in told.items()
    }


def _share(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _others(
    part: PartId,
    measured: Mapping[str, Mapping[PartId, Component]],
    reported: Mapping[str, Mapping[PartId, Component]],
) -> tuple[Source, ...]:
    """Sources of a part that are no raters."""
    kinds = {
        OURS: ("Measured here", {} if part in JUDGED else measured),
        REPORTED: ("As reported with the calls", reported),
    }
    counts = {kind: sum(part in of_call for of_call in kinds[kind][1].values()) for kind in kinds}
    return tuple(
        Source(id=kind, label=label, ref=kind, calls=counts[kind], verdicts=counts[kind])
        for kind, (label, _) in kinds.items()
        if counts[kind]
    )
