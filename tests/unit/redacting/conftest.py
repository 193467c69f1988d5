"""A call with a secret in its sound and in every text that belongs to it."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.calls import Call, Span, Speaker
from app.domain.ids import new_id
from app.domain.imports import ImportOptions
from app.domain.ratings import Viewer
from app.domain.redaction import Channels, Redaction
from app.domain.segments import Layer, Segment, Word
from app.domain.work import Quiet
from app.services import calls, importing, layers, raters, redacting
from app.services.workspace import Workspace

RATE = 8000
SECRET = Span(8_000, 16_000)
"""Where the caller says it: from the first second to the second."""
WORDS = ("kaffeine", "zanzibar")
SAID = f"my password is {WORDS[0]} {WORDS[1]} thanks"


@dataclass(kw_only=True)
class Place:
    """A workspace with that call."""

    ws: Workspace
    lead: Viewer
    call: Call

    def redact(
        self, span: Span = SECRET, channels: Channels = "caller", reason: str = "password"
    ) -> Redaction:
        """Redact the secret, or something else."""
        return redacting.redact(self.ws, self.lead, self.call.id, span, channels, reason)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def place(ws: Workspace, tmp_path: Path) -> Place:
    wav = tmp_path / "call.wav"
    noise = np.random.default_rng(3).integers(4000, 9000, (5 * RATE, 2)).astype("<i2")
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise.tobytes())
    found = importing.scan(Quiet(), ws, [wav], ImportOptions(channels="caller,agent"))
    (call,) = importing.commit(Quiet(), ws, found).imported
    lead = raters.sign_in(ws, "Lee", "lead")
    add_layer(ws, call.id, "speech", [("caller", 3000, 18_000, ""), ("agent", 20_000, 36_000, "")])
    add_layer(ws, call.id, "transcript", [
        ("caller", 3000, 18_000, SAID), ("agent", 20_000, 36_000, "I have changed it for you"),
    ])  # fmt: skip
    return Place(ws=ws, lead=lead, call=calls.get_call(ws, call.id))


def add_layer(
    ws: Workspace,
    call_id: str,
    kind: str,
    lines: list[tuple[Speaker, int, int, str]],
    *,
    timed: bool = True,
) -> Layer:
    """A layer of lines whose words, if timed, share the line's time; the secret's lie in it."""
    layer = Layer(
        id=new_id(), call_id=call_id, kind=kind,  # type: ignore[arg-type]
        origin="detector" if kind == "speech" else "import",
        name=kind, producer="test", version=1, params={} if timed else {"text_role": "intended"},
    )  # fmt: skip
    segments = [
        Segment(
            id=new_id(), speaker=who, span=Span(a, b), text=text,
            words=_words(text, a, b) if timed else (),
        )
        for who, a, b, text in lines
    ]  # fmt: skip
    layers.add_layer(ws, layer, segments)
    return replace(layer)


def _words(text: str, start: int, end: int) -> tuple[Word, ...]:
    parts = text.split()
    if not parts:
        return ()
    step = (end - start) // len(parts)
    made = [Word(text=p, span=Span(start + n * step, start + n * step + step - 1))
            for n, p in enumerate(parts)]  # fmt: skip
    at = {WORDS[0]: Span(SECRET.start, 12_000), WORDS[1]: Span(12_000, SECRET.end)}
    if WORDS[0] in parts:
        made = [replace(w, span=at.get(w.text, w.span)) for w in made]
        made = [
            replace(w, span=Span(3000 + 1500 * n, 4000 + 1500 * n)) if n < 3 else w
            for n, w in enumerate(made)
        ]
        made[-1] = replace(made[-1], span=Span(16_500, 17_500))
    return tuple(made)
