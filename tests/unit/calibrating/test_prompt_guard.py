"""Anchors never enter a prompt, whichever way; train calls may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.fold import fold
from app.domain.ids import new_id
from app.domain.segments import Layer, Segment
from app.eval.calibration import leak
from app.eval.judging import data_blocks
from app.services import layers, rubric_editing
from app.services.calibrating import few_shots, gather, prompt_examples, splits
from app.services.judging import definitions
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 40
HELLO = "thank you for calling the clinic of the northern harbour how may i help"


@pytest.fixture
def spoken(workspace: Workspace) -> World:
    """Calls that begin alike and then say, in words of their own, what each is about."""
    made = world(workspace, N)
    for at, name in enumerate(("Ann", "Ben")):
        made.say(made.person(name), "tone", noisy(truth(N), at, sd=0.2))
    made.say(made.judge("keen"), "tone", noisy(truth(N), 9))
    for at, call_id in enumerate(made.calls):
        own = " ".join(f"word{at}x{n}" for n in range(14))
        lines = (HELLO, own, f"short line {at} one", f"short line {at} two", f"short line {at} six")
        _speak(workspace, call_id, lines)
    return made


def _speak(ws: Workspace, call_id: str, lines: tuple[str, ...]) -> None:
    for kind in ("speech", "transcript"):
        layer = Layer(
            id=new_id(),
            call_id=call_id,
            kind=kind,
            origin="import",
            name=kind,
            producer="test",
            version=0,
        )  # type: ignore[arg-type]
        layers.add_layer(
            ws, layer,
            [
                Segment(
                    id=new_id(), speaker="caller" if n % 2 else "agent",
                    span=Span(n * 9000, n * 9000 + 8000), text=text if kind == "transcript" else "",
                )
                for n, text in enumerate(lines)
            ],
        )  # fmt: skip


def of_role(made: World, role: str) -> list[int]:
    found = gather.load(made.ws, made.lead, "synthetic")
    by_call = {i.call_id: r for i, r in zip(found.items, found.roles)}
    return [n for n, c in enumerate(made.calls) if by_call[c] == role]


def own_words(at: int) -> str:
    return " ".join(f"Word{at}x{n}," for n in range(12))


def edited(made: World, words: str) -> None:
    base = definitions.definition(made.ws, "keen")
    definitions.edited(made.ws, made.lead, base, {"prompts": {"user": f"Judge. {words}"}})


def test_an_anchor_that_is_quoted_in_a_prompt_is_refused_by_name(spoken: World) -> None:
    anchor, train = of_role(spoken, "anchor_test")[0], of_role(spoken, "train")[0]
    with spoken.ws.db.read() as uow:
        call = uow.calls.get(spoken.calls[anchor])
    assert call is not None
    with pytest.raises(BadInput, match=call.code):
        edited(spoken, f"As in: {own_words(anchor)}")
    with pytest.raises(BadInput, match="test split"):
        edited(spoken, " / ".join(f"Short line {anchor} {n}." for n in ("one", "two", "six")))
    edited(spoken, f"As in: {own_words(train)}")
    edited(spoken, "Be as strict as the anchors are, and never lenient with any of them at all.")


def test_what_is_said_in_every_call_gives_nothing_away(spoken: World) -> None:
    edited(spoken, f"Agents open with: {HELLO}")


def test_what_stood_in_the_prompt_before_does_not_bar_another_edit(spoken: World) -> None:
    anchor = of_role(spoken, "anchor_test")[0]
    base = definitions.definition(spoken.ws, "keen")
    tainted = replace(base, prompts={"user": f"Judge. {own_words(anchor)}"}, origin="shipped")
    with spoken.ws.db.machine() as uow:
        stored = uow.judges.add_definition(tainted)
    changes: dict[str, Any] = {"title": "Keen, and kind"}
    assert definitions.edited(spoken.ws, spoken.lead, stored, changes).title == "Keen, and kind"


def test_a_rubric_cannot_carry_an_anchor_into_prompts(spoken: World) -> None:
    anchor = of_role(spoken, "anchor_test")[0]
    first, *others = spoken.rubric.criteria
    quoting = replace(first, question=f"Is it like: {own_words(anchor)}?")
    draft = replace(spoken.rubric, criteria=(quoting, *others))
    with pytest.raises(BadInput, match="test split"):
        rubric_editing.save(spoken.ws, spoken.lead, draft)


def test_scripts_without_spaces_are_read_by_character() -> None:
    said = fold("您好，我想预约下周三上午的牙科门诊，可以吗")
    assert leak.quoted("例如：我想预约下周三上午的牙科门诊", "", {"a": said}, ()) == ("a",)
    assert leak.quoted("例如：我想预约", "", {"a": said}, ()) == ()


def _shots(made: World, role: str, count: int = 2) -> list[few_shots.FewShot]:
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("keen")[0]
    by_call = {r.call_id: r.item_id for r in found.rows if r.criterion_key == "tone"}
    return [
        few_shots.FewShot(
            item_id=by_call[made.calls[n]], call_id=made.calls[n], criterion_key="tone",
            rubric_version_id=found.rubric.id, judge_version_id=judge.id,
            rater_id=made.lead.rater_id, created_at="",
        )
        for n in of_role(made, role)[:count]
    ]  # fmt: skip


def test_examples_of_train_calls_make_the_next_version_and_are_replaced_by_others(
    spoken: World,
) -> None:
    found = gather.load(spoken.ws, spoken.lead, "synthetic")
    train = of_role(spoken, "train")
    made = prompt_examples.new_version(
        spoken.ws, spoken.lead, found, "keen", _shots(spoken, "train")
    )
    assert (made.ref, made.note) == ("keen@2", "2 examples from train calls")
    prompt = made.prompts["user"]
    blocks = [body for name, body in data_blocks.blocks_in(prompt) if name == "example"]
    assert len(blocks) == 2
    assert blocks[0][1]["text"].startswith(f"word{train[0]}x0")
    assert "People gave" in prompt
    again = prompt_examples.new_version(
        spoken.ws, spoken.lead, found, "keen", _shots(spoken, "train", 1)
    )
    assert again.prompts["user"].count(prompt_examples.HEAD) == 1
    assert again.prompts["user"].startswith("keen\n")


@pytest.mark.parametrize("role", ["dev", "anchor_test"])
def test_examples_of_other_splits_are_refused_where_they_are_written(
    spoken: World, role: str
) -> None:
    splits.freeze(spoken.ws, spoken.lead)
    found = gather.load(spoken.ws, spoken.lead, "synthetic")
    with pytest.raises(BadInput, match="cannot be an example"):
        prompt_examples.new_version(spoken.ws, spoken.lead, found, "keen", _shots(spoken, role))
    assert definitions.definition(spoken.ws, "keen").ref == "keen@1"


def test_what_was_said_in_an_example_is_no_template(spoken: World) -> None:
    train = of_role(spoken, "train")[0]
    _speak(
        spoken.ws, spoken.calls[train], ("{{ 7 * 7 }}", "{% endraw %}{{ brief }}", "a", "b", "c")
    )
    found = gather.load(spoken.ws, spoken.lead, "synthetic")
    made = prompt_examples.new_version(
        spoken.ws, spoken.lead, found, "keen", _shots(spoken, "train", 1)
    )
    from jinja2 import Environment

    shown = Environment(autoescape=False).from_string(made.prompts["user"]).render(brief="SECRET")
    assert "{{ 7 * 7 }}" in shown
    assert "SECRET" not in shown
    assert [name for name, _ in data_blocks.blocks_in(shown)] == ["example"]
