"""Pairs of the calibration demo: which calls are compared, and what synthetic raters prefer.

The rule judges are then asked about the same pairs, in both orders, by an ordinary run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.calls import Span
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.work import Work
from app.services import demo_truth
from app.services.demo_truth import Truth
from app.services.judging import pairing
from app.services.judging.run_notes import Pair
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork

AT_A_TIME = 15
"""Pairs whose votes are stored in one transaction: people's writes must not wait for it."""
REASON = "Drawn at random among pairs of a scenario for the calibration demo"


def drawn(ws: Workspace, truth: Truth, ids: Mapping[str, str]) -> tuple[list[Pair], float]:
    """Pairs of calls of one scenario and language by both agents, and the chance of each.

    Args:
        ws: the workspace.
        truth: says how many, and the seed.
        ids: call by its key.
    """
    import numpy as np

    keys = {call_id: key for key, call_id in ids.items()}
    with ws.db.read() as uow:
        calls = uow.calls.many(list(keys))
    topic = {c.id: (c.scenario_key or "", c.language.partition("-")[0]) for c in calls}
    every = pairing.pairs_by_scenario(ws, list(keys))
    alike = [two for two in every if topic[two[0]] == topic[two[1]]]
    # Topic by topic: who reads the calls one after the other has them at hand.
    alike.sort(key=lambda two: (topic[two[0]], sorted(keys[call_id] for call_id in two)))
    count = min(truth.pairs.count, len(alike))
    dice = np.random.default_rng([truth.seed, truth.pairs.count])
    kept = sorted(dice.choice(len(alike), count, replace=False).tolist()) if count else []
    return [alike[n] for n in kept], count / max(1, len(alike))


def rate(
    ctx: Work, ws: Workspace, truth: Truth, rubric: RubricVersion, people: Mapping[str, Viewer],
    ids: Mapping[str, str], pairs: Sequence[Pair], chance: float,
) -> None:  # fmt: skip
    """Store each rater's preference on each pair that has none of theirs."""
    keys = {call_id: key for key, call_id in ids.items()}
    given = demo_truth.preferences(truth, [(keys[a], keys[b]) for a, b in pairs])
    with ws.db.read() as reader:
        calls = reader.calls.many(list(keys))
    whole = {c.id: ItemRef(kind="call", call_id=c.id, span=Span(0, c.frame_count)) for c in calls}
    for begin in range(0, len(pairs), AT_A_TIME):
        ctx.raise_if_cancelled()
        ctx.progress(begin, len(pairs), "Preferences of the synthetic raters")
        with ws.db.machine() as uow:
            for at, (first, second) in enumerate(pairs[begin : begin + AT_A_TIME], begin):
                other = uow.scores.item(whole[second])
                item = replace(whole[first], kind="pair", other_item_id=other)
                item_id = uow.scores.item(item)
                for name, viewer in people.items():
                    if uow.votes.last_score(viewer, item_id, rubric.criteria[0].id) is None:
                        _assign(uow, truth, rubric, viewer, item, item_id, chance)
                        _vote(uow, rubric, viewer, item, item_id, given[name][at])


def _vote(
    uow: UnitOfWork, rubric: RubricVersion, viewer: Viewer, item: ItemRef, item_id: str, value: int
) -> None:
    """As a listening study stores a preference: of the first call of the pair."""
    uow.scores.add(
        NewScore(
            call_id=item.call_id, item_id=item_id, rubric_version_id=rubric.id,
            criterion_id=rubric.criteria[0].id, rater_id=viewer.rater_id, phase="submitted",
            answer=Answer(status="observed", value=value), blind=True,
        )
    )  # fmt: skip


def _assign(
    uow: UnitOfWork, truth: Truth, rubric: RubricVersion, viewer: Viewer, item: ItemRef,
    item_id: str, chance: float,
) -> None:  # fmt: skip
    AssignmentRepo(uow.connection).add([
        {"call_id": item.call_id, "item_id": item_id, "rater_id": viewer.rater_id,
         "policy": "random", "reason": REASON, "rubric_version_id": rubric.id,
         "inclusion_prob": chance, "seed": truth.seed}
    ])  # fmt: skip
