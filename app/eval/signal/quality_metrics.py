"""The catalogue of what models say of a channel's quality, as listeners would rate it."""

from __future__ import annotations

from app.domain.calls import SPEAKERS
from app.domain.metrics import MetricSpec

_P835 = "Reddy et al., DNSMOS P.835 (ICASSP 2022); ITU-T P.835"
_ABOUT = "Of the speaker's own speech, the mean over its windows; 1 to 5."


def _dnsmos(key: str, title: str, source: str = _P835, *, headline: bool = False) -> MetricSpec:
    return MetricSpec(
        id=f"dnsmos.{key}",
        title=title,
        unit="MOS",
        direction="up",
        family="signal",
        evaluator="signal.dnsmos",
        about=f"Predicted, not rated by people. {_ABOUT}",
        source=source,
        scope=("call", "turn"),
        speakers=SPEAKERS,
        headline=headline,
    )


SIG = _dnsmos("sig", "Speech quality (DNSMOS SIG)")
BAK = _dnsmos("bak", "Background quality (DNSMOS BAK)")
OVRL = _dnsmos("ovrl", "Overall quality (DNSMOS OVRL)", headline=True)
P808 = _dnsmos("p808", "Quality by P.808 (DNSMOS)", "Reddy et al., DNSMOS (ICASSP 2021)")
DNSMOS = (SIG, BAK, OVRL, P808)
"""In the order in which the model gives them."""

PLCMOS = MetricSpec(
    id="plcmos",
    title="Packet loss concealment (PLCMOS)",
    unit="MOS",
    direction="up",
    family="signal",
    evaluator="signal.plcmos",
    about="How little lost packets are heard, predicted; mean over stretches of the speaker's own "
    "speech of at most 10 s, by their length; 1 to 5.",
    source="Diener et al., PLCMOS v2 (Interspeech 2023)",
    speakers=SPEAKERS,
    pool="mean",
)
