"""EVA-Bench's label files and the agreement that it publishes for its judges.

The labels are public, the judges' ratings are not. Of all confusion tables with the labels' mix
and the published accuracy, those with the published macro-F1 must include the published kappa, and
our interval of such a table must be the published one.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from app.eval.agreement import tables
from app.eval.agreement.figures import judge_figures
from app.eval.agreement.ratings import Floats, Ratings

FOLDER = "eva/judge_validation"
LEVELS = np.array([1.0, 2.0, 3.0])


def labels(folder: Path, name: str) -> list[int]:
    """The expected rating of each call."""
    lines = (folder / FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [int(json.loads(line)["expected_rating"]) for line in lines]


def tables_with(mix: list[int], wrong: int) -> Floats:
    """All 3 × 3 tables with these row sums and so many items off the diagonal."""
    bars = np.array(list(itertools.combinations(range(wrong + 5), 5)))
    edges = np.pad(bars, ((0, 0), (1, 1)), constant_values=((0, 0), (-1, wrong + 5)))
    cells = np.diff(edges, axis=1) - 1
    out = np.zeros((len(cells), 3, 3))
    out[:, ~np.eye(3, dtype=bool)] = cells
    at = np.arange(3)
    out[:, at, at] = np.array(mix) - out.sum(2)
    return out[(out[:, at, at] >= 0).all(1)]


@pytest.mark.parametrize(
    ("name", "mix", "accuracy", "macro_f1", "kappa", "low", "high"),
    [
        ("faithfulness", [57, 28, 52], 0.839, 0.807, 0.836, 0.729, 0.915),
        ("conversation_progression", [23, 58, 55], 0.799, 0.782, 0.845, 0.753, 0.911),
    ],
)
def test_published_agreement_fits_the_labels(
    shared_data: Path, name: str, mix: list[int], accuracy: float, macro_f1: float, kappa: float,
    low: float, high: float,
) -> None:  # fmt: skip
    gold = labels(shared_data, name)
    assert [Counter(gold)[level] for level in (1, 2, 3)] == mix
    found = tables_with(mix, round(len(gold) * (1 - accuracy)))
    found = found[np.abs(tables.macro_f1(found) - macro_f1) < 0.005]
    kappas = tables.cohen_kappa(found, tables.disagreement(LEVELS, "quadratic"))
    assert kappas.min() <= kappa <= kappas.max()
    table = found[np.abs(kappas - kappa).argmin()]
    rows = [(r, c) for r in range(3) for c in range(3) for _ in range(int(table[r, c]))]
    ours = figure(rows)
    assert ours.value == pytest.approx(kappa, abs=0.002)
    assert ours.low == pytest.approx(low, abs=0.04)
    assert ours.high == pytest.approx(high, abs=0.03)


def test_the_mix_of_spoken_clips(shared_data: Path) -> None:
    assert Counter(labels(shared_data, "agent_speech_fidelity")) == {0: 122, 1: 25}


def figure(rows: list[tuple[int, int]]):  # type: ignore[no-untyped-def]
    """Quadratic kappa of pairs of levels, each a call of its own."""
    given = np.array(rows, float) + 1
    people = Ratings(
        given[:, :1], np.arange(len(rows)), tuple(range(len(rows))), ("person",), tuple(LEVELS)
    )
    return judge_figures(people, given[:, 1], "ordinal", against="consensus")["kappa_quadratic"]
