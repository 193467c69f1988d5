"""NISQA's networks by numpy against PyTorch, and reading checkpoints that mean no good."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput, NotFound
from app.eval.base import Watch
from app.eval.registry import build
from app.eval.signal.nisqa import NISQA_TTS, NisqaTts
from app.models import nisqa, nisqa_layers, torch_file
from tests.audio_files import speechlike
from tests.unit.signal.rig import call_input, check, value

HERE = Path(__file__).parent / "nisqa"
GOLDEN = json.loads((HERE / "golden.json").read_text("utf-8"))
RATE = 16_000


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_networks_answer_as_pytorch_does(name: str) -> None:
    truth = GOLDEN[name]
    model = nisqa.load(HERE / f"{name}.tar")
    clip = speechlike(1.5, truth["rate_hz"], level=0.5, seed=7)
    assert model.score(clip, truth["rate_hz"]) == pytest.approx(truth["score"], abs=1e-5)


@pytest.mark.parametrize(
    ("rate", "points", "top"), [(16_000, 512, 8_000), (8_000, 1024, 16_000), (48_000, 4096, 20_000)]
)
@pytest.mark.filterwarnings("ignore:Empty filters detected")
def test_mel_spectrum_is_librosas(rate: int, points: int, top: int) -> None:
    import librosa

    clip = speechlike(0.5, rate, level=0.5, seed=3)
    spectrum = librosa.feature.melspectrogram(
        y=clip, sr=rate, n_fft=points, hop_length=rate // 100, win_length=rate // 50,
        pad_mode="reflect", power=1.0, n_mels=48, fmax=top,
    )  # fmt: skip
    wanted = librosa.amplitude_to_db(spectrum, ref=1.0, amin=1e-4, top_db=80.0)
    args = {
        "ms_n_fft": points, "ms_n_mels": 48, "ms_hop_length": 0.01, "ms_win_length": 0.02,
        "ms_fmax": top,
    }  # fmt: skip
    got = nisqa.mel_db(clip, rate, args)
    assert got.shape == wanted.shape
    assert np.allclose(got, wanted, atol=1e-3)


@given(st.integers(1, 30), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_adaptive_pooling_covers_everything(length: int, count: int) -> None:
    cells = nisqa_layers._cells(length, count)
    assert len(cells) == count
    assert set().union(*(range(a, b) for a, b in cells)) == set(range(length))
    assert all(b - a >= 1 for a, b in cells)


def talk_and_samples() -> tuple[Any, dict[Any, Any]]:
    both = np.zeros((8 * RATE, 2), np.float32)
    both[RATE : 3 * RATE, 1] = speechlike(2, RATE, seed=1)
    both[5 * RATE : 7 * RATE, 1] = speechlike(2, RATE, seed=2)
    return both, {"agent": [(1, 3), (5, 7)], "caller": []}


def test_the_agents_voice_is_rated_in_stretches(tmp_path: Path) -> None:
    samples, talk = talk_and_samples()
    weights = HERE / "adapt_attention.tar"
    source = call_input(tmp_path, samples, RATE, talk=talk)
    found = NisqaTts(weights=str(weights)).evaluate(source, Watch())
    check(found, (NISQA_TTS,), len(samples))
    got = value(found, "nisqa_tts", "agent")
    assert got.n == 2
    model = nisqa.load(weights)
    first = samples[round(0.75 * RATE) : round(3.25 * RATE), 1]
    assert got.evidence[0].value == pytest.approx(model.score(first, RATE), abs=1e-5)
    assert got.value == pytest.approx(np.mean([e.value for e in got.evidence]), abs=1e-6)
    assert got.profile.startswith("nisqa-tts ")


def test_a_model_for_another_rate_gets_it(tmp_path: Path, changed: Any) -> None:
    samples, talk = talk_and_samples()
    source = call_input(tmp_path, samples, RATE, talk=talk)
    path = changed(ms_sr=8_000)
    found = NisqaTts(weights=str(path)).evaluate(source, Watch())
    assert value(found, "nisqa_tts", "agent").components["rate_hz"] == 8_000


def test_without_weights_it_is_unavailable_and_says_why(tmp_path: Path) -> None:
    samples, talk = talk_and_samples()
    source = call_input(tmp_path, samples, RATE, talk=talk)
    for weights, words in (("", "CC BY-NC-SA"), (str(tmp_path / "none.tar"), "no weights at")):
        got = value(NisqaTts(weights=weights).evaluate(source, Watch()), "nisqa_tts", "agent")
        assert got.status == "unavailable"
        assert words in got.reason
    quiet = call_input(tmp_path, samples, RATE, talk={"agent": [(1, 1.5)]})
    got = value(
        NisqaTts(weights=str(HERE / "adapt_mean.tar")).evaluate(quiet, Watch()),
        "nisqa_tts",
        "agent",
    )
    assert got.status == "undefined"


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a checkpoint with other arguments, or without a weight, of one that is right."""

    def change(drop: str = "", **args: Any) -> Path:
        found = torch_file.load(HERE / "adapt_attention.tar")
        kept = {k: v for k, v in found["model_state_dict"].items() if k != drop}
        made = {"args": {**found["args"], **args}, "model_state_dict": kept}
        monkeypatch.setattr(torch_file, "load", lambda path: made)
        path = tmp_path / "changed.tar"
        path.write_bytes(b"stands for the changed checkpoint")
        return path

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "NISQA_DIM"}, "predicts other things"),
        ({"cnn_model": "resnet"}, "cnn_model 'resnet'"),
        ({"pool": "other"}, "pool 'other'"),
        ({"td": "gru"}, "td 'gru'"),
        ({"ms_n_fft": 0}, "ms_n_fft"),
        ({"ms_hop_length": "x"}, "ms_hop_length"),
        ({"ms_sr": 1}, "ms_sr"),
        ({"ms_seg_length": None}, "ms_seg_length"),
    ],
)
def test_models_that_are_not_known_are_refused_by_name(
    changed: Any, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        nisqa.load(changed(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"drop": "pool.model.linear1.bias"},
        {"drop": "cnn.model.bn3.running_var"},
        {"td_sa_num_layers": 7},
        {"td_sa_nhead": 3},
        {"cnn_pool_3": [5, 2]},
        {"cnn_pool_1": "x"},
    ],
)
def test_weights_that_do_not_fit_are_said_so(
    tmp_path: Path, changed: Any, change: dict[str, Any]
) -> None:
    path = changed(**change)
    samples, talk = talk_and_samples()
    with pytest.raises(BadInput, match="do not fit"):
        nisqa.load(path).score(samples[RATE : 3 * RATE, 1], RATE)
    source = call_input(tmp_path, samples, RATE, talk=talk)
    got = value(NisqaTts(weights=str(path)).evaluate(source, Watch()), "nisqa_tts", "agent")
    assert got.status == "unavailable"
    assert "do not fit" in got.reason


def test_clips_that_the_model_cannot_take() -> None:
    model = nisqa.load(HERE / "adapt_attention.tar")
    for seconds in (0.1, model.most_s + 1):
        with pytest.raises(ValueError, match="too short or too long"):
            model.score(speechlike(seconds, RATE), RATE)


class Trap:
    """Pickles as a call that would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def archive(folder: Path, pickled: bytes, **files: bytes) -> Path:
    path = folder / "made.tar"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("made/data.pkl", pickled)
        for name, data in files.items():
            out.writestr(f"made/data/{name}", data)
    return path


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    trapped = pickle.dumps({"args": Trap(proof), "list": [Trap(proof)], "model_state_dict": {}})
    found = torch_file.load(archive(tmp_path, trapped))
    assert not proof.exists()
    assert isinstance(found["args"], torch_file.Inert)
    pickle.loads(trapped)
    assert proof.exists()  # the trap was one


@pytest.mark.parametrize(
    "body",
    [
        pickle.dumps({"x": 1}, 5)[:-4],
        b"garbage",
        b"",
        pickle.dumps([1, 2]),
        b"\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.",
    ],
)
def test_damaged_pickles_are_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(BadInput):
        nisqa.load(archive(tmp_path, body))


@pytest.mark.parametrize(
    ("size", "stride", "offset"),
    [((9,), (1,), 0), ((2, 2), (4, 1), 0), ((3,), (1,), 2), ((-1,), (1,), 0), ((2,), (1, 1), 0),
     ((2,), (-1,), 1), ((4, 10**9), (0, 0), 0), ((1,) * 9, (1,) * 9, 0)],
)  # fmt: skip
def test_tensors_stay_inside_their_numbers(size: Any, stride: Any, offset: int) -> None:
    with pytest.raises(ValueError, match="tensor"):
        torch_file._tensor(np.zeros(4, np.float32), offset, size, stride)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no weights"):
        torch_file.load(tmp_path / "none")
    old = tmp_path / "old.tar"
    old.write_bytes(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")
    with pytest.raises(BadInput, match=r"1\.6"):
        torch_file.load(old)
    cut = tmp_path / "cut.tar"
    cut.write_bytes((HERE / "adapt_mean.tar").read_bytes()[:9_000])
    with pytest.raises(BadInput):
        torch_file.load(cut)
    empty = tmp_path / "empty.tar"
    with zipfile.ZipFile(empty, "w") as out:
        out.writestr("readme", "x")
    with pytest.raises(BadInput, match=r"data\.pkl"):
        torch_file.load(empty)
    shutil.copy(HERE / "adapt_mean.tar", tmp_path / "copy.tar")
    assert nisqa.load(tmp_path / "copy.tar").args["pool"] == "avg"


def test_it_is_in_the_registry_and_checks_its_arguments() -> None:
    assert isinstance(build("signal.nisqa_tts", {"weights": "x"}), NisqaTts)
    with pytest.raises(BadInput, match="0 for all"):
        build("signal.nisqa_tts", {"most_s": -1.0})
