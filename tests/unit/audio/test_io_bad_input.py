"""Bad recordings are used as far as they go, or refused in words that name file and remedy."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from app.audio import io
from app.domain.errors import BadInput, EnvironmentFault, NotFound, UserError
from tests.audio_files import (
    clicks,
    int16,
    speechlike,
    wav_header,
    write_av,
    write_flac,
    write_mp3,
    write_wav,
)
from tests.unit.audio.unprivileged import as_nobody, open_folder

RATE = 16_000


def codes(probe: io.Probe) -> list[str]:
    decoded = io.decode_to(probe, lambda _first, _block: None)
    return [f.code for f in (*probe.findings, *decoded.findings)]


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as raised:
        io.read_all(path)
    assert path.name in raised.value.what
    assert raised.value.remedy
    return str(raised.value)


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"")
    assert "empty" in refusal(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.wav"):
        io.probe(tmp_path / "gone.wav")
    with pytest.raises(UserError, match="folder"):
        io.probe(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_file_without_the_right_to_read() -> None:
    with open_folder() as folder:
        path = write_wav(folder / "a.wav", clicks(1, RATE), RATE)
        path.chmod(0)
        with as_nobody(), pytest.raises(EnvironmentFault, match=r"a\.wav may not be read"):
            io.probe(path)


def test_read_error_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = io.probe(write_wav(tmp_path / "a.wav", clicks(1, RATE), RATE))

    def fail(*_args: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(io, "_fill", fail)
    with pytest.raises(EnvironmentFault, match=r"a\.wav could not be read: Input/output error"):
        io.decode_to(probe, lambda _f, _b: None)


@pytest.mark.parametrize(
    ("magic", "what"),
    [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"PK\x03\x04", "ZIP"), (b"SQLite format 3\0", "SQLite")],
)
def test_other_files_called_wav(tmp_path: Path, magic: bytes, what: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(magic + bytes(4000))
    assert what in refusal(path)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac", "a.ogg", "a.m4a", "a.txt", "a.raw"])
@pytest.mark.parametrize("content", [b"hello, this is text\n" * 40, bytes(range(256)) * 20])
def test_noise_is_refused_whatever_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refusal(path)


def test_mp3_called_wav_is_read_and_told(tmp_path: Path) -> None:
    real = write_mp3(tmp_path / "a.mp3", speechlike(2, RATE), RATE)
    fake = real.rename(tmp_path / "b.wav")
    samples, probe = io.read_all(fake)
    assert len(samples) == 2 * RATE
    assert codes(probe) == ["mislabelled"]


def test_wav_called_mp3_is_read_and_told(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mp3", clicks(1, RATE), RATE)
    assert codes(io.probe(path)) == ["mislabelled"]


def test_truncated_wav_keeps_what_is_whole(tmp_path: Path) -> None:
    source = np.stack([clicks(2, RATE), clicks(2, RATE)], axis=1)
    path = write_wav(tmp_path / "a.wav", source, RATE)
    path.write_bytes(path.read_bytes()[: 44 + 4 * RATE + 3])
    samples, probe = io.read_all(path)
    assert np.array_equal(samples, int16(source)[:RATE])
    assert codes(probe) == ["truncated"]
    assert "2.0 s" in probe.findings[0].message


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_wav_of_a_recorder_that_never_wrote_its_size(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.wav"
    data = int16(clicks(1, RATE)).tobytes()
    path.write_bytes(wav_header(channels=1, rate_hz=RATE, data_bytes=length) + data)
    samples, probe = io.read_all(path)
    assert len(samples) == RATE
    assert codes(probe) == []


def test_huge_claims_allocate_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    data = int16(clicks(1, RATE)).tobytes()
    path.write_bytes(wav_header(channels=2, rate_hz=RATE, data_bytes=0xFFFFFFF0) + data)
    samples, probe = io.read_all(path)
    assert len(samples) == RATE // 2
    assert codes(probe) == ["truncated"]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_truncated_flac_keeps_what_comes_before(tmp_path: Path, keep: float) -> None:
    source = np.stack([speechlike(6, 48_000, seed=s) for s in (1, 2)], axis=1)
    path = write_flac(tmp_path / "a.flac", source, 48_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    samples, probe = io.read_all(path)
    assert 0 < len(samples) < len(source)
    assert np.array_equal(samples, int16(source)[: len(samples)])
    assert codes(probe) == ["truncated"]


def test_truncated_mp3_keeps_what_comes_before(tmp_path: Path) -> None:
    path = write_mp3(tmp_path / "a.mp3", speechlike(6, RATE), RATE)
    whole, _ = io.read_all(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    samples, probe = io.read_all(path)
    assert 2 * RATE < len(samples) < 4 * RATE
    assert np.array_equal(samples[: 2 * RATE], whole[: 2 * RATE])
    assert "truncated" in codes(probe)


def test_truncated_m4a_without_its_index_is_refused(tmp_path: Path) -> None:
    path = write_av(tmp_path / "a.m4a", speechlike(3, RATE), RATE, "aac")
    path.write_bytes(path.read_bytes()[:4000])
    assert "cut off or damaged" in refusal(path)


@pytest.mark.parametrize("channels", [0, 3, 6])
def test_channels_that_no_call_has(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "a.wav"
    data = bytes(12 * 400)
    path.write_bytes(wav_header(channels=channels, rate_hz=RATE, data_bytes=len(data)) + data)
    text = refusal(path)
    assert f"{channels} channels" in text
    assert "stereo" in text


@pytest.mark.parametrize("codec", ["flac", "aac"])
def test_six_channels_in_other_formats(tmp_path: Path, codec: str) -> None:
    import av

    path = tmp_path / ("a.flac" if codec == "flac" else "a.m4a")
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=48_000, layout="5.1")
        name = stream.codec_context.format.name
        dtype = {"s16": np.int16, "s32": np.int32, "fltp": np.float32}[name]
        shape = (6, 4096) if name == "fltp" else (1, 6 * 4096)
        frame = av.AudioFrame.from_ndarray(np.zeros(shape, dtype), format=name, layout="5.1")
        frame.sample_rate = 48_000
        fifo = av.AudioFifo()
        fifo.write(frame)
        while piece := fifo.read(1024):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    assert "6 channels" in refusal(path)


def test_header_without_samples(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(channels=1, rate_hz=RATE))
    assert "no audio" in refusal(path)
    path.write_bytes(wav_header(channels=1, rate_hz=RATE)[:36])
    assert "without samples" in refusal(path)
    path.write_bytes(wav_header(channels=1, rate_hz=RATE)[:20])
    assert "format header" in refusal(path)


def test_ten_milliseconds(tmp_path: Path) -> None:
    for write, name in ((write_wav, "a.wav"), (write_flac, "a.flac")):
        samples, _ = io.read_all(write(tmp_path / name, clicks(0.01, 8_000, first_s=0.005), 8_000))
        assert len(samples) == 80
        assert np.count_nonzero(samples) == 1


def test_nan_and_infinity_become_silence_and_are_counted(tmp_path: Path) -> None:
    source = speechlike(1, RATE)
    bad = source.copy()
    bad[[10, 11, 4000]] = np.nan, np.inf, -np.inf
    path = write_wav(tmp_path / "a.wav", bad, RATE, "FLOAT")
    samples, probe = io.read_all(path)
    assert not samples[[10, 11, 4000]].any()
    good = np.isfinite(bad)
    assert np.array_equal(samples[good, 0], source[good])
    decoded = io.decode_to(probe, lambda _f, _b: None)
    assert decoded.bad_samples == 3
    assert "3 samples" in decoded.findings[0].message


@pytest.mark.parametrize(("rate", "finding"), [(96_000, ["unusual_rate"]), (8_000, [])])
def test_rates(tmp_path: Path, rate: int, finding: list[str]) -> None:
    assert codes(io.probe(write_wav(tmp_path / "a.wav", clicks(0.1, rate), rate))) == finding


@pytest.mark.parametrize("rate", [0, 100, 3_000_000])
def test_impossible_rates(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(channels=1, rate_hz=rate, data_bytes=800) + bytes(800))
    assert f"{rate} Hz" in refusal(path)
