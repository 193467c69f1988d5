"""The detector: the bundled model's own answers, streamed, at any rate, reading only."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.domain.calls import Span
from app.domain.errors import Cancelled
from app.models import vad

ROOT = Path(__file__).resolve().parents[3]


def demo(key: str = "clinic-confirmation", channel: int = 1) -> tuple[NDArray[np.int16], int]:
    pcm, rate = soundfile.read(ROOT / "assets/demo/calls" / f"{key}.flac", dtype="int16")
    return np.ascontiguousarray(pcm[:, channel]), rate


def bare(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What faster-whisper's own model object says of a channel at 16 kHz."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(x, (0, -len(x) % 512))
    return np.asarray(get_vad_model()(padded)).reshape(-1)


def test_the_same_probabilities_as_the_bare_model() -> None:
    pcm, rate = demo()
    assert rate == 16_000
    ours = vad.probabilities(pcm, rate)
    theirs = bare(vad.as_float(pcm))
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-4


def test_the_callers_samples_are_not_touched() -> None:
    pcm, rate = demo()
    x = vad.as_float(pcm)
    before = x.copy()
    x.flags.writeable = False
    vad.detect(x, rate)
    assert np.array_equal(x, before)


def test_long_digital_silence_is_left_out_without_losing_speech() -> None:
    pcm, rate = demo()
    speech = pcm[: 6 * rate]
    gap = np.zeros(70 * rate, dtype=np.int16)
    found = vad.detect(np.concatenate([speech, gap, speech, gap]), rate)
    alone = vad.detect(speech, rate).spans
    shifted = [Span(s.start + 76 * rate, s.end + 76 * rate) for s in alone]
    again = [s for s in found.spans if s.start > 40 * rate]
    assert len(again) == len(shifted)
    for a, b in zip(again, shifted, strict=True):
        assert abs(a.start - b.start) <= 0.1 * rate
        assert abs(a.end - b.end) <= 0.1 * rate
    assert found.probabilities[int(20 / 0.032) : int(70 / 0.032)].max() == 0


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
def test_other_rates_find_the_same_speech_at_the_same_time(rate: int) -> None:
    from app.audio.polyphase import resample

    pcm, source = demo("boiler-repair")
    x = vad.as_float(pcm)
    wanted, found = (
        speaking(vad.detect(y, r).spans, r)
        for y, r in ((x, source), (resample(x, source, rate), rate))
    )
    assert (wanted & found).sum() > 0.93 * (wanted | found).sum()


def speaking(spans: tuple[Span, ...], rate: int) -> NDArray[np.bool_]:
    """Whether there is speech, for each 10 ms of 70 s."""
    out = np.zeros(7000, dtype=bool)
    for span in spans:
        out[span.start * 100 // rate : span.end * 100 // rate] = True
    return out


@pytest.mark.parametrize("frames", [0, 1, 160, 511, 513])
def test_tiny_and_empty(frames: int) -> None:
    found = vad.detect(np.zeros(frames, dtype=np.int16), 16_000)
    assert found.spans == ()
    assert len(found.probabilities) == -(-frames // 512)


def test_nan_and_infinity_are_silence() -> None:
    x = np.zeros(16_000, dtype=np.float32)
    x[100:200], x[300] = np.nan, np.inf
    assert np.isfinite(vad.probabilities(x, 16_000)).all()


def test_progress_counts_up_and_may_stop_the_work() -> None:
    pcm, rate = demo()
    long = np.tile(pcm, 3)
    seen: list[tuple[int, int]] = []
    vad.detect(long, rate, progress=lambda done, of: seen.append((done, of)))
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)
    assert {of for _, of in seen} == {len(long)}
    assert len(seen) > 1

    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        vad.detect(long, rate, progress=stop)


def test_one_session_a_thread_single_threaded() -> None:
    found = [vad.session()]
    worker = threading.Thread(target=lambda: found.append(vad.session()))
    worker.start()
    worker.join()
    assert found[0] is not found[1]
    assert vad.session() is found[0]
    options = found[0].get_session_options()
    assert options.intra_op_num_threads == options.inter_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def probs(*runs: tuple[float, int]) -> NDArray[np.float32]:
    return np.concatenate([np.full(n, p, dtype=np.float32) for p, n in runs])


def spans(p: NDArray[np.float32], **options: float) -> list[tuple[int, int]]:
    chosen = vad.VadOptions(pad_ms=0, **options)  # type: ignore[arg-type]
    found = vad.spans_of(p, chosen, 16_000, len(p) * 512)
    return [(s.start // 512, s.end // 512) for s in found]


def test_hysteresis_keeps_what_lies_between_the_thresholds() -> None:
    p = probs((0.0, 10), (0.9, 5), (0.25, 10), (0.0, 20))
    assert spans(p, threshold=0.5, neg_threshold=0.2, doubt_threshold=0.5) == [(10, 25)]


def test_a_short_dip_is_bridged_and_a_long_one_divides() -> None:
    short = probs((0.0, 5), (0.9, 5), (0.0, 4), (0.9, 5), (0.0, 20))
    long = probs((0.0, 5), (0.9, 5), (0.0, 6), (0.9, 5), (0.0, 20))
    assert spans(short) == [(5, 19)]
    assert spans(long) == [(5, 10), (16, 21)]


def test_doubtful_windows_beside_speech_belong_to_it_up_to_a_limit() -> None:
    p = probs((0.0, 10), (0.15, 3), (0.9, 5), (0.0, 30))
    assert spans(p) == [(10, 18)]
    assert spans(p, doubt_threshold=0.2) == [(13, 18)]
    far = probs((0.15, 60), (0.9, 5), (0.0, 30))
    assert spans(far) == [(60 - 12, 65)]


def test_speech_up_to_the_end_is_kept() -> None:
    assert spans(probs((0.0, 10), (0.9, 10))) == [(10, 20)]
    assert spans(probs((0.9, 1), (0.0, 20))) == []


def test_padding_never_makes_spans_touch() -> None:
    p = probs((0.9, 5), (0.0, 6), (0.9, 5))
    wide = vad.VadOptions(pad_ms=5000)
    first, second = vad.spans_of(p, wide, 16_000, len(p) * 512)
    assert first.start == 0
    assert second.end == len(p) * 512
    assert first.end <= second.start


def test_the_version_names_model_and_package() -> None:
    from importlib.metadata import version

    assert vad.version() == f"silero-6/faster-whisper-{version('faster-whisper')}"
