"""One call: the device's clock, its tracks, the event log, barge-in, hang-up.

The device's callback only copies. The agent's events are taken where they arrive, in the link's
threads: a barge-in is flushed there, before anything else. A third thread, `run`'s, reads behind
both, sends the caller's sound and writes everything to disk.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from app.agents import ending as endings
from app.agents.agent_side import AgentSide, Job
from app.agents.caller_side import CallerSide
from app.agents.canned import dtmf
from app.agents.device_watch import DeviceWatch
from app.agents.disk_watch import DiskWatch
from app.agents.ending import Ending
from app.agents.link import AgentLink, CommitsInput, SendsDtmf, TakesText
from app.agents.opening import open_line
from app.agents.plan import Plan
from app.agents.pump import Pump
from app.agents.recording import CallRecorder
from app.agents.tools import ToolDesk
from app.audio.duplex import DuplexDevice, DuplexLine
from app.audio.duplex_capture import CaptureDuplex
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.calls")

PUMP_S = 0.01


class CallSession:
    """A call from dialling to hanging up; `run` it in a thread of its own.

    `hang_up`, `note` and what `caller` and `tools` offer may be called from any thread.
    """

    def __init__(self, link: AgentLink, plan: Plan) -> None:
        self._link, self._plan, self._live = link, plan, plan.live
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._ending: Ending | None = None
        self._ended = threading.Event()
        self._agent: AgentSide | None = None
        self._before: list[Callable[[CallerSide], None]] = []
        self._lock = threading.Lock()
        self.caller: CallerSide | None = None
        """The way out; None until the device is open."""
        self.tools = ToolDesk(link, plan.tool_results or {}, self._note, by_hand=plan.tools_by_hand)
        self.captured = 0
        """The call's clock, in samples."""

    # --- from any thread

    def hang_up(self, reason: str = "") -> None:
        """End the call; `reason` in the person's words."""
        self._end(endings.hung_up(reason))

    def mute(self, on: bool) -> None:
        """Send silence instead of the caller; frames go on, so that the server's clock runs."""
        self._note("muted" if on else "unmuted", time.monotonic_ns())
        self.on_caller(lambda caller: setattr(caller, "is_muted", on))

    def mark(
        self, label: str = "", back_s: float = 0.0, *, kind: str = "mark", **facts: Any
    ) -> None:
        """Mark a moment: now, or so many seconds ago."""
        self._note(kind, time.monotonic_ns() - round(back_s * 1e9), label=label, **facts)

    def push_to_talk(self, held: bool) -> None:
        """Take the word or give it back; taking it silences the agent."""
        self.on_caller(lambda caller: setattr(caller, "is_talking", held))
        self._key(held)

    def _key(self, held: bool, **facts: int) -> None:
        """The key, by whoever holds it: a caller who is replayed is silent without it anyway."""
        now_ns = time.monotonic_ns()
        self._note("talk_began" if held else "talk_ended", now_ns, **facts)
        if held and self._agent is not None:
            self._agent.interrupt(now_ns)
        link = self._link
        if not held and isinstance(link, CommitsInput):
            self._jobs.put(lambda _recorder: link.commit_input())  # behind the sound on its way

    def dtmf(self, digit: str) -> None:
        """Press a key: as an event where the link has such, else as tones in the caller's sound.

        Raises:
            ValueError: it is no key.
        """
        dtmf(digit, 8_000)
        if isinstance(self._link, SendsDtmf):
            self.mark(f"DTMF {digit}", kind="dtmf", digit=digit, way="event")
            self._link.send_dtmf(digit)
        else:
            self.mark(f"DTMF {digit}", kind="dtmf", digit=digit, way="tones")
            self.on_caller(lambda caller: caller.canned.say(dtmf(digit, caller.rate_hz)))

    def type_text(self, text: str) -> bool:
        """A turn of the caller's in words; False where the agent takes none."""
        if not isinstance(self._link, TakesText):
            return False
        self.mark(text, kind="typed")
        self._link.send_text(text)
        return True

    def on_caller(self, change: Callable[[CallerSide], None]) -> None:
        """Change the caller's way out: now, or as soon as there is one."""
        with self._lock:
            if self.caller is None:
                self._before.append(change)
                return
        change(self.caller)

    # --- the call's own thread

    def run(self) -> Ending:
        """Place the call and stay in it until it ends.

        Raises:
            EnvironmentFault: there is no such device, the agent does not take the call, or
                nothing can be written.
        """
        device, line = open_line(self._plan.open_device, self._link.input_rate_hz)
        try:
            caller = self._opened_caller(line)
            self._agent = AgentSide(
                self._link, line.play, self.tools, self._live,
                job=self._jobs.put, note=self._note, end=self._end,
            )  # fmt: skip
            self._link.connect(self._agent.listener)
            recorder = self._recorder(line)
            self._live.connected(line.rate_hz, line.block, self._plan.folder)
            try:
                pump = Pump(
                    line, caller, self._link, recorder, self._live, self._jobs,
                    self._note, self._agent.given,
                )  # fmt: skip
                ending = self._call(device, line, pump, recorder)
            except BaseException:
                recorder.close(None)
                raise
            self._align(device)
            self._close(pump, recorder, ending)
            return ending
        finally:
            self._link.close()
            device.close()

    def _recorder(self, line: DuplexLine) -> CallRecorder:
        plan = self._plan
        try:
            return CallRecorder(plan.folder, plan.head, line.rate_hz, self._link.output_rate_hz)
        except OSError as error:
            raise EnvironmentFault(
                f"The call cannot be recorded in {plan.folder.parent} ({error.strerror}).",
                "Free some space, or choose another workspace.",
            ) from error

    def _opened_caller(self, line: DuplexLine) -> CallerSide:
        plan = self._plan
        caller = CallerSide(
            line.rate_hz,
            line.block,
            script=plan.script(line.rate_hz) if plan.script else None,
            push_to_talk=plan.push_to_talk,
            note=lambda what, **facts: self._note(what, time.monotonic_ns(), **facts),
        )
        if plan.push_to_talk:
            self._live.note("talk_ended", time.monotonic_ns(), {})
        if plan.noise is not None:
            caller.set_noise(plan.noise(line.rate_hz))
        if plan.line is not None and plan.line.is_on:
            caller.set_line(plan.line)
        with self._lock:
            self.caller = caller
        for change in self._before:
            change(caller)
        return caller

    def _call(
        self, device: DuplexDevice, line: DuplexLine, pump: Pump, recorder: CallRecorder
    ) -> Ending:
        watch = DeviceWatch(device, line, pump.backlog, self._note)
        disk = DiskWatch(recorder.folder)
        while self._ending is None:
            try:
                self._ended.wait(PUMP_S)
            except KeyboardInterrupt:
                self.hang_up()
            try:
                pump.turn()
            except OSError as error:
                return endings.of_disk(error)
            self.captured = pump.captured
            self._replay_keys()
            self._limits(line.rate_hz)
            lost = watch.check() or disk.check(recorder.bytes_written)
            if lost is not None:
                self._end(lost)
        return self._ending

    def _replay_keys(self) -> None:
        script = self.caller.script if self.caller else None
        for index, held in script.keys_until(self.captured) if script else ():
            self._key(held, index=index)

    def _limits(self, rate_hz: int) -> None:
        seconds, script = self._plan.seconds, self.caller.script if self.caller else None
        if seconds is not None and self.captured >= seconds * rate_hz:
            self._end(Ending(reason="time", words=f"The call was ended after {seconds:g} s."))
        elif seconds is None and script is not None and script.is_over(self.captured):
            self._end(Ending(reason="said_all", words="The caller had said all there was to say."))

    def _align(self, device: DuplexDevice) -> None:
        """What two captured streams say of how they lie together; others have one clock."""
        if isinstance(device, CaptureDuplex):
            self._note("alignment", time.monotonic_ns(), **asdict(device.alignment))

    def _close(self, pump: Pump, recorder: CallRecorder, ending: Ending) -> None:
        """Hang up, write what is left; where the disk is full, what is there stays."""
        self._link.close()
        with suppress(OSError):  # the disk is full, as the ending says
            pump.write()
        try:
            recorder.close(
                {"reason": ending.reason, "words": ending.words} | {"dropped": ending.dropped}
            )
        except OSError as error:
            log.warning("the end of a call could not be written: %s", error)

    def _end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending
        self._ended.set()

    def _note(self, what: str, at_ns: int, **facts: Any) -> None:
        self._live.note(what, at_ns, facts)
        self._jobs.put(lambda recorder: recorder.note(what, at_ns, facts))
