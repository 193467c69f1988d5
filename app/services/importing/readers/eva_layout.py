"""How EVA lays a run out on disk: which folders are records, trials, archives of failed attempts.

<run>/config.json
<run>/records/<record>/...               one trial
<run>/records/<record>/trial_<n>/...     several, n from 0
<run>/records/<record>_trial_<n>/...     the older form
..._failed_attempt_<m>, _extra_<m>, _unvalidated_<m>, _attempt_<m>   kept by EVA, never scored
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import UserError
from app.domain.json_shapes import mapping
from app.services.importing.foreign_files import folders, read_json, within

LOGS = (
    "audit_log.json",
    "user_simulator_events.jsonl",
    "elevenlabs_events.jsonl",
    "framework_logs.jsonl",
    "pipecat_logs.jsonl",
)
MARKS = (*LOGS, "metrics.json", "result.json")
"""A folder with one of these may be a record; the last two are also the names of others' files."""

_ARCHIVED = re.compile(r"_(?:failed_attempt|extra|unvalidated|attempt)_\d+$")
_TRIAL = re.compile(r"(?:/|_)trial_(\d{1,6})$")
_CLIMB = 4
"""A record's `config.json` lies at most this many folders above it."""
RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One trial of one record.

    Attributes:
        folder: where its files are.
        output_id: `1.1.2` or `1.1.2/trial_0`.
        run: the folder that holds the run's `config.json`; None if there is none above it.
        archived: names of earlier attempts beside it that are left alone.
    """

    folder: Path
    output_id: str
    run: Path | None
    archived: tuple[str, ...] = ()

    @property
    def record_id(self) -> str:
        """The scenario's id."""
        return parse_id(self.output_id)[0]

    @property
    def trial(self) -> int | None:
        """Which trial, from 0; None where there is only one."""
        return parse_id(self.output_id)[1]


def parse_id(output_id: str) -> tuple[str, int | None]:
    """(record id, trial or None) of an output id, the marks of an archive left aside."""
    name = _ARCHIVED.sub("", output_id)
    found = _TRIAL.search(name)
    return (name[: found.start()], int(found[1])) if found else (name, None)


def is_archived(name: str) -> bool:
    """Whether a folder of that name holds an attempt that EVA put aside."""
    return _ARCHIVED.search(name) is not None


def is_record(folder: Path) -> bool:
    """Whether a folder holds one trial's files."""
    if any(within(folder, name) for name in LOGS):
        return True
    return is_stored_context(folder) or is_result(folder)


def is_stored_context(folder: Path) -> bool:
    """Whether `metrics.json` there is EVA's own record of a call."""
    return {"context", "metrics"} <= set(_head(folder, "metrics.json"))


def is_result(folder: Path) -> bool:
    """Whether `result.json` there is EVA's."""
    return {"record_id", "conversation_ended_reason"} <= set(_head(folder, "result.json"))


def is_run(folder: Path) -> bool:
    """Whether a folder is a run: it has records."""
    records = folder / RECORDS
    return records.is_dir() and any(True for _ in _records_in(records))


def places(path: Path) -> Iterator[Place]:
    """The trials at a path: a run, its folder of records, one record, or a folder of runs."""
    if path.is_file():
        path = path.parent
    if is_record(path):
        yield _place(path, _output_id(path), ())
    elif trials := list(_trials_in(path)):
        yield from trials
    elif is_run(path):
        yield from _records_in(path / RECORDS)
    else:
        yield from _records_in(path)
        for folder in folders(path):
            if is_run(folder):
                yield from _records_in(folder / RECORDS)


def _records_in(records: Path) -> Iterator[Place]:
    every = list(folders(records))
    names = [f.name for f in every]
    for folder in every:
        if is_archived(folder.name):
            continue
        if is_record(folder):
            yield _place(folder, folder.name, _attempts(names, folder.name))
            continue
        yield from _trials_in(folder)


def _trials_in(record: Path) -> Iterator[Place]:
    trials = [f for f in folders(record) if f.name.startswith("trial_")]
    for trial in trials:
        if not is_archived(trial.name) and is_record(trial):
            beside = _attempts([f.name for f in trials], trial.name)
            yield _place(trial, f"{record.resolve().name}/{trial.name}", beside)


def _attempts(names: list[str], name: str) -> tuple[str, ...]:
    """Archived attempts of the trial of that name."""
    return tuple(n for n in names if is_archived(n) and _ARCHIVED.sub("", n) == name)


def _output_id(folder: Path) -> str:
    """Of a folder that was named by itself."""
    name = folder.resolve().name
    is_trial = name.startswith("trial_")
    return f"{folder.resolve().parent.name}/{name}" if is_trial else name


def _place(folder: Path, output_id: str, archived: tuple[str, ...]) -> Place:
    return Place(folder=folder, output_id=output_id, run=run_of(folder), archived=archived)


def run_of(folder: Path) -> Path | None:
    """The nearest folder above (or the folder itself) with a `config.json` of EVA's."""
    here = folder.absolute()
    for candidate in (here, *list(here.parents)[:_CLIMB]):
        config = _head(candidate, "config.json")
        if "run_id" in config and ("model" in config or "pipeline" in config):
            return candidate
    return None


def _head(folder: Path, name: str) -> dict[str, object]:
    path = within(folder, name)
    try:
        return mapping(read_json(path)) if path is not None else {}
    except UserError:
        return {}
