"""A calibration dataset comes into a workspace so that exporting it again gives the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.new import AudioBlob
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.domain.work import Work
from app.eval.calibration.rules import PRESETS, rule_from_json
from app.services.calibrating import (
    dataset_calls,
    dataset_files,
    dataset_raters,
    dataset_records,
    dataset_scores,
    dataset_sound,
    export_source,
    rules,
    splits,
)
from app.services.calibrating.dataset_files import Dataset, is_dataset
from app.services.calibrating.dataset_sound import Laid
from app.services.importing import store
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_manifest import RubricRow

__all__ = ["DatasetImported", "import_dataset", "is_dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetImported:
    """What came in."""

    rubric: str
    """`key@version`, as it is called here."""
    calls_added: int
    calls_known: int
    with_sound: int
    scores_added: int
    scores_known: int
    notes: tuple[str, ...]
    changes: Changes


def import_dataset(ctx: Work, ws: Workspace, viewer: Viewer, folder: Path) -> DatasetImported:
    """Bring a dataset in: calls by content, rubric, raters as pseudonyms, judges, scores, splits.

    All of it comes in, or nothing. Doing it twice adds nothing the second time.

    Raises:
        NotAllowed: a reviewer.
        BadInput: it is no dataset, or one that was changed, cut off or made to do harm.
        EnvironmentFault: it cannot be read, or the workspace cannot be written. Cancelled.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead brings in other people's scores.", "Sign in as a lead.")
    found = dataset_files.read(ctx, folder)
    with ws.db.read() as reader:
        here = {c.call_id for c in found.calls if reader.calls.find_content(c.content_sha256)}
    wanted = frozenset(c.call_id for c in found.calls) - here
    with store.importing(ws), tempfile.TemporaryDirectory(prefix="dataset-") as aside:
        sounds = dataset_sound.lay(ctx, found, wanted, Path(aside))
        ctx.raise_if_cancelled()
        fresh: list[Path] = []
        try:
            blobs = _filed(ctx, ws, sounds, fresh)
            ctx.progress(0, 0, "storing")
            with ws.db.machine() as uow:
                result = _taken(uow, viewer, found, sounds, blobs)
        except BaseException:
            for path in fresh:  # nothing names them
                path.unlink(missing_ok=True)
            raise
    return DatasetImported(**result, changes=uow.changes)


def _filed(
    ctx: Work, ws: Workspace, sounds: Mapping[str, Laid], fresh: list[Path]
) -> dict[str, AudioBlob]:
    blobs = {}
    for call_id, sound in sounds.items():
        target = ws.audio_path(sound.audio.sha256, ".wav")
        if not target.exists():
            fresh.append(target)
        blobs[call_id] = store.file_audio(ctx, ws, sound.audio, in_place=False)
    return blobs


def _taken(
    uow: UnitOfWork,
    viewer: Viewer,
    found: Dataset,
    sounds: Mapping[str, Laid],
    blobs: Mapping[str, AudioBlob],
) -> dict[str, Any]:
    manifest = found.manifest
    rubric = _rubric(uow, manifest.rubric)
    notes = [*_settings(uow, viewer, found, rubric)]
    calls, new = dataset_calls.take(uow, found, sounds, blobs, viewer.rater_id)
    raters = {**dataset_raters.people(uow, found), **dataset_raters.judges(uow, found, rubric)}
    criteria = {c.key: c.id for c in rubric.criteria}
    added = dataset_scores.take(uow, found, rubric, calls, raters)
    dataset_records.take(uow, manifest.records, rubric.id, criteria, viewer.rater_id)
    for call_id in calls.values():
        uow.summaries.refresh_raters(call_id)
    touched = frozenset(calls.values())
    uow.touch(
        Changes(
            scores=touched, calls=touched, segments=new, raters=True, rubrics=True, judges=True
        )
    )  # fmt: skip
    return {
        "rubric": f"{rubric.key}@{rubric.version}", "calls_added": len(new),
        "calls_known": len(calls) - len(new), "with_sound": len(sounds), "scores_added": added,
        "scores_known": len(found.scores) - added, "notes": tuple(notes),
    }  # fmt: skip


def _rubric(uow: UnitOfWork, told: RubricRow) -> RubricVersion:
    known = uow.rubrics.find(told.sha256)
    if known is None:
        taken = any(r.key == told.key and r.version == told.version for r in uow.rubrics.all())
        version = uow.rubrics.newest_version(told.key) + 1 if taken else told.version
        made = RubricVersion(
            id=new_id(), key=told.key, version=version, title=told.title, sha256=told.sha256,
            source=told.source, extra=told.extra,
            criteria=tuple(
                Criterion(
                    id=new_id(), key=c.key, title=c.title, question=c.question, scope=c.scope,
                    scale=c.scale, na_allowed=c.na_allowed, higher_is_better=c.higher_is_better,
                    weight=c.weight, rationale_required_at=tuple(c.rationale_required_at),
                    examples=tuple(c.examples),
                    levels=tuple(Level(**level.model_dump()) for level in c.levels),
                )
                for c in told.criteria
            ),
        )  # fmt: skip
        uow.rubrics.add(made)
        return made
    stored = uow.rubrics.get(known)
    if stored is None or {c.key for c in stored.criteria} != {c.key for c in told.criteria}:
        raise BadInput("The dataset's rubric is not the one of its hash.", "Export it again.")
    return stored


def _settings(uow: UnitOfWork, viewer: Viewer, found: Dataset, rubric: RubricVersion) -> list[str]:
    """Splits, rule and what was left out; what this workspace settled itself stays."""
    notes = []
    told = found.manifest
    split = {
        "shares": dict(told.splits.shares), "salt": told.splits.salt,
        "frozen_at": told.splits.frozen_at or "",
    }  # fmt: skip
    own = uow.settings.get(splits.SETTING)
    usual = split["shares"] == dict(splits.SHARES) and split["salt"] == splits.SALT
    if own is None and (split["frozen_at"] or not usual):
        uow.settings.put(splits.SETTING, split)
    elif own is not None and (own["shares"], own["salt"]) != (split["shares"], split["salt"]):
        notes.append("The splits of this workspace stay; calls may have other roles than there.")
    if told.rule is not None:
        notes += _take_rule(uow, viewer, told.rule, told.frozen_at)
    if told.left_out.stale_scores:
        uow.settings.put(export_source.CAME + rubric.sha256, dict(told.left_out.stale_scores))
    return notes


def _take_rule(uow: UnitOfWork, viewer: Viewer, body: dict[str, Any], at: str) -> list[str]:
    try:
        rule = rule_from_json(body)
    except (KeyError, TypeError, ValueError, BadInput) as error:
        raise BadInput("The dataset's rule of verdicts is damaged.", "Export it again.") from error
    if rule == rules.in_force(uow):
        return []
    if uow.settings.get(rules.SETTING) is not None:
        return ["The rule of verdicts of this workspace stays; verdicts may differ."]
    if rule != PRESETS["default"]:
        entry = {"rule": rule.to_json(), "by": viewer.rater_id, "at": at}
        uow.settings.put(rules.SETTING, [entry])
    return []
