"""Speech detection with the Silero model that ships inside faster-whisper.

The model says for every 32 ms how likely it is speech. Options are for turn timing, not for
speech recognition: short silences and little padding. `app.audio.speech_edges` then finds where
the energy really begins and ends.

One onnxruntime session a thread, one operator thread, no spinning: the model is so small that
threads inside it only lose. The model's arithmetic is the limit, so everything around it streams.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.mapped import let_go
from app.audio.polyphase import Resampler
from app.domain.calls import Span
from app.domain.errors import EnvironmentFault
from app.models.vad_spans import MODEL_RATE_HZ, WINDOW, VadOptions, mean_probability, spans_of

__all__ = [
    "Detection",
    "VadOptions",
    "as_float",
    "detect",
    "mean_probability",
    "model_number",
    "probabilities",
    "session",
    "spans_of",
    "version",
]

Float32 = NDArray[np.float32]
Progress = Callable[[int, int], None]

CONTEXT = 64
STATE = (1, 1, 128)
BLOCK_S = 30
SILENCE_LEVEL = 1.5 / 32768
"""At or below one step of 16 bits a window is digital silence."""
SILENCE_LEAD_WINDOWS = 16
"""Silent windows that the model still sees, so that it lets go of speech by itself."""
SILENCE_MIN_WINDOWS = 48


@dataclass(frozen=True, slots=True)
class Detection:
    """One channel's answer: spans at the channel's rate, and the track of probabilities."""

    spans: tuple[Span, ...]
    probabilities: Float32
    """(windows,), one for each 32 ms from the start."""


def version() -> str:
    """Model and package, e.g. `silero-6/faster-whisper-1.2.1`."""
    return f"silero-{model_number()}/faster-whisper-{package_version('faster-whisper')}"


def model_number() -> str:
    """The model's own version, as its file says."""
    return _model_path().stem.rpartition("_v")[2]


@cache
def _model_path() -> Path:
    """The model file inside the faster-whisper package, found without importing the package."""
    from importlib.util import find_spec

    spec = find_spec("faster_whisper")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0], "assets").glob("silero_vad_v*.onnx")) if folders else []
    if not found:
        raise EnvironmentFault(
            "The speech detector is missing from the faster-whisper package.",
            "Run scripts/setup again.",
        )
    return found[-1]


_sessions = threading.local()


def session() -> Any:
    """This thread's onnxruntime session of the model."""
    if not hasattr(_sessions, "value"):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        _sessions.value = onnxruntime.InferenceSession(
            str(_model_path()), sess_options=options, providers=["CPUExecutionProvider"]
        )
    return _sessions.value


class _Stream:
    """Runs the model over a growing row of windows and leaves out long digital silence."""

    def __init__(self) -> None:
        self._session = session()
        self._silent_run = 0
        self._reset()

    def _reset(self) -> None:
        self._h = np.zeros(STATE, dtype=np.float32)
        self._c = np.zeros(STATE, dtype=np.float32)
        self._context = np.zeros(CONTEXT, dtype=np.float32)

    def push(self, windows: Float32) -> Float32:
        """Probabilities (n,) of `windows` (n, 512), which are only read."""
        out = np.zeros(len(windows), dtype=np.float32)
        live = self._live(windows)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], live, [False]]).astype(np.int8)))
        at = 0
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if start > at:
                self._reset()
            out[start:end] = self._run(windows[start:end])
            at = int(end)
        if at < len(windows):
            self._reset()
        return out

    def _live(self, windows: Float32) -> NDArray[np.bool_]:
        """Which windows the model must see: all but the far side of long digital silence."""
        peak = np.maximum(windows.max(axis=1), -windows.min(axis=1))
        silent = peak <= SILENCE_LEVEL
        live = np.ones(len(windows), dtype=bool)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            before = self._silent_run if start == 0 else 0
            if before + end - start >= SILENCE_MIN_WINDOWS:
                live[max(start, start + SILENCE_LEAD_WINDOWS - before) : end] = False
        trailing = len(windows) - (int(np.flatnonzero(~silent)[-1]) + 1 if not silent.all() else 0)
        self._silent_run = trailing + (self._silent_run if silent.all() else 0)
        return live

    def _run(self, windows: Float32) -> Float32:
        batch = np.empty((len(windows), CONTEXT + WINDOW), dtype=np.float32)
        batch[:, CONTEXT:] = windows
        batch[0, :CONTEXT] = self._context
        batch[1:, :CONTEXT] = windows[:-1, -CONTEXT:]
        self._context = windows[-1, -CONTEXT:].copy()
        probs, self._h, self._c = self._session.run(
            None, {"input": batch, "h": self._h, "c": self._c}
        )
        answer: Float32 = np.asarray(probs, dtype=np.float32).reshape(-1)
        return answer


def as_float(block: NDArray[np.generic]) -> Float32:
    """Samples as float32 in -1..1 in memory of their own; NaN and infinity become silence."""
    if block.dtype == np.int16:
        return block.astype(np.float32) * np.float32(1 / 32768)
    samples: Float32 = np.array(block, dtype=np.float32)
    return np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _windows(
    pcm: NDArray[np.generic], rate_hz: int, progress: Progress | None
) -> Iterator[Float32]:
    """The channel at 16 kHz as rows of 512 samples, a block at a time, the last one padded."""
    resampler, rest = Resampler(rate_hz, MODEL_RATE_HZ), np.zeros(0, dtype=np.float32)
    step = BLOCK_S * rate_hz
    for start in range(0, len(pcm), step):
        if progress is not None:
            progress(start, len(pcm))
        x = np.concatenate([rest, resampler.push(as_float(pcm[start : start + step]))])
        let_go(pcm)
        if start + step >= len(pcm):
            x = np.concatenate([x, resampler.finish()])
            x = np.pad(x, (0, -len(x) % WINDOW))
        whole = len(x) // WINDOW * WINDOW
        rest = x[whole:]
        if whole:
            yield x[:whole].reshape(-1, WINDOW)


def probabilities(
    pcm: NDArray[np.generic], rate_hz: int, progress: Progress | None = None
) -> Float32:
    """How likely each 32 ms of `pcm` (frames,; int16 or float) is speech.

    `progress(done, total)` in frames is called for each block; what it raises stops the work.
    The caller's samples are only read.
    """
    stream = _Stream()
    parts = [stream.push(rows) for rows in _windows(pcm, rate_hz, progress)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def detect(
    pcm: NDArray[np.generic],
    rate_hz: int,
    options: VadOptions | None = None,
    progress: Progress | None = None,
) -> Detection:
    """Where there is speech on one channel, as the detector sees it (to about 30 ms)."""
    probs = probabilities(pcm, rate_hz, progress)
    return Detection(spans_of(probs, options or VadOptions(), rate_hz, len(pcm)), probs)
