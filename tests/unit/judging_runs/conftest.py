"""Workspaces of short calls in words alone, and judges that are asked over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.domain.calls import Span, Speaker
from app.domain.endpoints import EndpointProfile
from app.domain.evaluation import Run
from app.domain.ids import new_id
from app.domain.new import NewCall, Scenario
from app.domain.ratings import Score, Viewer
from app.domain.segments import Layer, LayerKind, Segment
from app.domain.work import Quiet
from app.services import calls, evaluating, layers, opening, raters
from app.services.judging import endpoints, judging_runs
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from tests.support.chat_answers import Answer, Asked, valid
from tests.support.chat_schema import OPEN
from tests.support.chat_server import ChatServer, serving

RATE = 8000
TURN = RATE  # a second
HERE = "loopback"
GIC = JudgeChoice(ref="gic@1", endpoint=HERE, model="m")
DIMENSIONS = 8


def add_calls(
    ws: Workspace, count: int, agent_turns: int = 1, scenario: str = "1.1", **values: Any
) -> list[str]:
    """Calls of a caller's and an agent's turn in turns; every text says which call it is of."""
    return [add_call(ws, f"CALL-{at:03d}", agent_turns, scenario, **values) for at in range(count)]


def add_call(ws: Workspace, name: str, agent_turns: int, scenario: str, **values: Any) -> str:
    frames = (2 * agent_turns + 1) * 2 * TURN
    new = NewCall(
        title=name, rate_hz=RATE, frame_count=frames, channel_map="caller,agent", tracks=(),
        blobs=(), source_path="", content_sha256=new_id(), scenario_key=scenario, language="en",
        **values,
    )  # fmt: skip
    spoken: list[tuple[Speaker, str]] = []
    for at in range(agent_turns):
        spoken += [
            ("caller", f"{name}: I would like to ask for thing {at}, if I may, please."),
            ("agent", f"{name}: Of course, thing {at} will be with you on the next working day."),
        ]
    with ws.db.machine() as uow:
        call_id = calls.add_call(uow, new)
        for kind in ("speech", "transcript"):
            layers.add_layer(uow, _layer(call_id, kind), _segments(spoken))
    return call_id


def _layer(call_id: str, kind: LayerKind) -> Layer:
    origin: Any = "detector" if kind == "speech" else "import"
    return Layer(
        id=new_id(), call_id=call_id, kind=kind, origin=origin, name=kind, producer="test",
        version=1,
    )  # fmt: skip


def _segments(spoken: Sequence[tuple[Speaker, str]]) -> list[Segment]:
    return [
        Segment(id=f"s{at}", speaker=who, span=Span(2 * at * TURN, (2 * at + 1) * TURN), text=text)
        for at, (who, text) in enumerate(spoken)
    ]


def put_scenario(ws: Workspace, key: str = "1.1") -> None:
    body = {"agent": {"role": "Clerk", "core_task": "Send things."}, "user": {}}
    made = Scenario(id=new_id(), key=key, archetype="", title="Things", body=body, sha256=new_id())
    calls.put_scenarios(ws, [made])


def open_shop(path: Path, server: ChatServer | str, **profile: Any) -> Workspace:
    """A workspace with our judges and one endpoint."""
    ws = opening.open_workspace(path, create=True)
    put_scenario(ws)
    url = server if isinstance(server, str) else server.url
    known = {"concurrency": 16, "retries": 2, "timeout_s": 10.0, **profile}
    endpoints.save_endpoint(ws, EndpointProfile(name=HERE, base_url=url, **known))
    return ws


def beyond_scale(asked: Asked) -> Answer:
    """A level that the scale does not have, never "not applicable" instead."""

    def choose(path: tuple[str, ...], _schema: Mapping[str, Any]) -> Any:
        return 99 if path[-1:] == ("score",) else OPEN

    return Answer(json.dumps(valid(asked, choose)))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def ws(tmp_path: Path, server: ChatServer) -> Iterator[Workspace]:
    opened = open_shop(tmp_path / "ws", server)
    yield opened
    opened.close()


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


@pytest.fixture
def judge(ws: Workspace, lead: Viewer) -> Callable[..., Run]:
    """Have judges score calls until the run is over."""

    def go(call_ids: Sequence[str], *choices: JudgeChoice, **options: Any) -> Run:
        made = judging_runs.create(ws, lead, call_ids, choices or (GIC,), **options)
        return evaluating.drive(Quiet(), ws, made.id)

    return go


@pytest.fixture
def scores(ws: Workspace, lead: Viewer) -> Callable[..., list[Score]]:
    def found(newest: bool = True) -> list[Score]:
        with ws.db.read() as uow:
            return uow.scores.visible(lead, newest=newest)

    return found


def replies(ws: Workspace) -> list[dict[str, Any]]:
    """Every reply without its contents, in order."""
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT id, run_id, key, attempt, status, failure, endpoint FROM judge_reply "
            "ORDER BY seq"
        )
        return [dict(row) for row in rows.mappings()]
