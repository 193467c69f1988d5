"""A rater joins a study: their trials are made once, in an order that follows from the seed."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.studies import PAIRED, Stimulus, Study, Trial
from app.eval.listening.ordering import generator, shuffled, sides
from app.services.studies import making
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.unit_of_work import UnitOfWork


def join(ws: Workspace, viewer: Viewer, study_id: str) -> list[Trial]:
    """The rater's trials; made at the first time, the same ever after.

    Raises:
        NotAllowed: the study is not open.
        BadInput: every item has its raters already.
    """
    study = making.get(ws, study_id)
    with ws.db.read() as uow:
        known = uow.votes.trials(study.id, viewer.rater_id)
    if known:
        return known
    if study.state != "open":
        raise NotAllowed(f"{study.code} is {study.state}.", "Ask its owner to open it.")
    with ws.db.human() as uow:
        known = uow.votes.trials(study.id, viewer.rater_id)
        if known:  # another window of the same rater was first
            return known
        stimuli = uow.studies.stimuli(study.id)
        trials = order(study, viewer.rater_id, stimuli, uow.votes.planned(study.id))
        if not trials:
            raise BadInput(
                f"Every item of {study.code} has its {study.design.raters_per_item} raters.",
                "Ask its owner whether more are wanted.",
            )
        uow.votes.add_trials(trials)
        if study.instrument == "rubric":
            _assign(uow, study, viewer, {s.id: s for s in stimuli}, trials)
    return trials


def _assign(
    uow: UnitOfWork,
    study: Study,
    viewer: Viewer,
    stimuli: Mapping[str, Stimulus],
    trials: Sequence[Trial],
) -> None:
    """Note of each call why and with which probability it went to this rater."""
    asked = [stimuli[t.stimulus_id] for t in trials if t.repeat_of is None]
    AssignmentRepo(uow.connection).add(
        [
            {
                "call_id": s.call_id, "item_id": s.item_id, "rater_id": viewer.rater_id,
                "rubric_version_id": study.rubric_version_id,
                "policy": f"{study.design.policy} {study.code}", "stratum": s.condition,
                "reason": s.reason, "inclusion_prob": s.inclusion_prob,
                "seed": study.seed,
            }
            for s in asked
        ]
    )  # fmt: skip
    calls = frozenset(s.call_id for s in asked)
    for call_id in calls:
        uow.summaries.refresh_raters(call_id)
    uow.touch(Changes(calls=calls, studies=True))


def train_again(uow: UnitOfWork, study: Study, rater_id: str) -> None:
    """Present the training once more: what was learnt of the scale has faded."""
    known = uow.votes.trials(study.id, rater_id)
    first = [t for t in known if t.block == 0 and t.repeat_of is None]
    last = max((t.position for t in known), default=0)
    uow.votes.add_trials(
        [replace(t, id=new_id(), position=last + at, repeat_of=t.id)
         for at, t in enumerate(first, start=1)]
    )  # fmt: skip


def order(
    study: Study, rater_id: str, stimuli: Sequence[Stimulus], planned: Mapping[str, int]
) -> list[Trial]:
    """All trials of one rater: training, then blocks with traps, golds and repeats among them.

    Args:
        study: its design and seed.
        rater_id: whose.
        stimuli: all of the study.
        planned: stimulus → raters that have it already.
    """
    chance = generator(study.id, rater_id, study.seed, "order")
    shared = _shared(study, [s for s in stimuli if s.role == "rate"], planned, chance)
    if not shared:
        return []
    extra = [s.id for s in stimuli if s.role in ("null", "obvious")]
    blocks: list[list[str]] = []
    for group in _bands(study, shared, chance):
        ranked = shuffled([s.id for s in group], {s.id: s.condition for s in group}, chance)
        blocks += _chunks(study, _among(ranked, extra if not blocks else [], chance))
    _add_controls(study, blocks, stimuli, chance)
    training = [s.id for s in stimuli if s.role == "training"][: study.design.training]
    presented = [(0, i) for i in training]
    presented += [(n, i) for n, block in enumerate(blocks, start=1) for i in block]
    return _trials(study, rater_id, presented, {s.id: s for s in stimuli}, chance)


def _shared(
    study: Study, stimuli: Sequence[Stimulus], planned: Mapping[str, int], chance: random.Random
) -> list[Stimulus]:
    """What this rater gets: the overlap for everyone, and of the rest what has fewest raters."""
    design = study.design
    fixed = generator(study.id, "", study.seed, "overlap")
    common = set(fixed.sample(range(len(stimuli)), round(design.overlap * len(stimuli))))
    free = [s for at, s in enumerate(stimuli) if at not in common]
    share = len(free)
    if design.panel > design.raters_per_item:
        share = math.ceil(len(free) * design.raters_per_item / design.panel)
    free = [s for s in free if planned.get(s.id, 0) < design.raters_of(s.number)]
    chance.shuffle(free)
    free.sort(key=lambda s: planned.get(s.id, 0))
    free = free[:share]
    everyone = [s for at, s in enumerate(stimuli) if at in common]
    everyone = [s for s in everyone if planned.get(s.id, 0) < design.raters_of(s.number)]
    most = design.max_blocks * max(design.block, 1)
    return (everyone + free)[:most]


def _among(ranked: list[str], extra: list[str], chance: random.Random) -> list[str]:
    """The extra trials at chance places among the others."""
    out = list(ranked)
    for one in extra:
        out.insert(chance.randrange(len(out) + 1), one)
    return out


def _bands(
    study: Study, stimuli: Sequence[Stimulus], chance: random.Random
) -> list[list[Stimulus]]:
    """Clips of one bandwidth together, in a chance order of bandwidths; pairs as they are."""
    if study.instrument in (*PAIRED, "rubric") or study.design.mix_bandwidths:
        return [list(stimuli)]
    found: dict[str, list[Stimulus]] = {}
    for stimulus in stimuli:
        found.setdefault(stimulus.bandwidth, []).append(stimulus)
    groups = [found[name] for name in sorted(found)]
    chance.shuffle(groups)
    return groups


def _chunks(study: Study, ranked: Sequence[str]) -> list[list[str]]:
    size = max(study.design.block, 1)
    return [list(ranked[at : at + size]) for at in range(0, len(ranked), size)]


def _add_controls(
    study: Study,
    blocks: list[list[str]],
    stimuli: Sequence[Stimulus],
    chance: random.Random,
) -> None:
    """Put its traps and golds into each block, and repeats of early trials into the last one."""
    design = study.design
    rated = {s.id for s in stimuli if s.role == "rate"}
    ranked = [one for block in blocks for one in block if one in rated]
    for role, count in (("trap", design.traps_per_block), ("gold", design.golds_per_block)):
        pool = [s.id for s in stimuli if s.role == role]
        for block in blocks:
            for one in _drawn(pool, count, chance):
                block.insert(chance.randrange(len(block) + 1), one)
    if len(blocks) > 1 and not (study.instrument == "rubric" and design.reveal):
        early = _alike(study, ranked[: len(ranked) // 2], blocks[-1], stimuli)
        for one in _drawn(early, math.ceil(design.repeat_share * len(ranked)), chance):
            last = blocks[-1]
            last.insert(chance.randrange(len(last) + 1), one)


def _alike(
    study: Study, early: Sequence[str], last: Sequence[str], stimuli: Sequence[Stimulus]
) -> list[str]:
    """Early trials that may come in the last block: of its bandwidths, where that matters."""
    if study.instrument in (*PAIRED, "rubric") or study.design.mix_bandwidths:
        return list(early)
    bandwidth = {s.id: s.bandwidth for s in stimuli}
    there = {bandwidth[one] for one in last}
    return [one for one in early if bandwidth[one] in there]


def _drawn(pool: Sequence[str], count: int, chance: random.Random) -> list[str]:
    return chance.sample(list(pool), min(count, len(pool)))


def _trials(
    study: Study,
    rater_id: str,
    presented: Sequence[tuple[int, str]],
    stimuli: Mapping[str, Stimulus],
    chance: random.Random,
) -> list[Trial]:
    paired = study.instrument in PAIRED and study.instrument != "dcr"
    turned = sides(len(presented), chance) if paired else [False] * len(presented)
    first: dict[str, str] = {}
    out: list[Trial] = []
    for position, ((block, stimulus_id), swapped) in enumerate(zip(presented, turned), start=1):
        again = first.get(stimulus_id) if stimuli[stimulus_id].role == "rate" else None
        trial = Trial(
            id=new_id(), study_id=study.id, rater_id=rater_id, position=position, block=block,
            stimulus_id=stimulus_id, swapped=swapped, repeat_of=again,
        )  # fmt: skip
        first.setdefault(stimulus_id, trial.id)
        out.append(trial)
    return out
