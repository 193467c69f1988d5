"""A workspace with judged calls: judges, flows and their verdicts, without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Span, Track
from app.domain.flows import FlowNode, FlowVersion
from app.domain.ids import new_id
from app.domain.judging import JudgeDefinition
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Answer, Evidence, ItemRef
from app.domain.rubrics import RubricVersion
from app.services import calls
from app.services.assets import asset
from app.services.judging import definitions
from app.services.judging.flow_rubrics import rubric_of_flow
from app.services.rubrics import add_rubric, load_rubrics, rubric_of, rubric_versions
from app.services.workspace import Workspace
from db.repos.base import dump
from db.repos.scores import NewScore

RATE = 8000
FRAMES = 80_000
NA = "na"
FAILED = "failed"
Value = int | str


def levels(*values: int) -> list[dict[str, Any]]:
    return [{"value": v, "anchor": f"level {v}"} for v in values]


def eva_rubric(ws: Workspace, key: str, *values: int, scope: str = "call") -> RubricVersion:
    """A rubric of EVA's kind; our own shipped ones may have more criteria."""
    body = {
        "key": key,
        "title": key,
        "overall": {"criterion": key, "rule": "lowest"},
        "criteria": [
            {"key": key, "title": key, "question": "?", "scope": scope, "levels": levels(*values)}
        ],
    }
    return add_rubric(ws, rubric_of(body))


@dataclass
class Judged:
    """Adds calls, judges and verdicts to a workspace."""

    ws: Workspace
    layer: int = 0
    _raters: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        load_rubrics(self.ws, asset("rubrics"))
        self.gic = max(
            (r for r in rubric_versions(self.ws) if r.key == "gic"), key=lambda r: r.version
        )

    def call(self, **values: Any) -> str:
        """A call; its id."""
        sha = new_id()
        track = Track(
            id=new_id(), role="mix", audio_sha256=sha, channel_index=0, rate_hz=RATE,
            frame_count=FRAMES,
        )  # fmt: skip
        base: dict[str, Any] = {
            "title": "A call", "rate_hz": RATE, "frame_count": FRAMES, "channel_map": "mono",
            "tracks": (track,), "blobs": (AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
            "source_path": "a.wav", "content_sha256": sha, "agent": "mara",
        }  # fmt: skip
        with self.ws.db.machine() as uow:
            return calls.add_call(uow, NewCall(**{**base, **values}))

    def judge(
        self, rubric: RubricVersion, name: str = "judge", model: str = "m1", **params: Any
    ) -> str:
        """A bound judge of a rubric; its rater."""
        with self.ws.db.human() as uow:
            made = uow.judges.add_definition(
                JudgeDefinition(
                    id="",
                    version=0,
                    name=name,
                    title=name,
                    kind="llm" if model else "baseline",
                    unit="turn",
                    modality="text",
                    context="history",
                    rubric="tfc" if rubric.key.startswith("tfc.") else rubric.key,
                    shape="single",
                    prompts={"user": "?"},
                )
            )
        return definitions.bind(self.ws, made, rubric, model=model, params=params).rater_id

    def turn(self, call_id: str, index: int, layer_version: int = 1) -> ItemRef:
        """Turn `index` (0-based) of a timing."""
        return ItemRef(
            kind="turn", call_id=call_id, span=Span(index * 1000, index * 1000 + 800),
            layer_id=self._layer(call_id), layer_version=layer_version, profile_id="callbench-1",
            turn_index=index + 1, speaker="agent",
        )  # fmt: skip

    def _layer(self, call_id: str) -> str:
        from app.domain.segments import Layer

        with self.ws.db.machine() as uow:
            known = uow.layers.of_call(call_id)
            if known:
                return known[0].id
            layer = Layer(
                id=new_id(), call_id=call_id, kind="speech", origin="detector", name="d",
                producer="test", version=1,
            )  # fmt: skip
            uow.layers.add(layer, ())
            return layer.id

    def say(
        self,
        rater_id: str,
        rubric: RubricVersion,
        item: ItemRef,
        values: Mapping[str, Value],
        details: Mapping[str, Mapping[str, Any]] | None = None,
        turns: Mapping[str, Sequence[int]] | None = None,
        **more: Any,
    ) -> list[str]:
        """Verdicts on an item, by criterion; ids of the scores."""
        by_key = {c.key: c.id for c in rubric.criteria}
        with self.ws.db.machine() as uow:
            item_id = uow.scores.item(item)
            return [
                uow.scores.add(
                    NewScore(
                        call_id=item.call_id,
                        item_id=item_id,
                        rubric_version_id=rubric.id,
                        criterion_id=by_key[key],
                        rater_id=rater_id,
                        answer=_answer(value, (turns or {}).get(key, ())),
                        phase="submitted",
                        blind=True,
                        presentation=dump(dict((details or {}).get(key, {}))) or None,
                        **more,
                    )
                )[0]
                for key, value in values.items()
            ]

    def gic_turns(
        self, rater_id: str, call_id: str, turns: Sequence[Mapping[str, Value]], version: int = 1
    ) -> None:
        """GIC verdicts, one mapping a turn."""
        for index, values in enumerate(turns):
            self.say(rater_id, self.gic, self.turn(call_id, index, version), values)

    def whole(self, call_id: str) -> ItemRef:
        """The call as an item."""
        return ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))

    def flow(self, key: str, nodes: Sequence[FlowNode]) -> tuple[FlowVersion, RubricVersion]:
        """A stored flow and its rubric."""
        made = FlowVersion(
            id="", key=key, version=0, title=key, sop="", nodes=tuple(nodes), stage="edit"
        )
        with self.ws.db.human() as uow:
            stored = uow.flows.add(made)
        return stored, rubric_of_flow(self.ws, stored)


def _answer(value: Value, turns: Sequence[int]) -> Answer:
    evidence = tuple(Evidence(turn_id=f"t{t + 1}", span=Span(0, 1)) for t in turns)
    if value == NA:
        return Answer(status="not_applicable", na_reason="no occasion", evidence=evidence)
    if value == FAILED:
        return Answer(status="parse_error", rationale="no JSON")
    return Answer(status="observed", value=int(value), rationale="so", evidence=evidence)


def full(value: Value = 2, **other: Value) -> dict[str, Value]:
    """All eight dimensions of a turn."""
    names = "naturalness coherence hallucination redundancy emotion intent noise safety".split()
    return {**dict.fromkeys(names, value), **other}


WORKED_NODES = (
    FlowNode(id="n1", text="one", kind="key"),
    FlowNode(id="n2", text="two", kind="key", prereq=("n1",)),
    FlowNode(id="n3", text="three", kind="key", prereq=("n2",)),
    FlowNode(id="n4", text="four", kind="key", prereq=("n3",)),
    FlowNode(id="n5", text="five", kind="normal", prereq=("n2",)),
    FlowNode(id="n6", text="six", kind="branch", trigger="if"),
)
"""The worked vector of OutboundEval's specification."""
WORKED_VERDICTS: Mapping[str, Value] = {"n1": 2, "n2": 2, "n3": 0, "n4": 2, "n5": 2, "n6": NA}
WORKED_TURNS = {"n1": 1, "n2": 2, "n5": 3, "n4": 4}
WORKED_GIC = (
    full(NA, naturalness=2, coherence=2, hallucination=2, redundancy=1, intent=2),
    full(NA, naturalness=2, coherence=1, hallucination=2, redundancy=1, intent=2),
)
