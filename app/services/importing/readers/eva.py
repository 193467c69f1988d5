"""EVA-Bench: finished runs of both generations, with or without their recordings and metrics."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BadInput, NotFound, UserError
from app.domain.eva_record import ProcessedRecord
from app.domain.work import Work
from app.eval.eva import record as eva_record
from app.eval.eva.documents import Files
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.foreign_files import epoch_s, number, utc_iso, words
from app.services.importing.readers import eva_audio, eva_events, eva_evidence, eva_facts, eva_files
from app.services.importing.readers.eva_evidence import Timeline
from app.services.importing.readers.eva_files import PREFIX, Read
from app.services.importing.readers.eva_layout import Place, is_record, is_run, places
from app.services.importing.walk import shown

IDENTIFYING = (
    "result.json",
    "user_simulator_events.jsonl",
    "elevenlabs_events.jsonl",
    "audit_log.json",
)
"""What says which call a record is, whatever is measured of it later and wherever it lies."""


@dataclass(slots=True)
class ReaderEva:
    """Reads runs, folders of records, and single records.

    Attributes:
        dataset: EVA's dataset file; None to look for the one that the run names beside it.
    """

    dataset: Path | None = None
    source: str = "eva"
    title: str = "EVA"

    def sniff(self, path: Path) -> bool:
        """Whether there is a run or a record."""
        try:
            folder = path if path.is_dir() else path.parent
            if path.is_dir() and is_run(folder):
                return True
            named = path.is_dir() or path.name in ("result.json", "audit_log.json", "config.json")
            return named and (is_record(folder) or next(places(folder), None) is not None)
        except OSError:
            return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """Each trial of each record; attempts that EVA put aside are left out.

        Raises:
            NotFound: there is nothing at the path. BadInput: no record there. Cancelled.
        """
        if not path.exists():
            raise NotFound(f"There is nothing at {shown(path)}.", "Check the path.")
        if self.dataset is not None:
            eva_files.check_dataset(self.dataset)
        count = 0
        for place in places(path):
            ctx.raise_if_cancelled()
            count += 1
            try:
                yield self._call(ctx, place)
            except UserError as error:
                yield ForeignFailure(path=place.folder, reason=str(error))
        if not count:
            raise BadInput(
                f"{shown(path)} holds no EVA record.",
                "Name a run's folder, its records folder, or one record's.",
            )

    def _call(self, ctx: Work, place: Place) -> ForeignCall:
        read = eva_files.read(place, self.dataset)
        record = _record(Files(read.documents))
        config, result = read.json("config.json"), read.json("result.json")
        audio, left = eva_audio.choose(place.folder, result)
        timeline, audio, told = eva_audio.timeline(ctx, record, audio)
        version = words(read.json("metrics.json").get("simulation_version"), 20)
        domain = eva_facts.domain(config)
        agent, models = eva_facts.agent(config)
        conditions = eva_facts.conditions(config)
        key = f"{domain}.{place.record_id}" if domain else place.record_id
        return ForeignCall(
            source=self.source,
            identity=_identity(place, read),
            title=_title(place, domain),
            path=place.folder,
            duration_s=_duration(record, timeline),
            audio=audio,
            layers=eva_evidence.layers(record, timeline, version),
            events=eva_events.events(record, timeline),
            documents=read.documents,
            conditions={**conditions, "eva_timeline": timeline.to_json()},
            extra={"eva": eva_facts.summary(record, config)},
            metrics=eva_facts.reported(read),
            agent=agent,
            agent_version=models,
            scenario_key=key,
            persona=str(conditions.get("behaviour", "")),
            language=words(config.get("language"), 20),
            outcome=words(record.ended_reason) or ("failed" if result.get("error") else ""),
            attempt=(place.trial or 0) + 1,
            recorded_at=utc_iso(timeline.t0_s or epoch_s(result.get("started_at"))),
            unknown=eva_facts.unknown(read),
            losses=(*read.losses, *left, *_unplaced(record)),
            warnings=(*told, *_bad_lines(record), *_unended(record)),
            findings=eva_events.doubtful_ends(record, timeline),
        )


def _record(files: Files) -> ProcessedRecord:
    """By the logs; by the stored context where the logs say of nobody when they spoke.

    Raises:
        BadInput: there are neither, or nothing in them can be read.
    """
    found = eva_record.record_of(files)
    if found is None:
        raise BadInput(eva_record.NO_LOGS, "Copy audit_log.json and the caller's event log beside.")
    context = eva_record.stored_context(files)
    if found.from_logs and context and not found.has_audio_events:
        return eva_record.from_context(context, found.pipeline, files)
    return found


def _identity(place: Place, read: Read) -> str:
    digest = hashlib.sha256()
    kept = [n for n in IDENTIFYING if PREFIX + n in read.documents] or ["metrics.json"]
    for name in kept:
        data = read.documents.get(PREFIX + name, b"")
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return f"{place.record_id}/{place.trial}/{digest.hexdigest()}"


def _title(place: Place, domain: str) -> str:
    trial = f", trial {place.trial}" if place.trial is not None else ""
    return f"EVA {domain} {place.record_id}{trial}".replace("  ", " ")


def _duration(record: ProcessedRecord, timeline: Timeline) -> float | None:
    if record.session_end_s is None or not record.from_logs:
        return None
    length = number(record.session_end_s - timeline.t0_s)
    return length if length is not None and length > 0 else None


def _unplaced(record: ProcessedRecord) -> tuple[str, ...]:
    lost = eva_evidence.unplaced(record)
    return (f"The text of {lost} turns that have no time.",) if lost else ()


def _bad_lines(record: ProcessedRecord) -> tuple[str, ...]:
    return tuple(
        f"{name}: {'1 line' if bad == 1 else f'{bad} lines'} could not be read and were left out."
        for name, bad in record.bad_lines.items()
        if bad
    )


def _unended(record: ProcessedRecord) -> tuple[str, ...]:
    if not record.unended:
        return ()
    who = ", ".join(f"{speaker} in turn {turn}" for speaker, turn in sorted(record.unended))
    return (f"The log does not say when this speech ended; the session's end was taken: {who}.",)
