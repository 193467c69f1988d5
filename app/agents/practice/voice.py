"""The practice agent's voice: clips that ship with the product, else the program espeak-ng.

espeak-ng is GPL; it is run as a program where it is installed, never linked or shipped.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.audio.polyphase import resample
from app.domain.errors import EnvironmentFault

Int16 = NDArray[np.int16]

RATE_HZ = 24_000
SPEAK_DEADLINE_S = 20.0
PROGRAM = "espeak-ng"


def clip(folder: Path, line_id: str) -> Int16 | None:
    """The clip of a line, (frames,) at 24 kHz; None where there is none."""
    import soundfile

    path = folder / f"{line_id}.ogg"
    if not path.is_file():
        return None
    samples, rate_hz = soundfile.read(str(path), dtype="float32")
    return _int16(np.asarray(samples, np.float32), rate_hz)


def spoken(text: str, *, name: str = "en-gb", speed: int = 165, pitch: int = 50) -> Int16:
    """`text` spoken by espeak-ng, (frames,) at 24 kHz.

    Args:
        text: what to say.
        name: of the voice.
        speed: words a minute.
        pitch: 0 to 99.

    Raises:
        EnvironmentFault: espeak-ng is not installed, or said nothing.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise EnvironmentFault(
            "There is no clip for this text, and espeak-ng is not installed to speak it.",
            "On Debian: apt-get install espeak-ng.",
        )
    words = [program, "-v", name, "-s", str(speed), "-p", str(pitch), "--stdout", "--stdin"]
    try:
        done = subprocess.run(
            words, input=text.encode(), capture_output=True, timeout=SPEAK_DEADLINE_S, check=True
        )
        import soundfile

        samples, rate_hz = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        raise EnvironmentFault(
            f"espeak-ng did not speak ({type(error).__name__}).", "Check its installation."
        ) from error
    return _int16(np.asarray(samples, np.float32), rate_hz)


def _int16(samples: NDArray[np.float32], rate_hz: int) -> Int16:
    if rate_hz != RATE_HZ:
        samples = resample(samples, rate_hz, RATE_HZ)
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16)
