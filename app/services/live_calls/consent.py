"""Consent to record: given once for a workspace, by a named person, and shown with its date."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.clock import utc_now
from app.domain.ratings import Viewer
from app.services.workspace import Workspace

CONSENT = "calls.consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who confirmed that calls of this workspace may be recorded, and when."""

    given_at: str
    """UTC stamp."""
    by: str


def consent(ws: Workspace) -> Consent | None:
    """The consent in force; None where nobody gave it, or it was taken back."""
    with ws.db.read() as uow:
        body = uow.settings.get(CONSENT)
    return Consent(given_at=body["given_at"], by=body["by"]) if body else None


def set_consent(ws: Workspace, viewer: Viewer, *, given: bool) -> Consent | None:
    """Give consent, or take it back."""
    body = {"given_at": utc_now(), "by": viewer.name} if given else None
    with ws.db.human() as uow:
        uow.settings.put(CONSENT, body)
    return Consent(**body) if body else None
