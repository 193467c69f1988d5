"""The audio caches: made once, shared, bounded, mended, and never half a file."""

from __future__ import annotations

import errno
import multiprocessing
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from app.audio import blob, decode_job, ingest, io, pcm_cache, store
from app.audio.align import Placement
from app.audio.pcm_cache import LruFolder
from app.audio.recording import CHUNK_FRAMES
from app.audio.store import AudioStore, StoredAudio
from app.domain.errors import Cancelled, EnvironmentFault
from app.domain.work import Quiet
from tests.audio_files import (
    clicks,
    int16,
    noise,
    speechlike,
    write_flac,
    write_mp3,
    write_wav,
)
from tests.unit.audio.unprivileged import as_nobody, open_folder

RATE = 48_000


@pytest.fixture
def audio(tmp_path: Path) -> AudioStore:
    return AudioStore(tmp_path / "cache")


def stereo(seconds: float = 3.0) -> np.ndarray:
    return np.stack([speechlike(seconds, RATE, seed=s) for s in (1, 2)], axis=1)


def files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("immutable", [False, True])
def test_samples_and_peaks_are_those_of_the_recording(
    tmp_path: Path, audio: AudioStore, name: str, immutable: bool
) -> None:
    source = stereo()
    write = write_wav if name.endswith("wav") else write_flac
    path = write(tmp_path / name, source, RATE)
    first = audio.open(Quiet(), path, "aa", immutable=immutable)
    again = audio.open(Quiet(), path, "aa", immutable=immutable)
    for opened in (first, again):
        assert opened.complete
        assert opened.rate_hz == RATE
        assert np.array_equal(opened.samples, int16(source))
        assert opened.peaks.samples is not None
        lo, hi, _ = opened.peaks.read(1, 0, 256, len(source) // 256)
        blocks = int16(source)[: len(lo) * 256, 1].reshape(-1, 256)
        assert np.array_equal(lo, blocks.min(axis=1))
        assert np.array_equal(hi, blocks.max(axis=1))


def test_plain_wav_of_ours_is_not_copied_and_that_of_others_is(
    tmp_path: Path, audio: AudioStore
) -> None:
    path = write_wav(tmp_path / "a.wav", stereo(), RATE)
    audio.open(Quiet(), path, "aa", immutable=True)
    assert not any(n.endswith(".pcm") for n in files(tmp_path / "cache"))
    audio.open(Quiet(), path, "bb", immutable=False)
    assert sum(n.endswith(".pcm") for n in files(tmp_path / "cache")) == 1


def test_second_opening_decodes_nothing(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_mp3(tmp_path / "a.mp3", stereo(), RATE)
    audio.open(Quiet(), path, "aa")
    monkeypatch.setattr(store, "ingest", lambda *_a, **_k: pytest.fail("decoded again"))
    assert audio.open(Quiet(), path, "aa").complete


def test_float_source_stays_float(tmp_path: Path, audio: AudioStore) -> None:
    source = speechlike(1, RATE)
    source[5] = np.nan
    opened = audio.open(Quiet(), write_wav(tmp_path / "a.wav", source, RATE, "FLOAT"), "aa")
    assert opened.samples.dtype == np.float32
    assert opened.samples[5, 0] == 0
    assert [f.code for f in opened.findings] == ["nan_samples"]
    again = audio.open(Quiet(), tmp_path / "a.wav", "aa")
    assert again.findings == opened.findings


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_two_threads_give_what_one_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(ingest, "MIN_FRAMES_A_THREAD", CHUNK_FRAMES)
    source = stereo(8)
    write = write_wav if name.endswith("wav") else write_flac
    probe = io.probe(write(tmp_path / name, source, RATE))
    got: dict[int, np.ndarray] = {}
    threads = set()

    def sink(first: int, chunk: np.ndarray) -> None:
        threads.add(threading.get_ident())
        got[first] = chunk.copy()

    decoded = ingest.ingest(probe, lambda: [sink], Quiet(), threads=2)
    assert decoded.frame_count == len(source)
    assert np.array_equal(np.concatenate([got[k] for k in sorted(got)]), int16(source))
    assert threading.get_ident() not in threads


def test_broken_second_half_starts_again_in_one_piece(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MIN_FRAMES_A_THREAD", CHUNK_FRAMES)
    source = stereo(8)
    path = write_flac(tmp_path / "a.flac", source, RATE)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.4)])
    opened = audio.open(Quiet(), path, "aa")
    frames = len(opened.samples)
    assert 0 < frames < len(source) // 2
    assert np.array_equal(opened.samples, int16(source)[:frames])
    assert opened.peaks.frame_count == frames
    assert [f.code for f in opened.findings] == ["truncated"]


def test_nan_in_both_halves_is_counted_once(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MIN_FRAMES_A_THREAD", CHUNK_FRAMES)
    source = noise(8, RATE, level=0.1)
    source[[100, -100]] = np.nan
    opened = audio.open(Quiet(), write_wav(tmp_path / "a.wav", source, RATE, "FLOAT"), "aa")
    assert [f.message.count("2 samples") for f in opened.findings] == [1]


class Watching(Quiet):
    def __init__(self, stop_after: int | None = None) -> None:
        self.seen: list[tuple[int, int]] = []
        self.stop_after = stop_after

    def progress(self, done: int, total: int, note: str = "") -> None:
        self.seen.append((done, total))

    def raise_if_cancelled(self) -> None:
        if self.stop_after is not None and len(self.seen) >= self.stop_after:
            raise Cancelled


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_ends_at_the_whole(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(ingest, "MIN_FRAMES_A_THREAD", CHUNK_FRAMES if threads == 2 else 1 << 40)
    watch = Watching()
    audio.open(watch, write_flac(tmp_path / "a.flac", stereo(8), RATE), "aa")
    assert watch.seen[-1] == (8 * RATE, 8 * RATE)
    assert [d for d, _ in watch.seen] == sorted(d for d, _ in watch.seen)


@pytest.mark.parametrize("threads", [1, 2])
def test_cancelling_leaves_nothing(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(ingest, "MIN_FRAMES_A_THREAD", CHUNK_FRAMES if threads == 2 else 1 << 40)
    path = write_flac(tmp_path / "a.flac", stereo(8), RATE)
    with pytest.raises(Cancelled):
        audio.open(Watching(stop_after=2), path, "aa")
    assert files(tmp_path / "cache") == []
    assert audio.open(Quiet(), path, "aa").complete


def test_what_is_there_can_be_used_while_it_grows(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode_job, "PARTIAL_INTERVAL_S", 0.0)
    source = stereo(8)
    path = write_flac(tmp_path / "a.flac", source, RATE)
    seen: list[StoredAudio] = []
    whole = audio.open(Quiet(), path, "aa", on_partial=seen.append)
    growing = [len(part.samples) for part in seen]
    assert growing == sorted(growing)
    assert 0 < growing[0] < len(source)
    for part in seen:  # after the end too: the map outlives the renaming
        assert not part.complete
        assert np.array_equal(part.samples, int16(source)[: len(part.samples)])
        count = len(part.samples) // 256
        for a, b in zip(
            part.peaks.read(0, 0, 256, count), whole.peaks.read(0, 0, 256, count), strict=True
        ):
            assert np.array_equal(a, b)


def test_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, audio: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_flac(tmp_path / "a.flac", stereo(8), RATE)
    real = blob._pwrite

    def full(fd: int, data: memoryview, offset: int) -> int:
        if offset > 1_000_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data, offset)

    monkeypatch.setattr(blob, "_pwrite", full)
    with pytest.raises(EnvironmentFault, match="disk is full") as raised:
        audio.open(Quiet(), path, "aa")
    assert "Free some space" in raised.value.remedy
    assert files(tmp_path / "cache") == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_folder_that_may_not_be_written() -> None:
    with open_folder() as folder:
        path = write_flac(folder / "a.flac", clicks(1, RATE), RATE)
        (folder / "cache").mkdir(mode=0o555)
        audio = AudioStore(folder / "cache")
        with as_nobody(), pytest.raises(EnvironmentFault, match="cannot be written"):
            audio.open(Quiet(), path, "aa")


def test_cache_folder_that_is_a_file(tmp_path: Path, audio: AudioStore) -> None:
    path = write_flac(tmp_path / "a.flac", clicks(1, RATE), RATE)
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        audio.open(Quiet(), path, "aa")


@pytest.mark.parametrize("suffix", [".pcm", ".peaks"])
@pytest.mark.parametrize("harm", ["cut", "zero", "header", "gone", "flipped"])
def test_damaged_cache_is_made_again(
    tmp_path: Path, audio: AudioStore, suffix: str, harm: str
) -> None:
    source = stereo()
    path = write_flac(tmp_path / "a.flac", source, RATE)
    audio.open(Quiet(), path, "aa")
    (cached,) = (tmp_path / "cache").rglob(f"*{suffix}")
    whole = cached.read_bytes()
    if harm == "gone":
        cached.unlink()
    else:
        cached.unlink()  # a fresh inode: what is mapped elsewhere must not change under it
        cached.write_bytes(
            {
                "cut": whole[: len(whole) // 2],
                "zero": whole[:4096] + bytes(len(whole) - 4096),
                "header": b"rubbish" + whole[7:],
                "flipped": whole[:-1] + bytes([whole[-1] ^ 255]),
            }[harm]
        )
    mended = audio.open(Quiet(), path, "aa")
    assert np.array_equal(mended.samples, int16(source))
    assert mended.peaks.read(0, 0, len(source), 1)[1][0] == int16(source)[:, 0].max()


def test_lru_removes_the_least_recently_used(tmp_path: Path) -> None:
    path = write_flac(tmp_path / "a.flac", stereo(1), RATE)
    size = 4 * RATE + blob.HEADER_BYTES
    audio = AudioStore(tmp_path / "cache", cap_bytes=3 * size)
    folder = tmp_path / "cache" / "pcm"
    for age, key in ((30, "aa"), (20, "bb"), (10, "cc")):
        audio.open(Quiet(), path, key)
        cached = next(folder.glob(f"{key}*.pcm"))
        stamp = cached.stat().st_mtime - age
        os.utime(cached, (stamp, stamp))
    audio.open(Quiet(), path, "aa")  # used again: now the freshest
    held = audio.open(Quiet(), path, "bb").samples
    os.utime(next(folder.glob("bb*.pcm")), (1, 1))
    audio.open(Quiet(), path, "dd")
    assert {p.name[:2] for p in folder.glob("*.pcm")} == {"aa", "cc", "dd"}
    assert np.array_equal(held, int16(stereo(1))), "what is in use stays readable"


def test_one_recording_larger_than_the_cap_is_still_kept(tmp_path: Path) -> None:
    audio = AudioStore(tmp_path / "cache", cap_bytes=1000)
    path = write_flac(tmp_path / "a.flac", stereo(1), RATE)
    assert audio.open(Quiet(), path, "aa").complete
    assert audio.open(Quiet(), path, "bb").complete
    assert [p.name[:2] for p in (tmp_path / "cache" / "pcm").glob("*.pcm")] == ["bb"]


def test_old_leavings_of_a_crash_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    old, new = folder / "x.pcm.part", folder / "y.pcm.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    LruFolder(folder, ".pcm", 1000).trim("z")
    assert not old.exists()
    assert new.exists()


def _open_in_process(cache: str, path: str, out: multiprocessing.Queue) -> None:
    opened = AudioStore(Path(cache)).open(Quiet(), Path(path), "aa")
    out.put(int(opened.samples.astype(np.int64).sum()))


def test_two_processes_and_threads_share_one_decoding(tmp_path: Path) -> None:
    source = stereo(8)
    path = write_mp3(tmp_path / "a.mp3", source, RATE)
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    workers = [
        context.Process(target=_open_in_process, args=(str(tmp_path / "cache"), str(path), queue))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    audio = AudioStore(tmp_path / "cache")
    sums = []
    threads = [
        threading.Thread(
            target=lambda: sums.append(
                int(audio.open(Quiet(), path, "aa").samples.astype(np.int64).sum())
            )
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sums += [queue.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert len(sums) == 5
    assert len(set(sums)) == 1
    assert len(list((tmp_path / "cache").rglob("*.pcm"))) == 1
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_waiting_for_another_writer_can_be_cancelled(tmp_path: Path, audio: AudioStore) -> None:
    path = write_flac(tmp_path / "a.flac", clicks(1, RATE), RATE)
    folder = LruFolder(tmp_path / "cache" / "pcm", ".pcm", 10**9)

    class Impatient(Quiet):
        asked = 0

        def raise_if_cancelled(self) -> None:
            self.asked += 1
            if self.asked > 2:
                raise Cancelled

    with folder.locked("aa", Quiet()), pytest.raises(Cancelled):
        audio.open(Impatient(), path, "aa")


def test_placed_on_a_call_with_another_rate_and_an_offset(
    tmp_path: Path, audio: AudioStore
) -> None:
    source = clicks(3, 8_000)
    path = write_wav(tmp_path / "a.wav", source, 8_000)
    placed = audio.open(
        Quiet(), path, "aa", immutable=True, placement=Placement(48_000, offset_frames=4_800)
    )
    assert placed.rate_hz == 48_000
    assert len(placed.samples) == 4_800 + 3 * 48_000
    loud = np.abs(placed.samples[:, 0].astype(int))
    for second in range(3):
        assert int(loud[second * 48_000 : (second + 1) * 48_000].argmax()) == 24_000 + 4_800
    _, hi, _ = placed.peaks.read(0, 0, 4800, 32)
    assert int(hi.argmax()) == 6
    again = audio.open(Quiet(), path, "aa", placement=Placement(48_000, offset_frames=4_800))
    assert np.array_equal(again.samples, placed.samples)


def test_versions_are_part_of_the_name(tmp_path: Path, audio: AudioStore) -> None:
    audio.open(Quiet(), write_flac(tmp_path / "a.flac", clicks(1, RATE), RATE), "aa")
    assert f"aa-v{pcm_cache.VERSION}.pcm" in files(tmp_path / "cache")
