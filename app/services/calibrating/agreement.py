"""Each judge version on each dimension: figures, ceiling, verdict, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain.judging import JudgeVersion
from app.domain.rubrics import Criterion
from app.eval.agreement.consensus import harshness
from app.eval.agreement.figures import human_figures
from app.eval.agreement.ratings import Ratings
from app.eval.agreement.resampling import Estimate
from app.eval.calibration.biases import PositionBias
from app.eval.calibration.clauses import Clause
from app.eval.calibration.consistency import METRIC, repeat_consistency
from app.eval.calibration.estimate import PopulationMean
from app.eval.calibration.evidence import Circumstances, State, StratumState
from app.eval.calibration.gather import FEWEST_IN_STRATUM, Gathered
from app.eval.calibration.gather import gather as evidence_of
from app.eval.calibration.ladder import LadderVerdict, survives_holm, verdict
from app.eval.calibration.rules import Rule
from app.eval.stats.forecast import to_bring
from app.services.calibrating import anchors, correcting, orders
from app.services.calibrating.correcting import Fitted
from app.services.calibrating.dimension import EVERYTHING, Dimension, Slice, dimension
from app.services.calibrating.rating_set import RatingSet

AVERAGES: State = 3
STANDS_IN: State = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One judge version on one dimension within one slice."""

    judge: JudgeVersion
    criterion: Criterion
    where: Slice
    found: Gathered
    """The figures."""
    verdict: LadderVerdict
    fitted: Fitted
    mean: PopulationMean | None
    judged: int
    """Items that the judge scored, labelled or not."""
    failed: int
    """Items on which it gave no value: nothing said, off the scale, or no reply."""
    not_blind: int
    position: PositionBias | None
    """Of pairs that the judge compared in both orders."""

    @property
    def agreement(self) -> Estimate:
        """With people, in the primary measure: in the place of each of them, where there are two.

        With one person alone it is the agreement with that person, and there is no ceiling.
        """
        held = self.found.evidence.agreement
        if held.judge.value is not None or self.found.evidence.humans != 1:
            return held.judge
        return self.found.judge.get(held.measure, held.judge)


def cell(
    found: RatingSet, judge: JudgeVersion, key: str, rule: Rule, where: Slice = EVERYTHING
) -> Cell:
    """Look at one judge on one dimension.

    Args:
        found: from `gather.load`.
        judge: one of the set's.
        key: of the dimension.
        rule: of the verdict.
        where: which items count.

    Raises:
        NotFound: no such dimension.
        BadInput: a division that the set does not have.
    """
    made = _cell(found, judge, key, rule, where)
    if made.verdict.state < STANDS_IN:
        return made
    # Only the top of the ladder asks what each stratum reaches by itself, which costs as much.
    return _cell(found, judge, key, rule, where, _strata_states(found, judge, key, rule, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """People on one dimension among themselves."""

    criterion: Criterion
    items: int
    votes: int
    """Their scores on these items."""
    calls: int
    raters: tuple[str, ...]
    figures: Mapping[str, Estimate]
    harshness: Mapping[str, float]
    """Rater → points below the others on the same items, where they share any."""
    not_blind: int


def panels(
    found: RatingSet, where: Slice = EVERYTHING, *, dimensions: Sequence[str] = ()
) -> list[Panel]:
    """How well people agree on each dimension that they scored."""
    out = []
    for key in dimensions or [c.key for c in found.rubric.criteria]:
        one = dimension(found, key, where)
        people = one.labelled("")[0]
        if len(people.items):
            out.append(_panel(one, people, where))
    return out


def _among(one: Dimension, people: Ratings, where: Slice) -> Mapping[str, Estimate]:
    """People's figures; computed once for all judges of a dimension while the set is kept."""
    name = ("people", one.criterion.key, where.words, str(where.blind_only))
    if name not in one.set.memo:
        one.set.memo[name] = human_figures(people, one.criterion.scale)
    kept: Mapping[str, Estimate] = one.set.memo[name]
    return kept


def _panel(one: Dimension, people: Ratings, where: Slice) -> Panel:
    scale = one.criterion.scale
    lower = {} if scale == "nominal" else dict(zip(people.raters, harshness(people).tolist()))
    return Panel(
        criterion=one.criterion, items=len(people.items),
        votes=int((~np.isnan(people.values)).sum()), calls=people.call_count,
        raters=people.raters, figures=_among(one, people, where),
        harshness={rater: v for rater, v in lower.items() if not np.isnan(v)},
        not_blind=one.not_blind,
    )  # fmt: skip


def matrix(
    found: RatingSet,
    rule: Rule,
    where: Slice = EVERYTHING,
    *,
    judges: Sequence[JudgeVersion] = (),
    dimensions: Sequence[str] = (),
) -> list[Cell]:
    """All judges on all dimensions that they scored; what is promoted survives Holm's test."""
    pairs = scored_pairs(found, judges, dimensions)
    return list(after_holm([cell(found, judge, key, rule, where) for judge, key in pairs]))


def scored_pairs(
    found: RatingSet, judges: Sequence[JudgeVersion] = (), dimensions: Sequence[str] = ()
) -> list[tuple[JudgeVersion, str]]:
    """Which judge scored which dimension: the cells that there are, judge by judge."""
    chosen = judges or sorted(found.judges.values(), key=lambda j: (j.ref, j.created_at))
    keys = dimensions or [c.key for c in found.rubric.criteria]
    scored = set(zip(found.rater.tolist(), found.criterion.tolist()))
    order = [c.key for c in found.rubric.criteria]
    return [
        (judge, key)
        for judge in chosen
        for key in keys
        if (found.raters.index(judge.rater_id), order.index(found.criterion_named(key).key))
        in scored
    ]


def after_holm(cells: Sequence[Cell]) -> Iterable[Cell]:
    """Of many cells that were looked at together some are promoted by chance: those are not."""
    promoted = {
        str(at): c.found.evidence.agreement.p_inferior
        for at, c in enumerate(cells)
        if c.verdict.state >= STANDS_IN
    }
    kept = survives_holm(promoted) if promoted else {}
    for at, one in enumerate(cells):
        if kept.get(str(at), True):
            yield one
            continue
        words = f"Not below people even among {len(promoted)} promoted cells (Holm)."
        clause = Clause(
            name="holm", holds=False, words=words, label="Not below people, after Holm's test",
            value=f"1 of {len(promoted)} cells",
        )  # fmt: skip
        yield replace(one, verdict=replace(one.verdict, state=3, failing=(clause,)))


def _cell(
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    rule: Rule,
    where: Slice,
    strata_states: dict[str, StratumState] | None = None,
) -> Cell:
    one = dimension(found, key, where)
    people, scores, numbers = one.labelled(judge.rater_id)
    made = correcting.fitted(found, key, judge)
    mean = correcting.mean(one, judge)
    sway = orders.position_of(one, judge)
    gathered = evidence_of(
        people, scores, one.criterion.scale, rule,
        correction=made.correction,
        corrected=correcting.corrected(one, made)[one.is_labelled],
        mean=mean,
        strata={k: v[numbers].tolist() for k, v in found.strata.items()},
        circumstances=_circumstances(one, judge, rule, where, sway, strata_states),
        among=_among(one, people, where),
    )  # fmt: skip
    return Cell(
        judge=judge, criterion=one.criterion, where=where, found=gathered,
        verdict=verdict(gathered.evidence, rule), fitted=made, mean=mean,
        judged=int((~np.isnan(one.judges.get(judge.rater_id, np.empty(0)))).sum()),
        failed=_failed(found, judge, one.criterion, where), not_blind=one.not_blind,
        position=sway,
    )  # fmt: skip


def _circumstances(
    one: Dimension,
    judge: JudgeVersion,
    rule: Rule,
    where: Slice,
    sway: PositionBias | None,
    strata_states: dict[str, StratumState] | None,
) -> Circumstances:
    runs = one.repeats(judge.rater_id)
    repeats = None
    if runs.shape[1] >= 2:
        metric = METRIC[one.criterion.scale]
        # Of a scale without classes, hardly two runs give the same.
        figure = "alpha" if metric == "interval" else "share"
        repeats = repeat_consistency(runs, one.people.calls, metric)[figure].value
    audited, judged = _audit(one, judge)
    return Circumstances(
        order_consistency=None if sway is None else sway.consistency.value,
        repeat_consistency=repeats,
        paired=one.criterion.scope == "pair",
        anchors=anchors.state(one.set, judge, one.criterion.key),
        on_anchors=where.roles == anchors.ROLES and one.set.splits.is_frozen,
        catches=_catches(one.criterion, rule),
        audit_rate=audited / judged if judged else None,
        judged_calls=judged,
        strata_states=strata_states or {},
    )


def _catches(criterion: Criterion, rule: Rule) -> str:
    """Of a critical check, the figure that tells how many failures the judge finds."""
    if criterion.scale != "binary" or criterion.key not in rule.critical:
        return ""
    return "specificity" if criterion.higher_is_better else "sensitivity"


def _audit(one: Dimension, judge: JudgeVersion) -> tuple[int, int]:
    """Judged calls that people labelled after a draw with known probability, and all of them."""
    scores = one.judges.get(judge.rater_id)
    if scores is None:
        return 0, 0
    judged = ~np.isnan(scores)
    audited = judged & one.is_labelled & ~np.isnan(one.set.probability[one.items])
    calls = one.people.calls
    return len(np.unique(calls[audited])), len(np.unique(calls[judged]))


def _failed(found: RatingSet, judge: JudgeVersion, criterion: Criterion, where: Slice) -> int:
    inside = where.holds(found)
    at = found.rubric.criteria.index(criterion)
    mine = (found.rater == found.raters.index(judge.rater_id)) & (found.criterion == at)
    none = mine & found.newest & np.isnan(found.value) & inside[found.item]
    statuses = ("parse_error", "provider_error", "abstained")
    return sum(found.rows[n].status in statuses for n in np.flatnonzero(none))


def _strata_states(
    found: RatingSet, judge: JudgeVersion, key: str, rule: Rule, where: Slice
) -> dict[str, StratumState]:
    """What each stratum with enough items reaches by itself."""
    people, scores, numbers = dimension(found, key, where).labelled(judge.rater_id)
    calls = len(np.unique(people.calls[~np.isnan(scores)]))
    states: dict[str, StratumState] = {}
    for division, classes in found.strata.items():
        if division in where.classes:
            continue
        inside = classes[numbers].tolist()
        for name in sorted({c for c in inside if c}):
            if inside.count(name) >= FEWEST_IN_STRATUM:
                part = replace(where, classes={**where.classes, division: name})
                alone = _cell(found, judge, key, rule, part)
                share = alone.found.evidence.calls / calls
                states[f"{division}: {name}"] = StratumState(
                    state=alone.verdict.state,
                    more_calls=to_bring(alone.verdict.calls_to(AVERAGES) or 0, share),
                )
    return states
