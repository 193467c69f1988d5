"""A dataset's calls in a workspace: those that are here by content, new ones with their text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.calls import Span
from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.segments import Layer, Segment, Word
from app.services import calls as call_service
from app.services.calibrating.dataset_files import Dataset
from app.services.calibrating.dataset_sound import Laid
from app.services.layers import add_layer
from app.services.search_text import index_call
from db.repos.dataset_exchange import DatasetExchangeRepo
from db.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_shapes import CallRow, SegmentRow

PRODUCER = "calibration dataset"
_PII_KEY = "pii"


def take(
    uow: UnitOfWork,
    found: Dataset,
    sounds: Mapping[str, Laid],
    blobs: Mapping[str, AudioBlob],
    rater_id: str,
) -> tuple[dict[str, str], frozenset[str]]:
    """(call of the dataset → its id here, ids of those that are new).

    Args:
        uow: a write.
        found: the dataset.
        sounds: by call of the dataset.
        blobs: their files, filed already, by call of the dataset.
        rater_id: who redacts here what was redacted there.
    """
    ids: dict[str, str] = {}
    new = set()
    for row in sorted(found.calls, key=lambda c: c.call_code):
        known = uow.calls.find_content(row.content_sha256)
        ids[row.call_id] = known or _add(uow, row, sounds, blobs)
        if known is None:
            new.add(ids[row.call_id])
    for text in found.transcripts:
        if ids.get(text.call_id) in new:
            _add_text(uow, ids[text.call_id], text.segments)
    for row in found.calls:
        _copies(uow, row, ids[row.call_id], is_new=ids[row.call_id] in new)
        _redact(uow, row, ids[row.call_id], rater_id)
    _mark_pii(uow, {ids[c.call_id]: c.pii for c in found.calls if ids[c.call_id] in new})
    return ids, frozenset(new)


def _add(
    uow: UnitOfWork, row: CallRow, sounds: Mapping[str, Laid], blobs: Mapping[str, AudioBlob]
) -> str:
    sound = sounds.get(row.call_id)
    extra: dict[str, Any] = {
        "conditions": {"accent": row.accent} if row.accent else {},
        "consent": row.consent, "licence": row.licence, "dataset": {"call_code": row.call_code},
    }  # fmt: skip
    made = uow.calls.add(
        NewCall(
            title=row.call_code, rate_hz=row.rate_hz, frame_count=row.frame_count,
            channel_map=row.channel_map, tracks=(), blobs=(), source_path="",
            content_sha256=row.content_sha256, agent=row.agent, agent_version=row.agent_version,
            scenario_key=row.scenario, persona=row.persona, language=row.language, extra=extra,
        )
    )  # fmt: skip
    call_id = DatasetExchangeRepo(uow.connection).name_call(made, row.call_id, row.call_code)
    if sound is not None:
        uow.calls.add_blob(blobs[row.call_id])
        uow.calls.add_tracks(call_id, sound.tracks, row.frame_count)
    uow.summaries.refresh_call(call_id)
    index_call(uow, call_id)
    return call_id


def _copies(uow: UnitOfWork, row: CallRow, call_id: str, *, is_new: bool) -> None:
    """A copy has the split of its original: that must be known here, if only by name."""
    if row.copy_of_sha256 is None or not is_new:
        return
    original = uow.calls.find_content(row.copy_of_sha256) or call_service.add_call(
        uow,
        NewCall(
            title=f"Original of {row.call_code} (not in the dataset)", rate_hz=row.rate_hz,
            frame_count=row.frame_count, channel_map=row.channel_map, tracks=(), blobs=(),
            source_path="", content_sha256=row.copy_of_sha256,
        ),
    )  # fmt: skip
    call = uow.calls.get(call_id)
    extra = dict(call.extra) if call is not None else {}
    conditions = {**extra.get("conditions", {}), "perturbed_from": original}
    uow.calls.set_extra(call_id, {**extra, "conditions": conditions})


def _add_text(uow: UnitOfWork, call_id: str, rows: list[SegmentRow]) -> None:
    """The transcript, and its lines as timing: it is all that is known of who spoke when."""
    text = [_segment(row) for row in rows]
    bare = [
        Segment(id=new_id(), speaker=s.speaker, span=s.span) for s in text if s.heard
    ]  # fmt: skip
    add_layer(uow, _layer(call_id, "transcript", "Transcript"), text)
    if bare:
        add_layer(uow, _layer(call_id, "speech", "Lines of the transcript"), bare)


def _layer(call_id: str, kind: Any, name: str) -> Layer:
    return Layer(
        id=new_id(), call_id=call_id, kind=kind, origin="platform", name=name, producer=PRODUCER,
        version=1, params={"time_basis": "imported"}, created_at=utc_now(),
    )  # fmt: skip


def _segment(row: SegmentRow) -> Segment:
    return Segment(
        id=new_id(), speaker=row.speaker, span=Span(row.start, row.end), text=row.text,
        confidence=row.confidence, heard=row.heard,
        words=tuple(
            Word(text=text, span=Span(start, end), confidence=sure)
            for text, start, end, sure in row.words
        ),
    )  # fmt: skip


def _redact(uow: UnitOfWork, row: CallRow, call_id: str, rater_id: str) -> None:
    """What was redacted there is redacted here, unless it is already."""
    known = uow.redactions.mask(call_id)
    for told in row.redactions:
        span = Span(told.start_frame, told.end_frame)
        if not any(s.start <= span.start and span.end <= s.end for s in known.of(told.channels)):
            uow.redactions.add(call_id, span, told.channels, "", rater_id)


def _mark_pii(uow: UnitOfWork, states: Mapping[str, str]) -> None:
    from app.services.redacting import PII

    told = {call_id: state for call_id, state in states.items() if state in PII[1:]}
    if told:
        uow.settings.put(_PII_KEY, {**uow.settings.get(_PII_KEY, {}), **told})
