"""Reading other systems' files with bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadInput, NotFound
from app.services.importing import foreign_files as files


def test_numbers_that_json_cannot_hold_become_none() -> None:
    found = files.parse_json(b'{"a": NaN, "b": [Infinity, -Infinity, 1e999], "c": 1.5}')
    assert found == {"a": None, "b": [None, None, None], "c": 1.5}


def test_text_that_cannot_be_stored_is_replaced() -> None:
    found = files.parse_json(rb'{"a": "x\u0000y\ud800z \ud83d\ude00"}')
    assert found == {"a": "x�y�z \U0001f600"}
    json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"[" * 200 + b"]" * 200]
)
def test_deep_nesting_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"nested more than|no valid JSON"):
        files.parse_json(body, "deep.json")


def test_depth_within_the_bound_is_read() -> None:
    body = "[" * 100 + "]" * 100
    assert files.parse_json(body.encode()) == json.loads(body)


@pytest.mark.parametrize("body", [b"", b"{", b'{"a" 1}', b"\xff\xfe\x00", b"9" * 5000])
def test_what_is_no_json_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"odd\.json"):
        files.parse_json(body, "odd.json")


def test_a_file_over_the_limit_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(1 << 30)  # sparse: takes no room
    with pytest.raises(BadInput, match=r"huge\.jsonl is larger than 64 MB"):
        files.read_bytes(path)
    assert files.readable(path) == (b"", "huge.jsonl is larger than 64 MB.")


def test_a_folder_or_a_missing_file_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        files.read_bytes(tmp_path)
    with pytest.raises(NotFound):
        files.read_bytes(tmp_path / "none.json")


def test_good_lines_of_a_cut_file_are_kept_and_the_others_counted() -> None:
    found = files.parse_lines(b'{"a": 1}\n\n[1]\n{"b": 2}\nnull\n{"c": ')
    assert (found.rows, found.bad, found.first_bad) == ([{"a": 1}, {"b": 2}], 3, 3)
    said = found.warning("x.jsonl")
    assert said == "x.jsonl: 3 lines could not be read and were left out (first: 3)."


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1_772_403_724, 1_772_403_724.0),
        ("1772403724647", 1_772_403_724.647),
        (1_772_403_724_647_000, 1_772_403_724.647),
        (1.772403724647e18, 1_772_403_724.647),
        ("2026-03-01T22:22:04.647Z", 1_772_403_724.647),
        ("2026-03-01T22:22:04.647", 1_772_403_724.647),
        ("2026-03-01T23:22:04.647+01:00", 1_772_403_724.647),
        (12.5, None),
        (True, None),
        ("soon", None),
        (None, None),
        ([], None),
        (float("nan"), None),
        (10**400, None),
    ],
)
def test_stamps_of_any_unit(value: object, wanted: float | None) -> None:
    found = files.epoch_s(value)
    assert found == (None if wanted is None else pytest.approx(wanted, abs=1e-3))


@pytest.mark.parametrize(
    "stored",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\windows\\passwd",
        "..",
        ".",
        "",
        "a/..",
        "x\x00y",
        None,
        7,
    ],
)
def test_a_stored_path_never_leads_out_of_the_folder(tmp_path: Path, stored: object) -> None:
    (tmp_path / "rec").mkdir()
    (tmp_path / "passwd").write_text("secret")
    assert files.beside(tmp_path / "rec", stored) is None


def test_of_a_stored_path_the_last_part_counts(tmp_path: Path) -> None:
    (tmp_path / "audio_user.wav").write_bytes(b"x")
    for stored in ("output/run/records/1/audio_user.wav", "D:\\runs\\1\\audio_user.wav"):
        assert files.beside(tmp_path, stored) == tmp_path / "audio_user.wav"


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.json").write_text("{}")
    (inside / "a.json").symlink_to(outside / "a.json")
    (inside / "b").symlink_to(outside)
    (inside / "loop").symlink_to(inside / "loop")
    (inside / "c").mkdir()
    assert files.within(inside, "a.json") is None
    assert files.within(inside, "loop") is None
    assert [f.name for f in files.folders(inside)] == ["c"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_whatever_is_cleaned_can_be_stored_and_read_again(value: Any) -> None:
    kept = files.clean(value)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    assert files.parse_json(text.encode()) == kept


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_bad_input(data: bytes) -> None:
    try:
        found = files.parse_json(data)
    except BadInput:
        return
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
