"""One export: read as one viewer may see it, written as a whole, described by its manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.domain.calls import SPEAKERS
from app.domain.errors import BadInput
from app.domain.query import Query
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.services.exporting import folder, labels, pinned, rows, tables
from app.services.exporting.columns import CALLS, COMMENTS, SCORES, TURNS
from app.services.exporting.gather import CallData, Gathered, gather, pseudonym, select
from app.services.formats import LABEL_WRITERS, audacity
from app.services.workspace import Workspace

FORMATS: tuple[str, ...] = (*tables.WRITERS, *LABEL_WRITERS, "audacity")
"""What `export` can write. The first three are tables, the others labels of each call."""

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """What was written: file names are relative to `out_dir`, with forward slashes."""

    format: str
    out_dir: Path
    calls: int
    turns: int
    scores: int
    files: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "format": self.format,
            "out": str(self.out_dir),
            "calls": self.calls,
            "turns": self.turns,
            "scores": self.scores,
            "files": list(self.files),
            "warnings": list(self.warnings),
        }


def export(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    format: str,  # noqa: A002 - the word that people type
    out_dir: Path,
    *,
    query: Query | str | None = None,
    call_ids: Sequence[str] | None = None,
    profile: str | None = None,
) -> ExportResult:
    """Write an export folder. Run again on the same data, it is the same to the byte.

    Args:
        ctx: progress and cancellation.
        ws: the workspace.
        viewer: whose eyes decide what is in it; a reviewer's export is masked as the screens are.
        format: one of `FORMATS`.
        out_dir: a new or empty folder, or an earlier export, which is replaced.
        query: which calls, as in the library; default all.
        call_ids: only these calls.
        profile: the turn profile; default the workspace's.

    Raises:
        BadInput: unknown format, or the folder holds something else.
        EnvironmentFault: read-only or full; nothing of the export is left there.
        Cancelled: asked for through `ctx`.
    """
    if format not in FORMATS:
        raise BadInput(f"There is no export format “{format}”.", f"One of: {', '.join(FORMATS)}.")
    out = Path(out_dir).expanduser().absolute()
    folder.check_target(out)
    calls = select(ws, viewer, query, call_ids)
    data = gather(ctx, ws, viewer, calls, profile=profile)
    lost: dict[str, Counter[str]] = {}
    files = _tables(ws, data, format) if format in tables.WRITERS else _labels(data, format, lost)
    body = _manifest(ws, viewer, data, format, query, call_ids is not None, lost)
    ctx.raise_if_cancelled()
    folder.write(out, {**files, folder.MANIFEST: folder.manifest_bytes(body, files)})
    ctx.progress(len(calls), len(calls))
    return ExportResult(
        format=format,
        out_dir=out,
        calls=len(calls),
        turns=body["counts"]["turns"],
        scores=body["counts"]["scores"],
        files=(*sorted(files), folder.MANIFEST),
        warnings=tuple(data.warnings),
    )


def _tables(ws: Workspace, data: Gathered, format_name: str) -> Files:
    suffix, write = tables.WRITERS[format_name]
    files = {
        f"turns{suffix}": write(TURNS, rows.turn_rows(data)),
        f"scores{suffix}": write(SCORES, rows.score_rows(data)),
        f"comments{suffix}": write(COMMENTS, rows.comment_rows(data)),
        f"calls{suffix}": write(CALLS, rows.call_rows(data)),
    }
    return files | pinned.files(ws, data)


def _labels(data: Gathered, format_name: str, lost: dict[str, Counter[str]]) -> Files:
    files: Files = {}
    for call in data.calls:
        document = labels.document(call)
        if format_name == "audacity":
            for tier, content in audacity.write(document).items():
                files[f"{call.file_id}.{tier}.txt"] = content
        else:
            suffix, write = LABEL_WRITERS[format_name]
            files[f"{call.file_id}{suffix}"] = write(document)
        found = labels.losses(call, format_name)
        if found:
            lost[call.file_id] = found
    return files


def _manifest(
    ws: Workspace,
    viewer: Viewer,
    data: Gathered,
    format_name: str,
    query: Query | str | None,
    picked: bool,
    lost: dict[str, Counter[str]],
) -> dict[str, Any]:
    used = sorted({s.rubric_version_id for s in data.scores})
    rubrics = [data.rubrics[i] for i in used]
    return {
        "app_version": __version__,
        "format": format_name,
        "frozen_at": _frozen_at(ws, data),
        "filter": {"query": str(query) if query else "", "picked_calls": picked},
        "counts": {
            "calls": len(data.calls),
            "turns": sum(len(c.turn_set.turns) for c in data.calls if c.turn_set),
            "scores": len(data.scores),
            "comments": sum(len(c.comments) for c in data.calls),
            "redacted_calls": sum(bool(c.outgoing.mask) for c in data.calls),
        },
        "redaction": "masked" if any(c.outgoing.mask for c in data.calls) else "none",
        "viewer": {"rater": pseudonym(viewer.rater_id), "role": viewer.role},
        "masked": data.masked,
        "rubrics": [
            {"key": r.key, "version": r.version, "sha256": r.sha256, "title": r.title}
            for r in sorted(rubrics, key=lambda r: (r.key, r.version))
        ],
        "judges": sorted({f.judge_version for f in data.facts.values() if f.judge_version}),
        "channels": {"1": "caller", "2": "agent"},
        "calls": [_call(c) for c in data.calls],
        "losses": {name: dict(sorted(found.items())) for name, found in sorted(lost.items())},
        "warnings": data.warnings,
    }


def _call(data: CallData) -> dict[str, Any]:
    found, text = data.turn_set, data.transcript_layer
    return {
        "id": data.call.id,
        "code": data.call.code,
        "file_id": data.file_id,
        "content_sha256": data.call.content_sha256,
        "speech_layer": None
        if found is None
        else {"id": found.layer_id, "name": found.layer_name, "version": found.layer_version},
        "profile": None if found is None else found.profile.id,
        "profile_params": None if found is None else found.profile.params,
        "transcript_layer": None
        if text is None
        else {"id": text.id, "name": text.name, "version": text.version},
        "voids": [] if found is None else list(found.voids),
        "redaction": data.outgoing.state,
        "redacted_spans": {side: len(data.outgoing.mask.of(side)) for side in SPEAKERS},
    }


def _frozen_at(ws: Workspace, data: Gathered) -> str:
    """The newest time in the data: two exports of one state carry the same."""
    stamps = [c.call.imported_at for c in data.calls]
    stamps += [s.created_at for s in data.scores]
    stamps += [x.created_at for c in data.calls for x in c.comments]
    add: Callable[[str], None] = stamps.append
    with ws.db.read() as uow:
        for call in data.calls:
            stamps += [r.created_at for r in uow.redactions.of_call(call.call.id)]
            for layer in uow.layers.of_call(call.call.id):
                add(layer.created_at)
                if layer.origin == "human":
                    stamps += [e.created_at for e in uow.layers.edits(layer.id)]
    return max(stamps, default="")
