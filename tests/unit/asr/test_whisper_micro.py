"""Whisper through faster-whisper, with a model of random weights that says one sentence."""

from __future__ import annotations

import json
import shutil
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.domain.errors import BadInput, Cancelled, EnvironmentFault
from app.models import threads, whisper
from app.models.asr import RATE_HZ, Heard, never, nobody
from app.models.asr_spans import closed, padded
from app.models.whisper import Whisper
from app.models.whisper_models import local
from tests.unit.asr.hearing import MICRO, SENTENCE, hear, micro, spans, track
from tests.unit.asr.whisper_edit import scripted, swapped

CALL = "boiler-repair"
BOTH = pytest.mark.parametrize("batch_size", [0, 4], ids=["sequential", "batched"])


def caller() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return track(CALL, "caller")  # type: ignore[return-value]


@BOTH
def test_every_word_has_a_time_within_the_speech(batch_size: int) -> None:
    where = spans(CALL, "agent")
    engine = Whisper(folder=micro(), batch_size=batch_size)
    told: list[float] = []
    heard = engine.transcribe(
        track(CALL, "agent"), language="en-GB", spans=where, progress=told.append, cancelled=never
    )
    assert heard.language == "en"
    assert heard.language_confidence is None
    assert len(heard.segments) >= 2
    kept = padded(closed(where, whisper.KEPT_PAUSE_S), whisper.PAD_S, 70.0)
    for segment in heard.segments:
        assert segment.text == SENTENCE
        assert " ".join(w.text.strip() for w in segment.words) == SENTENCE
        assert segment.confidence is not None
        for word in segment.words:
            assert any(a - 1e-3 <= word.start_s <= word.end_s <= b + 1e-3 for a, b in kept)
            assert word.confidence is not None
            assert 0.9 < word.confidence <= 1
    words = [w for s in heard.segments for w in s.words]
    assert all(a.start_s <= b.start_s + 1e-6 for a, b in pairwise(words))
    assert told == sorted(told)
    assert told[-1] == 1


@BOTH
def test_the_language_is_detected_where_none_is_given(batch_size: int) -> None:
    engine = Whisper(folder=micro(), batch_size=batch_size)
    heard = hear(engine, caller(), spans(CALL, "caller"))
    assert heard.language == "en"
    assert heard.language_confidence is not None
    assert heard.language_confidence > 0.9


@BOTH
def test_doing_it_again_hears_the_same(batch_size: int) -> None:
    engine = Whisper(folder=micro(), batch_size=batch_size, beam_size=1)
    assert hear(engine, caller(), None) == hear(engine, caller(), None)


@BOTH
def test_nothing_is_heard_where_nobody_speaks(batch_size: int) -> None:
    engine = Whisper(folder=micro(), batch_size=batch_size)
    assert hear(engine, caller(), []).segments == ()
    assert hear(engine, caller()[:0], None).segments == ()
    assert hear(engine, caller(), [], "de").language == "de"


def test_long_silence_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour with two lines takes the windows of those two lines."""
    hour = np.zeros(3600 * RATE_HZ, np.float32)
    (first, _), *_ = where = [(100.0, 104.0), (3000.0, 3003.0)]
    hour[round(first * RATE_HZ) :][: 4 * RATE_HZ] = caller()[: 4 * RATE_HZ]
    windows = 0
    window = whisper.WhisperWatch.window

    def counting(self: whisper.WhisperWatch) -> None:
        nonlocal windows
        windows += 1
        window(self)

    monkeypatch.setattr(whisper.WhisperWatch, "window", counting)
    heard = hear(Whisper(folder=micro()), hour, where)
    assert 1 <= windows <= 3
    assert all(99 <= s.start_s <= 105 or 2999 <= s.start_s <= 3004 for s in heard.segments)


def test_more_clips_than_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "PART_CLIPS", 1)
    in_parts = hear(Whisper(folder=micro()), track(CALL, "agent"), spans(CALL, "agent"), "en")
    monkeypatch.undo()
    at_once = hear(Whisper(folder=micro()), track(CALL, "agent"), spans(CALL, "agent"), "en")
    assert [s.text for s in in_parts.segments] == [s.text for s in at_once.segments]
    for a, b in zip(in_parts.segments, at_once.segments, strict=True):
        assert a.start_s == pytest.approx(b.start_s, abs=0.05)


@pytest.mark.parametrize(
    ("language", "words"), [("tlh", "does not know the language 'tlh'"), ("?", "does not know")]
)
def test_an_unknown_language_is_refused_in_words(language: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        hear(Whisper(folder=micro()), caller(), None, language)


def test_cancelling_stops_between_windows() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    samples = np.tile(caller(), 3)
    with pytest.raises(Cancelled):
        Whisper(folder=micro()).transcribe(
            samples, language="en", spans=None, progress=nobody, cancelled=cancelled
        )
    assert asked == 3
    with pytest.raises(Cancelled):
        Whisper(folder=micro(), batch_size=2).transcribe(
            samples, language="en", spans=None, progress=nobody, cancelled=lambda: True
        )


def test_a_model_that_never_moves_on_is_stopped(tmp_path: Path) -> None:
    """Its time stamps and its tokenizer's differ by two: each window ends where it began."""
    says = {2: "<|0.00|>", 3: "<|de|>", 4: "<|0.04|>", 5: "<|0.04|>", 6: "<|endoftext|>"}
    scripted(tmp_path / "stuck", says)
    stuck = swapped(tmp_path / "stuck", "<|notimestamps|>", "<|0.02|>")
    assert windows_of_bare(stuck.path, give_up_after=300) == 300
    with pytest.raises(EnvironmentFault, match=r"stuck@sha256:\w+ goes round in circles"):
        hear(Whisper(folder=stuck), caller(), [(0.0, 20.0)], "en")


def test_a_model_that_crawls_is_stopped(tmp_path: Path) -> None:
    """Each window moves on by 20 ms: no loop without end, but 1,000 windows for 20 s."""
    says = {2: "<|0.00|>", 3: "<|de|>", 4: "<|0.02|>", 5: "<|0.02|>", 6: "<|endoftext|>"}
    crawling = scripted(tmp_path / "crawling", says)
    assert windows_of_bare(crawling.path, give_up_after=100) == 100
    with pytest.raises(EnvironmentFault, match="goes round in circles"):
        hear(Whisper(folder=crawling), caller(), [(0.0, 20.0)], "en")


class _Enough(Exception):
    pass


def windows_of_bare(path: Path, give_up_after: int) -> int:
    """Windows that faster-whisper by itself takes for 20 s, at most so many."""
    model = whisper.session(local(path), "cpu", "default")
    count = 0
    generate = model.generate_with_fallback

    def counting(*args: object) -> object:
        nonlocal count
        count += 1
        if count >= give_up_after:
            raise _Enough
        return generate(*args)

    model.generate_with_fallback = counting
    try:
        list(
            model.transcribe(
                caller()[: 20 * RATE_HZ],
                language="en",
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
            )[0]
        )
    except _Enough:
        pass
    finally:
        del model.generate_with_fallback
    return count


def test_text_that_repeats_itself_is_decoded_again(tmp_path: Path) -> None:
    says = {3 + i: c for i, c in enumerate("\u0120la" * 60)} | {183: "<|endoftext|>"}
    parrot = scripted(tmp_path / "parrot", says)
    heard = hear(Whisper(folder=parrot), caller(), [(0.0, 20.0)], "en")
    text = " ".join(s.text for s in heard.segments)
    assert "la la la la" not in text
    assert hear(Whisper(folder=parrot), caller(), [(0.0, 20.0)], "en") == heard


def test_words_crammed_into_no_time_are_made_up() -> None:
    """At the end of a clip the last crumb becomes a window of its own: 11 words in 20 ms."""
    heard = hear(Whisper(folder=micro()), caller(), None, "en")
    for segment in heard.segments:
        assert len(segment.words) / max(segment.end_s - segment.start_s, 1e-9) < 30


def test_one_session_serves_the_process() -> None:
    first = whisper.session(micro(), "cpu", "int8")
    assert whisper.session(micro(), "cpu", "int8") is first
    assert whisper.session(micro(), "cpu", "float32") is not first
    assert whisper.session(micro(), "cpu", "float32") is whisper.session(micro(), "cpu", "float32")


def test_a_model_that_was_changed_in_its_place_is_read_anew(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MICRO, folder)
    first = whisper.session(local(folder), "cpu", "default")
    shutil.rmtree(folder)
    scripted(folder, {3: "\u0120", 4: "a", 5: "<|endoftext|>"})
    assert whisper.session(local(folder), "cpu", "default") is not first
    heard = hear(Whisper(folder=local(folder), device="cpu"), caller(), [(0.0, 9.0)], "en")
    assert heard.segments[0].text == "a"


def test_threads_of_a_session_are_those_of_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def load(_folder: object, _device: str, _compute: str, count: int) -> object:
        made.append(count)
        return object()

    monkeypatch.setattr(whisper, "_loaded", None)
    monkeypatch.setattr(whisper, "_load", load)
    monkeypatch.setattr(threads, "_threads", 0)
    whisper.session(micro(), "cpu", "int8")
    threads.use_threads(1)
    whisper.session(micro(), "cpu", "int8")
    assert made[0] >= 1
    assert made[1] == 1


def test_two_threads_hear_at_the_same_time() -> None:
    expected = hear(Whisper(folder=micro()), caller(), spans(CALL, "caller"))
    found: list[Heard] = []
    workers = [
        threading.Thread(
            target=lambda: found.append(
                hear(Whisper(folder=micro()), caller(), spans(CALL, "caller"))
            )
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected, expected]


def test_the_producer_names_package_and_model() -> None:
    engine = Whisper(folder=micro())
    name, _, model = engine.producer.partition("/")
    assert name.startswith("faster-whisper-")
    assert model.startswith("whisper-micro@sha256:")


@pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_folder_that_lacks_a_file_is_told(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MICRO, folder)
    (folder / file).unlink()
    with pytest.raises(BadInput, match=rf"{file.replace('.', r'[.]')} is missing"):
        local(folder)
    with pytest.raises(BadInput, match="no folder"):
        local(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("model.bin", b""),
        ("model.bin", b"\x06\0\0\0garbage" * 40),
        ("model.bin", None),
        ("tokenizer.json", b"{}"),
        ("vocabulary.json", b"[]"),
        ("config.json", b"{"),
    ],
)
def test_a_damaged_model_is_told(tmp_path: Path, file: str, body: bytes | None) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MICRO, folder)
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[: len(whole) // 2] if body is None else body)
    with pytest.raises((BadInput, EnvironmentFault), match="The model model@sha256"):
        hear(Whisper(folder=local(folder)), caller(), [(0.0, 2.0)], "en")


def test_a_device_or_type_that_is_not_there_is_told() -> None:
    with pytest.raises(EnvironmentFault, match="device"):
        hear(Whisper(folder=micro(), device="cuda"), caller(), [(0.0, 2.0)], "en")
    with pytest.raises(EnvironmentFault, match="float8"):
        hear(Whisper(folder=micro(), compute_type="float8"), caller(), [(0.0, 2.0)], "en")


def test_the_model_that_is_kept_is_the_one_that_the_script_makes() -> None:
    """Real shapes of Whisper but for width and vocabulary; small enough to keep."""
    config = json.loads((MICRO / "config.json").read_text("utf-8"))
    assert len(config["lang_ids"]) == 100
    assert config["alignment_heads"] == [[0, 0]]
    assert {p.name for p in MICRO.iterdir()} == {
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.json",
    }
    assert sum(p.stat().st_size for p in MICRO.iterdir()) < 2_000_000
