"""Watches over one transcription by faster-whisper: progress, cancelling, and endless loops.

Faster-whisper moves a window over the recording by the time stamps that the model says. A model
that repeats a stamp never moves it, or by 20 ms at a time, and then its loop has no end. Each
window passes here: it must begin later than the last, and all of them together may take no more
windows and tokens than speech of that length could ask for.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from app.domain.errors import EnvironmentFault
from app.models.asr import IsCancelled, Progress, raise_if

WINDOW_S = 30.0
LEAST_STEP_S = 1.0
"""A window moves on by this at least, taken over all windows of a transcription."""
SPARE_WINDOWS = 8
TOKENS_PER_S = 25.0
"""Fast speech has 8 tokens a second, time stamps included."""
SPARE_TOKENS = 1000
"""Two windows that are full to the brim: a slip, not a loop."""
REPETITIVE = 2.4
"""Compression ratio of a text that repeats itself, from Whisper's own decoding."""


class WhisperWatch:
    """Limits for `clips` clips of together `seconds` of sound; `name` is the model's, in words."""

    def __init__(
        self, name: str, seconds: float, clips: int, progress: Progress, cancelled: IsCancelled
    ) -> None:
        self._name, self._seconds = name, seconds
        self._progress, self._cancelled = progress, cancelled
        self._windows_left = SPARE_WINDOWS + 2 * clips + seconds / LEAST_STEP_S
        self._tokens_left = SPARE_TOKENS + TOKENS_PER_S * seconds
        self._seek = -1
        self._told = 0.0
        self.done_s = 0.0
        """Seconds of the transcription before the part that is being transcribed."""

    def over(self, model: Any) -> Any:
        """`model`, a WhisperModel, with its windows watched; the model itself stays as it is."""
        self._seek = -1
        view = copy.copy(model)
        generate, split = model.generate_with_fallback, model._split_segments_by_timestamps

        def generate_watched(encoded: Any, prompt: Any, tokenizer: Any, options: Any) -> Any:
            self.window()
            found = generate(encoded, prompt, tokenizer, options)
            if _repetition(found) > REPETITIVE:
                again = self._again(generate, encoded, prompt, tokenizer, options)
                found = min(found, again, key=_repetition)
            self.tokens(len(found[0].sequences_ids[0]))
            return found

        def split_watched(*args: Any, **named: Any) -> Any:
            self.moved(named["seek"], named["time_offset"])
            return split(*args, **named)

        view.generate_with_fallback = generate_watched
        view._split_segments_by_timestamps = split_watched
        return view

    def _again(self, generate: Any, encoded: Any, prompt: Any, tokenizer: Any, options: Any) -> Any:
        """A text that repeats itself, decoded again with repetitions forbidden.

        Whisper draws at random here; what is heard must be the same each time.
        """
        self.window()
        return generate(encoded, prompt, tokenizer, replace(options, no_repeat_ngram_size=3))

    def over_batches(self, pipeline: Any) -> Any:
        """`pipeline`, a BatchedInferencePipeline for this alone, with its batches watched."""
        forward = pipeline.forward

        def watched(features: Any, tokenizer: Any, chunks: Any, options: Any) -> Any:
            raise_if(self._cancelled)
            self.tell(self.done_s + chunks[0]["offset"])
            found = forward(features, tokenizer, chunks, options)
            self.tokens(sum(len(s["tokens"]) for segments in found for s in segments))
            return found

        pipeline.forward = watched
        return pipeline

    def window(self) -> None:
        """A window is about to be decoded."""
        raise_if(self._cancelled)
        self._windows_left -= 1
        if self._windows_left < 0:
            raise self._looping()

    def tokens(self, count: int) -> None:
        """So many tokens came of it."""
        self._tokens_left -= count
        if self._tokens_left < 0:
            raise self._looping()

    def moved(self, seek: int, offset_s: float) -> None:
        """The window that was decoded begins at frame `seek` of the part, which is `offset_s`."""
        if seek <= self._seek:
            raise self._looping()
        self._seek = seek
        self.tell(self.done_s + offset_s)

    def tell(self, at_s: float) -> None:
        """Report how far it is; never less than before."""
        self._told = max(self._told, min(at_s / self._seconds, 1.0) if self._seconds else 1.0)
        self._progress(self._told)

    def _looping(self) -> EnvironmentFault:
        return EnvironmentFault(
            f"The model {self._name} goes round in circles on this recording.",
            "Choose another model, or the batched mode, for this call.",
        )


def _repetition(found: Any) -> float:
    """Compression ratio of what a window was decoded to."""
    return float(found[3])
