"""Labels into the database: appended where they are new or have changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.ratings import Answer, ItemRef
from app.domain.rubrics import RubricVersion
from app.services.calibrating.label_set import Label, LabelSet
from db.repos.base import dump
from db.repos.calibration_facts import CalibrationFacts
from db.repos.exchange import ExchangeRepo
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork

_RATERS = uuid.UUID("6f0c1f0e-5b1e-4f53-9d0e-6a1f5f0f2c11")


def store(uow: UnitOfWork, found: LabelSet, rubric: RubricVersion, ids: Mapping[str, str]) -> int:
    """Append labels that are new or have changed; how many that were."""
    criteria = {c.key: c for c in rubric.criteria}
    raters = {name: _rater(uow, found.name, name) for name in {x.rater for x in found.labels}}
    frames = {c.id: c.frame_count for c in uow.calls.many(list(ids.values()))}
    newest = {
        (r.item_id, r.criterion_key, r.rater_id): r
        for r in CalibrationFacts(uow.connection).scores(rubric.id)
    }
    added = 0
    for label in found.labels:
        criterion = criteria[label.criterion]
        if not criterion.takes(label.value):
            raise BadInput(
                f"Line {label.row}: {label.value} is not on the scale of {criterion.title}.",
                "Nothing was taken.",
            )
        call_id = ids[label.call]
        item_id = uow.scores.item(_item(label, call_id, frames[call_id]))
        before = newest.get((item_id, criterion.key, raters[label.rater]))
        if before is None or before.value != label.value:
            uow.scores.add(
                _score(label, call_id, item_id, rubric.id, criterion.id, raters[label.rater],
                       None if before is None else before.score_id)
            )  # fmt: skip
            added += 1
    return added


def _score(
    label: Label, call_id: str, item_id: str, rubric_id: str, criterion_id: str, rater_id: str,
    before: str | None,
) -> NewScore:  # fmt: skip
    return NewScore(
        call_id=call_id, item_id=item_id, rubric_version_id=rubric_id, criterion_id=criterion_id,
        rater_id=rater_id,
        answer=Answer(status="observed", value=label.value, rationale=label.rationale),
        phase="submitted", blind=True, supersedes_id=before,
        presentation=dump(dict(label.details)) if label.details else None,
    )  # fmt: skip


def _item(label: Label, call_id: str, frames: int) -> ItemRef:
    if not label.clip:
        return ItemRef(kind="call", call_id=call_id, span=Span(0, frames))
    return ItemRef(kind="clip", call_id=call_id, span=Span(0, frames), profile_id=label.clip)


def _rater(uow: UnitOfWork, name: str, rater: str) -> str:
    """A person whom nobody signs in as; the same for the same set of labels."""
    rater_id = str(uuid.uuid5(_RATERS, f"{name}\n{rater}"))
    repo = ExchangeRepo(uow.connection)
    if not repo.has_rater(rater_id):
        shown = f"{rater} ({name})"
        taken = uow.raters.person(shown) is not None
        repo.add_person(rater_id, f"{shown} {rater_id[:4]}" if taken else shown)
    return rater_id
