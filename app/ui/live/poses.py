"""Puts the live screen into any of its states, for pictures: nothing is dialled or recorded.

`strike(screen, name)` after the screen was made; names are `POSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from app.agents.live_view import (
    CallState,
    Caption,
    Health,
    Interval,
    Lane,
    Latencies,
    Level,
    Mark,
    Snapshot,
    ToolCall,
)
from app.agents.measures import CallMeasures
from app.agents.meter import BargeIn, TurnMeasure
from app.agents.missing_sound import MissingSound
from app.agents.stream_health import StreamHealth
from app.domain.calls import Span, Speaker
from app.services.live_calls.device_list import DeviceChoice, DeviceChoices
from app.services.live_calls.storing import StoredCall
from app.ui.live.setup import Setup
from app.ui.live.words import TAGS

if TYPE_CHECKING:
    from app.ui.live.screen import LiveScreen

RATE_HZ = 24_000
NOW_S = 207.4
FACTS = "clinic-desk v3, OpenAI Realtime   ·   babble at 15 dB SNR   ·   Consent given 10:41:02"
NOTES = ("In: Jabra Evolve2", "Out: Jabra Evolve2", "Tags saved 10:44:29")
AGENT_S = ((187.0, 190.6), (194.6, 198.4), (200.0, 202.6))
CALLER_S = ((191.0, 193.4), (197.7, 199.1), (203.2, 206.4))
SAID: tuple[tuple[Speaker, float, str, str], ...] = (
    ("agent", 141.6, "Good morning, this is Tove from the Marlow Eye Clinic.", ""),
    ("caller", 148.9, "Hello, yes, I do. This is Gareth Penrose.", ""),
    ("agent", 153.1, "Thank you. Could you tell me your date of birth, please?", ""),
    ("caller", 160.7, "The third of May, nineteen seventy.", ""),
    ("agent", 166.0, "You are booked for Tuesday, a quarter past nine, with Doctor Hale. "
     "Does that still suit you?", ""),
    ("caller", 176.2, "Yes, that suits me well.", ""),
    ("agent", 187.0, "Good. Please eat nothing after midnight,", "drink only water until seven."),
    ("caller", 191.0, "One moment, please. May I still drink water?", ""),
    ("agent", 194.6, "Yes, you may drink water until seven in the morning.", ""),
    ("caller", 197.7, "Good, and parking?", ""),
    ("agent", 200.0, "There is parking behind the building.", "It is free with your letter."),
)  # fmt: skip
PARTIAL = "Thank you. And can my wife wait there while"


def _spans(seconds: tuple[tuple[float, float], ...]) -> tuple[Span, ...]:
    return tuple(Span(round(a * RATE_HZ), round(b * RATE_HZ)) for a, b in seconds)


def _captions() -> tuple[Caption, ...]:
    found = [
        Caption(
            speaker=speaker, at_s=at, text=f"{heard} {lost}".strip(), is_final=True,
            heard_text=heard, unheard_text=lost,
        )
        for speaker, at, heard, lost in SAID
    ]  # fmt: skip
    partial = Caption(
        speaker="caller", at_s=203.2, text=PARTIAL, is_final=False, heard_text=PARTIAL
    )
    return (*found, partial)


def snapshot(state: CallState) -> Snapshot:
    """A call of three and a half minutes in that state."""
    responses = ((143.0, 153.1, 780), (162.0, 166.0, 640), (178.0, 187.0, 1120))
    near = ((193.4, 194.6, 1200), (199.1, 200.0, 900))
    return Snapshot(
        state=state,
        state_since_s=NOW_S - 2.1,
        rate_hz=RATE_HZ,
        captured_s=NOW_S,
        captured_frames=round(NOW_S * RATE_HZ),
        captions=_captions(),
        latencies=Latencies(last_ms=900, p50_ms=860, p95_ms=1_460, n=13),
        overlaps=2,
        marks=(
            Mark(at_s=120.0, label=TAGS[4]),
            Mark(at_s=171.0, label="asks twice for the date", kind="note"),
            Mark(at_s=198.4, label=TAGS[1]),
            Mark(at_s=201.2, label=TAGS[6]),
        ),
        caller_level=Level(rms_dbfs=-52.0, peak_dbfs=-24.0),
        agent_level=Level(rms_dbfs=-120.0, peak_dbfs=-18.0),
        caller_speech=_spans(CALLER_S),
        agent_speech=_spans(AGENT_S),
        intervals=tuple(
            Interval(span=Span(round(a * RATE_HZ), round(b * RATE_HZ)), ms=ms)
            for a, b, ms in (*responses, *near)
        ),
        health=Health(
            drift_ppm=11.0, disk_free_bytes=212_000_000_000, bytes_written=38_100_000,
            gap_p50_ms=41.0, gap_p95_ms=47.0, delay_ms=42.0,
        ),
    )  # fmt: skip


def lane(shown: Snapshot, speaker: Speaker, from_frame: int) -> Lane:
    """Bursts where that side speaks, the same in each picture."""
    block = RATE_HZ // 50
    count = round(NOW_S * RATE_HZ) // block
    loud = np.zeros(count)
    for run in shown.agent_speech if speaker == "agent" else shown.caller_speech:
        at = np.arange(run.start // block, min(count, run.end // block))
        rng = np.random.default_rng(len(at))
        syllables = np.abs(np.sin(at * 0.31 + rng.random())) ** 1.5
        loud[at] = 11_000 * syllables * rng.uniform(0.35, 1.0, len(at))
    first = from_frame // block
    high = loud[first:] + 60
    peaks = np.stack([-0.9 * high, high], axis=1).astype(np.int16)
    return Lane(first_frame=first * block, block_frames=block, peaks=peaks)


def stored(*, dropped: bool = False) -> StoredCall:
    """What such a call would have measured."""
    at = (9.1, 18.8, 30.2, 52.4, 77.0, 101.3, 143.0, 162.0, 178.0, 193.4, 199.1)
    ms = (880, 760, 1010, 640, 930, 1480, 780, 640, 1120, 1200, 900)
    turns = tuple(
        TurnMeasure(
            caller_end=round(a * RATE_HZ), agent_onset=round((a + m / 1000) * RATE_HZ),
            mouth_to_ear_ms=float(m), wire_ms=m - 84.0, server_ms=m - 410.0, degraded=m == 1480,
        )
        for a, m in zip(at, ms, strict=True)
    )  # fmt: skip
    cuts = (
        BargeIn(onset=round(190.2 * RATE_HZ), detect_ms=412.0, flush_ms=46.0, stop_ms=458.0,
                degraded=False),
        BargeIn(onset=round(197.7 * RATE_HZ), detect_ms=None, flush_ms=None, stop_ms=None,
                degraded=False),
    )  # fmt: skip
    measures = CallMeasures(
        turns=turns, barge_ins=cuts, talk_overs=(1,), false_stops=(), agent=(), caller=(),
        stream=StreamHealth(
            underruns=1, overruns=0, inserted_ms=21.0, gap_p50_ms=41.0, gap_p95_ms=47.0,
            gap_max_ms=96.0, delay_ms=42.0,
        ),
        missing=MissingSound(missing_ms=0.0),
    )  # fmt: skip
    words = "The agent hung up or was lost (the connection was closed)."
    return StoredCall(
        call_id="", code="CB-00021", dropped=dropped,
        words=words if dropped else "The call was hung up.", duration_s=NOW_S, measures=measures,
        reason="server_lost" if dropped else "hung_up",
    )  # fmt: skip


def strike(screen: LiveScreen, name: str) -> None:
    """Show one state. KeyError for an unknown name."""
    POSES[name](screen)


def _setup(screen: LiveScreen) -> None:
    microphones = tuple(
        DeviceChoice(key=k, label=k) for k in ("Jabra Evolve2", "Built-in microphone")
    )
    default = DeviceChoice(key="default", label="System default")
    screen.setup_page.show_devices(
        DeviceChoices(
            inputs=(default, *microphones), outputs=(default, *microphones[:1]), monitors=(default,)
        )
    )
    screen.setup_page.show_setup(Setup(microphone="Jabra Evolve2"))
    screen.setup_page.sound.level.show_level(-27.0, -14.0)
    screen.setup_page.sound.say("Good: −27 dBFS, peak −14.")


def _call(state: CallState, **changed: object) -> Callable[[LiveScreen], None]:
    def pose(screen: LiveScreen) -> None:
        screen.flow.phase = "call"
        screen.show_phase()
        screen.notes = NOTES if state != "ringing" else NOTES[:2]
        screen.head.facts.setText(FACTS)
        for box in screen.call_page.scenario.steps[:2] if state != "ringing" else ():
            box.setChecked(True)
        shown = replace(snapshot(state), **changed)  # type: ignore[arg-type]
        screen.call_page.show_call(
            shown, partial(lane, shown) if shown.captured_frames else None, whole=True
        )
        screen.show_snapshot(shown)

    return pose


def _ringing() -> Callable[[LiveScreen], None]:
    empty = Snapshot(state="ringing", message="Calling clinic-desk.")
    names = (
        "captured_s", "captured_frames", "rate_hz", "captions", "latencies", "overlaps", "marks",
        "caller_speech", "agent_speech", "intervals", "health", "message", "state_since_s",
        "caller_level", "agent_level",
    )  # fmt: skip
    return _call("ringing", **{n: getattr(empty, n) for n in names})


def _tool() -> Callable[[LiveScreen], None]:
    asked = ToolCall(
        id="1", name="book_escort", arguments='{"day": "tuesday", "seats": 1}', at_s=206.9
    )
    return _call("thinking", tools=(asked,))


def _rating(ending: str) -> Callable[[LiveScreen], None]:
    def pose(screen: LiveScreen) -> None:
        screen.flow.phase = "rating"
        screen.show_phase()
        for value in (4, 0, 1):
            screen.rating_page.answer(value)
        screen.rating_page.say_stored("CB-00021 is stored.")
        screen.rating_page.say_ending(ending)

    return pose


def _kept(screen: LiveScreen) -> None:
    _rating("")(screen)
    screen.rating_page.say_kept(KEPT)


def _summary(*, dropped: bool = False) -> Callable[[LiveScreen], None]:
    def pose(screen: LiveScreen) -> None:
        screen.flow.phase = "summary"
        screen.show_phase()
        screen.summary_page.show_call(stored(dropped=dropped), snapshot("ended"))

    return pose


CUT = (
    "The call was cut off. The agent hung up or was lost (the connection was closed). See whether "
    "the agent's server runs, then call again."
)
KEPT = (
    "The call is recorded, but not in the library yet. The disk that holds the workspace is full. "
    "Free some space, then store it; else it is stored at the next start."
)
POSES: dict[str, Callable[[LiveScreen], None]] = {
    "setup": _setup,
    "ringing": _ringing(),
    "listening": _call(
        "listening",
        caller_speech=_spans((*CALLER_S[:2], (205.3, NOW_S))),
        caller_level=Level(rms_dbfs=-27.0, peak_dbfs=-14.0),
    ),
    "thinking": _call("thinking"),
    "speaking": _call(
        "speaking",
        caller_speech=_spans(CALLER_S[:2]),
        agent_speech=_spans((*AGENT_S[:2], (203.1, NOW_S))),
        agent_level=Level(rms_dbfs=-22.0, peak_dbfs=-9.0),
        captions=_captions()[:-1],
    ),
    "tool": _tool(),
    "rating": _rating(""),
    "dropped": _rating(CUT),
    "kept": _kept,
    "summary": _summary(),
}
