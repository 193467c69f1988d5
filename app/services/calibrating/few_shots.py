"""Items set aside as examples for a judge's next prompt: of the train split, and of no other.

The list belongs to the judge's definition, since an example is for the version that comes next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotFound
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.services.calibrating import splits
from app.services.calibrating.leads import lead_only
from app.services.workspace import Workspace
from db.repos.disagreement_causes import DisagreementCauseRepo
from db.unit_of_work import Reader

SETTING = "calibration_few_shots"
"""Judge's name → its list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FewShot:
    """One item of a list."""

    item_id: str
    call_id: str
    criterion_key: str
    rubric_version_id: str
    judge_version_id: str
    """Whose error it shows."""
    rater_id: str
    """Who added it."""
    created_at: str


def add(
    ws: Workspace, viewer: Viewer, judge_version_id: str, criterion_key: str, item_id: str
) -> FewShot:
    """Set an item aside for the prompt of the judge's next version. Twice changes nothing.

    Raises:
        NotAllowed: a reviewer.
        NotFound: no such judge version, dimension or scored item.
        BadInput: its call is in another split than train, or the judge follows rules.
    """
    lead_only(viewer)
    with ws.db.read() as uow:
        judge = _version(uow, judge_version_id)
        _require_prompt(judge)
        rubric = uow.rubrics.get(judge.rubric_version_id)
        criterion = next(
            (c for c in (rubric.criteria if rubric else ()) if c.key == criterion_key), None
        )
        repo = DisagreementCauseRepo(uow.connection)
        calls = () if criterion is None else repo.calls_of(item_id, criterion.id)
    if not calls:
        raise NotFound(f"Nobody scored that item on {criterion_key}.")
    splits.require_train(ws, calls)
    made = FewShot(
        item_id=item_id, call_id=calls[0], criterion_key=criterion_key,
        rubric_version_id=judge.rubric_version_id, judge_version_id=judge.id,
        rater_id=viewer.rater_id, created_at=utc_now(),
    )  # fmt: skip
    name = _name(judge)
    with ws.db.human() as uow:
        every = _stored(uow)
        known = next((s for s in every.get(name, []) if _is(s, item_id, criterion_key)), None)
        if known is not None:
            return FewShot(**known)
        uow.settings.put(SETTING, {**every, name: [*every.get(name, []), asdict(made)]})
    return made


def listed(ws: Workspace, judge_name: str) -> tuple[FewShot, ...]:
    """What is set aside for a judge, oldest first.

    Args:
        ws: the workspace.
        judge_name: of its definition, as in `gic`; a version's `gic@1` is taken as well.
    """
    with ws.db.read() as uow:
        found = _stored(uow).get(judge_name.partition("@")[0], [])
    return tuple(FewShot(**s) for s in found)


def remove(
    ws: Workspace, viewer: Viewer, judge_name: str, criterion_key: str, item_id: str
) -> None:
    """Take an item off the list; one that is not on it changes nothing.

    Raises:
        NotAllowed: a reviewer.
    """
    lead_only(viewer)
    name = judge_name.partition("@")[0]
    with ws.db.human() as uow:
        every = _stored(uow)
        kept = [s for s in every.get(name, []) if not _is(s, item_id, criterion_key)]
        uow.settings.put(SETTING, {**every, name: kept})


def _version(uow: Reader, judge_version_id: str) -> JudgeVersion:
    found = next((j for j in uow.judges.versions() if j.id == judge_version_id), None)
    if found is None:
        raise NotFound("There is no such judge version.")
    return found


def _require_prompt(judge: JudgeVersion) -> None:
    if judge.kind == "baseline":
        raise BadInput(
            f"{_name(judge)} follows rules and has no prompt.",
            "Examples are for the next prompt of a judge that asks a model.",
        )


def _name(judge: JudgeVersion) -> str:
    return judge.ref.partition("@")[0]


def _stored(uow: Reader) -> Mapping[str, list[dict[str, Any]]]:
    found = uow.settings.get(SETTING, {})
    if not isinstance(found, dict):
        raise BadInput("The list of examples cannot be read.")
    return found


def _is(stored: Mapping[str, Any], item_id: str, criterion_key: str) -> bool:
    return bool(stored["item_id"] == item_id and stored["criterion_key"] == criterion_key)
