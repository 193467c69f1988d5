"""Settings that belong to the workspace, and so to everybody who works in it."""

from __future__ import annotations

from typing import Any

from app.domain.browsing import LATENCY_BANDS_MS
from app.domain.changes import Changes
from app.domain.settings import BY_KEY, Value
from app.services.workspace import Workspace

_BANDS = "latency_bands_ms"
_BAND_KEYS = ("latency_slow_ms", "latency_late_ms")


def values(ws: Workspace) -> dict[str, Value]:
    """Every shared setting as it stands; values that no longer fit are left out."""
    with ws.db.read() as uow:
        stored: dict[str, Any] = uow.settings.all()
    bands = stored.get(_BANDS, list(LATENCY_BANDS_MS))
    found = dict(zip(_BAND_KEYS, bands, strict=False))
    found |= {key: stored[key] for key, s in BY_KEY.items() if s.shared and key in stored}
    return {key: value for key, value in found.items() if BY_KEY[key].accepts(value)}


def put(ws: Workspace, key: str, value: Value) -> Changes:
    """Store a shared setting.

    Raises:
        ValueError: the table refuses the value, or the setting is not shared.
    """
    setting = BY_KEY[key]
    if not setting.shared or not setting.accepts(value):
        raise ValueError(f"{key} cannot be {value!r}")
    with ws.db.human() as uow:
        if key in _BAND_KEYS:
            bands = list(uow.settings.get(_BANDS, list(LATENCY_BANDS_MS)))
            bands[_BAND_KEYS.index(key)] = value
            uow.settings.put(_BANDS, bands)
        else:
            uow.settings.put(key, value)
        uow.touch(Changes(settings=True))
    return uow.changes
