"""Fixtures of the live screen's tests."""

from __future__ import annotations

from tests.ui.live.faulty import disk, headset

__all__ = ["disk", "headset"]
