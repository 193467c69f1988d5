"""Scores of people and judges in a new workspace, for pictures of few and many: `WORKSPACE CALLS`.

Made-up people and judges of known bias and noise rate calls without sound on six dimensions; with
few calls, on two. 1,240 calls make some 50,000 scores.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.judging import JudgeDefinition
from app.domain.new import NewCall
from app.domain.rubrics import RubricVersion
from app.services import calls, raters
from app.services.judging import definitions
from app.services.opening import open_workspace
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World

FEW = 30
OVERLAP = 0.8
PEOPLE = ("Sample expert 1", "Sample expert 2", "Sample expert 3", "Sample expert 4")
DIMENSIONS = (
    ("hardship", "Hardship care", "ordinal"), ("facts", "Facts correct", "ordinal"),
    ("turns", "Turn-taking", "ordinal"), ("disclosure", "Disclosure read", "binary"),
    ("natural", "Naturalness", "interval"), ("done", "Task done", "binary"),
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A judge: points that it lies above people, noise in points, and what it leaves alone."""

    name: str
    model: str
    modality: str
    bias: float
    noise: float
    leaves: tuple[str, ...] = ()
    most: int = 1_000_000


JUDGES = (
    Planted("care-v7", "kestrel-2", "audio", 0.3, 0.45),
    Planted("care-v6", "kestrel-2", "text", 0.5, 0.8),
    Planted("care-v7b", "kestrel-mini", "text", 0.6, 1.6),
    Planted("care-v7c", "orin-large", "audio", 0.1, 0.7, most=38),
    Planted("rules", "asr-rules", "text", 0.0, 0.9, leaves=("hardship", "facts", "natural")),
)


def main(folder: str, count: str) -> None:
    ws, n = open_workspace(Path(folder), create=True), int(count)
    try:
        dimensions = DIMENSIONS if n > FEW else DIMENSIONS[:2]
        rubric = _rubric(ws, dimensions)
        found = World(ws, rubric, raters.cli_viewer(ws), _calls(ws, n))
        people = [found.person(name) for name in PEOPLE]
        judges = [(j, _judge(ws, rubric, j)) for j in (JUDGES if n > FEW else JUDGES[:2])]
        for at, (key, _title, scale) in enumerate(dimensions):
            real = np.clip(np.round(_chance(at).normal(3.2, 1.2, n)), 1, 5)
            for number, person in enumerate(people):
                seen = _seen(real, scale, 0.0, 0.45, 1_000 + 10 * at + number)
                kept = _chance(5_000 + 10 * at + number).random(n) < (OVERLAP if n > FEW else 1)
                found.say(person, key, [v if k else None for v, k in zip(seen, kept)])
            for number, (judge, rater) in enumerate(judges):
                if key not in judge.leaves:
                    noise = judge.noise + 0.12 * at
                    seen = _seen(
                        real, scale, judge.bias + 0.1 * at, noise, 9_000 + 10 * at + number
                    )
                    found.say(rater, key, seen[: judge.most])
    finally:
        ws.close()


def _chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _seen(
    real: NDArray[np.float64], scale: str, bias: float, noise: float, seed: int
) -> list[int | None]:
    chance = _chance(seed)
    if scale == "binary":
        return [int(v) for v in (real >= 3) ^ (chance.random(len(real)) < noise / 6)]
    return [int(v) for v in np.clip(np.round(real + chance.normal(bias, noise, len(real))), 1, 5)]


def _rubric(ws: Workspace, dimensions: tuple[tuple[str, str, str], ...]) -> RubricVersion:
    criteria = [
        {"key": key, "title": title, "question": f"{title}?", "scope": "call", "scale": scale,
         "levels": [{"value": v, "anchor": f"Level {v}."} for v in levels]}
        for key, title, scale in dimensions
        for levels in [(0, 1) if scale == "binary" else range(1, 6)]
    ]  # fmt: skip
    document = {"key": "collections_care", "title": "Collections care", "criteria": criteria}
    return add_rubric(ws, rubric_of(document))


def _judge(ws: Workspace, rubric: RubricVersion, judge: Planted) -> str:
    with ws.db.human() as uow:
        made = uow.judges.add_definition(
            JudgeDefinition(
                id="", version=0, name=judge.name, title=judge.name, kind="llm", unit="call",
                modality=judge.modality, context="whole", rubric=rubric.key,  # type: ignore[arg-type]
                shape="single", prompts={"user": judge.name},
            )
        )  # fmt: skip
    return definitions.bind(ws, made, rubric, model=judge.model, params={}).rater_id


def _calls(ws: Workspace, n: int) -> tuple[str, ...]:
    chance = _chance(7)
    made = []
    with ws.db.machine() as uow:
        for at in range(n):
            call = NewCall(
                title=f"Call {at + 1}",
                rate_hz=8_000,
                frame_count=8_000 * int(chance.integers(30, 300)),
                channel_map="mono",
                tracks=(),
                blobs=(),
                source_path="",
                content_sha256=f"{at:064x}",
                agent=("mara", "tove", "nora")[at % 3],
                language=("de", "en", "en")[int(chance.integers(3))],
                scenario_key=f"s{at % 4}",
            )
            made.append(calls.add_call(uow, call))
    return tuple(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
