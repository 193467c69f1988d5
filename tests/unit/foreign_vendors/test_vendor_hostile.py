"""Payloads of any shape: a reader gives a call, a failure, or an error that a person can act on."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput, Cancelled, NotFound, UserError
from app.domain.work import Quiet
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import jsonish, reader, sniffed
from tests.unit.foreign_vendors.vendor_payloads import (
    elevenlabs,
    livekit,
    pipecat_row,
    put_fdb,
    put_json,
    put_langwatch,
    put_sound,
    retell,
    twilio_recording,
    twilio_sentences,
    twilio_transcript,
    vapi,
    vapi_report,
)


def twilio() -> dict[str, Any]:
    return {
        "recording": twilio_recording(),
        "sentences": twilio_sentences(),
        "transcript": twilio_transcript(),
    }


VENDORS: dict[str, Callable[[], Any]] = {
    "vapi": vapi,
    "retell": retell,
    "elevenlabs": elevenlabs,
    "twilio": twilio,
    "livekit": livekit,
}
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, -0.0001, 1e308, -1e308, 10**30, 1e-320, "", "NaN", "Infinity", "x",
    "\ud800", "\x00", "9" * 400, [], {}, [[]], [None], {"a": {}}, ["x"] * 3, "../../etc/passwd",
    "https://x.example/%2e%2e%2fcall.wav",
)  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a document stands."""
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*at, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            found += paths(inner, (*at, n))
    return found


def put_at(value: Any, at: tuple[Any, ...], new: Any) -> None:
    """Put a value in a place, if earlier changes have left that place."""
    try:
        for step in at[:-1]:
            value = value[step]
        value[at[-1]] = new
    except (KeyError, IndexError, TypeError):
        return


def take(source: str, path: Path) -> list[ForeignCall | ForeignFailure]:
    """What a reader gives, or nothing where it refuses in words; anything else fails the test."""
    try:
        found = list(reader(source).read(Quiet(), path))
    except UserError:
        return []
    for item in found:
        if isinstance(item, ForeignCall):
            check(item)
    return found


def check(call: ForeignCall) -> None:
    """What every call keeps to, whatever it was made of."""
    assert call.identity
    assert call.title
    for layer in call.layers:
        for line in layer.lines:
            assert 0 <= line.start_s <= line.end_s <= 86_400
            for _, start, end, _ in line.words:
                assert 0 <= start <= end <= 86_400
    for event in call.events:
        assert 0 <= event.start_s <= 86_400
        assert event.end_s is None or event.start_s <= event.end_s <= 86_400
    assert call.duration_s is None or math.isfinite(call.duration_s)
    for audio in call.audio:
        assert audio.path.is_file()
    for body in call.documents.values():
        body.decode("utf-8")
    json.dumps([call.extra, call.metrics, call.conditions], allow_nan=False)


@pytest.mark.parametrize("source", VENDORS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_mutated_payload_never_raises_anything_but_words(
    tmp_path: Path, source: str, data: st.DataObject
) -> None:
    value = copy.deepcopy(VENDORS[source]())
    places = paths(value)
    for _ in range(data.draw(st.integers(1, 6))):
        at = places[data.draw(st.integers(0, len(places) - 1))]
        put_at(value, at, copy.deepcopy(data.draw(st.sampled_from(ODD))))
    path = put_json(tmp_path / f"{source}.json", value)
    sniffed(path)
    take(source, path)


@pytest.mark.parametrize("source", VENDORS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cut=st.integers(0, 100), noise=st.binary(max_size=6))
def test_a_truncated_or_spoilt_file_never_raises_anything_but_words(
    tmp_path: Path, source: str, cut: int, noise: bytes
) -> None:
    body = json.dumps(VENDORS[source]()).encode()
    path = tmp_path / f"{source}.json"
    path.write_bytes(body[: len(body) * cut // 100] + noise)
    sniffed(path)
    take(source, path)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_mutated_lines_manifests_and_labels(tmp_path: Path, data: st.DataObject) -> None:
    which = data.draw(st.sampled_from(["pipecat", "langwatch", "fdb"]))
    folder = tmp_path / which
    if which == "pipecat":
        path, value = folder / "results.jsonl", pipecat_row()
        folder.mkdir(exist_ok=True)
    elif which == "langwatch":
        if not folder.exists():
            put_langwatch(folder)
            (folder / "original.txt").write_bytes((folder / "manifest.json").read_bytes())
        path, value = folder / "manifest.json", json.loads((folder / "original.txt").read_bytes())
    else:
        put_fdb(folder)
        path = folder / data.draw(
            st.sampled_from(["output.json", "interrupt.json", "latency_intervals.json"])
        )
        value = json.loads(path.read_bytes())
    places = paths(value)
    for _ in range(data.draw(st.integers(1, 5))):
        at = places[data.draw(st.integers(0, len(places) - 1))]
        put_at(value, at, copy.deepcopy(data.draw(st.sampled_from(ODD))))
    path.write_text(json.dumps(value), "utf-8")
    sniffed(folder)
    take(which, folder)


@pytest.mark.parametrize("source", [*VENDORS, "pipecat", "langwatch", "fdb"])
def test_what_is_not_there_or_not_theirs(tmp_path: Path, source: str) -> None:
    found = reader(source)
    missing = tmp_path / "missing.json"
    for path in (missing, tmp_path / "a\x00b", tmp_path / ("x" * 5000)):
        assert not found.sniff(path)
    with pytest.raises(NotFound):
        list(found.read(Quiet(), missing))
    stranger = put_json(tmp_path / "stranger.json", {"hello": ["world"], "messages": [1]})
    (tmp_path / "empty.json").write_bytes(b"")
    for path in (stranger, tmp_path / "empty.json", tmp_path):
        assert not found.sniff(path)
        with pytest.raises(BadInput):
            list(found.read(Quiet(), path))


@pytest.mark.parametrize("source", VENDORS)
def test_each_payload_is_taken_by_its_own_reader_alone(tmp_path: Path, source: str) -> None:
    path = put_json(tmp_path / "call.json", VENDORS[source]())
    for other in [*VENDORS, "pipecat", "langwatch", "fdb", "eva", "tau2"]:
        assert reader(other).sniff(path) == (other == source)


def test_a_posted_report_is_vapis(tmp_path: Path) -> None:
    assert sniffed(put_json(tmp_path / "hook.json", vapi_report())) is reader("vapi")


@pytest.mark.parametrize("source", VENDORS)
def test_a_file_that_is_cut_off_is_known_and_refused_with_its_place(
    tmp_path: Path, source: str
) -> None:
    body = json.dumps(VENDORS[source]())
    path = tmp_path / "call.json"
    path.write_text(body[: len(body) - 5], "utf-8")
    assert reader(source).sniff(path)
    with pytest.raises(BadInput, match=r"call\.json is no valid JSON"):
        list(reader(source).read(Quiet(), path))
    put_json(tmp_path / "good.json", VENDORS[source]())
    found = take(source, tmp_path)
    assert sorted(type(x).__name__ for x in found) == ["ForeignCall", "ForeignFailure"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(1, 1.0), ("2.5", 2.5), (-0.1, 0.0), (-0.3, None), (86_401, None), (math.nan, None),
     (math.inf, None), (True, None), (None, None), ("x", None), ([1], None)],
)  # fmt: skip
def test_times_that_hold(value: Any, wanted: float | None) -> None:
    assert jsonish.at_s(value) == wanted


def test_recordings_of_other_places_are_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    outside = put_sound(tmp_path / "outside1.wav")
    raw = vapi(id="../outside1")
    for name in ("../outside1.wav", str(outside), "file://" + str(outside), "..%2Foutside1.wav"):
        raw["artifact"]["recording"] = {"stereoUrl": name}
        (call,) = take("vapi", put_json(folder / "c.json", raw))
        assert isinstance(call, ForeignCall)
        assert call.audio == ()


def test_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    path = put_json(folder / "c.json", vapi())
    (folder / "c.wav").symlink_to(put_sound(tmp_path / "outside.wav"))
    (call,) = take("vapi", path)
    assert isinstance(call, ForeignCall)
    assert call.audio == ()


@pytest.mark.parametrize("source", VENDORS)
def test_a_broken_recording_leaves_the_rest_of_the_call(tmp_path: Path, source: str) -> None:
    path = put_json(tmp_path / "call.json", VENDORS[source]())
    name = "audio_1.wav" if source == "livekit" else "call.wav"
    (tmp_path / name).write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    (call,) = take(source, path)
    assert isinstance(call, ForeignCall)
    assert call.audio == ()
    assert any("could not be used" in loss for loss in call.losses)
    assert call.layers


@pytest.mark.parametrize("source", VENDORS)
def test_cancelling_is_passed_on(tmp_path: Path, source: str) -> None:
    class Stopped(Quiet):
        def raise_if_cancelled(self) -> None:
            raise Cancelled

    put_json(tmp_path / "call.json", VENDORS[source]())
    with pytest.raises(Cancelled):
        list(reader(source).read(Stopped(), tmp_path))
