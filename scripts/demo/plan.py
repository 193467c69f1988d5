"""A script made into a time line: which line is heard from when to when, in frames.

A script is a short YAML file in assets/demo/scripts. Each line names its speaker (`A` or `C`) and
its text, and then one of

- `gap`: ms after the latest end of speech so far (negative for a terminal overlap), or
- `into`: ms after the onset of the other's last line, with `kind` backchannel, barge_in or
  talk_over, and for a barge-in `stops`: ms from this onset to where the other is cut off.

`tool: name` on an agent's line puts a tool call into the silence before it; `dtmf: digits` on a
caller's line puts key presses at its onset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from demo.mix import Band, bounds, telephone
from demo.voice import Float32, Voice, say

SENTENCE = re.compile(r"(?<=[.!?])\s+")
SENTENCE_PAUSE_MS = 450
DEFAULT_GAP_MS = 600
CUT_FADE_MS = 8
SPEAKERS = {"A": "agent", "C": "caller"}


@dataclass(slots=True)
class Sentence:
    """A sentence on the call's time line. `samples` begin `lead` frames before `start`."""

    text: str
    samples: Float32
    lead: int
    start: int
    end: int
    words: list[tuple[str, int, int]]


@dataclass(slots=True)
class Line:
    """One line of the script as rendered."""

    number: int
    speaker: str
    text: str
    kind: str
    spec: dict[str, Any]
    sentences: list[Sentence]
    unheard: list[tuple[str, int, int]] = field(default_factory=list)
    yield_frames: int | None = None

    @property
    def start(self) -> int:
        """Onset in frames."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """Offset in frames."""
        return self.sentences[-1].end


def render(script: dict[str, Any]) -> list[Line]:
    """Every line of `script` spoken and placed."""
    rate = script["rate_hz"]
    band = telephone(rate, script["band"])
    voices = {SPEAKERS[k]: Voice(**v) for k, v in script["voices"].items()}
    lines: list[Line] = []
    for number, spec in enumerate(script["lines"], start=1):
        speaker = next(SPEAKERS[k] for k in SPEAKERS if k in spec)
        text = " ".join(spec[speaker[0].upper()].split())
        line = Line(number, speaker, text, spec.get("kind", ""), spec, [])
        at = _onset(line, lines, rate, script.get("lead_in", 900))
        pause = spec.get("pause", SENTENCE_PAUSE_MS) * rate // 1000
        for sentence in SENTENCE.split(text):
            line.sentences.append(_sentence(sentence, voices[speaker], band, rate, at))
            at = line.end + pause
        if line.kind == "barge_in":
            _cut(_latest(lines, other=speaker), line, spec["stops"] * rate // 1000, rate)
        lines.append(line)
    return lines


def _onset(line: Line, lines: list[Line], rate: int, lead_in: int) -> int:
    spec = line.spec
    if not lines:
        return lead_in * rate // 1000
    if "into" in spec:
        return _latest(lines, other=line.speaker).start + spec["into"] * rate // 1000
    latest = max(x.end for x in lines if x.kind != "backchannel")
    return latest + spec.get("gap", DEFAULT_GAP_MS) * rate // 1000


def _latest(lines: list[Line], *, other: str) -> Line:
    return [x for x in lines if x.speaker != other and x.kind != "backchannel"][-1]


def _sentence(text: str, voice: Voice, band: Band, rate: int, at: int) -> Sentence:
    clip = say(text, voice)
    samples = band.apply(clip.samples, clip.rate_hz)
    first, after = bounds(samples, rate)
    scale = rate / clip.rate_hz
    shift = at - first + band.margin
    words = [
        (w, max(at, round(a * scale) + shift), min(at + after - first, round(b * scale) + shift))
        for w, a, b in clip.words
    ]
    return Sentence(text, samples, first, at, at + after - first, words)


def _cut(cut: Line, by: Line, after: int, rate: int) -> None:
    """Stop `cut` at `after` frames from the onset of `by`; what follows was never heard."""
    at = by.start + after
    if not by.start < at < cut.end:
        raise SystemExit(f"line {by.number}: nothing of line {cut.number} is left to cut off")
    kept: list[Sentence] = []
    for sentence in cut.sentences:
        if cut.speaker == "agent":  # a person's unsaid words are not text that went unheard
            cut.unheard.extend(w for w in sentence.words if w[2] > at)
        if sentence.start >= at:
            continue
        if sentence.end > at:
            _shorten(sentence, at, rate)
        kept.append(sentence)
    cut.sentences = kept
    by.yield_frames = cut.end - by.start


def _shorten(sentence: Sentence, at: int, rate: int) -> None:
    sentence.words = [w for w in sentence.words if w[2] <= at]
    length = at - sentence.start + sentence.lead
    samples = sentence.samples[:length].copy()
    fade = CUT_FADE_MS * rate // 1000
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    peak_of = sentence.samples
    sentence.samples = samples
    sentence.end = sentence.start + bounds(samples, rate, peak_of)[1] - sentence.lead
