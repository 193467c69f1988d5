"""Fetching a model, from a hub on loopback by real HTTP: whole, broken off, damaged, refused."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import BadInput, Cancelled, EnvironmentFault, NotFound
from app.models.asr import never
from app.models.whisper import Whisper
from app.models.whisper_download import fetch
from app.models.whisper_models import find, repository
from tests.unit.asr.hearing import MICRO, SENTENCE, hear, track
from tests.unit.asr.hub_server import COMMIT, Hub, serving

REPO = "someone/whisper-micro"
Told = list[tuple[int, int]]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(REPO, MICRO) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield found


def blobs(cache: Path) -> list[Path]:
    return [p for p in cache.rglob("*") if p.is_file() and "blobs" in p.parts]


def quiet(_done: int, _total: int) -> None:
    pass


def test_a_model_is_fetched_with_progress_and_hears(hub: Hub, tmp_path: Path) -> None:
    told: Told = []
    found = fetch(REPO, lambda done, total: told.append((done, total)), never, tmp_path)
    size = sum(p.stat().st_size for p in MICRO.iterdir())
    assert {total for _, total in told} == {size}
    assert told[-1] == (size, size)
    assert [d for d, _ in told] == sorted(d for d, _ in told)
    assert len(told) >= len(list(MICRO.iterdir()))
    assert found.name == f"{REPO}@{COMMIT[:8]}"
    assert {p.name: p.read_bytes() for p in found.path.iterdir()} == {
        p.name: p.read_bytes() for p in MICRO.iterdir()
    }
    heard = hear(Whisper(folder=found), track("boiler-repair", "caller"), [(33.0, 36.0)], "en")
    assert heard.segments[0].text == SENTENCE


def test_nothing_but_the_model_is_asked_for_and_nothing_written_elsewhere(
    hub: Hub, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    home = Path(constants.HF_HOME)
    before = sorted(home.rglob("*")) if home.exists() else None
    fetch(REPO, quiet, never, tmp_path)
    assert all(REPO in asked for asked in hub.asked)
    assert (sorted(home.rglob("*")) if home.exists() else None) == before


def test_a_second_time_nobody_is_asked(hub: Hub, tmp_path: Path) -> None:
    assert find(REPO, tmp_path) is None
    first = fetch(REPO, quiet, never, tmp_path)
    asked = len(hub.asked)
    assert fetch(REPO, quiet, never, tmp_path) == first
    assert find(REPO, tmp_path) == first
    assert len(hub.asked) == asked


def test_a_connection_that_breaks_goes_on_where_it_was(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.file_download as library

    monkeypatch.setattr(library.constants, "DOWNLOAD_CHUNK_SIZE", 1 << 14)
    monkeypatch.setattr(library.time, "sleep", lambda _s: None)
    hub.cut_after = [200_000, 100_000]
    found = fetch(REPO, quiet, never, tmp_path)
    assert (found.path / "model.bin").read_bytes() == (MICRO / "model.bin").read_bytes()
    assert len(hub.ranges) == 3
    assert hub.ranges[0] is None
    assert all(r is not None and r.startswith("bytes=") for r in hub.ranges[1:])


def test_a_download_that_is_cancelled_leaves_nothing_half(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.file_download as library

    monkeypatch.setattr(library.constants, "DOWNLOAD_CHUNK_SIZE", 1 << 14)
    told: Told = []
    with pytest.raises(Cancelled):
        fetch(
            REPO,
            lambda done, total: told.append((done, total)),
            lambda: bool(told) and told[-1][0] > 300_000,
            tmp_path,
        )
    assert told[-1][0] < told[-1][1]
    assert find(REPO, tmp_path) is None
    assert not [p for p in blobs(tmp_path) if p.name.endswith(".incomplete")]
    assert all(p.stat().st_size for p in blobs(tmp_path))
    again = fetch(REPO, quiet, never, tmp_path)
    assert (again.path / "model.bin").read_bytes() == (MICRO / "model.bin").read_bytes()
    with pytest.raises(Cancelled):
        fetch("someone/else", quiet, lambda: True, tmp_path)


@pytest.mark.parametrize("file", ["model.bin", "tokenizer.json"])
def test_a_damaged_download_is_told_and_removed(hub: Hub, tmp_path: Path, file: str) -> None:
    hub.spoiled = file
    with pytest.raises(EnvironmentFault, match=rf"{file}.*damaged.*checksum"):
        fetch(REPO, quiet, never, tmp_path)
    assert find(REPO, tmp_path) is None
    body = (MICRO / file).read_bytes()
    assert not [p for p in blobs(tmp_path) if p.stat().st_size == len(body)]
    hub.spoiled = ""
    assert (fetch(REPO, quiet, never, tmp_path).path / file).read_bytes() == body


def test_an_unknown_repository_is_told(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"has no model someone/else, .*local folder"):
        fetch("someone/else", quiet, never, tmp_path)
    with pytest.raises(NotFound, match="is no name of a model"):
        fetch("some one/../else", quiet, never, tmp_path)


def test_an_unknown_name_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no Whisper model 'gigantic'.*large-v3.*local folder"):
        fetch("gigantic", quiet, never, tmp_path)
    assert repository("tiny") == "Systran/faster-whisper-tiny"
    assert repository(REPO) == REPO


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        ((401, ""), NotFound, "has no model"),
        ((403, "GatedRepo"), EnvironmentFault, "accepted its terms.*HF_TOKEN"),
        ((403, ""), EnvironmentFault, "answered 403"),
        ((503, ""), EnvironmentFault, "answered 503.*later"),
        ((404, "RevisionNotFound"), NotFound, "has no model"),
    ],
)
def test_refusals_are_told(
    hub: Hub, tmp_path: Path, refusal: tuple[int, str], kind: type[Exception], words: str
) -> None:
    hub.refuse = refusal
    with pytest.raises(kind, match=words):
        fetch(REPO, quiet, never, tmp_path)


def test_a_repository_of_another_kind_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}")
    (other / "model.safetensors").write_bytes(b"x")
    with serving(REPO, other) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(BadInput, match=r"model\.bin is missing"):
            fetch(REPO, quiet, never, tmp_path / "cache")


def test_no_network_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refuses
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(EnvironmentFault, match=r"cannot be reached.*mirror.*local folder"):
            fetch("tiny", quiet, never, tmp_path)


def test_offline_is_respected(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EnvironmentFault, match=r"HF_HUB_OFFLINE.*local folder"):
        fetch(REPO, quiet, never, tmp_path)
    assert hub.asked == []
    monkeypatch.delenv("HF_HUB_OFFLINE")
    known = fetch(REPO, quiet, never, tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fetch(REPO, quiet, never, tmp_path) == known


def test_a_full_disk_is_told(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.file_download as library

    def full(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library, "_chmod_and_move", full)
    with pytest.raises(EnvironmentFault, match="No space left on device"):
        fetch(REPO, quiet, never, tmp_path)


def test_a_fault_of_ours_is_not_taken_for_the_networks(hub: Hub, tmp_path: Path) -> None:
    def broken(_done: int, _total: int) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        fetch(REPO, broken, never, tmp_path)
