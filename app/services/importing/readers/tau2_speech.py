"""What a simulation's ticks say: who spoke when, what was said, what was done.

A tick's sound lies at its number times its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PureWindowsPath
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign import ForeignEvent, ForeignLayer, ForeignLine
from app.services.importing.foreign_files import number, words

TICK_S = 0.2
LEAST_TICK_S, MOST_TICK_S = 0.001, 60.0
SIDES: tuple[tuple[Speaker, str], ...] = (("caller", "user"), ("agent", "agent"))
NEAR_S = 2.0
"""Text that comes in silence belongs to the speech that begins within this, else to the last."""

Row = tuple[float, dict[str, Any]]
"""When a tick begins, and the tick."""


@dataclass(slots=True)
class Spoken:
    """Layers and events, and what could not be carried over."""

    layers: list[ForeignLayer] = field(default_factory=list)
    events: list[ForeignEvent] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def tick_s(body: Mapping[str, Any], info: Mapping[str, Any]) -> float:
    """Length of a tick: as a tick says, else as the run is configured, else 0.2 s."""
    given = [mapping(t).get("tick_duration_seconds") for t in listing(body.get("ticks"))[:1]]
    given.append(mapping(info.get("audio_native_config")).get("tick_duration_seconds"))
    for value in map(number, given):
        if value is not None and LEAST_TICK_S <= value <= MOST_TICK_S:
            return value
    return TICK_S


def rows(body: Mapping[str, Any], length_s: float) -> list[Row]:
    """Ticks with their times; by their numbers where these rise one by one or more."""
    ticks = [mapping(t) for t in listing(body.get("ticks"))]
    ids = [i for t in ticks if (i := _whole(t.get("tick_id"))) is not None]
    rising = len(ids) == len(ticks) and all(a < b for a, b in pairwise(ids))
    numbers = ids if rising else range(len(ticks))
    return [(n * length_s, tick) for n, tick in zip(numbers, ticks, strict=True)]


def _whole(value: object) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**7
    return value if isinstance(value, int) and fits else None


def of_ticks(ticks: Sequence[Row], length_s: float, producer: str) -> Spoken:
    """Speech on the grid, texts where the ticks hold any, tool calls and the simulator's acts."""
    found = Spoken()
    runs = {speaker: _runs(ticks, f"{side}_chunk", length_s) for speaker, side in SIDES}
    last = ticks[-1][0]
    if runs["caller"] and runs["caller"][-1][0] >= last > 0:
        runs["caller"].pop()  # the simulator's signal to stop, which is no speech
    speech = tuple(
        ForeignLine(speaker=speaker, start_s=a, end_s=b)
        for speaker, spans in runs.items()
        for a, b in spans
    )
    params = {"time_basis": "audio", "tick_s": length_s}
    found.layers.append(
        ForeignLayer(
            kind="speech", name="tau2 ticks", producer=producer, lines=speech, params=params
        )
    )
    heard = _texts(ticks, "caller", runs["caller"], lambda t: t.get("user_transcript"), length_s)
    meant = [
        line
        for speaker, side in SIDES
        for line in _texts(ticks, speaker, runs[speaker], _content(side), length_s)
    ]
    found.layers += [
        text_layer("heard", heard, producer, params),
        text_layer("intended", meant, producer, params),
    ]
    found.events = [*_tool_events(ticks, length_s), *_acts(ticks, length_s)]
    return found


def _runs(ticks: Sequence[Row], chunk: str, length_s: float) -> list[tuple[float, float]]:
    """Maximal runs of ticks with speech of that side, in seconds."""
    out: list[tuple[float, float]] = []
    for at, tick in ticks:
        if mapping(tick.get(chunk)).get("contains_speech") is not True:
            continue
        if out and at - out[-1][1] < length_s / 2:
            out[-1] = (out[-1][0], at + length_s)
        else:
            out.append((at, at + length_s))
    return out


def _content(side: str) -> Any:
    """What a tick says that side meant: its script where there is one, else its content."""

    def read(tick: Mapping[str, Any]) -> object:
        chunk = mapping(tick.get(f"{side}_chunk"))
        script = chunk.get("audio_script_gold")
        return script if isinstance(script, str) and script.strip() else chunk.get("content")

    return read


def _texts(
    ticks: Sequence[Row],
    speaker: Speaker,
    spans: Sequence[tuple[float, float]],
    read: Any,
    length_s: float,
) -> list[ForeignLine]:
    """The pieces of text in ticks, joined by the stretch of speech that they belong to."""
    pieces: dict[tuple[float, float], list[str]] = {}
    for at, tick in ticks:
        text = read(tick)
        if not isinstance(text, str) or not text.strip():
            continue
        said = pieces.setdefault(_stretch(at, spans, length_s), [])
        if not said or said[-1] != text:  # a script stands at each tick of its utterance
            said.append(text)
    return [
        ForeignLine(speaker=speaker, start_s=a, end_s=b, text=_joined(said))
        for (a, b), said in sorted(pieces.items())
    ]


def _stretch(
    at: float, spans: Sequence[tuple[float, float]], length_s: float
) -> tuple[float, float]:
    for a, b in spans:
        if a - NEAR_S <= at < b:
            return (a, b)
    before = [(a, b) for a, b in spans if b <= at]
    return before[-1] if before else (at, at + length_s)


def _joined(pieces: Sequence[str]) -> str:
    spaced = any(p[0].isspace() or p[-1].isspace() for p in pieces)
    return " ".join(("" if spaced else " ").join(pieces).split())


def text_layer(
    role: Any, lines: Sequence[ForeignLine], producer: str, params: Mapping[str, Any]
) -> ForeignLayer:
    """A transcript layer of that role."""
    name = "tau2: what each side meant" if role == "intended" else "tau2: caller as heard"
    return ForeignLayer(
        kind="transcript",
        name=name,
        producer=producer,
        lines=tuple(lines),
        text_role=role,
        params=params,
    )


def _tool_events(ticks: Sequence[Row], length_s: float) -> Iterator[ForeignEvent]:
    answers: dict[str, float] = {}
    for at, tick in ticks:
        for side in ("agent", "user"):
            for result in listing(tick.get(f"{side}_tool_results")):
                answers.setdefault(words(mapping(result).get("id")), at + length_s)
    for at, tick in ticks:
        for side in ("agent", "user"):
            for call in listing(tick.get(f"{side}_tool_calls")):
                yield tool_event(mapping(call), at, answers.get(words(mapping(call).get("id"))))


def tool_event(call: Mapping[str, Any], at: float, answered_at: float | None) -> ForeignEvent:
    """A tool call; the caller's own are named as such."""
    own = " (by the caller)" if call.get("requestor") == "user" else ""
    end = answered_at if answered_at is not None and answered_at > at else None
    label = f"{words(call.get('name')) or 'tool'}{own}"
    return ForeignEvent(kind="tool", start_s=at, end_s=end, label=label)


def _acts(ticks: Sequence[Row], length_s: float) -> Iterator[ForeignEvent]:
    """Backchannels, coughs, words to somebody else and bursts of noise, each where it begins."""
    before: set[str] = set()
    for at, tick in ticks:
        now = set(_labels(mapping(tick.get("user_chunk"))))
        for label in sorted(now - before):
            yield ForeignEvent(kind="other", start_s=at, end_s=at + length_s, label=label)
        before = now


def _labels(chunk: Mapping[str, Any]) -> Iterator[str]:
    if mapping(chunk.get("turn_taking_action")).get("action") == "backchannel":
        yield "caller: backchannel"
    source = mapping(chunk.get("source_effects"))
    for insert in (
        mapping(mapping(chunk.get("speech_effects")).get("speech_insert")),
        mapping(source.get("speech_insert")),
    ):
        kind = words(insert.get("type")).replace("_", " ")
        if kind:
            yield f"caller: {kind} {words(insert.get('text'), 60)}".strip()
    burst = source.get("burst_noise_file")
    if isinstance(burst, str) and burst:
        yield f"noise: {words(PureWindowsPath(burst).stem, 60)}"
