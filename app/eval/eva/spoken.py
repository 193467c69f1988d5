"""How much of what a model answered was really spoken, by what the synthesiser was given.

The audit log has the whole answer; the caller may have cut it off. Texts are compared by their
letters and digits alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.eval.eva import labels

MIN_PREFIX = 20
"""Letters and digits that a beginning must have in common: shorter is chance (`I'm`, `Sure`)."""


def spoken_part(planned: str, pieces: Sequence[str]) -> str | None:
    """The part of `planned` that was spoken; None if none of it was.

    Args:
        planned: the model's answer, with marks.
        pieces: what the synthesiser was given in that turn, piece by piece.

    The whole is spoken if it is found in a piece or in all pieces joined. Otherwise it is the
    longest run of its first words with which a piece begins.
    """
    whole = labels.bare(planned)
    given = [bare for bare in map(labels.bare, pieces) if bare]
    if not whole or not given:
        return None
    if any(whole in piece for piece in given) or whole in "".join(given):
        return planned
    tokens = labels.without(planned).split()
    count = _spoken_tokens(tokens, given)
    if len(labels.bare(" ".join(tokens[:count]))) < MIN_PREFIX:
        return None
    # counted on the text as it is, marks and all: so does EVA
    return " ".join(planned.split()[:count])


def _spoken_tokens(tokens: Sequence[str], given: Sequence[str]) -> int:
    """How many first tokens make the beginning of a piece; more never fit where fewer do not."""
    low, high = 0, len(tokens)
    while low < high:
        middle = (low + high + 1) // 2
        start = labels.bare(" ".join(tokens[:middle]))
        if any(piece.startswith(start) for piece in given):
            low = middle
        else:
            high = middle - 1
    return low
