"""Detection as a service: the layer, what is found wrong, the summary, and doing it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.domain.calls import Call, other
from app.domain.errors import Cancelled, NotFound
from app.domain.work import Quiet
from app.models.vad import VadOptions
from app.services import browsing, calls, importing, layers, raters, timing
from app.services.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "assets/demo/calls"


def take_in(ws: Workspace, path: Path, *, detect: bool = True) -> Call:
    found = importing.scan(Quiet(), ws, [path])
    result = importing.commit(Quiet(), ws, found, detect=detect)
    assert not result.failed
    return calls.get_call(ws, result.imported[0].id)


def row_of(ws: Workspace, call: Call) -> Any:
    viewer = raters.cli_viewer(ws)
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""))
    return next(r for r in browsing.call_rows(ws, viewer, seqs) if r.id == call.id)


class Listening(Quiet):
    """Counts progress, and stops the work at a chosen report."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.reports: list[tuple[int, int]] = []
        self.stop_at = stop_at

    def progress(self, done: int, total: int, note: str = "") -> None:
        if note == "speech detection":
            self.reports.append((done, total))

    def raise_if_cancelled(self) -> None:
        if self.stop_at is not None and len(self.reports) >= self.stop_at:
            raise Cancelled


def test_the_layer_carries_its_provenance(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "clinic-confirmation.flac", detect=False)
    ctx = Listening()
    layer = timing.detect(ctx, workspace, call)
    assert layer.kind == "speech"
    assert layer.origin == "detector"
    assert layer.producer.startswith("silero-6/faster-whisper-")
    assert layer.params["detector"]["threshold"] == VadOptions().threshold
    assert set(layer.params["tracks"]) == {"caller", "agent"}
    segments = layers.segments(workspace, layer.id)
    assert {s.speaker for s in segments} == {"caller", "agent"}
    assert all(s.confidence is not None and 0.3 < s.confidence <= 1 for s in segments)
    assert ctx.reports[-1] == (2 * call.frame_count, 2 * call.frame_count)
    assert [d for d, _ in ctx.reports] == sorted(d for d, _ in ctx.reports)


def test_doing_it_again_gives_back_the_same_layer(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "clinic-confirmation.flac")
    before = layers.layers(workspace, call.id)
    again = timing.detect(Quiet(), workspace, calls.get_call(workspace, call.id))
    assert [x.id for x in layers.layers(workspace, call.id)] == [x.id for x in before]
    assert again.id in {x.id for x in before}


def test_other_options_make_another_layer_and_the_old_one_stays(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "clinic-confirmation.flac")
    first = layers.current_speech_layer(workspace, call.id)
    strict = timing.detect(Quiet(), workspace, call, vad_options=VadOptions(threshold=0.9))
    assert first is not None
    assert strict.id != first.id
    assert layers.segments(workspace, first.id)
    now = layers.current_speech_layer(workspace, call.id)
    assert now is not None
    assert now.id == strict.id


def test_swapped_channels_are_detected_anew(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "clinic-confirmation.flac")
    before = timing.turn_set(workspace, call.id).utterances
    viewer = raters.cli_viewer(workspace)
    calls.update_call(workspace, viewer, call.id, channel_map="agent,caller")
    timing.detect(Quiet(), workspace, calls.get_call(workspace, call.id))
    after = timing.turn_set(workspace, call.id).utterances
    assert {(other(u.speaker), u.span) for u in after} == {(u.speaker, u.span) for u in before}


def test_the_summary_follows_detection_and_edits(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "bank-complaint-1.flac")
    found = timing.turn_set(workspace, call.id)
    row = row_of(workspace, call)
    assert (row.turns, row.interruptions) == (len(found.turns), len(found.interruptions))
    assert len(row.sparkline) == 106
    assert max(row.sparkline[:53]) > 100
    assert max(row.sparkline[53:]) > 100
    viewer = raters.cli_viewer(workspace)
    layer = layers.current_speech_layer(workspace, call.id)
    assert layer is not None
    last = found.turns[-1]
    for segment_id in last.segment_ids:
        layer = layers.edit(
            workspace, viewer, call.id, "delete", {"segment_id": segment_id},
            base_layer_id=layer.id,
        ).layer  # fmt: skip
    assert row_of(workspace, call).turns == len(found.turns) - 1
    assert timing.turn_set(workspace, call.id).layer_name.startswith("corrected")


def test_a_layer_can_be_named_and_a_wrong_one_is_refused(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "clinic-confirmation.flac")
    imported = next(
        x for x in layers.layers(workspace, call.id) if x.origin == "import" and x.kind == "speech"
    )
    assert timing.turn_set(workspace, call.id, layer_id=imported.id).layer_id == imported.id
    with pytest.raises(NotFound):
        timing.turn_set(workspace, call.id, layer_id="nothing")
    with pytest.raises(NotFound):
        timing.turn_set(workspace, call.id, profile="nobody-1")


def test_a_call_without_timing_says_so(workspace: Workspace, make_wav: Callable[..., Path]) -> None:
    path = make_wav("a.wav", np.random.default_rng(0).standard_normal((8000, 2)) * 0.01, 8000)
    call = take_in(workspace, path, detect=False)
    with pytest.raises(NotFound, match="no timing"):
        timing.turn_set(workspace, call.id)


def test_cancelling_stores_nothing(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "rowing-club.flac", detect=False)
    with pytest.raises(Cancelled):
        timing.detect(Listening(stop_at=1), workspace, call)
    assert all(x.origin != "detector" for x in layers.layers(workspace, call.id))


def test_turns_carry_the_transcript_and_what_was_not_heard(workspace: Workspace) -> None:
    call = take_in(workspace, DEMO / "bank-complaint-1.flac")
    found = timing.turn_set(workspace, call.id)
    assert "Mara from Fennick Savings" in found.turns[0].text
    assert all(t.text for t in found.turns)
    (turn_id,) = found.extra["unheard"]
    unheard = [s for s in layers.transcript(workspace, call.id) if not s.heard]
    assert found.extra["unheard"][turn_id] == tuple(s.id for s in unheard)
    turn = next(t for t in found.turns if t.id == turn_id)
    assert unheard[0].text not in turn.text


def test_a_silent_channel_voids_its_figures(
    workspace: Workspace, make_wav: Callable[..., Path]
) -> None:
    pcm, rate = soundfile.read(DEMO / "clinic-confirmation.flac")
    pcm[:, 0] = 0
    call = take_in(workspace, make_wav("half.wav", pcm, rate))
    assert "silent_channel" in {f.code for f in call.warnings}
    found = timing.turn_set(workspace, call.id)
    assert {t.speaker for t in found.turns} == {"agent"}
    assert {"latency", "overlap", "interruption"} <= set(found.voids)


def test_identical_channels_are_found(workspace: Workspace, make_wav: Callable[..., Path]) -> None:
    pcm, rate = soundfile.read(DEMO / "clinic-confirmation.flac")
    mixed = np.repeat(pcm.sum(axis=1, keepdims=True), 2, axis=1) * 0.5
    call = take_in(workspace, make_wav("same.wav", mixed, rate))
    assert "identical_channels" in {f.code for f in call.warnings}
    assert "latency" in timing.turn_set(workspace, call.id).voids
    assert row_of(workspace, call).p50_ms is None


def test_bleed_is_found(workspace: Workspace, make_wav: Callable[..., Path]) -> None:
    pcm, rate = soundfile.read(DEMO / "clinic-confirmation.flac")
    pcm[:, 0] += 0.15 * pcm[:, 1]
    call = take_in(workspace, make_wav("bleed.wav", pcm, rate))
    assert "channel_bleed" in {f.code for f in call.warnings}


class TestMono:
    @pytest.fixture
    def mixed(self, make_wav: Callable[..., Path]) -> Path:
        pcm, rate = soundfile.read(DEMO / "clinic-confirmation.flac")
        return make_wav("mix.wav", pcm.sum(axis=1) * 0.7, rate)

    def test_without_a_transcript_nobody_is_named(self, workspace: Workspace, mixed: Path) -> None:
        call = take_in(workspace, mixed)
        assert {"mono_mix", "speakers_unknown"} <= {f.code for f in call.warnings}
        found = timing.turn_set(workspace, call.id)
        assert {"latency", "overlap", "interruption", "turn"} <= set(found.voids)
        assert len(found.turns) == 1
        assert row_of(workspace, call).p50_ms is None
        assert len(row_of(workspace, call).sparkline) == 53

    def test_with_one_the_split_is_estimated(self, workspace: Workspace, mixed: Path) -> None:
        import json

        document = json.loads((DEMO / "clinic-confirmation.json").read_text("utf-8"))
        lines = {"segments": document["segments"]}
        mixed.with_suffix(".json").write_text(json.dumps(lines), "utf-8")
        call = take_in(workspace, mixed)
        codes = {f.code for f in call.warnings}
        assert "speaker_split_estimated" in codes
        assert "speakers_unknown" not in codes
        found = timing.turn_set(workspace, call.id)
        assert "latency" in found.voids
        assert "turn" not in found.voids
        truth = json.loads((ROOT / "assets/demo/truth/clinic-confirmation.json").read_text("utf-8"))
        assert abs(len(found.turns) - len(truth["turns"])) <= 1


class TestRealRecordings:
    def test_two_people_who_overlap(self, workspace: Workspace, shared_data: Path) -> None:
        call = take_in(workspace, shared_data / "speech/stereo_diarization.wav")
        found = timing.turn_set(workspace, call.id)
        caller, agent = sorted(found.utterances, key=lambda u: u.speaker != "caller")
        assert caller.speaker == "caller"
        assert 0.1 < caller.span.start / 16_000 < 0.4
        assert 4.3 < caller.span.end / 16_000 < 4.9
        assert 0.3 < agent.span.start / 16_000 < 0.5
        assert 2.4 < agent.span.end / 16_000 < 2.7
        assert len(found.overlaps) == 1
        assert found.voids == ()

    def test_a_mono_mix_says_so(self, workspace: Workspace, shared_data: Path) -> None:
        call = take_in(workspace, shared_data / "eva/demo/audio_mixed.mp3")
        assert "mono_mix" in {f.code for f in call.warnings}
        found = timing.turn_set(workspace, call.id)
        assert {"latency", "overlap", "interruption"} <= set(found.voids)
        speech = sum(u.span.frames for u in found.utterances) / call.frame_count
        assert 0.2 < speech < 0.98
        assert len(found.utterances) > 15
