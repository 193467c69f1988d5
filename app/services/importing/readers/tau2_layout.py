"""How tau2-bench lays a run out on disk, and reading it one simulation at a time.

<run>/results.json                      timestamp, info, tasks[], simulation_index[]
<run>/simulations/<id>.json             one simulation with its ticks
<run>/artifacts/task_<t>/sim_<id>/audio/both.wav, *_labels.txt
<any>.json                              a text run: info, tasks[], simulations[]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, UserError
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign import ForeignFailure
from app.services.importing.foreign_files import (
    MAX_RUN_BYTES,
    clean,
    folders,
    parse_json,
    read_bytes,
    read_json,
    within,
)

RESULTS, SIMULATIONS, ARTIFACTS = "results.json", "simulations", "artifacts"
HEAD_BYTES = 1 << 20
DEPTH = 3
"""A run lies at most this many folders below the one that was named."""
_PLAIN = re.compile(r"[\w.-]+")
_ENTRIES = 20_000
SNIFFED = 40
"""JSON files of a folder that are looked at to tell whether one is a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run without its simulations.

    Attributes:
        path: its JSON file.
        body: that file, the simulations left out.
    """

    path: Path
    body: dict[str, Any]

    @property
    def info(self) -> dict[str, Any]:
        """How the run was configured."""
        return mapping(self.body.get("info"))

    def document(self, task_id: str) -> bytes:
        """The run as a document of one call: with the one task that the call is about."""
        tasks = [t for t in listing(self.body.get("tasks")) if _id(mapping(t)) == task_id]
        kept = {k: v for k, v in self.body.items() if k not in ("simulation_index", "simulations")}
        return json.dumps({**kept, "tasks": tasks}, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One simulation with the run that it belongs to."""

    run: Run
    path: Path
    body: dict[str, Any]
    data: bytes
    """Its JSON, as it becomes a document."""

    @property
    def id(self) -> str:
        """Its UUID, as text; empty if it has none."""
        return _id(self.body)

    @property
    def task_id(self) -> str:
        """The task's id, as text."""
        return _id(self.body, "task_id")


def _id(body: dict[str, Any], key: str = "id") -> str:
    value = body.get(key)
    return str(clean(str(value))) if isinstance(value, str | int) else ""


def looks_like_run(path: Path) -> bool:
    """Whether a JSON file begins as a run of tau2-bench does."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    named = b'"info"' in head and (b'"user_info"' in head or b'"agent_info"' in head)
    return named and (b'"environment_info"' in head or b'"simulations"' in head)


def run_files(path: Path, most: int = _ENTRIES) -> Iterator[Path]:
    """The runs at a path: a run's folder or file, a simulation's file, or a folder of runs.

    Of a folder's JSON files only the first `most` are looked at.
    """
    if path.is_file():
        if looks_like_run(path):
            yield path
        elif path.parent.name == SIMULATIONS:
            yield from _runs_in(path.parent.parent, 0, most)
        return
    if path.name == SIMULATIONS and looks_like_run(path.parent / RESULTS):
        path = path.parent
    yield from _runs_in(path, DEPTH, most)


def _runs_in(folder: Path, depth: int, most: int) -> Iterator[Path]:
    if looks_like_run(folder / RESULTS):
        yield folder / RESULTS
        return
    try:
        files = sorted(f for f in folder.glob("*.json") if within(folder, f.name))
    except OSError:
        return
    yield from (f for f in files[:most] if looks_like_run(f))
    if depth > 0:
        for inner in folders(folder):
            yield from _runs_in(inner, depth - 1, most)


def simulations(path: Path, only: Path | None = None) -> Iterator[Simulation | ForeignFailure]:
    """The simulations of a run's file; `only` for a single one's file.

    Raises:
        BadInput: the run's file cannot be read.
    """
    found = read_json(path, MAX_RUN_BYTES)
    body = mapping(found)
    if not body:
        raise BadInput(f"{path.name} is no run of tau2-bench.", "Name its results.json.")
    inner = listing(body.get("simulations"))
    run = Run(path=path, body={k: v for k, v in body.items() if k != "simulations"})
    for item in inner:
        if isinstance(item, dict):
            data = json.dumps(item, ensure_ascii=False).encode()
            yield Simulation(run=run, path=path, body=item, data=data)
        else:
            yield ForeignFailure(path=path, reason="One of its simulations is no object.")
    for file in _files(path.parent / SIMULATIONS):
        if only is None or file == only:
            yield _simulation(run, file)


def _files(folder: Path) -> list[Path]:
    try:
        every = sorted(folder.glob("*.json"))
    except OSError:
        return []
    return [f for f in every[:_ENTRIES] if within(folder, f.name)]


def _simulation(run: Run, path: Path) -> Simulation | ForeignFailure:
    try:
        data = read_bytes(path)
        body = parse_json(data, path.name)
    except UserError as error:
        return ForeignFailure(path=path, reason=str(error))
    if not isinstance(body, dict):
        return ForeignFailure(path=path, reason=f"{path.name} is no simulation.")
    return Simulation(run=run, path=path, body=body, data=data)


def artifacts(simulation: Simulation) -> Path | None:
    """The folder with a simulation's recording and labels; None if there is none."""
    if not (_PLAIN.fullmatch(simulation.id) and _PLAIN.fullmatch(simulation.task_id)):
        return None
    top = simulation.run.path.parent / ARTIFACTS
    audio = top / f"task_{simulation.task_id}" / f"sim_{simulation.id}" / "audio"
    try:
        there = audio.is_dir() and audio.resolve().is_relative_to(top.resolve())
    except OSError:
        return None
    return audio if there else None
