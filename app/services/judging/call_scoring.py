"""The figures of one call from the marks that count. Pure: nothing is read here.

Unscored is not zero: a figure that lacks a part has no value, and says which part and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.flows import FlowVersion
from app.domain.rubrics import RubricVersion
from app.eval.eva.composites import Component
from app.eval.outbound.compliance import Compliance, NodeVerdict, compliance
from app.eval.outbound.final import final
from app.eval.outbound.interaction import Interaction, NaMode, interaction
from app.services.judging.call_composites import score_eva
from app.services.judging.call_figures import Figures, spread
from app.services.judging.score_columns import BY_ID
from app.services.judging.score_marks import Mark, PartMarks
from app.services.judging.score_parts import PartId
from app.services.judging.score_settings import ScoreSettings
from app.services.judging.set_scores import Detail
from db.repos.score_sets import CallHead


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScores:
    """Every figure of one call.

    Attributes:
        call: which.
        values: column → value; None where there is none.
        why: column → why it has none.
        counts: column → verdicts that it rests on.
        gic: with all its parts.
        tfc: the same; None where nobody has gone through a flow.
        notes: what is missing without voiding a figure, such as single unscored replies.
    """

    call: CallHead
    values: Mapping[str, float | None]
    why: Mapping[str, str]
    counts: Mapping[str, int]
    gic: Interaction
    tfc: Compliance | None
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Why the main figures have no value, and what else is missing; each once."""
        heads = (self.why[i] for i in ("tfc", "gic", "eva_a", "eva_x") if i in self.why)
        return tuple(dict.fromkeys((*heads, *self.notes)))


def score_call(
    call: CallHead,
    marks: Mapping[PartId, PartMarks],
    told: Mapping[PartId, Component],
    settings: ScoreSettings,
    *,
    rubrics: Mapping[str, RubricVersion],
    flows: Mapping[str, FlowVersion],
    details: Mapping[str, Detail],
    na_mode: NaMode = "exclude",
) -> CallScores:
    """All figures of a call.

    Args:
        call: which.
        marks: of the parts that are judged.
        told: of the parts that are measured or reported.
        settings: weights, gates and modes.
        rubrics: by id.
        flows: by the id of their rubric.
        details: of scores on steps of flows.
        na_mode: what the judge of GIC says, unless the settings say otherwise.
    """
    out = Figures()
    gic = _gic(out, marks.get("gic"), settings, settings.na_mode or na_mode)
    tfc = _tfc(out, call, marks.get("tfc"), settings, flows, details)
    whole = final(out.values["tfc"], out.values["gic"], settings.weights)
    lacking = [BY_ID[i].title for i in ("tfc", "gic") if out.values[i] is None]
    out.put("final", whole, f"Final: {' and '.join(lacking)} missing.", int(whole is not None))
    score_eva(out, marks, told, settings, rubrics)
    return CallScores(
        call=call,
        values=out.values,
        why=out.why,
        counts=out.counts,
        gic=gic,
        tfc=tfc,
        notes=tuple(out.notes),
    )


def _gic(
    out: Figures, part: PartMarks | None, settings: ScoreSettings, na_mode: NaMode
) -> Interaction:
    given = part.marks if part is not None else {}
    wanted = [d for d, w in settings.weights.dimensions.items() if w]
    scores = {d: spread(given.get(d, ())) for d in wanted}
    failed = sum(m.count for d in wanted for m in given.get(d, ()) if m.status == "failed")
    found = interaction(scores, na_mode=na_mode, weights=settings.weights, unscored=failed)
    for d in wanted:
        why = "Not applicable to any reply." if scores[d] else _unscored(given.get(d, ()))
        out.put(f"gic.{d}", found.means.get(d), why, found.turns.get(d, 0))
    lacking = [d for d in wanted if not scores[d]]
    if lacking:
        names = ", ".join(BY_ID[f"gic.{d}"].title if f"gic.{d}" in BY_ID else d for d in lacking)
        all_of_it = len(lacking) == len(wanted)
        why = "GIC: nobody has scored it." if all_of_it else f"GIC: {names} unscored."
        out.put("gic", None, why)
        return found
    out.put("gic", found.gic, "GIC: not applicable throughout.", sum(found.turns.values()))
    if failed:
        out.notes.append(f"GIC: {failed} verdicts could not be had; it is of the others.")
    return found


def _unscored(marks: Sequence[Mark]) -> str:
    return "Its replies could not be read." if marks else "Unscored."


def _tfc(
    out: Figures,
    call: CallHead,
    part: PartMarks | None,
    settings: ScoreSettings,
    flows: Mapping[str, FlowVersion],
    details: Mapping[str, Detail],
) -> Compliance | None:
    columns = ("tfc.key_rate", "tfc.overall_rate", "tfc.cov", "tfc.proc", "tfc")
    flow = flows.get(part.rubric_version_id) if part is not None else None
    if part is None or flow is None:
        why = "nobody has gone through its task flow" if call.scenario_key else "it has no scenario"
        for column in columns:
            out.put(column, None, f"TFC: {why}.")
        return None
    verdicts = {
        node: _node(each[-1], details)
        for node, each in part.marks.items()
        if each[-1].status != "failed"
    }
    found = compliance(flow.nodes, verdicts, mode=settings.partial_mode, weights=settings.weights)
    proc = found.proc.value if found.proc is not None else None
    values = (found.key_rate, found.overall_rate, found.cov, proc, found.tfc)
    for column, value in zip(columns, values, strict=True):
        out.put(column, value, f"TFC: {found.reason}", len(found.applicable))
    if found.blocked:
        out.notes.append(f"TFC: {', '.join(found.blocked)} not reached, as the caller hung up.")
    return found


def _node(mark: Mark, details: Mapping[str, Detail]) -> NodeVerdict:
    kept = [details[i] for i in mark.score_ids if i in details]
    turns = [
        body["first_turn"] if "first_turn" in body else min(pointed, default=None)
        for body, ids in kept
        for pointed in [[int(t[1:]) - 1 for t in ids if t[1:].isdecimal()]]
    ]
    known = [t for t in turns if t is not None]
    return NodeVerdict(
        value=None if mark.value is None else int(mark.value),
        first_turn=min(known, default=None),
        blocked_by_hangup=any(body.get("blocked_by_hangup") for body, _ in kept),
    )
