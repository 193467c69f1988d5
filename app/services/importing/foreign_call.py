"""What a call of another system is as a call of the workspace: fields, length, documents."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from app.domain.new import AudioBlob, NewCall
from app.services.importing import foreign_layers
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_audio import Placed
from app.services.importing.foreign_files import clean, words
from app.services.importing.foreign_layers import Clock
from app.services.importing.readers import redact
from app.services.importing.walk import shown

PAST_AUDIO_S = 60.0
"""How far a log may go on after the recording has ended before its lines are left out."""
MAX_DOCUMENT_BYTES = 64 << 20
MAX_NAMES = 50
FIELDS = ("agent", "agent_version", "scenario_key", "persona", "language", "outcome")


def content_key(call: ForeignCall) -> str:
    """What says that a call is here already."""
    return hashlib.sha256(f"foreign\n{call.source}\n{call.identity}".encode()).hexdigest()


def frame_count(call: ForeignCall, placed: Placed) -> int:
    """Length of the call: that of its recording, and of what its log says beyond that."""
    said = foreign_layers.last_s(call) + placed.shift_s
    if placed.tracks:
        end_s = max(placed.end_s, min(said, placed.end_s + PAST_AUDIO_S))
    else:
        given = call.duration_s if foreign_layers.sound(call.duration_s) else None
        end_s = max(said, given or 0.0, 1.0)
    return math.ceil(round(end_s * placed.rate_hz, 3))


def documents(call: ForeignCall) -> tuple[dict[str, bytes], list[str]]:
    """The documents without secrets, and words for those that are too large to keep."""
    kept: dict[str, bytes] = {}
    losses: list[str] = []
    for name, data in call.documents.items():
        if len(data) > MAX_DOCUMENT_BYTES:
            losses.append(f"{name} is larger than {MAX_DOCUMENT_BYTES >> 20} MB and was left out.")
            continue
        kept[clean(name)], _ = redact.document(name, data)
    return kept, losses


def new_call(
    call: ForeignCall,
    placed: Placed,
    clock: Clock,
    blobs: tuple[AudioBlob, ...],
    losses: tuple[str, ...],
) -> NewCall:
    """The call to be added, with its findings and all that is kept beside its layers."""
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
    extra |= clock_facts(call)
    extra |= {name: value for name, value in ours.items() if value}
    extra["import"] = {
        "source": call.source,
        "identity": call.identity,
        "files": file_facts(call, placed),
        "missing_audio": list(placed.missing),
        "shift_s": placed.shift_s,
        "unknown": list(call.unknown[:MAX_NAMES]),
        "losses": list(losses[:MAX_NAMES]),
        "warnings": list(call.warnings[:MAX_NAMES]),
    }
    kept, _ = redact.redact(clean(extra))
    return dict(kept)


def file_facts(call: ForeignCall, placed: Placed) -> list[dict[str, Any]]:
    """Where each recording came from and what it is; a file that the reader made has no place."""
    made = {a.path for a in call.audio if a.made}
    return [
        {
            "path": "" if f.path in made else shown(f.path),
            "codec": f.codec,
            "channels": f.channels,
            "sha256": f.sha256,
        }
        for f in placed.files
    ]


def clock_facts(call: ForeignCall) -> dict[str, float]:
    """The stated length under the names by which the recording is held against it."""
    if call.clock_s is None or not foreign_layers.sound(call.clock_s) or call.clock_s <= 0:
        return {}
    slack = {"wall_clock_slack_s": call.clock_slack_s} if call.clock_slack_s > 0 else {}
    return {"wall_clock_s": call.clock_s, **slack}
