"""A call as the window has it, to the practice agent, steered while it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.agents.line_effects import LineEffects
from app.agents.live_view import Snapshot
from app.agents.practice import voice
from app.agents.practice.faults import Faults
from app.agents.practice.server import PracticeServer
from app.agents.profiles import CallProfile
from app.domain.calls import Call
from app.domain.errors import BadInput, EnvironmentFault, NotAllowed, NotFound
from app.domain.ratings import Answer, Viewer
from app.services import calls, live_calls
from app.services.assets import asset
from app.services.call_figures import call_figures
from app.services.live_calls import placing, repeating
from app.services.live_calls.live import CannedClip, LiveCall, LiveRequest, Noise
from app.services.live_calls.repeating import caller_track
from app.services.raters import sign_in
from app.services.workspace import Workspace

WAIT_S = 60.0
DELAY_MS = 200.0
SAYS_AT_S, SAYS_S, ENDS_S = 0.5, 0.9, 3.6


@pytest.fixture(scope="module", autouse=True)
def _without_ears() -> Iterator[None]:
    """A recogniser takes seconds of a core to load, and nothing here is about words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(placing, "PracticeServer", partial(PracticeServer, recognises=False))
        yield


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = Workspace.open(tmp_path_factory.mktemp("steered") / "ws")
    yield opened
    opened.close()


def me_of(ws: Workspace) -> Viewer:
    return sign_in(ws, "Me", "lead")


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few words, so that a call with an answer to them is short."""
    clip = voice.clip(asset("practice", "clips"), "caller_suits")
    assert clip is not None
    said = clip[: round(SAYS_S * voice.RATE_HZ)]
    path = tmp_path_factory.mktemp("caller") / "caller.wav"
    lead = np.zeros(round(SAYS_AT_S * voice.RATE_HZ), np.int16)
    soundfile.write(path, np.concatenate([lead, said]), voice.RATE_HZ)
    return path


@pytest.fixture(scope="module")
def steered(ws: Workspace, caller: Path) -> tuple[LiveCall, list[Snapshot]]:
    """One call with all that can be done to it."""
    request = LiveRequest(
        practice=Faults(),
        caller=caller,
        consent=True,
        echo_db=-20.0,
        placed_by=me_of(ws).rater_id,
        needs_consent=True,
        noise=Noise(kind="pink", snr_db=15, seed=9),
        line=LineEffects(ulaw8k=True, loss_percent=2, delay_ms=DELAY_MS - 20, seed=4),
        seconds=ENDS_S,
    )
    call = LiveCall(ws, request)
    assert call.snapshot().state == "idle"
    call.start()
    seen: list[Snapshot] = []
    steps = {
        0.2: lambda: call.mark("early", 0.1),
        0.3: lambda: call.dtmf("7"),
        2.7: lambda: (call.mute(True), call.note("a note"), call.step("greets")),
        3.2: lambda: (call.mute(False), call.noise(None), call.line(None)),
    }
    while not call.is_over:
        seen.append(call.snapshot())
        for due in [s for s in steps if seen[-1].captured_s >= s]:
            steps.pop(due)()
        time.sleep(0.02)
    assert call.wait(WAIT_S)
    return call, seen


@pytest.fixture(scope="module")
def stored(ws: Workspace, steered: tuple[LiveCall, list[Snapshot]]) -> Call:
    done = steered[0].done
    assert done is not None, steered[0].error
    return calls.get_call(ws, done.call_id)


def test_its_states_are_those_of_a_call(steered: tuple[LiveCall, list[Snapshot]]) -> None:
    states = [s.state for s in steered[1]]
    order = [a for a, b in zip(states, [None, *states]) if a != b]
    assert order[0] == "ringing"
    assert {"listening", "thinking", "speaking"} <= set(order)
    assert order.index("thinking") < order.index("speaking")
    assert steered[0].snapshot().state == "ended"


def test_what_was_done_is_in_its_log(stored: Call) -> None:
    events = stored.extra["events"]
    at = {e["label"]: e["start"] / stored.rate_hz for e in events}
    assert {"early", "DTMF 7", "a note", "greets", "muted"} <= set(at)
    assert 0.0 <= at["early"] <= 0.7
    (muted,) = [e for e in events if e["label"] == "muted"]
    assert 0.3 < (muted["end"] - muted["start"]) / stored.rate_hz < 2.5


def test_noise_and_line_do_not_move_the_measures(
    steered: tuple[LiveCall, list[Snapshot]], ws: Workspace, stored: Call
) -> None:
    assert steered[0].done is not None
    (turn, *_) = steered[0].done.measures.turns
    said, rate_hz = caller_track(ws, stored.id)
    loud = np.flatnonzero(np.abs(said[: round(2.6 * rate_hz)].astype(np.int32)) > 300)
    # What was sent is the line's delay later than what was said.
    later_ms = turn.caller_end * 1000 / stored.rate_hz - loud[-1] * 1000 / rate_hz
    assert later_ms == pytest.approx(DELAY_MS, abs=60)


def test_what_was_said_is_kept_beside_what_was_sent(ws: Workspace, stored: Call) -> None:
    said, rate_hz = caller_track(ws, stored.id)
    assert rate_hz == stored.rate_hz
    assert len(said) == stored.frame_count
    assert not said[: rate_hz // 4].any()  # no noise in it
    assert set(stored.extra["live"]["tracks"]) == {"mic", "received", "said"}


def test_a_call_can_be_placed_again_as_it_was(
    ws: Workspace, steered: tuple[LiveCall, list[Snapshot]], stored: Call
) -> None:
    again = live_calls.again(ws, stored.id)
    first = steered[0].request
    assert (again.noise, again.line, again.practice) == (first.noise, first.line, first.practice)
    assert not again.consent
    replayed = live_calls.replay(ws, stored.id)
    assert (replayed.replay_of, replayed.sample_caller) == (stored.id, False)


def test_nobody_holds_a_key_in_a_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    held = LiveRequest(practice=Faults(), device="default", push_to_talk=True)
    monkeypatch.setattr(repeating, "again", lambda _ws, _call_id: held)
    replayed: Any = repeating.replay(None, "a call")  # type: ignore[arg-type]
    assert (replayed.replay_of, replayed.push_to_talk) == ("a call", False)


def test_a_replayed_call_says_the_same_at_the_same_time(ws: Workspace, stored: Call) -> None:
    request = live_calls.replay(ws, stored.id)
    request = LiveRequest(practice=Faults(), replay_of=request.replay_of, seconds=1.2)
    call = LiveCall(ws, request)
    call.start()
    assert call.wait(WAIT_S)
    assert call.done is not None
    said, rate_hz = caller_track(ws, stored.id)
    sent, _ = caller_track(ws, call.done.call_id)
    frames = min(len(sent), rate_hz)
    assert np.array_equal(sent[:frames], said[:frames])


def test_a_replay_takes_and_gives_the_word_where_it_was(ws: Workspace, caller: Path) -> None:
    """The agent finds no turns itself: without a key let go it would never answer."""
    brief = live_calls.practice_brief()
    with PracticeServer(brief, recognises=False) as server:
        profile = replace(live_calls.practice_profile(server.url, brief), turn_detection={})
        request = LiveRequest(profile=profile, caller=caller, push_to_talk=True, seconds=1.7)
        first = LiveCall(ws, request)
        first.start()
        for at_s, held in ((SAYS_AT_S - 0.2, True), (SAYS_AT_S + SAYS_S + 0.1, False)):
            while first.snapshot().captured_s < at_s:
                time.sleep(0.005)
            first.push_to_talk(held)
        assert first.wait(WAIT_S)
        assert first.done is not None
        again = replace(live_calls.replay(ws, first.done.call_id), seconds=2.2)
        second = LiveCall(ws, again)
        second.start()
        assert second.wait(WAIT_S)
        assert second.done is not None
    assert second.done.measures.agent  # it was answered
    pressed = [
        calls.get_call(ws, done.call_id).extra["live"]["presses"]
        for done in (first.done, second.done)
    ]
    assert [held for _at, held in pressed[0]] == [True, False]
    assert pressed[0] == pressed[1]
    said, sent = (caller_track(ws, done.call_id)[0] for done in (first.done, second.done))
    assert np.array_equal(said, sent[: len(said)])
    labels = [e["label"] for e in calls.get_call(ws, second.done.call_id).extra["events"]]
    assert "key to talk let go" in labels


def test_an_echo_voids_what_is_told_of_interruptions(stored: Call) -> None:
    (found,) = [w for w in stored.warnings if w.code == "echo"]
    assert found.voids == ("interruption",)


def test_the_caller_rates_it_before_any_figure_is_shown(ws: Workspace, stored: Call) -> None:
    me, other = me_of(ws), sign_in(ws, "Somebody else", "reviewer")
    assert live_calls.awaits_rating(ws, me, stored.id)
    assert call_figures(ws, me, stored.id).awaits_caller
    assert not call_figures(ws, other, stored.id).awaits_caller
    answers = {
        c.key: Answer(status="observed", value=1)
        for c in live_calls.conversation_rubric(ws).criteria
    }
    some = {k: v for k, v in answers.items() if k != "talking"}
    with pytest.raises(BadInput, match="Talking"):
        live_calls.rate(ws, me, stored.id, some)
    assert live_calls.rate(ws, me, stored.id, answers).score_count == 6
    assert not live_calls.awaits_rating(ws, me, stored.id)


def test_a_call_without_consent_is_not_placed(ws: Workspace) -> None:
    call = LiveCall(ws, LiveRequest(practice=Faults(), needs_consent=True, seconds=1))
    call.start()
    assert call.wait(WAIT_S)
    assert isinstance(call.error, NotAllowed)
    assert "consent" in call.snapshot().error


def test_nobody_there_is_words_on_the_screen(ws: Workspace) -> None:
    profile = CallProfile(name="nobody", url="ws://127.0.0.1:9/v1/realtime")
    call = LiveCall(ws, LiveRequest(profile=profile, seconds=1))
    call.start()
    assert call.wait(WAIT_S)
    assert isinstance(call.error, EnvironmentFault)
    assert call.snapshot().state == "ended"


def test_hanging_up_while_it_rings_leaves_no_call(ws: Workspace) -> None:
    call = LiveCall(ws, LiveRequest(practice=Faults()))
    call.hang_up("changed my mind")
    call.start()
    assert call.wait(WAIT_S)
    assert call.done is None
    assert call.error is not None


def test_what_cannot_be_said_is_a_warning_and_ends_nothing(ws: Workspace, tmp_path: Path) -> None:
    clip = CannedClip(id="x", path=tmp_path / "missing.wav")
    call = LiveCall(ws, LiveRequest(practice=Faults(), clips=(clip,), seconds=0.8))
    call.start()
    while call.snapshot().state == "ringing":
        time.sleep(0.01)
    call.say("x")
    assert call.wait(WAIT_S)
    assert call.done is not None
    assert any("missing.wav" in w for w in call.snapshot().warnings)


def test_a_key_that_there_is_not_is_refused(ws: Workspace) -> None:
    with pytest.raises(BadInput):
        LiveCall(ws, LiveRequest(practice=Faults())).dtmf("x")


def test_only_a_live_call_can_be_placed_again(ws: Workspace) -> None:
    with pytest.raises(NotFound):
        live_calls.again(ws, "no-such-call")
