"""Builders for the services' tests: a call, layers, a rubric, people, and a judge's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.browsing import SummaryFigures
from app.domain.calls import Span, Speaker, Track
from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer, Segment
from app.domain.turns import Profile, Turn, TurnSet
from app.services import browsing, calls, layers, raters, rubrics
from app.services.workspace import Workspace

RATE = 8000
FRAMES = 80_000


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def reviewer(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Ann", "reviewer")


@pytest.fixture
def other_reviewer(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Bo", "reviewer")


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


def new_call(**values: Any) -> NewCall:
    sha = new_id()
    tracks = tuple(
        Track(
            id=new_id(),
            role=role,
            audio_sha256=sha,
            channel_index=at,
            rate_hz=RATE,
            frame_count=FRAMES,
        )
        for at, role in enumerate(("caller", "agent"))
    )
    base: dict[str, Any] = {
        "title": "A call",
        "rate_hz": RATE,
        "frame_count": FRAMES,
        "channel_map": "caller,agent",
        "tracks": tracks,
        "blobs": (AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
        "source_path": "a.wav",
        "content_sha256": sha,
    }
    return NewCall(**{**base, **values})


@pytest.fixture
def make_call(ws: Workspace) -> Callable[..., str]:
    def make(figures: SummaryFigures | None = None, **values: Any) -> str:
        with ws.db.machine() as uow:
            call_id = calls.add_call(uow, new_call(**values))
            browsing.update_summary(uow, call_id, figures)
        return call_id

    return make


@pytest.fixture
def call_id(make_call: Callable[..., str]) -> str:
    return make_call()


SPEECH: tuple[tuple[str, Speaker, int, int], ...] = (
    ("s1", "caller", 0, 8_000),
    ("s2", "agent", 9_000, 20_000),
    ("s3", "caller", 21_000, 30_000),
    ("s4", "agent", 31_000, 40_000),
)


def speech_segments() -> list[Segment]:
    return [Segment(id=i, speaker=who, span=Span(a, b)) for i, who, a, b in SPEECH]


@pytest.fixture
def speech(ws: Workspace, call_id: str) -> Layer:
    layer = make_layer(call_id, "speech", "detector")
    layers.add_layer(ws, layer, speech_segments())
    return layer


def make_layer(call_id: str, kind: Any, origin: Any) -> Layer:
    return Layer(
        id=new_id(),
        call_id=call_id,
        kind=kind,
        origin=origin,
        name=f"{origin} {kind}",
        producer="test",
        version=1,
    )


@pytest.fixture
def say(ws: Workspace) -> Callable[..., Layer]:
    """Give a call a transcript, one segment a line."""

    def put(call_id: str, *lines: str) -> Layer:
        layer = make_layer(call_id, "transcript", "import")
        found = [
            Segment(id=f"x{at}", speaker="caller", span=Span(at * 100, at * 100 + 90), text=line)
            for at, line in enumerate(lines)
        ]
        layers.add_layer(ws, layer, found)
        return layer

    return put


def rubric_body(key: str = "test", scope: str = "agent_turn") -> dict[str, Any]:
    levels = [{"value": v, "anchor": f"level {v}"} for v in range(6)]
    return {
        "key": key,
        "title": key.title(),
        "criteria": [
            {
                "key": name,
                "title": name.title(),
                "question": "?",
                "scope": scope,
                "levels": levels,
            }
            for name in ("empathy", "clarity")
        ],
    }


@pytest.fixture
def rubric(ws: Workspace) -> RubricVersion:
    return rubrics.add_rubric(ws, rubrics.rubric_of(rubric_body()))


@pytest.fixture
def call_rubric(ws: Workspace) -> RubricVersion:
    return rubrics.add_rubric(ws, rubrics.rubric_of(rubric_body("whole", "call")))


PROFILE = Profile(name="callbench", version=1, params={})


def turn_set(ws: Workspace, layer: Layer) -> TurnSet:
    """Each segment a turn: enough to have items."""
    found = layers.segments(ws, layer.id)
    turns = tuple(
        Turn(id=f"t{at}", index=at, speaker=s.speaker, span=s.span, segment_ids=(s.id,))
        for at, s in enumerate(found, 1)
    )
    newest = layers.get_layer(ws, layer.id)
    return TurnSet(
        rate_hz=RATE,
        frame_count=FRAMES,
        layer_id=layer.id,
        layer_version=newest.version,
        layer_name=layer.name,
        profile=PROFILE,
        utterances=(),
        turns=turns,
        latencies=(),
        overlaps=(),
        interruptions=(),
        dead_air=(),
    )


def whole(call_id: str) -> ItemRef:
    return ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))


@pytest.fixture
def judge_says(ws: Workspace) -> Callable[..., str]:
    """Insert a judge's submitted score, as a later release will."""

    def put(
        item: ItemRef, rubric: RubricVersion, value: int, *, name: str = "judge-1", at: int = 0
    ) -> str:
        from db.repos.scores import NewScore

        with ws.db.machine() as uow:
            rater = add_judge(uow, name)
            score_id, _ = uow.scores.add(
                NewScore(
                    call_id=item.call_id,
                    item_id=uow.scores.item(item),
                    rubric_version_id=rubric.id,
                    criterion_id=rubric.criteria[at].id,
                    rater_id=rater,
                    answer=answer(value, rationale="the judge's secret reason"),
                    phase="submitted",
                    blind=True,
                )
            )
            uow.summaries.refresh_raters(item.call_id)
        return score_id

    return put


def add_judge(uow: Any, name: str) -> str:
    run = uow.connection.exec_driver_sql
    row = run("SELECT id FROM rater WHERE name = ? AND kind = 'judge'", (name,)).fetchone()
    if row is not None:
        return str(row[0])
    version_id, rater_id = new_id(), new_id()
    run(
        "INSERT INTO judge_version (id, provider, model, prompt_sha256, created_at) "
        "VALUES (?, 'none', 'm', 'x', ?)",
        (version_id, utc_now()),
    )
    run(
        "INSERT INTO rater (id, kind, name, role, judge_version_id, created_at) "
        "VALUES (?, 'judge', ?, 'lead', ?, ?)",
        (rater_id, name, version_id, utc_now()),
    )
    return rater_id


def answer(value: int | None, **more: Any) -> Any:
    from app.domain.ratings import Answer

    return Answer(status="observed" if value is not None else "cleared", value=value, **more)


@pytest.fixture
def kit() -> SimpleNamespace:
    """The builders that are plain functions, for tests that import no conftest."""
    return SimpleNamespace(
        answer=answer,
        whole=whole,
        turn_set=turn_set,
        rubric_body=rubric_body,
        make_layer=make_layer,
        new_call=new_call,
        rate=RATE,
        frames=FRAMES,
    )
