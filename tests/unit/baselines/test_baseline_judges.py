"""Baseline judges say what rules can see, exactly, in several languages, and quickly."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from app.eval.judging import baselines
from tests.unit.baselines.baseline_support import call_of, said, shipped, values, verdicts

NAMES = ("redundancy", "repetition", "verbosity", "speakability", "placeholders")


@pytest.mark.parametrize("name", NAMES)
def test_each_shipped_baseline_judges_every_agent_turn(name: str) -> None:
    call = said("Good morning, this is Mara.", "I have sent the refund.")
    found = verdicts(f"baseline_{name}", call)
    assert [v.item for v in found] == [t.item for t in call.agent_turns]
    assert [v.evidence[0] for v in found] == [0, 2]
    definition, rubric = shipped(f"baseline_{name}")
    best = max(lv.value for lv in rubric.criteria[0].levels)
    assert [v.value for v in found] == [best, best]
    assert all(v.rationale.endswith(".") and v.details["baseline"] for v in found)
    assert definition.kind == "baseline"
    assert definition.shape in baselines.RULES


@pytest.mark.parametrize("name", NAMES)
def test_a_reply_without_text_is_not_applicable(name: str) -> None:
    (found,) = verdicts(f"baseline_{name}", call_of(("agent", " ")))
    assert found.value is None
    assert "no text" in found.rationale


def test_an_unknown_rule_criterion_or_level_is_refused() -> None:
    definition, rubric = shipped("baseline_redundancy")
    call = said("Hello.")
    with pytest.raises(ValueError, match="no rule nonsense"):
        baselines.judge(replace(definition, shape="nonsense"), rubric, call)
    other = replace(definition, params={**definition.params, "criterion": "beauty"})
    with pytest.raises(ValueError, match="no criterion beauty"):
        baselines.judge(other, rubric, call)
    short = replace(rubric, criteria=tuple(replace(c, levels=()) for c in rubric.criteria))
    with pytest.raises(ValueError, match="no level 2"):
        baselines.judge(definition, short, call)


class TestRedundancy:
    def test_three_questions_in_one_reply_are_said_so(self) -> None:
        text = "What is your name? When were you born? And your postcode?"
        (found,) = verdicts("baseline_redundancy", said(text))
        assert found.value == 0
        assert "3 questions in one reply" in found.rationale
        assert found.criterion_key == "redundancy"

    def test_two_questions_cost_one_point_and_one_costs_nothing(self) -> None:
        assert values("baseline_redundancy", "Who is it? And when?", "And when is that?") == [1, 2]

    def test_what_was_said_before_could_go_and_its_turn_is_evidence(self) -> None:
        line = "The refund reaches your account in three working days."
        first, second = verdicts("baseline_redundancy", said(line, f"Yes. {line}"))
        assert (first.value, second.value) == (2, 1)
        assert second.evidence == (2, 0)
        assert "9 words could go (limit 30 words)" in second.rationale

    def test_more_than_thirty_words_again_are_severe(self) -> None:
        lines = [
            "We have booked the fee to a wrong account and are sorry for it.",
            "The refund of all the money reaches your account in three working days.",
            "A colleague of mine rings you tomorrow before ten to confirm it.",
        ]
        text = " ".join(lines)
        found = verdicts("baseline_redundancy", said(text, text))
        assert [v.value for v in found] == [2, 0]
        assert found[1].details["redundant"] > 30

    def test_the_chinese_limit_is_fifty_characters(self) -> None:
        line = "您的退款会在三个工作日之内原路退回到您的银行账户里面请您放心等待就可以了"
        lines = [f"{line}。", f"{line}。明天上午十点之前我的同事会给您打电话再次确认这件事情。"]
        once = verdicts("baseline_redundancy", said(*lines, language="zh-CN"))
        assert [v.value for v in once] == [2, 1]
        assert once[1].details["unit"] == "characters"
        twice = f"{line}。另外明天上午十点之前我们的同事会给您打电话再次确认。"
        again = verdicts("baseline_redundancy", said(twice, twice, language="zh"))
        assert [v.value for v in again] == [2, 0]
        assert "(limit 50 characters)" in again[1].rationale

    @pytest.mark.parametrize(
        ("language", "text", "asked"),
        [
            ("zh", "您贵姓？您是哪年出生的？您住在哪里？", 3),
            ("zh", "您现在方便吗。您还记得卡号吗", 2),
            ("ja", "お名前は何ですか。ご住所はどちらですか。", 2),
            ("ko", "성함이 어떻게 되시나요? 지금 통화 괜찮으신가요?", 2),
            ("de", "Wie heißen Sie? Wann passt es Ihnen?", 2),
            ("es", "¿Cómo se llama? ¿Dónde vive?", 2),
            ("ar", "ما اسمك؟ أين تسكن؟", 2),
            ("en", "Mr. Smith, is it 3.5 or 4.5 e.g. today?", 1),
        ],
    )
    def test_questions_are_counted_in_each_language(
        self, language: str, text: str, asked: int
    ) -> None:
        (found,) = verdicts("baseline_redundancy", said(text, language=language))
        assert found.details["questions"] == asked

    def test_filler_could_go(self) -> None:
        (found,) = verdicts("baseline_redundancy", said("As I said, please be advised it is open."))
        assert found.value == 1
        assert "2 phrases that could go" in found.rationale

    def test_the_language_is_told_by_the_script_where_it_is_not_stated(self) -> None:
        (found,) = verdicts("baseline_redundancy", said("您好，我是银行的客服。", language=""))
        assert found.details["unit"] == "characters"


class TestRepetition:
    def test_a_statement_made_again_costs_a_point_and_a_third_time_all(self) -> None:
        line = "You can ring us on any day until eight."
        assert values("baseline_repetition", line, line, f"Well, {line}") == [2, 1, 0]

    def test_figures_days_and_list_items_are_no_repetition(self) -> None:
        assert values(
            "baseline_repetition",
            "I have a free slot on Monday at nine in the morning.",
            "I have a free slot on Tuesday at nine in the morning.",
            "The fee for your card comes to 35 pounds a month.",
            "The fee for your card comes to 45 pounds a month.",
        ) == [2, 2, 2, 2]

    def test_what_the_caller_asked_to_hear_again_does_not_count(self) -> None:
        line = "The refund reaches your account in three working days."
        call = call_of(("agent", line), ("caller", "Could you repeat that?"), ("agent", line))
        assert [v.value for v in verdicts("baseline_repetition", call)] == [2, 2]

    def test_short_courtesies_do_not_count(self) -> None:
        assert values("baseline_repetition", "Thank you. I see.", "Thank you. I see.") == [2, 2]

    @pytest.mark.parametrize(
        ("language", "line"),
        [
            ("zh", "退款会在三个工作日内到账。"),
            ("ja", "返金は三営業日以内に行われます。"),
            ("ko", "환불은 영업일 기준 사흘 안에 계좌로 들어갑니다."),
            ("de", "Die Erstattung kommt in drei Werktagen auf Ihr Konto."),
        ],
    )
    def test_it_works_in_each_script(self, language: str, line: str) -> None:
        assert values("baseline_repetition", line, line, language=language) == [2, 1]


class TestVerbosity:
    def test_the_guideline_is_four_sentences(self) -> None:
        one = "It is done. "
        assert values("baseline_verbosity", one * 4, one * 5, one * 7) == [3, 2, 1]

    def test_a_long_reply_without_marks_is_seen_by_its_words(self) -> None:
        (found,) = verdicts("baseline_verbosity", said("word " * 60))
        assert found.value == 2
        assert found.rationale == "1 sentence, 60 words: more than 50 words."
        assert found.details["failure_modes"] == ["verbosity_or_filler"]

    def test_a_code_that_is_spelt_out_is_not_wordy(self) -> None:
        code = "Your code is " + "A, B, 7, 3, K, " * 12 + "and that is all."
        assert values("baseline_verbosity", code) == [3]

    def test_chinese_is_counted_in_characters(self) -> None:
        assert values("baseline_verbosity", "好" * 95, language="zh") == [2]


class TestSpeakability:
    @pytest.mark.parametrize(
        "text",
        [
            "Your options are **first** and **second**.",
            "## Next steps are these",
            "See https://example.org/a?b=1 for more.",
            "Read it at example.com/help today.",
            "| Day | Time | Place |",
            "- first\n- second",
            "Here is {'status': 'ok'}",
            "Call get_balance for you.",
            "Great! 😀",
            "That is done.Next we go on.",
            "Take <b>this</b> one.",
            "`ls -l` shows it",
            "[our site](http://x.y)",
        ],
    )
    def test_what_is_for_the_eye_is_found(self, text: str) -> None:
        (found,) = verdicts("baseline_speakability", said(text))
        assert found.value == 0, text
        assert found.details["kinds"]

    @pytest.mark.parametrize(
        "text",
        [
            "It costs 35.50 pounds, that is 3 * 2 more, and/or less.",
            "Dr. Smith's e.g. is fine - truly.",
            "Your iPhone and your eBay account.",
            "写信到我们的地址就可以了。好的！",
            "A#1 service, on the 5th, at 9-10 o'clock; macOS is fine.",
            "Kraftfahrzeughaftpflichtversicherungsbeitrag",
            "L'hôtel est à 5 % — c’est tout…",
        ],
    )
    def test_ordinary_speech_is_left_alone(self, text: str) -> None:
        (found,) = verdicts("baseline_speakability", said(text))
        assert found.value == 1, found.rationale

    def test_what_went_to_the_synthesiser_is_looked_at_first(self) -> None:
        call = call_of(("agent", "Your options are first and second."), intended="**first**")
        (found,) = verdicts("baseline_speakability", call)
        assert found.value == 0
        assert found.details["text"] == "intended"
        assert "the text meant to be spoken" in found.rationale


class TestPlaceholders:
    @pytest.mark.parametrize(
        "text",
        [
            "Good morning, [NAME].",
            "Dear {{customer}}, hello.",
            "You owe <amount> today.",
            "Your card XXXX is blocked.",
            "Your card x x x x is blocked.",
            "I am calling from ${company}.",
            "您好，我是XXX银行的客服。",
            "您好，某某先生。",
            "您好，【客户姓名】先生。",
            "○○様でいらっしゃいますか",
            "Hello open bracket name close bracket.",
            "Guten Tag, Herr [Name des Kunden].",
        ],
    )
    def test_blanks_are_found(self, text: str) -> None:
        (found,) = verdicts("baseline_placeholders", said(text))
        assert found.value == 0, text
        assert "blank spoken" in found.rationale or "blanks spoken" in found.rationale

    @pytest.mark.parametrize(
        "text",
        [
            "Your name is Max, and the price is six pounds.",
            "That is (sorry) not possible.",
            "It is marked [laughs] so.",
            "Size XXL is left, model X is not.",
            "I am from Exxon. Wait... yes.",
            "您好，请问是张先生吗？",
        ],
    )
    def test_ordinary_words_are_none(self, text: str) -> None:
        (found,) = verdicts("baseline_placeholders", said(text))
        assert found.value == 1, found.rationale


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "a.a" * 6000, "a-a" * 6000, "........" * 2000, "[[[[{{{{" * 2500, "x x " * 5000,
        "word " * 4000, "• a " * 5000, "*" * 20_000, "\n" * 20_000 + "a", "| " * 9000,
        "So it is done now. " * 1000, "“" * 20_000, "退款会到账。" * 3000,
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_texts_take_no_time(name: str, text: str) -> None:
    began = time.perf_counter()
    verdicts(f"baseline_{name}", said(text, text))
    assert time.perf_counter() - began < 3.0
