"""Named, versioned rule sets for turns. Parameters are data and are stored with every result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.errors import NotFound
from app.domain.turns import Profile

_CALLBENCH_1: Mapping[str, Any] = {
    "min_speech_ms": 100,
    "close_pause_ms": 300,
    "backchannel_max_ms": 1000,
    "backchannel_max_words": 3,
    "backchannel_resume_ms": 300,
    "terminal_overlap_ms": 300,
    "yield_window_ms": 2000,
    "dead_air_ms": 3000,
    "text_slack_ms": 500,
}

CALLBENCH_1 = Profile(name="callbench", version=1, params=dict(_CALLBENCH_1))
"""The default profile.

Speech shorter than `min_speech_ms` is dropped; pauses under `close_pause_ms` are closed; a
backchannel lasts at most `backchannel_max_ms` and `backchannel_max_words` and the other goes on
for at least `backchannel_resume_ms` after it; a turn begun at most `terminal_overlap_ms` before
the other's end is no interruption; the interrupted speaker has `yield_window_ms` to stop; both
silent for `dead_air_ms` is dead air. `text_slack_ms` is how far outside any speech a transcript
line may lie and still be shown with the nearest.
"""

PROFILES: Mapping[str, Profile] = MappingProxyType({CALLBENCH_1.id: CALLBENCH_1})


def profile(profile_id: str) -> Profile:
    """The profile of that id, e.g. `callbench-1`.

    Raises:
        NotFound: no such profile.
    """
    try:
        return PROFILES[profile_id]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        what = f"There is no turn profile {profile_id!r}."
        raise NotFound(what, f"Use one of: {known}.") from None
