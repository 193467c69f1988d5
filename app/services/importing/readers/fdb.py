"""Samples of Full-Duplex-Bench (v1.0, v1.5, v2): the caller's file, the agent's, and their labels.

`input.wav` is what the caller says and `output.wav` what the model answers on the same clock; of
v1.5 there is a clean twin of each, which becomes a call of its own; of v2 `A.wav` is the examiner
and `B.wav` the model. Figures that the benchmark left (rating, behaviour, latency intervals) are
kept apart from ours.
Source: Full-Duplex-Bench d7336bd (2026), README of its data set and `v2/eval`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.audio import io
from app.audio.sniff import reading
from app.domain.calls import Speaker
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio, ForeignCall, ForeignFailure
from app.services.importing.foreign_files import folders, parse_json, readable, within, words
from app.services.importing.listen import sha256_of
from app.services.importing.readers import fdb_labels as labels
from app.services.importing.readers import reported
from app.services.importing.readers.call_files import json_files
from app.services.importing.readers.jsonish import Notes, Timeline
from app.services.importing.readers.redact import document as redacted
from app.services.importing.walk import shown

MAX_DEPTH = 3
"""Benchmark, task and sample: so far below the named folder samples are looked for."""
MAX_SAMPLES = 20_000
SNIFF_FOLDERS = 200
APART = 0.01
APART_S = 0.1
"""The two files of a sample may differ in length by this; more is no common clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the files of one kind of sample are named."""

    version: str
    caller: str
    agent: str
    caller_words: tuple[str, ...]
    agent_words: str
    is_clean: bool = False


FORMS: tuple[Form, ...] = (
    Form(
        version="1",
        caller="input.wav",
        agent="output.wav",
        caller_words=("input.json", "transcription.json"),
        agent_words="output.json",
    ),
    Form(
        version="1.5",
        caller="clean_input.wav",
        agent="clean_output.wav",
        caller_words=("clean_input.json",),
        agent_words="clean_output.json",
        is_clean=True,
    ),
    Form(
        version="2",
        caller="A.wav",
        agent="B.wav",
        caller_words=("A.json",),
        agent_words="B.json",
    ),
)


class ReaderFdb:
    """A sample's folder, or a folder of tasks and samples."""

    source = "fdb"
    title = "Full-Duplex-Bench"

    def sniff(self, path: Path) -> bool:
        """Whether the folder, or one of the first below it, is a sample with both sides."""
        try:
            if not path.is_dir():
                return False
            for number, folder in enumerate(_walk(path)):
                if any(_pair(folder, form) for form in FORMS):
                    return True
                if number >= SNIFF_FOLDERS:
                    return False
        except (OSError, ValueError):  # a path that the system does not take
            return False
        return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """One call for each sample, and one for its clean twin.

        Raises:
            BadInput: no sample there. NotFound. Cancelled.
        """
        with reading(path):
            there, is_folder = path.exists(), path.is_dir()
        if not there:
            raise NotFound(f"{shown(path.name)} is not there: {shown(path)}.", "Check the path.")
        found = 0
        for folder in _walk(path) if is_folder else ():
            ctx.raise_if_cancelled()
            for item in _of_folder(ctx, folder):
                found += 1
                yield item
            if found > MAX_SAMPLES:
                yield ForeignFailure(
                    path=path, reason=f"More than {MAX_SAMPLES} samples; import it task by task."
                )
                return
        if not found:
            raise BadInput(
                f"{shown(path.name)} holds no sample of Full-Duplex-Bench.",
                "Name a folder with input.wav and output.wav, or one that holds such folders.",
            )


def _walk(top: Path, depth: int = 0) -> Iterator[Path]:
    """Folders from `top` down to the depth of samples."""
    yield top
    if depth < MAX_DEPTH:
        for folder in folders(top):
            yield from _walk(folder, depth + 1)


def _pair(folder: Path, form: Form) -> tuple[Path, Path] | None:
    caller, agent = within(folder, form.caller), within(folder, form.agent)
    return (caller, agent) if caller is not None and agent is not None else None


def _of_folder(ctx: Work, folder: Path) -> Iterator[ForeignCall | ForeignFailure]:
    seen = False
    for form in FORMS:
        pair = _pair(folder, form)
        if pair is None:
            continue
        seen = True
        try:
            yield _Sample(ctx, folder, form).call(pair)
        except UserError as error:
            yield ForeignFailure(path=folder, reason=str(error))
    if not seen and within(folder, "input.wav") is not None:
        yield ForeignFailure(
            path=folder, reason="There is no output.wav: the model has not answered this sample."
        )


class _Sample:
    """Reads one sample in one of its forms."""

    def __init__(self, ctx: Work, folder: Path, form: Form) -> None:
        self._ctx, self._folder, self._form = ctx, folder, form
        self._notes = Notes()
        self._timeline = Timeline(self._notes)
        self._documents: dict[str, bytes] = {}
        self._files = self._read_files()

    def _read_files(self) -> dict[str, Any]:
        """The sample's JSON files, parsed; each is kept as a document as well.

        Those of a clean twin are kept under the names that they have in a sample.
        """
        found: dict[str, Any] = {}
        for path in json_files(self._folder):
            if path.name.startswith("clean_") != self._form.is_clean and path.name not in (
                labels.SHARED
            ):
                continue
            data, why = readable(path)
            self._notes.lose(why)
            if not data:
                continue
            name = words(path.name, 120).removeprefix("clean_")
            self._documents[f"fdb/{name}"], _ = redacted(path.name, data)
            try:
                found[path.name] = parse_json(data, path.name)
            except BadInput as error:
                self._notes.lose(f"{error.what} It was kept, but not understood.")
            if path.name not in labels.KNOWN:
                self._notes.odd({path.name: None}, ())
        return found

    def call(self, pair: tuple[Path, Path]) -> ForeignCall:
        """The sample as a call.

        Raises:
            UserError: neither recording can be used.
        """
        form, task = self._form, words(self._folder.parent.name, 120)
        audio, duration_s = self._audio(pair)
        labels.add_words(self._first(form.caller_words), "caller", self._timeline)
        labels.add_words(self._files.get(form.agent_words), "agent", self._timeline)
        spoken = reported.one_text(
            "fdb", self._timeline, "heard", "both as recognised", {"time_basis": "audio"}
        )
        planned = () if form.is_clean else labels.planned(self._files, self._timeline)
        name = f"{task}/{words(self._folder.name, 120)}" + (" (clean)" if form.is_clean else "")
        hashes = [sha256_of(path, self._ctx) for path in pair]
        return ForeignCall(
            source="fdb",
            identity=f"{task}/{'/'.join(hashes)}",
            title=f"FDB {name}",
            path=self._folder,
            duration_s=max(duration_s, self._timeline.end_s),
            audio=audio,
            layers=(*planned, *spoken),
            events=tuple(self._timeline.events),
            documents=self._documents,
            conditions={
                "benchmark": "full-duplex-bench",
                "version": "1.5" if labels.is_overlap(self._files) else form.version,
                "task": task,
                "sample": words(self._folder.name, 120),
                "clean": form.is_clean,
            },
            extra=labels.texts(self._files),
            metrics={} if form.is_clean else labels.figures(self._files, self._notes),
            scenario_key=task,
            **self._notes.closed(),
        )

    def _first(self, names: tuple[str, ...]) -> Any:
        return next((self._files[n] for n in names if n in self._files), None)

    def _audio(self, pair: tuple[Path, Path]) -> tuple[tuple[ForeignAudio, ...], float]:
        """Both files, each its first channel, and the longer one's length."""
        found: list[ForeignAudio] = []
        lengths: list[float] = []
        roles: tuple[Speaker, Speaker] = ("caller", "agent")
        for path, role in zip(pair, roles, strict=True):
            try:
                probe = io.probe(path)
            except UserError as error:
                self._notes.lose(f"{shown(path.name)} could not be used: {error}")
                continue
            if probe.channels == 2:
                self._notes.warn(f"{shown(path.name)} has two channels; the first was taken.")
            found.append(ForeignAudio(path=path, channel_index=0, role=role))
            lengths.append(probe.duration_s)
        if not found:
            raise BadInput(f"Neither {pair[0].name} nor {pair[1].name} can be used.")
        if len(lengths) == 2 and abs(lengths[0] - lengths[1]) > max(APART_S, APART * lengths[0]):
            self._notes.warn(
                f"{pair[0].name} is {lengths[0]:.2f} s long and {pair[1].name} {lengths[1]:.2f} s: "
                "if the answer was saved without the silence before it, its times are too early."
            )
        return tuple(found), max(lengths)
