from __future__ import annotations

import pytest

from app.agents.cascade import stages


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "PAUSE_S", 0.02)
