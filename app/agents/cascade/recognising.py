"""What the caller said in words: by an endpoint, or by Whisper on this machine."""

from __future__ import annotations

import asyncio
import threading
from typing import Protocol

import numpy as np

from app.domain.errors import Cancelled, UserError
from app.models.asr import RATE_HZ, Float32, nobody
from app.models.chat_errors import Fault
from app.models.chat_wire import Failed
from app.models.voice_wire import VoiceWire
from app.models.whisper import Whisper
from app.models.whisper_models import ModelFolder


class Recogniser(Protocol):
    """One call's."""

    async def words(self, samples_16k: Float32) -> str:
        """What was said; empty for nothing. Raises Failed."""

    def close(self) -> None:
        """Give up what is going on."""


class EndpointEar:
    """A model at a server."""

    def __init__(self, wire: VoiceWire, model: str, language: str) -> None:
        self._wire, self._model, self._language = wire, model, language

    async def words(self, samples_16k: Float32) -> str:
        """See `Recogniser`."""
        return await self._wire.words(samples_16k, self._model, self._language)

    def close(self) -> None:
        """See `Recogniser`: cancelling the request closes it."""


class WhisperEar:
    """A model on this machine; greedy, since somebody waits for the answer."""

    def __init__(self, folder: ModelFolder, language: str) -> None:
        self._whisper = Whisper(folder=folder, beam_size=1)
        self._language = language or None
        self._closed = threading.Event()

    async def words(self, samples_16k: Float32) -> str:
        """See `Recogniser`."""
        try:
            return await asyncio.to_thread(self._words, samples_16k)
        except UserError as error:
            raise Failed(Fault(kind="bad_request", reason=str(error))) from error
        except Cancelled:
            return ""

    async def warm(self) -> None:
        """Read the model and hear half a second of nothing: the first time takes longest.

        Raises:
            BadInput, EnvironmentFault: it does not run here.
        """
        noise = np.random.default_rng(0).normal(0, 1e-3, RATE_HZ // 2)
        await asyncio.to_thread(self._words, noise.astype(np.float32))

    def close(self) -> None:
        """See `Recogniser`."""
        self._closed.set()

    def _words(self, samples_16k: Float32) -> str:
        heard = self._whisper.transcribe(
            samples_16k,
            language=self._language,
            spans=None,
            progress=nobody,
            cancelled=self._closed.is_set,
        )
        return " ".join(s.text for s in heard.segments).strip()
