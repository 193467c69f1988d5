"""What is on record in a dataset must be readable where it is shown, or nothing is taken.

A correction that came along is applied to scores on the page of drift and in exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from app.services.calibrating.dataset_shapes import Key, Shape

MOST_DEPTH, MOST_NUMBERS, MOST_INPUTS = 32, 10_000, 1_000
Number = Annotated[float, Field(ge=-1e9, le=1e9)]
"""Far beyond any scale, and far from where sums overflow."""
Numbers = Annotated[list[Number], Field(min_length=1, max_length=MOST_NUMBERS)]


class Linear(Shape):
    """Parameters of a weighted sum of the inputs."""

    intercept: Number
    slopes: Numbers
    means: Numbers | None = None


class Steps(Shape):
    """Parameters of a line through points."""

    x: Numbers
    y: Numbers


class Logit(Shape):
    """Parameters of cumulative odds."""

    slopes: Numbers
    cuts: Numbers
    levels: Numbers
    means: Numbers | None = None


class Correction(Shape):
    """Of `calibration.json`, what `app.eval.calibration.apply` reads."""

    form: Literal["linear", "steps", "logit"]
    inputs: Annotated[list[Key], Field(min_length=1, max_length=MOST_INPUTS)]
    range: Annotated[list[Number], Field(min_length=2, max_length=2)]
    params: dict[str, Any]


FORMS: Mapping[str, type[Linear | Steps | Logit]] = {
    "linear": Linear, "steps": Steps, "logit": Logit,
}  # fmt: skip


def _shallow(body: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [body]
    for _ in range(MOST_DEPTH):
        parts = [list(x.values()) if isinstance(x, dict) else x for x in level]
        level = [y for x in parts for y in x if isinstance(y, dict | list)]
        if not level:
            return body
    raise ValueError("is nested too deeply")


def _applies(body: dict[str, Any]) -> dict[str, Any]:
    told = Correction.model_validate(body)
    params = FORMS[told.form].model_validate(told.params)
    size = len(told.inputs)
    if told.range[0] > told.range[1]:
        raise ValueError("the range ends before it begins")
    if isinstance(params, Steps):
        if len(params.x) != len(params.y) or any(a >= b for a, b in zip(params.x, params.x[1:])):
            raise ValueError("the points of the correction do not rise")
        return body
    if len(params.slopes) != size or len(params.means or params.slopes) != size:
        raise ValueError("the correction has other inputs than slopes")
    if isinstance(params, Logit):
        _are_cuts(params)
    return body


def _are_cuts(params: Logit) -> None:
    falls = any(a > b for a, b in zip(params.cuts, params.cuts[1:]))
    if falls or len(params.levels) != len(params.cuts) + 1:
        raise ValueError("the cuts of the correction are no cuts of its levels")


Body = Annotated[dict[str, Any], AfterValidator(_shallow)]
"""Kept as it came; nobody reads more of it than that it is there."""
CorrectionBody = Annotated[Body, AfterValidator(_applies)]
"""Kept as it came; it can be applied."""
