"""The layers that NISQA models are made of, as numpy: for evaluation, so without dropout.

Arrays are float32; a batch of spectrogram segments is (segments, channels, bands, frames), a
sequence (steps, features). Weights come by their names in the checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Weights = Mapping[str, Float32]

EPSILON = 1e-5


def linear(x: Float32, weights: Weights, name: str) -> Float32:
    """An affine map of the last axis."""
    out: Float32 = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return out


def layer_norm(x: Float32, weights: Weights, name: str) -> Float32:
    """Each vector to mean 0 and variance 1, then scaled and shifted."""
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(np.square(centred), axis=-1, keepdims=True)
    normal = centred / np.sqrt(variance + np.float32(EPSILON))
    out: Float32 = normal * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return out


def softmax(x: Float32) -> Float32:
    """Over the last axis."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    out: Float32 = powers / powers.sum(axis=-1, keepdims=True)
    return out


def relu(x: Float32) -> Float32:
    """What is positive."""
    return np.maximum(x, np.float32(0))


def convolution(
    x: Float32, weights: Weights, conv: str, norm: str, padding: tuple[int, int]
) -> Float32:
    """A convolution with its batch normalisation and a rectifier, (n, channels out, bands, frames).

    Args:
        x: (n, channels, bands, frames).
        weights: of the model.
        conv: name of the convolution.
        norm: name of the normalisation.
        padding: zeros at both ends of bands and of frames.
    """
    scale = weights[f"{norm}.weight"] / np.sqrt(
        weights[f"{norm}.running_var"] + np.float32(EPSILON)
    )
    kernel = weights[f"{conv}.weight"] * scale[:, None, None, None]
    shift = (weights[f"{conv}.bias"] - weights[f"{norm}.running_mean"]) * scale
    shift = shift + weights[f"{norm}.bias"]
    rows, columns = padding
    padded = np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    windows = sliding_window_view(padded, kernel.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,ocij->nohw", windows, kernel, optimize=True)
    return relu(np.asarray(out + shift[None, :, None, None], np.float32))


def adaptive_max(x: Float32, size: tuple[int, int]) -> Float32:
    """The largest of each cell of a grid of `size` laid over the last two axes."""
    height, width = x.shape[2:]
    rows, columns = _cells(height, size[0]), _cells(width, size[1])
    tall = np.stack([x[:, :, a:b].max(axis=2) for a, b in rows], axis=2)
    return np.stack([tall[:, :, :, a:b].max(axis=3) for a, b in columns], axis=3)


def _cells(length: int, count: int) -> list[tuple[int, int]]:
    """`count` cells over `length`; they overlap where it is no multiple."""
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def halved_max(x: Float32, columns_padded: int) -> Float32:
    """The largest of each 2 × 2, frames padded at both ends; what is left over is dropped."""
    side = (columns_padded, columns_padded)
    padded = np.pad(x, ((0, 0), (0, 0), (0, 0), side), constant_values=-np.inf)
    height, width = padded.shape[2] // 2 * 2, padded.shape[3] // 2 * 2
    cells = padded[:, :, :height, :width].reshape(*x.shape[:2], height // 2, 2, width // 2, 2)
    out: Float32 = cells.max(axis=(3, 5))
    return out


def self_attention(x: Float32, weights: Weights, name: str, heads: int) -> Float32:
    """One layer: attention over the sequence, then two linear maps, each added and normalised."""
    mixed = x @ weights[f"{name}.self_attn.in_proj_weight"].T
    mixed = mixed + weights[f"{name}.self_attn.in_proj_bias"]
    steps, size = x.shape
    parts = mixed.reshape(steps, 3, heads, size // heads).transpose(1, 2, 0, 3)
    query, key, value = parts[0], parts[1], parts[2]
    scores = softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size // heads)))
    joined = (scores @ value).transpose(1, 0, 2).reshape(steps, size)
    x = x + linear(joined, weights, f"{name}.self_attn.out_proj")
    x = layer_norm(x, weights, f"{name}.norm1")
    inner = relu(linear(x, weights, f"{name}.linear1"))
    return layer_norm(x + linear(inner, weights, f"{name}.linear2"), weights, f"{name}.norm2")


def lstm(x: Float32, weights: Weights, name: str, layers: int, *, both_ways: bool) -> Float32:
    """A long short-term memory over the sequence, (steps, features)."""
    for layer in range(layers):
        ways = ["", "_reverse"] if both_ways else [""]
        x = np.concatenate([_one_way(x, weights, f"{name}.{{}}_l{layer}{w}") for w in ways], axis=1)
    return x


def _one_way(x: Float32, weights: Weights, pattern: str) -> Float32:
    recurrent = weights[pattern.format("weight_hh")]
    size = recurrent.shape[1]
    given = x @ weights[pattern.format("weight_ih")].T + weights[pattern.format("bias_ih")]
    given = given + weights[pattern.format("bias_hh")]
    order = range(len(x) - 1, -1, -1) if pattern.endswith("_reverse") else range(len(x))
    hidden, cell = np.zeros(size, np.float32), np.zeros(size, np.float32)
    out = np.empty((len(x), size), np.float32)
    for step in order:
        gates = given[step] + recurrent @ hidden
        opened, kept, shown = (_sigmoid(gates[i * size : (i + 1) * size]) for i in (0, 1, 3))
        cell = kept * cell + opened * np.tanh(gates[2 * size : 3 * size])
        hidden = shown * np.tanh(cell)
        out[step] = hidden
    return out


def _sigmoid(x: Float32) -> Float32:
    half = np.float32(0.5)
    return np.asarray(half * (1 + np.tanh(half * x)), np.float32)
