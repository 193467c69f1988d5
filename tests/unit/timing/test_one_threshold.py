"""One detection threshold: the setting's default, the detector's default, the layer's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.settings import BY_KEY
from app.domain.work import Quiet
from app.models.vad import VadOptions
from app.services import calls, importing, layers, preferences, timing
from app.services.workspace import Workspace

DEMO = Path(__file__).resolve().parents[3] / "assets/demo/calls"


def test_the_settings_default_is_the_detectors() -> None:
    assert BY_KEY["detect_threshold"].default == pytest.approx(100 * VadOptions().threshold)


def test_import_and_doing_it_again_use_the_threshold_that_was_set(workspace: Workspace) -> None:
    found = importing.scan(Quiet(), workspace, [DEMO / "clinic-confirmation.flac"])
    imported = importing.commit(Quiet(), workspace, found).imported[0]
    call = calls.get_call(workspace, imported.id)
    first = timing.detect(Quiet(), workspace, call)
    assert f"threshold {VadOptions().threshold:.2f}" in first.name
    assert timing.detect(Quiet(), workspace, call).id == first.id
    preferences.put(workspace, "detect_threshold", 55)
    again = timing.detect(Quiet(), workspace, call)
    assert again.id != first.id
    assert "threshold 0.55" in again.name
    assert again.params["detector"]["threshold"] == pytest.approx(0.55)
    speech = [x for x in layers.layers(workspace, call.id) if x.kind == "speech"]
    assert {first.id, again.id} <= {x.id for x in speech}
