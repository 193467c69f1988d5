"""The forms of other tools: what is in them, and what must never be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.output import Progress
from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.ratings import ItemRef
from app.domain.segments import Layer, Segment
from app.services.calibrating import adapters, export_source
from app.services.calibrating.export import export_dataset
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import FRAMES, World, world
from tests.unit.calibrating.test_items import give

N = 40
QUIET = Progress(quiet=True)
LEVELS = [{"value": v, "anchor": f"means {v}"} for v in (-1, 0, 1)]


@pytest.fixture
def made(workspace: Workspace) -> World:
    """Calls with a line each, scored as a whole and in pairs of the same split."""
    found = world(workspace, N)
    criteria = [
        {"key": k, "title": k, "question": f"Is it {k}?", "scope": scope, "levels": LEVELS}
        for k, scope in (("whole", "call"), ("better", "pair"))
    ]
    found.rubric = add_rubric(
        workspace, rubric_of({"key": "both", "title": "both", "criteria": criteria})
    )
    with workspace.db.machine() as uow:
        for at, call_id in enumerate(found.calls):
            layer = Layer(
                id=new_id(), call_id=call_id, kind="transcript", origin="import", name="t",
                producer="t", version=1,
            )  # fmt: skip
            line = Segment(id=new_id(), speaker="agent", span=Span(0, 8000), text=f"I am {at}.")
            uow.layers.add(layer, [line])
        whole = {
            c: uow.scores.item(ItemRef(kind="call", call_id=c, span=Span(0, FRAMES)))
            for c in found.calls
        }
    people = [found.person("Ann"), found.person("Ben")]
    judge = found.judge()
    for rater in (*people, judge):
        found.say(rater, "whole", [at % 3 - 1 for at in range(N)], rationale=f"Said of {rater[:4]}")
    for at, (one, two) in enumerate(zip(found.calls[::2], found.calls[1::2])):
        pair = ItemRef(kind="pair", call_id=one, span=Span(0, FRAMES), other_item_id=whole[two])
        for rater in (*people, judge):
            give(found, rater, "better", pair, at % 3 - 1, (1, 1) if rater == judge else ())
    return found


def exported(made: World, out: Path, **how: Any) -> Path:
    export_dataset(QUIET, made.ws, made.lead, "both", out, forms=adapters.FORMS, **how)
    return out / "adapters"


def lines(path: Path) -> list[Any]:
    return [json.loads(x) for x in path.read_text("utf-8").splitlines()]


def test_alt_test_has_people_and_judges_by_item(made: World, tmp_path: Path) -> None:
    body = json.loads((exported(made, tmp_path / "set") / "alt_test.json").read_text("utf-8"))
    whole = body["whole"]
    assert {len(v) for v in whole["humans_annotations"].values()} == {N}
    assert len(whole["humans_annotations"]) == 2
    (judged,) = whole["llm_annotations"].values()
    assert judged.keys() == next(iter(whole["humans_annotations"].values())).keys()


def test_battles_name_who_met_and_who_won(made: World, tmp_path: Path) -> None:
    rows = lines(exported(made, tmp_path / "set") / "arena_battles.jsonl")
    assert len(rows) == 3 * N // 2
    assert {r["winner"] for r in rows} == {"model_a", "model_b", "tie"}
    assert {r["model_a"] for r in rows} == {"mara"}
    assert {r["order"] for r in rows if r["rater_kind"] == "judge"} == {"both"}


def test_preferences_are_of_training_pairs_and_ties_are_apart(made: World, tmp_path: Path) -> None:
    folder = exported(made, tmp_path / "set")
    decided, ties = lines(folder / "preference.jsonl"), lines(folder / "preference_ties.jsonl")
    items = {i["item_id"]: i for i in lines(tmp_path / "set" / "items.jsonl")}
    gold = {g["item_id"]: g for g in lines(tmp_path / "set" / "gold.jsonl")}
    assert decided
    assert {items[r["item_id"]]["split"] for r in (*decided, *ties)} == {"train"}
    assert all(gold[r["item_id"]]["consensus"] == 0 for r in ties)
    for row in decided:
        number = made.calls.index(items[row["item_id"]]["call_id"])
        first_wins = gold[row["item_id"]]["consensus"] > 0
        assert (row["chosen"] == f"agent: I am {number}.") == first_wins
    openai = lines(folder / "preference_openai.jsonl")
    assert [o["preferred_output"][0]["content"] for o in openai] == [r["chosen"] for r in decided]


def test_examples_are_of_training_calls_alone(made: World, tmp_path: Path) -> None:
    rows = lines(exported(made, tmp_path / "set") / "few_shot.jsonl")
    items = {i["item_id"]: i for i in lines(tmp_path / "set" / "items.jsonl")}
    assert rows
    assert {items[r["item_id"]]["split"] for r in rows} == {"train"}
    asked, answered = rows[0]["messages"]
    assert "Is it whole?" in asked["content"]
    assert "-1: means -1" in asked["content"]
    assert json.loads(answered["content"])["rationale"].startswith("Said of")


def test_a_call_that_is_none_of_the_training_ones_is_refused(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = export_source.read(QUIET, made.ws, made.lead, "both")
    anchor = next(i for i, r in zip(source.found.items, source.found.roles) if r != "train")
    lying = {
        "items": [{"item_id": "x", "call_id": anchor.call_id, "split": "train", "transcript": "a",
                   "kind": "call"}],
        "gold": [{"item_id": "x", "dimension": "whole", "consensus": 1.0, "adjudicated": None}],
        "scores": [],
    }  # fmt: skip
    with pytest.raises(BadInput, match="cannot be an example"):
        adapters.few_shot(made.ws, source, lying)


def test_without_judges_no_form_knows_any(made: World, tmp_path: Path) -> None:
    folder = exported(made, tmp_path / "set", with_judges=False)
    body = json.loads((folder / "alt_test.json").read_text("utf-8"))
    assert all(not d["llm_annotations"] for d in body.values())
    assert {r["rater_kind"] for r in lines(folder / "arena_battles.jsonl")} == {"human"}


def test_what_there_is_nothing_for_is_said(workspace: Workspace, tmp_path: Path) -> None:
    made = world(workspace, 4)
    made.say(made.person("Ann"), "tone", [1, 2, 3, 4])
    written = export_dataset(
        QUIET, workspace, made.lead, "synthetic", tmp_path / "set", forms=("arena", "alt-test")
    )
    assert [n.partition(":")[0] for n in written.notes] == ["arena"]
    with pytest.raises(BadInput, match="no form"):
        export_dataset(QUIET, workspace, made.lead, "synthetic", tmp_path / "set", forms=("csv",))
