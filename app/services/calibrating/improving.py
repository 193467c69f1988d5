"""Two versions of a judge on the same items, on dev calls unless the anchors are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotAllowed
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion
from app.eval.agreement.consensus import consensus
from app.eval.calibration.versions import Versions, compare
from app.services.calibrating.dimension import Slice, dimension
from app.services.calibrating.rating_set import ItemKey, RatingSet
from app.services.workspace import Workspace

DEV = frozenset({"dev"})
LOCKED = frozenset({"anchor_test"})
LOOKS = "calibration_anchor_looks"
"""Setting: a list of all looks at the anchors that compared prompts, with who, when and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorLook:
    """Somebody compared two versions on the test split."""

    by: str
    """Rater id."""
    at: str
    reason: str
    dimension: str
    """Its key."""
    before: str
    after: str
    """Judge version ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """An item that the two versions scored differently."""

    item: ItemKey
    code: str
    """Of its call."""
    name: str
    """The same, with the turn or clip of it."""
    before: float
    after: float
    gold: float | None
    """People's consensus; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """A comparison with the items behind it."""

    before: JudgeVersion
    after: JudgeVersion
    criterion: Criterion
    roles: frozenset[str]
    found: Versions
    flips: tuple[Flip, ...]
    """Largest step first."""


def improvement(
    found: RatingSet,
    before: JudgeVersion,
    after: JudgeVersion,
    key: str,
    roles: frozenset[str] = DEV,
) -> Improvement:
    """Compare two versions on a dimension.

    Args:
        found: the scores.
        before: the old version.
        after: the new one.
        key: of the dimension.
        roles: of which splits. Ask `look_at_anchors` first where the anchors are among them.

    Raises:
        BadInput: a version against itself.
    """
    if before.id == after.id:
        raise BadInput("A version cannot be compared with itself.", "Choose two versions.")
    one = dimension(found, key, Slice(roles=roles))
    blank = np.full(len(one.items), np.nan)
    first, second = (one.judges.get(j.rater_id, blank) for j in (before, after))
    return Improvement(
        before=before, after=after, criterion=one.criterion, roles=roles,
        found=compare(first, second, one.people, one.criterion.scale),
        flips=tuple(_flips(found, one.items.tolist(), first, second,
                           consensus(one.people, one.criterion.scale))),
    )  # fmt: skip


def _flips(
    found: RatingSet, items: Sequence[int], first: Any, second: Any, gold: Any
) -> list[Flip]:
    differ = ~(np.isnan(first) | np.isnan(second)) & (first != second)
    made = [
        Flip(
            item=found.items[items[at]], code=found.calls[found.items[items[at]].call_id].code,
            name=found.name_of(items[at]), before=float(first[at]), after=float(second[at]),
            gold=None if np.isnan(gold[at]) else float(gold[at]),
        )
        for at in np.flatnonzero(differ).tolist()
    ]  # fmt: skip
    return sorted(made, key=lambda f: (-abs(f.after - f.before), f.code, f.item.start))


def pairs_of_versions(found: RatingSet, key: str) -> list[tuple[JudgeVersion, JudgeVersion]]:
    """(before, after) of judges that scored a dimension, newest first: same name before others."""
    at = found.rubric.criteria.index(found.criterion_named(key))
    there = {found.raters[n] for n in np.unique(found.rater[found.criterion == at]).tolist()}
    judges = sorted(
        (j for r, j in found.judges.items() if r in there), key=lambda j: j.created_at, reverse=True
    )
    pairs = [(b, a) for n, a in enumerate(judges) for b in judges[n + 1 :]]
    return sorted(pairs, key=lambda two: _name(two[0]) != _name(two[1]))


def _name(judge: JudgeVersion) -> str:
    return judge.ref.partition("@")[0]


def look_at_anchors(
    ws: Workspace, viewer: Viewer, before: JudgeVersion, after: JudgeVersion, key: str, reason: str
) -> None:
    """Record that prompts are compared on the test split: every look wears it out a little.

    Raises:
        NotAllowed: a reviewer. BadInput: no reason.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead opens the test split.", "Sign in as a lead.")
    if not reason.strip():
        raise BadInput("Opening the test split needs a reason.", "Say why in a line.")
    entry = AnchorLook(
        by=viewer.rater_id, at=utc_now(), reason=reason.strip(), dimension=key,
        before=before.id, after=after.id,
    )  # fmt: skip
    with ws.db.human() as uow:
        uow.settings.put(LOOKS, [*uow.settings.get(LOOKS, []), asdict(entry)])


def anchor_looks(ws: Workspace) -> tuple[AnchorLook, ...]:
    """All such looks, oldest first."""
    with ws.db.read() as uow:
        return tuple(AnchorLook(**look) for look in uow.settings.get(LOOKS, []))
