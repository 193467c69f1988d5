"""OutboundEval's interruption success and latency: every tie, every exclusion, every series."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.domain.segments import Segment
from app.eval.base import CallInput
from app.eval.turns.fillers import FILLERS, content_from, phrases
from app.eval.turns.outbound import OutboundTurns
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import (
    call,
    layer,
    one,
    said,
    speech,
    transcript,
    values_of,
    voided,
)

OUTBOUND = OutboundTurns()


def measured(*segments: Segment, overrides: object = None, **of_call: object) -> CallInput:
    return CallInput(
        call=call(**of_call),  # type: ignore[arg-type]
        speech=layer(segments, overrides=overrides),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("stop_ms", "under"), [(301, 1), (499, 1), (500, 0), (501, 0), (2000, 0)])
def test_success_is_strictly_under_500_ms(stop_ms: int, under: int) -> None:
    found = values_of(
        OUTBOUND, measured(seg("agent", 0, 5000), seg("caller", 5000 - stop_ms, 9000))
    )
    assert one(found, "isr500.detect_rate", "agent").value == 1
    assert one(found, "isr500.conditional", "agent").value == under
    assert one(found, "isr500.unconditional", "agent").value == under


def test_500_ms_is_exact_at_a_rate_that_does_not_divide() -> None:
    """At 11 025 Hz, 5512 frames are under 500 ms and 5513 are not."""
    for frames, under in ((5512, 1), (5513, 0)):
        onset = 50_000 - frames
        source = measured(
            seg("agent", 0, 50_000), seg("caller", onset, 90_000),
            rate_hz=11_025, frame_count=400_000,
        )  # fmt: skip
        assert one(values_of(OUTBOUND, source), "isr500.conditional", "agent").value == under


def test_the_conditional_rate_hides_what_was_never_noticed() -> None:
    source = measured(
        seg("agent", 0, 5000), seg("caller", 4600, 7000),  # stops after 400 ms
        seg("agent", 8000, 15_000), seg("caller", 10_000, 13_000),  # goes on for 5 s
        seg("agent", 20_000, 24_000), seg("caller", 23_000, 26_000),  # stops after 1 s
    )  # fmt: skip
    found = values_of(OUTBOUND, source)
    detect = one(found, "isr500.detect_rate", "agent")
    assert (detect.value, detect.components["attempts"]) == (pytest.approx(2 / 3), 3)
    assert one(found, "isr500.conditional", "agent").value == pytest.approx(1 / 2)
    assert one(found, "isr500.unconditional", "agent").value == pytest.approx(1 / 3)
    assert detect.components["delays_ms"] == [400, 1000]
    assert [(e.span, e.label) for e in detect.evidence] == [
        (Span(4600, 5000), "stop under 500 ms"),
        (Span(10_000, 15_000), "not noticed"),
        (Span(23_000, 24_000), "stop not under 500 ms"),
    ]


def test_backchannels_coughs_and_terminal_overlaps_are_no_attempts_and_are_counted() -> None:
    source = measured(
        seg("agent", 0, 10_000), seg("caller", 2000, 2400), seg("caller", 5000, 7000),
        seg("caller", 9800, 12_000),
        overrides={"c5000": "false_interruption"},
    )  # fmt: skip
    found = values_of(OUTBOUND, source)
    detect = one(found, "isr500.detect_rate", "agent")
    assert (detect.status, detect.reason) == (
        "undefined",
        "The caller does not interrupt the agent.",
    )
    more = measured(
        *source.speech.segments,  # type: ignore[union-attr]
        seg("agent", 13_000, 20_000), seg("caller", 19_000, 21_000),
        overrides={"c5000": "false_interruption"},
    )  # fmt: skip
    parts = one(values_of(OUTBOUND, more), "isr500.detect_rate", "agent").components
    assert parts["attempts"] == 1
    assert parts["excluded_backchannels"] == 1
    assert parts["excluded_false_interruptions"] == 1
    assert parts["excluded_terminal_overlaps"] == 1


def test_an_agent_that_had_stopped_was_not_interrupted() -> None:
    found = values_of(OUTBOUND, measured(seg("agent", 0, 5000), seg("caller", 5000, 9000)))
    assert one(found, "isr500.unconditional", "agent").status == "undefined"


def test_each_answer_is_in_one_series() -> None:
    source = measured(
        seg("caller", 0, 1000),  # hello?
        seg("agent", 1700, 5000),  # the greeting, 700 ms
        seg("caller", 5500, 8000), seg("agent", 8400, 12_000),  # 400 ms
        seg("caller", 11_000, 14_000), seg("agent", 15_500, 18_000),  # after an interruption
        seg("caller", 18_500, 21_000), seg("agent", 20_500, 24_000),  # early by 500 ms
        seg("caller", 25_000, 26_000), seg("agent", 26_600, 28_000),  # 600 ms
    )  # fmt: skip
    found = values_of(OUTBOUND, source)
    main = one(found, "e2e_latency", "agent")
    assert (main.value, main.n) == (500, 2)
    assert main.components["values"] == [400, 600]
    assert main.components["early_ms"] == [-500]
    assert main.components["clock"] == "recording"
    assert one(found, "e2e_latency.p50", "agent").value == 500
    assert one(found, "e2e_latency.p95", "agent").value == pytest.approx(590)
    assert one(found, "e2e_latency.greeting", "agent").value == 700
    assert one(found, "e2e_latency.after_interruption", "agent").value == 1500
    early = one(found, "e2e_latency.early_share", "agent")
    assert (early.value, early.n) == (pytest.approx(1 / 3), 3)
    assert early.evidence[0].span == Span(20_500, 21_000)
    turns = [v.value for v in found if v.turn_id]
    assert turns == [400, 600]


def test_an_answer_right_at_the_callers_end_is_not_early() -> None:
    source = measured(
        seg("agent", 0, 1000), seg("caller", 2000, 4000), seg("agent", 4000, 6000)
    )  # fmt: skip
    found = values_of(OUTBOUND, source)
    assert one(found, "e2e_latency", "agent").value == 0
    assert one(found, "e2e_latency.early_share", "agent").value == 0


def test_without_answers_it_says_so() -> None:
    found = values_of(OUTBOUND, measured(seg("caller", 0, 1000), seg("agent", 1500, 3000)))
    assert one(found, "e2e_latency", "agent").status == "undefined"
    assert one(found, "e2e_latency.greeting", "agent").value == 500
    opened = values_of(OUTBOUND, measured(seg("agent", 0, 1000), seg("caller", 1500, 3000)))
    assert one(opened, "e2e_latency.greeting", "agent").reason == (
        "No turn of the caller comes before the agent's first."
    )


def test_the_first_content_word_is_apart_from_the_first_sound() -> None:
    lines = transcript(
        said("agent", ("Um,", 4500, 4700), ("okay", 4700, 5000), ("so", 5000, 5300),
             ("your", 5400, 5600), ("refund", 5600, 6500)),
        said("agent", ("Yes", 9700, 9900), ("indeed", 9900, 10_400)),
        said("agent", ("Hmm.", 14_600, 15_000)),
        said("caller", ("so", 2000, 4000)),
    )  # fmt: skip
    source = measured(
        seg("agent", 0, 1000), seg("caller", 2000, 4000),
        seg("agent", 4500, 6500), seg("caller", 7000, 9000),
        seg("agent", 9600, 10_400), seg("caller", 12_000, 14_000),
        seg("agent", 14_500, 15_000), seg("caller", 16_000, 18_000),
        seg("agent", 18_500, 20_000),
        language="en-GB",
    )  # fmt: skip
    source = CallInput(call=source.call, speech=source.speech, texts={"spoken": lines})
    found = values_of(OUTBOUND, source)
    assert one(found, "e2e_latency", "agent").components["values"] == [500, 600, 500, 500]
    content = one(found, "e2e_latency.content", "agent")
    assert content.components["values"] == [1400, 600], "a first word keeps the measured onset"
    assert content.components["turns_with_filler"] == 1
    assert content.components["turns_of_fillers_only"] == 1
    assert content.components["turns_without_words"] == 1
    assert [e.label for e in content.evidence] == ["your", "Yes"]


def test_without_word_times_there_is_no_content_latency() -> None:
    source = speech(
        "....####....####", "####....####....", texts={"heard": transcript(seg("agent", 0, 400))}
    )
    content = one(values_of(OUTBOUND, source), "e2e_latency.content", "agent")
    assert content.reason == "No transcript of this call has word times."


@pytest.mark.parametrize(
    ("words", "language", "at"),
    [
        ("um uh hello", "en", 2),
        ("Okay, so... the bill", "en-US", 2),
        ("okay the bill", "en", 0),
        ("Right.", "en", 0),
        ("Well, let's see: Tuesday", "en", 3),
        ("— so", "en", None),
        ("um", "", None),
        ("so then", "", 0),
        ("Ähm also ja", "de-DE", 2),
        ("pues a ver mañana", "es", 3),
        ("嗯 那个 好的", "zh-CN", 2),
        ("", "en", None),
    ],
)
def test_where_content_begins(words: str, language: str, at: int | None) -> None:
    assert content_from(words.split(), language) == at


def test_every_language_has_the_hesitations() -> None:
    for language in ("", "xx", *FILLERS):
        assert ("um",) in phrases(language)


def test_what_is_voided_has_the_findings_words() -> None:
    source = measured(
        seg("agent", 0, 5000), seg("caller", 4000, 9000), seg("agent", 9500, 9900),
        warnings=(voided("latency", "interruption"),),
    )  # fmt: skip
    found = values_of(OUTBOUND, source)
    assert {v.value for v in found} == {None}
    assert {v.reason for v in found} == {"One channel is heard in the other."}


lanes = st.text(alphabet="#.", min_size=1, max_size=150)


@given(lanes, lanes)
def test_the_three_rates_hang_together(caller: str, agent: str) -> None:
    found = values_of(OUTBOUND, speech(caller, agent))
    detect, conditional, every = (
        one(found, f"isr500.{k}", "agent") for k in ("detect_rate", "conditional", "unconditional")
    )
    for value in (detect.value, conditional.value, every.value):
        assert value is None or 0 <= value <= 1
    if every.value is not None and detect.value:
        assert conditional.value is not None
        assert every.value == pytest.approx(detect.value * conditional.value)
    main = one(found, "e2e_latency", "agent")
    assert all(v >= 0 for v in main.components.get("values", ()))
    assert all(v < 0 for v in main.components.get("early_ms", ()))


def test_demo_calls_have_the_stops_that_were_planned(demo_inputs: Any) -> None:
    delays = 0
    for source, truth in demo_inputs.values():
        planned = [b["yield_s"] for b in truth["barge_ins"] if b["by"] == "caller"]
        detect = one(values_of(OUTBOUND, source), "isr500.detect_rate", "agent")
        if not planned:
            assert detect.status == "undefined"
            continue
        noticed = [1000 * s for s in planned if s is not None]
        assert detect.components["attempts"] == len(planned)
        assert detect.components["detected"] == len(noticed)
        assert detect.components["delays_ms"] == pytest.approx(noticed, abs=100)
        delays += len(noticed)
    assert delays >= 4
