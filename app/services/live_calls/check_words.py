"""What a sound check found, in words: what it means, and what to do."""

from __future__ import annotations

from app.agents.device_delay import DeviceDelay
from app.audio.chirps import COUNT
from app.audio.echo_check import HEADSET_DB, LEAST_DB, Echo

SILENT = (
    "The microphone gives nothing but silence: it is muted, is another one, or a noise gate closes "
    "it. Unmute it and start again."
)
NOTHING_PLAYED = "Nothing was played: start again."
TORN = (
    "Sound was lost while this was measured, so nothing can be told. Close other programs, or take "
    "another device, and start again."
)
TORN_BUT = (
    "Sound was lost, so the level is not known; but the agent would hear itself. Use a headset, or "
    "the system's echo cancellation."
)
CLIPS = "The microphone clips, so the echo cannot be measured: turn it down, and start again."
CLIPS_AND = (
    "The microphone clips, and the agent would hear itself. Turn it down, use a headset, and start "
    "again."
)
NOT_HEARD = (
    "The chirps were not heard: turn the loudspeaker up, and hold the microphone at it. With a "
    "headset, hold it at an ear cup."
)
QUIET = "Hardly anything is heard: turn the microphone up, or choose another."
GATED = (
    "Between words there is exact silence: the system suppresses noise, which changes results. "
    "Switch that off for this microphone."
)
HEADSET = "Use a headset, or the system's echo cancellation: else barge-in figures are void."


def chirps(heard: int) -> str:
    """Not all of them were heard."""
    if not heard:
        return NOT_HEARD
    return (
        f"Only {heard} of {COUNT} chirps were heard: the delay is not known. Make it quiet, hold "
        "the microphone nearer, and start again."
    )


def delay(found: DeviceDelay) -> str:
    """All of them were heard."""
    if not found.is_steady:
        return (
            f"The delay wanders by {found.spread_ms:.0f} ms: measured times are as uncertain. "
            "Close other programs, or take a wired device."
        )
    told = (
        f"{found.measured_ms:.0f} ms through the devices, within {found.spread_ms:.1f} ms; they "
        f"say {found.reported_ms:.0f} ms."
    )
    unsaid = round(found.unsaid_ms)
    if not unsaid:
        return f"{told} They are believed."
    way = f"{unsaid} ms later" if unsaid > 0 else f"{-unsaid} ms earlier"
    return f"{told} What the agent says is taken as heard {way} than they say."


def echo(found: Echo, *, clips: bool, is_torn: bool) -> str:
    """Of a voice that was played."""
    if clips:
        return CLIPS_AND if found.needs_headset else CLIPS
    if is_torn:
        return TORN_BUT if found.needs_headset else TORN
    if found.is_unsure:
        return (
            f"It is too loud here to tell: an echo of up to {_db(found.most_db)} dB may hide in "
            "the noise. Make it quiet, and start again."
        )
    if not found.is_found:
        return f"No echo: surely less than {_db(found.most_db)} dB of a voice comes back."
    told = f"Echo return {_db(found.return_db)} dB"
    if found.needs_headset:
        return f"{told}: the agent would hear itself, and interrupt itself. {HEADSET}"
    return f"{told}: low enough, the agent does not hear itself."


def is_bad(found: DeviceDelay | None, echo_db: float | None) -> bool:
    """Whether a call should not be placed so."""
    return (found is not None and not found.is_steady) or (echo_db or LEAST_DB) > HEADSET_DB


def summary(found: DeviceDelay | None, echo_db: float | None) -> str:
    """What is known of the devices before a call; empty where nothing is."""
    told = []
    if found is not None:
        told.append(
            f"{found.measured_ms:.0f} ms through the devices"
            if found.is_steady
            else f"a delay that wanders by {found.spread_ms:.0f} ms"
        )
    if echo_db is not None:
        told.append(f"echo {_db(echo_db)} dB, use a headset" if echo_db > HEADSET_DB else "no echo")
    return f"Checked: {', '.join(told)}." if told else ""


def clips(samples: int) -> str:
    """The person's voice reaches full scale."""
    told = f"{samples:,}".replace(",", " ")
    return f"The microphone clips ({told} samples): turn it down."


def loud(dbov: float) -> str:
    """Near full scale."""
    return f"Speech at {_db(dbov)} dBov is too loud: turn the microphone down."


def level(dbov: float, peak_dbfs: float) -> str:
    """As it should be."""
    return f"Speech at {_db(dbov)} dBov, peaks at {_db(peak_dbfs)} dBFS."


def _db(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")
