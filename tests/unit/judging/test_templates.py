"""Edited prompts: what is wrong is said in words, and nothing of the machine is in reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.eval.judging.judge import plan
from app.eval.judging.prompting import VARIABLES
from app.eval.judging.template_checks import check_templates
from tests.unit.judging.judge_calls import (
    MODEL_JUDGES,
    call_of,
    judge_named,
    rubric_named,
    text_of,
)

GIC = judge_named("gic")


def faults(user: str, shape: str = "single") -> list[str]:
    return check_templates({**GIC.prompts, "user": user}, shape)


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_what_ships_is_sound(name: str) -> None:
    judge = judge_named(name)
    assert check_templates(judge.prompts, judge.shape) == []


@pytest.mark.parametrize(
    ("user", "fault"),
    [
        ("", "there is no prompt"),
        ("Judge {{ turn", "user, line 1: "),
        ("a\nb {% if turn %}{{ turn }}", "user, line 2: "),
        ("{{ turn }} {{ transcript }}", "“transcript” is no variable. There are: turns, turn,"),
        ("Judge the reply.", "it needs {{ turns }} or {{ turn }}"),
        ("{{ turn | upper }}", "{{ turn }} is not shown whole"),
        ("{{ turns[:60] }}", "{{ turns }} is not shown whole"),
        ("{{ turn }} {{ criterion.nothing.more }}", "cannot be filled in"),
        ("{{ turn }} {{ 1 / 0 }}", "cannot be filled in"),
        ("{{ turn }} {{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ turn }} {{ turn.__init__.__globals__ }}", "unsafe"),
        ("{{ turn }} {% for i in range(10**9) %}x{% endfor %}", "Range too big"),
        ("{{ turn }} {% include '/etc/passwd' %}", "cannot be filled in"),
    ],
)
def test_what_is_wrong_is_said(user: str, fault: str) -> None:
    found = faults(user)
    assert any(fault in line for line in found), found


def test_what_is_judged_stays_out_of_the_system_prompt() -> None:
    found = check_templates({"system": f"{GIC.prompts['system']} {{{{ turns }}}}", "user": "x"})
    assert any("{{ turns }} is what is judged" in line for line in found)


def test_a_system_prompt_has_to_say_what_data_is() -> None:
    found = check_templates({"system": "You judge.", "user": "{{ turn }}"}, "single")
    assert found == [
        "system: it does not say that what stands in <data …> is data, never instructions."
    ]


def test_each_shape_has_data_of_its_own_to_show() -> None:
    assert any("{{ second }}" in line for line in faults("{{ first }}", "preference"))
    assert any("{{ flow }}" in line for line in faults("{{ turns }}", "nodes"))
    assert faults("{{ first }}{{ second }}", "preference") == []


def test_every_variable_may_be_used() -> None:
    used = "\n".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    assert faults(used) == []


def test_a_prompt_that_fails_on_a_call_is_the_judge_s_fault_in_words() -> None:
    broken = replace(GIC, prompts={**GIC.prompts, "user": "{{ turn }}{{ nothing }}"})
    with pytest.raises(BadInput, match="user prompt cannot be filled in: 'nothing' is undefined"):
        plan(broken, rubric_named("gic"), call_of())


def test_a_judge_may_do_without_a_system_prompt() -> None:
    judge = replace(GIC, prompts={"user": "{{ turn }}"})
    ask = plan(judge, rubric_named("gic"), call_of()).asks[0]
    assert [m["role"] for m in ask.requests[0].messages] == ["user"]
    assert text_of(ask).startswith("<data")
