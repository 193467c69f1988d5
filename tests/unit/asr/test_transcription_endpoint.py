"""A transcription endpoint, by real HTTP on loopback: times, texts alone, faults of every kind."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput, Cancelled, EnvironmentFault, NotFound
from app.models.asr import RATE_HZ, Heard, SpanS, never, nobody
from app.models.endpoint_words import Endpoint, Refused, checked_url
from app.models.transcription import Transcription, wav
from app.models.transcription_reply import Malformed, in_text, read
from tests.unit.asr.hearing import hear
from tests.unit.asr.speech_server import Answer, Request, SpeechServer, serving, text_only, verbose

SPEECH: list[SpanS] = [(1.0, 3.0), (8.0, 10.0), (10.1, 12.0)]


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with serving() as found:
        yield found


def ramp(seconds: float = 14.0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Sound that says where it comes from: sample n holds n over 2^20."""
    return (np.arange(round(seconds * RATE_HZ)) / 2**20).astype(np.float32)


def asking(server: SpeechServer, **changes: Any) -> Transcription:
    endpoint = Endpoint(base_url=server.url, pause_s=0.01, timeout_s=5.0)
    return Transcription(endpoint=replace(endpoint, **changes), model="whisper-1")


def ask(server: SpeechServer, language: str | None = None, **changes: Any) -> Heard:
    return hear(asking(server, **changes), ramp(), SPEECH, language)


def begins(request: Request) -> float:
    """Where in the recording the sound of a request begins."""
    return float(request.samples[0]) / 32767 * 2**20 / RATE_HZ


def test_words_come_back_in_times_of_the_recording(server: SpeechServer) -> None:
    heard = ask(server)
    (request,) = server.requests
    assert request.path == "/v1/audio/transcriptions"
    assert request.one("model") == "whisper-1"
    assert request.one("response_format") == "verbose_json"
    assert request.form["timestamp_granularities[]"] == ("word", "segment")
    assert "language" not in request.form
    assert request.rate_hz == RATE_HZ
    # 2.0 s and 4.0 s of speech with 0.2 s around each; the long pause is not sent.
    assert request.seconds == pytest.approx(6.8, abs=0.01)
    first, second = heard.segments
    assert (first.text, second.text) == ("Good", "morning.")
    assert first.start_s == pytest.approx(0.8 + 0.1)
    assert first.end_s == pytest.approx(0.8 + 6.8 / 3)
    assert second.start_s == pytest.approx(7.8 + 2 * 6.8 / 3 - 2.4, abs=0.01)
    assert second.end_s == pytest.approx(12.2 - 0.05, abs=0.01)
    assert first.words[0].confidence == pytest.approx(0.7788)  # the segment's
    assert heard.language == "english"


def test_the_language_is_sent_where_it_is_given(server: SpeechServer) -> None:
    assert ask(server, "en-GB").language == "en-GB"
    assert server.requests[0].one("language") == "en"


def test_nothing_is_sent_where_nobody_speaks(server: SpeechServer) -> None:
    assert hear(asking(server), ramp(), []).segments == ()
    assert server.requests == []


def test_a_long_recording_is_sent_in_parts(server: SpeechServer) -> None:
    samples = np.zeros(700 * RATE_HZ, np.float32)
    where = [(float(t), t + 9.5) for t in range(0, 690, 10)]
    told: list[float] = []
    heard = asking(server).transcribe(
        samples, language=None, spans=where, progress=told.append, cancelled=never
    )
    assert len(server.requests) == 3
    assert max(r.seconds for r in server.requests) <= 300.1
    assert told == sorted(told)
    assert told[-1] == 1
    assert [s.start_s for s in heard.segments] == sorted(s.start_s for s in heard.segments)
    assert heard.segments[-1].end_s > 670


def test_segments_do_where_there_are_no_words(server: SpeechServer) -> None:
    def segments(request: Request) -> Answer:
        body = verbose(request).body
        del body["words"]
        body["segments"] = [
            {"start": 0.2, "end": 2.0, "text": "One."},
            {"start": 3.0, "end": 99.0, "text": "Two.", "avg_logprob": -0.5},
            {"start": 3.0, "end": 3.1, "text": " "},
        ]
        return Answer(body)

    server.script = segments
    one, two = ask(server).segments
    assert (one.text, two.text) == ("One.", "Two.")
    assert (one.start_s, one.end_s) == pytest.approx((1.0, 2.8))
    assert (two.start_s, two.end_s) == pytest.approx((8.4, 12.2), abs=0.01)
    assert one.confidence is None
    assert two.confidence == pytest.approx(0.6065)
    assert one.words == ()


def test_a_server_that_knows_only_texts_gets_each_stretch_by_itself(server: SpeechServer) -> None:
    server.script = text_only
    heard = ask(server)
    refused, *sent = server.requests
    assert refused.one("response_format") == "verbose_json"
    assert [r.one("response_format") for r in sent] == ["json", "json"]
    assert [begins(r) for r in sent] == pytest.approx([0.8, 7.8], abs=0.01)
    assert [(s.start_s, s.end_s) for s in heard.segments] == [
        pytest.approx((0.8, 3.2)),
        pytest.approx((7.8, 12.2)),
    ]
    assert [s.text for s in heard.segments] == ["2.40 seconds", "4.40 seconds"]


def test_a_server_that_leaves_the_times_out_is_asked_stretch_by_stretch(
    server: SpeechServer,
) -> None:
    server.script = lambda r: Answer({"text": "" if begins(r) > 5 else "hello"})
    heard = ask(server)
    assert [s.text for s in heard.segments] == ["hello"]
    assert len(server.requests) == 3


def test_silence_needs_no_times(server: SpeechServer) -> None:
    server.script = lambda _: Answer({"text": "  "})
    assert ask(server).segments == ()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "1"}, {"retry-after-ms": "1000"}, {"Retry-After": "date"}],
    ids=["seconds", "milliseconds", "date"],
)
def test_a_busy_server_is_given_the_time_that_it_asks_for(
    server: SpeechServer, headers: dict[str, str]
) -> None:
    if headers.get("Retry-After") == "date":
        headers = {"Retry-After": formatdate(time.time() + 2, usegmt=True)}
    server.first = [Answer({"error": {"message": "slow down"}}, 429, headers)]
    assert len(ask(server).segments) == 2
    first, second = server.times
    assert second - first >= 0.9


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_passing_faults_are_tried_again(server: SpeechServer, status: int) -> None:
    server.first = [Answer({}, status), Answer({}, status)]
    assert len(ask(server).segments) == 2
    assert len(server.requests) == 3


def test_a_connection_that_breaks_is_tried_again(server: SpeechServer) -> None:
    server.first = [Answer(dropped=True)]
    assert len(ask(server).segments) == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "words", "requests"),
    [
        (
            Answer({"error": {"message": "no such key"}}, 401),
            EnvironmentFault,
            "refused the key",
            1,
        ),
        (Answer({"error": "not yours"}, 403), EnvironmentFault, "refused.*403: not yours", 1),
        (Answer({"message": "no model"}, 404), NotFound, "no model 'whisper-1'.*ends in /v1", 1),
        (Answer(b"<html>Not here</html>", 404), NotFound, r"has no model .* \(404\)\.", 1),
        (Answer({}, 413), BadInput, "too large", 1),
        (Answer({"error": {"message": "bad\nwav"}}, 400), Refused, "400: bad wav", 2),
        (Answer({"detail": "?"}, 422), Refused, "will not do this", 2),
        (Answer({}, 429), EnvironmentFault, "too busy.*fewer workers", 5),
        (Answer({}, 429, {"Retry-After": "3600"}), EnvironmentFault, "too busy", 1),
        (
            Answer({"error": {"code": "insufficient_quota", "message": "pay"}}, 429),
            EnvironmentFault,
            "quota.*429: pay",
            1,
        ),
        (
            Answer({"error": {"message": "out of memory"}}, 500),
            EnvironmentFault,
            "failed.*out of",
            5,
        ),
        (Answer(dropped=True), EnvironmentFault, "closed the connection", 5),
    ],
)
def test_faults_that_stay_are_told(
    server: SpeechServer, answer: Answer, kind: type[Exception], words: str, requests: int
) -> None:
    server.script = lambda _: answer
    with pytest.raises(kind, match=words) as caught:
        ask(server)
    assert "127.0.0.1" in str(caught.value)
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<html>",
        b'{"text": 3}',
        b"[1, 2]",
        b"null",
        b'"text"',
        b'{"text": "a", "words": 5}',
        b'{"text": "a", "words": [7]}',
        b'{"text": "a", "words": [{"word": "a"}]}',
        b'{"text": "a", "words": [{"word": "a", "start": 0, "end": "1"}]}',
        b'{"text": "a", "words": [{"word": "a", "start": NaN, "end": 1}]}',
        b'{"text": "a", "words": [{"word": null, "start": 0, "end": 1}]}',
        b'{"text": "a", "words": [{"word": "a", "start": 0, "end": 1' + b"0" * 400 + b"}]}",
        b'{"text": "a", "segments": [{"start": 0, "end": 1}]}',
        b"[" * 100_000,
        b'{"text": "\xff\xfe"}',
    ],
)
def test_what_is_no_transcription_is_told(server: SpeechServer, body: bytes) -> None:
    server.script = lambda _: Answer(body)
    with pytest.raises(EnvironmentFault, match="is no transcription"):
        ask(server, retries=0)


def test_a_silent_server_is_given_up(server: SpeechServer) -> None:
    server.script = lambda _: Answer({}, after_s=20)
    with pytest.raises(EnvironmentFault, match=r"did not answer within 0\.3 s"):
        ask(server, timeout_s=0.3, retries=1)
    assert len(server.requests) == 2


def test_a_server_that_drips_is_given_up(
    server: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.endpoint_calls.CONNECT_S", 0.2)
    server.script = lambda r: replace(verbose(r), drip_s=0.2)
    with pytest.raises(EnvironmentFault, match="did not answer"):
        ask(server, timeout_s=0.5, retries=0)


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        endpoint = Endpoint(base_url=url, pause_s=0.01, retries=1)
        with pytest.raises(EnvironmentFault, match="cannot be reached"):
            hear(Transcription(endpoint=endpoint, model="m"), ramp(), SPEECH)


@pytest.mark.parametrize(
    "answer",
    [Answer({}, after_s=20), Answer({}, 429, {"Retry-After": "50"})],
    ids=["while it waits", "before it tries again"],
)
def test_cancelling_does_not_wait_for_the_server(server: SpeechServer, answer: Answer) -> None:
    server.script = lambda _: answer
    with pytest.raises(Cancelled):
        asking(server).transcribe(
            ramp(),
            language=None,
            spans=SPEECH,
            progress=nobody,
            cancelled=lambda: bool(server.requests),
        )
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It's two, three.", ["It's", "two", "three"], [" It's", " two,", " three."]),
        ('He said: "No!" Then', ["He", "said", "No", "Then"], [" He", " said:", ' "No!"', " Then"]),
        ("早上好，再见。", ["早上", "好", "再见"], [" 早上", "好，", "再见。"]),
        ("other text", ["one", "two"], [" one", " two"]),
        (
            "at 25 to six",
            ["at", "twenty-five", "to", "six"],
            [" at", " twenty-five", " to", " six"],
        ),
        ("¿Qué?", ["Qué"], [" ¿Qué?"]),
        ("", ["a"], [" a"]),
        ("alone", [], []),
    ],
)
def test_words_are_spelled_as_their_text_has_them(
    text: str, words: list[str], expected: list[str]
) -> None:
    assert in_text(words, text) == expected


@settings(deadline=None)
@given(st.lists(st.text("ab,.!' ", min_size=1, max_size=4).filter(str.strip), max_size=8))
def test_words_in_a_text_of_their_own_make_that_text(words: list[str]) -> None:
    words = ["x" + "".join(w.split()) for w in words]
    assert "".join(in_text(words, " ".join(words))).strip() == " ".join(words)


reals = st.floats() | st.integers() | st.none() | st.text(max_size=3) | st.booleans()
anything = st.recursive(
    reals,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "words", "segments", "word", "start", "end", "avg_logprob"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(anything, st.floats(0, 100))
def test_any_reply_is_read_or_refused(body: Any, duration: float) -> None:
    try:
        found = read(json.dumps(body).encode(), duration)
    except Malformed:
        return
    assert all(0 <= w.start_s <= w.end_s <= duration for w in found.words)
    assert all(0 <= s.start_s <= s.end_s <= duration for s in found.segments)
    assert all(s.confidence is None or 0 <= s.confidence <= 1 for s in found.segments)


def test_the_sound_is_sent_as_it_is() -> None:
    assert len(wav(np.zeros(100, np.float32))) == 44 + 200
    loud = np.array([1.0, -1.0, 0.5], np.float32)
    assert np.frombuffer(wav(loud)[44:], np.int16).tolist() == [32767, -32767, 16384]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000",
        "ftp://x/v1",
        "http://",
        "http://x:99999/v1",
        "http://[::1",
        "file:///x",
    ],
)
def test_addresses_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(BadInput, match="no web address"):
        checked_url(url)


def test_an_address_must_not_hold_a_key() -> None:
    for url in ("https://me:sk-123@host/v1", "https://host/v1?api-key=sk-123"):
        with pytest.raises(BadInput, match="no name, password") as caught:
            checked_url(url)
        assert "sk-123" not in str(caught.value)
    assert checked_url(" https://host/v1/ ") == "https://host/v1"
