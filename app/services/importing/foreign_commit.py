"""Takes the calls of another system in: each with all its evidence in one transaction, or not.

What the other system measured is kept apart from what is measured here: layers have the origin
`platform`, figures lie under `reported_metrics`. Keys and tokens are taken out of everything.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from app.domain.calls import Call
from app.domain.errors import Cancelled, UserError
from app.domain.imports import FailedFile
from app.domain.new import AudioBlob
from app.domain.work import Work
from app.services.importing import foreign_audio, foreign_layers, late_audio, store
from app.services.importing.foreign import ForeignCall, ForeignFailure, Reader
from app.services.importing.foreign_audio import Placed
from app.services.importing.foreign_call import content_key, documents, frame_count, new_call
from app.services.importing.foreign_layers import Clock
from app.services.importing.foreign_result import ForeignItem, ForeignResult
from app.services.importing.late_audio import Late
from app.services.importing.walk import shown
from app.services.workspace import Workspace

log = logging.getLogger("callbench.import")


def look(ctx: Work, ws: Workspace, reader: Reader, path: Path) -> ForeignResult:
    """What importing `path` would do. Nothing is written.

    Raises:
        BadInput: nothing there can be read. NotFound. Cancelled.
    """
    items: list[ForeignItem] = []
    duplicates: list[ForeignItem] = []
    failed: list[FailedFile] = []
    seen: set[str] = set()
    for call in _read(ctx, reader, path, failed):
        missing = foreign_audio.missing(call)
        item = ForeignItem(call=call, warnings=call.warnings, missing=missing)
        known = _known(ws, call)
        if known is not None and (late := late_audio.lacking(known, call)):
            items.append(replace(item, id=known.id, code=known.code, added=late))
        elif known is not None:
            duplicates.append(ForeignItem(call=call, id=known.id))
        elif content_key(call) in seen:
            duplicates.append(ForeignItem(call=call))
        else:
            items.append(item)
        seen.add(content_key(call))
    return ForeignResult(
        source=reader.source,
        items=tuple(items),
        duplicates=tuple(duplicates),
        failed=tuple(failed),
        dry_run=True,
    )


def take_in(
    ctx: Work,
    ws: Workspace,
    reader: Reader,
    path: Path,
    *,
    in_place: bool = False,
    detect: bool = True,
) -> ForeignResult:
    """Import the calls that a reader finds at `path`.

    What is here already adds nothing, but for a recording that was not there when it was imported.
    A call that fails is reported and the rest goes on; on cancellation the calls imported so far
    stay.

    Raises:
        BadInput: nothing there can be read. NotFound, EnvironmentFault. Cancelled.
    """
    items: list[ForeignItem] = []
    duplicates: list[ForeignItem] = []
    failed: list[FailedFile] = []
    store.sweep(ws)
    for call in _read(ctx, reader, path, failed):
        known = _known(ws, call)
        if known is not None and not late_audio.lacking(known, call):
            duplicates.append(ForeignItem(call=call, id=known.id))
            continue
        try:
            item, can_detect = _one(ctx, ws, call, known, in_place=in_place)
        except Cancelled:
            raise
        except Exception as error:  # what one call does must not stop the others
            if not isinstance(error, UserError):
                log.exception("import of %s", shown(call.path))
            failed.append(FailedFile(path=shown(call.path), reason=str(error)))
            continue
        if detect and can_detect:
            item = _detected(ctx, ws, item)
        (duplicates if known is not None and not item.added else items).append(item)
    return ForeignResult(
        source=reader.source,
        items=tuple(items),
        duplicates=tuple(duplicates),
        failed=tuple(failed),
    )


def _read(ctx: Work, reader: Reader, path: Path, failed: list[FailedFile]) -> Iterator[ForeignCall]:
    """The reader's calls; what it could not read goes to `failed`."""
    for number, found in enumerate(reader.read(ctx, path), start=1):
        ctx.raise_if_cancelled()
        ctx.progress(number, 0, shown(found.path.name))
        if isinstance(found, ForeignFailure):
            failed.append(FailedFile(path=shown(found.path), reason=found.reason))
        else:
            yield found


def _known(ws: Workspace, call: ForeignCall) -> Call | None:
    with ws.db.read() as uow:
        known = uow.calls.find_content(content_key(call))
        return uow.calls.get(known) if known else None


def _one(
    ctx: Work, ws: Workspace, call: ForeignCall, known: Call | None, *, in_place: bool
) -> tuple[ForeignItem, bool]:
    """The call as it is stored, and whether its speech can be detected.

    Raises:
        UserError: its recording cannot be filed, or does not fit the known call. Cancelled.
    """
    placed = foreign_audio.place(ctx, call)
    late = late_audio.fit(ws, known, call, placed) if known is not None else None
    if known is not None and late is None:
        told = tuple(f.message for f in placed.findings)
        return ForeignItem(call=call, id=known.id, warnings=told, missing=placed.missing), False
    with ExitStack() as held:
        blobs: list[AudioBlob] = []
        if placed.files:
            held.enter_context(store.importing(ws))
            made = {a.path for a in call.audio if a.made}
            blobs = [
                store.file_audio(ctx, ws, f, in_place=in_place and f.path not in made)
                for f in placed.files
            ]
        unique = tuple({b.sha256: b for b in blobs}.values())
        if late is not None:
            return _add_audio(ws, call, late, unique), late.can_detect
        return _store(ws, call, placed, unique), placed.can_detect


def _add_audio(
    ws: Workspace, call: ForeignCall, late: Late, blobs: tuple[AudioBlob, ...]
) -> ForeignItem:
    with ws.db.machine() as uow:
        told = late_audio.attach(uow, late, call, blobs)
    return ForeignItem(
        call=call,
        id=late.call.id,
        code=late.call.code,
        warnings=(*told, *(f.message for f in (*late.placed.findings, *call.findings))),
        missing=late.placed.missing,
        added=tuple(t.role for t in late.tracks),
    )


def _store(
    ws: Workspace, call: ForeignCall, placed: Placed, blobs: tuple[AudioBlob, ...]
) -> ForeignItem:
    """One transaction: call, tracks, layers, documents, findings, summary."""
    from app.services.browsing import update_summary
    from app.services.calls import add_call
    from app.services.documents import media_type
    from app.services.layers import add_layer
    from app.services.turn_figures import refresh_summary

    clock = Clock(placed.rate_hz, frame_count(call, placed), placed.shift_s)
    packed, losses = documents(call)
    new = new_call(call, placed, clock, blobs, (*call.losses, *losses))
    with ws.db.machine() as uow:
        call_id = add_call(uow, new)
        drafted, warnings = foreign_layers.drafts(call, call_id, clock)
        for draft in drafted:
            add_layer(uow, draft.layer, draft.segments)
        for name, data in packed.items():
            uow.documents.add(call_id, name, data, media_type(name))
        spoken = [d for d in drafted if d.layer.kind == "speech"]
        if spoken:
            refresh_summary(uow, call_id)
            if not placed.tracks:
                bars = foreign_layers.activity_bars(spoken[-1].segments, clock.frame_count)
                update_summary(uow, call_id, sparkline=bars)
        stored = uow.calls.get(call_id)
    findings = (*placed.findings, *call.findings)
    told = (*call.warnings, *losses, *warnings, *(f.message for f in findings))
    code = stored.code if stored is not None else ""
    return ForeignItem(call=call, id=call_id, code=code, warnings=told, missing=placed.missing)


def _detected(ctx: Work, ws: Workspace, item: ForeignItem) -> ForeignItem:
    """The item after speech detection; where that fails, with a warning: the call stays."""
    from app.services import timing
    from app.services.calls import get_call

    try:
        timing.detect(ctx, ws, get_call(ws, item.id))
    except Cancelled:
        raise
    except Exception as error:  # one recording's trouble must not stop the others
        if not isinstance(error, UserError):
            log.exception("speech detection of %s", item.path)
        told = f"Speech could not be detected: {error}"
        return replace(item, warnings=(*item.warnings, told))
    return item
