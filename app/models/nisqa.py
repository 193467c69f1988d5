"""NISQA: a convolutional network over spectrogram segments, a sequence model, and pooling.

Runs a checkpoint of the NISQA project by numpy alone, as the checkpoint's own arguments say: frames
by the adaptive or the standard network, time by self-attention or LSTM, pooled by attention, mean,
maximum or last step. NISQA-TTS predicts the naturalness of synthetic speech. The project's weights
are licensed CC BY-NC-SA 4.0, so they are the user's to fetch.

Mittag, Naderi, Chehadi, Möller: NISQA (Interspeech 2021); Mittag, Möller: Deep Learning Based
Assessment of Synthetic Speech Naturalness (Interspeech 2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.domain.errors import BadInput
from app.models import nisqa_layers as layers
from app.models import torch_file
from app.models.mel import slaney_filters
from app.models.nisqa_layers import Float32, Weights
from app.models.nisqa_nets import NETWORKS, POOLS

FLOOR = 1e-4
"""Of the mel magnitudes: -80 dB."""
TOP_DB = 80.0
_BATCH = 64
"""Segments run through the network at once."""
_POSITION_BASE = 10_000.0


class Misfit(BadInput):
    """The weights are not those that their checkpoint's arguments describe."""


@dataclass(frozen=True, slots=True)
class Nisqa:
    """A model that has been read: its arguments and its weights by name."""

    args: Mapping[str, Any]
    weights: Weights

    @property
    def rate_hz(self) -> int | None:
        """The rate that clips must have; None for their own."""
        rate = self.args.get("ms_sr")
        return None if rate is None else int(rate)

    @property
    def most_s(self) -> float:
        """The longest clip."""
        frames = int(self.args["ms_max_segments"]) * int(self.args["ms_seg_hop_length"])
        return frames * float(self.args["ms_hop_length"])

    def least_s(self, rate_hz: int) -> float:
        """The shortest clip: one segment, and half a transform for its mirrored ends."""
        frames = int(self.args["ms_seg_length"])
        half = int(self.args["ms_n_fft"]) / 2 / rate_hz
        return max(frames * float(self.args["ms_hop_length"]), half) + 0.01

    def score(self, samples: NDArray[Any], rate_hz: int) -> float:
        """The model's answer for a clip, (samples,) in -1..1; a MOS on 1..5 if it was trained so.

        Raises:
            ValueError: the clip is shorter than `least_s` or longer than `most_s`.
            Misfit: a weight is missing or has another shape than the arguments say.
        """
        if not self.least_s(rate_hz) <= len(samples) / rate_hz <= self.most_s:
            raise ValueError("the clip is too short or too long for the model")
        spectrum = mel_db(np.asarray(samples, np.float32), rate_hz, self.args)
        try:
            return self.of_segments(self._segments(spectrum))
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise Misfit(
                f"The weights do not fit the arguments of their checkpoint: {error}.",
                "Give an unchanged checkpoint of NISQA.",
            ) from None

    def _segments(self, spectrum: Float32) -> Float32:
        """Overlapping stretches (n, 1, bands, frames) of a spectrum (bands, frames)."""
        length, hop = int(self.args["ms_seg_length"]), int(self.args["ms_seg_hop_length"])
        windows = sliding_window_view(spectrum, length, axis=1)[:, ::hop]
        return np.ascontiguousarray(windows.transpose(1, 0, 2)[:, None])

    def of_segments(self, segments: Float32) -> float:
        """The answer for segments (n, 1, bands, frames)."""
        network = NETWORKS[str(self.args["cnn_model"])]
        frames = np.concatenate(
            [
                network(segments[i : i + _BATCH], self.weights, self.args)
                for i in range(0, len(segments), _BATCH)
            ]
        )
        for stage in ("", "_2"):
            frames = self._in_time(frames, stage)
        pooled = POOLS[str(self.args["pool"])](frames, self.weights)
        return float(pooled.reshape(-1)[0])

    def _in_time(self, x: Float32, stage: str) -> Float32:
        """A stage of the sequence model, (steps, features)."""
        kind, name = self.args.get(f"td{stage}"), f"time_dependency{stage}.model"
        if kind in (None, "skip"):
            return x
        if kind == "lstm":
            count = int(self.args[f"td{stage}_lstm_num_layers"])
            both = bool(self.args[f"td{stage}_lstm_bidirectional"])
            return layers.lstm(x, self.weights, f"{name}.lstm", count, both_ways=both)
        x = layers.layer_norm(
            layers.linear(x, self.weights, f"{name}.linear"), self.weights, f"{name}.norm1"
        )
        if self.args.get(f"td{stage}_sa_pos_enc"):
            x = x + _positions(*x.shape)
        heads = int(self.args[f"td{stage}_sa_nhead"])
        for i in range(int(self.args[f"td{stage}_sa_num_layers"])):
            x = layers.self_attention(x, self.weights, f"{name}.layers.{i}", heads)
        return x


def load(path: Path) -> Nisqa:
    """The model of a checkpoint; read once while the file does not change.

    Raises:
        NotFound: there is no such file.
        BadInput: it is no checkpoint, or of a model that is not known here.
    """
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _load(path, stamp)


@lru_cache(maxsize=2)
def _load(path: Path, _stamp: int) -> Nisqa:
    found = torch_file.load(path)
    args, state = found.get("args"), found.get("model_state_dict")
    if not isinstance(args, dict) or not isinstance(state, dict):
        raise BadInput(f"{path.name} is no checkpoint of NISQA.", "Give nisqa_tts.tar.")
    args = {str(k): v for k, v in args.items()}
    if args.get("model") != "NISQA":
        raise BadInput(
            f"{path.name} holds the model {args.get('model')!r}, which predicts other things.",
            "Give nisqa_tts.tar.",
        )
    _check(path.name, args)
    weights = {
        str(k): np.asarray(v, np.float32) for k, v in state.items() if isinstance(v, np.ndarray)
    }
    return Nisqa(args, weights)


def _check(name: str, args: Mapping[str, Any]) -> None:
    """Refuse what is not known, before anything is computed."""
    known: dict[str, set[Any]] = {
        "cnn_model": set(NETWORKS),
        "td": {"self_att", "lstm", "skip", None},
        "td_2": {"self_att", "lstm", "skip", None},
        "pool": set(POOLS),
    }
    for key, values in known.items():
        if args.get(key) not in values:
            raise BadInput(f"{name} has {key} {args.get(key)!r}, which is not known here.")
    numbers = ("ms_seg_length", "ms_seg_hop_length", "ms_max_segments", "ms_n_fft", "ms_n_mels",
               "ms_hop_length", "ms_win_length", "ms_fmax")  # fmt: skip
    for key in numbers:
        value = args.get(key)
        if not isinstance(value, int | float) or not 0 < value < 1e6:
            raise BadInput(f"{name} has no usable {key}: {value!r}.")
    rate = args.get("ms_sr")
    if rate is not None and (not isinstance(rate, int | float) or not 4_000 <= rate <= 192_000):
        raise BadInput(f"{name} has no usable ms_sr: {rate!r}.")


def mel_db(samples: Float32, rate_hz: int, args: Mapping[str, Any]) -> Float32:
    """The mel spectrum (bands, frames) in dB that the model was trained on, at most 80 dB deep."""
    points, bands = int(args["ms_n_fft"]), int(args["ms_n_mels"])
    hop = int(rate_hz * float(args["ms_hop_length"]))
    length = int(rate_hz * float(args["ms_win_length"]))
    window = np.zeros(points, np.float32)
    first = (points - length) // 2
    window[first : first + length] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    padded = np.pad(samples, points // 2, mode="reflect")
    frames = sliding_window_view(padded, points)[::hop]
    filters = slaney_filters(float(rate_hz), points, bands, float(args["ms_fmax"]))
    mel = np.concatenate(
        [
            np.abs(np.fft.rfft(frames[i : i + _BATCH] * window, axis=1)).astype(np.float32)
            @ filters
            for i in range(0, len(frames), _BATCH)
        ]
    )
    db = 20 * np.log10(np.maximum(mel, FLOOR))
    return np.asarray(np.maximum(db, db.max() - TOP_DB).T, np.float32)


def _positions(steps: int, size: int) -> Float32:
    """Sines and cosines that say where in the sequence a step lies (Vaswani et al., 2017)."""
    rates = np.exp(np.arange(0, size, 2) * (-math.log(_POSITION_BASE) / size))
    angles = np.arange(steps)[:, None] * rates[None, :]
    out = np.zeros((steps, size), np.float32)
    out[:, 0::2], out[:, 1::2] = np.sin(angles), np.cos(angles)
    return out
