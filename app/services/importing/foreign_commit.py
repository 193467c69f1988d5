"""Takes the calls of another system in: each with all its evidence in one transaction, or not.

What the other system measured is kept apart from what is measured here: layers have the origin
`platform`, figures lie under `reported_metrics`. Keys and tokens are taken out of everything.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.errors import Cancelled, UserError
from app.domain.imports import FailedFile
from app.domain.new import AudioBlob, NewCall
from app.domain.work import Work
from app.services.importing import foreign_audio, foreign_layers, store
from app.services.importing.foreign import ForeignCall, ForeignFailure, Reader
from app.services.importing.foreign_audio import Placed
from app.services.importing.foreign_files import clean, words
from app.services.importing.foreign_layers import Clock
from app.services.importing.foreign_result import ForeignItem, ForeignResult
from app.services.importing.readers import redact
from app.services.importing.walk import shown
from app.services.workspace import Workspace

log = logging.getLogger("callbench.import")

PAST_AUDIO_S = 60.0
"""How far a log may go on after the recording has ended before its lines are left out."""
MAX_DOCUMENT_BYTES = 64 << 20
MAX_NAMES = 50
FIELDS = ("agent", "agent_version", "scenario_key", "persona", "language", "outcome")


def content_key(call: ForeignCall) -> str:
    """What says that a call is here already."""
    return hashlib.sha256(f"foreign\n{call.source}\n{call.identity}".encode()).hexdigest()


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
        if known:
            duplicates.append(ForeignItem(call=call, id=known))
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
    """Import the calls that a reader finds at `path`. What is here already adds nothing.

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
        if known:
            duplicates.append(ForeignItem(call=call, id=known))
            continue
        try:
            item, placed = _one(ctx, ws, call, in_place=in_place)
        except Cancelled:
            raise
        except Exception as error:  # what one call does must not stop the others
            if not isinstance(error, UserError):
                log.exception("import of %s", shown(call.path))
            failed.append(FailedFile(path=shown(call.path), reason=str(error)))
            continue
        if detect and placed.can_detect:
            item = _detected(ctx, ws, item)
        items.append(item)
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


def _known(ws: Workspace, call: ForeignCall) -> str:
    with ws.db.read() as uow:
        return uow.calls.find_content(content_key(call)) or ""


def _one(
    ctx: Work, ws: Workspace, call: ForeignCall, *, in_place: bool
) -> tuple[ForeignItem, Placed]:
    placed = foreign_audio.place(ctx, call)
    with ExitStack() as held:
        blobs: list[AudioBlob] = []
        if placed.files:
            held.enter_context(store.importing(ws))
            blobs = [store.file_audio(ctx, ws, f, in_place=in_place) for f in placed.files]
        item = _store(ws, call, placed, tuple({b.sha256: b for b in blobs}.values()))
    return item, placed


def _store(
    ws: Workspace, call: ForeignCall, placed: Placed, blobs: tuple[AudioBlob, ...]
) -> ForeignItem:
    """One transaction: call, tracks, layers, documents, findings, summary."""
    from app.services.browsing import update_summary
    from app.services.calls import add_call
    from app.services.documents import media_type
    from app.services.layers import add_layer
    from app.services.turn_figures import refresh_summary

    clock = Clock(placed.rate_hz, _frame_count(call, placed), placed.shift_s)
    packed, losses = _documents(call)
    new = _new_call(call, placed, clock, blobs, (*call.losses, *losses))
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


def _frame_count(call: ForeignCall, placed: Placed) -> int:
    """Length of the call: that of its recording, and of what its log says beyond that."""
    said = foreign_layers.last_s(call) + placed.shift_s
    if placed.tracks:
        end_s = max(placed.end_s, min(said, placed.end_s + PAST_AUDIO_S))
    else:
        given = call.duration_s if foreign_layers.sound(call.duration_s) else None
        end_s = max(said, given or 0.0, 1.0)
    return math.ceil(round(end_s * placed.rate_hz, 3))


def _documents(call: ForeignCall) -> tuple[dict[str, bytes], list[str]]:
    """The documents without secrets, and words for those that are too large to keep."""
    kept: dict[str, bytes] = {}
    losses: list[str] = []
    for name, data in call.documents.items():
        if len(data) > MAX_DOCUMENT_BYTES:
            losses.append(f"{name} is larger than {MAX_DOCUMENT_BYTES >> 20} MB and was left out.")
            continue
        kept[clean(name)], _ = redact.document(name, data)
    return kept, losses


def _new_call(
    call: ForeignCall,
    placed: Placed,
    clock: Clock,
    blobs: tuple[AudioBlob, ...],
    losses: tuple[str, ...],
) -> NewCall:
    attempt = call.attempt if 1 <= call.attempt < 1_000_000 else 1
    return NewCall(
        title=words(call.title) or shown(call.path.name),
        rate_hz=placed.rate_hz,
        frame_count=clock.frame_count,
        channel_map=placed.channel_map,
        tracks=placed.tracks,
        blobs=blobs,
        source_path=shown(call.path),
        content_sha256=content_key(call),
        source_key=call.source,
        recorded_at=call.recorded_at,
        attempt=attempt,
        tags=tuple(dict.fromkeys(t for t in map(words, call.tags) if t)),
        warnings=(*placed.findings, *foreign_layers.findings(call.layers), *call.findings),
        extra=_extra(call, placed, clock, losses),
        **{name: words(getattr(call, name)) for name in FIELDS},
    )


def _extra(
    call: ForeignCall, placed: Placed, clock: Clock, losses: tuple[str, ...]
) -> dict[str, Any]:
    """Events, conditions, the platform's figures, and how the import was done; without secrets."""
    ours = {
        "responses": foreign_layers.responses(call.extra.get("responses"), clock),
        "events": foreign_layers.events(call.events, clock),
        "conditions": dict(call.conditions),
        "reported_metrics": dict(call.metrics),
    }
    extra = {name: value for name, value in call.extra.items() if name not in ours}
    extra |= {name: value for name, value in ours.items() if value}
    extra["import"] = {
        "source": call.source,
        "identity": call.identity,
        "files": [
            {"path": shown(f.path), "codec": f.codec, "channels": f.channels, "sha256": f.sha256}
            for f in placed.files
        ],
        "missing_audio": list(placed.missing),
        "shift_s": placed.shift_s,
        "unknown": list(call.unknown[:MAX_NAMES]),
        "losses": list(losses[:MAX_NAMES]),
        "warnings": list(call.warnings[:MAX_NAMES]),
    }
    kept, _ = redact.redact(clean(extra))
    return dict(kept)


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
