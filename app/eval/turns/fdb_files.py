"""The files of a Full-Duplex-Bench sample, as kept with a call under `fdb/`. Seconds.

They were written by others: a file that is no JSON is an error that names it, anything else that
cannot be read is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput
from app.eval.turns.fdb_rules import Stretch, TimedWord

FOLDER = "fdb/"
CLEAN = "clean_"
"""What the file names of a sample's clean twin, a call of its own, begin with."""
LATEST_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFiles:
    """What came with a sample; None or empty where that file did not.

    Attributes:
        words: of `output.json`; None without it.
        pauses, turn_ends, interruptions: the marked events of version 1.0's three tasks.
        overlap: the marked overlap of version 1.5 (`metadata.json`).
        behaviour: labels of `content_tag.json`.
        stops, responses: of `latency_intervals.json`.
    """

    words: tuple[TimedWord, ...] | None = None
    pauses: tuple[Stretch, ...] | None = None
    turn_ends: tuple[Stretch, ...] | None = None
    interruptions: tuple[Stretch, ...] | None = None
    overlap: Stretch | None = None
    behaviour: tuple[str, ...] = ()
    stops: tuple[Stretch, ...] | None = None
    responses: tuple[Stretch, ...] | None = None

    @property
    def is_10(self) -> bool:
        """Whether it is a sample of version 1.0; one of version 2 has none of these files."""
        marked = (self.words, self.pauses, self.turn_ends, self.interruptions)
        return not self.is_15 and any(part is not None for part in marked)

    @property
    def is_15(self) -> bool:
        """Whether it is a sample of version 1.5."""
        return self.overlap is not None or bool(self.behaviour) or self.stops is not None


def read(documents: Mapping[str, bytes]) -> SampleFiles:
    """The sample's files.

    Raises:
        BadInput: one of them is not JSON.
    """
    prefix = CLEAN if any(name.startswith(FOLDER + CLEAN) for name in documents) else ""

    def body(name: str, prefix: str = "") -> Any:
        full = f"{FOLDER}{prefix}{name}.json"
        return _json(full, documents[full]) if full in documents else None

    output = body("output", prefix)
    intervals = _table(body("latency_intervals", prefix))
    tag = _table(body("content_tag", prefix))
    return SampleFiles(
        words=None if output is None else _words(output),
        pauses=_events(body("pause")),
        turn_ends=_events(body("turn_taking")),
        interruptions=_events(body("interrupt")),
        overlap=_overlap(_table(body("metadata")).get("timestamps")),
        behaviour=_labels(tag.get("behaviour", tag.get("behavior"))),
        stops=_intervals(intervals, "latency_stop_list"),
        responses=_intervals(intervals, "latency_resp_list"),
    )


def _json(name: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name}, which came with this call, is not JSON: {error}.") from error


def _table(of: Any) -> Mapping[str, Any]:
    return of if isinstance(of, Mapping) else {}


def _list(of: Any) -> list[Any]:
    return of if isinstance(of, list) else []


def _words(output: Any) -> tuple[TimedWord, ...]:
    found = []
    for chunk in _list(_table(output).get("chunks")):
        part = _table(chunk)
        text = part.get("text")
        times = _list(part.get("timestamp", part.get("timestamps")))
        start = _time(times[0]) if times else None
        if isinstance(text, str) and text.strip() and start is not None:
            end = _time(times[1]) if len(times) > 1 else None
            found.append(TimedWord(text.strip(), start, end if end is None else max(end, start)))
    return tuple(sorted(found, key=lambda w: w.start_s))


def _events(body: Any) -> tuple[Stretch, ...] | None:
    """Marked events: a list of `{timestamp: [start, end]}`, or one of them; None without a file."""
    if body is None:
        return None
    items = body if isinstance(body, list) else [body]
    found = (_stretch(_table(i).get("timestamp", _table(i).get("timestamps"))) for i in items)
    return tuple(sorted(s for s in found if s is not None))


def _overlap(of: Any) -> Stretch | None:
    """The marked overlap: a pair of times, or the first of several pairs."""
    given = _list(of)
    return _stretch(given[0]) if given and isinstance(given[0], list) else _stretch(given)


def _labels(of: Any) -> tuple[str, ...]:
    items = of if isinstance(of, list) else [of]
    return tuple(i.strip().upper() for i in items if isinstance(i, str) and i.strip())


def _intervals(of: Mapping[str, Any], key: str) -> tuple[Stretch, ...] | None:
    if key not in of:
        return None
    found = (_stretch(i) for i in _list(of[key]))
    return tuple(s for s in found if s is not None)


def _stretch(of: Any) -> Stretch | None:
    times = [_time(t) for t in _list(of)[:2]]
    if len(times) < 2 or times[0] is None or times[1] is None or times[1] < times[0]:
        return None
    return times[0], times[1]


def _time(value: Any) -> float | None:
    """Seconds from 0 to a day; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= LATEST_S else None
