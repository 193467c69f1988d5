"""Pairs of calls that differ in length, latency and agent, and judges swayed by just so much."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.calls import Span
from app.domain.evaluation import NewResult
from app.domain.metrics import MetricValue
from app.domain.new import NewCall
from app.domain.ratings import Answer, ItemRef
from app.eval.calibration.rules import PRESETS
from app.services import calls, raters
from app.services.calibrating import agreement, gather
from app.services.calibrating.detail_source import Source, source_of
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from tests.unit.calibrating.synthetic import RATE, World

KEY = "better"
CRITERION = {
    "key": KEY, "title": KEY, "question": "?", "scope": "pair",
    "levels": [{"value": v, "anchor": str(v)} for v in (-1, 0, 1)],
}  # fmt: skip
RULE = PRESETS["default"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One call of a pair; `own`: its agent is of the judge's family."""

    seconds: float
    latency_s: float
    agent_version: str
    own: float


@dataclass(slots=True, kw_only=True)
class Pairs:
    """A world of pairs; what anybody says is of the first call."""

    world: World
    sides: list[tuple[Side, Side]]
    items: list[tuple[ItemRef, str]]
    labels: list[int]

    def people(self, *names: str) -> None:
        """All give the pair's label."""
        for name in names:
            rater = self.world.person(name)
            self._say(rater, [(label, None) for label in self.labels])

    def judge(self, name: str, model: str, said: Sequence[tuple[int, ...]]) -> None:
        """A judge by what it said of each pair, in both orders or asked once."""
        rater = self.world.judge(name, model)
        given = [(s[0] if len(set(s)) == 1 else 0, s if len(s) == 2 else None) for s in said]
        self._say(rater, given)

    def swayed(self, by: Mapping[str, float], seed: int) -> list[tuple[int, ...]]:
        """What a judge says whose log odds for what is shown first are made of these parts."""
        chance = np.random.default_rng(seed)
        found: list[tuple[int, ...]] = []
        for (one, two), label in zip(self.sides, self.labels, strict=True):
            x = {
                "human": label, "length": np.log2(one.seconds / two.seconds),
                "latency": one.latency_s - two.latency_s, "own_family": one.own - two.own,
            }  # fmt: skip
            said = []
            for turned in (1, -1):
                odds = by.get("intercept", 0.0) + turned * sum(
                    v * x[k] for k, v in by.items() if k in x
                )
                first = 1 if chance.random() < 1 / (1 + np.exp(-odds)) else -1
                said.append(0 if chance.random() < 0.05 else first * turned)
            found.append((said[0], said[1]))
        return found

    def source(self, judge: str) -> Source:
        """The cell's arrays."""
        made = self.world
        found = gather.load(made.ws, made.lead, made.rubric.key)
        cell = agreement.cell(found, found.judges_named(judge)[0], KEY, RULE)
        return source_of(found, cell, RULE)

    def _say(self, rater: str, given: Sequence[tuple[int, tuple[int, ...] | None]]) -> None:
        made = self.world
        with made.ws.db.machine() as uow:
            for (item, item_id), (value, orders) in zip(self.items, given, strict=True):
                uow.scores.add(
                    NewScore(
                        call_id=item.call_id, item_id=item_id, rater_id=rater, phase="submitted",
                        rubric_version_id=made.rubric.id, criterion_id=made.rubric.criteria[0].id,
                        answer=Answer(status="observed", value=value), blind=True,
                        presentation=json.dumps({"order_values": orders}) if orders else None,
                    )
                )  # fmt: skip


def pairs(ws: Workspace, sides: list[tuple[Side, Side]], labels: list[int]) -> Pairs:
    """A workspace with these pairs; labels are of each pair's first call."""
    ids, items = [], []
    with ws.db.machine() as uow:
        for at, side in enumerate(s for two in sides for s in two):
            new = NewCall(
                title=f"Call {at}", rate_hz=RATE, frame_count=round(side.seconds * RATE),
                channel_map="mono", tracks=(), blobs=(), source_path="", agent="orin",
                content_sha256=f"{at:064x}", agent_version=side.agent_version,
            )  # fmt: skip
            ids.append(calls.add_call(uow, new))
            if not np.isnan(side.latency_s):
                value = MetricValue(
                    metric_id="latency.mean", value=1000 * side.latency_s, speaker="agent"
                )
                uow.evaluations.add(
                    NewResult(
                        call_id=ids[-1], evaluator="test", version="1", args={}, inputs={},
                        key=f"wait{at}", status="ok", values=(value,),
                    )
                )  # fmt: skip
        for one, two in zip(ids[::2], ids[1::2], strict=True):
            other = uow.scores.item(ItemRef(kind="call", call_id=two, span=Span(0, RATE)))
            item = ItemRef(kind="pair", call_id=one, span=Span(0, RATE), other_item_id=other)
            items.append((item, uow.scores.item(item)))
    rubric = add_rubric(ws, rubric_of({"key": "pairs", "title": "pairs", "criteria": [CRITERION]}))
    lead = raters.sign_in(ws, "A lead", "lead")
    made = World(ws, rubric, lead, tuple(ids))
    return Pairs(world=made, sides=sides, items=items, labels=labels)


def drawn(n: int, seed: int) -> tuple[list[tuple[Side, Side]], list[int]]:
    """Sides that differ in everything, and labels; some are ties."""
    chance = np.random.default_rng(seed)
    versions = ("gpt-realtime", "claude 4", "gemini live")

    def side() -> Side:
        version = versions[int(chance.integers(3))]
        return Side(
            seconds=float(2 ** chance.uniform(3, 6)), latency_s=float(chance.uniform(0.3, 2.8)),
            agent_version=version, own=float(version.startswith("gpt")),
        )  # fmt: skip

    sides = [(side(), side()) for _ in range(n)]
    return sides, chance.choice([-1, 0, 1], n, p=[0.45, 0.1, 0.45]).tolist()
