"""Live calls: placed without a window or with one, recorded, measured, stored."""

from __future__ import annotations

from app.services.live_calls.placing import (
    CallRequest,
    place,
    place_practice,
    practice_brief,
    practice_profile,
)
from app.services.live_calls.profiles import PRACTICE, profile, profiles, save_profile
from app.services.live_calls.recovering import recover
from app.services.live_calls.storing import StoredCall, store_call

__all__ = [
    "PRACTICE",
    "CallRequest",
    "StoredCall",
    "place",
    "place_practice",
    "practice_brief",
    "practice_profile",
    "profile",
    "profiles",
    "recover",
    "save_profile",
    "store_call",
]
