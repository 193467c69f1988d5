"""One call: the device's clock, four tracks, the event log, barge-in, hang-up.

The device's callback only copies. The agent's events are taken where they arrive, in the link's
thread: a barge-in is flushed there, before anything else. A third thread, `run`'s, reads behind
both, sends the caller's sound and writes everything to disk.
"""

from __future__ import annotations

import errno
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.agents.caller_script import CallerScript
from app.agents.link import AgentEvent, AgentLink, Int16, Listener, RawMessage
from app.agents.playing import Playing
from app.agents.recording import CallRecorder, Packet, Sent
from app.audio.duplex import ATTEMPTS, DuplexDevice, DuplexLine, DuplexOpener
from app.audio.play_queue import PlayQueue
from app.audio.polyphase import Resampler
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.calls")

PUMP_S = 0.01
DEAD_S = 2.0
RESTARTS, RESTART_S = 3, 3.0
"""A stream that died is started anew so often; some take seconds to come up."""
SETTLE_S = 6.0
STEADY_BLOCKS = 25
STEADY_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a call ended. `dropped` where neither the caller nor the plan ended it."""

    reason: str
    """`hung_up`, `time`, `said_all`, `server_lost`, `device_lost`, `disk_full`, `disk`."""
    words: str
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a call is to be, besides its agent."""

    folder: Path
    head: Mapping[str, Any]
    open_device: DuplexOpener
    script: Callable[[int], CallerScript] | None = None
    """Given the call's rate; instead of the microphone."""
    seconds: float | None = None
    tool_results: Mapping[str, str] | None = None


class CallSession:
    """A call from dialling to hanging up; `run` it in a thread of its own.

    `mute`, `mark` and `hang_up` may be called from any thread.
    """

    def __init__(self, link: AgentLink, plan: Plan) -> None:
        self._link, self._plan = link, plan
        self._jobs: queue.SimpleQueue[Callable[[CallRecorder], None]] = queue.SimpleQueue()
        self._ending: Ending | None = None
        self._ended = threading.Event()
        self._muted = False
        self.captured = 0
        """The call's clock, in samples."""

    # --- from any thread

    def hang_up(self, reason: str = "hung_up") -> None:
        """End the call."""
        self._end(Ending(reason=reason, words="The call was hung up."))

    def mute(self, on: bool) -> None:
        """Send silence instead of the caller; frames go on, so that the server's clock runs."""
        self._muted = on
        self._note("muted" if on else "unmuted", time.monotonic_ns())

    def mark(self, label: str = "", back_s: float = 0.0) -> None:
        """Mark a moment: now, or so many seconds ago."""
        self._note("mark", time.monotonic_ns() - round(back_s * 1e9), label=label)

    # --- the call's own thread

    def run(self) -> Ending:
        """Place the call and stay in it until it ends.

        Raises:
            EnvironmentFault: there is no such device, the agent does not take the call, or
                nothing can be written.
        """
        device, line = self._open()
        try:
            self._playing = Playing(line.play, self._link, self._note, self._packet)
            self._link.connect(Listener(event=self._on_event, raw=self._on_raw, sent=self._on_sent))
            recorder = self._recorder(line)
            try:
                ending = self._call(device, line, recorder)
            except BaseException:
                recorder.close(None)
                raise
            self._close(recorder, ending)
            return ending
        finally:
            self._link.close()
            device.close()

    def _open(self) -> tuple[DuplexDevice, DuplexLine]:
        """A device that gives sound; one that dies of a rate is tried with another."""
        name = ""
        for attempt in range(ATTEMPTS):
            device = self._plan.open_device(self._link.input_rate_hz, attempt)
            line = DuplexLine(device.rate_hz, PlayQueue(device.rate_hz))
            try:
                device.start(line)
                if not device.settles or _settles(line, device):
                    return device, line
            except BaseException:
                device.close()
                raise
            name = device.name
            device.close()
        raise EnvironmentFault(
            f"The sound device “{name}” gives no sound.",
            "Choose another device, or close the program that holds it.",
        )

    def _recorder(self, line: DuplexLine) -> CallRecorder:
        plan = self._plan
        try:
            return CallRecorder(plan.folder, plan.head, line.rate_hz, self._link.output_rate_hz)
        except OSError as error:
            raise EnvironmentFault(
                f"The call cannot be recorded in {plan.folder.parent} ({error.strerror}).",
                "Free some space, or choose another workspace.",
            ) from error

    def _call(self, device: DuplexDevice, line: DuplexLine, recorder: CallRecorder) -> Ending:
        self._line, self._recorder_now = line, recorder
        self._script = self._plan.script(line.rate_hz) if self._plan.script else None
        self._outward = Resampler(line.rate_hz, self._link.input_rate_hz)
        self._base = self._next = line.calls
        fresh_at, restarts = time.monotonic(), 0
        while self._ending is None:
            try:
                self._ended.wait(PUMP_S)
            except KeyboardInterrupt:
                self.hang_up()
            before = self._next
            try:
                self._pump()
            except OSError as error:
                return _disk_ending(error)
            now = time.monotonic()
            fresh_at = now if self._next != before else fresh_at
            if device.is_running and now - fresh_at <= DEAD_S:
                continue
            restarts += 1
            if restarts <= RESTARTS and device.restart():
                self._note("restarted", time.monotonic_ns())
                fresh_at = now + RESTART_S
            else:
                self._end(
                    Ending(
                        reason="device_lost",
                        words=f"The sound device “{device.name}” is gone; the call was ended.",
                        dropped=True,
                    )
                )
        return self._ending

    def _pump(self) -> None:
        """Everything since the last time: out to the agent, and onto the disk."""
        recorder = self._recorder_now
        rows, mic, heard, lost = self._line.take(self._next)
        self._next += lost + len(rows)
        if lost:
            self._note("lost", time.monotonic_ns(), blocks=lost)
            gap = np.zeros(lost * self._line.block, np.int16)
            recorder.blocks((), gap, gap, gap)
        if rows:
            base = self._base * self._line.block
            rows = [replace(row, index=row.index - base) for row in rows]
            sent = self._caller(rows[0].index, mic, heard, rows[-1].adc_s + rows[-1].dac_s)
            self.captured = rows[-1].index + self._line.block
            self._link.send_audio(self._converted(sent), self.captured)
            recorder.blocks(rows, mic, sent, heard)
            self._limits()
        while not self._jobs.empty():
            self._jobs.get()(recorder)

    def _caller(self, first: int, mic: Int16, heard: Int16, later_s: float) -> Int16:
        """The caller as sent: microphone or script, or silence where muted."""
        sent = mic
        if self._script is not None:
            self._script.hear(first + round(later_s * self._line.rate_hz), heard)
            sent = self._script.block(first, len(mic))
        return np.zeros_like(mic) if self._muted else sent

    def _converted(self, sent: Int16) -> Int16:
        if self._line.rate_hz == self._link.input_rate_hz:
            return sent
        samples = self._outward.push(sent.astype(np.float32))
        return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)

    def _limits(self) -> None:
        seconds = self._plan.seconds
        if seconds is not None and self.captured >= seconds * self._line.rate_hz:
            self._end(Ending(reason="time", words=f"The call was ended after {seconds:g} s."))
        elif seconds is None and self._script is not None and self._script.is_over(self.captured):
            self._end(Ending(reason="said_all", words="The caller had said all there was to say."))

    def _close(self, recorder: CallRecorder, ending: Ending) -> None:
        """Hang up, write what is left; where the disk is full, what is there stays."""
        self._link.close()
        try:
            while not self._jobs.empty():
                self._jobs.get()(recorder)
            recorder.close(
                {"reason": ending.reason, "words": ending.words} | {"dropped": ending.dropped}
            )
        except OSError as error:
            log.warning("the end of a call could not be written: %s", error)

    def _end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending
        self._ended.set()

    # --- the link's threads

    def _on_event(self, event: AgentEvent) -> None:
        if event.kind in ("caller_started", "clear"):
            self._playing.flush(event)
        if event.kind == "audio" and event.pcm is not None:
            pcm = event.pcm
            self._playing.queue(event, pcm)
            self._jobs.put(lambda recorder: recorder.received(pcm))
        elif event.kind == "audio_done":
            self._playing.end()
        elif event.kind == "closed":
            self._end(
                Ending(
                    reason="server_lost",
                    words=f"The agent hung up or was lost ({event.text}).",
                    dropped=True,
                )
            )
        elif event.kind == "response_done":
            self._playing.end()
        elif event.kind == "tool":
            self._tool(event)
        if event.kind not in ("audio", "other"):
            facts = {"item_id": event.item_id, "text": event.text, "whole": event.whole}
            self._note(
                event.kind, event.at_ns, **{k: v for k, v in facts.items() if v}, **event.data
            )

    def _tool(self, event: AgentEvent) -> None:
        results = self._plan.tool_results or {}
        name, call_id = str(event.data.get("name", "")), str(event.data.get("call_id", ""))
        if call_id and name in results:
            self._link.send_tool_result(call_id, results[name])

    def _on_raw(self, message: RawMessage) -> None:
        self._jobs.put(lambda recorder: recorder.raw(message))

    def _on_sent(self, until: int, at_ns: int) -> None:
        self._jobs.put(lambda recorder: recorder.sent(Sent(until, at_ns)))

    def _packet(self, packet: Packet) -> None:
        self._jobs.put(lambda recorder: recorder.packet(packet))

    def _note(self, what: str, at_ns: int, **facts: Any) -> None:
        self._jobs.put(lambda recorder: recorder.note(what, at_ns, facts))


def _settles(line: DuplexLine, device: DuplexDevice) -> bool:
    """Wait until the device's times stand still; False where it dies or gives nothing.

    Some begin with seconds of silence of their own.
    """
    stop_by = time.monotonic() + SETTLE_S
    while time.monotonic() < stop_by and device.is_running:
        if line.calls >= STEADY_BLOCKS:
            rows, *_ = line.take(line.calls - STEADY_BLOCKS)
            lead = [r.adc_s + r.dac_s for r in rows]
            pace = [b.at_ns - a.at_ns for a, b in pairwise(rows)]
            calm = max(pace) < 4 * line.block / line.rate_hz * 1e9
            if max(lead) - min(lead) < STEADY_S and calm and not any(r.flags for r in rows):
                return True
        time.sleep(0.01)
    if line.calls and device.is_running:
        log.info("the device's times did not settle")
        return True
    return False


def _disk_ending(error: OSError) -> Ending:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Ending(
        reason="disk_full" if full else "disk",
        words="The disk is full: the call was ended, and what was recorded is kept."
        if full
        else f"The recording could not go on ({error.strerror or error}); the call was ended.",
        dropped=True,
    )
