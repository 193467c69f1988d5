"""EVA's parts and composites of one call, of the marks that count. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from app.domain.rubrics import Criterion, RubricVersion
from app.eval.eva.composites import Component, composites
from app.services.judging.call_figures import Figures, spread
from app.services.judging.score_marks import PartMarks
from app.services.judging.score_parts import PARTS, PartId
from app.services.judging.score_settings import ScoreSettings

EVA_DECIMALS = 3
"""EVA rounds a mean over turns to so many places before it meets its gate."""
COMPOSITES = {"eva_a": "EVA-A_pass", "eva_a_mean": "EVA-A_mean", "eva_x": "EVA-X_pass",
              "eva_x_mean": "EVA-X_mean"}  # fmt: skip


def score_eva(
    out: Figures,
    marks: Mapping[PartId, PartMarks],
    told: Mapping[PartId, Component],
    settings: ScoreSettings,
    rubrics: Mapping[str, RubricVersion],
) -> None:
    """Put EVA's parts and composites among the figures of a call."""
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
    values = [(v - low) / (high - low) for v in spread(given) if v is not None]
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
