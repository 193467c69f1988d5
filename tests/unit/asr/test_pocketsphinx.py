"""PocketSphinx hears the demo's espeak voices and real readers, where and when they speak."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.domain.errors import BadInput, Cancelled, EnvironmentFault
from app.models import sphinx, sphinx_child, sphinx_decoder
from app.models.asr import RATE_HZ, Heard, HeardWord, never, nobody
from app.models.sphinx import PocketSphinx
from tests.unit.asr.hearing import hear, spans, track

CALL = "boiler-repair"


def words(heard: Heard) -> list[HeardWord]:
    return [w for s in heard.segments for w in s.words]


def in_thread(work: Callable[[], Heard]) -> Heard | BaseException:
    """What `work` gives, or raises, in a thread that ends with it."""
    found: list[Heard | BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [(12, "not a new customer"), (14, "thursday then"), (4, "started on monday")],
)
def test_it_hears_a_line_of_the_demo_and_its_words_lie_within(line: int, expected: str) -> None:
    where = spans(CALL, "caller", line)
    heard = hear(PocketSphinx(), track(CALL, "caller"), where, "en-GB")
    text = " ".join(s.text for s in heard.segments)
    assert expected in text
    assert heard.language == "en"
    found = words(heard)
    assert [w.text.strip() for w in found] == text.split()
    for word in found:
        assert any(a - 0.3 <= word.start_s < word.end_s <= b + 0.3 for a, b in where)
        assert word.confidence is not None
        assert 0 <= word.confidence <= 1
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(found))


def test_real_readers_are_heard(shared_data: Path) -> None:
    x, rate = soundfile.read(shared_data / "speech/stereo_diarization.wav", dtype="float32")
    assert rate == RATE_HZ
    left = hear(PocketSphinx(), np.ascontiguousarray(x[:, 0]), None)
    text = left.segments[0].text
    assert text.startswith("he began a confused complaint against the wizard")
    assert text.endswith("behind the curtain on the left")
    # "Curtain" is said in the last 1.3 s of the reading.
    curtain = next(w for w in words(left) if w.text.strip() == "curtain")
    assert 3.4 < curtain.start_s < curtain.end_s < 4.7


def test_telephone_speech_is_told_from_wide_speech() -> None:
    narrow, wide = track("card-arrears", "caller"), track(CALL, "caller")
    assert sphinx.is_narrow(narrow, spans("card-arrears", "caller"))
    assert not sphinx.is_narrow(wide, spans(CALL, "caller"))


def test_the_mirrored_half_lies_above_4_khz_and_is_faint() -> None:
    t = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    sine = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    levels = np.abs(np.fft.rfft(sphinx.mirrored(sine)))
    assert levels.argmax() == 1000
    assert levels[7000] / levels[1000] == pytest.approx(sphinx.MIRROR, rel=0.01)
    assert levels[[1000, 7000]].sum() == pytest.approx(levels.sum(), rel=0.01)


def test_what_was_heard_before_changes_nothing() -> None:
    where = spans(CALL, "caller", 12)
    first = hear(PocketSphinx(), track(CALL, "caller"), where)
    hear(PocketSphinx(), track("card-arrears", "caller"), spans("card-arrears", "caller", 2))
    assert hear(PocketSphinx(), track(CALL, "caller"), where) == first


def test_silence_costs_nothing_and_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(_pcm: bytes) -> list[sphinx_decoder.RawWord]:
        raise AssertionError("nothing was to be decoded")

    monkeypatch.setattr(sphinx_decoder, "decode", decode)
    hour = np.zeros(3600 * RATE_HZ, np.float32)
    assert hear(PocketSphinx(), hour, []).segments == ()
    assert hear(PocketSphinx(), hour[:0], None).segments == ()
    assert hear(PocketSphinx(), hour[:100], None).segments == ()


def test_speech_without_end_is_decoded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[float] = []

    def decode(pcm: bytes) -> list[sphinx_decoder.RawWord]:
        lengths.append(len(pcm) / 2 / RATE_HZ)
        return [("word", 0.5, 0.9, 0.5), ("late", 0.9, 99.0, 0.5)]

    monkeypatch.setattr(sphinx_decoder, "decode", decode)
    noise = np.random.default_rng(0).normal(0, 0.1, 95 * RATE_HZ).astype(np.float32)
    told: list[float] = []
    heard = PocketSphinx().transcribe(
        noise, language=None, spans=[(0.0, 95.0)], progress=told.append, cancelled=never
    )
    assert sum(lengths) == pytest.approx(95, abs=0.01)
    assert max(lengths) <= sphinx.LONGEST_S + 0.01
    assert min(lengths) >= sphinx.SHORTEST_S / 2 - 0.01
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(heard.segments) == len(lengths)
    assert all(s.words[1].end_s <= 95 for s in heard.segments)


@pytest.mark.parametrize("language", ["es", "es-MX", "zh_CN", "DE"])
def test_other_languages_are_refused_in_words(language: str) -> None:
    with pytest.raises(BadInput, match=r"English only.*Whisper"):
        hear(PocketSphinx(), track(CALL, "caller"), [], language)


def test_damaged_samples_are_heard_as_silence() -> None:
    hurt = np.full(2 * RATE_HZ, np.nan, np.float32)
    hurt[::7] = np.inf
    assert hear(PocketSphinx(), hurt, None).segments == ()


def test_a_thread_hears_the_same_and_lets_others_run() -> None:
    where, samples = spans(CALL, "caller", 12), track(CALL, "caller")
    expected = hear(PocketSphinx(), samples, where)
    assert in_thread(lambda: hear(PocketSphinx(), samples, where)) == expected


def test_cancelling_ends_the_child_at_once() -> None:
    samples, where = track(CALL, "caller"), spans(CALL, "caller")
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    heard = in_thread(
        lambda: PocketSphinx().transcribe(
            samples, language=None, spans=where, progress=nobody, cancelled=cancelled
        )
    )
    assert isinstance(heard, Cancelled)


def test_a_child_that_dies_is_told_and_replaced() -> None:
    where, samples = spans(CALL, "caller", 14), track(CALL, "caller")
    faults: list[EnvironmentFault] = []

    def twice() -> Heard:
        hear(PocketSphinx(), samples, where)
        child: sphinx_child.Child = sphinx_child._children.value
        exchange = child._exchange

        def killing(pcm: bytes, replies: list[bytes]) -> None:
            child._process.kill()
            exchange(pcm, replies)

        child._exchange = killing  # type: ignore[method-assign]
        with pytest.raises(EnvironmentFault, match="ended") as caught:
            hear(PocketSphinx(), samples, where)
        faults.append(caught.value)
        return hear(PocketSphinx(), samples, where)

    heard = in_thread(twice)
    assert isinstance(heard, Heard)
    assert faults
    assert heard == hear(PocketSphinx(), samples, where)


def test_a_missing_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sphinx_decoder._model_folder.cache_clear()
    monkeypatch.setattr(sphinx_decoder, "MODEL", "xx")
    try:
        with pytest.raises(EnvironmentFault, match="model is missing"):
            sphinx_decoder._model_folder()
    finally:
        sphinx_decoder._model_folder.cache_clear()
