"""A workspace in which one judge may judge alone, and others each miss one thing of it.

Calls without sound, six agent turns each, in two languages; splits are those that the recordings'
hashes give. Three people rate the drawn calls. As a program it makes such a workspace: `FOLDER`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span
from app.domain.judging import JudgeDefinition
from app.domain.new import NewCall
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.services import calls, raters
from app.services.calibrating import splits
from app.services.judging import definitions
from app.services.opening import open_workspace
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.repos.calibration_facts import CalibrationFacts
from db.repos.scores import NewScore

CALLS, TURNS = 340, 6
RATE_HZ, TURN_FRAMES = 8_000, 16_000
RUBRIC = "agent_turns"
ANCHORS_DRAWN, OTHERS_DRAWN = 0.85, 0.25
"""With which chance an anchor and any other call is drawn for people."""
PEOPLE = ("Ann", "Ben", "Cleo")
PEOPLE_ERR = 0.08
"""Share of a person's scores that lie a level off."""
Values = NDArray[np.int64]


@dataclass(frozen=True)
class Planted:
    """A judge, by what it errs in; shares of its scores."""

    name: str
    errs: float = 0.02
    """A level off."""
    flips: float = 0.0
    """Drawn anew in each run, a level off."""
    was_off: float = 0.0
    """Of the lowest level, given the highest one before the anchors were run again."""
    leaves: float = 0.0
    """Of the German calls, left out."""
    misses: float = 0.006
    """Of the anchors' failures on the check, not found, and as many found where there are none."""


JUDGES = (
    Planted("excellent"),
    Planted("drifted", was_off=0.25),
    Planted("unsteady", errs=0.0, flips=0.06),
    Planted("rough", errs=0.095),
    Planted("little_german", errs=0.03, leaves=0.6),
    Planted("overlooks", misses=0.05),
)


@dataclass(frozen=True)
class LadderWorld:
    """The workspace, who looks at it, and what there is."""

    ws: Workspace
    lead: Viewer
    rubric: RubricVersion
    calls: tuple[str, ...]
    items: NDArray[np.object_]
    """(calls, turns)"""
    anchors: tuple[int, ...]
    """Numbers of calls."""
    drawn: tuple[int, ...]
    chances: tuple[float, ...]


def build(ws: Workspace) -> LadderWorld:
    """Add the calls, freeze the splits, and store what people and judges gave."""
    lead, rubric, ids = raters.sign_in(ws, "Lee", "lead"), _rubric(ws), _calls(ws)
    split = splits.freeze(ws, lead)
    with ws.db.read() as uow:
        found = CalibrationFacts(uow.connection).calls(ids)
    anchors = tuple(n for n, c in enumerate(found) if split.role(c) == "anchor_test")
    chances = tuple(ANCHORS_DRAWN if n in anchors else OTHERS_DRAWN for n in range(CALLS))
    drawn = np.flatnonzero(np.random.default_rng(21).random(CALLS) < chances)
    world = LadderWorld(
        ws, lead, rubric, ids, _items(ws, ids), anchors, tuple(drawn.tolist()), chances
    )
    chance = np.random.default_rng(20)
    care = chance.choice(3, (CALLS, TURNS), p=(0.3, 0.4, 0.3))
    honest = (chance.random((CALLS, TURNS)) >= 0.3).astype(np.int64)
    for number, name in enumerate(PEOPLE):
        _person(world, name, care, honest, np.random.default_rng(30 + number))
    for number, judge in enumerate(JUDGES):
        _judge(world, judge, care, honest, np.random.default_rng(50 + number))
    return world


def _rubric(ws: Workspace) -> RubricVersion:
    levels = [{"value": v, "anchor": f"Level {v}."} for v in range(3)]
    criteria = [
        {"key": "care", "title": "Care", "question": "?", "scope": "agent_turn", "levels": levels},
        {"key": "honest", "title": "Says nothing false", "question": "?", "scope": "agent_turn",
         "scale": "binary", "levels": levels[:2]},
    ]  # fmt: skip
    return add_rubric(ws, rubric_of({"key": RUBRIC, "title": "Agent turns", "criteria": criteria}))


def _calls(ws: Workspace) -> tuple[str, ...]:
    with ws.db.machine() as uow:
        return tuple(
            calls.add_call(
                uow,
                NewCall(
                    title=f"Call {at + 1}", rate_hz=RATE_HZ, frame_count=TURNS * TURN_FRAMES,
                    channel_map="mono", tracks=(), blobs=(), source_path="",
                    content_sha256=f"{at:064x}", agent="mara", language="de" if at % 2 else "en",
                ),
            )
            for at in range(CALLS)
        )  # fmt: skip


def _items(ws: Workspace, ids: Sequence[str]) -> NDArray[np.object_]:
    out = np.empty((CALLS, TURNS), object)
    with ws.db.machine() as uow:
        for n, call_id in enumerate(ids):
            for turn in range(TURNS):
                span = Span(turn * TURN_FRAMES, (turn + 1) * TURN_FRAMES)
                ref = ItemRef(kind="turn", call_id=call_id, span=span, speaker="agent")
                out[n, turn] = uow.scores.item(ref)
    return out


def _off(values: Values, share: float, chance: np.random.Generator) -> Values:
    """A share of the values a level away, up or down."""
    step = np.where(values == 0, 1, np.where(values == 2, -1, chance.choice((-1, 1), values.shape)))
    return np.where(chance.random(values.shape) < share, values + step, values)


def _person(
    world: LadderWorld, name: str, care: Values, honest: Values, chance: np.random.Generator
) -> None:
    """Drawn with a known probability; one form a call."""
    rater_id = raters.sign_in(world.ws, name, "reviewer").rater_id
    rows = [
        {"call_id": world.calls[n], "item_id": None, "rater_id": rater_id, "policy": "random",
         "reason": "Drawn", "rubric_version_id": world.rubric.id,
         "inclusion_prob": world.chances[n], "seed": 21}
        for n in world.drawn
    ]  # fmt: skip
    with world.ws.db.human() as uow:
        AssignmentRepo(uow.connection).add(rows)
    wrong = chance.random(honest.shape) < 0.02
    given = {"care": _off(care, PEOPLE_ERR, chance), "honest": np.where(wrong, 1 - honest, honest)}
    _say(world, rater_id, given, world.drawn, forms=True)


def _judge(
    world: LadderWorld, judge: Planted, care: Values, honest: Values, chance: np.random.Generator
) -> None:
    """A run over what people have and the anchors, and one more over the anchors."""
    with world.ws.db.human() as uow:
        made = uow.judges.add_definition(
            JudgeDefinition(
                id="", version=0, name=judge.name, title=judge.name, kind="llm", unit="turn",
                modality="text", context="whole", rubric=RUBRIC, shape="single",
                prompts={"user": judge.name},
            )
        )  # fmt: skip
    version = definitions.bind(world.ws, made, world.rubric, model="kestrel-2", params={})
    steady = _off(care, judge.errs, chance)
    was_off = (steady == 0) & (chance.random(care.shape) < judge.was_off)
    was_off[[n for n in range(CALLS) if n not in world.anchors]] = False
    first = {"care": np.where(was_off, 2, _off(steady, judge.flips, chance))}
    if judge.name in ("excellent", "overlooks"):
        first["honest"] = _checked(world, honest, judge.misses, chance)
    again = {**first, "care": _off(steady, judge.flips, chance)}
    left = {n for n in range(1, CALLS, 2) if chance.random() < judge.leaves}
    there = sorted({*world.drawn, *world.anchors} - left)
    before = _say(world, version.rater_id, first, there)
    anew = [n for n in world.anchors if n not in left]
    _say(world, version.rater_id, again, anew, before)


def _checked(
    world: LadderWorld, honest: Values, misses: float, chance: np.random.Generator
) -> Values:
    """The check with as many failures missed as made up; one of each outside the anchors."""
    found = honest.copy()
    anchors = np.isin(np.arange(CALLS), world.anchors)
    for inside in (anchors, ~anchors & np.isin(np.arange(CALLS), world.drawn)):
        failures = int((honest[inside] == 0).sum())
        count = max(1, round(misses * failures)) if inside is anchors else 1
        for value in (0, 1):
            places = np.argwhere((honest == value) & inside[:, None])
            at = places[chance.choice(len(places), count, replace=False)]
            found[at[:, 0], at[:, 1]] = 1 - value
    return found


def _say(
    world: LadderWorld, rater_id: str, given: Mapping[str, Values], numbers: Sequence[int],
    before: Mapping[tuple[int, int, str], str] | None = None, *, forms: bool = False,
) -> dict[tuple[int, int, str], str]:  # fmt: skip
    """Submit scores of those calls; `before` are the ones that they supersede."""
    criteria = {c.key: c.id for c in world.rubric.criteria}
    made: dict[tuple[int, int, str], str] = {}
    with world.ws.db.machine() as uow:
        for n in numbers:
            call_id = world.calls[n]
            form = uow.scores.add_submission(rater_id, call_id, world.rubric.id)[0] if forms else ""
            for turn in range(TURNS):
                for key, values in given.items():
                    answer = Answer(status="observed", value=int(values[n, turn]))
                    made[n, turn, key], _ = uow.scores.add(
                        NewScore(
                            call_id=call_id, item_id=world.items[n, turn], answer=answer,
                            rubric_version_id=world.rubric.id, criterion_id=criteria[key],
                            rater_id=rater_id, phase="submitted", blind=True,
                            submission_id=form or None,
                            supersedes_id=(before or {}).get((n, turn, key)),
                        )
                    )  # fmt: skip
    return made


if __name__ == "__main__":
    opened = open_workspace(Path(sys.argv[1]), create=True)
    try:
        build(opened)
    finally:
        opened.close()
