"""An open full-duplex PortAudio stream: microphone and loudspeaker of one call."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from app.audio import devices
from app.audio.duplex import (
    BLOCK_MS,
    INPUT_OVERFLOW,
    INPUT_UNDERFLOW,
    OUTPUT_UNDERFLOW,
    RENEWED,
    DuplexLine,
)
from app.domain.errors import EnvironmentFault, NotFound

log = logging.getLogger("callbench.calls")

DEFAULT = "default"
START_DEADLINE_S = 5.0
LATENCY_S = 0.05
"""Asked for each way: a call is better heard a little later than torn; it is measured anyway."""
USUAL_HZ = (48_000, 48_000, 44_100)


class PortAudioDuplex:
    """One stream for both directions; its callback only copies.

    Args:
        wished_hz: the agent's rate, tried last: sound servers convert badly both ways at once.
        choice: part of a device's name, or `default`.
        output: part of the loudspeaker's name, where it is another.
        attempt: which rate to try; a stream may die as it
            starts, of a rate that the device said it takes, or of a busy machine.

    Raises:
        NotFound: no such device. EnvironmentFault: no sound here, or it cannot be opened.
    """

    settles = True

    def __init__(
        self, wished_hz: int, choice: str = DEFAULT, attempt: int = 0, *, output: str = ""
    ) -> None:
        sd = devices.sound_library()
        if devices.is_stale():
            devices.refresh()
        self._error: type[Exception] = sd.PortAudioError
        pair = _pair(sd, choice, output or choice)
        self.name = str(sd.query_devices(pair[1])["name"])
        self.rate_hz = _rate(sd, pair, (*USUAL_HZ, wished_hz)[attempt:])
        self._line: DuplexLine | None = None
        self._closed = False
        self._torn = 0
        self._channels = tuple(
            min(2, int(sd.query_devices(d)[f"max_{way}_channels"]))
            for d, way in zip(pair, ("input", "output"))
        )
        self._choices = choice, output or choice
        self._out = np.zeros(self.rate_hz * BLOCK_MS // 1000, np.int16)
        self._stream = self._opened(sd, pair)

    def _opened(self, sd: Any, pair: tuple[int, int]) -> Any:
        try:
            with devices.opening():
                return sd.Stream(
                    device=pair,
                    samplerate=self.rate_hz,
                    channels=(1, self._channels[1]),
                    dtype="int16",
                    blocksize=len(self._out),
                    latency=LATENCY_S,
                    callback=self._on_block,
                )
        except (sd.PortAudioError, ValueError) as error:
            log.info("%s could not be opened: %s", self.name, error)
            raise EnvironmentFault(
                f"The sound device “{self.name}” could not be opened for a call.",
                devices.HELD,
            ) from error

    @property
    def is_running(self) -> bool:
        """Whether blocks may be expected."""
        return not self._closed and devices.is_active(self._stream)

    def start(self, line: DuplexLine) -> None:
        """Begin; the line is called from here on."""
        self._line = line
        try:
            self._stream.start()
        except self._error as error:
            raise EnvironmentFault(
                f"The sound device “{self.name}” did not start ({error}).",
                "Choose another device.",
            ) from error

    def restart(self) -> bool:
        """A busy machine can kill a stream whose device is still there, or leave one far behind.

        Where it cannot be started again it is opened again, at the same rate: a device that was
        set to another one may still take this. One that is gone is not asked to start, since a
        driver may wait for it for ever. See `DuplexDevice`.
        """
        if self._is_there():
            if self._starts_in_time():
                return True
            if self._closed:
                return False
        return self._reopen()

    def _is_there(self) -> bool:
        """Whether the devices can be opened at the call's rate."""
        sd = devices.sound_library()
        found: list[bool] = []

        def ask() -> None:
            with suppress(self._error, NotFound, EnvironmentFault, ValueError):
                found.append(_takes(sd, _pair(sd, *self._choices), self.rate_hz))

        return devices.within(devices.CLOSE_DEADLINE_S, ask) and found == [True]

    def _starts_in_time(self) -> bool:
        """A stream whose driver hangs is left behind, and counts as open: so nobody touches it."""
        started: list[bool] = []
        if not devices.within(START_DEADLINE_S, lambda: started.append(self._starts())):
            self._closed = True
        return started == [True]

    def _starts(self) -> bool:
        try:
            self._stream.abort()
            self._torn = INPUT_OVERFLOW | OUTPUT_UNDERFLOW | RENEWED
            self._stream.start()
        except self._error:
            return False
        if self._closed:  # too late: nobody waits for it any more
            self._stream.close(ignore_errors=True)
            devices.closed()
        return True

    def _reopen(self) -> bool:
        if not self._give_back():
            return False
        sd = devices.sound_library()
        devices.refresh()
        try:
            self._stream = self._opened(sd, _pair(sd, *self._choices))
        except (NotFound, EnvironmentFault):
            return False
        self._closed = False
        return self._starts_in_time()

    def current_rate_hz(self) -> int:
        """See `DuplexDevice`."""
        sd = devices.sound_library()
        with suppress(self._error, NotFound, EnvironmentFault, ValueError):
            pair = _pair(sd, *self._choices)
            rate_hz = int(sd.query_devices(pair[1])["default_samplerate"])
            if _takes(sd, pair, rate_hz):  # a server without any device still names a rate
                return rate_hz
        return 0

    def close(self) -> None:
        """Give the device back; a driver that hangs is left behind after a moment."""
        if not self._closed:
            self._give_back()

    def _give_back(self) -> bool:
        """Whether the driver took the stream back; one that hangs keeps it."""
        self._closed = True
        return devices.give_back(self._stream)

    def _on_block(self, mic: Any, out: Any, _frames: int, time: Any, status: Any) -> None:
        flags, self._torn = self._torn, 0
        if status:
            flags |= (
                (INPUT_OVERFLOW if status.input_overflow else 0)
                | (OUTPUT_UNDERFLOW if status.output_underflow else 0)
                | (INPUT_UNDERFLOW if status.input_underflow else 0)
            )
        now, line = time.currentTime, self._line
        assert line is not None
        adc_s, dac_s = now - time.inputBufferAdcTime, time.outputBufferDacTime - now
        line.on_block(mic[:, 0], self._out, adc_s, dac_s, flags)
        out[:] = self._out[:, None]


def _pair(sd: Any, *choices: str) -> tuple[int, int]:
    """(input, output) by index."""
    listed = list(enumerate(sd.query_devices()))
    found: list[int] = []
    for way, choice, default in zip(("input", "output"), choices, sd.default.device):
        fitting = [i for i, d in listed if d[f"max_{way}_channels"] > 0]
        if choice != DEFAULT:
            named = [i for i in fitting if choice.lower() in listed[i][1]["name"].lower()]
            if not named:
                raise NotFound(f"There is no {way} device named “{choice}”.", devices.ELSE)
            found.append(named[0])
            continue
        if not fitting:
            raise EnvironmentFault(
                f"This machine has no sound {way}.",
                "Connect a headset, or place the call from a file with --caller.",
            )
        found.append(default if default in fitting else fitting[0])
    return found[0], found[1]


def _rate(sd: Any, pair: tuple[int, int], rates_hz: Sequence[int]) -> int:
    """The first rate that both sides say they take; else the loudspeaker's own."""
    taken = (rate_hz for rate_hz in rates_hz if _takes(sd, pair, rate_hz))
    return next(taken, int(sd.query_devices(pair[1])["default_samplerate"]))


def _takes(sd: Any, pair: tuple[int, int], rate_hz: int) -> bool:
    """Whether both sides are there and say that they take a rate."""
    with suppress(sd.PortAudioError, ValueError):
        sd.check_input_settings(device=pair[0], channels=1, dtype="int16", samplerate=rate_hz)
        sd.check_output_settings(device=pair[1], channels=1, dtype="int16", samplerate=rate_hz)
        return True
    return False
