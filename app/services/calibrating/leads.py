"""Calibration is for leads: it shows everybody's scores."""

from __future__ import annotations

from app.domain.errors import NotAllowed
from app.domain.ratings import Viewer


def lead_only(viewer: Viewer) -> None:
    """Refuse a reviewer.

    Raises:
        NotAllowed: a reviewer.
    """
    if not viewer.is_lead:
        raise NotAllowed("Calibration shows everybody's scores.", "Sign in as a lead.")
