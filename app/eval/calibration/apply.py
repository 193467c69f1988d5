"""Re-apply a stored correction: all that `calibration.json` needs is numpy and this function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apply(calibration: Mapping[str, Any], scores: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Corrected scores, NaN where the judge gave none; `scores` has an array per input."""
    params, kind = calibration["params"], calibration["form"]
    x = np.stack([np.asarray(scores[name], float) for name in calibration["inputs"]], axis=-1)
    first = x[:, 0]
    # The judge's other dimensions may be missing: their mean in training stands in.
    x = np.column_stack([first, np.where(np.isnan(x), params.get("means", 0.0), x)[:, 1:]])
    if kind == "linear":
        out = params["intercept"] + x @ np.asarray(params["slopes"])
    elif kind == "steps":
        out = np.interp(first, params["x"], params["y"])
    else:  # "logit": the chance of each level from cumulative odds
        shift = x @ np.asarray(params["slopes"])
        upto = 1 / (1 + np.exp(shift[:, None] - np.asarray(params["cuts"])))
        chance = np.diff(upto, axis=1, prepend=0.0, append=1.0)
        out = chance @ np.asarray(params["levels"])
    low, high = calibration["range"]
    return np.where(np.isnan(first), np.nan, np.clip(out, low, high))
