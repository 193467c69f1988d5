"""Every format decodes to the samples that were recorded, at their places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio import io
from tests.audio_files import clicks, int16, speechlike, write_av, write_flac, write_mp3, write_wav


@pytest.fixture(scope="module")
def stereo() -> np.ndarray:
    return np.stack([speechlike(1.3, 16_000, seed=1), speechlike(1.3, 16_000, seed=2)], axis=1)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "ALAW", "ULAW"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX"])
def test_wav_of_integers_decodes_as_libsndfile_does(
    tmp_path: Path, stereo: np.ndarray, subtype: str, form: str
) -> None:
    path = write_wav(tmp_path / "a.wav", stereo, 16_000, subtype, format=form)
    samples, probe = io.read_all(path)
    expected, _ = soundfile.read(str(path), dtype="int16")
    assert samples.dtype == np.int16
    assert np.array_equal(samples, expected)
    assert (probe.engine, probe.rate_hz, probe.channels) == ("wav", 16_000, 2)
    assert probe.frame_count == len(stereo)
    assert probe.duration_s == pytest.approx(1.3)


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_wav_of_floats_stays_float(tmp_path: Path, stereo: np.ndarray, subtype: str) -> None:
    samples, probe = io.read_all(write_wav(tmp_path / "a.wav", stereo, 44_100, subtype))
    assert samples.dtype == np.float32
    assert np.array_equal(samples, stereo)
    assert probe.is_float


def test_odd_chunks_before_the_samples_are_passed_over(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", clicks(1, 8_000), 8_000)
    body = path.read_bytes()
    odd = b"LIST" + (3).to_bytes(4, "little") + b"abc\0"
    path.write_bytes(body[:12] + odd + body[12:])
    samples, _ = io.read_all(path)
    assert np.array_equal(samples[:, 0], int16(clicks(1, 8_000)))


def test_rf64_sizes_come_from_its_own_chunk(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(str(path), int16(clicks(1, 8_000)), 8_000, subtype="PCM_16", format="RF64")
    samples, probe = io.read_all(path)
    assert np.array_equal(samples[:, 0], int16(clicks(1, 8_000)))
    assert probe.findings == ()


def test_flac_is_exact(tmp_path: Path, stereo: np.ndarray) -> None:
    samples, probe = io.read_all(write_flac(tmp_path / "a.flac", stereo, 16_000))
    assert np.array_equal(samples, int16(stereo))
    assert (probe.codec, probe.engine, probe.bits) == ("flac", "soundfile", 16)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        (
            "v.mp3",
            "libmp3lame",
            {"compression_level": "2", "flags": "+qscale", "global_quality": "472"},
        ),
        ("c.mp3", "libmp3lame", {"b": "96000"}),
        ("a.m4a", "aac", {}),
        ("a.ogg", "vorbis", {}),
        ("a.opus", "libopus", {}),
        ("a.webm", "libopus", {}),
    ],
)
def test_clicks_stay_in_place_through_lossy_codecs(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    rate = 48_000
    source = np.stack([clicks(4, rate), clicks(4, rate, first_s=0.25)], axis=1)
    path = write_av(tmp_path / name, source, rate, codec, options=options)
    samples, probe = io.read_all(path)
    assert (probe.rate_hz, probe.channels, samples.dtype) == (rate, 2, np.int16)
    for channel, first in ((0, 0.5), (1, 0.25)):
        for second in range(4):
            part = np.abs(samples[second * rate : (second + 1) * rate, channel].astype(int))
            assert int(part.argmax()) == round(first * rate)
    # AAC does not say where the last frame's padding begins; Vorbis may end a block early.
    slack = {"aac": 1024, "vorbis": 256}.get(codec, 0)
    assert abs(len(samples) - len(source)) <= slack


def test_vbr_mp3_has_the_length_and_places_of_its_source(tmp_path: Path) -> None:
    source = clicks(3, 16_000)
    path = write_mp3(tmp_path / "a.mp3", source, 16_000)
    samples, _ = io.read_all(path)
    assert len(samples) == len(source)
    assert [
        int(np.abs(samples[s * 16_000 : (s + 1) * 16_000, 0].astype(int)).argmax())
        for s in range(3)
    ] == [8_000] * 3


def test_blocks_have_the_promised_shape(tmp_path: Path) -> None:
    rate = 48_000
    for name, codec in (("a.mp3", "libmp3lame"), ("a.wav", "pcm_s16le"), ("a.flac", "flac")):
        path = write_av(tmp_path / name, speechlike(4, rate), rate, codec)
        seen: list[tuple[int, int]] = []
        io.decode_to(io.probe(path), lambda first, block, s=seen: s.append((first, len(block))))
        assert all(size == io.CHUNK_FRAMES for _, size in seen[:-1])
        assert [first for first, _ in seen] == [i * io.CHUNK_FRAMES for i in range(len(seen))]


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_parts_join_to_the_whole(tmp_path: Path, name: str) -> None:
    rate = 48_000
    write = write_wav if name.endswith("wav") else write_flac
    probe = io.probe(write(tmp_path / name, speechlike(4, rate), rate))
    assert probe.can_seek
    whole: dict[int, np.ndarray] = {}
    parts: dict[int, np.ndarray] = {}
    io.decode_to(probe, lambda f, b: whole.update({f: b.copy()}))
    io.decode_to(probe, lambda f, b: parts.update({f: b.copy()}), start=io.CHUNK_FRAMES)
    io.decode_to(probe, lambda f, b: parts.update({f: b.copy()}), stop=io.CHUNK_FRAMES)
    assert whole.keys() == parts.keys()
    assert all(np.array_equal(whole[f], parts[f]) for f in whole)


def test_real_recordings(shared_data: Path) -> None:
    wav, probe = io.read_all(shared_data / "speech" / "stereo_diarization.wav")
    expected, rate = soundfile.read(
        str(shared_data / "speech" / "stereo_diarization.wav"), dtype="int16"
    )
    assert np.array_equal(wav, expected)
    assert rate == probe.rate_hz
    mp3 = io.probe(shared_data / "eva" / "demo" / "audio_mixed.mp3")
    assert (mp3.channels, mp3.rate_hz) == (1, 24_000)
    assert mp3.duration_s == pytest.approx(291.27, abs=0.1)
