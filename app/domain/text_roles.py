"""What a transcript's text is: what was meant, what was heard, what a person says was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from app.domain.segments import Layer

TextRole = Literal["intended", "spoken", "heard", "human"]
"""`intended`: what the speaker meant (script, text given to the synthesiser). `spoken`: what a
recogniser of ours made of the recording. `heard`: what the other party's or the platform's
recogniser wrote down during the call. `human`: a person's words or corrections."""

ROLES: tuple[TextRole, ...] = get_args(TextRole)

ROLE_WORDS: dict[TextRole, str] = {
    "intended": "Intended",
    "spoken": "Recognised",
    "heard": "Platform's recogniser",
    "human": "Human",
}

_BY_ORIGIN: dict[str, TextRole] = {
    "plan": "intended",
    "detector": "spoken",
    "human": "human",
    "platform": "heard",
    "import": "heard",
}


def text_role(layer: Layer) -> TextRole:
    """The role of a transcript layer: `params["text_role"]` where it says, else by its origin."""
    said = None if layer.origin == "human" else said_role(layer.params.get("text_role"))
    return said or _BY_ORIGIN[layer.origin]


def said_role(said: object) -> TextRole | None:
    """A role as a file or a parameter says it; None where it says none that there is."""
    return said if said in ROLES else None


def newest(layers: Sequence[Layer], role: TextRole) -> Layer | None:
    """The newest transcript layer of that role, of a call's layers, oldest first."""
    fitting = [x for x in layers if x.kind == "transcript" and text_role(x) == role]
    return fitting[-1] if fitting else None
