"""One reply of the calibration demo, composed of faults with known sizes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from demo.phrases import BLANKS, FILLERS, FOR_THE_EYE, QUESTIONS, Topic

HIDDEN = 0.12
"""How often a repetition is in other words, or length is needed: what rules cannot tell."""


@dataclass(slots=True)
class Reply:
    """What the agent says, and what is wrong with it by plan: a value for each criterion."""

    text: str
    said: list[str] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)


def reply(topic: Topic, at: int, before: list[Reply], wrong: float, dice: random.Random) -> Reply:
    """The agent's reply `at` of a call.

    Args:
        topic: of the call.
        at: 0-based, among the agent's replies.
        before: those that came before it.
        wrong: how likely each fault is.
        dice: seeded.
    """
    parts, plan, said = [topic.says[at]], dict.fromkeys(CRITERIA, 0), [topic.says[at]]
    plan |= {"brevity": 3, "redundancy": 2, "repetition": 2, "placeholders": 1, "speakability": 1}
    kind = topic.language
    if dice.random() < wrong:
        _lengthen(topic, parts, plan, dice)
    if before and dice.random() < wrong * 1.3:
        _repeat(topic, at, parts, plan, dice)
    if dice.random() < wrong:
        parts.insert(0, dice.choice(FILLERS[kind]))
        plan["redundancy"] = min(plan["redundancy"], 1)
    if dice.random() < wrong * 0.5:
        parts += QUESTIONS[kind]
        plan["redundancy"] = 0
    if dice.random() < wrong * 0.8:
        parts.append(BLANKS[kind])
        plan["placeholders"] = 0
    if dice.random() < wrong * 0.8:
        parts.append(FOR_THE_EYE[kind])
        plan["speakability"] = 0
    over = len(parts) - 2
    if over > 0 and not plan.pop("needed", False):
        plan["brevity"] = min(plan["brevity"], 1 if over > 1 else 2)
    plan.pop("needed", None)
    return Reply(" ".join(parts), said, plan)


CRITERIA = ("brevity", "redundancy", "repetition", "placeholders", "speakability")


def _lengthen(topic: Topic, parts: list[str], plan: dict[str, Any], dice: random.Random) -> None:
    """Say more than was asked; now and then it is what the caller must hear."""
    if dice.random() < HIDDEN:
        parts += topic.needed[:2]
        plan["needed"] = True
        return
    parts += dice.sample(topic.extras, dice.choice((2, 2, 2, 3)))


def _repeat(
    topic: Topic, at: int, parts: list[str], plan: dict[str, Any],
    dice: random.Random,
) -> None:  # fmt: skip
    """Say what an earlier reply said; now and then in other words."""
    earlier = topic.says[:at]
    again = list(earlier) if at > 1 and dice.random() < 0.5 else [dice.choice(earlier)]
    hidden = dice.random() < HIDDEN
    parts += [topic.reworded[topic.says.index(s)] for s in again] if hidden else again
    plan["repetition"] = 0 if len(again) > 1 else 1
    plan["redundancy"] = min(plan["redundancy"], 1)
