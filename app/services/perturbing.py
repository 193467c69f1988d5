"""Perturbed copies of calls: the same conversation under noise, over a bad line, with losses.

A copy is a call of its own, with its own recording. What was meant to be said goes with it, so
that what is heard now can be held against it; its timing is detected anew. It says which call it
was made of, and by which recipe it can be made again sample for sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Call, ChannelMap, Track, TrackRole
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import BadInput, Cancelled, UserError
from app.domain.ids import new_id
from app.domain.imports import AudioFile
from app.domain.new import NewCall
from app.domain.text_roles import TextRole, newest
from app.domain.work import Work
from app.eval.perturb import effects
from app.eval.perturb.recipe import ABOUT, STEPS, Recipe, parse
from app.services import calls, layers, timing
from app.services.assets import asset
from app.services.importing import store
from app.services.media import open_media
from app.services.workspace import Workspace

__all__ = ["ABOUT", "STEPS", "Perturbed", "Recipe", "parse", "perturb"]

Samples = NDArray[np.float32]

KEPT_TEXTS: tuple[TextRole, ...] = ("intended", "human")
VOICES_S = 30
"""How much of each demo speaker goes into babble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbed:
    """What came of it: (original, copy) ids; those that were there already; what failed."""

    made: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    """(original, reason)"""
    changes: Changes


def perturb(
    ctx: Work, ws: Workspace, call_ids: Sequence[str], recipe: Recipe, *, tag: str = ""
) -> Perturbed:
    """Make a perturbed copy of each call; what is there already is not made again.

    Args:
        ctx: progress and cancellation.
        ws: the workspace.
        call_ids: the originals.
        recipe: what is done to them.
        tag: given to every copy, so that a query finds them.

    Raises:
        BadInput: no call was chosen. Cancelled: the copies made by then stay.
    """
    if not call_ids:
        raise BadInput("No call was chosen.", "Choose calls in the library, or change the query.")
    made: list[tuple[str, str]] = []
    known: list[tuple[str, str]] = []
    failed: list[tuple[str, str]] = []
    for number, call_id in enumerate(call_ids):
        ctx.raise_if_cancelled()
        call = calls.get_call(ws, call_id)
        ctx.progress(number, len(call_ids), f"{call.code}: {recipe.words}")
        try:
            copy_id, is_new = _copy(ctx, ws, call, recipe, tag)
        except Cancelled:
            raise
        except UserError as error:
            failed.append((call_id, str(error)))
            continue
        (made if is_new else known).append((call_id, copy_id))
    ctx.progress(len(call_ids), len(call_ids))
    ids = frozenset(copy for _, copy in made)
    return Perturbed(
        made=tuple(made),
        known=tuple(known),
        failed=tuple(failed),
        changes=Changes(calls=ids, segments=ids),
    )


def _copy(ctx: Work, ws: Workspace, call: Call, recipe: Recipe, tag: str) -> tuple[str, bool]:
    """The copy's id, and whether it is new."""
    if not call.tracks:
        raise BadInput(f"{call.code} has no recording.")
    key = _identity(call, recipe)
    with ws.db.read() as uow:
        known = uow.calls.find_content(key)
    if known is not None:
        return known, False
    channels, roles = _channels(ctx, ws, call, recipe)
    with store.importing(ws):
        audio = _written(ws, channels, call.rate_hz)
        try:
            blob = store.file_audio(ctx, ws, audio, in_place=False)
        finally:
            audio.path.unlink(missing_ok=True)
        tracks = tuple(
            Track(
                id=new_id(),
                role=role,
                audio_sha256=blob.sha256,
                channel_index=i,
                rate_hz=call.rate_hz,
                frame_count=channels.shape[0],
            )
            for i, role in enumerate(roles)
        )
        new = replace(_new_call(call, recipe, key, tag), tracks=tracks, blobs=(blob,))
        copy_id = _store(ws, call, new)
    timing.detect(ctx, ws, calls.get_call(ws, copy_id))
    return copy_id, True


def _identity(call: Call, recipe: Recipe) -> str:
    import hashlib

    return hashlib.sha256(f"perturbed\n{call.content_sha256}\n{recipe.sha256}".encode()).hexdigest()


def _channels(
    ctx: Work, ws: Workspace, call: Call, recipe: Recipe
) -> tuple[Samples, tuple[TrackRole, ...]]:
    """Every track, those of the recipe's speakers perturbed; caller first."""
    from app.models.vad import as_float

    media = open_media(ctx, ws, call)
    roles = tuple(sorted(media.roles, key=("caller", "agent", "mix").index))
    voices = _voices(ctx, call.rate_hz) if any(s.kind == "babble" for s in recipe.steps) else []
    out = np.zeros((call.frame_count, len(roles)), np.float32)
    for i, role in enumerate(roles):
        ctx.raise_if_cancelled()
        samples = as_float(media.pcm(role))
        if role == "mix" or role in recipe.speakers:
            samples = effects.apply(
                samples,
                call.rate_hz,
                recipe,
                source_key=f"{call.content_sha256}/{role}",
                voices=voices,
            )
        out[: len(samples), i] = samples
    return out, roles


def _voices(ctx: Work, rate_hz: int) -> list[Samples]:
    """Speech of the demo's speakers, pauses taken out, for babble."""
    from app.audio import io
    from app.audio.polyphase import convert
    from app.models.vad import as_float, detect

    voices: list[Samples] = []
    for path in sorted(asset("demo", "calls").glob("*.flac")):
        ctx.raise_if_cancelled()
        decoded, source = io.read_all(path)
        for channel in as_float(decoded[: VOICES_S * 3 * source.rate_hz]).T:
            spans = detect(channel, source.rate_hz).spans
            speech = [channel[s.start : s.end] for s in spans]
            if speech:
                joined = np.concatenate(speech)[: VOICES_S * source.rate_hz]
                voices.append(convert(np.asarray(joined, np.float32), source.rate_hz, rate_hz))
    return voices


def _written(ws: Workspace, channels: Samples, rate_hz: int) -> AudioFile:
    """The samples as a 16-bit FLAC in the workspace's cache, ready to be filed."""
    import hashlib

    import soundfile

    path: Path = ws.cache_dir / f"perturbed-{new_id()}.flac"
    pcm = np.clip(np.rint(channels * 32768), -32768, 32767).astype(np.int16)
    soundfile.write(str(path), pcm, rate_hz, subtype="PCM_16", format="FLAC")
    return AudioFile(
        path=path,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        codec="flac",
        rate_hz=rate_hz,
        channels=channels.shape[1],
        frame_count=channels.shape[0],
        size_bytes=path.stat().st_size,
    )


def _new_call(call: Call, recipe: Recipe, key: str, tag: str) -> NewCall:
    channel_map: ChannelMap = "mono" if call.is_mono else "caller,agent"
    before: dict[str, Any] = dict(call.extra.get("conditions") or {})
    conditions = {
        **before,
        **recipe.conditions(),
        "perturbed_from": call.id,
        "recipe": recipe.to_json(),
    }
    events = call.extra.get("events")
    return NewCall(
        title=f"{call.title} ({recipe.words})",
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        channel_map=channel_map,
        tracks=(),
        blobs=(),
        source_path=f"{call.code} perturbed",
        content_sha256=key,
        source_key="perturbed",
        recorded_at=call.recorded_at,
        agent=call.agent,
        agent_version=call.agent_version,
        scenario_key=call.scenario_key,
        persona=call.persona,
        attempt=call.attempt,
        language=call.language,
        outcome=call.outcome,
        tags=tuple(dict.fromkeys((*call.tags, *((tag,) if tag else ())))),
        extra={"conditions": conditions, **({"events": events} if events else {})},
    )


def _store(ws: Workspace, call: Call, new: NewCall) -> str:
    """The copy with the texts that still hold, in one transaction."""
    with ws.db.machine() as uow:
        copy_id = calls.add_call(uow, new)
        known = uow.layers.of_call(call.id)
        for role in KEPT_TEXTS:
            layer = newest(known, role)
            if layer is None:
                continue
            twin = replace(
                layer,
                id=new_id(),
                call_id=copy_id,
                origin="plan",
                version=1,
                parent_id=None,
                rater_id=None,
                params={"text_role": "intended", "copied_from": layer.id},
                created_at=utc_now(),
            )
            segments = [replace(s, id=new_id()) for s in uow.layers.segments(layer)]
            layers.add_layer(uow, twin, segments)
    return copy_id
