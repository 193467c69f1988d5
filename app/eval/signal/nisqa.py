"""Naturalness of the agent's voice by NISQA-TTS, where the user has its weights.

The project's weights may not be used for trade (CC BY-NC-SA 4.0) and are not part of this program:
without them the value is unavailable, and says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from app.audio.polyphase import resample
from app.domain.errors import BadInput, NotFound
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.signal.channels import channel_of, cut, seconds
from app.eval.signal.material import spread, stretches
from app.eval.signal.quality import MIN_S, pieces
from app.eval.turns.series import Heading
from app.models import nisqa
from app.models.nisqa import Misfit, Nisqa

NISQA_TTS = MetricSpec(
    id="nisqa_tts",
    title="Naturalness (NISQA-TTS)",
    unit="MOS",
    direction="up",
    family="tts",
    evaluator="signal.nisqa_tts",
    about="Predicted naturalness of the agent's voice, not rated by people; mean over stretches of "
    "its speech of at most 10 s, by their length; 1 to 5. Needs weights that are not included.",
    source="Mittag and Möller (Interspeech 2020); OutboundEval (arXiv 2510.21244), metric 11",
    speakers=("agent",),
)
NO_WEIGHTS = (
    "NISQA-TTS needs its weights, which are licensed CC BY-NC-SA 4.0 and not included. Where that "
    "licence suits, fetch nisqa_tts.tar from the NISQA project and name its path."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NisqaTts:
    """See the module.

    Attributes:
        weights: path of `nisqa_tts.tar`, as the NISQA project gives it out.
        most_s: seconds of speech rated at most, spread over the call; 0 for all.
    """

    weights: str = ""
    most_s: float = 120.0

    name: ClassVar[str] = "signal.nisqa_tts"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Naturalness (NISQA-TTS)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (NISQA_TTS,)
    reads: ClassVar[frozenset[Read]] = frozenset({"audio", "speech"})
    needs: ClassVar[frozenset[Need]] = frozenset({"audio", "speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.most_s < 1e6:
            raise BadInput(f"{self.most_s} s of speech cannot be rated.", "Give 0 for all of it.")

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Rate the agent.

        Raises:
            NotFound, BadInput: the recording cannot be opened. Cancelled.
        """
        if not self.weights:
            return Outcome(values=(_unavailable(NO_WEIGHTS),))
        path = Path(self.weights).expanduser()
        try:
            model = nisqa.load(path)
        except (NotFound, BadInput) as error:
            return Outcome(values=(_unavailable(str(error)),))
        try:
            return Outcome(values=(self._rated(source, watch, model, path),))
        except Misfit as error:
            return Outcome(values=(_unavailable(str(error)),))

    def _rated(self, source: CallInput, watch: Watch, model: Nisqa, path: Path) -> MetricValue:
        audio, rate = CallAudio(source, watch), source.call.rate_hz
        heading = Heading(profile=f"nisqa-tts {_fingerprint(path)}", speaker="agent")
        channel = channel_of(source, audio, "agent")
        if channel is None or seconds(channel.speech or (), rate) < MIN_S:
            return heading.missing(NISQA_TTS, "The agent has less than 1 s of speech.")
        wanted = model.rate_hz or rate
        samples = resample(audio.samples(channel.role), rate, wanted)
        spans = stretches(channel.speech or (), rate, source.call.frame_count)
        scores, weights, evidence = [], [], []
        for span in pieces(spread(spans, rate, self.most_s), rate):
            watch.raise_if_cancelled()
            clip = cut(samples, span, rate, wanted)[: int(model.most_s * wanted)]
            length = len(clip) / wanted
            if length < max(MIN_S, model.least_s(wanted)):
                continue
            scores.append(model.score(np.clip(clip, -1, 1), wanted))
            weights.append(length)
            evidence.append(Evidence(span=span, speaker="agent", value=scores[-1]))
        if not scores:
            return heading.missing(NISQA_TTS, "The agent has no stretch of 1 s of speech.")
        return heading.value(
            NISQA_TTS,
            float(np.average(scores, weights=weights)),
            n=len(scores),
            components={"rated_s": round(sum(weights), 3), "rate_hz": wanted},
            evidence=evidence,
        )


def _unavailable(reason: str) -> MetricValue:
    return missing(NISQA_TTS.id, reason, status="unavailable", unit=NISQA_TTS.unit, speaker="agent")


def _fingerprint(path: Path) -> str:
    """Eight digits by which figures of different weights are told apart."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()[:8]
