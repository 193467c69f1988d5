"""A call put together in memory for the review's tests: known turns, known sound, no disk."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.audio.play_types import Level, Mix, PlayerEvent
from app.domain import turn_rules
from app.domain.calls import Call, Finding, Span, Speaker, Track
from app.domain.events import CallEvent, derived, in_order
from app.domain.latency import of_speaker, stats
from app.domain.ratings import Comment, Viewer
from app.domain.segments import Layer, Segment, Word
from app.services.reviewing import Review

RATE = 16_000
VIEWER = Viewer(rater_id="r1", name="Ada", role="lead")


def frames(seconds: float) -> int:
    """Frames of seconds."""
    return round(seconds * RATE)


def segment(
    ident: str, speaker: Speaker, start_s: float, end_s: float, text: str = "", **more: Any
) -> Segment:
    """A segment; with text its words are spread evenly."""
    span = Span(frames(start_s), frames(end_s))
    words: tuple[Word, ...] = ()
    if text:
        parts = text.split()
        edges = np.linspace(span.start, span.end, len(parts) + 1).astype(int)
        words = tuple(
            Word(text=w, span=Span(int(a), int(b)))
            for w, a, b in zip(parts, edges, edges[1:], strict=False)
        )
    return Segment(id=ident, speaker=speaker, span=span, text=text, words=words, **more)


SCRIPT: tuple[tuple[Speaker, float, float, str], ...] = (
    ("agent", 0.4, 3.1, "Castlebrook Cards, this is Nora. How can I help?"),
    ("caller", 3.7, 6.9, "Hello. I have two charges on my card that I did not make."),
    ("agent", 7.82, 11.5, "I'm sorry about that. I'll open the earlier case."),
    ("caller", 9.6, 9.95, "Mm-hm."),
    ("caller", 12.2, 15.5, "They told me I'd be refunded in three days."),
    ("agent", 17.34, 21.18, "Thank you for waiting. Your case was approved and"),
    ("caller", 20.42, 22.4, "No, you went quiet on me."),
    ("agent", 23.06, 27.0, "You're right, I'm sorry. The refund was approved but never sent."),
    ("caller", 27.5, 29.0, "And the fee? You charged me a fee too."),
    ("agent", 28.86, 33.0, "The unpaid item fee follows from the same error. I reversed both."),
    ("caller", 37.2, 38.1, "Right. When do I see it?"),
    ("agent", 39.0, 42.0, "Both credits arrive by Thursday the nineteenth, as one payment."),
)
LENGTH_S = 44.0


def call(**changes: Any) -> Call:
    """A two-channel call."""
    tracks = tuple(
        Track(
            id=f"k{n}", role=role, audio_sha256="0" * 64, channel_index=n, rate_hz=RATE,
            frame_count=frames(LENGTH_S),
        )
        for n, role in enumerate(("caller", "agent"))
    )  # fmt: skip
    made = Call(
        id="c1", code="CB-20461", title="Disputed card charge, second contact", rate_hz=RATE,
        frame_count=frames(LENGTH_S), channel_map="caller,agent", tracks=tracks,
        source_path="dispute.wav", content_sha256="1" * 64, imported_at="2026-11-16T15:00:00Z",
        recorded_at="2026-11-16T14:06:00Z", agent="nora", agent_version="3.2.1",
        scenario_key="card-dispute",
    )  # fmt: skip
    return replace(made, **changes)


def layer(**changes: Any) -> Layer:
    """A detector's layer."""
    made = Layer(
        id="L1", call_id="c1", kind="speech", origin="detector", name="speech detector",
        producer="silero-6.2/faster-whisper-1.2.1", version=1, params={"threshold": 0.5},
        created_at="2026-11-16T15:00:01Z",
    )  # fmt: skip
    return replace(made, **changes)


def review(**changes: Any) -> Review:
    """The call as it would be read, with turns derived by the real rules."""
    the_call = changes.pop("call", None) or call()
    script = changes.pop("script", SCRIPT)
    the_layer = changes.pop("layer", None) or layer()
    speech = tuple(segment(f"s{n}", who, a, b) for n, (who, a, b, _) in enumerate(script))
    spoken = tuple(segment(f"x{n}", who, a, b, t) for n, (who, a, b, t) in enumerate(script))
    cut = segment(
        "x_cut", "agent", 21.18, 22.99, "the refund of forty-eight pounds fifty is on its way.",
        heard=False,
    )  # fmt: skip
    spoken = changes.pop("transcript", (*spoken, cut))
    turn_set = turn_rules.derive(
        speech, spoken, layer=the_layer, rate_hz=RATE, frame_count=the_call.frame_count
    )
    made = Review(
        call=the_call,
        layers=(the_layer,),
        layer=the_layer,
        segments=speech,
        transcript=spoken,
        turn_set=turn_set,
        comments=(
            comment("a", 8.2, "Good moment to apologise.", severity=1, tags=("tone",)),
            comment("b", 15.5, "Nothing signals that the case is loading.", end_s=17.3,
                    severity=3, tags=("dead-air",), turn_index=4),
        ),
        events=in_order((*platform_events(), *derived(turn_set))),
        overrides={},
        stats=stats(of_speaker(turn_set, "agent"), RATE),
    )  # fmt: skip
    return replace(made, **changes)


def platform_events() -> tuple[CallEvent, ...]:
    """A few events such as a platform logs."""
    made = (
        ("endpoint", 7.2, 7.2, ""),
        ("first_byte", 7.6, 7.6, ""),
        ("tool", 7.75, 7.75, "case.open"),
        ("endpoint", 15.9, 15.9, ""),
        ("tool", 16.1, 16.79, "case.lookup"),
        ("first_byte", 17.2, 17.2, ""),
    )
    return tuple(
        CallEvent(kind=k, span=Span(frames(a), frames(b)), label=t)  # type: ignore[arg-type]
        for k, a, b, t in made
    )


def comment(ident: str, start_s: float, body: str, **more: Any) -> Comment:
    """A comment of the viewer."""
    end_s = more.pop("end_s", None)
    made = Comment(
        id=ident, thread_id=f"t-{ident}", call_id="c1", rater_id="r1", rater_name="Ada",
        start=frames(start_s), end=frames(end_s) if end_s else None, body=body, severity=2,
        tags=(), turn_index=None, created_at="2026-11-20T14:21:00.000000Z",
    )  # fmt: skip
    return replace(made, **more)


MONO = Finding(
    code="mono_mix",
    message="Both speakers are on one channel: who speaks when is an estimate.",
    voids=("overlap", "interruption"),
    track_role="mix",
)


def voices(the_review: Review) -> dict[Speaker, np.ndarray]:
    """Speech-like noise, (frames,) int16 a speaker, that sounds where the segments say."""
    random = np.random.default_rng(7)
    out: dict[Speaker, np.ndarray] = {}
    for who in ("caller", "agent"):
        sound = random.normal(0, 60, the_review.call.frame_count)
        for s in the_review.segments:
            if s.speaker != who:
                continue
            n = s.span.frames
            t = np.arange(n) / RATE
            syllables = np.abs(np.sin(np.pi * 2.6 * t + random.uniform(0, 3))) ** 1.5
            slow = 0.55 + 0.45 * np.sin(2 * np.pi * 0.37 * t + random.uniform(0, 6))
            fade = np.minimum(1, np.minimum(np.arange(n), n - np.arange(n)) / (0.03 * RATE))
            body = random.normal(0, 1, n) * 6000 * syllables * slow * fade
            sound[s.span.start : s.span.end] += body
        out[who] = np.clip(sound, -32767, 32767).astype(np.int16)
    return out


class FakeMedia:
    """Decoded sound in memory, with the shape of `CallMedia`."""

    def __init__(self, the_call: Call, sounds: dict[Any, np.ndarray]) -> None:
        self.call, self._sounds = the_call, sounds
        self.rate_hz, self.frame_count = the_call.rate_hz, the_call.frame_count
        self.roles = tuple(sounds)
        self.complete, self.frames_ready = True, the_call.frame_count
        self.findings: tuple[Finding, ...] = ()

    def pcm(self, role: Any) -> np.ndarray:
        """The samples."""
        return self._sounds[role]

    def peaks(self, role: Any) -> Any:
        """A pyramid built by the product's own code."""
        from app.audio.peaks import PeakPyramid

        return pyramid(self._sounds[role], self.rate_hz, PeakPyramid)


_built: dict[int, Any] = {}


def pyramid(samples: np.ndarray, rate_hz: int, kind: Any) -> Any:
    """The peak pyramid of one channel, kept."""
    if id(samples) not in _built:
        from app.audio.peak_build import PeakBuilder

        builder = PeakBuilder(rate_hz=rate_hz, channels=1, frame_count=len(samples))
        builder.add(0, samples[:, None])
        _built[id(samples)] = builder.pyramid(samples=samples[:, None])
    return _built[id(samples)]


class FakePlayer:
    """A player whose clock the test turns by hand."""

    def __init__(self) -> None:
        self.state = "empty"
        self.at = 0
        self.speed = 1.0
        self.mix = Mix()
        self.loop_span: Span | None = None
        self.events: list[PlayerEvent] = []
        self.tracks: tuple[Any, ...] = ()

    def load(self, tracks: Any, rate_hz: int, *, frame_count: int = 0, position: int = 0) -> None:
        self.tracks, self.at = tuple(tracks), position
        self.state = "paused" if tracks else "empty"
        self.loop_span = None

    def grow(self, tracks: Any) -> None:
        self.tracks = tuple(tracks)

    def unload(self) -> None:
        self.load((), 0)

    def play(self) -> None:
        self.state = "playing"

    def pause(self) -> None:
        self.state = "paused"

    def seek(self, frame: int) -> None:
        self.at = frame

    def loop(self, start: int | None, end: int = 0) -> None:
        self.loop_span = None if start is None else Span(start, end)

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def set_mix(self, mix: Mix) -> None:
        self.mix = mix

    def position(self) -> int:
        return self.at

    def levels(self) -> dict[Any, Level]:
        return {"caller": Level(-42.0, -36.0), "agent": Level(-14.0, -8.0)}

    def poll(self) -> list[PlayerEvent]:
        found, self.events = self.events, []
        return found

    def close(self) -> None:
        self.state = "empty"


def context(theme_name: Any = "dark", *, ws: Any = None, scale: float = 1.0) -> Any:
    """A UiContext with a fake player and settings in memory."""
    from app.tasks.bus import Bus
    from app.tasks.runner import TaskRunner
    from app.ui.actions import ActionTable
    from app.ui.context import UiContext
    from app.ui.settings.store import SettingsStore
    from app.ui.theme import Theme

    ctx = UiContext(
        ws=ws or SimpleNamespace(path=None),
        viewer=VIEWER,
        runner=TaskRunner(),
        bus=Bus(),
        theme=Theme(theme_name, scale),
        actions=ActionTable(),
        settings=SettingsStore(None),
    )
    ctx.__dict__["player"] = FakePlayer()
    return ctx


def session(ctx: Any, the_review: Review | None = None, *, sound: bool = True) -> Any:
    """A session that shows `the_review` without reading anything."""
    from app.ui.review.session import ReviewSession

    made = ReviewSession(ctx)
    show(made, the_review or review(), sound=sound)
    return made


def show(made: Any, the_review: Review, *, sound: bool = True) -> None:
    """Put a review into a session as if it had been read and decoded."""
    from app.ui.review.prepared import prepare

    made._call_id, made.state = the_review.call.id, "ready"
    made.view.reset(the_review.call.rate_hz, the_review.call.frame_count)
    made.show(prepare(the_review))
    heard = made.sound
    heard.is_active, heard.media = True, None
    if sound:
        heard.media = FakeMedia(the_review.call, voices(the_review))
        heard.is_whole = True
        heard.load_player()
    made.opened.emit()
