"""Redactions: make them, take them back, list them. What goes out obeys them by `outgoing`."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.calls import Span
from app.domain.changes import Changes
from app.domain.clock import format_time
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.redaction import CHANNELS, Channels, Mask, Redaction
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

PII: tuple[str, ...] = ("not checked", "none found", "redacted")
"""What a lead may say of a call: whether somebody looked for personal data, and what came of it."""
_PII_KEY = "pii"


def redact(
    ws: Workspace,
    viewer: Viewer,
    call_id: str,
    span: Span,
    channels: Channels = "both",
    reason: str = "",
) -> Redaction:
    """Redact a span of a call, durable before it returns and undoable. The recording stays.

    Raises:
        NotFound: no such call.
        BadInput: the span is empty or not in the call, or there is no such channel.
    """
    if channels not in CHANNELS:
        raise BadInput(f"There is no channel {channels}.", f"One of: {', '.join(CHANNELS)}.")
    with ws.db.human() as uow:
        call = uow.calls.get(call_id)
        if call is None:
            raise NotFound(f"There is no call {call_id}.")
        inside = span.overlap(Span(0, call.frame_count))
        if inside is None:
            raise BadInput("There is nothing to redact.", "Select a stretch of the call first.")
        redaction_id = uow.redactions.add(
            call_id, inside, channels, reason.strip(), viewer.rater_id
        )
        at = format_time(inside.start, call.rate_hz)
        _log(uow, viewer, call_id, f"Redact at {at}", redaction_id)
        found = uow.redactions.get(redaction_id)
    assert found is not None
    return found


def take_back(ws: Workspace, viewer: Viewer, redaction_id: str) -> Changes:
    """Let the span out again; that it was redacted stays on record. Undoable.

    Raises:
        NotFound: there is none, or it is taken back already.
        NotAllowed: it is someone else's and the viewer is no lead.
    """
    with ws.db.human() as uow:
        found = uow.redactions.get(redaction_id)
        if found is None or not uow.redactions.is_in_force(redaction_id):
            raise NotFound("This redaction is not in force any more.", "Reload the call.")
        if found.rater_id != viewer.rater_id and not viewer.is_lead:
            raise NotAllowed(
                f"{found.rater_name} redacted this; only they or a lead can take it back.",
                "Ask a lead.",
            )
        row = uow.redactions.take_back(found, viewer.rater_id)
        _log(uow, viewer, found.call_id, "Take a redaction back", row)
    return uow.changes


def redactions(ws: Workspace, call_id: str) -> list[Redaction]:
    """Those in force that were made on that call, by place."""
    with ws.db.read() as uow:
        return uow.redactions.of_call(call_id)


def mask(ws: Workspace, call_id: str) -> Mask:
    """All that is redacted of a call, what was redacted of the call it was made from too."""
    with ws.db.read() as uow:
        return uow.redactions.mask(call_id)


def states(ws: Workspace, call_ids: Iterable[str]) -> dict[str, str]:
    """Call → `none` or `masked`, for manifests."""
    with ws.db.read() as uow:
        return {call_id: uow.redactions.mask(call_id).state for call_id in call_ids}


def step(uow: UnitOfWork, viewer: Viewer, redaction_id: str, *, back: bool) -> None:
    """Undo what a row did, or do it again; for the undo log."""
    target = redaction_id if back else uow.redactions.taken_back_by(redaction_id)
    found = uow.redactions.get(target) if target else None
    if found is None or (back and not uow.redactions.is_in_force(redaction_id)):
        raise BadInput("This redaction was changed by someone else.", "Reload the call.")
    uow.redactions.take_back(found, viewer.rater_id)
    uow.touch(Changes(calls=frozenset({found.call_id})))


def pii(ws: Workspace, call_ids: Iterable[str]) -> dict[str, str]:
    """Call → one of `PII`, as a lead marked it; `not checked` where nobody did."""
    with ws.db.read() as uow:
        marked = uow.settings.get(_PII_KEY, {})
    return {call_id: marked.get(call_id, PII[0]) for call_id in call_ids}


def set_pii(ws: Workspace, viewer: Viewer, call_id: str, state: str) -> Changes:
    """Mark a call after looking for personal data in it.

    Raises:
        NotAllowed: the viewer is no lead. BadInput: no such state.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can say whether a call holds personal data.", "Ask a lead.")
    if state not in PII:
        raise BadInput(f"“{state}” says nothing of personal data.", f"One of: {', '.join(PII)}.")
    with ws.db.human() as uow:
        marked = dict(uow.settings.get(_PII_KEY, {}))
        uow.settings.put(_PII_KEY, {**marked, call_id: state})
        uow.touch(Changes(settings=True))
    return uow.changes


def _log(uow: UnitOfWork, viewer: Viewer, call_id: str, name: str, redaction_id: str) -> None:
    payload = {"type": "redaction", "redaction_id": redaction_id}
    uow.actions.add(call_id, viewer.rater_id, name, payload)
    uow.touch(Changes(calls=frozenset({call_id})))
