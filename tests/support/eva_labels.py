"""The first of EVA's labelled calls, and a judge on loopback whose verdicts of them are planted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.chat_answers import Answer, Asked, Behaviour, ok
from tests.support.chat_schema import OPEN

TOP = 3


def first_rows(shared_data: Path, folder: Path, metric: str, count: int) -> tuple[Path, list[Any]]:
    """A file of the first rows of one of EVA's files, and the rows."""
    whole = shared_data / "eva" / "judge_validation" / f"{metric}.jsonl"
    lines = whole.read_text("utf-8").split("\n")[:count]
    path = folder / f"{metric}.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path, [json.loads(line) for line in lines]


def verdict_of(row: Mapping[str, Any]) -> int:
    """What the judge on loopback will say: every fifth is a level off."""
    value, at = int(row["expected_rating"]), int(row["id"])
    return value if at % 5 else (2 if value != 2 else 3)


def planted(rows: Sequence[Any], said: Mapping[int, int]) -> Behaviour:
    """Answers with the verdict that is planted for the call that is asked about."""
    return lambda asked: _answer(asked, rows, said)


def _answer(asked: Asked, rows: Sequence[Any], said: Mapping[int, int]) -> Answer:
    """The planted verdict of the call that is asked about, told by the most of its words."""
    row = max(rows, key=lambda r: _shared(r, asked.text))
    value = said[row["id"]]
    worst: list[str] = []

    def choose(path: tuple[str, ...], _schema: Mapping[str, Any]) -> Any:
        """The first dimension decides, since the overall score follows from the worst."""
        if path[-1:] != ("score",):
            return OPEN
        worst.extend(path[1:2] if not worst and path[0] == "dimensions" else ())
        return value if path[0] != "dimensions" or path[1:2] == tuple(worst) else TOP

    return ok(choose)(asked)


def _shared(row: Mapping[str, Any], text: str) -> int:
    spoken = [str(e.get("utterance", "")) for e in row["trace"] if e.get("utterance")]
    return sum(" ".join(s.split()) in text for s in spoken) * 1000 - len(spoken)


def kappa_quadratic(a: Any, b: Any) -> float:
    """By its definition, on the levels 1 to 3."""
    levels = np.arange(1, TOP + 1)
    gaps = np.subtract.outer(levels, levels) ** 2
    seen = np.zeros((TOP, TOP))
    np.add.at(seen, (a - 1, b - 1), 1)
    chance = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    return float(1 - (gaps * seen).sum() / (gaps * chance).sum())
