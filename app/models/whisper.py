"""Whisper by faster-whisper: one model session a process, heard over the stretches of speech.

Whisper looks at 30 s at a time and costs the same for silence, so the speech is put together with
a little of what is around it, in clips that never end inside an utterance, and times are taken
back to the recording. Decoding is greedy or by beam at temperature 0 and no text conditions the
next: the same recording gives the same words.

Radford et al.: Robust Speech Recognition via Large-Scale Weak Supervision (2022).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version as package_version
from typing import Any

from app.domain.errors import BadInput, EnvironmentFault
from app.models.asr import (
    RATE_HZ,
    Float32,
    Heard,
    HeardSegment,
    HeardWord,
    IsCancelled,
    Progress,
    SpanS,
    primary,
    raise_if,
    segment_of,
    usable,
)
from app.models.asr_spans import Excerpt, closed, divided, excerpt, padded, tidy
from app.models.threads import model_threads
from app.models.whisper_models import ModelFolder
from app.models.whisper_watch import WhisperWatch

KEPT_PAUSE_S = 1.0
"""Pauses up to this stay in; longer ones are left out but for the air around speech."""
PAD_S = 0.3
SHORTEST_S, LONGEST_S, CLIP_S = 15.0, 28.0, 29.5
PART_CLIPS = 20
"""Clips whose spectra are in memory at a time."""
MOST_WORDS_PER_S = 25.0
"""Faster than this nobody speaks: what a model makes up in the last crumb of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A model that is on this machine.

    Attributes:
        folder: where it lies, and its name, e.g. `tiny@d90ca5fe`, for messages and provenance.
        device: `cpu`, `cuda`, or `auto`.
        compute_type: as CTranslate2 names them; `default` is what the model is stored in.
        beam_size: hypotheses kept; 1 is greedy.
        batch_size: clips decoded at once; 0 for one after the other, by the model's own stamps.
    """

    folder: ModelFolder
    device: str = "auto"
    compute_type: str = "default"
    beam_size: int = 5
    batch_size: int = 0

    @property
    def producer(self) -> str:
        """Package, version and model."""
        return f"faster-whisper-{package_version('faster-whisper')}/{self.folder.name}"

    def transcribe(
        self,
        samples_16k: Float32,
        *,
        language: str | None,
        spans: Sequence[SpanS] | None,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Heard:
        """See `Recogniser`.

        Raises:
            BadInput: a language that the model does not know, a model that cannot be read.
            EnvironmentFault: no such device, out of memory, or the model loops. Cancelled.
        """
        raise_if(cancelled)
        model = session(self.folder, self.device, self.compute_type)
        code = _language(model, self.folder.name, language)
        found = _excerpt(usable(samples_16k), spans)
        watch = WhisperWatch(
            self.folder.name, len(found.samples) / RATE_HZ, len(found.clips), progress, cancelled
        )
        segments: list[HeardSegment] = []
        confidence: float | None = None
        for part in _parts(found):
            watch.done_s = part.clips[0][0]
            said, info = self._run(watch, model, part, code)
            if code is None:
                code, confidence = info.language, float(info.language_probability)
            segments += _heard(said, found, part.clips[0][0])
        progress(1.0)
        return Heard(tuple(segments), code or "", confidence)

    def _run(
        self, watch: WhisperWatch, model: Any, part: Excerpt, language: str | None
    ) -> tuple[list[Any], Any]:
        """What faster-whisper says of one part, and its notes."""
        begin = part.clips[0][0]
        clips = [(start - begin, end - begin) for start, end in part.clips]
        given: dict[str, Any] = {
            "language": language,
            "beam_size": self.beam_size,
            "temperature": 0.0,
            "condition_on_previous_text": False,
            "word_timestamps": True,
        }
        try:
            if self.batch_size:
                from faster_whisper import BatchedInferencePipeline

                pipeline: Any = BatchedInferencePipeline(model)
                said, info = watch.over_batches(pipeline).transcribe(
                    part.samples,
                    batch_size=self.batch_size,
                    clip_timestamps=[{"start": a, "end": b} for a, b in clips],
                    **given,
                )
            else:
                said, info = watch.over(model).transcribe(
                    part.samples, clip_timestamps=[t for clip in clips for t in clip], **given
                )
            return list(said), info
        except (RuntimeError, ValueError) as error:  # CTranslate2's: memory, device, damaged model
            raise _fault(self.folder.name, error) from error


_lock = threading.Lock()
_loaded: tuple[tuple[ModelFolder, str, str, int], Any] | None = None


def session(folder: ModelFolder, device: str, compute_type: str) -> Any:
    """This process's model session; another model takes its place.

    Raises:
        BadInput: the model cannot be read. EnvironmentFault: device or compute type fail.
    """
    global _loaded
    key = (folder, device, compute_type, model_threads())
    with _lock:
        if _loaded is None or _loaded[0] != key:
            _loaded = None  # before the new one is read: both may not fit
            _loaded = (key, _load(*key))
        return _loaded[1]


def _load(folder: ModelFolder, device: str, compute_type: str, threads: int) -> Any:
    from faster_whisper import WhisperModel

    make: Any = WhisperModel
    name = folder.name
    try:
        return make(
            str(folder.path),
            device=device,
            compute_type=compute_type,
            cpu_threads=threads,
            local_files_only=True,
        )
    except ValueError as error:
        raise EnvironmentFault(
            f"The model {name} does not run as {compute_type} on {device} ({_line(error)}).",
            "Choose the compute type default and the device auto.",
        ) from error
    except RuntimeError as error:
        raise _fault(name, error) from error
    except Exception as error:  # the tokenizers' library raises bare Exceptions
        raise BadInput(
            f"The model {name} cannot be read ({_line(error)}).", "Fetch or convert it again."
        ) from error


def _fault(name: str, error: Exception) -> BadInput | EnvironmentFault:
    said = _line(error)
    if any(word in said.lower() for word in ("cuda", "cublas", "cudnn", "memory", "alloc")):
        return EnvironmentFault(
            f"The model {name} does not run on this machine's device ({said}).",
            "Choose the device cpu, or a smaller model.",
        )
    return BadInput(f"The model {name} cannot be used ({said}).", "Fetch or convert it again.")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _language(model: Any, name: str, language: str | None) -> str | None:
    """The model's code of a language tag; None to detect it."""
    if not language:
        return None
    code = primary(language)
    if code not in model.supported_languages:
        raise BadInput(
            f"The model {name} does not know the language {language!r}.",
            "Choose another model, or leave the language open.",
        )
    return code


def _excerpt(samples: Float32, spans: Sequence[SpanS] | None) -> Excerpt:
    duration_s = len(samples) / RATE_HZ
    speech = closed(tidy(spans, duration_s), KEPT_PAUSE_S)
    pieces = divided(samples, speech, shortest_s=SHORTEST_S, longest_s=LONGEST_S)
    return excerpt(samples, padded(pieces, PAD_S, duration_s), CLIP_S)


def _parts(whole: Excerpt) -> Iterator[Excerpt]:
    """The excerpt in runs of a few clips."""
    for i in range(0, len(whole.clips), PART_CLIPS):
        clips = whole.clips[i : i + PART_CLIPS]
        first, after = (round(t * RATE_HZ) for t in (clips[0][0], clips[-1][1]))
        yield Excerpt(whole.samples[first:after], whole.pieces, whole.starts, clips)


def _heard(said: Sequence[Any], found: Excerpt, begin_s: float) -> list[HeardSegment]:
    """Faster-whisper's segments as ours, in times of the recording."""
    out = []
    for segment in said:
        words = [
            HeardWord(
                w.word,
                *found.in_channel(begin_s + float(w.start), begin_s + float(w.end)),
                round(min(max(float(w.probability), 0.0), 1.0), 4),
            )
            for w in segment.words or ()
            if w.word.strip()
        ]
        lasts = float(segment.end) - float(segment.start)
        if words and len(words) <= MOST_WORDS_PER_S * lasts + 1:
            out.append(segment_of(words))
    return out
