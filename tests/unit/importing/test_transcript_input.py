"""What foreign and broken transcript files become."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import BadInput
from app.domain.transcript_files import ColumnMap, Transcript
from app.services.formats import parse
from app.services.formats.text import MAX_BYTES, decode

VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n<v caller>{}\n"


def spoken(found: Transcript) -> list[tuple[float, float, str, str]]:
    """(start, end, speaker, text) of every cue."""
    return [(c.start_s, c.end_s, c.speaker, c.text) for c in found.cues]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "naïve 你好 😀"),
        ("utf-8-sig", "naïve 你好 😀"),
        ("utf-16", "naïve 你好 😀"),
        ("utf-16-le", "plain English words"),
        ("latin-1", "Garçon, où êtes-vous né ? Ça été très agréable à l'hôtel."),
        ("gb18030", "你好，我想取消我的机票，请问可以退款吗？谢谢您的帮助。"),
        ("shift_jis", "もしもし、予約をキャンセルしたいのですが、お願いします。"),
    ],
)
def test_encodings_are_told_and_reported(encoding: str, text: str) -> None:
    found = parse(VTT.format(text).encode(encoding), "call.vtt")
    assert [c.text for c in found.cues] == [text]
    assert found.encoding


def test_a_wrong_byte_order_mark_is_refused() -> None:
    with pytest.raises(BadInput, match="utf-8"):
        decode(b"\xef\xbb\xbf\xff\xfe broken", name="x.vtt")


@pytest.mark.parametrize("data", [b"", b"  \n\t", b"\x00\x00\x00"])
def test_empty_files_say_so(data: bytes) -> None:
    with pytest.raises(BadInput, match="empty"):
        parse(data, "call.json")


def test_binary_is_no_text() -> None:
    with pytest.raises(BadInput, match="not a text file"):
        parse(bytes(range(256)) * 8, "call.srt")


def test_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput, match="larger than"):
        decode(b"a" * (MAX_BYTES + 1), name="big.csv")


def test_html_stays_text() -> None:
    body = '<b>bold</b> <script>alert("x")</script> &lt;i&gt;'
    found = parse(VTT.format(body).encode(), "call.vtt")
    assert found.cues[0].text == '<b>bold</b> <script>alert("x")</script> <i>'
    rows = json.dumps([{"start": 0, "end": 1, "role": "user", "content": "<img src=x>"}])
    assert parse(rows.encode(), "call.json").cues[0].text == "<img src=x>"


def test_csv_columns_are_guessed_and_stated() -> None:
    csv = "Speaker,Start (ms),End (ms),Utterance\nagent,0,1500,Hello\ncaller,1600,2500,Hi\n"
    found = parse(csv.encode(), "call.csv", duration_s=3.0)
    assert spoken(found) == [(0.0, 1.5, "agent", "Hello"), (1.6, 2.5, "caller", "Hi")]
    notes = " ".join(found.notes)
    assert "milliseconds" in notes
    assert "Start (ms)" in notes


def test_milliseconds_are_told_by_the_length_of_the_recording() -> None:
    csv = "start,end,speaker,text\n0,1500,agent,Hello\n1600,2500,caller,Hi\n"
    assert parse(csv.encode(), "x.csv", duration_s=3.0).cues[1].end_s == 2.5
    assert parse(csv.encode(), "x.csv", duration_s=2600.0).cues[1].end_s == 2500.0


def test_columns_can_be_given() -> None:
    csv = "a;b;c;d\n1,5;2,5;x;hello\n"
    columns = ColumnMap(start="a", end="b", speaker="c", text="d", unit="s")
    found = parse(csv.encode(), "x.csv", columns=columns)
    assert spoken(found) == [(1.5, 2.5, "x", "hello")]


def test_bad_rows_are_listed_one_by_one_and_the_rest_is_used() -> None:
    csv = (
        "start,end,speaker,text\n"
        "0.0,1.0,agent,good\n"
        "nan,2.0,agent,x\n"
        "1.0,inf,agent,x\n"
        "-1,2.0,agent,x\n"
        "3.0,2.0,agent,x\n"
        "9e9,9e9,agent,x\n"
        "soon,2.0,agent,x\n"
        ",2.0,agent,x\n"
        "4.0,5.0,caller,also good\n"
    )
    found = parse(csv.encode(), "x.csv", columns=ColumnMap(unit="s"))
    assert [c.text for c in found.cues] == ["good", "also good"]
    assert [p.row for p in found.problems] == [3, 4, 5, 6, 7, 8, 9]
    words = " ".join(p.what for p in found.problems)
    for said in ("finite", "negative", "before it starts", "absurd", "not a time", "no start time"):
        assert said in words


def test_out_of_order_is_sorted_with_a_note() -> None:
    csv = "start,end,speaker,text\n5,6,agent,b\n1,2,caller,a\n"
    found = parse(csv.encode(), "x.csv")
    assert [c.text for c in found.cues] == ["a", "b"]
    assert any("out of order" in n for n in found.notes)


def test_100_000_rows() -> None:
    rows = "".join(f"{i},{i}.5,{'agent' if i % 2 else 'caller'},line {i}\n" for i in range(100_000))
    found = parse(("start_s,end_s,speaker,text\n" + rows).encode(), "x.csv")
    assert len(found.cues) + found.rejected == 100_000
    assert found.cues[-1].text == "line 99999"


def test_clock_times_and_wall_clock_stamps() -> None:
    csv = "start,end,speaker,text\n00:00:01.5,00:01:02,agent,x\n"
    assert spoken(parse(csv.encode(), "x.csv")) == [(1.5, 62.0, "agent", "x")]
    lines = [
        {"timestamp": "2026-03-01T22:22:05.254+00:00", "role": "assistant", "content": "Hello!"},
        {"timestamp": "2026-03-01T22:22:10.840+00:00", "role": "user", "content": "Hi there"},
    ]
    found = parse("\n".join(json.dumps(x) for x in lines).encode(), "t.jsonl")
    assert [(c.start_s, c.speaker) for c in found.cues] == [(0.0, "assistant"), (5.586, "user")]
    assert found.ends_estimated
    assert any("wall-clock" in n for n in found.notes)


def test_whisper_segments_with_words() -> None:
    document = {
        "text": "all of it",
        "language": "en",
        "segments": [
            {
                "id": 0, "start": 0.0, "end": 1.2, "text": " Hello there", "speaker": "agent",
                "words": [
                    {"word": " Hello", "start": 0.0, "end": 0.5, "probability": 0.98},
                    {"word": " there", "start": 0.5, "end": 1.2, "probability": 0.5},
                ],
            }
        ],
    }  # fmt: skip
    found = parse(json.dumps(document).encode(), "w.json")
    assert found.meta == {"language": "en"}
    assert [w.text for w in found.cues[0].words] == ["Hello", "there"]
    assert found.cues[0].words[0].confidence == 0.98


def test_jsonl_rejects_its_broken_lines_only() -> None:
    good = json.dumps({"start_s": 0, "end_s": 1, "speaker": "caller", "text": "hi"})
    found = parse(f"{good}\n{{broken\n[1]\n{good}\n".encode(), "x.jsonl")
    assert len(found.cues) == 2
    assert [p.row for p in found.problems] == [2, 3]


def test_broken_json_says_where() -> None:
    with pytest.raises(BadInput, match="line 1"):
        parse(b'{"segments": [', "x.json")


def test_deep_json_is_refused_not_crashed() -> None:
    with pytest.raises(BadInput, match="JSON"):
        parse(b"[" * 200_000, "x.json")


def test_entity_tricks_in_eaf_are_refused() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]>'
        "<ANNOTATION_DOCUMENT>&z;</ANNOTATION_DOCUMENT>"
    )
    with pytest.raises(BadInput, match="EAF"):
        parse(bomb.encode(), "x.eaf")


SHORT_GRID = (
    'File type = "ooTextFile"\n"TextGrid"\n\n0\n2.5\n<exists>\n2\n'
    '"IntervalTier"\n"caller"\n0\n2.5\n2\n0\n1\n"say ""hi"" xmin = 3"\n1\n2.5\n""\n'
    '"IntervalTier"\n"agent"\n0\n2.5\n1\n1.5\n2.5\n"yes"\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_short_textgrid(encoding: str) -> None:
    found = parse(SHORT_GRID.encode(encoding), "x.TextGrid")
    assert spoken(found) == [
        (0.0, 1.0, "caller", 'say "hi" xmin = 3'),
        (1.5, 2.5, "agent", "yes"),
    ]


def test_cut_off_textgrid_keeps_what_came_before() -> None:
    found = parse(SHORT_GRID[: SHORT_GRID.index('"yes"')].encode(), "x.TextGrid")
    assert [c.speaker for c in found.cues] == ["caller"]
    assert any("ends in the middle" in n for n in found.notes)


def test_rttm_of_nine_fields_and_of_other_recordings() -> None:
    text = (
        "SPKR-INFO call 1 <NA> <NA> <NA> unknown caller <NA>\n"
        "SPEAKER call 1 0.5 1.25 <NA> <NA> caller <NA>\n"
        "SPEAKER other 1 0.5 9.0 <NA> <NA> caller <NA>\n"
        "SPEAKER call 2 2 -1 <NA> <NA> agent <NA> <NA>\n"
    )
    found = parse(text.encode(), "all.rttm", stem="call")
    assert spoken(found) == [(0.5, 1.75, "caller", "")]
    assert [p.row for p in found.problems] == [4]


def test_audacity_frequency_lines_are_passed_over() -> None:
    text = "0.5\t1.5\tcaller: hi\n\\\t100.0\t2000.0\n2.0\t2.0\tagent\n"
    found = parse(text.encode(), "call.txt")
    assert spoken(found) == [(0.5, 1.5, "caller", "hi"), (2.0, 2.0, "agent", "")]


def test_srt_prefix_is_a_speaker_only_where_it_can_be_one() -> None:
    text = (
        "1\n00:00:00,000 --> 00:00:01,000\nAgent: Note: read this\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\nNote: no speaker\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\nSPEAKER_01: numbered\n"
    )
    assert [(c.speaker, c.text) for c in parse(text.encode(), "x.srt").cues] == [
        ("Agent", "Note: read this"),
        ("", "Note: no speaker"),
        ("SPEAKER_01", "numbered"),
    ]


def test_texts_that_no_database_holds_are_made_storable() -> None:
    raw = b'[{"start": 0, "end": 1, "speaker": "caller", "text": "half \\ud83d and \\u0000 nul"}]'
    assert parse(raw, "x.json").cues[0].text == "half \ufffd and \ufffd nul"


def test_numbers_beyond_reason_are_refused_not_crashed() -> None:
    with pytest.raises(BadInput, match="JSON"):
        parse(b'[{"start": ' + b"9" * 5000 + b', "end": 1, "text": "x"}]', "x.json")
    found = parse(b'[{"start": 1e400, "end": 1, "text": "x"}]', "x.json")
    assert found.rejected == 1


def test_dashes_and_brackets_before_a_speaker() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000 align:start\n- caller: hi\n\n"
    text += "00:03.000 --> 00:04.000\n[Agent]: <i>yes</i>\n"
    assert [(c.speaker, c.text) for c in parse(text.encode(), "x.vtt").cues] == [
        ("caller", "hi"),
        ("Agent", "<i>yes</i>"),
    ]
