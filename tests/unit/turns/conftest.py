"""The demo calls as evaluators get them, each with what was planned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.work import Quiet
from app.eval.base import CallInput, LayerInput
from app.services import calls, demo, layers, workspace

DEMO = Path(__file__).resolve().parents[3] / "assets/demo"


@pytest.fixture(scope="session")
def demo_inputs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    ws = workspace.Workspace.open(tmp_path_factory.mktemp("demo"))
    result = demo.make_demo(Quiet(), ws)
    found = {}
    for item in result.imported:
        key = Path(item.path).stem
        truth = json.loads((DEMO / "truth" / f"{key}.json").read_text("utf-8"))
        found[key] = _input(ws, item.id), truth
    ws.close()
    return found


def _input(ws: workspace.Workspace, call_id: str) -> CallInput:
    known = layers.layers(ws, call_id)
    now = layers.current_speech_layer(ws, call_id)
    text = layers.current_transcript_layer(ws, call_id)
    assert now is not None
    assert text is not None
    platform = [x for x in known if x.origin == "platform" and x.kind == "speech"]

    def of(one_layer: Any) -> LayerInput:
        return LayerInput(
            layer=one_layer,
            segments=layers.segments(ws, one_layer.id),
            overrides=layers.overlap_overrides(ws, one_layer.id),
        )

    return CallInput(
        call=calls.get_call(ws, call_id),
        speech=of(now),
        reported=of(platform[-1]) if platform else None,
        texts={"heard": of(text)},
    )
