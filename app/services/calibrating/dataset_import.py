"""A calibration dataset comes into a workspace so that exporting it again gives the same bytes."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.calls import Span
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.judging import JudgeDefinition, judge_identity
from app.domain.new import AudioBlob
from app.domain.ratings import ADJUDICATION, ItemRef, Viewer
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.domain.work import Work
from app.eval.calibration.rules import PRESETS, rule_from_json
from app.services.calibrating import (
    dataset_calls,
    dataset_files,
    dataset_records,
    dataset_sound,
    export_source,
    rules,
    splits,
)
from app.services.calibrating.dataset_files import Dataset, is_dataset
from app.services.calibrating.dataset_sound import Laid
from app.services.calibrating.export_ids import pseudonym_of
from app.services.importing import store
from app.services.workspace import Workspace
from db.repos.base import dump
from db.repos.dataset_exchange import DatasetExchangeRepo
from db.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_shapes import JudgeRow, RubricRow, ScoreRow

__all__ = ["DatasetImported", "import_dataset", "is_dataset"]

_RATERS = uuid.UUID("1f7f6a3e-2d38-4a0f-8a3b-6f5a53f0c9d1")


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
    raters = {**_people(uow, found), **_judges(uow, found, rubric)}
    criteria = {c.key: c.id for c in rubric.criteria}
    added = _scores(uow, found, rubric, calls, raters)
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


def _people(uow: UnitOfWork, found: Dataset) -> dict[str, str]:
    """Pseudonym → rater here: the same person where they are known, else a new one."""
    repo = DatasetExchangeRepo(uow.connection)
    ids = {pseudonym_of(rater_id, name): rater_id for rater_id, (name, _) in repo.raters().items()}
    for told in found.manifest.raters:
        if told.rater_id not in ids:
            ids[told.rater_id] = str(uuid.uuid5(_RATERS, told.rater_id))
            repo.add_person(ids[told.rater_id], told.rater_id, told.expertise)
    if found.manifest.has_final_values and ADJUDICATION not in ids:
        repo.add_person(ADJUDICATION, "Final values", "")
        ids[ADJUDICATION] = ADJUDICATION
    return ids


def _judges(uow: UnitOfWork, found: Dataset, rubric: RubricVersion) -> dict[str, str]:
    """Hash of a judge version → its rater here."""
    repo = DatasetExchangeRepo(uow.connection)
    ids = {}
    for told in found.manifest.judges:
        definition = _definition(told)
        named = told.ref if definition.kind == "baseline" else told.model
        identity = judge_identity(named, definition.prompt_sha256, told.params, rubric.sha256)
        if identity != told.sha256 or definition.prompt_sha256 != told.prompt_sha256:
            raise BadInput(f"The judge {told.ref} is not the one of its hash.", "Export it again.")
        ids[told.sha256] = repo.put_judge(
            {
                "provider": "imported", "model": told.model, "sha256": told.sha256,
                "model_snapshot": ", ".join(told.snapshots), "name": told.ref,
                "prompt_sha256": told.prompt_sha256, "rubric_version_id": rubric.id,
                "params": dump(told.params), "modality": told.modality,
                "definition_id": repo.put_definition(definition), "created_at": told.created_at,
            }
        )  # fmt: skip
    return ids


def _definition(told: JudgeRow) -> JudgeDefinition:
    return JudgeDefinition(id="", origin="edited", **told.definition.model_dump())


def _scores(
    uow: UnitOfWork,
    found: Dataset,
    rubric: RubricVersion,
    calls: Mapping[str, str],
    raters: Mapping[str, str],
) -> int:
    repo = DatasetExchangeRepo(uow.connection)
    criteria = {c.key: c.id for c in rubric.criteria}
    known = repo.known_scores([s.score_id for s in found.scores])
    items = _items(uow, found, calls)
    of_item = {i.item_id: i for i in found.items}
    drawn: dict[tuple[str, str], str] = {}
    rows = []
    for score in dataset_files.in_order(found.scores):
        if score.score_id in known:
            continue
        place = {
            "call_id": calls[of_item[score.item_id].call_id], "item_id": items[score.item_id],
            "rater_id": raters[score.judge_sha256 or score.rater_id],
            "rubric_version_id": rubric.id,
        }  # fmt: skip
        assignment_id = None
        if score.policy is not None:
            at = (place["item_id"], place["rater_id"])
            if at not in drawn:
                drawn[at] = repo.put_assignment(
                    {
                        **place, "policy": score.policy, "reason": "came with its scores",
                        "inclusion_prob": score.inclusion_prob, "seed": 0,
                        "drawn_at": score.created_at,
                    }
                )  # fmt: skip
            assignment_id = drawn[at]
        more = {"criterion_id": criteria[score.dimension], "assignment_id": assignment_id}
        rows.append({**place, **more, **_values(score)})
    repo.put_scores(rows)
    return len(rows)


def _values(score: ScoreRow) -> dict[str, Any]:
    evidence = [[e.turn_id, e.start_frame, e.end_frame] for e in score.evidence]
    return {
        "id": score.score_id, "run_id": score.run_id, "status": score.status,
        "value": score.value, "na_reason": score.na_reason, "confidence": score.confidence,
        "rationale": score.rationale, "evidence": dump(evidence),
        "level_probs": None if score.level_probs is None else dump(score.level_probs),
        "flagged": int(score.flagged), "blind": int(score.blind),
        "presentation": dump(score.presentation) if score.presentation else None,
        "phase": "submitted", "duration_ms": score.duration_ms, "submission_id": None,
        "supersedes_id": score.supersedes, "created_at": score.created_at,
    }  # fmt: skip


def _items(uow: UnitOfWork, found: Dataset, calls: Mapping[str, str]) -> dict[str, str]:
    """Item of the dataset → its id here. They are pinned to no layer: their span says all."""
    frames = {c.call_id: c.frame_count for c in found.calls}
    ids = {}
    for item in found.items:
        other = None
        if item.other_call_id:
            whole = Span(0, frames[item.other_call_id])
            other = uow.scores.item(
                ItemRef(kind="call", call_id=calls[item.other_call_id], span=whole)
            )
        ids[item.item_id] = uow.scores.item(
            ItemRef(
                kind=item.kind, call_id=calls[item.call_id],
                span=Span(item.start_frame, item.end_frame), profile_id=item.clip or None,
                turn_index=item.turn_index, speaker=item.speaker or None, other_item_id=other,
            )
        )  # fmt: skip
    return ids
