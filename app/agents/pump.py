"""Carries a call's sound: from the device to the agent, onto the disk, into the live view."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from app.agents.agent_side import Job
from app.agents.backlog import Backlog
from app.agents.caller_side import CallerSide
from app.agents.link import AgentLink, Int16
from app.agents.live_state import LiveState
from app.agents.recording import CallRecorder
from app.audio.duplex import RENEWED, BlockRow, DuplexLine
from app.audio.polyphase import Resampler

SILENCE_BLOCKS = 1_500
"""So much of what is missing is written at once: 30 s."""


class Pump:
    """One call's; run `turn` every 10 ms, from the call's thread. The call's clock begins here.

    Args:
        line: what the device's callback writes.
        caller: makes of the microphone what is sent.
        link: takes it.
        recorder: keeps everything.
        live: the live view.
        jobs: what else is to be written.
        note: told of what was lost.
        given: told of the blocks that went to the device, at every turn.
    """

    def __init__(
        self,
        line: DuplexLine,
        caller: CallerSide,
        link: AgentLink,
        recorder: CallRecorder,
        live: LiveState,
        jobs: queue.SimpleQueue[Job],
        note: Callable[..., None],
        given: Callable[[Sequence[BlockRow]], None],
    ) -> None:
        self._line, self._caller, self._link = line, caller, link
        self._recorder, self._live, self._jobs, self._note = recorder, live, jobs, note
        self._given = given
        self._outward = Resampler(line.rate_hz, link.input_rate_hz)
        self.base = self._next = line.calls
        """Number of the device's block that is the call's first; less by what was filled in."""
        self.captured = 0
        self.backlog = Backlog(line.rate_hz)

    def turn(self) -> None:
        """Everything since the last time: out to the agent, and onto the disk.

        Raises:
            OSError: it cannot be written.
        """
        line = self._line
        rows, mic, heard, lost = line.take(self._next)
        self._next += lost + len(rows)
        self._given(rows)
        if lost:
            self._lose("lost", lost)
        streams = [n for n, row in enumerate(rows) if n and row.flags & RENEWED]
        for first, last in pairwise([0, *streams, len(rows)]):
            if first < last:
                part = slice(first * line.block, last * line.block)
                self._blocks(rows[first:last], mic[part], heard[part])
        self.write()

    def write(self) -> None:
        """What else is to be written so far; raises OSError."""
        while not self._jobs.empty():
            self._jobs.get()(self._recorder)

    def _lose(self, what: str, blocks: int, **facts: int) -> None:
        """The device went on without us: the tracks stay on its clock."""
        self._note(what, time.monotonic_ns(), blocks=blocks, **facts)
        for first in range(0, blocks, SILENCE_BLOCKS):
            gap = np.zeros(min(SILENCE_BLOCKS, blocks - first) * self._line.block, np.int16)
            self._recorder.blocks((), gap, gap, gap)
            self._recorder.said(gap, is_sent=True)

    def _fill(self, row: BlockRow) -> None:
        """A new stream has begun: silence up to where the machine's clock says that it lies."""
        index = row.index - self.base * self._line.block
        frames = self.backlog.missing(row.at_ns, index)
        blocks = round(frames / self._line.block)
        if blocks:
            self.base -= blocks
            self._lose("gap", blocks, index=index)

    def _blocks(self, rows: list[BlockRow], mic: Int16, heard: Int16) -> None:
        if rows[0].flags & RENEWED:
            self._fill(rows[0])
        base = self.base * self._line.block
        rows = [replace(row, index=row.index - base) for row in rows]
        self.backlog.push(rows)
        last, recorder = rows[-1], self._recorder
        shift = round((last.adc_s + last.dac_s) * self._line.rate_hz)
        voice = self._caller.take(rows[0].index, mic, heard, shift)
        self.captured = last.index + self._line.block
        self._link.send_audio(self._converted(voice.sent), self.captured)
        recorder.blocks(rows, mic, voice.sent, heard)
        recorder.said(voice.said, is_sent=voice.said is voice.sent)
        self._live.blocks(rows, voice.said, voice.sent, heard, recorder.bytes_written)

    def _converted(self, sent: Int16) -> Int16:
        if self._line.rate_hz == self._link.input_rate_hz:
            return sent
        samples = self._outward.push(sent.astype(np.float32))
        return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
