"""The calibration dataset: a folder that proves a judge's figures, and whose bytes repeat."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, EnvironmentFault
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.services.calibrating import (
    adapters,
    audio_folder,
    correcting,
    data_card,
    export_columns,
    export_gold,
    export_lines,
    export_manifest,
    export_rows,
    export_source,
    splits,
)
from app.services.calibrating.export_source import Source
from app.services.calibrating.rating_set import RatingSet
from app.services.exporting import folder, tables
from app.services.exporting.columns import Schema
from app.services.workspace import Workspace

TRANSCRIPTS = "transcripts.jsonl"
Tables = dict[str, tuple[Schema, export_rows.Rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWritten:
    """What was written."""

    path: Path
    files: int
    counts: Mapping[str, int]
    """Table → rows."""
    frozen_at: str
    clips: int
    notes: tuple[str, ...]
    """What could not be given in a form that was asked for."""


def export_dataset(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    rubric: str,
    out: Path,
    *,
    with_judges: bool = True,
    audio: bool = False,
    forms: Sequence[str] = (),
) -> DatasetWritten:
    """Write the dataset of a rubric version as one folder, as a whole or not at all.

    Args:
        ctx: progress and cancelling.
        ws: the workspace.
        viewer: a lead.
        rubric: key, `key@version` or id.
        out: a new or empty folder, or one of an earlier export.
        with_judges: False leaves out all that judges said, for people who are to rate blind.
        audio: cut a clip of each item, and write them in the layouts that `datasets` loads.
        forms: of `adapters.FORMS`, written beside the tables.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric, or a recording is gone.
        BadInput: nothing is scored, the place is taken, or a call would be in two splits.
        EnvironmentFault: the disk is full or read-only.
    """
    folder.check_target(out)
    adapters.check(forms)
    source = export_source.read(ctx, ws, viewer, rubric, with_judges=with_judges)
    check_leaks(source.found)
    with ExitStack() as held:
        clips: list[audio_folder.Clip] = []
        if audio:
            aside = held.enter_context(_aside(ws))
            clips = audio_folder.cut(ctx, ws, source, Path(aside))
        made = _tables(source, clips, with_judges=with_judges)
        rows = {name: found for name, (_, found) in made.items()}
        files = _proof(ctx, source, made, with_judges=with_judges)
        extra, notes = adapters.files(ws, source, rows, forms)
        body = export_manifest.body(
            source, rows, with_judges=with_judges, with_audio=audio, adapters=forms
        )
        body["snapshot"] = export_manifest.snapshot(files)
        files |= extra
        whole: dict[str, bytes | Callable[[], bytes]] = {
            **files, **audio_folder.files(source, clips, rows),
            data_card.NAME: data_card.card(body, clips),
        }  # fmt: skip
        _write(ctx, out, body, whole)
    return DatasetWritten(
        path=out, files=len(whole) + 1, counts=body["counts"], frozen_at=source.found.frozen_at,
        clips=len(clips), notes=tuple(notes),
    )  # fmt: skip


def check_leaks(found: RatingSet) -> None:
    """Refuse data in which a call, or a copy of it, is in two splits.

    Raises:
        BadInput: names such a call.
    """
    seen: dict[str, str] = {}
    for item, role in zip(found.items, found.roles):
        if role == splits.MIXED:
            continue
        for call_id in filter(None, (item.call_id, item.other_call_id)):
            call = found.calls[call_id]
            if seen.setdefault(call.root_sha256, role) != role:
                raise BadInput(
                    f"{call.code} would be in {seen[call.root_sha256]} and in {role}.",
                    "Nothing was written: a call has one split for life.",
                )


def _aside(ws: Workspace) -> tempfile.TemporaryDirectory[str]:
    """A folder for clips until they are written; sound is too much for memory."""
    try:
        ws.cache_dir.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix="dataset-", dir=ws.cache_dir)
    except OSError as error:
        raise EnvironmentFault(
            f"{ws.cache_dir} cannot be written: {error.strerror or error}.",
            "Free some space, or check the rights of the workspace folder.",
        ) from error


def _tables(source: Source, clips: Sequence[audio_folder.Clip], *, with_judges: bool) -> Tables:
    named = {c.item_id: (c.name, c.sha256) for c in clips}
    made = {
        "calls": (export_columns.CALLS, export_rows.calls(source)),
        "items": (export_columns.ITEMS, export_rows.items(source, named)),
        "scores": (export_columns.SCORES, export_rows.scores(source)),
        "gold": (export_columns.GOLD, export_gold.gold(source.found, source.ids)),
    }
    if with_judges:
        made["paired"] = (
            export_columns.PAIRED, export_gold.paired(source.found, source.ids)
        )  # fmt: skip
    return made


def _proof(ctx: Work, source: Source, made: Tables, *, with_judges: bool) -> dict[str, bytes]:
    """The files that prove a judge's figures: the snapshot is their hash."""
    rows = {name: found for name, (_, found) in made.items()}
    files = _written(ctx, made)
    files["calibration.jsonl"] = export_lines.lines(source, rows)
    files[TRANSCRIPTS] = export_lines.transcripts(source)
    return files | (_corrections(source.found) if with_judges else {})


def _written(ctx: Work, made: Tables) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, (schema, rows) in made.items():
        ctx.progress(len(files), 0, name)
        ctx.raise_if_cancelled()
        for suffix, write in tables.WRITERS.values():
            files[f"{name}{suffix}"] = write(schema, rows)
    return files


def _corrections(found: RatingSet) -> dict[str, bytes]:
    """`calibration/<dimension>.<judge>.json` of each correction that may be used."""
    files = {}
    for rater, judge in sorted(found.judges.items(), key=lambda j: j[1].sha256):
        mine = set(found.criterion[found.rater == found.raters.index(rater)].tolist())
        for at in sorted(mine):
            key = found.rubric.criteria[at].key
            made = correcting.fitted(found, key, judge)
            if made.correction is not None and not made.refused:
                name = f"calibration/{key}.{judge.short_sha}.json"
                text = json.dumps(
                    made.document(found), ensure_ascii=False, indent=2, sort_keys=True
                )
                files[name] = f"{text}\n".encode()
    return files


def _write(
    ctx: Work,
    out: Path,
    body: Mapping[str, Any],
    files: Mapping[str, bytes | Callable[[], bytes]],
) -> None:
    ctx.progress(0, 0, "writing")
    ctx.raise_if_cancelled()
    lazy = audio_folder.LazyFiles(files)
    manifest = folder.manifest_bytes(body, lazy)
    ctx.raise_if_cancelled()
    folder.write(out, audio_folder.LazyFiles({**files, folder.MANIFEST: manifest}))
