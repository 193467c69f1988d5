"""Simulated panels and judges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.eval.agreement.ratings import Floats, Ratings

LEVELS = (1.0, 2.0, 3.0, 4.0, 5.0)


@pytest.fixture
def panel() -> Callable[..., tuple[Ratings, Floats]]:
    """Makes people's ratings and a judge's: turns of calls, 1 to 5."""
    return simulated


def simulated(
    calls: int = 60,
    turns: int = 6,
    people: int = 3,
    noise: float = 0.5,
    judge_noise: float = 0.5,
    judge_bias: float = 0.0,
    gaps: float = 0.0,
    seed: int = 1,
) -> tuple[Ratings, Floats]:
    """Truth is a call's part plus a turn's; each rater adds noise of their own."""
    chance = np.random.default_rng(seed)
    n = calls * turns
    truth = 3 + np.repeat(chance.normal(size=calls), turns) * 0.7 + chance.normal(size=n) * 0.7

    def rated(sd: float, bias: float = 0.0) -> Floats:
        return np.clip(np.round(truth + bias + sd * chance.normal(size=n)), 1, 5)

    values = np.stack([rated(noise) for _ in range(people)], 1)
    judge = rated(judge_noise, judge_bias)
    values[chance.random(values.shape) < gaps] = np.nan
    names = tuple(f"r{k}" for k in range(people))
    groups = np.repeat(np.arange(calls), turns)
    return Ratings(values, groups, tuple(range(n)), names, LEVELS), judge
