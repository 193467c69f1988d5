"""Bring labels in: calls without audio, raters of their own, rubric and scores. Twice adds none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.work import Work
from app.services.calibrating import label_eva, label_table
from app.services.calibrating.label_set import SOURCE, Fault, LabelSet
from app.services.calibrating.label_storing import store
from app.services.calibrating.published import published
from app.services.importing import foreign_commit
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.foreign_call import content_key
from app.services.rubrics import add_rubric, rubric_of, rubric_versions
from app.services.workspace import Workspace
from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsImported:
    """What came in; of a dry run, what would."""

    rubric: str
    """`key@version`; of a dry run the key alone."""
    raters: tuple[str, ...]
    calls_added: int
    calls_known: int
    added: int
    known: int
    values: Mapping[str, Mapping[float, int]]
    """Criterion → value → how many labels."""
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    published: Mapping[str, Any] | None
    dry_run: bool
    changes: Changes


def import_labels(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    rubric_key: str = "",
    dry_run: bool = False,
) -> LabelsImported:
    """Bring in the labels of a file: one of EVA's, or any CSV or JSONL.

    Rows that cannot be taken are told one by one; the others come in.

    Args:
        ctx: progress and cancelling.
        ws: the workspace.
        viewer: who imports; a lead.
        path: the file.
        columns: field (item, rater, criterion, value, call, text, rationale) → column; empty: none.
        rubric_key: a rubric that is here and that the labels of a table are of; one is made from
            the values that occur where it is empty. EVA's files have their own.
        dry_run: look only; nothing is written.

    Raises:
        NotAllowed: a reviewer. NotFound: no such file.
        BadInput: it is no table of labels, or no row of it can be taken.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead brings in other people's labels.", "Sign in as a lead.")
    found = _read(ws, path, columns, rubric_key)
    if not found.labels:
        why = f" Line {found.faults[0].row}: {found.faults[0].reason}." if found.faults else ""
        raise BadInput(f"{path} holds no label that can be taken.{why}", "See its columns.")
    here = _calls_here(ws, found)
    if dry_run:
        key = found.rubric if isinstance(found.rubric, str) else str(found.rubric["key"])
        known = sum(c in here for c in _identities(found))
        return _told(found, key, known=0, added=len(found.labels), calls_known=known, dry_run=True)
    rubric = _rubric(ws, found)
    ids = _take_calls(ctx, ws, found, here)
    with ws.db.human() as uow:
        added = store(uow, found, rubric, ids)
        touched = frozenset(ids.values())
        for call_id in touched:
            uow.summaries.refresh_raters(call_id)
        uow.touch(Changes(scores=touched, calls=touched, raters=True, rubrics=True))
    return _told(
        found, f"{rubric.key}@{rubric.version}", known=len(found.labels) - added, added=added,
        calls_known=len(here), dry_run=False, changes=uow.changes,
    )  # fmt: skip


def _read(
    ws: Workspace, path: Path, columns: Mapping[str, str] | None, rubric_key: str
) -> LabelSet:
    if label_eva.is_ours(path):
        return label_eva.read(path)
    return label_table.read(path, columns, _newest(ws, rubric_key) if rubric_key else None)


def _identities(found: LabelSet) -> list[str]:
    return list(dict.fromkeys(label.call for label in found.labels))


def _told(
    found: LabelSet, rubric: str, *, known: int, added: int, calls_known: int, dry_run: bool,
    changes: Changes | None = None,
) -> LabelsImported:  # fmt: skip
    values: dict[str, dict[float, int]] = {}
    for label in found.labels:
        of_criterion = values.setdefault(label.criterion, {})
        of_criterion[label.value] = of_criterion.get(label.value, 0) + 1
    return LabelsImported(
        rubric=rubric, raters=tuple(dict.fromkeys(x.rater for x in found.labels)),
        calls_added=len(_identities(found)) - calls_known, calls_known=calls_known, added=added,
        known=known, values={k: dict(sorted(v.items())) for k, v in sorted(values.items())},
        faults=found.faults, notes=found.notes, published=published(rubric.partition("@")[0]),
        dry_run=dry_run, changes=changes or Changes(),
    )  # fmt: skip


def _calls_here(ws: Workspace, found: LabelSet) -> dict[str, str]:
    """Identity → call, of those that are here: from an earlier import, or named by their code."""
    by_identity = {c.extra["label_item"]: c for c in found.calls}
    here = {}
    with ws.db.read() as uow:
        for identity in _identities(found):
            call = by_identity.get(identity)
            known = uow.calls.find_content(content_key(call)) if call is not None else None
            known = known or _by_code(uow, identity)
            if known is not None:
                here[identity] = known
    return here


def _by_code(uow: Reader, code: str) -> str | None:
    for call_id in uow.calls.resolve(code):
        call = uow.calls.get(call_id)
        if call is not None and call.code.lower() == code.lower():
            return call_id
    return None


def _rubric(ws: Workspace, found: LabelSet) -> RubricVersion:
    if not isinstance(found.rubric, str):
        return add_rubric(ws, rubric_of(found.rubric))
    return _newest(ws, found.rubric)


def _newest(ws: Workspace, key: str) -> RubricVersion:
    versions = [r for r in rubric_versions(ws) if r.key == key]
    if not versions:
        raise BadInput(f"The rubric {key} is not here.", "Choose another, or import it first.")
    return max(versions, key=lambda r: r.version)


@dataclass(slots=True)
class _Given:
    """A reader of calls that are made already."""

    calls: Sequence[ForeignCall]
    source: str = SOURCE
    title: str = "Labels"

    def sniff(self, path: Path) -> bool:  # noqa: ARG002  the protocol's
        """Never asked: it is not among the readers of folders."""
        return False

    def read(
        self,
        ctx: Work,  # noqa: ARG002
        path: Path,  # noqa: ARG002
    ) -> Iterator[ForeignCall | ForeignFailure]:
        """The calls."""
        yield from self.calls


def _take_calls(
    ctx: Work, ws: Workspace, found: LabelSet, here: Mapping[str, str]
) -> dict[str, str]:
    """Identity → call, of all; those that are not here are added."""
    wanted = set(_identities(found)) - set(here)
    new = [c for c in found.calls if c.extra["label_item"] in wanted]
    ids = dict(here)
    if new:
        result = foreign_commit.take_in(ctx, ws, _Given(new), new[0].path, detect=False)
        if result.failed:
            raise BadInput(f"A call could not be added: {result.failed[0].reason}", "Try again.")
        for item in (*result.items, *result.duplicates):
            ids[str(item.call.extra["label_item"])] = item.id
    return ids
