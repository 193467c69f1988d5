"""Normalisers: each rule by a case, and no text that breaks one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import NotFound
from app.eval.text.languages import base_language, script_language
from app.eval.text.normalise import ABOUT, normaliser, normaliser_for
from app.eval.text.numerals import arabic


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Hello, World! It’s 3:45 — don't.", "hello world it's 3:45 don't"),
        ("rock 'n' roll, 1,250.50. [noise] co-op", "rock n roll 1,250.50 co op"),
        ("STRASSE Straße", "strasse strasse"),
        ("ﬁne　ＡＢＣ\u200b", "fine abc"),
        ("नमस्ते दुनिया।", "नमस्ते दुनिया"),
        ("caf\u0065\u0301", "café"),
        ("lone \ud800 surrogate\x00", "lone surrogate"),
    ],
)
def test_plain_takes_case_and_marks_away(raw: str, text: str) -> None:
    assert normaliser("plain-1").text(raw) == text


def test_raw_changes_nothing() -> None:
    assert normaliser("raw-1").units("  The Boiler,\tis \n") == ["The", "Boiler,", "is"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Forty-two dollars and seven cents", "$42.07"),
        ("I won't, it’s twenty twenty-five (laughs)", "i will not it is 2025"),
        ("uh, the colour is grey", "the color is gray"),
        ("double five one oh", "5510"),
    ],
)
def test_whisper_english_reads_numbers_and_contractions(raw: str, text: str) -> None:
    assert normaliser("whisper-en-1").text(raw) == text


def test_what_the_english_rules_cannot_take_is_normalised_word_by_word() -> None:
    endless = "9" * 5000
    assert normaliser("whisper-en-1").units(f"Twenty, {endless}!") == ["20", endless]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("P R V dash zero zero four", "prv 4"),
        ("PRV-004", "prv 4"),
        ("919-696-3901", "9196963901"),
        ("nine one nine six nine six three nine oh one", "9196963901"),
        ("1994-02-11", "1994 2 11"),
        ("nineteen ninety four, zero two, eleven", "1994 2 11"),
        ("wishy-washy", "wishy washy"),
        ("1,000 miles", "1000 miles"),
        ("the 3 rd", "the 3rd"),
        ("It’s", "it is"),
    ],
)
def test_eva_makes_spelled_and_written_identifiers_alike(raw: str, text: str) -> None:
    assert normaliser("eva-1", "en").text(raw) == text


def test_eva_follows_the_language() -> None:
    assert normaliser("eva-1", "fr").text("Vingt et un, s'il vous plaît") == "21 s il vous plaît"
    assert normaliser("eva-1", "ja").units("ＡＢ、ｶﾞ。") == ["a", "b", "ガ"]
    assert normaliser("eva-1", "zh").unit == "char"
    assert normaliser("eva-1", "de").text("Grüße, Straße!") == "grüße straße"


@pytest.mark.parametrize(
    ("language", "raw", "units"),
    [
        ("zh", "您好，三百五十元。", "您好350元"),
        ("zh", "50%，百分之五十", "百分之50百分之50"),
        ("zh", "3.5 和三点五 （笑）[噪音]", "3点5和3点5"),
        ("zh", "电话 １３８ 幺三八", "电话138138"),
        ("zh", "1,250元", "1250元"),
        ("ja", "３５％です。ｶﾞｷﾞー", "35パーセントですガギー"),
        ("ko", "안녕, 3.5% 일이", "안녕3점5퍼센트일이"),
    ],
)
def test_characters_of_chinese_japanese_korean(language: str, raw: str, units: str) -> None:
    assert normaliser("cjk-chars-1", language).units(raw) == list(units)


@pytest.mark.parametrize(
    ("han", "digits"),
    [
        ("三百五十", "350"), ("一百零二", "102"), ("一百二", "120"), ("三万五", "35000"),
        ("三万零五", "30005"), ("1.1万", "11000"), ("一亿两千万", "120000000"), ("十一", "11"),
        ("二零二五", "2025"), ("一千零五十", "1050"), ("千万", "千万"), ("万一", "万1"),
        ("两三百", "23百"), ("3.25万亿", "3.25万亿"), ("百分之五十", "百分之50"), ("零", "0"),
        ("一万一千一百一十一", "11111"),
    ],
)  # fmt: skip
def test_han_numerals(han: str, digits: str) -> None:
    assert arabic(han) == digits


@given(st.integers(1, 10**8 - 1))
def test_every_number_comes_back_from_han(number: int) -> None:
    assert arabic(_in_han(number)) == str(number)


def _in_han(number: int) -> str:
    """A number below 10^8 as it is written in Han numerals."""
    if number >= 10**4:
        head, rest = divmod(number, 10**4)
        gap = "零" if 0 < rest < 1000 else ""
        return _in_han(head) + "万" + gap + (_in_han(rest) if rest else "")
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if zero and out else "") + "零一二三四五六七八九"[digit] + name
        zero = not digit if out else False
    return out


def test_languages_pick_their_normaliser() -> None:
    picked = {tag: normaliser_for(tag).id for tag in ("en-GB", "zh_CN", "ko", "fr", "es", "de", "")}
    assert picked == {
        "en-GB": "whisper-en-1", "zh_CN": "cjk-chars-1", "ko": "cjk-chars-1",
        "fr": "whisper-fr-1", "es": "whisper-es-1", "de": "plain-1", "": "plain-1",
    }  # fmt: skip
    assert normaliser_for("", "你好，世界 OK").id == "cjk-chars-1"
    assert normaliser_for("de", "你好").id == "plain-1"  # what is stated wins
    assert base_language("cmn-Hans") == "zh"
    assert script_language("カタカナと漢字") == "ja"
    assert script_language("안녕하세요") == "ko"
    assert script_language("hello 你") == ""


def test_an_unknown_normaliser_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"plain-9.*whisper-en-1"):
        normaliser("plain-9")


@pytest.mark.parametrize("identifier", sorted(set(ABOUT) - {"raw-1"}))
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_a_normaliser(identifier: str, raw: str) -> None:
    for language in ("en", "ja"):
        rules = normaliser(identifier, language)
        units = rules.units(raw)
        assert all(unit and not unit.isspace() for unit in units)
        if rules.name.startswith("whisper"):
            assert all(any(map(str.isalnum, unit)) for unit in units)
        assert "".join(units) == "".join(rules.units(raw, "char"))


@pytest.mark.parametrize("identifier", sorted(ABOUT))
@pytest.mark.parametrize(
    "piece", ["(", "[", "<", "9", "a", "好", " ", "one ", "a-", "1,", "'", "三", "ａ", "a b "]
)
def test_long_runs_of_anything_are_normalised_too(identifier: str, piece: str) -> None:
    # quadratic patterns would run into the time limit of the tests
    units = normaliser(identifier, "zh").units(f"begin {piece * 50_000} end", "word")
    text = "".join(units)
    assert text.startswith("begin")
    assert text.endswith("end")


def test_only_short_asides_that_are_closed_are_left_out() -> None:
    rules = normaliser("whisper-en-1")
    assert rules.text("well [noise] (laughs) <unk> then") == "well then"
    assert rules.text("well [noise then") == "well noise then"
    spoken = "said " * 60
    assert len(rules.units(f"({spoken})")) == 60


@given(st.text(max_size=60))
def test_plain_twice_is_plain(raw: str) -> None:
    rules = normaliser("plain-1")
    assert rules.text(rules.text(raw)) == rules.text(raw)
