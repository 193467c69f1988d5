"""`wer` and `cer` of a call: which texts are compared, and where the errors can be heard."""

from __future__ import annotations

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotFound
from app.domain.metrics import MetricValue
from app.eval.base import args_of
from app.eval.registry import build
from app.eval.text.compare import MAX_EVIDENCE
from app.eval.text.error_rates import ErrorRates
from app.eval.text.intelligibility import Intelligibility
from tests.unit.text.text_support import call_input, layer, said, timed, values

SCRIPT = [said("agent", 1000, 3000, "Your boiler is broken."), said("agent", 9000, 9900, "Bye.")]


def spans(value: MetricValue) -> list[tuple[Span, str]]:
    return [(e.span, e.label) for e in value.evidence]


def test_errors_are_counted_and_can_be_played() -> None:
    script = [SCRIPT[0], said("agent", 9000, 9900, "An engineer comes.")]
    heard = [
        timed("agent", ("your", 1000, 1200), ("oiler", 1250, 1700), ("is", 1800, 1900)),
        timed("agent", ("an", 9000, 9100), ("engineer", 9100, 9200), ("comes", 9200, 9300),
              ("now", 9300, 9400)),
    ]  # fmt: skip
    source = call_input({"intended": script, "spoken": heard})
    found = values(ErrorRates(), source)["wer", "agent"]
    assert found.value == pytest.approx(3 / 7)
    assert found.n == 7
    assert found.profile == "whisper-en-1"
    assert {k: v for k, v in found.components.items() if isinstance(v, int)} == {
        "errors": 3, "hits": 5, "substitutions": 1, "insertions": 1, "deletions": 1,
        "reference_words": 7,
    }  # fmt: skip
    assert spans(found) == [
        (Span(1250, 1700), "boiler → oiler"),
        (Span(2263, 3000), "broken → ∅"),
        (Span(9300, 9400), "∅ → now"),
    ]


def test_a_missing_word_is_played_where_it_should_be() -> None:
    heard = [timed("agent", ("your", 1000, 1200), ("boiler", 1250, 1700), ("broken", 2400, 2900))]
    source = call_input({"intended": SCRIPT[:1], "spoken": heard})
    found = values(ErrorRates(), source)["wer", "agent"]
    ((span, label),) = spans(found)
    assert label == "is → ∅"
    # between the words heard around it, as far as the script's own times lie in there
    assert Span(1700, 2400).overlap(span) == span
    assert found.components["deletions"] == 1


def test_a_missing_word_at_the_end_is_played_from_the_last_word_on() -> None:
    heard = [timed("agent", ("your", 1000, 1200), ("boiler", 1250, 1700), ("is", 2400, 2500))]
    source = call_input({"intended": SCRIPT[:1], "spoken": heard})
    ((span, label),) = spans(values(ErrorRates(), source)["wer", "agent"])
    assert label == "broken → ∅"
    assert span == Span(2500, 3000)


def test_inserted_words_are_played_and_shown() -> None:
    heard = [timed("agent", ("bye", 9000, 9200), ("bye", 9300, 9800))]
    source = call_input({"intended": SCRIPT[1:], "spoken": heard})
    found = values(ErrorRates(), source)["wer", "agent"]
    assert found.value == 1.0
    ((_, label),) = spans(found)
    assert label == "∅ → bye"


def test_segments_may_be_cut_differently() -> None:
    heard = [said("agent", 1000, 1500, "your boiler"), said("agent", 1500, 9900, "is broken bye")]
    source = call_input({"intended": SCRIPT, "spoken": heard})
    assert values(ErrorRates(), source)["wer", "agent"].value == 0.0


def test_what_was_never_played_is_not_expected() -> None:
    script = [*SCRIPT, said("agent", 20_000, 21_000, "An engineer comes tomorrow", heard=False)]
    heard = [said("agent", 1000, 3000, "your boiler is broken bye")]
    source = call_input({"intended": script, "spoken": heard})
    found = values(ErrorRates(), source)["wer", "agent"]
    assert (found.value, found.n) == (0.0, 5)


def test_a_person_is_believed_before_the_script() -> None:
    human = [said("agent", 1000, 3000, "your boiler was broken", "h1")]
    heard = [said("agent", 1000, 3000, "your boiler was broken")]
    source = call_input({"intended": SCRIPT, "human": human, "spoken": heard})
    found = values(ErrorRates(), source)["wer", "agent"]
    assert found.value == 0.0
    assert found.components["reference"] == "Human"


def test_only_what_a_person_corrected_is_a_reference() -> None:
    human = layer(
        "human",
        [
            said("caller", 0, 1000, "hello there", "h1"),
            said("caller", 5000, 6000, "my boiler broke", "h2"),
            said("caller", 9000, 9900, "machine nonsense", "h3"),
        ],
        edited=["h2"],
    )
    heard = [
        timed("caller", ("yellow", 0, 400), ("where", 500, 900)),
        timed("caller", ("my", 4950, 5200), ("oiler", 5300, 5600), ("broke", 5700, 6050)),
        timed("caller", ("stuff", 9100, 9800)),
    ]
    found = values(ErrorRates(), call_input({"human": human, "spoken": heard}))["wer", "caller"]
    assert found.value == pytest.approx(1 / 3)
    assert found.components["insertions"] == 0


def test_a_layer_that_a_person_never_touched_is_no_reference() -> None:
    human = layer("human", [said("caller", 0, 1000, "hello there", "h1")], edited=[])
    heard = [said("caller", 0, 1000, "hello there")]
    found = values(ErrorRates(), call_input({"human": human, "spoken": heard}))["wer", "caller"]
    assert found.status == "undefined"
    assert "no human or intended text" in found.reason


def test_the_platform_may_be_measured_instead() -> None:
    texts = {
        "human": [said("caller", 0, 1000, "my name is Kim")],
        "heard": [said("caller", 0, 1000, "my name is him")],
        "spoken": [said("caller", 0, 1000, "my name is kim")],
    }
    source = call_input(texts)
    assert values(ErrorRates(hypothesis="heard"), source)["wer", "caller"].value == 0.25
    assert values(ErrorRates(), source)["wer", "caller"].value == 0.0
    agent = values(ErrorRates(hypothesis="heard"), source)["wer", "agent"]
    assert agent.status == "undefined"
    assert "nothing of the agent" in agent.reason


def test_nothing_recognised_is_every_word_missing() -> None:
    source = call_input({"intended": SCRIPT, "spoken": [said("caller", 0, 10, "hello")]})
    found = values(ErrorRates(), source)["wer", "agent"]
    assert found.value == 1.0
    assert found.components["deletions"] == 5


def test_a_reference_without_words_has_no_rate_but_keeps_its_counts() -> None:
    texts = {
        "intended": [said("agent", 0, 900, "[pause] ...")],
        "spoken": [said("agent", 0, 900, "thank you")],
    }
    found = values(ErrorRates(), call_input(texts))["wer", "agent"]
    assert found.status == "undefined"
    assert found.value is None
    assert found.components["insertions"] == 2


def test_without_transcripts_every_value_says_why() -> None:
    found = values(ErrorRates(), call_input())
    assert {key[0] for key in found} == {"wer", "cer"}
    assert all(v.status == "undefined" and "no transcript" in v.reason for v in found.values())


@pytest.mark.parametrize(
    ("language", "said_text", "heard_text", "rate"),
    [
        ("zh-CN", "三百五十元，谢谢。", "350元谢谢你", 1 / 6),
        ("ja", "はい、３５％です。", "はい35パーセントでし", 1 / 11),
        ("ko", "안녕하세요", "안녕하시요", 1 / 5),
        ("", "您好世界", "你好世界", 1 / 4),
    ],
)
def test_chinese_japanese_and_korean_are_counted_in_characters(
    language: str, said_text: str, heard_text: str, rate: float
) -> None:
    texts = {
        "intended": [said("agent", 0, 900, said_text)],
        "spoken": [said("agent", 0, 900, heard_text)],
    }
    found = values(ErrorRates(), call_input(texts, language=language))
    assert found["cer", "agent"].value == pytest.approx(rate)
    assert found["cer", "agent"].profile == "cjk-chars-1"
    assert len(found["cer", "agent"].evidence) == 1
    assert found["wer", "agent"].status == "undefined"
    assert "characters" in found["wer", "agent"].reason


def test_characters_of_spaced_languages_leave_spaces_out() -> None:
    texts = {
        "intended": [said("agent", 0, 900, "ab cd")],
        "spoken": [said("agent", 0, 900, "abcx")],
    }
    found = values(ErrorRates(normaliser="plain-1"), call_input(texts))["cer", "agent"]
    assert found.value == pytest.approx(1 / 4)
    assert found.components["reference_characters"] == 4


def test_the_ratio_of_the_components_is_the_value() -> None:
    texts = {
        "intended": [said("agent", 0, 900, "one two three four")],
        "spoken": [said("agent", 0, 900, "one too three for you")],
    }
    found = values(ErrorRates(normaliser="plain-1"), call_input(texts))
    for spec in ErrorRates.metrics:
        value = found[spec.id, "agent"]
        assert spec.ratio is not None
        part, whole = (value.components[c] for c in spec.ratio)
        assert value.value == part / whole


def test_the_hash_tells_texts_apart_but_not_ways_of_writing_them() -> None:
    def hash_of(text: str) -> str:
        texts = {"intended": [said("agent", 0, 9, text)], "spoken": [said("agent", 0, 9, "x")]}
        return values(ErrorRates(), call_input(texts))["wer", "agent"].components["reference_hash"]

    assert hash_of("Twenty-one boilers!") == hash_of("21 boilers")
    assert hash_of("22 boilers") != hash_of("21 boilers")


def test_evidence_has_an_end() -> None:
    words = [f"w{k}" for k in range(1000)]
    wrong = [w if k % 2 else f"x{k}" for k, w in enumerate(words)]
    texts = {
        "intended": [said("agent", 0, 50_000, " ".join(words))],
        "spoken": [said("agent", 0, 50_000, " ".join(wrong))],
    }
    found = values(ErrorRates(normaliser="raw-1"), call_input(texts))["wer", "agent"]
    assert found.components["errors"] == 500
    assert len(found.evidence) == MAX_EVIDENCE


def test_hostile_text_is_compared_all_the_same() -> None:
    texts = {
        "intended": [said("agent", 0, 900, "a\ud800b \x00 " + "9" * 5000 + " [unclosed")],
        "spoken": [said("agent", 0, 900, "<script>alert(1)</script> \u202e " + "(" * 500)],
    }
    for value in values(ErrorRates(), call_input(texts)).values():
        for each in value.evidence:
            assert each.label.encode()


def test_arguments_are_checked_when_it_is_built() -> None:
    evaluator = build("text.error_rates", {"hypothesis": "heard", "normaliser": "plain-1"})
    assert args_of(evaluator) == {"hypothesis": "heard", "normaliser": "plain-1"}
    with pytest.raises(BadInput, match="human"):
        build("text.error_rates", {"hypothesis": "human"})
    with pytest.raises(NotFound, match="nonsense-1"):
        build("text.error_rates", {"normaliser": "nonsense-1"})


def test_intelligibility_is_what_our_recogniser_gets_of_the_agents_text() -> None:
    texts = {
        "human": [said("agent", 0, 900, "something else")],
        "intended": SCRIPT,
        "spoken": [said("agent", 1000, 3000, "your oiler is broken bye")],
    }
    found = values(Intelligibility(), call_input(texts))
    assert list(found) == [("intelligibility", "agent")]
    value = found["intelligibility", "agent"]
    assert value.value == pytest.approx(0.8)
    assert value.components["understood"] / value.components["reference_units"] == value.value
    assert value.components["recogniser"] == "test-spoken/1"
    assert [e.label for e in value.evidence] == ["boiler → oiler"]


def test_intelligibility_ends_at_zero() -> None:
    texts = {"intended": SCRIPT[1:], "spoken": [said("agent", 0, 900, "no not at all")]}
    value = values(Intelligibility(), call_input(texts))["intelligibility", "agent"]
    assert value.value == 0.0
    assert value.components["errors"] == 4
    assert value.components["understood"] == 0


def test_intelligibility_needs_a_text_of_the_agent() -> None:
    texts = {"intended": [said("caller", 0, 9, "hi")], "spoken": SCRIPT}
    value = values(Intelligibility(), call_input(texts))["intelligibility", "agent"]
    assert value.status == "undefined"
