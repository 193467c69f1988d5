"""The files of one EVA record and of its run, as documents of the call."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import Any

from app.domain.errors import UserError
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import (
    MAX_RUN_BYTES,
    parse_json,
    parse_lines,
    read_bytes,
    readable,
    within,
)
from app.services.importing.readers.eva_layout import Place

PREFIX = "eva/"
KEPT = (
    "result.json",
    "audit_log.json",
    "framework_logs.jsonl",
    "pipecat_logs.jsonl",
    "user_simulator_events.jsonl",
    "elevenlabs_events.jsonl",
    "metrics.json",
    "pipecat_metrics.jsonl",
    "response_latencies.json",
    "transcript.jsonl",
    "agent_perf_stats.csv",
    "scenario_db.json",
    "initial_scenario_db.json",
    "final_scenario_db.json",
    "elevenlabs_conversation_details.json",
)
"""Files of a record that become documents; `config.json` comes from the run."""
LEFT = ("logs.log",)


@dataclass(slots=True)
class Read:
    """What was read of a record.

    Attributes:
        documents: by name, with the prefix.
        losses: words for what was left out.
        scenario: the dataset's record; empty if it was not found.
    """

    documents: dict[str, bytes] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    scenario: dict[str, Any] = field(default_factory=dict)

    def json(self, name: str) -> dict[str, Any]:
        """The object in a document; empty where there is none."""
        data = self.documents.get(PREFIX + name)
        try:
            return mapping(parse_json(data, name)) if data is not None else {}
        except UserError:
            return {}


def read(place: Place, dataset: Path | None) -> Read:
    """Everything of a record that is kept."""
    found = Read()
    for name in KEPT:
        _take(found, place.folder, name)
    if place.run is not None:
        _take(found, place.run, "config.json")
    found.losses += [f"{n} (debug text)" for n in LEFT if within(place.folder, n)]
    attempts = len(place.archived)
    if attempts:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        found.losses.append(f"{tries} that EVA had put aside: {', '.join(place.archived)}")
    _scenario(found, place, dataset)
    return found


def _take(found: Read, folder: Path, name: str) -> None:
    path = within(folder, name)
    if path is None:
        return
    data, why = readable(path)
    if why:
        found.losses.append(why)
    else:
        found.documents[PREFIX + name] = data


def _scenario(found: Read, place: Place, dataset: Path | None) -> None:
    """The dataset's record as `eva/scenario.json`."""
    path = dataset or _dataset_beside(place, found.json("config.json"))
    if path is not None:
        found.scenario = _records(path).get(place.record_id, {})
    if found.scenario:
        text = json.dumps(found.scenario, ensure_ascii=False, indent=2)
        found.documents[f"{PREFIX}scenario.json"] = text.encode()
    else:
        where = f"{path.name} has no record {place.record_id}" if path else "no dataset was found"
        found.losses.append(
            f"The scenario with its expected database: {where}. Give the dataset with --dataset."
        )


def _dataset_beside(place: Place, config: dict[str, Any]) -> Path | None:
    """The dataset of a run: by its file name alone, in the run's folder or beside it."""
    if place.run is None:
        return None
    stored = config.get("dataset_path")
    names = [PureWindowsPath(stored).name] if isinstance(stored, str) else []
    domain = config.get("domain")
    if isinstance(domain, str) and domain.replace("_", "").isalnum():
        names.append(f"{domain}_dataset.json")
    for folder in (place.run, place.run / "data", place.run.parent, place.run.parent / "data"):
        for name in names:
            path = within(folder, name) if name not in ("", ".", "..") else None
            if path is not None:
                return path
    return None


@lru_cache(maxsize=4)
def _records(path: Path) -> dict[str, dict[str, Any]]:
    """A dataset's records by id: a JSON array, or one record a line; empty if it is neither."""
    try:
        data = read_bytes(path, MAX_RUN_BYTES)
        if path.suffix.lower() == ".jsonl":
            rows: list[Any] = list(parse_lines(data).rows)
        else:
            rows = listing(parse_json(data, path.name))
    except UserError:
        return {}
    return {str(row["id"]): row for row in rows if isinstance(row, dict) and "id" in row}


def check_dataset(path: Path) -> None:
    """Refuse a dataset that cannot be used, before anything is imported.

    Raises:
        BadInput: it holds no records. NotFound, EnvironmentFault: it cannot be read.
    """
    from app.domain.errors import BadInput

    read_bytes(path, MAX_RUN_BYTES)
    if not _records(path):
        raise BadInput(
            f"{path.name} holds no scenario records.",
            "Give EVA's dataset, such as airline_dataset.json.",
        )
