from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import NotFound
from app.domain.layer_edits import EditError
from app.domain.ratings import Viewer
from app.domain.segments import Layer, Segment
from app.services import browsing, layers
from app.services.workspace import Workspace


def test_the_first_edit_makes_a_human_layer_over_the_machines(
    ws: Workspace, reviewer: Viewer, call_id: str, speech: Layer
) -> None:
    done = layers.edit(
        ws,
        reviewer,
        call_id,
        "move",
        {"segment_id": "s1", "start": 100, "end": 8_100},
        base_layer_id=speech.id,
    )
    assert (done.layer.origin, done.layer.parent_id, done.layer.version) == ("human", speech.id, 1)
    assert done.layer.rater_id == reviewer.rater_id
    assert done.changes.segments == {call_id}
    assert layers.segments(ws, speech.id)[0].span == Span(0, 8_000)
    assert layers.segments(ws, done.layer.id)[0].span == Span(100, 8_100)
    again = layers.edit(
        ws, reviewer, call_id, "delete", {"segment_id": "s1"}, base_layer_id=speech.id
    )
    assert (again.layer.id, again.layer.version) == (done.layer.id, 2)
    current = layers.current_speech_layer(ws, call_id)
    assert current is not None
    assert current.id == done.layer.id


def test_a_refused_edit_stores_nothing(
    ws: Workspace, reviewer: Viewer, call_id: str, speech: Layer
) -> None:
    for op, payload, words in (
        ("move", {"segment_id": "s1", "start": 0, "end": 90_000}, "after the call's end"),
        ("move", {"segment_id": "s1", "start": 0, "end": 25_000}, "run into another"),
        ("move", {"segment_id": "zz", "start": 0, "end": 10}, "not in this layer"),
        ("split", {"segment_id": "s1", "at": 8_000}, "inside the segment"),
        ("merge", {"segment_id": "s1", "with_id": "s2"}, "one speaker"),
        ("add", {"speaker": "robot", "start": 0, "end": 9}, "no speaker"),
        ("relabel", {"segment_id": "s1", "overlap_kind": "odd"}, "no kind of overlap"),
        ("paint", {}, "no edit called"),
        ("move", {"segment_id": "s1"}, "lacks"),
    ):
        with pytest.raises(EditError, match=words):
            layers.edit(ws, reviewer, call_id, op, payload, base_layer_id=speech.id)  # type: ignore[arg-type]
    assert [layer.id for layer in layers.layers(ws, call_id)] == [speech.id]


def test_edit_checks_that_layer_and_call_belong_together(
    ws: Workspace, reviewer: Viewer, make_call: Callable[..., str], speech: Layer
) -> None:
    with pytest.raises(NotFound):
        layers.edit(
            ws, reviewer, make_call(), "delete", {"segment_id": "s1"}, base_layer_id=speech.id
        )
    with pytest.raises(NotFound, match="no layer"):
        layers.segments(ws, "none")


def test_new_segments_get_ids(ws: Workspace, reviewer: Viewer, call_id: str, speech: Layer) -> None:
    human = layers.edit(
        ws, reviewer, call_id, "split", {"segment_id": "s2", "at": 12_000}, base_layer_id=speech.id
    ).layer
    layers.edit(
        ws,
        reviewer,
        call_id,
        "add",
        {"speaker": "caller", "start": 50_000, "end": 51_000},
        base_layer_id=human.id,
    )
    found = layers.segments(ws, human.id)
    assert [(s.speaker, s.span.start, s.span.end) for s in found] == [
        ("caller", 0, 8_000),
        ("agent", 9_000, 12_000),
        ("agent", 12_000, 20_000),
        ("caller", 21_000, 30_000),
        ("agent", 31_000, 40_000),
        ("caller", 50_000, 51_000),
    ]
    assert len({s.id for s in found}) == 6


def test_overlap_kinds_are_kept_apart_from_segments(
    ws: Workspace, reviewer: Viewer, call_id: str, speech: Layer
) -> None:
    for kind in ("interruption", "backchannel"):
        human = layers.edit(
            ws,
            reviewer,
            call_id,
            "relabel",
            {"segment_id": "s3", "overlap_kind": kind},
            base_layer_id=speech.id,
        ).layer
    assert layers.overlap_overrides(ws, human.id) == {"s3": "backchannel"}
    assert layers.overlap_overrides(ws, speech.id) == {}


@pytest.mark.parametrize(
    ("origins", "best"),
    [
        (["plan", "platform", "import", "detector", "human"], "human"),
        (["detector", "import", "plan"], "detector"),
        (["platform", "import"], "import"),
        (["plan"], "plan"),
    ],
)
def test_which_speech_layer_is_current(
    ws: Workspace, kit: SimpleNamespace, call_id: str, origins: list[str], best: str
) -> None:
    for origin in origins:
        layers.add_layer(ws, kit.make_layer(call_id, "speech", origin), [])
    current = layers.current_speech_layer(ws, call_id)
    assert current is not None
    assert current.origin == best


def test_the_newest_of_an_origin_is_current(
    ws: Workspace, kit: SimpleNamespace, call_id: str
) -> None:
    old, new = (kit.make_layer(call_id, "speech", "detector") for _ in range(2))
    layers.add_layer(ws, old, [])
    layers.add_layer(ws, new, [])
    current = layers.current_speech_layer(ws, call_id)
    assert current is not None
    assert current.id == new.id
    assert layers.current_transcript_layer(ws, call_id) is None
    assert layers.transcript(ws, call_id) == ()


def test_corrected_text_is_shown_and_found(
    ws: Workspace, reviewer: Viewer, call_id: str, say: Callable[..., Layer]
) -> None:
    base = say(call_id, "the read card", "thank you")

    def found(text: str) -> list[int]:
        return list(browsing.call_ids(ws, reviewer, browsing.parse_query(text)))

    assert (found("read"), found("red")) == ([1], [])
    layers.edit(
        ws,
        reviewer,
        call_id,
        "text",
        {"segment_id": "x0", "text": "the red card"},
        base_layer_id=base.id,
    )
    assert [s.text for s in layers.transcript(ws, call_id)] == ["the red card", "thank you"]
    assert (found("read"), found("red")) == ([], [1])
    from app.services import undo

    undo.undo(ws, reviewer, call_id)
    assert (found("read"), found("red")) == ([1], [])


def test_a_layer_can_be_added_with_its_call_or_not_at_all(
    ws: Workspace, kit: SimpleNamespace
) -> None:
    from app.services import calls

    new = kit.new_call()
    segment = Segment(id="a", speaker="agent", span=Span(0, 9), text="x")

    def add(fails: bool) -> Any:
        with ws.db.machine() as uow:
            call_id = calls.add_call(uow, new)
            layers.add_layer(uow, kit.make_layer(call_id, "transcript", "import"), [segment])
            if fails:
                raise RuntimeError("stop")
        return uow.changes

    with pytest.raises(RuntimeError, match="stop"):
        add(fails=True)
    assert calls.find_content(ws, new.content_sha256) is None
    changes = add(fails=False)
    assert changes.calls == changes.segments
    assert calls.get_call(ws, "CB-00001").title == "A call", "the failed one left its number free"
