"""Importing a known recording again brings back its file where the workspace has lost it."""

from __future__ import annotations

from pathlib import Path

from app.domain.imports import AudioFile, DryRunEntry
from app.domain.work import Work
from app.services.importing import store
from app.services.importing.walk import shown
from app.services.workspace import Workspace


def restore(ctx: Work, ws: Workspace, entry: DryRunEntry, *, in_place: bool) -> list[str]:
    """File the recordings of a known call that are not where they were; what was done.

    Raises:
        UserError: the file has changed meanwhile, or the workspace cannot be written.
    """
    lost = [audio for audio in entry.audio if _is_lost(ws, audio)]
    for audio in lost:
        with store.importing(ws):
            blob = store.file_audio(ctx, ws, audio, in_place=in_place)
            with ws.db.machine() as uow:
                uow.calls.move_blob(audio.sha256, blob.path)
    return [f"{shown(audio.path)}: the workspace had lost this; it is back." for audio in lost]


def _is_lost(ws: Workspace, audio: AudioFile) -> bool:
    with ws.db.read() as reader:
        blob = reader.calls.blob(audio.sha256)
    if blob is None:
        return False
    if blob.path:
        return not Path(blob.path).exists()
    folder = ws.audio_path(audio.sha256, blob.ext).parent
    return not any(folder.glob(f"{audio.sha256}*"))
