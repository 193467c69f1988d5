"""Manner of speaking on voices whose rate, pauses, pitch and breaks are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.audio import pitch
from app.domain.calls import Span
from app.eval.base import Outcome, Watch
from app.eval.registry import build
from app.eval.signal import cutoffs, nuclei, prosody_metrics, syllables
from app.eval.signal.prosody import Prosody
from tests.unit.signal.rig import call_input, check, line, value

RATE = 16_000
Floats = NDArray[np.float64]


def voice(seconds: float, hz: Any = 120.0, rate_hz: int = RATE, level: float = 0.2) -> Floats:
    """A steady buzz whose pitch may be a number or a function of time."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    curve = hz(t) if callable(hz) else np.full(len(t), float(hz))
    phase = 2 * np.pi * np.cumsum(curve) / rate_hz
    return level * sum(np.sin(k * phase + k) / k for k in range(1, 12))


def talking(seconds: float, per_s: float, hz: Any = 120.0) -> Floats:
    """A buzz that swells `per_s` times a second, from trough to trough."""
    t = np.arange(round(seconds * RATE)) / RATE
    swell = (0.05 + 0.95 * (0.5 - 0.5 * np.cos(2 * np.pi * per_s * t))) ** 2
    return voice(seconds, hz) * swell


def call(
    folder: Path, parts: dict[float, Floats], *, talk: Any = None, seconds: float = 20, **more: Any
) -> Outcome:
    """A call whose agent says the parts at these times over a little noise."""
    both = np.random.default_rng(0).normal(0, 1e-4, (round(seconds * RATE), 2))
    spans = []
    for start, part in parts.items():
        at = round(start * RATE)
        both[at : at + len(part), 1] += part
        spans.append((start, start + len(part) / RATE))
    source = call_input(folder, both, RATE, talk=talk or {"agent": spans}, **more)
    found = Prosody().evaluate(source, Watch())
    check(found, prosody_metrics.METRICS, source.call.frame_count)
    return found


def of(outcome: Outcome, key: str, turn_id: str | None = None) -> Any:
    return value(outcome, f"prosody.{key}", "agent", turn_id)


@pytest.mark.parametrize("per_s", [2.5, 4.0, 6.0])
def test_syllables_are_heard_in_a_voice_without_words(tmp_path: Path, per_s: float) -> None:
    found = call(tmp_path, {1: talking(4, per_s)})
    rate = of(found, "speech_rate")
    assert rate.profile == "syllables by sound"
    assert rate.value == pytest.approx(per_s, rel=0.06)


def test_noise_has_no_syllables() -> None:
    x = np.random.default_rng(0).normal(0, 0.1, 4 * RATE).astype(np.float32)
    assert nuclei.count(x, pitch.track(x, RATE)) == 0
    assert nuclei.count(np.zeros(10, np.float32), pitch.track(np.zeros(10), RATE)) == 0


def test_rates_by_text_of_the_call_and_of_each_turn(tmp_path: Path) -> None:
    """Nine syllables in 3 s of turn with 0.6 s of pause; six in 2 s."""
    parts = {1.0: voice(1.2), 2.8: voice(1.2), 10.0: voice(2.0)}
    talk = {"agent": [(1.0, 2.2), (2.8, 4.0), (10.0, 12.0)], "caller": [(6, 8)]}
    texts = {
        "heard": [
            line("agent", 1, 4, "My number is seventeen thirty two", RATE),
            line("caller", 6, 8, "A great many words that are not the agent's own", RATE),
            line("agent", 10, 12, "Thank you very much now", RATE),
        ]
    }
    found = call(tmp_path, parts, talk=talk, texts=texts)
    speech, articulation = of(found, "speech_rate"), of(found, "articulation_rate")
    assert speech.profile == "syllables by text"
    assert speech.components["units"] == 10 + 6
    assert speech.value == pytest.approx(16 / 5, rel=1e-6)
    assert articulation.value == pytest.approx(16 / 4.4, rel=1e-6)
    assert of(found, "speech_rate", "t1").value == pytest.approx(10 / 3, rel=1e-6)
    assert of(found, "articulation_rate", "t1").value == pytest.approx(10 / 2.4, rel=1e-6)
    assert of(found, "speech_rate", "t3").value == pytest.approx(3.0, rel=1e-6)
    assert [e.value for e in speech.evidence] == pytest.approx([10 / 3, 3.0])


def test_chinese_is_counted_in_characters(tmp_path: Path) -> None:
    texts = {"heard": [line("agent", 1, 4, "您好,请问是王先生吗?", RATE)]}
    found = call(tmp_path, {1: voice(3)}, texts=texts, language="")
    rate = of(found, "speech_rate")
    assert rate.profile == "characters by text"
    assert rate.value == pytest.approx(9 / 3)


def test_text_of_a_small_part_is_not_the_measure(tmp_path: Path) -> None:
    texts = {"heard": [line("agent", 1, 2.5, "Hello there", RATE)]}
    talk = {"agent": [(1, 2.5), (8, 14)], "caller": [(4, 6)]}
    parts = {1.0: talking(1.5, 4), 8.0: talking(6, 4)}
    found = call(tmp_path, parts, talk=talk, texts=texts)
    assert of(found, "speech_rate").profile == "syllables by sound"


def test_pauses_are_those_inside_turns(tmp_path: Path) -> None:
    parts = {1.0: voice(1), 2.5: voice(1), 3.65: voice(1), 12.0: voice(2)}
    talk = {"agent": [(1, 2), (2.5, 3.5), (3.65, 4.65), (12, 14)], "caller": [(6, 8)]}
    found = call(tmp_path, parts, talk=talk)
    assert of(found, "pauses").value == 1  # 0.5 s; 0.15 s is a closure; 7 s is the caller's
    assert of(found, "pause_mean").value == pytest.approx(500)
    assert of(found, "pause_share").value == pytest.approx(0.5 / (3.65 + 2))
    assert of(found, "pauses").evidence[0].span == Span(2 * RATE, round(2.5 * RATE))


def test_no_pause_has_no_mean(tmp_path: Path) -> None:
    found = call(tmp_path, {1: voice(3)})
    assert of(found, "pauses").value == 0
    assert of(found, "pause_mean").status == "undefined"
    assert of(found, "pause_share").value == 0


def test_pitch_of_a_flat_and_of_a_lively_voice(tmp_path: Path) -> None:
    flat = call(tmp_path, {1: voice(4, 150.0)})
    assert of(flat, "pitch_median").value == pytest.approx(150, rel=0.005)
    assert of(flat, "pitch_sd").value < 0.1
    assert of(flat, "pitch_range").value < 0.2

    def swing(t: Floats) -> Floats:
        return np.asarray(150 * 2 ** (3 / 12 * np.sin(2 * np.pi * 0.7 * t)))

    lively = call(tmp_path, {1: voice(6, swing)})
    # a sine of 3 semitones: SD 3 / sqrt 2, and 5 to 95 % is 2 * 3 * sin(0.45 pi)
    assert of(lively, "pitch_sd").value == pytest.approx(3 / np.sqrt(2), rel=0.04)
    assert of(lively, "pitch_range").value == pytest.approx(6 * np.sin(0.45 * np.pi), rel=0.04)


def test_pitch_of_each_turn(tmp_path: Path) -> None:
    parts = {1.0: voice(2, 110.0), 10.0: voice(2, 140.0)}
    talk = {"agent": [(1, 3), (10, 12)], "caller": [(5, 7)]}
    found = call(tmp_path, parts, talk=talk)
    assert of(found, "pitch_median", "t1").value == pytest.approx(110, rel=0.01)
    assert of(found, "pitch_median", "t3").value == pytest.approx(140, rel=0.01)


def test_slips_of_an_octave_are_left_out() -> None:
    hz = np.concatenate([np.linspace(100, 130, 200), np.full(20, 400.0), np.full(5, 55.0)])
    low, high = pitch.own_range([hz])
    assert 55 < low < 100
    assert 130 < high < 400
    assert pitch.own_range([]) == (50.0, 600.0)


def test_level_variation(tmp_path: Path) -> None:
    steady = call(tmp_path, {1: voice(4)})
    steps = np.concatenate([voice(0.6, level=0.2), voice(0.6, level=0.1)] * 4)
    varied = call(tmp_path, {1: steps})
    assert of(steady, "level_sd").value < 0.4
    assert of(varied, "level_sd").value == pytest.approx(3.01, abs=0.4)


def faded(seconds: float, tail_s: float) -> Floats:
    """A voice that dies away over its last `tail_s`."""
    x = voice(seconds)
    n = round(tail_s * RATE)
    x[-n:] *= 10 ** (-np.linspace(0, 60, n) / 20)
    return x


def test_a_voice_broken_off_is_a_cutoff_and_one_that_dies_away_is_none(tmp_path: Path) -> None:
    parts = {1.0: faded(3, 0.4), 6.0: voice(2.013), 10.0: faded(3, 0.4)}
    found = of(call(tmp_path, parts), "cutoffs")
    assert found.value == 1
    (where,) = found.evidence
    assert where.span.start < 8.013 * RATE < where.span.end
    assert where.value >= 18


@pytest.mark.parametrize("offset_s", np.arange(0, 0.030, 0.0015))
@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_a_cutoff_is_found_wherever_it_falls_in_a_frame(offset_s: float, rate: int) -> None:
    x = np.random.default_rng(1).normal(0, 1e-4, 4 * rate)
    part = voice(1.5 + offset_s, rate_hz=rate)
    x[rate : rate + len(part)] += part
    span = Span(rate, rate + len(part))
    found = cutoffs.find(x.astype(np.float32), rate, [span])
    assert len(found.found) == 1


def test_a_short_closure_is_a_drop_but_no_cutoff() -> None:
    x = np.random.default_rng(1).normal(0, 1e-4, 4 * RATE)
    x[RATE : 3 * RATE] += faded(2, 0.3)
    x[round(1.8 * RATE) : round(1.89 * RATE)] = 0
    found = cutoffs.find(x.astype(np.float32), RATE, [Span(RATE, 3 * RATE)])
    assert found.drops == 1
    assert found.found == ()


def test_drops_of_somebody_else_do_not_count() -> None:
    x = np.zeros(4 * RATE, np.float32)
    x[RATE : 2 * RATE] = voice(1)
    assert cutoffs.find(x, RATE, [Span(3 * RATE, 4 * RATE)]).drops == 0
    assert cutoffs.find(x, RATE, []).drops == 0
    assert cutoffs.find(np.zeros(3, np.float32), RATE, [Span(0, 3)]).drops == 0


@pytest.mark.parametrize(
    "samples",
    [np.zeros((5 * RATE, 2)), np.full((5 * RATE, 2), np.nan), np.full((5 * RATE, 2), 0.4)],
    ids=["silence", "nan", "offset"],
)
def test_speech_that_cannot_be_heard(tmp_path: Path, samples: Any) -> None:
    source = call_input(tmp_path, samples, RATE, talk={"agent": [(1, 3)], "caller": []})
    found = Prosody().evaluate(source, Watch())
    check(found, prosody_metrics.METRICS, len(samples))
    for key in ("speech_rate", "pitch_median", "pitch_sd", "pitch_range", "level_sd"):
        assert of(found, key).status == "undefined"
    assert of(found, "cutoffs").value == 0


def test_an_agent_that_says_nothing(tmp_path: Path) -> None:
    source = call_input(tmp_path, np.zeros((RATE, 2)), RATE, talk={"caller": [(0, 1)]})
    found = Prosody().evaluate(source, Watch())
    assert {v.status for v in found.values} == {"undefined"}
    assert len(found.values) == len(prosody_metrics.METRICS)


def test_the_agent_in_a_mix(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(0, 1e-4, 12 * RATE)
    x[RATE : 4 * RATE] += voice(3, 200.0)
    x[6 * RATE : 9 * RATE] += voice(3, 100.0)
    talk = {"agent": [(1, 4)], "caller": [(6, 9)]}
    source = call_input(tmp_path, x, RATE, talk=talk)
    found = Prosody().evaluate(source, Watch())
    assert of(found, "pitch_median").value == pytest.approx(200, rel=0.01)


def test_it_is_in_the_registry() -> None:
    assert isinstance(build("speech.prosody"), Prosody)


ENGLISH = """
the:1 appointment:3 confirmation:4 reference:3 number:2 please:1 seventeen:3 available:4 really:2
idea:3 radio:3 video:3 special:2 patient:2 create:2 created:3 asked:1 wanted:2 called:1 services:3
houses:2 boxes:2 makes:1 little:2 table:2 people:2 quiet:2 science:2 going:2 customer:3 delivery:4
insurance:3 account:2 verify:3 identity:4 thank:1 you:1 hello:2 information:4 schedule:2 tomorrow:3
afternoon:3 minute:2 actually:4 material:4 previous:3 question:2 region:2 million:2 usually:4
situation:4 employee:3 address:2 postcode:2 whole:1 tell:1 hour:1 saying:2 through:1 serious:3
delicious:3 society:4 changed:1 changes:2 prices:2 wishes:2 watches:2 tired:1 needed:2 one:1 some:1
twelve:1 settled:2 handled:2 individual:5 regular:3 business:2 area:3 everything:3
"""
SPANISH = """
hola:2 buenos:2 días:2 entrega:3 dirección:3 aplazada:4 guerra:2 quiero:2 aérea:4 país:2 leer:2
ciudad:2 muy:1 hoy:1 estoy:2 rey:1 yo:1 pingüino:3 teléfono:4 cuatro:2
"""
FRENCH = """
bonjour:2 madame:2 été:2 parle:1 parlent:1 maison:2 créer:2 rue:1 oui:1 comptes:1 numéro:3 vous:1
merci:2 beaucoup:2 je:1 facture:2 adresse:2 musée:2 théâtre:2
"""


@pytest.mark.parametrize(
    ("words", "language", "right"), [(ENGLISH, "en-GB", 0.9), (SPANISH, "es", 1), (FRENCH, "fr", 1)]
)
def test_syllables_by_spelling(words: str, language: str, right: float) -> None:
    pairs = [(w, int(n)) for w, n in (p.split(":") for p in words.split())]
    counted = [syllables.count(w, language) for w, _ in pairs]
    truth = [n for _, n in pairs]
    assert sum(a == b for a, b in zip(counted, truth, strict=True)) >= right * len(pairs)
    assert sum(counted) == pytest.approx(sum(truth), rel=0.02)


@pytest.mark.parametrize(
    ("text", "language", "truth"),
    [
        ("0800 17", "en", 2 + 1 + 2 + 2 + 1 + 2),
        ("32", "en", 2 + 1),
        ("$1,250", "en", 1 + 2 + 1 + 2 + 2 + 2),
        ("£20,007,000.", "en", 2 + 2 + 2 + 2 + 1),
        ("0 and 10", "en", 2 + 1 + 1),
        ("4.5", "en", 1 + 1),
        ("0 4", "es", 2 + 2),
        ("USB or WWW", "en", 3 + 1 + 9),
        ("THANK YOU", "en", 2),
        ("don't", "en", 1),
        ("您好", "zh", 2),
        ("안녕하세요", "ko", 5),
        ("Тест говорит", "ru", 4),
        ("...?!", "en", 0),
        ("", "", 0),
        ("' ’", "en", 0),
    ],
)
def test_digits_letters_and_scripts(text: str, language: str, truth: int) -> None:
    assert syllables.count(text, language) == truth


@given(st.text(max_size=60), st.sampled_from(["", "en", "es", "fr", "zh", "xx-YY", "ru"]))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_number(text: str, language: str) -> None:
    found = syllables.count(text, language)
    assert 0 <= found <= 6 * len(text) + 1
    assert syllables.by_characters(text, language) in (True, False)
