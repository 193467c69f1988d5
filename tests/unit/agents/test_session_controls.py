"""What a person does in a call: take the word, press keys, answer tools, hang up."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents import recorded
from app.agents.backlog import Backlog
from app.agents.device_watch import PACE_S, DeviceWatch
from app.agents.link import AgentEvent, Int16, Listener
from app.agents.plan import Plan
from app.agents.profiles import CallProfile
from app.agents.realtime.link import RealtimeLink
from app.agents.session import CallSession
from app.audio.duplex import BLOCK_MS, DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.audio.play_queue import PlayQueue

HEAD = {
    "profile": CallProfile(name="a", url="ws://127.0.0.1:1").to_json(),
    "started_at": "2026-01-01T00:00:00Z",
}


class Link:
    """An agent that keeps what it was told."""

    input_rate_hz = output_rate_hz = 8_000

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.ready = threading.Event()

    def connect(self, listener: Listener) -> None:
        self.listener = listener
        self.ready.set()

    def send_audio(self, pcm: Int16, until: int) -> None: ...

    def interrupted(self, item_id: str, played_ms: int) -> None:
        self.told.append(("interrupted", item_id))

    def send_tool_result(self, call_id: str, result: str) -> None:
        self.told.append((call_id, result))

    def close(self) -> None: ...

    def tell(self, kind: Any, **values: Any) -> None:
        self.listener.event(AgentEvent(kind=kind, at_ns=time.monotonic_ns(), **values))


class KeyLink(Link):
    def send_dtmf(self, digit: str) -> None:
        self.told.append(("dtmf", digit))


class TurnLink(Link):
    def commit_input(self) -> None:
        self.told.append("commit")


class Loud(VirtualDuplex):
    """A microphone that always hears something."""

    def start(self, line: DuplexLine) -> None:
        on_block = line.on_block

        def loud(mic: Int16, out: Int16, *times: Any) -> None:
            on_block(np.full_like(mic, 500), out, *times)

        line.on_block = loud  # type: ignore[method-assign]
        super().start(line)


class Going:
    """A call that goes on in a thread of its own."""

    def __init__(self, folder: Path, link: Link, **values: Any) -> None:
        self.link, self.folder = link, folder
        self.session = CallSession(link, Plan(folder=folder, head=HEAD, open_device=Loud, **values))
        self._thread = threading.Thread(target=self.session.run)

    def __enter__(self) -> Going:
        self._thread.start()
        assert self.link.ready.wait(10)
        while self.session.captured < 800:
            time.sleep(0.005)
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.hang_up("the test is over.")
        self._thread.join()

    def pass_time(self, seconds: float) -> None:
        until = self.session.captured + seconds * 8_000
        while self.session.captured < until:
            time.sleep(0.005)

    def recorded(self) -> recorded.Recorded:
        return recorded.load(self.folder)


def test_push_to_talk_sends_only_what_is_said_while_the_key_is_held(tmp_path: Path) -> None:
    with Going(tmp_path / "c", TurnLink(), push_to_talk=True) as call:
        call.link.tell("audio", item_id="i", pcm=np.full(8_000, 900, np.int16))
        call.pass_time(0.2)
        call.session.push_to_talk(True)
        call.pass_time(0.2)
        call.session.push_to_talk(False)
        call.pass_time(0.1)
    assert call.link.told == [("interrupted", "i"), "commit"]
    found = call.recorded()
    sent = np.flatnonzero(found.sent)
    assert found.mic.all()
    assert 0.1 < len(sent) / 8_000 < 0.5
    assert len(sent) == sent[-1] - sent[0] + 1
    assert [n["what"] for n in found.noted("talk_began", "talk_ended")] == [
        "talk_began", "talk_ended",
    ]  # fmt: skip


@pytest.mark.parametrize("link", [Link(), KeyLink()])
def test_a_key_is_an_event_where_there_is_one_and_a_tone_elsewhere(
    tmp_path: Path, link: Link
) -> None:
    with Going(tmp_path / "c", link) as call:
        call.session.dtmf("7")
        call.pass_time(0.3)
    (note,) = call.recorded().noted("dtmf")
    is_event = isinstance(link, KeyLink)
    assert note["way"] == ("event" if is_event else "tones")
    assert link.told == ([("dtmf", "7")] if is_event else [])
    assert (np.abs(call.recorded().sent).max() > 5_000) is not is_event


def test_tools_are_answered_by_themselves_or_by_hand(tmp_path: Path) -> None:
    def ask(call: Going, call_id: str, name: str) -> None:
        call.link.tell("tool", data={"call_id": call_id, "name": name, "arguments": "{}"})

    with Going(tmp_path / "c", Link(), tool_results={"book": "booked"}) as call:
        ask(call, "1", "book")
        ask(call, "2", "cancel")
        assert call.session.tools.answer("2", "by hand")
        assert not call.session.tools.answer("2", "twice")
        call.session.tools.edit("book", "full")
        ask(call, "3", "book")
        call.session.tools.by_hand = True
        ask(call, "4", "book")
    assert call.link.told == [("1", "booked"), ("2", "by hand"), ("3", "full")]
    assert [n["call_id"] for n in call.recorded().noted("tool_result")] == ["1", "2", "3"]


def test_the_reason_for_hanging_up_is_kept(tmp_path: Path) -> None:
    with Going(tmp_path / "c", Link()) as call:
        pass
    assert call.recorded().end == {
        "reason": "hung_up", "words": "The call was hung up: the test is over.", "dropped": False,
    }  # fmt: skip


class OtherRate(VirtualDuplex):
    """A device that stopped, and would be opened at another rate now."""

    is_running = False

    def current_rate_hz(self) -> int:
        return 44_100


def test_a_device_that_was_set_to_another_rate_says_so(tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path / "c", head=HEAD, open_device=OtherRate)
    ending = CallSession(Link(), plan).run()
    assert (ending.reason, ending.dropped) == ("rate_changed", True)
    assert "from 8000 to 44100 Hz" in ending.words


def test_a_device_that_runs_at_another_pace_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = DuplexLine(8_000, PlayQueue(8_000))
    notes: list[str] = []
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    device = type("Steady", (VirtualDuplex,), {"is_running": True})(8_000)
    watch = DeviceWatch(
        device, line, Backlog(8_000), lambda what, _at_ns, **facts: notes.append(facts["words"])
    )
    silence = np.zeros(line.block, np.int16)
    for _ in range(round(4 * PACE_S * 1_000 / BLOCK_MS)):
        line.on_block(silence, silence, 0.02, 0.0, 0)
        now[0] += BLOCK_MS / 1_000 * 48 / 44.1
        assert watch.check() is None
    assert len(notes) == 1
    assert "instead of 8000" in notes[0]


def test_a_server_without_turn_detection_is_told_that_the_caller_has_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for detection, kinds in (({}, ["input_audio_buffer.commit", "response.create"]), (None, [])):
        link = RealtimeLink(CallProfile(name="a", url="ws://x", turn_detection=detection))
        sent: list[str] = []
        monkeypatch.setattr(link, "_put", lambda body, sent=sent: sent.append(body["type"]))
        link.commit_input()
        assert sent == kinds
