"""Sessions of LiveKit agents: the session report and its recording, or an egress of its room.

The report's own recording has the user left and the agent right. A room's egress in the mixing
mode DUAL_CHANNEL_AGENT has the agent left; it is found by its manifest beside the report.
Source: livekit-agents 1.8 (`SessionReport.to_dict`, `ChatContext.to_dict`); the JavaScript
package writes the same fields in camelCase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import UserError
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_files import beside, epoch_s, read_json, utc_iso, words
from app.services.importing.readers import audio_sides, jsonish, livekit_items, reported
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.call_files import (
    CallFiles,
    Place,
    audio_of_stem,
    json_files,
    local_audio,
)
from app.services.importing.readers.jsonish import Notes
from app.services.importing.readers.livekit_items import Session

REPORT = Usual(by="a session report's recording has the user left", confidence=0.8)
AGENT_LEFT = Usual(
    channel_map="agent,caller", by="DUAL_CHANNEL_AGENT has the agent left", confidence=0.9
)
EGRESS = Usual(by="the usual order; the egress does not say its mixing mode", confidence=0.5)
MAX_NEIGHBOURS = 100


@dataclass(frozen=True, slots=True)
class _Recording:
    """The recording that goes with a report: file, first sample's time, custom, stated length."""

    path: Path
    zero_s: float | None
    usual: Usual
    lasted_s: float | None = None


class ReaderLivekit(CallFiles):
    """LiveKit session report JSON with its recording beside it."""

    source = "livekit"
    title = "LiveKit"
    marks = (("chat_history", "job_id"), ("chatHistory", "jobId"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Session reports, one or a list, bare or under `report`."""
        rows = jsonish.as_list(document, "reports")
        found = [mapping(row.get("report")) or row for row in rows]
        return [row for row in found if _is_report(jsonish.snaked(row))]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One session on the clock of its recording."""
        report, notes = jsonish.snaked(raw), Notes()
        notes.odd(report, known.LIVEKIT_REPORT)
        recording = _recording(report, place)
        zero_s, is_told = _zero(report, recording)
        if not is_told:
            notes.warn(
                "The report does not say when the recording began; its first message was taken as "
                "the start, so that lines may lie beside the sound."
            )
        session = livekit_items.session(report, zero_s, notes)
        sides = _audio(ctx, recording, session, notes)
        params: dict[str, Any] = {"time_basis": "audio" if is_told else "wall"}
        if session.estimated:
            params = {"time_basis": "estimated", "estimated_lines": session.estimated}
            notes.warn(
                f"{session.estimated} messages have no time of speaking; theirs is an estimate."
            )
        identity = jsonish.identity(report, report.get("job_id"), report.get("room_id"))
        return ForeignCall(
            source=self.source,
            identity=identity,
            title=words(report.get("room")) or f"LiveKit {identity[:40]}",
            path=place.path,
            duration_s=sides.duration_s or session.timeline.end_s or None,
            clock_s=recording.lasted_s if recording is not None else None,
            audio=sides.audio,
            layers=reported.layers_of(
                "livekit", session.timeline, speech=not session.estimated, params=params
            ),
            events=tuple(session.timeline.events),
            documents={"livekit/call.json": jsonish.as_document(raw)},
            extra={
                **jsonish.facts(report, ("job_id", "room_id", "sdk_version"), sides.guess),
                "responses": session.responses,
            },
            conditions={f"livekit_{k}": v for k, v in mapping(report.get("options")).items()},
            metrics=_figures(report, session),
            agent=_agent(report),
            outcome=_outcome(report),
            recorded_at=utc_iso(zero_s),
            **notes.closed(),
        )


def _is_report(row: Mapping[str, Any]) -> bool:
    history = row.get("chat_history")
    has_items = isinstance(history, list) or isinstance(mapping(history).get("items"), list)
    return has_items and any(
        k in row for k in ("job_id", "room_id", "audio_recording_path", "options")
    )


def _zero(raw: Mapping[str, Any], recording: _Recording | None) -> tuple[float, bool]:
    """Epoch second of the recording's first sample, and whether it is told."""
    told = recording.zero_s if recording is not None else None
    if told is None:
        told = epoch_s(raw.get("audio_recording_started_at"))
    if told is not None:
        return told, True
    return livekit_items.first_s(raw) or 0.0, False


def _recording(raw: Mapping[str, Any], place: Place) -> _Recording | None:
    """The report's own recording; else an egress of its room; else a file of its name."""
    own = local_audio(place, raw.get("audio_recording_path"))
    if own is not None:
        return _Recording(own, None, REPORT)
    egress = _egress(raw, place)
    if egress is not None:
        return egress
    named = audio_of_stem(place, raw.get("job_id"), raw.get("room_id"), raw.get("room"))
    return None if named is None else _Recording(named, None, REPORT)


def _egress(raw: Mapping[str, Any], place: Place) -> _Recording | None:
    """A recording of the room by LiveKit's egress, told by the manifest that it leaves."""
    rooms = {words(raw.get("room")), words(raw.get("room_id"))} - {""}
    for path in json_files(place.folder)[:MAX_NEIGHBOURS]:
        try:
            document = read_json(path)
        except UserError:
            continue  # no manifest
        info = jsonish.snaked(mapping(document))
        here = {words(info.get("room_name")), words(info.get("room_id"))}
        if "egress_id" not in info or not rooms & here:
            continue
        usual = AGENT_LEFT if "DUAL_CHANNEL_AGENT" in _mixing(info) else EGRESS
        files = [mapping(f) for f in (*listing(info.get("file_results")), info.get("file"))]
        for file in map(jsonish.snaked, files):
            named = (beside(place.folder, file.get(k)) for k in ("filename", "location"))
            found = next((f for f in named if f is not None), None)
            if found is not None:
                return _Recording(found, epoch_s(info.get("started_at")), usual, _lasted_s(file))
        found = audio_of_stem(Place(path, alone=True))
        if found is not None:
            return _Recording(found, epoch_s(info.get("started_at")), usual)
    return None


def _lasted_s(file: Mapping[str, Any]) -> float | None:
    """How long a file was recorded, by the egress."""
    return jsonish.between_s(epoch_s(file.get("started_at")), epoch_s(file.get("ended_at")))


def _mixing(info: Mapping[str, Any]) -> str:
    requests = [info, *(mapping(info.get(k)) for k in ("room_composite", "web", "participant"))]
    given = [jsonish.snaked(r).get("audio_mixing") for r in requests]
    return " ".join("DUAL_CHANNEL_AGENT" if g == 1 else words(g) for g in given if g is not True)


def _audio(ctx: Work, recording: _Recording | None, session: Session, notes: Notes) -> Sides:
    if recording is None:
        notes.lose("Its recording is not there: put it beside the report, under its own name.")
        return Sides()
    look = not session.estimated
    return audio_sides.noted(
        ctx, [recording.path], session.timeline, recording.usual, look_for_shift=look
    )


def _figures(raw: Mapping[str, Any], session: Session) -> dict[str, Any]:
    found: dict[str, Any] = {"e2e_latency_s": session.e2e_s} if session.e2e_s else {}
    for name in ("usage", "model_usage"):
        if raw.get(name):
            found[name] = raw[name]
    return found


def _agent(raw: Mapping[str, Any]) -> str:
    handed = (i.get("new_agent_id") for i in livekit_items.items(raw))
    return words(raw.get("agent_name")) or next((words(h) for h in handed if words(h)), "")


def _outcome(raw: Mapping[str, Any]) -> str:
    closed = [mapping(e) for e in listing(raw.get("events"))]
    said = next((words(e.get("reason")) for e in closed if e.get("type") == "close"), "")
    return said or words(raw.get("outcome_reason"))
