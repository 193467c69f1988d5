"""Recognition beside the call: what was said is there when it is there, and nothing waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.agents.hearing import Float32
from app.agents.practice.hearing import recognise
from app.domain.errors import CallbenchError
from app.models.vad_spans import MODEL_RATE_HZ


@dataclass(slots=True)
class Said:
    """An utterance; `text` is None until it is recognised."""

    item_id: str
    text: str | None = None
    seconds: float = 0.0


class Ears:
    """A thread with a recogniser of its own, which is loaded at once.

    Args:
        told: called from the thread with each utterance that was recognised.
    """

    def __init__(self, told: Callable[[Said], None]) -> None:
        self._told = told
        self._jobs: queue.SimpleQueue[tuple[Said, Float32] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._run, name="callbench-practice-ears", daemon=True
        )
        self._thread.start()

    def hear(self, said: Said, samples_16k: Float32) -> None:
        """Recognise an utterance when there is time."""
        self._jobs.put((said, samples_16k))

    def close(self) -> None:
        """End the thread after what it is at."""
        self._jobs.put(None)
        self._thread.join(timeout=10.0)

    def _run(self) -> None:
        noise = np.random.default_rng(0).normal(0, 1e-3, MODEL_RATE_HZ // 2)
        try:
            recognise(noise.astype(np.float32))
            while (job := self._jobs.get()) is not None:
                said, samples = job
                said.text = recognise(samples)
                self._told(said)
        except (CallbenchError, OSError):
            return  # without ears it follows its steps
