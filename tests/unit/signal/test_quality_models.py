"""Our runners of DNSMOS and PLCMOS against the package whose models they run."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.audio.polyphase import resample
from app.domain.errors import Cancelled, EnvironmentFault
from app.models import dnsmos, dnsmos_mel, onnx_parts, plcmos, speechmos_files

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "assets/demo/calls/bank-complaint-1.flac"
SHARED = ROOT.parent / "shared" / "data" / "speech" / "stereo_diarization.wav"
RATE = 16_000
Floats = NDArray[np.float32]


def agent() -> Floats:
    """The demo's agent, whole."""
    x, rate = soundfile.read(DEMO, dtype="float32")
    return resample(np.ascontiguousarray(x[:, 1]), rate, RATE)


def clips() -> dict[str, Floats]:
    voice = agent()
    rng = np.random.default_rng(5)
    found = {
        "shorter than a window": voice[: int(2.4 * RATE)],
        "several": voice[RATE : int(13.2 * RATE)],
        "noisy and clipped": np.clip(
            3 * voice[: 10 * RATE] + rng.normal(0, 0.03, 10 * RATE).astype(np.float32), -1, 1
        ),
        "digital silence": np.zeros(10 * RATE, np.float32),
    }
    if SHARED.exists():
        found["people"] = soundfile.read(SHARED, dtype="float32")[0][:, 0].copy()
    return found


def test_dnsmos_gives_the_packages_numbers() -> None:
    from speechmos import dnsmos as oracle

    for name, clip in clips().items():
        wanted = oracle.run(clip, RATE)
        got = dnsmos.score(clip).scores.mean(axis=0)
        keys = ("sig_mos", "bak_mos", "ovrl_mos", "p808_mos")
        assert got == pytest.approx([float(wanted[k]) for k in keys], abs=1e-3), name


def test_plcmos_gives_the_packages_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from speechmos import plcmos as oracle

    raters = np.random.default_rng(3).standard_normal((15, 64))
    for name, clip in clips().items():
        drawn = iter(raters)
        monkeypatch.setattr(np.random, "normal", lambda size, d=drawn: next(d).reshape(size))
        wanted = oracle.run(clip, RATE)["plcmos"]
        monkeypatch.undo()
        assert plcmos.score(clip, raters) == pytest.approx(wanted, abs=1e-3), name


def test_plcmos_is_the_same_each_time_and_near_any_raters() -> None:
    clip = agent()[: 10 * RATE]
    others = np.random.default_rng(8).standard_normal((60, 64))
    assert plcmos.score(clip) == plcmos.score(clip)
    assert plcmos.score(clip) == pytest.approx(plcmos.score(clip, others), abs=0.06)


def test_plcmos_hears_lost_packets() -> None:
    clip = agent()[: 10 * RATE].copy()
    whole = plcmos.score(clip)
    for at in np.random.default_rng(1).integers(0, len(clip) // 320, 80):
        clip[at * 320 : (at + 1) * 320] = 0
    assert plcmos.score(clip) < whole - 0.5


def test_the_windows_are_those_that_the_package_takes() -> None:
    assert len(dnsmos.window_starts(30 * RATE, 1.0)) == 7
    for frames in (dnsmos.WINDOW, 10 * RATE, 17 * RATE + 5, 61 * RATE):
        wanted = []
        for i in range(int(np.floor(frames / RATE) - 9.01) + 1):
            cut = np.arange(frames)[int(i * RATE) : int((i + 9.01) * RATE)]
            if len(cut) == int(9.01 * RATE):
                wanted.append(int(cut[0]))
        assert dnsmos.window_starts(frames, 1.0) == wanted


def test_a_longer_hop_takes_few_windows_and_hears_the_end() -> None:
    assert dnsmos.window_starts(dnsmos.WINDOW, 9.0) == [0]
    assert dnsmos.window_starts(dnsmos.WINDOW + 15_000, 9.0) == [0]
    starts = dnsmos.window_starts(60 * RATE, 9.0)
    assert starts[:-1] == [i * 9 * RATE for i in range(6)]
    assert 0 <= 60 * RATE - (starts[-1] + dnsmos.WINDOW) < 320
    with pytest.raises(ValueError, match="multiple"):
        dnsmos.window_starts(60 * RATE, 0.33)
    with pytest.raises(ValueError, match="multiple"):
        dnsmos.window_starts(60 * RATE, 0.0)


def test_sharing_layers_changes_no_window() -> None:
    """Each window as if it were alone."""
    clip = agent()[: 12 * RATE]
    found = dnsmos.score(clip, hop_s=1.46)
    assert len(found.starts) == 3
    for start, scores in zip(found.starts, found.scores, strict=True):
        alone = dnsmos.score(clip[start : start + dnsmos.WINDOW]).scores
        assert scores == pytest.approx(alone[0], abs=2e-4)


def test_noise_costs_background_score() -> None:
    clip = agent()[: 10 * RATE]
    noisy = clip + np.random.default_rng(2).normal(0, 0.02, len(clip)).astype(np.float32)
    clean, dirty = (dnsmos.score(x).scores.mean(axis=0) for x in (clip, noisy))
    assert dirty[1] < clean[1] - 0.3
    assert dirty[2] < clean[2]


def test_mel_is_librosas() -> None:
    import librosa

    x = agent()[: 2 * RATE]
    wanted = librosa.feature.melspectrogram(y=x, sr=RATE, n_fft=321, hop_length=160, n_mels=120)
    got = dnsmos_mel.mel_power(x)
    assert got.shape == wanted.T.shape
    assert np.allclose(got, wanted.T, rtol=1e-3, atol=1e-7)


def test_empty_clips_are_refused_and_wild_samples_are_clipped() -> None:
    empty = np.zeros(0, np.float32)
    with pytest.raises(ValueError, match="empty"):
        dnsmos.score(empty)
    with pytest.raises(ValueError, match="empty"):
        plcmos.score(empty)
    clip = agent()[: 10 * RATE] * 5
    held = np.clip(clip, -1, 1)
    assert dnsmos.score(clip).scores == pytest.approx(dnsmos.score(held).scores)
    assert plcmos.score(clip) == plcmos.score(held)
    assert np.abs(clip).max() > 1  # the caller's samples are only read


def test_work_can_be_stopped() -> None:
    def stop(done: int, total: int) -> None:
        assert 0 <= done < total
        raise Cancelled

    with pytest.raises(Cancelled):
        dnsmos.score(agent()[: 12 * RATE], progress=stop)


def test_threads_have_sessions_of_their_own() -> None:
    clip = agent()[: 5 * RATE]
    wanted = plcmos.score(clip)
    found: list[float] = []
    workers = [threading.Thread(target=lambda: found.append(plcmos.score(clip))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [wanted, wanted]


def test_a_model_of_another_kind_is_refused_in_words() -> None:
    with pytest.raises(EnvironmentFault, match="not the one"):
        onnx_parts.part(b"no model at all", {}, ["x"])
    model = speechmos_files.read("plcmos_models/plcmos_v2.onnx")
    with pytest.raises(EnvironmentFault, match="not the one"):
        onnx_parts.part(model, {}, ["no such tensor"])
    with pytest.raises(EnvironmentFault, match="missing"):
        speechmos_files.read("plcmos_models/none.onnx")


def test_a_part_with_other_ends_gives_what_the_whole_gives() -> None:
    model = speechmos_files.read("plcmos_models/plcmos_v2.onnx")
    ends = {"degraded_audio": ("N", 1, "T", 257), "rater_embed": ("N", 64)}
    again = speechmos_files.session("test.again", lambda: onnx_parts.part(model, ends, ["plcmos"]))
    whole = speechmos_files.session("test.whole", lambda: model)
    rng = np.random.default_rng(0)
    given = {
        "degraded_audio": rng.normal(size=(1, 1, 50, 257)).astype(np.float32),
        "rater_embed": rng.normal(size=(1, 64)).astype(np.float32),
    }
    assert again.run(None, given)[0] == pytest.approx(whole.run(None, given)[0])


def test_the_package_itself_is_not_imported() -> None:
    import subprocess
    import sys

    script = (
        "import sys, numpy as np; from app.models import dnsmos, plcmos\n"
        "x = np.random.default_rng(0).normal(0, .1, 16000)\n"
        "plcmos.score(x); dnsmos.score(x, hop_s=9.0)\n"
        "sys.exit(1 if {'speechmos', 'librosa', 'numba'} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
