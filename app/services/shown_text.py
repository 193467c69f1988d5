"""Which of a call's transcripts is on the screen, and which of its lines a person has settled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.segments import Layer
from app.domain.text_roles import ROLES, TextRole, newest, text_role
from app.services.current_layer import pick
from app.services.reviewing import Review, rederived
from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownText:
    """The transcript on the screen.

    Attributes:
        layer: its layer.
        role: what its text is.
        choices: roles that the call has.
        corrected: ids of segments whose words a person changed.
        confirmed: ids of segments whose words a person left as they were.
    """

    layer: Layer
    role: TextRole
    choices: tuple[TextRole, ...]
    corrected: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()


def show_text(
    ws: Workspace, review: Review, role: TextRole | None
) -> tuple[Review, ShownText | None]:
    """`review` with the transcript of a role; of the one in force where the role is None or gone.

    Turns are derived anew, as their words are other ones.
    """
    with ws.db.read() as uow:
        layers = uow.layers.of_call(review.call.id)
        usual = pick(layers, "transcript")
        layer = (newest(layers, role) if role else None) or usual
        if layer is None or usual is None:
            return review, None
        segments = uow.layers.segments(layer)
        edits = uow.layers.edits(layer.id) if layer.origin == "human" else []
        parent = uow.layers.get(layer.parent_id) if layer.parent_id else None
        before = {s.id: s.text for s in uow.layers.segments(parent)} if parent else {}
    settled = {str(e.payload["segment_id"]) for e in edits if e.op == "text"}
    corrected = {s.id for s in segments if s.id in settled and s.text != before.get(s.id)}
    shown = ShownText(
        layer=layer,
        role=text_role(layer),
        choices=tuple(r for r in ROLES if newest(layers, r) is not None),
        corrected=frozenset(corrected),
        confirmed=frozenset(settled - corrected),
    )
    if layer.id == usual.id:
        return review, shown
    review = replace(review, transcript=tuple(segments))
    if review.layer is None:
        return review, shown
    again = rederived(
        review, layer=review.layer, segments=review.segments, overrides=review.overrides
    )
    return again, shown
