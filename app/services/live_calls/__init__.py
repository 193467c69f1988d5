"""Live calls: placed without a window or with one, recorded, measured, stored."""

from __future__ import annotations

from app.services.live_calls.caller_rating import awaits_rating, conversation_rubric, rate
from app.services.live_calls.device_list import device_choices
from app.services.live_calls.placing import (
    place,
    practice_brief,
    practice_profile,
)
from app.services.live_calls.profiles import PRACTICE, profile, profiles, save_profile
from app.services.live_calls.recovering import recover
from app.services.live_calls.repeating import again, replay
from app.services.live_calls.request import CannedClip, LiveRequest, Noise
from app.services.live_calls.storing import StoredCall, store_call
from app.services.live_calls.written import line_of, noise_of, with_settings

__all__ = [
    "PRACTICE",
    "CannedClip",
    "LiveRequest",
    "Noise",
    "StoredCall",
    "again",
    "awaits_rating",
    "conversation_rubric",
    "device_choices",
    "line_of",
    "noise_of",
    "place",
    "practice_brief",
    "practice_profile",
    "profile",
    "profiles",
    "rate",
    "recover",
    "replay",
    "save_profile",
    "store_call",
    "with_settings",
]
