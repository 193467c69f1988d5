"""Scores that were exported from another workspace, appended to the same calls here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.calls import Span
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Answer, Evidence, Viewer
from app.domain.rubrics import Criterion, RubricVersion
from app.services.exporting import pinned, tables
from app.services.exporting.columns import SCORES
from app.services.workspace import Workspace
from db.repos.exchange import ExchangeRepo
from db.unit_of_work import UnitOfWork

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresImported:
    """What came in. `unmatched` rows belong to calls that are not in this workspace."""

    added: int
    known: int
    unmatched: int
    warnings: tuple[str, ...]
    changes: Changes


def import_scores(ws: Workspace, viewer: Viewer, folder: Path) -> ScoresImported:
    """Append the scores of an exported folder. Doing it twice adds nothing the second time.

    Calls are matched by the content of their recording, rubrics by their hash; raters who are
    not known here come in under their pseudonym. All of it is one transaction.

    Args:
        ws: the workspace.
        viewer: who imports; must be a lead, as it brings in other people's scores.
        folder: an export in CSV, JSONL or Parquet.

    Raises:
        NotAllowed: the viewer is no lead.
        BadInput: the folder holds no score table, or one that is damaged.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can bring in other people's scores.", "Ask a lead.")
    rows = _read(folder)
    with ws.db.human() as uow:
        intake = _taken(uow, folder, rows)
        for call_id in intake.touched:
            uow.summaries.refresh_raters(call_id)
        touched = frozenset(intake.touched)
        uow.touch(Changes(scores=touched, calls=touched, raters=True, rubrics=True))
    return ScoresImported(
        added=intake.added,
        known=intake.known,
        unmatched=intake.unmatched,
        warnings=tuple(dict.fromkeys(intake.warnings)),
        changes=uow.changes,
    )


def _taken(uow: UnitOfWork, folder: Path, rows: list[dict[str, Any]]) -> _Intake:
    try:
        intake = _Intake(uow, folder)
        for row in rows:
            intake.take(row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"The export in {folder} is damaged; nothing of it was taken.", "Export it again."
        ) from error
    return intake


def _read(folder: Path) -> list[dict[str, Any]]:
    for suffix in (".csv", ".jsonl", ".parquet"):
        path = folder / f"scores{suffix}"
        if path.is_file():
            data = path.read_bytes()
            if not data and suffix == ".csv":
                raise BadInput(f"{path} is empty.", "Export it again.")
            try:
                schema, rows = tables.read(data, suffix)
            except BadInput as error:
                raise BadInput(f"{path}: {error.what}", error.remedy) from error
            if schema is not None and schema is not SCORES:
                raise BadInput(f"{path} is no table of scores.", "Choose an exported folder.")
            return rows
    raise BadInput(f"{folder} holds no exported scores.", "Choose the folder of an export.")


class _Intake:
    """Appends rows in one transaction."""

    def __init__(self, uow: UnitOfWork, folder: Path) -> None:
        self._uow = uow
        self._repo = ExchangeRepo(uow.connection)
        self._calls: dict[str, str | None] = {}
        self._rubrics = _rubrics(uow, folder)
        self._layers = _layer_bodies(folder)
        self.touched: set[str] = set()
        self.warnings: list[str] = []
        self.added = self.known = self.unmatched = 0

    def take(self, row: Row) -> None:
        """One row: skipped where it is known or its call is not here."""
        if self._repo.has_score(row["score_id"]):
            self.known += 1
            return
        call_id = self._call(row["content_sha256"])
        criterion = self._rubrics.get((row["rubric_sha256"], row["criterion"]))
        if call_id is None or criterion is None or row["rater_kind"] != "human":
            self.unmatched += 1
            self._say_why(row, call_id, criterion)
            return
        if not self._repo.has_rater(row["rater_id"]):
            taken = self._uow.raters.person(row["rater"]) is not None
            name = f"{row['rater']} (scores)" if taken else row["rater"]
            self._repo.add_person(row["rater_id"], name)
        self._store(row, call_id, *criterion)
        self.touched.add(call_id)
        self.added += 1

    def _say_why(
        self, row: Row, call_id: str | None, criterion: tuple[str, Criterion] | None
    ) -> None:
        if call_id is None:
            self.warnings.append(f"{row['call_code']} ({row['file']}) is not in this workspace.")
        elif criterion is None:
            self.warnings.append(f"The rubric {row['rubric']} {row['rubric_version']} is missing.")
        else:
            self.warnings.append("Scores of judges are not imported: run the judge here.")

    def _call(self, content_sha256: str) -> str | None:
        if content_sha256 not in self._calls:
            self._calls[content_sha256] = self._uow.calls.find_content(content_sha256)
        return self._calls[content_sha256]

    def _store(self, row: Row, call_id: str, rubric_version_id: str, criterion: Criterion) -> None:
        _check(row, criterion)
        who = {"call_id": call_id, "rater_id": row["rater_id"]}
        form = {**who, "rubric_version_id": rubric_version_id}
        submission_id = None
        if row["submission_id"] is not None:
            submission_id = self._repo.put_submission(
                {
                    **form,
                    "id": row["submission_id"],
                    "version": row["submission_version"] or 1,
                    "created_at": row["created_at"],
                }
            )
        if row["inclusion_probability"] is not None:
            self._repo.put_assignment(
                {
                    **form,
                    "id": new_id(),
                    "policy": "imported",
                    "reason": "imported with its scores",
                    "inclusion_prob": row["inclusion_probability"],
                    "seed": 0,
                    "drawn_at": row["created_at"],
                }
            )
        replaced = row["supersedes"]
        values = {
            **form,
            "id": row["score_id"],
            "item_id": self._item(row, call_id),
            "criterion_id": criterion.id,
            "phase": row["phase"],
            "blind": int(row["blind"]),
            "duration_ms": row["duration_ms"],
            "submission_id": submission_id,
            "supersedes_id": replaced if replaced and self._repo.has_score(replaced) else None,
            "created_at": row["created_at"],
        }
        self._repo.put_score(values, _answer(row))

    def _item(self, row: Row, call_id: str) -> str:
        layer_id = row["layer_id"]
        body = self._layers.get((layer_id, row["layer_version"]))
        if body is not None:
            self._repo.put_layer(*pinned.layer_in(body, call_id))
        elif layer_id is not None and self._uow.layers.get(layer_id) is None:
            self.warnings.append(f"The layer {row['layer_name']} is missing; its items name none.")
            layer_id = None
        return self._repo.put_item(
            {
                "id": row["item_id"],
                "call_id": call_id,
                "kind": row["item_kind"],
                "layer_id": layer_id,
                "layer_version": row["layer_version"],
                "profile_id": row["profile"] or None,
                "speaker": row["speaker"] or None,
                "start": row["start_frame"],
                "end": row["end_frame"],
                "turn_index": row["turn_index"],
                "created_at": row["created_at"],
            }
        )


def _check(row: Row, criterion: Criterion) -> None:
    value = row["value"]
    if value is not None and not criterion.takes(value):
        raise BadInput(
            f"A score of {row['call_code']} is {value}, which is not on the scale of "
            f"{criterion.title}; nothing was taken.",
            "Export it again.",
        )


def _answer(row: Row) -> Answer:
    return Answer(
        status=row["status"],
        value=row["value"],
        na_reason=row["na_reason"],
        confidence=row["confidence"],
        rationale=row["rationale"],
        evidence=tuple(
            Evidence(turn_id=e["turn_id"], span=Span(e["start_frame"], e["end_frame"]))
            for e in row["evidence"]
        ),
        flagged=row["flagged"],
    )


def _rubrics(uow: UnitOfWork, folder: Path) -> dict[tuple[str, str], tuple[str, Criterion]]:
    """(rubric hash, criterion key) to (version id, criterion); unknown versions are added."""
    path = folder / pinned.RUBRICS
    if path.is_file():
        for body in json.loads(path.read_text("utf-8")):
            rubric = pinned.rubric_in(body)
            if uow.rubrics.find(rubric.sha256) is None:
                uow.rubrics.add(_numbered(uow, rubric))
    return {
        (version.sha256, criterion.key): (version.id, criterion)
        for version in uow.rubrics.all()
        for criterion in version.criteria
    }


def _numbered(uow: UnitOfWork, rubric: RubricVersion) -> RubricVersion:
    """With a number that no other version of its key has here."""
    taken = any((r.key, r.version) == (rubric.key, rubric.version) for r in uow.rubrics.all())
    version = uow.rubrics.newest_version(rubric.key) + 1 if taken else rubric.version
    return replace(rubric, version=version)


def _layer_bodies(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    path = folder / pinned.LAYERS
    if not path.is_file():
        return {}
    bodies = [json.loads(x) for x in path.read_text("utf-8").split("\n") if x.strip()]
    return {(b["id"], b["version"]): b for b in bodies}
