"""One call being looked at: what is read of it, its sound, what is in view and selected.

Timing view, transport, transcript, scoring: all are driven by one `ReviewSession` and by nothing
else, so that they can be put together as a screen needs. Main thread only; reading and decoding
happen on the lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from app.domain.calls import Span, TrackRole
from app.domain.errors import UserError
from app.domain.turns import Turn
from app.tasks.runner import Lane
from app.ui.review.sound import CallSound
from app.ui.timeline.marks import LaneData, lane_data
from app.ui.timeline.viewport import Viewport
from app.ui.transcript.rows import Row
from app.ui.transport.playback import Playback

if TYPE_CHECKING:
    from app.domain.calls import Call
    from app.domain.text_roles import TextRole
    from app.services.reviewing import Review
    from app.services.shown_text import ShownText
    from app.ui.context import UiContext
    from app.ui.review.prepared import Prepared

State = Literal["empty", "loading", "ready", "failed"]


class ReviewSession(QObject):
    """The call in front of the reviewer."""

    opened = Signal()
    """Another call is shown, or none: `state` says which. Everything may have changed."""
    changed = Signal()
    """The read model was replaced: turns, layer, comments, findings."""
    turn_changed = Signal()
    """Another turn is selected."""
    spectrogram_changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.ctx = ctx
        self.state: State = "empty"
        self.error: UserError | None = None
        self.review: Review | None = None
        self.text: ShownText | None = None
        self.data: LaneData = lane_data(None, (), ())
        self.rows: tuple[Row, ...] = ()
        self.view = Viewport(8000, 8000)
        self.playback = Playback(ctx, self.view)
        self.sound = CallSound(ctx, self.playback)
        self.turn: Turn | None = None
        self.spectrogram = False
        self._call_id = ""
        self._layer_id: str | None = None
        self._role: TextRole | None = None
        self._reading = 0

    # opening ----------------------------------------------------------------------------------

    @property
    def call(self) -> Call | None:
        """The call, once read."""
        return self.review.call if self.review else None

    @property
    def call_id(self) -> str:
        """Id of the call asked for; empty for none."""
        return self._call_id

    @property
    def exported(self) -> bool:
        """Whether the call is shown and heard as exports have it: redacted spans hidden."""
        return self.sound.exported

    def open(self, call_id: str, *, layer_id: str | None = None) -> None:
        """Show another call; does nothing where it is shown already."""
        if call_id == self._call_id and self.state in ("loading", "ready"):
            return
        self.close()
        self._call_id, self._layer_id = call_id, layer_id
        self.state = "loading"
        self.opened.emit()
        self._read()

    def close(self) -> None:
        """Show no call."""
        self._reading += 1
        self.sound.close()
        self.review = self.error = self.turn = None
        self.text = self._role = None
        self.data, self.rows = lane_data(None, (), ()), ()
        self._call_id, self.state = "", "empty"
        self.opened.emit()

    def reload(self) -> None:
        """Read the call again; view, selection and sound stay."""
        if self._call_id:
            self._read()

    def reopen(self) -> None:
        """Read and decode the same call again, such as after its channels were swapped."""
        call_id, self._call_id = self._call_id, ""
        if call_id:
            cursor = self.view.cursor
            self.open(call_id)
            self.view.set_cursor(cursor)

    def hold_reads(self) -> None:
        """Drop the reads under way: a write that they do not know of has begun."""
        self._reading += 1

    def use_layer(self, layer_id: str | None) -> None:
        """Derive the turns from another speech layer; None for the one in force."""
        self._layer_id = layer_id
        self.reload()

    def use_text(self, role: TextRole | None) -> None:
        """Show the transcript of a role; None for the one in force."""
        self._role = role
        self.reload()

    def _read(self) -> None:
        self._reading += 1
        request, ctx = self._reading, self.ctx
        layer_id, role, exported = self._layer_id, self._role, self.exported

        def work(ref: str) -> tuple[Prepared, ShownText | None]:
            from app.ui.review.prepared import read

            return read(ctx.ws, ctx.viewer, ref, layer_id=layer_id, role=role, exported=exported)

        ctx.runner.run(
            Lane.READ,
            work,
            self._call_id,
            done=lambda made: self._on_read(request, *made),
            failed=lambda error: self._on_unreadable(request, error),
        )

    def _on_read(self, request: int, made: Prepared, text: ShownText | None) -> None:
        if request != self._reading:
            return
        self.text = text
        first, call = self.review is None, made.review.call
        other_sound = (
            self.review is not None
            and self.exported
            and (self.review.mask != made.review.mask or not self.review.is_exported)
        )
        if first:
            self.view.reset(call.rate_hz, call.frame_count)
            self.playback.reset_mix(call)
        self.state, self.error = "ready", None
        self.show(made)
        if first:
            self.opened.emit()
        if first or other_sound:
            self.sound.decode(call)

    def _on_unreadable(self, request: int, error: BaseException) -> None:
        if request != self._reading:
            return
        if not isinstance(error, UserError):
            self.ctx.runner.failed.emit(error)
            error = UserError("This call cannot be shown.", "The log says why.")
        self.state, self.error = "failed", error
        self.opened.emit()

    def show(self, made: Prepared) -> None:
        """Show another state of the same call, such as after an edit."""
        from app.ui.review.prepared import same_picture, same_turn

        alike = same_picture(self.review, made.review)
        self.review = made.review
        if not alike:
            self.data = made.data
        if self.rows != made.rows:
            self.rows = made.rows
        if not alike and self.turn is not None:
            self.turn = same_turn(self.data.turns, self.turn, self.view.rate_hz)
        self.changed.emit()
        if not alike:
            self.turn_changed.emit()

    # sound ------------------------------------------------------------------------------------

    def activate(self) -> None:
        """The session's screen comes to the front: its sound goes into the player."""
        self.sound.activate()

    def deactivate(self) -> None:
        """The screen goes to the back: be silent and leave the player to others."""
        self.sound.deactivate()

    def show_exported(self, *, on: bool) -> None:
        """Show and play the call as exports have it, or as it is. Nothing is changed."""
        if on == self.exported:
            return
        self.sound.exported = on
        self.reload()
        if not on and self.call is not None:
            self.sound.decode(self.call)

    def retry_media(self) -> None:
        """Try again to decode the recording, such as after its file was put back."""
        if self.call is not None:
            self.sound.retry(self.call)

    def toggle_spectrogram(self) -> None:
        """Draw spectrograms instead of waveforms, or waveforms again."""
        self.spectrogram = not self.spectrogram
        self.spectrogram_changed.emit()

    @property
    def roles(self) -> tuple[TrackRole, ...]:
        """The tracks there are, caller first: one `mix` for a single channel, maybe none."""
        order: tuple[TrackRole, ...] = ("caller", "agent", "mix")
        call = self.call
        if call is None:
            return ("caller", "agent")
        return tuple(r for r in order if call.track(r))

    # turns ------------------------------------------------------------------------------------

    def turn_by_id(self, turn_id: str) -> Turn | None:
        """The turn of that id."""
        turns = self.data.turns.items
        return next((t for t in turns if t.id == turn_id), None)

    def current_turn(self) -> Turn | None:
        """The turn at the play-head: the last one begun, or the first."""
        turns = self.data.turns
        if not len(turns):
            return None
        begun = [t for t in turns.items if t.span.start <= self.view.cursor]
        return begun[-1] if begun else turns.items[0]

    def select_turn(self, turn: Turn | None, *, seek: bool = False, reveal: bool = False) -> None:
        """Select a turn; `seek` moves the play-head to it, `reveal` scrolls it into view."""
        if seek and turn is not None:
            self.playback.seek(turn.span.start)
        if reveal and turn is not None:
            self.view.reveal(turn.span)
        if turn != self.turn:
            self.turn = turn
            self.turn_changed.emit()

    def step_turn(self, steps: int) -> Turn | None:
        """The turn `steps` after the selected one (or the one at the play-head), selected."""
        turns = self.data.turns.items
        here = self.turn or self.current_turn()
        if here is None:
            return None
        turn = turns[min(max(here.index - 1 + steps, 0), len(turns) - 1)]
        self.select_turn(turn, reveal=True)
        return turn

    def loop_turn(self) -> Span | None:
        """The span that a loop takes when none was drawn: the selection, else the turn."""
        turn = self.turn or self.current_turn()
        return self.view.selection or (turn.span if turn else None)
