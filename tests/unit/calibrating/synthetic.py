"""A workspace with seeded raters of known bias and noise, and judges that err in known ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span
from app.domain.ids import new_id
from app.domain.judging import JudgeDefinition
from app.domain.new import NewCall
from app.domain.ratings import Answer, ItemRef, Viewer, score_value
from app.domain.rubrics import RubricVersion
from app.services import calls, raters
from app.services.judging import definitions
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.repos.scores import NewScore

RATE = 8000
FRAMES = 80_000
Ints = NDArray[np.int64]


def rubric(ws: Workspace, *, key: str = "synthetic", high: int = 5) -> RubricVersion:
    """Two ordinal dimensions and a check, all of whole calls."""
    levels = [{"value": v, "anchor": f"level {v}"} for v in range(1, high + 1)]
    check = [{"value": v, "anchor": str(v)} for v in (0, 1)]
    criteria: list[dict[str, Any]] = [
        {"key": k, "title": k, "question": "?", "scope": "call", "levels": levels}
        for k in ("tone", "help")
    ]
    criteria.append(
        {"key": "done", "title": "done", "question": "?", "scope": "call", "scale": "binary",
         "levels": check}
    )  # fmt: skip
    return add_rubric(ws, rubric_of({"key": key, "title": key, "criteria": criteria}))


@dataclass
class World:
    """Adds calls, raters and scores."""

    ws: Workspace
    rubric: RubricVersion
    lead: Viewer
    calls: tuple[str, ...]

    def person(self, name: str) -> str:
        return raters.sign_in(self.ws, name, "reviewer").rater_id

    def judge(self, name: str = "judge", model: str = "m1") -> str:
        with self.ws.db.human() as uow:
            made = uow.judges.add_definition(
                JudgeDefinition(
                    id="", version=0, name=name, title=name, kind="llm", unit="call",
                    modality="text", context="whole", rubric=self.rubric.key, shape="single",
                    prompts={"user": name},
                )
            )  # fmt: skip
        return definitions.bind(self.ws, made, self.rubric, model=model, params={}).rater_id

    def say(
        self,
        rater: str,
        key: str,
        values: Sequence[float | None],
        *,
        blind: bool = True,
        calls: Sequence[str] | None = None,
        again: Sequence[str] = (),
        rationale: str = "",
    ) -> list[str]:
        """One value a call, None leaves it unscored; `again` are the scores that these replace."""
        criterion = next(c.id for c in self.rubric.criteria if c.key == key)
        made = []
        with self.ws.db.machine() as uow:
            for at, (call_id, value) in enumerate(zip(calls or self.calls, values)):
                if value is None:
                    continue
                item = ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))
                new = NewScore(
                    call_id=call_id, item_id=uow.scores.item(item),
                    rubric_version_id=self.rubric.id, criterion_id=criterion, rater_id=rater,
                    answer=Answer(status="observed", value=score_value(value), rationale=rationale),
                    phase="submitted",
                    blind=blind, supersedes_id=again[at] if again else None,
                )  # fmt: skip
                made.append(uow.scores.add(new)[0])
        return made

    def draw(self, rater: str, calls: Sequence[str], chance: float, policy: str = "random") -> None:
        """Assignments with a known probability."""
        rows = [
            {"call_id": c, "item_id": None, "rater_id": rater, "policy": policy, "reason": "test",
             "rubric_version_id": self.rubric.id, "inclusion_prob": chance, "seed": 1}
            for c in calls
        ]  # fmt: skip
        with self.ws.db.human() as uow:
            AssignmentRepo(uow.connection).add(rows)


def world(ws: Workspace, n: int, **rubric_of: Any) -> World:
    """A workspace with `n` calls, half of them German."""
    made = []
    with ws.db.machine() as uow:
        for at in range(n):
            new = NewCall(
                title=f"Call {at}", rate_hz=RATE, frame_count=FRAMES, channel_map="mono",
                tracks=(), blobs=(), source_path="", content_sha256=f"{at:064x}", agent="mara",
                language="de" if at % 2 else "en",
            )  # fmt: skip
            made.append(calls.add_call(uow, new))
    return World(
        ws,
        rubric(ws, **rubric_of),
        raters.sign_in(ws, f"lead {new_id()[-4:]}", "lead"),
        tuple(made),
    )


def truth(n: int, seed: int = 1, high: int = 5) -> Ints:
    """What the calls are worth."""
    return np.random.default_rng(seed).integers(1, high + 1, n)


def noisy(of: Ints, seed: int, *, bias: float = 0.0, sd: float = 0.5, high: int = 5) -> list[int]:
    """A rater's view of it: shifted, blurred, rounded and kept on the scale."""
    blur = np.random.default_rng(seed).normal(bias, sd, len(of))
    return [int(v) for v in np.clip(np.round(of + blur), 1, high)]
