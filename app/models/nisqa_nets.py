"""NISQA's networks over segments and its ways of pooling, by the names in its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.models import nisqa_layers as layers
from app.models.nisqa_layers import Float32, Weights


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _adaptive(x: Float32, weights: Weights, args: Mapping[str, Any]) -> Float32:
    """Six convolutions, pooled to fixed grids; the last one closes the frames up to one."""
    kernel = _pair(args["cnn_kernel_size"])
    pad = (1, 0) if kernel[1] == 1 else (1, 1)
    grids = {1: "cnn_pool_1", 2: "cnn_pool_2", 4: "cnn_pool_3"}
    for i in range(1, 7):
        name, norm = f"cnn.model.conv{i}", f"cnn.model.bn{i}"
        x = layers.convolution(x, weights, name, norm, (1, 0) if i == 6 else pad)
        if i in grids:
            x = layers.adaptive_max(x, _pair(args[grids[i]]))
    return _flat(x, weights, args, "cnn.model.fc")


def _standard(x: Float32, weights: Weights, args: Mapping[str, Any]) -> Float32:
    """Six convolutions, halved three times."""
    for i in range(1, 7):
        x = layers.convolution(x, weights, f"cnn.model.conv{i}", f"cnn.model.bn{i}", (1, 1))
        if i in (1, 2, 4):
            x = layers.halved_max(x, 1 if i == 1 else 0)
    return _flat(x, weights, args, "cnn.model.fc_out")


def _flat(x: Float32, weights: Weights, args: Mapping[str, Any], name: str) -> Float32:
    flat = x.reshape(len(x), -1)
    return layers.linear(flat, weights, name) if args.get("cnn_fc_out_h") else flat


def _attended(x: Float32, weights: Weights) -> Float32:
    """The mean weighted by attention, which may have a layer of its own."""
    if "pool.model.linear3.weight" in weights:
        inner = layers.relu(layers.linear(x, weights, "pool.model.linear1"))
        share = layers.softmax(layers.linear(inner, weights, "pool.model.linear2").T)
        return layers.linear(share @ x, weights, "pool.model.linear3")
    share = layers.softmax(layers.linear(x, weights, "pool.model.linear1").T)
    return layers.linear(share @ x, weights, "pool.model.linear2")


def _last_both(x: Float32, weights: Weights) -> Float32:
    """The last step of the way forth and the first of the way back."""
    half = x.shape[1] // 2
    ends = np.concatenate([x[-1, :half], x[0, half:]])
    return layers.linear(ends, weights, "pool.model.linear")


NETWORKS: Mapping[str, Callable[[Float32, Weights, Mapping[str, Any]], Float32]] = {
    "adapt": _adaptive,
    "standard": _standard,
}
POOLS: Mapping[str, Callable[[Float32, Weights], Float32]] = {
    "att": _attended,
    "last_step_bi": _last_both,
    "last_step": lambda x, w: layers.linear(x[-1], w, "pool.model.linear"),
    "avg": lambda x, w: layers.linear(x.mean(axis=0), w, "pool.model.linear"),
    "max": lambda x, w: layers.linear(x.max(axis=0), w, "pool.model.linear"),
}
