"""What the widgets need of a review besides the review, made on a worker so that none waits."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.redaction import NOTHING, Mask
from app.services.reviewing import Review
from app.ui.timeline.marks import LaneData, lane_data
from app.ui.transcript.rows import Row, rows


@dataclass(frozen=True, slots=True)
class Prepared:
    """A review with its lanes and its transcript's rows."""

    review: Review
    data: LaneData
    rows: tuple[Row, ...]


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
