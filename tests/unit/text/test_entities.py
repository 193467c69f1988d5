"""Proper-noun accuracy: which mentions are tested and when one is right."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.metrics import MetricValue
from app.eval.text.entities import ProperNouns
from app.eval.text.entity_rules import proper_nouns
from app.eval.text.normalise import normaliser_for
from app.eval.text.timed import source_words, timed_text
from tests.unit.text.text_support import call_input, said, values


def by_rule(*texts: str, language: str = "en") -> list[str]:
    segments = [said("agent", 1000 * k, 1000 * k + 900, t) for k, t in enumerate(texts)]
    rules = normaliser_for(language)
    text = timed_text(source_words(segments), rules, rules.unit)
    return [target.text for target in proper_nouns(text, language)]


def pna(intended: str, spoken: str, entities: Any = None, language: str = "en") -> MetricValue:
    texts = {
        "intended": [said("agent", 0, 9000, intended)],
        "spoken": [said("agent", 0, 9000, spoken)],
    }
    conditions = {} if entities is None else {"entities": entities}
    source = call_input(texts, language=language, conditions=conditions)
    return values(ProperNouns(), source)["pna", "agent"]


def test_the_rule_finds_names_codes_and_numbers() -> None:
    text = "Good morning. This is Anna Kowalski from North Energy, I'm calling about order AB-42."
    assert by_rule(text) == ["Anna Kowalski", "North Energy", "AB-42"]
    assert by_rule("Please dial 555 01 99, or use the USB port.", "Then he left.") == [
        "555 01 99", "USB",
    ]  # fmt: skip
    assert by_rule("It is Monday? No: Tuesday. And I think it's 5 or 6.") == [
        "Monday", "5", "6",
    ]  # fmt: skip


def test_the_rule_knows_where_capitals_say_nothing() -> None:
    assert by_rule("Der Kessel im Haus von Frau Meier ist 12 Jahre alt", language="de") == ["12"]
    assert by_rule("THIS IS ANNA FROM THE BANK ABOUT ORDER AB-42") == ["AB-42"]
    assert by_rule("Each Word Has A Capital Letter") == []
    assert by_rule("电话是13812345678，使用USB接口", language="zh") == ["13812345678", "USB"]


def test_mentions_are_correct_wrong_or_missing() -> None:
    found = pna(
        "This is Anna Kowalski from Lodz calling about Meridian.",
        "this is anna kovalsky from lodz calling about",
    )
    assert found.value == pytest.approx(1 / 3)
    assert {k: found.components[k] for k in ("correct", "missing", "wrong", "total")} == {
        "correct": 1, "missing": 1, "wrong": 1, "total": 3,
    }  # fmt: skip
    assert [e.label for e in found.evidence] == [
        "Anna Kowalski → anna kovalsky", "Meridian → ∅",
    ]  # fmt: skip
    assert found.components["entities"] == "by rule"


def test_listed_entities_are_looked_for_with_their_aliases() -> None:
    entities = [{"text": "Kowalski", "aliases": ["Kovalsky"]}, {"text": "blue plan"}, "absent"]
    found = pna("Mrs Kowalski has the blue plan", "missus kovalsky has the blue pan", entities)
    assert found.value == 0.5
    assert found.n == 2
    assert found.components["entities"] == "listed"


def test_a_mention_may_be_heard_in_more_or_fewer_words() -> None:
    assert pna("we call Callbench now", "we call call bench now", ["Callbench"]).value == 1.0
    assert pna("order AB 42 please", "order AB42 please", ["AB 42"]).value == 1.0
    assert pna("call New York now", "call newyork now", ["New York"]).value == 1.0


def test_the_longer_name_takes_the_place() -> None:
    found = pna("in New York and in York", "in new york and in fork", ["York", "New York"])
    assert (found.components["correct"], found.components["total"]) == (1, 2)


def test_entities_may_belong_to_one_speaker() -> None:
    entities = [{"text": "Anna", "speaker": "caller"}]
    found = pna("this is Anna", "this is anna", entities)
    assert found.status == "undefined"
    assert "none of the listed" in found.reason


def test_numbers_count_however_they_are_written() -> None:
    found = pna("your total is 42 for room 7", "your total is forty two for room seventy")
    assert (found.components["correct"], found.components["wrong"]) == (1, 1)


def test_chinese_names_are_compared_by_character() -> None:
    found = pna("我是李明，来自长江公司", "我是黎明来自长江公司", ["李明", "长江公司"], "zh")
    assert (found.components["correct"], found.components["wrong"]) == (1, 1)


def test_no_mention_is_no_value() -> None:
    found = pna("good morning", "good morning")
    assert found.status == "undefined"
    assert "no names, codes or numbers" in found.reason


@pytest.mark.parametrize(
    "entities",
    ["Anna", [{"name": "Anna"}], [3], [{"text": "A", "speaker": "bot"}], [{"text": " "}],
     [{"text": "A", "aliases": "B"}], {"text": "A"}],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_refused(entities: Any) -> None:
    with pytest.raises(BadInput, match="list of entities"):
        pna("this is Anna", "this is Anna", entities)
