"""The catalogue of what is measured of a channel's level, noise and band."""

from __future__ import annotations

from app.domain.calls import SPEAKERS
from app.domain.metrics import Direction, MetricSpec, Pool, Scope

_BY = "signal.levels"


def _spec(
    key: str,
    title: str,
    unit: str,
    about: str,
    *,
    source: str = "",
    direction: Direction = "none",
    scope: tuple[Scope, ...] = ("call",),
    pool: Pool = "mean",
    ratio: tuple[str, str] | None = None,
    decimals: int = 1,
) -> MetricSpec:
    return MetricSpec(
        id=f"level.{key}",
        title=title,
        unit=unit,
        direction=direction,
        family="signal",
        evaluator=_BY,
        about=about,
        source=source,
        scope=scope,
        speakers=SPEAKERS,
        pool=pool,
        ratio=ratio,
        decimals=decimals,
    )


ACTIVE = _spec(
    "active",
    "Active speech level",
    "dBov",
    "Level of the speech without its pauses; 0 dBov is a full-scale square wave, usual is -26.",
    source="ITU-T P.56 (12/2011), method B",
    scope=("call", "turn"),
)
PEAK = _spec("peak", "Peak", "dBFS", "The largest sample; 0 dBFS is full scale.", pool="none")
CLIPPED = _spec(
    "clipped",
    "Clipped",
    "%",
    "Samples in runs of three or more at full scale, of all samples.",
    direction="down",
    pool="ratio",
    ratio=("clipped_percent", "samples"),
    decimals=3,
)
NOISE = _spec(
    "noise_floor",
    "Noise floor",
    "dBFS",
    "Median level of 20 ms frames at least 0.2 s away from speech; rms, 0 dBFS is full scale.",
    direction="down",
)
SNR = _spec(
    "snr",
    "Signal to noise",
    "dB",
    "Active speech level, less the noise in it, over the noise floor.",
    source="OutboundEval (arXiv 2510.21244), metric 8: active speech level against noise rms",
    direction="up",
)
BANDWIDTH = _spec(
    "bandwidth",
    "Bandwidth of speech",
    "Hz",
    "Highest 100 Hz band whose loudest speech is 10 dB above its noise and within 50 dB of the "
    "strongest band; tells an 8 kHz line inside a 48 kHz file.",
    direction="up",
    decimals=0,
)
OFFSET = _spec(
    "dc_offset", "Constant offset", "%", "Mean of the samples, of full scale.", decimals=2
)

METRICS = (ACTIVE, PEAK, CLIPPED, NOISE, SNR, BANDWIDTH, OFFSET)
