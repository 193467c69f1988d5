"""An evaluator as a run uses it: with its arguments, and the kind of layer that it measures by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from app.domain.errors import BadInput
from app.domain.segments import LayerOrigin
from app.eval import registry
from app.eval.base import Evaluator, args_of

LAYER = "layer"
"""Name of the argument; absent where the layer in force is measured by."""
ORIGINS: tuple[LayerOrigin, ...] = get_args(LayerOrigin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`layer` is the origin of the speech layer to measure by; None for the one in force."""

    evaluator: Evaluator
    layer: LayerOrigin | None = None

    @property
    def args(self) -> dict[str, Any]:
        """What is stored with its results, plain JSON values."""
        return args_of(self.evaluator) | ({LAYER: self.layer} if self.layer else {})


def build(name: str, args: Mapping[str, Any] | None = None) -> Measure:
    """A measure of a name and its stored arguments.

    Raises:
        NotFound: no such evaluator. BadInput: an argument that it does not take.
    """
    given = dict(args or {})
    layer = given.pop(LAYER, None)
    if layer and layer not in ORIGINS:
        raise BadInput(f"There are no {layer} layers.", f"One of: {', '.join(ORIGINS)}.")
    evaluator = registry.build(name, given)
    by_layer = layer if "speech" in evaluator.reads else None
    return Measure(evaluator=evaluator, layer=cast("LayerOrigin | None", by_layer or None))
