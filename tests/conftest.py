"""Isolation for every test: own settings, no network, no screen, nothing left behind."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import turns

# Before anything imports Qt: drawing must not depend on the machine's screen.
if not os.environ.get("CALLBENCH_HEADED"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_SCALE_FACTOR", "1")
os.environ.setdefault("QT_FONT_DPI", "96")
os.environ.setdefault("QT_ACCESSIBILITY", "1")

if TYPE_CHECKING:
    from app.services.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
THREAD_GRACE_S = 3.0


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public recordings and vectors kept beside the checkout; read, never copied."""
    named = os.environ.get("CALLBENCH_SHARED")
    folder = (Path(named) if named else ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in real time last."""
    items[:] = turns.real_time_last(items)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Where tests run side by side, those in real time have the machine to themselves."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    if not run:
        return (yield)
    with turns.turn(Path(tempfile.gettempdir()), run, turns.group_of(item)):
        return (yield)


def pytest_sessionfinish() -> None:
    """Take the locks of this run away."""
    if run := os.environ.get("PYTEST_XDIST_TESTRUNUID", ""):
        turns.forget(Path(tempfile.gettempdir()), run)


@pytest.fixture(autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every per-user folder at a fresh place."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("CALLBENCH_WORKSPACE", str(home / "workspace"))
    monkeypatch.setenv("CALLBENCH_CONFIG_DIR", str(home / "config" / "callbench"))
    for name in ("CALLBENCH_RATER", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread of ours running."""
    before = set(threading.enumerate())
    yield
    stop_by = time.monotonic() + THREAD_GRACE_S
    while left := _our_threads(before):
        if time.monotonic() > stop_by:
            pytest.fail(f"threads left running: {sorted(t.name for t in left)}")
        time.sleep(0.01)


def _our_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    ours = ("lane-", "callbench", "player")
    return [
        t
        for t in threading.enumerate()
        if t not in before and t.is_alive() and t.name.lower().startswith(ours)
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A fresh, empty workspace."""
    from app.services.workspace import Workspace

    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def make_wav(tmp_path: Path) -> Callable[..., Path]:
    """`make_wav(name, samples, rate_hz)` writes float (frames[, channels]) as 16-bit WAV."""

    def write(name: str, samples: Any, rate_hz: int = 16_000) -> Path:
        import soundfile

        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate_hz, subtype="PCM_16")
        return path

    return write
