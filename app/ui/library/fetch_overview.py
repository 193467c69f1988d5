"""Fetches what the preview draws and plays. Runs on a lane; no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.ui.library.overview import OverviewData, WaveColumns

if TYPE_CHECKING:
    from app.domain.calls import Call
    from app.domain.ratings import Viewer
    from app.domain.turns import TurnSet
    from app.domain.work import Work
    from app.services.media import CallMedia
    from app.services.workspace import Workspace

COLUMNS = 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A call's sound and its picture."""

    call: Call
    media: CallMedia
    data: OverviewData


def open_overview(ctx: Work, ws: Workspace, viewer: Viewer, call: Call) -> Opened:
    """Decode (or map from the cache) and reduce a call for the preview. On a worker.

    Raises:
        BadInput, NotFound: the recording cannot be opened; Cancelled.
    """
    from app.services.media import open_media

    media = open_media(ctx, ws, call)
    ctx.raise_if_cancelled()
    waves = []
    per_column = max(1.0, call.frame_count / COLUMNS)
    for track in call.tracks:
        lo, hi, _rms = media.peaks(track.role).read(0, 0, per_column, COLUMNS)
        waves.append(WaveColumns(track.role, lo, hi))
    turns = _turns(ws, viewer, call)
    return Opened(call, media, _data(call, tuple(waves), turns))


def _turns(ws: Workspace, viewer: Viewer, call: Call) -> TurnSet | None:
    from app.domain.errors import NotFound
    from app.services import timing

    try:
        return timing.turn_set(ws, call.id, viewer=viewer)
    except NotFound:  # no timing yet: the waveforms alone
        return None


def _data(call: Call, waves: tuple[WaveColumns, ...], turns: TurnSet | None) -> OverviewData:
    if turns is None:
        return OverviewData(call.frame_count, waves)
    by_id = {turn.id: turn for turn in turns.turns}
    responses = []
    for latency in turns.latencies:
        end = by_id[latency.turn_id].span.start
        ms = latency.frames * 1000 / turns.rate_hz
        responses.append((end - latency.frames, end, ms))
    spans = tuple((turn.speaker, turn.span) for turn in turns.turns)
    return OverviewData(call.frame_count, waves, spans, tuple(responses))
