"""Boundary editing: which boundary is chosen, and what a key does to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.calls import Span, Speaker
from app.domain.ids import new_id
from app.domain.segments import EditOp, Segment
from app.domain.turns import Overlap, OverlapKind
from app.ui.review.edit_queue import EditQueue
from app.ui.review.edits import Boundary, boundaries, outer_boundaries, same

if TYPE_CHECKING:
    from app.services.reviewing import Review
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

SNAP_MS, SNAP_STEP_MS = 20, 10
KINDS: tuple[OverlapKind, ...] = (
    "backchannel",
    "interruption",
    "false_interruption",
    "talk_over",
    "terminal",
)


class BoundaryEditor(QObject):
    """The edit mode of a session. Main thread only."""

    changed = Signal()
    """Entered, left, another boundary chosen, or a boundary moved."""
    refused = Signal(str)

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.active = False
        self.current: Boundary | None = None
        self.queue = EditQueue(ctx, session)
        self.queue.refused.connect(self.refused)
        session.changed.connect(self._find_again)

    @property
    def _review(self) -> Review | None:
        return self.queue.review

    def _edit(self, op: EditOp, payload: dict[str, Any]) -> bool:
        """Make an edit; False where a rule forbids it."""
        done = self.queue.edit(op, payload)
        if done:
            self.changed.emit()
        return done

    # mode ------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Enter or leave."""
        if self.active:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Begin at the drawn boundary nearest to the play-head, or of the selected turn."""
        review = self._review
        if review is None or not review.segments:
            self.refused.emit("There are no boundaries to edit: no speech has been detected.")
            return
        self._session.playback.pause()
        self.active = True
        self._choose(self._nearest(review))

    def _nearest(self, review: Review) -> Boundary:
        """Where editing begins.

        The selected turn counts while the play-head is in it, and when the play-head is out of
        sight: then the turn is what is being looked at.
        """
        session, at = self._session, self._session.view.cursor
        turn = session.turn
        every = review.turn_set.utterances if review.turn_set is not None else ()
        shown = outer_boundaries(every, review.segments)
        if turn is not None and (turn.span.contains(at) or not session.view.visible().contains(at)):
            mine = [u for u in every if u.turn_id == turn.id]
            shown = outer_boundaries(mine, review.segments) or shown
        shown = shown or boundaries(review.segments)
        return min(shown, key=lambda b: abs(b.frame - at))

    def leave(self) -> None:
        """Back to the review; what was edited is saved already."""
        if self.active:
            self.active, self.current = False, None
            self.changed.emit()

    def _choose(self, boundary: Boundary) -> None:
        self.current = boundary
        self._session.view.reveal(Span(boundary.frame, boundary.frame), margin_px=120)
        self.changed.emit()

    def choose(self, boundary: Boundary) -> None:
        """Choose a boundary, such as with the mouse."""
        self.current = boundary
        self.changed.emit()

    def step(self, steps: int) -> None:
        """Choose the boundary `steps` further on."""
        review, here = self._review, self.current
        if review is None or here is None:
            return
        every = boundaries(review.segments)
        at = next((n for n, b in enumerate(every) if same(b, here)), 0)
        self._choose(every[(at + steps) % len(every)])

    def _find_again(self) -> None:
        """After a change: the same boundary where it is now, or the nearest to where it was."""
        review, here = self._review, self.current
        if not self.active or review is None or here is None:
            return
        every = boundaries(review.segments)
        if not every:
            self.leave()
            return
        found = next((b for b in every if same(b, here)), None)
        self.current = found or min(every, key=lambda b: abs(b.frame - here.frame))
        self.changed.emit()

    def originals(self) -> list[tuple[Speaker, int]]:
        """Boundaries of the machine's layer that are no longer there: (speaker, frame)."""
        review = self._review
        if review is None or not review.machine:
            return []
        now = {(b.speaker, b.frame) for b in boundaries(review.segments)}
        before = {(b.speaker, b.frame) for b in boundaries(review.machine)}
        return sorted(before - now, key=lambda b: b[1])

    # moving ----------------------------------------------------------------------------------

    def nudge_ms(self, ms: int) -> None:
        """Move the boundary by `ms`."""
        if self.current is not None:
            self.move_to(self.current.frame + round(ms * self._session.view.rate_hz / 1000))

    def snap(self, direction: int) -> None:
        """Move a step earlier (-1) or later (1), to the quietest moment within 20 ms of there."""
        here, rate = self.current, self._session.view.rate_hz
        if here is None:
            return
        target = here.frame + direction * round(SNAP_STEP_MS * rate / 1000)
        reach = round(SNAP_MS * rate / 1000)
        first, last = target - reach, target + reach
        if direction < 0:
            last = min(last, here.frame - 1)
        else:
            first = max(first, here.frame + 1)
        quiet = self._quietest(here.speaker, first, last)
        self.move_to(target if quiet is None else quiet)

    def _quietest(self, speaker: Speaker, first: int, last: int) -> int | None:
        from app.audio.snap import quietest

        media = self._session.sound.media
        if media is None or not media.roles:
            return None
        role = speaker if speaker in media.roles else media.roles[0]
        return quietest(media.pcm(role), first, last, media.rate_hz)

    def move_to(self, frame: int) -> None:
        """Move the chosen boundary to `frame`."""
        here, segment = self.current, self._segment()
        if here is None or segment is None:
            return
        frame = min(max(frame, 0), self._session.view.frame_count)
        start = frame if here.edge == "start" else segment.span.start
        end = frame if here.edge == "end" else segment.span.end
        self.current = replace(here, frame=frame)
        if not self._edit("move", {"segment_id": segment.id, "start": start, "end": end}):
            self.current = here

    def _segment(self) -> Segment | None:
        review, here = self._review, self.current
        if review is None or here is None:
            return None
        return next((s for s in review.segments if s.id == here.segment_id), None)

    # shape -----------------------------------------------------------------------------------

    def merge(self) -> None:
        """Merge the chosen segment with the same speaker's next one."""
        review, segment = self._review, self._segment()
        if review is None or segment is None:
            return
        later = [
            s
            for s in review.segments
            if s.speaker == segment.speaker and s.span.start >= segment.span.end
        ]
        if not later:
            self.refused.emit("There is no later segment of this speaker to merge with.")
            return
        following = min(later, key=lambda s: s.span)
        self._edit("merge", {"segment_id": segment.id, "with_id": following.id})

    def split(self) -> None:
        """Split at the play-head: the chosen segment if it lies there, else the one that does."""
        review, at = self._review, self._session.view.cursor
        if review is None:
            return
        here = [s for s in review.segments if s.span.start < at < s.span.end]
        chosen = next((s for s in here if s == self._segment()), here[0] if here else None)
        if chosen is None:
            self.refused.emit("The play-head is in no segment: put it where the split shall be.")
            return
        new = new_id()
        self.current = Boundary(new, chosen.speaker, "start", at)
        self._edit("split", {"segment_id": chosen.id, "at": at, "new_id": new})

    def cycle_overlap(self) -> None:
        """Give the overlap at the boundary the next kind."""
        overlap = self._overlap()
        if overlap is None:
            self.refused.emit("There is no overlap at this boundary.")
            return
        kind = KINDS[(KINDS.index(overlap.kind) + 1) % len(KINDS)]
        self._edit("relabel", {"segment_id": overlap.segment_ids[1], "overlap_kind": kind})

    def _overlap(self) -> Overlap | None:
        """The overlap that the chosen segment takes part in, nearest to the boundary."""
        review, segment, here = self._review, self._segment(), self.current
        if review is None or review.turn_set is None or segment is None or here is None:
            return None
        touching = [o for o in review.turn_set.overlaps if o.span.overlap(segment.span)]
        return min(touching, key=lambda o: abs(o.span.start - here.frame), default=None)
