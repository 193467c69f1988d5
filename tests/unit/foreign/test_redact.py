"""Keys and tokens never get into the workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.readers import redact

SECRET = "s3cr3t-value-0123456789"


@pytest.mark.parametrize(
    "name",
    [
        "api_key", "apiKey", "API_KEY", "x-api-key", "openaiApiKey", "llm_api_key2", "apikey",
        "client_secret", "clientSecret", "AWS_SECRET_ACCESS_KEY", "Authorization", "authorization",
        "access_token", "refreshToken", "token", "password", "db_password", "credentials",
        "google_credentials_path", "bearer",
    ],
)  # fmt: skip
def test_fields_with_telling_names_are_emptied(name: str) -> None:
    kept, found = redact.redact({"a": [{name: SECRET, "model": "m"}]})
    assert found == 1
    assert SECRET not in json.dumps(kept)
    assert kept["a"][0]["model"] == "m"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prompt_tokens", 512),
        ("max_tokens", "100k"),
        ("manager_auth_code", "M4N8P1"),
        ("authenticated_employee_id", "EMP048271"),
        ("travel_credits", {"TC1": "200"}),
        ("credit_code", "TCV062BJPAX"),
        ("key", "seat"),
        ("key_points", "The caller asks for a refund of the fee."),
        ("transcription_accuracy_key_entities", {"score": 0.5, "name": "x"}),
        ("keyword", "refund"),
        ("api_key", None),
        ("api_key", ""),
        ("api_key", "***"),
        ("api_key", "${OPENAI_API_KEY}"),
    ],
)
def test_other_fields_stay(name: str, value: object) -> None:
    assert redact.redact({name: value}) == ({name: value}, 0)


def test_everything_under_credentials_goes() -> None:
    kept, found = redact.redact({"credentials": {"user": "u1", "more": ["deep-value"]}})
    assert found == 2
    assert "deep-value" not in json.dumps(kept)


@pytest.mark.parametrize(
    "text",
    [
        "curl -H 'Authorization: Bearer abc123def456ghi'",
        "Bearer s3cr3t-token",
        "Basic dXNlcjpwYXNzd29yZDEyMw==",
        "used sk-proj-abcdefgh12345678abcd today",
        "https://b.example/x.wav?X-Amz-Signature=0123abcdef&y=1",
        "https://b.example/x.wav?token=0123abcdef",
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-def",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_values_that_look_like_credentials_go_whatever_their_name(text: str) -> None:
    kept, found = redact.redact({"note": text})
    assert found == 1
    assert "redacted" in kept["note"]
    assert not any(part in kept["note"] for part in ("abc123def", "0123abcdef", "MIIabc"))


@pytest.mark.parametrize(
    "text",
    [
        "I would like basic reservation information, please.",
        "The bearer of this voucher travels free.",
        "My confirmation code is Z K three F F W.",
        "skip the queue",
    ],
)
def test_plain_speech_stays(text: str) -> None:
    assert redact.redact({"text": text}) == ({"text": text}, 0)


def test_equal_secrets_have_equal_marks_and_others_do_not() -> None:
    kept, _ = redact.redact([{"token": "abcdef"}, {"token": "abcdef"}, {"token": "ghijkl"}])
    assert kept[0] == kept[1] != kept[2]


def test_a_document_without_secrets_keeps_its_bytes() -> None:
    for name, data in (
        ("a.json", b'{ "x" : 1.0,\n "y":[NaN] }'),
        ("a.jsonl", b'{"x":1}\nbroken {\n'),
        ("a.csv", b"prompt,tokens\n1,2\n\xff\xfe"),
    ):
        assert redact.document(name, data) == (data, 0)


def test_secrets_go_from_json_lines_and_text() -> None:
    secret = SECRET.encode()
    for name, data in (
        ("a.json", b'{"api_key": "' + secret + b'"}'),
        ("a.json", b'{"api_key": "' + secret + b'", broken'),
        ("a.jsonl", b'{"a": 1}\n{"token": "' + secret + b'"}\n{"secret": "' + secret),
        ("a.log", b"api_key=" + secret + b" Authorization: " + secret),
    ):
        kept, found = redact.document(name, data)
        assert found
        assert secret not in kept


def test_real_logs_lose_nothing(shared_data: Path) -> None:
    record = shared_data / "eva" / "sample_run" / "records" / "1.1.2"
    for path in record.iterdir():
        assert redact.document(path.name, path.read_bytes())[1] == 0, path.name


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_doing_it_twice_changes_nothing_more(value: dict[str, object]) -> None:
    once, _ = redact.redact(value)
    assert redact.redact(once) == (once, 0)
