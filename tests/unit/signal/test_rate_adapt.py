"""Slowing down for key information, on words whose times are made to measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput
from app.domain.segments import Segment
from app.eval.base import CallInput, Outcome, Watch
from app.eval.registry import build
from app.eval.signal import syllables
from app.eval.signal.rate_adapt import RateAdaptation
from tests.unit.signal.rig import call_input, check, line, timed_line, value

RATE = 8_000
Timed = list[tuple[str, float, float]]


def said(words: str, start_s: float, per_s: float, language: str = "en") -> Timed:
    """The words one after the other at that many syllables a second."""
    out, at = [], start_s
    for word in words.split():
        length = max(1, syllables.count(word, language)) / per_s
        out.append((word, at, at + length))
        at += length
    return out


def after(words: Timed) -> float:
    return words[-1][2]


def source(folder: Path, texts: dict[Any, Sequence[Segment]], **more: Any) -> CallInput:
    return call_input(folder, np.zeros((60 * RATE, 2)), RATE, texts=texts, **more)


def judged(folder: Path, texts: dict[Any, Sequence[Segment]], **more: Any) -> Outcome:
    given = source(folder, texts, **more)
    found = RateAdaptation().evaluate(given, Watch())
    check(found, RateAdaptation.metrics, given.call.frame_count)
    return found


def number_line(slow: float) -> Timed:
    """Normal speech at 5 syllables a second, a number at `slow`, normal speech again."""
    first = said("Thank you for calling the clinic today your reference is", 1, 5)
    number = said("seven two nine four", after(first), slow)
    return [*first, *number, *said("and we look forward to seeing you", after(number), 5)]


@pytest.mark.parametrize(("slow", "adapts"), [(2.5, True), (4.5, True), (4.6, False), (6.0, False)])
def test_a_number_in_words(tmp_path: Path, slow: float, adapts: bool) -> None:
    found = judged(tmp_path, {"spoken": [timed_line("agent", number_line(slow), RATE)]})
    ratio, share = value(found, "rate_adapt", "agent"), value(found, "rate_adapt.share", "agent")
    assert ratio.value == pytest.approx(slow / 5, rel=2e-3)
    assert ratio.n == 1
    assert share.value == float(adapts)
    assert ratio.evidence[0].label == "seven two nine four"
    assert ratio.profile == "syllables"
    assert ratio.components["other_rate"] == pytest.approx(5, rel=2e-3)


def test_the_script_says_what_is_key_and_the_recording_when(tmp_path: Path) -> None:
    """The recogniser misheard the code; its place is still known."""
    first = said("Good morning your booking code is", 1, 5)
    code = said("are tea eight", after(first), 2.5)
    heard = [*first, *code, *said("please keep it with your papers", after(code), 5)]
    plan = line("agent", 0, 9, "Good morning, your booking code is RT8. Please keep it with your "
                "papers.", RATE)  # fmt: skip
    found = judged(tmp_path, {"intended": [plan], "spoken": [timed_line("agent", heard, RATE)]})
    ratio = value(found, "rate_adapt", "agent")
    assert ratio.evidence[0].label == "are tea eight"
    assert ratio.value == pytest.approx(0.5, rel=2e-3)
    assert ratio.components["words_of"] == "spoken"


def test_listed_entities_win_over_the_rule(tmp_path: Path) -> None:
    first = said("You will be seen by Doctor", 1, 5)
    name = said("Kowalski", after(first), 2)
    words = [*first, *name, *said("on floor seven two nine at the main entrance", after(name), 5)]
    entities = [
        {"text": "Doctor Kowalski", "speaker": "agent"},
        {"text": "main entrance", "speaker": "caller"},
    ]
    found = judged(
        tmp_path,
        {"spoken": [timed_line("agent", words, RATE)]},
        conditions={"entities": entities},
    )
    ratio = value(found, "rate_adapt", "agent")
    assert [e.label for e in ratio.evidence] == ["Doctor Kowalski"]
    assert ratio.components["entities"] == "listed"
    assert ratio.value is not None
    assert ratio.value < 0.7


def test_the_median_of_several_and_the_share(tmp_path: Path) -> None:
    words: Timed = said("Let me read the numbers to you one after the other now", 1, 5)
    words = [w for w in words if w[0] not in ("one",)]
    at = after(words)
    for slow in (2.5, 4.0, 6.0):
        words += said("seven four two nine", at, slow)
        words += said("then comes another with more words between", after(words), 5)
        at = after(words)
    found = judged(tmp_path, {"spoken": [timed_line("agent", words, RATE)]})
    ratio, share = value(found, "rate_adapt", "agent"), value(found, "rate_adapt.share", "agent")
    assert ratio.n == 3
    assert ratio.components["ratios"] == pytest.approx([0.5, 0.8, 1.2], rel=0.05)
    assert share.value == pytest.approx(2 / 3)
    assert share.components["adapted"] == 2


def test_pauses_inside_a_number_are_slowness_and_long_waits_are_not(tmp_path: Path) -> None:
    first = said("Thank you for calling the clinic today your reference is", 1, 5)
    one = said("seven two", after(first), 5)
    two = said("nine four", after(one) + 0.6, 5)
    rest = said("and now I will wait", after(two), 5)
    back = said("for your answer to that", after(rest) + 5.0, 5)
    words = [*first, *one, *two, *rest, *back]
    found = judged(tmp_path, {"spoken": [timed_line("agent", words, RATE)]})
    ratio = value(found, "rate_adapt", "agent")
    assert ratio.components["other_rate"] == pytest.approx(5, rel=2e-3)
    assert ratio.value == pytest.approx(5 / (5 / 5 + 0.6) / 5, rel=5e-3)


def test_chinese_counts_characters(tmp_path: Path) -> None:
    first = said("您 的 订 单 号 是", 1, 5, "zh")
    number = said("七 二 九 四", after(first), 2.5, "zh")
    words = [*first, *number, *said("请 您 记 下 来 谢 谢 再 见 了", after(number), 5, "zh")]
    found = judged(tmp_path, {"spoken": [timed_line("agent", words, RATE)]}, language="zh-CN")
    ratio = value(found, "rate_adapt", "agent")
    assert ratio.profile == "characters"
    assert ratio.value == pytest.approx(0.5, rel=2e-3)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Thank you for calling we will see you soon at the clinic", "no number and no code"),
        ("seven two nine four", "too little else"),
        ("Thank you for calling the clinic we see you at ten", "too short"),
    ],
)
def test_no_ratio_is_said_in_words(tmp_path: Path, words: str, reason: str) -> None:
    texts: Any = {"spoken": [timed_line("agent", said(words, 1, 5), RATE)]}
    found = judged(tmp_path, texts)
    for got in found.values:
        assert got.status == "undefined"
        assert reason in got.reason


def test_words_without_times_of_their_own_say_nothing(tmp_path: Path) -> None:
    """Sharing a line's time out over its words would always give a ratio near 1."""
    text = "Thank you for calling your reference is seven two nine four and goodbye"
    found = judged(tmp_path, {"heard": [line("agent", 1, 5, text, RATE)]})
    assert "times of words" in value(found, "rate_adapt", "agent").reason
    assert value(judged(tmp_path, {}), "rate_adapt", "agent").value is None


def test_only_the_agents_words_count(tmp_path: Path) -> None:
    mine = timed_line("agent", number_line(2.5), RATE, "a")
    theirs = timed_line("caller", said("one two three four five six seven", 1, 1), RATE, "c")
    found = judged(tmp_path, {"spoken": [mine, theirs]})
    assert value(found, "rate_adapt", "agent").value == pytest.approx(0.5, rel=2e-3)


def test_all_in_capitals_is_no_code(tmp_path: Path) -> None:
    words = said("THANK YOU FOR CALLING US TODAY WE SEE YOU SOON AT OUR CLINIC", 1, 5)
    found = judged(tmp_path, {"spoken": [timed_line("agent", words, RATE)]})
    assert "no number" in value(found, "rate_adapt", "agent").reason


def test_bad_arguments_and_bad_lists(tmp_path: Path) -> None:
    for wrong in (0.0, -1.0, float("nan"), 1e9):
        with pytest.raises(BadInput, match="ratio of rates"):
            build("speech.rate_adapt", {"threshold": wrong})
    texts: Any = {"spoken": [timed_line("agent", number_line(2.5), RATE)]}
    with pytest.raises(BadInput, match="entities"):
        judged(tmp_path, texts, conditions={"entities": "Kowalski"})
    wide = build("speech.rate_adapt", {"threshold": 0.4})
    found = wide.evaluate(source(tmp_path, texts), Watch())
    assert value(found, "rate_adapt.share", "agent").value == 0
