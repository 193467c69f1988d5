"""What was said to the practice agent, as PocketSphinx hears it."""

from __future__ import annotations

from app.agents.hearing import Float32
from app.models.asr import nobody
from app.models.sphinx import PocketSphinx
from app.models.vad_spans import MODEL_RATE_HZ

KEPT_S = 30
"""Of an utterance, what is recognised at most."""


def recognise(samples_16k: Float32) -> str:
    """The words of an utterance, as PocketSphinx hears them. Not from the main thread."""
    kept = samples_16k[-KEPT_S * MODEL_RATE_HZ :]
    heard = PocketSphinx().transcribe(
        kept, language=None, spans=None, progress=nobody, cancelled=lambda: False
    )
    return " ".join(s.text for s in heard.segments)
