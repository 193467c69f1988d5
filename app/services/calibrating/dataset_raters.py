"""Who scored in a dataset: people under pseudonyms, and judge versions, which never change."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition, judge_identity
from app.domain.ratings import ADJUDICATION
from app.domain.rubrics import RubricVersion
from app.services.calibrating.dataset_files import Dataset
from app.services.calibrating.export_ids import pseudonym_of
from db.repos.base import dump
from db.repos.dataset_exchange import DatasetExchangeRepo
from db.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_manifest import JudgeRow

_RATERS = uuid.UUID("1f7f6a3e-2d38-4a0f-8a3b-6f5a53f0c9d1")


def people(uow: UnitOfWork, found: Dataset) -> dict[str, str]:
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


def judges(uow: UnitOfWork, found: Dataset, rubric: RubricVersion) -> dict[str, str]:
    """Hash of a judge version → its rater here.

    Raises:
        BadInput: prompt or parameters are not those of the hash.
    """
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
