"""Carries out a dry run. Each call is there whole, with its audio, or not at all."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from app.domain.calls import ChannelMap
from app.domain.errors import Cancelled, UserError
from app.domain.imports import (
    DryRun,
    DryRunEntry,
    Duplicate,
    FailedFile,
    ImportChoices,
    Imported,
    ImportResult,
)
from app.domain.new import AudioBlob
from app.domain.text_roles import said_role
from app.domain.work import Work
from app.services.importing import layers as layer_drafts
from app.services.importing import store
from app.services.importing.attach import attach
from app.services.importing.channel_guess import sides
from app.services.importing.comments import add_comments
from app.services.importing.new_call import new_call
from app.services.importing.restore import restore
from app.services.importing.tracks import laid_out
from app.services.importing.walk import shown
from app.services.workspace import Workspace

log = logging.getLogger("callbench.import")


@dataclass(slots=True)
class _Outcome:
    imported: list[Imported] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    failed: list[FailedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def commit(
    ctx: Work,
    ws: Workspace,
    dry_run: DryRun,
    choices: ImportChoices | None = None,
    *,
    detect: bool = True,
) -> ImportResult:
    """Import what a dry run found.

    A file that fails is reported and the rest goes on. On cancellation the calls imported so far
    stay; no call is left without its audio.

    Args:
        ctx: progress and cancellation.
        ws: the workspace.
        dry_run: from `scan`.
        choices: confirmed channel maps by source, and entries to leave out.
        detect: run speech detection on each imported call before returning.

    Raises:
        Cancelled: asked for through `ctx`.
    """
    chosen = choices or ImportChoices()
    out = _Outcome(failed=list(dry_run.failed), warnings=list(dry_run.warnings))
    store.sweep(ws)
    _confirm(ws, dry_run, chosen)
    todo = [e for e in dry_run.entries if e.key not in chosen.skip]
    ids: dict[str, str] = {}
    for number, entry in enumerate(todo):
        ctx.raise_if_cancelled()
        ctx.progress(number, len(todo), shown(entry.path.name))
        try:
            _one(ctx, ws, entry, dry_run, chosen, out, ids)
        except Cancelled:
            raise
        except Exception as error:  # what one recording does must not stop the others
            if not isinstance(error, UserError):
                log.exception("import of %s", shown(entry.path))
            out.failed.append(FailedFile(path=shown(entry.path), reason=str(error)))
    ctx.progress(len(todo), len(todo))
    if detect:
        _detect(ctx, ws, out)
    return ImportResult(
        imported=tuple(out.imported),
        duplicates=tuple(out.duplicates),
        failed=tuple(out.failed),
        warnings=tuple(out.warnings),
    )


def _confirm(ws: Workspace, dry_run: DryRun, choices: ImportChoices) -> None:
    """Remember the maps for their sources; one that was given for the import counts as well."""
    maps = dict(choices.channel_maps)
    given = dry_run.options.channels
    if given is not None and given != "mono":
        for entry in dry_run.fresh:
            if len(entry.audio) == 1 and entry.audio[0].channels == 2:
                maps.setdefault(entry.source, given)
    if not maps:
        return
    with ws.db.machine() as uow:
        for source, channel_map in maps.items():
            uow.calls.confirm_source(source, channel_map, "import")


def _one(
    ctx: Work,
    ws: Workspace,
    entry: DryRunEntry,
    dry_run: DryRun,
    choices: ImportChoices,
    out: _Outcome,
    ids: dict[str, str],
) -> None:
    path = shown(entry.path)
    with ws.db.read() as reader:
        known = ids.get(entry.key) or reader.calls.find_content(entry.key)
    if known is not None:
        out.duplicates.append(Duplicate(path=path, id=known))
        out.warnings += restore(ctx, ws, entry, in_place=dry_run.options.in_place)
        out.warnings += attach(ws, known, entry, dry_run.options)
        return
    channel_map = choices.channel_maps.get(entry.source, entry.guess.channel_map)
    if entry.guess.channel_map == "mono" and len(entry.audio) == 1:
        channel_map = "mono"
    with store.importing(ws):
        blobs = [
            store.file_audio(ctx, ws, audio, in_place=dry_run.options.in_place)
            for audio in entry.audio
        ]
        imported, warnings = _store_call(ws, entry, dry_run, channel_map, tuple(blobs))
    ids[entry.key] = imported.id
    out.imported.append(imported)
    out.warnings += [f"{path}: {f.message}" for f in entry.findings]
    out.warnings += [*entry.warnings, *warnings]


def _store_call(
    ws: Workspace,
    entry: DryRunEntry,
    dry_run: DryRun,
    channel_map: ChannelMap,
    blobs: tuple[AudioBlob, ...],
) -> tuple[Imported, list[str]]:
    """One transaction: call, tracks, layers, findings and summary."""
    from app.services.calls import add_call
    from app.services.layers import add_layer
    from app.services.turn_figures import refresh_summary

    layout = laid_out(entry, channel_map)
    new = new_call(entry, channel_map, blobs, dry_run)
    with ws.db.machine() as uow:
        call_id = add_call(uow, new)
        drafted, warnings = layer_drafts.drafts(
            call_id,
            layout.rate_hz,
            layout.frame_count,
            entry.transcripts,
            {**sides(channel_map), **dry_run.options.speakers},
            dry_run.options.text_role or said_role(entry.meta.get("text_role")),
        )
        for draft in drafted:
            add_layer(uow, draft.layer, draft.segments)
        if any(draft.layer.kind == "speech" for draft in drafted):
            refresh_summary(uow, call_id)
        add_comments(uow, call_id, layout.rate_hz, layout.frame_count, entry.transcripts)
        call = uow.calls.get(call_id)
    code = call.code if call is not None else ""
    return Imported(id=call_id, code=code, path=shown(entry.path)), warnings


def _detect(ctx: Work, ws: Workspace, out: _Outcome) -> None:
    """Speech detection of all new calls; one that fails is a warning, the call stays."""
    from app.services import timing
    from app.services.calls import get_call

    for number, item in enumerate(out.imported):
        ctx.raise_if_cancelled()
        ctx.progress(number, len(out.imported), f"speech detection of {item.code}")
        try:
            timing.detect(ctx, ws, get_call(ws, item.id))
        except Cancelled:
            raise
        except Exception as error:  # one recording's trouble must not stop the others
            if not isinstance(error, UserError):
                log.exception("speech detection of %s", item.path)
            out.warnings.append(f"{item.path}: speech could not be detected: {error}")
