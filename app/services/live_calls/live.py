"""A call as the window has it: started, steered, watched, and in the library at the end.

One plain thread runs the whole call by `placing.place`, the same that the command line uses.
Everything here returns at once and may be called from the window's thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from app.agents.caller_side import CallerSide
from app.agents.canned import KEYS, Clip
from app.agents.line_effects import LineEffects
from app.agents.live_state import LiveState
from app.agents.live_view import Lane, Snapshot, Usage
from app.agents.session import CallSession
from app.domain import endpoints, judging
from app.domain.calls import Speaker
from app.domain.errors import BadInput, CallbenchError
from app.domain.work import Quiet, Work
from app.services.judging.endpoints import prices
from app.services.live_calls import placing, recovering, sounds
from app.services.live_calls.request import CannedClip, LiveRequest, Noise
from app.services.live_calls.storing import NotStored, StoredCall
from app.services.workspace import Workspace

__all__ = ["CannedClip", "LiveCall", "LiveRequest", "Noise", "Snapshot"]

log = logging.getLogger("callbench.calls")

REACTION_LAG_S = 0.35
"""A key is pressed so long after what it is pressed for, until it is measured."""


class LiveCall:
    """One call.

    Args:
        ws: where it is recorded and stored.
        request: what call.
        ended: told, in the call's thread, once it is stored or has failed.
        ctx: told of progress.
    """

    def __init__(
        self,
        ws: Workspace,
        request: LiveRequest,
        *,
        ended: Callable[[LiveCall], None] | None = None,
        ctx: Work | None = None,
    ) -> None:
        self.request = request
        self._ws, self._ctx, self._told = ws, ctx or Quiet(), ended
        self._live = LiveState(_pricing(ws, request), line_is_noisy=request.record_only)
        self._session: CallSession | None = None
        self._hung_up: str | None = None
        self._lock = threading.Lock()
        self._thread = self._made(self._place)
        self.done: StoredCall | None = None
        """The call in the library, once it is there."""
        self.error: CallbenchError | None = None
        """Why there is none."""

    # --- life

    def start(self) -> None:
        """Dial."""
        self._live.ringing("Opening the sound device.")
        self._thread.start()

    def store(self) -> None:
        """Bring a call that is kept into the library after all."""
        fault = self.error
        if isinstance(fault, NotStored):
            self.error = None
            self._thread = self._made(
                lambda: recovering.store_kept(self._ctx, self._ws, fault.folder)
            )
            self._thread.start()

    def hang_up(self, reason: str = "") -> None:
        """End the call, also while it rings; `reason` in the person's words."""
        with self._lock:
            self._hung_up = reason
            session = self._session
        if session is not None:
            session.hang_up(reason)

    @property
    def is_over(self) -> bool:
        """Whether it is stored, or has failed."""
        return self.done is not None or self.error is not None

    @property
    def is_kept(self) -> bool:
        """Whether it is recorded, and there was no room to store it."""
        return isinstance(self.error, NotStored)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is over; False where it is not yet."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- looking on

    def snapshot(self) -> Snapshot:
        """The call as it stands; cheap enough for 30 times a second."""
        return self._live.snapshot()

    def lane(self, track: Speaker, from_frame: int = 0) -> Lane:
        """Peaks of one side from a frame of the call on; five minutes are kept."""
        return self._live.lane(track, from_frame)

    # --- steering

    def mute(self, on: bool) -> None:
        """Send silence instead of the caller."""
        self._steer(lambda session: session.mute(on))

    def push_to_talk(self, held: bool) -> None:
        """The key is down, or up again."""
        self._steer(lambda session: session.push_to_talk(held))

    def mark(self, label: str = "", back_s: float = REACTION_LAG_S) -> None:
        """Mark what happened just now."""
        self._steer(lambda session: session.mark(label, back_s))

    def step(self, label: str, *, done: bool = True) -> None:
        """A step of the scenario was ticked, or its tick was taken away."""
        words = label if done else f"{label} (taken back)"
        self._steer(lambda session: session.mark(words, REACTION_LAG_S, kind="step", done=done))

    def note(self, text: str, back_s: float = REACTION_LAG_S) -> None:
        """A note at this moment."""
        self._steer(lambda session: session.mark(text, back_s, kind="note"))

    def type_text(self, text: str) -> None:
        """A turn in words, for agents that take such: of a cascade without ears, the only ones."""
        self._steer(lambda session: session.type_text(text))

    def dtmf(self, digit: str) -> None:
        """Press a key of the pad; raises BadInput if it is none."""
        if digit not in KEYS or len(digit) != 1:
            raise BadInput(f"{digit!r} is no key of a telephone.", "One of 0-9, *, #, A-D.")
        self._steer(lambda session: session.dtmf(digit))

    def say(self, what: str | CannedClip) -> None:
        """Say a canned clip, by its id where it is known, else these words (espeak-ng)."""
        self._clip(what, lambda caller, clip: caller.canned.say(clip))

    def arm(self, what: str | CannedClip, after_agent_ms: float, *, repeats: bool = False) -> None:
        """Say it so long after the agent begins to speak."""
        self._clip(what, lambda c, clip: c.canned.arm(clip, after_agent_ms, repeats=repeats))

    def disarm(self) -> None:
        """Wait for nothing any more."""
        self._steer(lambda session: session.on_caller(lambda caller: caller.canned.disarm()))

    def noise(self, noise: Noise | None) -> None:
        """Lay noise under the caller; None takes it away."""

        def lay(caller: CallerSide) -> None:
            caller.set_noise(None if noise is None else sounds.bed(noise, caller.rate_hz))

        self._aside(lay)

    def line(self, effects: LineEffects | None) -> None:
        """Send the caller through another line; None for a good one."""
        self._steer(lambda session: session.on_caller(lambda caller: caller.set_line(effects)))

    def tool_result(self, call_id: str, text: str) -> None:
        """Answer a tool call by hand."""
        self._steer(lambda session: session.tools.answer(call_id, text))

    def edit_tool(self, name: str, text: str | None) -> None:
        """What a tool answers by itself from now on; None lets it wait for you."""
        self._steer(lambda session: session.tools.edit(name, text))

    def tools_by_hand(self, on: bool) -> None:
        """Answer no tool by itself."""
        self._steer(lambda session: setattr(session.tools, "by_hand", on))

    # --- the call's thread

    def _made(self, work: Callable[[], StoredCall]) -> threading.Thread:
        return threading.Thread(target=self._run, args=(work,), name="callbench-live-call")

    def _place(self) -> StoredCall:
        return placing.place(self._ctx, self._ws, self.request, began=self._began, live=self._live)

    def _run(self, work: Callable[[], StoredCall]) -> None:
        try:
            self.done = work()
            self._live.ended(self.done.words)
        except NotStored as kept:
            self.error = kept
            self._live.ended(kept.ending)
        except CallbenchError as error:
            self.error = error
            self._live.ended("There was no call.", str(error))
        except Exception as error:  # told on the screen: nobody waits for this thread
            log.exception("a live call failed")
            self.error = BadInput(f"The call failed ({type(error).__name__}).", "See the log.")
            self._live.ended("There was no call.", str(self.error))
        if self._told is not None:
            self._told(self)

    def _began(self, session: CallSession) -> None:
        with self._lock:
            self._session = session
            reason = self._hung_up
        if reason is not None:
            session.hang_up(reason)

    def _steer(self, change: Callable[[CallSession], object]) -> None:
        session = self._session
        if session is not None:
            change(session)

    def _clip(self, what: str | CannedClip, use: Callable[[CallerSide, Clip], None]) -> None:
        if isinstance(what, str):
            known = {c.id: c for c in self.request.clips}
            wanted = known.get(what, CannedClip(id=what, text=what))
        else:
            wanted = what
        self._aside(lambda caller: use(caller, sounds.clip(wanted, caller.rate_hz)))

    def _aside(self, change: Callable[[CallerSide], None]) -> None:
        """Make a sound that takes a moment, then use it; a fault of it is a warning of the call."""
        session = self._session
        if session is None:
            return

        def work() -> None:
            try:
                session.on_caller(change)
            except CallbenchError as error:
                self._live.warn(str(error))

        threading.Thread(target=work, name="callbench-live-sound", daemon=True).start()


def _pricing(ws: Workspace, request: LiveRequest) -> Callable[[Usage], Usage]:
    """Adds money by the owner's prices, where there is one for the model."""
    model = request.profile.model if request.profile is not None else ""
    price = endpoints.price_of(prices(ws), "", model)

    def priced(usage: Usage) -> Usage:
        if price is None:
            return usage
        told = judging.Usage(
            prompt=usage.input_tokens,
            completion=usage.output_tokens,
            cached=usage.cached_tokens,
            audio=usage.input_audio_tokens,
        )
        micro = price.micro(told)
        return replace(usage, cost=None if micro is None else micro / 1e6, currency=price.currency)

    return priced
