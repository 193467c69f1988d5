"""One PocketSphinx decoder a thread, with the US English model that its wheel holds.

A clip is decoded in one go, so that its cepstral mean is the clip's own, and from a fresh estimate
of the noise: what was decoded before changes nothing. The library holds the interpreter's lock all
the while.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from app.domain.errors import EnvironmentFault

RawWord = tuple[str, float, float, float]
"""Text, onset and end in seconds of the clip, confidence 0..1."""

MODEL = "en-us"
SETTINGS: dict[str, Any] = {"maxhmmpf": 10_000, "lw": 5.5}
"""What differs from the model's own settings: fewer states alive at a time, which changes no word
and is faster where sound and model match badly; and less weight to the language model, which is of
read news and not of calls. Removal of noise stays on: without it there are a third more errors at
10 dB."""
FRAME_S = 0.01

_decoders = threading.local()


def producer() -> str:
    """Package and model, e.g. `pocketsphinx-5.1.1/en-us`."""
    return f"pocketsphinx-{package_version('pocketsphinx')}/{MODEL}"


@cache
def _model_folder() -> Path:
    """The folder of the model inside the package, whatever POCKETSPHINX_PATH says."""
    from importlib.util import find_spec

    spec = find_spec("pocketsphinx")
    folders = spec.submodule_search_locations if spec else None
    folder = Path(folders[0], "model", MODEL) if folders else Path()
    if not (folder / MODEL / "mdef").is_file():
        raise EnvironmentFault("PocketSphinx or its model is missing.", "Run scripts/setup again.")
    return folder


def decoder() -> Any:
    """This thread's decoder.

    Raises:
        EnvironmentFault: the model is missing or cannot be read.
    """
    if not hasattr(_decoders, "value"):
        folder = _model_folder()
        import pocketsphinx

        make: Any = pocketsphinx.Decoder  # without types
        try:
            _decoders.value = make(
                hmm=str(folder / MODEL),
                lm=str(folder / f"{MODEL}.lm.bin"),
                dict=str(folder / f"cmudict-{MODEL}.dict"),
                loglevel="FATAL",
                **SETTINGS,
            )
        except RuntimeError as error:
            raise EnvironmentFault(
                f"PocketSphinx cannot read its model ({error}).", "Run scripts/setup again."
            ) from error
    return _decoders.value


def decode(pcm: bytes) -> list[RawWord]:
    """The words of a clip: 16-bit little-endian samples at 16 kHz, one channel.

    Confidences are posterior probabilities of the words in the lattice of what was considered.
    """
    engine = decoder()
    engine.reinit_feat()
    engine.start_utt()
    engine.process_raw(pcm, full_utt=True)
    engine.end_utt()
    found = engine.seg() if engine.hyp() is not None else ()
    return [
        (
            _spelled(s.word),
            s.start_frame * FRAME_S,
            (s.end_frame + 1) * FRAME_S,
            round(min(max(float(s.prob), 0.0), 1.0), 4),
        )
        for s in found
        if _is_word(s.word)
    ]


def _is_word(entry: str) -> bool:
    """Whether a dictionary entry is said, not a pause, a noise or a sentence's end."""
    return not entry.startswith(("<", "[", "+"))


def _spelled(entry: str) -> str:
    """The entry without the number of its pronunciation: `read` of `read(2)`."""
    return entry.partition("(")[0]
