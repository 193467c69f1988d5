"""The figures of one call from the marks that count. Pure: nothing is read here.

Unscored is not zero: a figure that lacks a part has no value, and says which part and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from app.domain.flows import FlowVersion
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.eva.composites import Component, composites
from app.eval.outbound.compliance import Compliance, NodeVerdict, compliance
from app.eval.outbound.final import final
from app.eval.outbound.interaction import Interaction, NaMode, interaction
from app.services.judging.score_columns import BY_ID
from app.services.judging.score_parts import PARTS, Mark, PartId, PartMarks
from app.services.judging.score_settings import ScoreSettings
from app.services.judging.set_scores import Detail
from db.repos.score_sets import CallHead

EVA_DECIMALS = 3
"""EVA rounds a mean over turns to so many places before it meets its gate."""
COMPOSITES = {"eva_a": "EVA-A_pass", "eva_a_mean": "EVA-A_mean", "eva_x": "EVA-X_pass",
              "eva_x_mean": "EVA-X_mean"}  # fmt: skip


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


@dataclass(slots=True)
class _Figures:
    """Figures as they are found."""

    values: dict[str, float | None] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, column: str, value: float | None, why: str = "", count: int = 0) -> None:
        """A figure, or why there is none."""
        self.values[column] = value
        if value is None:
            self.why[column] = why
        if count:
            self.counts[column] = count


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
    out = _Figures()
    gic = _gic(out, marks.get("gic"), settings, settings.na_mode or na_mode)
    tfc = _tfc(out, call, marks.get("tfc"), settings, flows, details)
    whole = final(out.values["tfc"], out.values["gic"], settings.weights)
    lacking = [BY_ID[i].title for i in ("tfc", "gic") if out.values[i] is None]
    out.put("final", whole, f"Final: {' and '.join(lacking)} missing.", int(whole is not None))
    _eva(out, marks, told, settings, rubrics)
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
    out: _Figures, part: PartMarks | None, settings: ScoreSettings, na_mode: NaMode
) -> Interaction:
    given = part.marks if part is not None else {}
    wanted = [d for d, w in settings.weights.dimensions.items() if w]
    scores = {d: _spread(given.get(d, ())) for d in wanted}
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


def _spread(marks: Sequence[Mark]) -> list[float | None]:
    """One value for each verdict that was had."""
    return [v for m in marks if m.status != "failed" for v in [m.value] * m.count]


def _unscored(marks: Sequence[Mark]) -> str:
    return "Its replies could not be read." if marks else "Unscored."


def _tfc(
    out: _Figures,
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


def _eva(
    out: _Figures,
    marks: Mapping[PartId, PartMarks],
    told: Mapping[PartId, Component],
    settings: ScoreSettings,
    rubrics: Mapping[str, RubricVersion],
) -> None:
    parts: dict[str, Component] = {}
    accuracy, experience = settings.accuracy, settings.experience
    for gate in (*accuracy, *experience):
        name = gate.metric
        part: PartId = name  # type: ignore[assignment]
        count = 0
        if part in told:
            parts[name] = told[part]
        elif part in marks:
            parts[name], count = component_of(marks[part], rubrics)
        found = parts.get(name, Component())
        out.put(name, found.usable, _why_not(part, found), count or int(found.usable is not None))
    whole = composites(parts, accuracy, experience)
    for column, name in COMPOSITES.items():
        gates = accuracy if column.startswith("eva_a") else experience
        lacking = {g.metric: parts.get(g.metric, Component()) for g in gates
                   if out.values[g.metric] is None}  # fmt: skip
        out.put(column, whole[name], _lacking(name[:5], lacking), int(whole[name] is not None))


def _lacking(name: str, parts: Mapping[str, Component]) -> str:
    """Which parts a composite lacks, and why."""
    whys: dict[str, list[str]] = {}
    for part, found in parts.items():
        whys.setdefault(_why(found), []).append(PARTS[part])  # type: ignore[index]
    return f"{name}: {'; '.join(f'{_and(titles)} {why}' for why, titles in whys.items())}."


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def component_of(part: PartMarks, rubrics: Mapping[str, RubricVersion]) -> tuple[Component, int]:
    """A judged part as EVA counts it, 0..1, and the verdicts that it rests on.

    Verdicts that could not be had are left out of a mean over turns; where nothing else is there
    the part has failed. Where nothing applies it is skipped.
    """
    rubric = rubrics.get(part.rubric_version_id)
    criterion = None if rubric is None else main_criterion(rubric)
    given = part.marks.get(criterion.key, ()) if criterion is not None else ()
    if criterion is None or not given:
        return Component(), 0
    low, high = (pick(level.value for level in criterion.levels) for pick in (min, max))
    values = [(v - low) / (high - low) for v in _spread(given) if v is not None]
    if values:
        return Component(value=round(fmean(values), EVA_DECIMALS)), len(values)
    failed = any(m.status == "failed" for m in given)
    return Component(failed=failed, skipped=not failed), 0


def main_criterion(rubric: RubricVersion) -> Criterion:
    """The criterion that is a rubric's overall score; its first where it names none."""
    overall = rubric.extra.get("overall")
    key = overall.get("criterion") if isinstance(overall, Mapping) else rubric.key
    return next((c for c in rubric.criteria if c.key == key), rubric.criteria[0])


def _why_not(part: PartId, found: Component) -> str:
    return f"{PARTS[part]} {_why(found)}."


def _why(found: Component) -> str:
    if found.failed:
        return "could not be had"
    return "has nothing to score" if found.skipped else "unscored"
