"""What ends a call early: each is words and a recording, never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents import recorded
from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.plan import Plan
from app.agents.practice.server import PracticeServer
from app.agents.profiles import CallProfile
from app.agents.recording import CallRecorder
from app.agents.session import CallSession
from app.audio.duplex import DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.work import Quiet
from app.services import calls, live_calls
from app.services.live_calls.recovering import live_dir
from app.services.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
HEAD = {
    "profile": CallProfile(name="a", url="ws://127.0.0.1:1").to_json(),
    "started_at": "2026-01-01T00:00:00Z",
}


class QuietLink:
    """An agent that says nothing and takes everything."""

    input_rate_hz = output_rate_hz = 8_000

    def __init__(self) -> None:
        self.sent = 0

    def connect(self, listener: Listener) -> None:
        self.listener = listener

    def send_audio(self, pcm: Int16, until: int) -> None:
        self.sent += len(pcm)

    def interrupted(self, item_id: str, played_ms: int) -> None: ...

    def send_tool_result(self, call_id: str, result: str) -> None: ...

    def close(self) -> None: ...


class DyingDevice(VirtualDuplex):
    """Its blocks stop after a moment."""

    def start(self, line: DuplexLine) -> None:
        super().start(line)
        self._dies_at = time.monotonic() + 0.5

    @property
    def is_running(self) -> bool:
        return super().is_running and time.monotonic() < self._dies_at


class FaintingDevice(DyingDevice):
    """As `DyingDevice`, but it comes back when it is asked to."""

    def restart(self) -> bool:
        self._dies_at = time.monotonic() + 60
        return True


def session(folder: Path, device: Any = VirtualDuplex, **values: Any) -> CallSession:
    return CallSession(QuietLink(), Plan(folder=folder, head=HEAD, open_device=device, **values))


def test_a_lost_device_ends_the_call_with_words(tmp_path: Path) -> None:
    ending = session(tmp_path / "call", DyingDevice).run()
    assert (ending.reason, ending.dropped) == ("device_lost", True)
    call = recorded.load(tmp_path / "call")
    assert 0.3 < len(call.mic) / call.rate_hz < 1.5
    assert call.end is not None
    assert call.end["words"] == ending.words


def test_a_stream_that_died_is_started_anew_and_the_call_goes_on(tmp_path: Path) -> None:
    ending = session(tmp_path / "call", FaintingDevice, seconds=0.9).run()
    assert (ending.reason, ending.dropped) == ("time", False)
    assert len(list(recorded.load(tmp_path / "call").noted("restarted"))) == 1


def test_a_full_disk_ends_the_call_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = CallRecorder.blocks

    def full(self: CallRecorder, rows: Any, mic: Int16, *others: Int16) -> None:
        if self._tracks["mic"].frames > 2_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(self, rows, mic, *others)

    monkeypatch.setattr(CallRecorder, "blocks", full)
    ending = session(tmp_path / "call").run()
    assert (ending.reason, ending.dropped) == ("disk_full", True)
    assert len(recorded.load(tmp_path / "call").mic) > 2_000


def test_muting_sends_silence_and_its_times_are_kept(tmp_path: Path) -> None:
    talk = session(tmp_path / "call", seconds=0.3)
    talk.mute(True)
    talk.mark("odd")
    assert talk.run().reason == "time"
    call = recorded.load(tmp_path / "call")
    assert {n["what"] for n in call.notes} >= {"muted", "mark"}
    assert not call.sent.any()


def test_events_that_are_not_known_do_not_end_a_call(tmp_path: Path) -> None:
    link = QuietLink()
    talk = CallSession(
        link, Plan(folder=tmp_path / "c", head=HEAD, open_device=VirtualDuplex, seconds=0.3)
    )
    connect = link.connect

    def connected(listener: Listener) -> None:
        connect(listener)
        listener.raw(RawMessage(at_ns=1, way="in", text='{"type": "odd"}'))
        for kind in ("other", "error", "response_done", "audio_done", "clear", "caller_started"):
            listener.event(AgentEvent(kind=kind, at_ns=time.monotonic_ns(), text="odd"))  # type: ignore[arg-type]

    link.connect = connected  # type: ignore[method-assign]
    assert talk.run().reason == "time"


def test_nobody_there_is_said_and_leaves_nothing_behind(workspace: Workspace) -> None:
    profile = CallProfile(name="nobody", url="ws://127.0.0.1:9/v1/realtime")
    with pytest.raises(EnvironmentFault, match="did not take the call"):
        live_calls.place(Quiet(), workspace, live_calls.LiveRequest(profile=profile, seconds=1))
    assert not any(live_dir(workspace).iterdir())


def test_a_port_that_is_taken_is_said() -> None:
    brief = live_calls.practice_brief()
    with (
        PracticeServer(brief, recognises=False) as server,
        pytest.raises(EnvironmentFault, match="cannot listen"),
    ):
        PracticeServer(brief, port=server.port)


def test_a_killed_call_is_recovered_whole_but_for_a_moment(workspace: Workspace) -> None:
    words = [sys.executable, "-m", "app", "call", "--profile", "practice", "--seconds", "30"]
    process = subprocess.Popen([*words, "--workspace", str(workspace.path)], cwd=ROOT)
    stop_by = time.monotonic() + 60
    while not (tracks := list(live_dir(workspace).glob("*/mic.wav"))):
        assert time.monotonic() < stop_by
        time.sleep(0.02)
    time.sleep(2.0)
    before = tracks[0].stat().st_size
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (found,) = live_calls.recover(Quiet(), workspace)
    assert found.dropped
    call = calls.get_call(workspace, found.call_id)
    assert "dropped" in call.tags
    assert call.frame_count * 2 >= before - 2 * call.rate_hz
    assert not any(live_dir(workspace).iterdir())


def test_a_folder_without_a_call_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        recorded.load(tmp_path)


def test_a_table_cut_off_in_the_middle_of_a_line_is_read(tmp_path: Path) -> None:
    session(tmp_path / "call", seconds=0.2).run()
    path = tmp_path / "call" / "blocks.csv"
    whole = recorded.load(tmp_path / "call").blocks
    path.write_text(path.read_text()[:-7])
    assert recorded.load(tmp_path / "call").blocks == whole[:-1]
    assert np.array_equal([b.index for b in whole], np.arange(len(whole)) * 160)
