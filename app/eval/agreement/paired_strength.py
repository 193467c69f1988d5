"""Strengths of systems from paired comparisons: Bradley-Terry, Davidson's ties, a position term.

A comparison is (first, second): who was shown or heard first. The position term is how much being
first is worth, in log odds: the test of position bias. Davidson (1970) adds ties whose odds grow
where two systems are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats

STEPS = 100
TINY = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Games:
    """Comparisons of one ordered pair of systems."""

    first: int
    second: int
    wins: float
    """of the first"""
    losses: float
    ties: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strengths:
    """Log strengths, system 0 at 0; standard errors from the information matrix."""

    values: tuple[float, ...]
    errors: tuple[float, ...]
    position: float | None
    position_error: float | None
    log_tie: float | None
    log_likelihood: float


def strengths(
    games: Sequence[Games], systems: int, *, position: bool = False, ties: bool = False
) -> Strengths | None:
    """The maximum of the likelihood, by Newton's method with an analytic Hessian.

    Args:
        games: the counts.
        systems: how many systems there are.
        position: whether to estimate what being first is worth.
        ties: whether ties are counted (Davidson); else they are left out.

    Returns:
        None where there is no maximum: a system that won all or lost all, or groups of systems
        that were never compared.
    """
    design, counts = _design(games, systems, position, ties)
    if not len(design) or not _connected(games, systems, ties):
        return None
    theta = np.zeros(design.shape[2])
    for _ in range(STEPS):
        gradient, hessian, _ = _derivatives(theta, design, counts)
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return None
        theta = theta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < TINY:
            break
    else:
        return None
    _, hessian, likelihood = _derivatives(theta, design, counts)
    variance = _variance(hessian)
    if variance is None:
        return None
    error = np.sqrt(variance)
    own = systems - 1
    at = own
    return Strengths(
        values=(0.0, *(float(v) for v in theta[:own])),
        errors=(0.0, *(float(v) for v in error[:own])),
        position=float(theta[at]) if position else None,
        position_error=float(error[at]) if position else None,
        log_tie=float(theta[-1]) if ties else None,
        log_likelihood=likelihood,
    )


def _design(
    games: Sequence[Games], systems: int, position: bool, ties: bool
) -> tuple[Floats, Floats]:
    """Scores of the outcomes (first wins, second wins, tie) as linear in the parameters.

    Shapes (games, outcomes, parameters) and (games, outcomes).
    """
    size = systems - 1 + position + ties
    rows, counts = [], []
    for game in games:
        first, second = np.zeros(size), np.zeros(size)
        for vector, system in ((first, game.first), (second, game.second)):
            if system:
                vector[system - 1] = 1.0
        if position:
            first[systems - 1] = 1.0
        outcomes = [first, second]
        found = [game.wins, game.losses]
        if ties:
            # nu · sqrt(strength of one · strength of the other); being first counts half.
            tie = (first + second) / 2
            tie[-1] = 1.0
            outcomes.append(tie)
            found.append(game.ties)
        rows.append(outcomes)
        counts.append(found)
    return np.array(rows), np.array(counts, np.float64)


def _derivatives(theta: Floats, design: Floats, counts: Floats) -> tuple[Floats, Floats, float]:
    """Gradient, negative Hessian and value of the log likelihood."""
    scores = design @ theta
    top = scores.max(1, keepdims=True)
    odds = np.exp(scores - top)
    total = odds.sum(1, keepdims=True)
    chance = odds / total
    n = counts.sum(1)
    mean = np.einsum("go,gop->gp", chance, design)
    gradient = np.einsum("go,gop->p", counts, design) - n @ mean
    second = np.einsum("g,go,gop,goq->pq", n, chance, design, design)
    hessian = second - np.einsum("g,gp,gq->pq", n, mean, mean)
    likelihood = float((counts * (scores - top - np.log(total))).sum())
    return gradient, hessian, likelihood


def _variance(hessian: Floats) -> Floats | None:
    """Of the parameters; None on a ridge, where nothing holds the terms of position or ties."""
    try:
        found = np.diag(np.linalg.inv(hessian))
    except np.linalg.LinAlgError:
        return None
    return found if bool((found > 0).all()) else None


def _connected(games: Sequence[Games], systems: int, ties: bool) -> bool:
    """Whether every system is reached from every other by beating, or by a tie (Ford 1957)."""
    beats = np.eye(systems, dtype=bool)
    for game in games:
        tie = ties and game.ties > 0
        beats[game.first, game.second] |= game.wins > 0 or tie
        beats[game.second, game.first] |= game.losses > 0 or tie
    for middle in range(systems):
        beats |= beats[:, [middle]] & beats[[middle], :]
    return bool(beats.all())
