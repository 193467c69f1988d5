"""The JSON files of a Full-Duplex-Bench sample: words, annotated events, reported figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign import ForeignLayer, ForeignLine
from app.services.importing.foreign_files import number, words
from app.services.importing.readers import jsonish
from app.services.importing.readers.jsonish import Notes, Timeline

SHARED = frozenset({"metadata.json"})
"""Files that hold for a sample and its clean twin."""
KNOWN = frozenset(
    "input.json output.json clean_input.json clean_output.json transcription.json pause.json "
    "turn_taking.json interrupt.json metadata.json content_tag.json general_split.json "
    "clean_general_split.json latency_intervals.json clean_latency_intervals.json rating.json "
    "A.json B.json clean_content_tag.json".split()
)
GAP_S: Mapping[Speaker, float] = {"caller": 0.6, "agent": 0.5}
"""Words of one speaker further apart than this begin a new line; the benchmark's own constants."""
WORD_S = 0.3
"""Length of a word whose end is not known."""
MAX_WORDS = 50_000
MARKS: tuple[tuple[str, str], ...] = (
    ("pause.json", "pause"),
    ("turn_taking.json", "turn end"),
    ("interrupt.json", "interruption"),
)

Word = tuple[str, float, float, float | None]


def add_words(document: Any, speaker: Speaker, timeline: Timeline) -> None:
    """Lines of a file `{text, chunks: [{text, timestamp: [start, end]}]}`, or of its bare list.

    An end that is null is where the next word begins, or a moment after the word's start.
    """
    rows = listing(document) or listing(mapping(document).get("chunks"))
    timed = list(_words(rows[:MAX_WORDS], timeline.notes))
    timed.sort(key=lambda w: w[1])
    run: list[Word] = []
    for word in timed:
        if run and word[1] - max(w[2] for w in run) > GAP_S[speaker]:
            _line(run, speaker, timeline)
            run = []
        run.append(word)
    if run:
        _line(run, speaker, timeline)


def _words(rows: list[Any], notes: Notes) -> Iterator[Word]:
    starts = [jsonish.at_s(next(iter(_stamp(row)), None)) for row in rows]
    for row, item in enumerate(rows, start=1):
        start, said, stamp = starts[row - 1], words(mapping(item).get("text"), 200), _stamp(item)
        if start is None or not said:
            notes.count("are words without a time or text", row)
            continue
        end = jsonish.at_s(stamp[1]) if len(stamp) > 1 and stamp[1] is not None else None
        if end is None:
            after = starts[row] if row < len(starts) else None
            end = start + WORD_S if after is None or after < start else min(after, start + WORD_S)
            notes.count("are words without an end, which was estimated", row)
        elif end < start:
            notes.count("are words that end before they start", row)
            continue
        yield said, start, end, None


def _stamp(item: Any) -> list[Any]:
    one = mapping(item)
    return listing(one.get("timestamp", one.get("timestamps")))


def _line(run: list[Word], speaker: Speaker, timeline: Timeline) -> None:
    text = " ".join(w[0] for w in run)
    timeline.add(1, speaker, run[0][1], max(w[2] for w in run), text, words=tuple(run))


def planned(files: Mapping[str, Any], timeline: Timeline) -> tuple[ForeignLayer, ...]:
    """What the caller was to say at which time, as a layer; annotated moments become events."""
    lines: list[ForeignLine] = []
    for name, label in MARKS:
        for row, item in enumerate(listing(files.get(name)), start=1):
            stamp = _stamp(item)
            start = stamp[0] if stamp else None
            end = stamp[1] if len(stamp) > 1 else None
            timeline.mark(row, "other", start, label, end)
            said = words(mapping(item).get("interrupt"), jsonish.MAX_TEXT)
            first, last = jsonish.at_s(start), jsonish.at_s(end)
            if said and first is not None and last is not None and last >= first:
                lines.append(ForeignLine(speaker="caller", start_s=first, end_s=last, text=said))
    stamp = listing(mapping(files.get("metadata.json")).get("timestamps"))
    for row, pair in enumerate([stamp] if stamp and number(stamp[0]) is not None else stamp, 1):
        given = listing(pair)
        if len(given) >= 2:
            timeline.mark(row, "other", given[0], "overlap", given[1])
    if not lines:
        return ()
    return (
        ForeignLayer(
            kind="transcript",
            name="fdb: interruption as intended",
            producer="fdb",
            lines=tuple(lines),
            text_role="intended",
            params={"time_basis": "audio"},
        ),
    )


def is_overlap(files: Mapping[str, Any]) -> bool:
    """Whether the sample is one of v1.5, which has overlaps and their metadata."""
    return "metadata.json" in files or "content_tag.json" in files


def texts(files: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of the sample that have no time."""
    meta = mapping(files.get("metadata.json"))
    found = {
        name: words(meta[name], jsonish.MAX_TEXT)
        for name in ("context_text", "current_turn_text")
        if words(meta.get(name))
    }
    context = [
        said
        for item in listing(files.get("interrupt.json"))
        if (said := words(mapping(item).get("context"), jsonish.MAX_TEXT))
    ]
    if context:
        found["context"] = " ".join(context)
    return {"platform": found} if found else {}


def figures(files: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """What the benchmark's own scripts left beside the sample."""
    found: dict[str, Any] = {}
    tag = mapping(files.get("content_tag.json"))
    behaviour = tag.get("behaviour", tag.get("behavior"))
    if behaviour:
        found["behaviour"] = behaviour
    rating = mapping(files.get("rating.json"))
    if number(rating.get("rating")) is not None:
        found["rating"] = number(rating["rating"])
    latencies = mapping(files.get("latency_intervals.json"))
    for name, key in (("latency_stop_list", "stop_s"), ("latency_resp_list", "response_s")):
        lengths = [
            length for p in listing(latencies.get(name)) if (length := _length(p)) is not None
        ]
        left_out = len(listing(latencies.get(name))) - len(lengths)
        notes.lose(f"{left_out} intervals of {name} are no intervals." if left_out else "")
        if lengths:
            found[key] = lengths
    return found


def _length(pair: Any) -> float | None:
    ends = [jsonish.at_s(v) for v in listing(pair)]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[1] < ends[0]:
        return None
    return round(ends[1] - ends[0], 6)
