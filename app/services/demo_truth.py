"""What was planted in the calibration demo, and the synthetic raters' answers drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput
from app.domain.rubrics import RubricVersion
from app.domain.yaml_text import load_yaml
from app.services.assets import asset

FOLDER = "calibration"
Values = Mapping[str, int]
"""Criterion → value of one reply."""
Keys = tuple[str, str]
"""Of a pair of calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """A synthetic rater: points above the plan, and the spread of its noise."""

    name: str
    bias: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Which of two calls raters prefer: the one that loses fewer points a reply by plan.

    Attributes:
        rubric: key of its rubric.
        count: pairs that are compared.
        margin: points a reply by which calls count as alike.
        sd: of each rater's noise, in points a reply.
        judges: name → planted fault.
    """

    rubric: str
    count: int
    margin: float
    sd: float
    judges: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What was planted; `plan` has a call's replies in their order, by the call's key."""

    seed: int
    rubric: str
    labelled: int
    raters: tuple[Rater, ...]
    judges: Mapping[str, Mapping[str, Any]]
    plan: Mapping[str, Sequence[Values]]
    pairs: Pairs


def read_truth() -> Truth:
    """The plan of the calls and what was planted, from our files.

    Raises:
        BadInput: they cannot be read.
    """
    import json

    import yaml

    try:
        body = load_yaml(asset(FOLDER, "truth.yaml").read_text(encoding="utf-8"))
        plan = json.loads(asset(FOLDER, "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadInput(
            f"The calibration demo cannot be read: {error}.", "Install again."
        ) from error
    return Truth(
        seed=int(body["seed"]), rubric=str(body["rubric"]), labelled=int(body["labelled"]),
        raters=tuple(Rater(**one) for one in body["raters"]), judges=body["judges"], plan=plan,
        pairs=Pairs(**body["pairs"]),
    )  # fmt: skip


def answers(truth: Truth, rubric: RubricVersion) -> Mapping[str, Mapping[str, Sequence[Values]]]:
    """Rater → call's key → values of each of the agent's replies; the same for the same seed.

    Every rater answers the same calls, which are drawn at random: `truth.labelled` of all.
    """
    import numpy as np

    keys = sorted(truth.plan)
    draw = np.random.default_rng(truth.seed)
    chosen = sorted(draw.choice(keys, truth.labelled, replace=False).tolist())
    scales = {c.key: [level.value for level in c.levels] for c in rubric.criteria}
    found: dict[str, dict[str, list[Values]]] = {}
    for number, rater in enumerate(truth.raters):
        dice = np.random.default_rng([truth.seed, number])

        def said(planned: Values, rater: Rater = rater, dice: Any = dice) -> Values:
            return {
                key: _on_scale(value + rater.bias + dice.normal(0.0, rater.sd), scales[key])
                for key, value in planned.items()
            }

        found[rater.name] = {key: [said(one) for one in truth.plan[key]] for key in chosen}
    return found


def _on_scale(value: float, levels: Sequence[int]) -> int:
    return min(max(round(value), min(levels)), max(levels))


def preferences(truth: Truth, pairs: Sequence[Keys]) -> Mapping[str, Sequence[int]]:
    """Rater → what they prefer of each pair: 1 its first call, −1 its second, 0 neither.

    The same for the same seed, whichever call of a pair comes first.
    """
    import numpy as np

    best = {
        key: max(reply[key] for replies in truth.plan.values() for reply in replies)
        for key in next(iter(truth.plan.values()))[0]
    }
    lost = {
        call: sum(best[k] - v for one in replies for k, v in one.items()) / len(replies)
        for call, replies in truth.plan.items()
    }
    found: dict[str, list[int]] = {}
    for number, rater in enumerate(truth.raters):
        dice = np.random.default_rng([truth.seed, number, len(pairs)])
        noise = dice.normal(0.0, truth.pairs.sd, len(pairs))
        gaps = [
            lost[two] - lost[one] + (n if one < two else -n)
            for (one, two), n in zip(pairs, noise.tolist(), strict=True)
        ]
        found[rater.name] = [(g > truth.pairs.margin) - (g < -truth.pairs.margin) for g in gaps]
    return found
