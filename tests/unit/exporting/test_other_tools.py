"""What we write, other tools' own readers read; what they write, we read."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.calls import Span
from app.domain.segments import Word
from app.services.formats import eaf, parse, textgrid
from app.services.formats.doc import Label, LabelDoc, Mark

DOC = LabelDoc(
    file_id="CB-00001",
    rate_hz=16000,
    frame_count=80000,
    labels=(
        Label(speaker="caller", start=1600, end=16000, text='He said "hi" <b>', turn_id="t1"),
        Label(speaker="agent", start=14400, end=32000, text="你好", turn_id="t2"),
        Label(speaker="agent", start=24000, end=40000, text="again", turn_id="t3"),
        Label(speaker="caller", start=48000, end=48000, text="", turn_id="t4"),
    ),
    words={"caller": (Word(text="He", span=Span(1600, 4800)),)},
    overlaps=(Mark(start=14400, end=16000, text="i agent"),),
    events=(Mark(start=8000, end=8000, text="tool: x"),),
    comments={"R-1": (Mark(start=0, end=8000, text="a"), Mark(start=4000, end=9000, text="b"))},
    media="call.wav",
)


def test_praatio_reads_our_textgrid(tmp_path: Path) -> None:
    from praatio import textgrid as praat

    path = tmp_path / "x.TextGrid"
    path.write_bytes(textgrid.write(DOC))
    grid = praat.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="error")
    assert grid.maxTimestamp == 5.0
    assert grid.tierNames == (
        "caller_turns", "agent_turns", "agent_turns_2", "caller_words", "overlap", "events",
        "comments_R-1", "comments_R-1_2",
    )  # fmt: skip
    first, last = grid.getTier("caller_turns").entries
    assert (first.start, first.end, first.label) == (0.1, 1.0, 'He said "hi" <b>')
    assert last.end > last.start
    assert [e.label for e in grid.getTier("agent_turns_2").entries] == ["again"]


@pytest.mark.parametrize("form", ["long_textgrid", "short_textgrid"])
def test_we_read_praatio_s_textgrid(tmp_path: Path, form: str) -> None:
    from praatio import textgrid as praat
    from praatio.data_classes.interval_tier import IntervalTier

    grid = praat.Textgrid()
    for name, text in (("caller", 'so "yes"'), ("agent", "你好")):
        grid.addTier(IntervalTier(name, [(0.5, 1.25, text)], 0, 2))
    path = tmp_path / "x.TextGrid"
    grid.save(str(path), form, includeBlankSpaces=True)
    found = parse(path.read_bytes(), path.name)
    assert [(c.start_s, c.end_s, c.speaker, c.text) for c in found.cues] == [
        (0.5, 1.25, "caller", 'so "yes"'),
        (0.5, 1.25, "agent", "你好"),
    ]


def test_pympi_reads_our_eaf(tmp_path: Path) -> None:
    from pympi import Eaf

    path = tmp_path / "x.eaf"
    path.write_bytes(eaf.write(DOC))
    found = Eaf(str(path), suppress_version_warning=True)
    assert found.get_annotation_data_for_tier("caller") == [
        (100, 1000, 'He said "hi" <b>'),
        (3000, 3001, ""),
    ]
    assert found.get_annotation_data_for_tier("agent_2") == [(1500, 2500, "again")]
    assert found.get_annotation_data_for_tier("turn@caller")[0][2] == "t1"
    assert found.get_parameters_for_tier("words@caller")["PARENT_REF"] == "caller"


def test_we_read_pympi_s_eaf(tmp_path: Path) -> None:
    from pympi import Eaf

    made = Eaf()
    for name, start in (("caller", 100), ("agent_turns", 900)):
        made.add_tier(name)
        made.add_annotation(name, start, start + 500, "x <y> & z")
    path = tmp_path / "x.eaf"
    made.to_file(str(path))
    found = parse(path.read_bytes(), path.name)
    assert [(c.start_s, c.end_s, c.text) for c in found.cues] == [
        (0.1, 0.6, "x <y> & z"),
        (0.9, 1.4, "x <y> & z"),
    ]
