"""Which of a call's layers is in use."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.segments import Layer, LayerKind, LayerOrigin

_ORDER: dict[LayerKind, tuple[LayerOrigin, ...]] = {
    "speech": ("human", "detector", "import", "platform", "plan"),
    "transcript": ("human", "import", "platform", "detector", "plan"),
}


def pick(layers: Sequence[Layer], kind: LayerKind) -> Layer | None:
    """The newest layer of the best origin.

    A person's correction wins; speech is then best from the detector, which heard the audio, and
    a transcript from whoever delivered it. A plan (the script of a demo) comes last: it says what
    should have been.

    Args:
        layers: a call's layers, oldest first.
        kind: which kind is wanted.
    """
    rank = {origin: at for at, origin in enumerate(_ORDER[kind])}
    fitting = [
        (rank[layer.origin], -at, layer) for at, layer in enumerate(layers) if layer.kind == kind
    ]
    return min(fitting, key=lambda f: f[:2])[2] if fitting else None
