"""Live calls at the real window under Xvfb, through null sinks, by keys alone.

A newcomer's first calls; a call placed elsewhere; everything that one does not do during a call.
Where the machine tears the sound, a turn is marked as degraded and proves nothing: the exact times
are asked of the turns that are whole. This wants a machine that does nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio import active_level
from app.domain.work import Quiet
from app.services import layers, live_calls, opening, raters, rating
from app.services.workspace import Workspace
from tests.soak import live_elsewhere
from tests.soak.asking_agent import ASKS_AT, TOOL
from tests.soak.live_truth import Stored, against_outside, against_plan, lag
from tests.soak.real_window import at_work, finished, window_env
from tests.sound.live_rig import add_sinks
from tests.sound.pulse import PulseServer

RESULT, BARGE_AFTER_MS, SNR_DB, REACTION_MS = '{"day": "Tuesday"}', 1_200, 15.0, 350.0
"""What the newcomer does; see `live_newcomer`."""
DELAY_MS, STOP_MS, APART_MS, WAY_MS = 20.0, 40.0, 5.0, 40.0
"""How near the truth: a delay, a stop, two tracks; and two blocks on a packet's way."""
FIRST_SOUND_S, LATE_MS, LOUD = 60.0, 50.0, 1_000
SECONDS, ATTEMPTS = 6.0, 3
"""Of a call placed elsewhere; the clocks of a busy machine need more than one."""


def at_window(
    folder: Path, child: str, *words: str, prepare: Callable[[PulseServer], None] | None = add_sinks
) -> dict[str, Any]:
    """Run a driver at a window of its own; what it said."""
    with window_env(prepare) as env:
        report = finished(at_work(env, child, str(folder), *words))
    print(f"\n{child}: {report}")  # noqa: T201
    assert report["platform"] == "xcb"
    assert report["failures"] == []
    return report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def newcomer(folder: Path) -> dict[str, Any]:
    return at_window(folder, "live_newcomer.py", str(time.monotonic()))


@pytest.fixture(scope="module")
def ws(folder: Path, newcomer: dict[str, Any]) -> Iterator[Workspace]:
    opened = opening.open_workspace(folder / "ws")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def first(ws: Workspace, newcomer: dict[str, Any]) -> Stored:
    return Stored(ws, newcomer["calls"][0])


@pytest.mark.timeout(600)
def test_a_newcomer_hears_the_agent_within_a_minute(newcomer: dict[str, Any]) -> None:
    assert newcomer["first_sound_s"] < FIRST_SOUND_S
    assert newcomer["lost_blocks"] == 0


def test_no_figure_is_seen_before_the_rating_is_stored(newcomer: dict[str, Any]) -> None:
    sight = newcomer["sight"]
    assert sight["rating"] == sight["rating, stored"] == sight["library"] == []
    assert newcomer["library_rows"] > 0  # it was looked at
    assert sight["summary"]


def test_the_library_has_both_sides_and_the_rating(ws: Workspace, first: Stored) -> None:
    assert [t.role for t in first.call.tracks] == ["caller", "agent"]
    assert {len(first.stereo), len(first.track("mic"))} == {first.call.frame_count}
    assert first.live["ending"]["reason"] == "hung_up"
    me = raters.raters(ws)[0]
    given = {s.criterion_key: s.answer.value for s in rating.scores(ws, me, call_id=first.call_id)}
    assert list(given.values()) == [4, 0, 1, 5, 3, 4]


def test_delays_and_stops_are_those_of_an_outside_recorder(
    folder: Path, first: Stored, newcomer: dict[str, Any]
) -> None:
    off = against_outside(first, folder / "both.raw")
    ways = against_plan(first, newcomer["truth"][0])
    print(f"\noff the outside recording by {off}; ways to the ear: {ways}")  # noqa: T201
    assert off.delays
    assert off.stops
    assert max(map(abs, off.delays)) <= DELAY_MS
    assert max(map(abs, off.stops)) <= STOP_MS
    assert ways
    assert all(0 <= ms <= first.live["stream"]["delay_ms"] + WAY_MS for ms in ways)


def test_what_was_cut_is_shown_as_never_heard(
    ws: Workspace, first: Stored, newcomer: dict[str, Any]
) -> None:
    opening_line, birth_date = (s.text for s in live_calls.practice_brief().steps[:2])
    agent = [s for s in layers.transcript(ws, first.call_id) if s.speaker == "agent"]
    assert [s.heard for s in agent[:2]] == [True, False]
    assert f"{agent[0].text} {agent[1].text}" == opening_line
    shown = newcomer["review"]
    assert agent[1].text in " ".join(shown["unheard_pieces"])
    assert any(agent[0].text in text for text in shown["texts"])
    assert {"caller", "agent"} <= set(shown["speakers"])
    assert birth_date


def test_the_armed_line_came_when_it_was_due(first: Stored) -> None:
    onset = first.measures["agent"][0]["onset"]
    (clip,) = [n for n in first.notes("clip") if "after_ms" in n]
    assert first.ms(clip["index"] - onset) == pytest.approx(BARGE_AFTER_MS, abs=DELAY_MS)


def test_marks_lie_before_the_key_and_everything_done_is_logged(
    first: Stored, newcomer: dict[str, Any]
) -> None:
    (mark,) = first.events("Talk-over")
    pressed_ms = (newcomer["marked_ns"] - first.zero_ns) / 1e6
    assert first.ms(mark["start"]) == pytest.approx(pressed_ms - REACTION_MS, abs=100)
    assert len(first.events("DTMF 5")) == len(first.events("clip: caller_suits.wav")) == 1
    (muted,) = first.events("muted")
    lasts = muted["end"] - muted["start"]
    quiet = slice(muted["start"] + lasts // 8, muted["start"] + lasts // 2)  # blocks come late
    assert np.abs(first.track("mic")[quiet]).max() > LOUD
    assert not first.track("said")[quiet].any()


def test_the_edited_result_answers_the_next_tool_as_well(
    first: Stored, newcomer: dict[str, Any]
) -> None:
    assert newcomer["asked"][0] == TOOL
    told = [t["output"] for t in newcomer["truth"][0] if t["what"] == "told"]
    assert told == [RESULT] * len(ASKS_AT)
    assert len(first.events(TOOL)) == len(ASKS_AT)


def test_noise_is_kept_apart_from_what_was_said(first: Stored) -> None:
    said, sent = first.track("said").astype(np.float64), first.stereo[:, 0].astype(np.float64)
    spoken = active_level.measure(first.track("said"), first.call.rate_hz)
    assert spoken is not None
    levels = [n["level_dbov"] for n in first.notes("noise_level")]
    noise = (sent - said)[-first.call.rate_hz :]
    noise_dbov = 10 * np.log10(np.mean(noise**2)) - 20 * np.log10(32_768)
    assert levels, "the caller's level was never known"
    assert levels[-1] - noise_dbov == pytest.approx(SNR_DB, abs=0.5)
    assert spoken.level_dbov - noise_dbov == pytest.approx(SNR_DB, abs=3.0)


def test_again_has_the_same_settings_and_a_replay_the_same_caller(
    ws: Workspace, first: Stored, newcomer: dict[str, Any]
) -> None:
    again, replay = (Stored(ws, call_id) for call_id in newcomer["calls"][1:])
    assert again.live["request"] == first.live["request"]
    assert replay.live["request"]["replay_of"] == again.call_id
    before, after = again.track("said"), replay.track("said")
    by = lag(after, before)
    same = before[max(0, -by) : len(after) - by]
    assert np.array_equal(after[max(0, by) : by + len(before)][: len(same)], same[: len(after)])
    assert after.any()
    texts = [
        next(s.text for s in layers.transcript(ws, c.call_id) if s.speaker == "agent")
        for c in (again, replay)
    ]
    assert texts[0].split()[0] == texts[1].split()[0]


def test_a_replay_is_compared_with_what_it_was_made_of(newcomer: dict[str, Any]) -> None:
    compared = newcomer["compared"]
    _, again, replay = newcomer["calls"]
    assert (compared["a"], compared["b"]) == ([again], [replay])
    assert compared["pairing"] == "original"
    assert 1 in compared["pairs"]


def test_the_window_is_in_time_during_a_call(newcomer: dict[str, Any]) -> None:
    dialling, call, bare = (newcomer[k] for k in ("late_dialling", "late", "late_bare"))
    print(  # noqa: T201
        f"\nlate by, ms: while it rings {dialling}, in the call {call}; a bare loop {bare}"
    )
    assert call["ticks"] > 500
    assert call["p99.9"] - bare["p99.9"] <= LATE_MS


@pytest.mark.timeout(300)
def test_a_call_placed_elsewhere_has_two_tracks_of_one_clock(tmp_path: Path) -> None:
    found = []
    for attempt in range(ATTEMPTS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        words = (str(SECONDS),)
        report = at_window(folder, "live_elsewhere.py", *words, prepare=None)
        assert not report["dropped"]
        assert not report["says_for_me"]
        ws = opening.open_workspace(folder / "ws")
        apart_ms = off_by_click(Stored(ws, report["call"]))
        ws.close()
        print(f"\nthe tracks are off by {[round(ms, 1) for ms in apart_ms]} ms")  # noqa: T201
        assert len(apart_ms) >= SECONDS / 2
        found.append(max(map(abs, apart_ms)))
        if found[-1] <= APART_MS:
            return
    pytest.fail(f"the tracks were never within {APART_MS:g} ms: {found}")


def off_by_click(stored: Stored) -> list[float]:
    """By how much each second click, on the agent's track, is off the first on the caller's."""
    caller, agent, rate_hz = stored.stereo[:, 0], stored.stereo[:, 1], stored.call.rate_hz
    one, two = (live_elsewhere.clicks(seed) for seed in (1, 2))
    found, reach = [], rate_hz // 8
    for at in range(0, len(caller) - 2 * rate_hz, rate_hz):
        window = caller[at : at + rate_hz]
        if np.abs(window).max(initial=0) > LOUD:
            due = at + lag(window, one) + round(live_elsewhere.APART_S * rate_hz)
            found.append(stored.ms(lag(agent[due - reach : due + reach], two) - reach))
    return found


@pytest.mark.timeout(300)
def test_a_call_stands_what_one_does_not_do_during_one(tmp_path: Path) -> None:
    report = at_window(tmp_path, "live_upsets.py")
    assert (report["calls_placed"], report["folders"]) == (1, 1)
    assert (report["phase_after_round"], report["timer"]) == ("call", True)
    assert "recorded" in report["rail"]
    assert report["went_on_s"] > 1.0
    assert not report["plays"]
    assert report["says"]
    assert report["size"] == [1280, 800]
    assert set(map(len, report["clipped"].values())) == {0}
    assert report["still"]["lost"] == report["lost_blocks"] == 0
    assert report["second"]["failures"] == []
    assert report["second"]["calls"] == 1  # the recording; the call goes on
    assert report["goes_on"]
    assert report["stayed"]
    ws = opening.open_workspace(tmp_path / "ws")
    stored = Stored(ws, report["call"])
    assert stored.events("Good moment")
    assert not (tmp_path / "ws" / "live").exists() or not list((tmp_path / "ws" / "live").iterdir())
    assert not live_calls.recover(Quiet(), ws)
    ws.close()
