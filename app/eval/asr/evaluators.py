"""The three recognisers as evaluators: PocketSphinx, Whisper on this machine, and an endpoint.

Where a call says its language, that language is asked for; else it is detected, where it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from app.domain.errors import BadInput
from app.domain.metrics import MetricSpec
from app.eval.asr import metrics
from app.eval.asr.recognise import Naming, cancelling, recognise, speakers_of
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.models import secrets
from app.models.asr import primary
from app.models.endpoint_words import Endpoint, checked_url
from app.models.sphinx import LANGUAGE, PocketSphinx, require_english
from app.models.sphinx_decoder import MODEL
from app.models.transcription import Transcription
from app.models.whisper import Whisper
from app.models.whisper_download import fetch
from app.models.whisper_models import ModelFolder, local

READS: frozenset[Read] = frozenset({"audio", "speech"})
NEEDS: frozenset[Need] = frozenset({"audio"})

DEVICES = ("auto", "cpu", "cuda")
COMPUTE_TYPES = (
    "default auto int8 int8_float32 int8_float16 int8_bfloat16 int16 float16 bfloat16 float32"
).split()
MOST_BEAMS = 20
MOST_BATCHED = 128


@dataclass(frozen=True)
class PocketSphinxAsr:
    """The embedded recogniser: offline, English only, low accuracy.

    Attributes:
        language: empty for the call's; any other than English is refused.
    """

    name: ClassVar[str] = "asr.pocketsphinx"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Transcribe (PocketSphinx, low accuracy)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (metrics.CONFIDENCE, metrics.WORDS)
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = NEEDS
    documents: ClassVar[tuple[str, ...]] = ()

    language: str = ""

    def __post_init__(self) -> None:
        require_english(self.language)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The transcript of an English call; of another, why there is none."""
        engine, spoken = PocketSphinx(), self.language or source.call.language
        if spoken and primary(spoken) != LANGUAGE:
            reason = f"PocketSphinx hears English only, and this call is in {spoken}."
            speakers = speakers_of(source.call)
            return Outcome(values=metrics.unavailable(reason, speakers, engine.producer))
        naming = Naming(
            name="PocketSphinx (embedded, low accuracy)",
            model=MODEL,
            params={"low_accuracy": True},
        )
        return recognise(source, watch, engine, naming, LANGUAGE)


@dataclass(frozen=True)
class WhisperAsr:
    """Whisper on this machine, fetched on first use.

    Attributes:
        model: `small`, `large-v3`, ... or a repository of the hub; not used where a folder is.
        folder: one with a model for faster-whisper.
        device: `auto`, `cpu` or `cuda`.
        compute_type: as CTranslate2 names them.
        language: empty for the call's, or else to detect it.
        beam_size: hypotheses kept; 1 is fastest.
        batch_size: clips decoded at once, for GPUs; 0 for one after the other.
    """

    name: ClassVar[str] = "asr.whisper"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Transcribe (Whisper)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = NEEDS
    documents: ClassVar[tuple[str, ...]] = ()

    model: str = "small"
    folder: str = ""
    device: str = "auto"
    compute_type: str = "default"
    language: str = ""
    beam_size: int = 5
    batch_size: int = 0

    def __post_init__(self) -> None:
        if not (self.folder.strip() or self.model.strip()):
            raise BadInput("Whisper needs the name of a model, or a folder that holds one.")
        _one_of("device", self.device, DEVICES)
        _one_of("compute type", self.compute_type, COMPUTE_TYPES)
        _between("beam size", self.beam_size, 1, MOST_BEAMS)
        _between("batch size", self.batch_size, 0, MOST_BATCHED)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The transcript of the call."""
        found = self._found(watch)
        engine = Whisper(
            folder=found,
            device=self.device,
            compute_type=self.compute_type,
            beam_size=self.beam_size,
            batch_size=self.batch_size,
        )
        naming = Naming(name=f"Whisper {found.name.partition('@')[0]}", model=found.name)
        language = self.language or source.call.language or None
        return recognise(source, watch, engine, naming, language)

    def _found(self, watch: Watch) -> ModelFolder:
        if self.folder.strip():
            return local(Path(self.folder.strip()).expanduser())
        return fetch(self.model.strip(), lambda _done, _total: None, cancelling(watch))


@dataclass(frozen=True)
class EndpointAsr:
    """A server's recogniser, by OpenAI's protocol for transcription.

    Attributes:
        base_url: such as `https://api.openai.com/v1`; the calls' sound is sent there.
        model: as the server calls it.
        language: empty for the call's, or else what the server makes of it.
        key_ref: where the key lies, `env:NAME` or `keyring:service/name`; empty for none.
    """

    name: ClassVar[str] = "asr.endpoint"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Transcribe (endpoint)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = ()
    reads: ClassVar[frozenset[Read]] = READS
    needs: ClassVar[frozenset[Need]] = NEEDS
    documents: ClassVar[tuple[str, ...]] = ()

    base_url: str = ""
    model: str = "whisper-1"
    language: str = ""
    key_ref: str = ""

    def __post_init__(self) -> None:
        if self.base_url.strip():
            checked_url(self.base_url)
        secrets.check(self.key_ref)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The transcript of the call."""
        if not self.base_url.strip() or not self.model.strip():
            raise BadInput(
                "The transcription endpoint has no base URL or model.", "Give it both first."
            )
        endpoint = Endpoint(
            base_url=checked_url(self.base_url), key_ref=secrets.check(self.key_ref)
        )
        engine = Transcription(endpoint=endpoint, model=self.model.strip())
        naming = Naming(name=engine.producer, model=engine.model)
        language = self.language or source.call.language or None
        return recognise(source, watch, engine, naming, language)


def _one_of(what: str, given: str, known: tuple[str, ...] | list[str]) -> None:
    if given not in known:
        raise BadInput(f"Whisper knows no {what} {given!r}.", f"One of: {', '.join(known)}.")


def _between(what: str, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        raise BadInput(f"The {what} is {given}.", f"It is from {least} to {most}.")
