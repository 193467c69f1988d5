"""What the widgets need of a review besides the review, made on a worker so that none waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.redaction import NOTHING, Mask
from app.domain.turns import Turn
from app.services.reviewing import Review
from app.ui.timeline.marks import LaneData, Marks, lane_data
from app.ui.transcript.rows import Row, rows

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.text_roles import TextRole
    from app.services.shown_text import ShownText
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Prepared:
    """A review with its lanes and its transcript's rows."""

    review: Review
    data: LaneData
    rows: tuple[Row, ...]


def read(
    ws: Workspace, viewer: Viewer, call_id: str, *,
    layer_id: str | None, role: TextRole | None, exported: bool,
) -> tuple[Prepared, ShownText | None]:  # fmt: skip
    """Read a call and prepare it, with the transcript that is shown; call on a lane.

    Args:
        ws: the workspace.
        viewer: who looks.
        call_id: which call.
        layer_id: the speech layer to derive the turns from; None for the one in force.
        role: whose transcript; None for the one in force.
        exported: whether redacted spans are hidden, as exports have it.

    Raises:
        NotFound: no such call or layer.
    """
    from app.services import reviewing
    from app.services.shown_text import show_text

    review, text = show_text(ws, reviewing.load(ws, viewer, call_id, layer_id=layer_id), role)
    return prepare(reviewing.as_exported(ws, review) if exported else review), text


def prepare(review: Review) -> Prepared:
    """Prepare a review. Pure; call from any thread."""
    return Prepared(
        review,
        lane_data(review.turn_set, review.segments, review.transcript),
        tuple(rows(review.turn_set, review.transcript, review.comments, _seen(review))),
    )


def _seen(review: Review) -> Mask:
    """What is marked as redacted in the words; where they are masked already, nothing."""
    return NOTHING if review.is_exported else review.mask


def same_picture(one: Review | None, two: Review) -> bool:
    """Whether the lanes of both look alike: the same turns from the same segments and words."""
    if one is None:
        return False
    return (
        one.call == two.call
        and one.segments == two.segments
        and one.transcript == two.transcript
        and one.mask == two.mask
        and _figures(one) == _figures(two)
    )


def _figures(review: Review) -> tuple[object, ...]:
    """What is derived, without the name of the layer that it was derived from."""
    found = review.turn_set
    if found is None:
        return ()
    return (
        found.turns,
        found.utterances,
        found.overlaps,
        found.interruptions,
        found.dead_air,
        found.profile,
        review.reported,
        review.events,
    )


def same_turn(turns: Marks[Turn], old: Turn, slack: int) -> Turn | None:
    """The turn that now holds what `old` was, as boundaries may have moved.

    Where none shares a segment with it, the nearest, at most `slack` frames from its start.
    """
    for turn in turns.items:
        if set(turn.segment_ids) & set(old.segment_ids):
            return turn
    return turns.near(old.span.start, slack)
