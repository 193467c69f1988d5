"""EVA's judge-validation files (its repository, docs/metrics) as sets of labels.

One unnamed expert a file. Faithfulness and progression are labelled on the scale and the criterion
of the shipped rubrics, so that judges of these can be run on the same calls; speech fidelity is
labelled per clip for an older judge and entities one by one, which are rubrics of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.services.calibrating.label_set import Fault, Label, LabelSet, Said, call_of
from app.services.calibrating.published import LABELS

EXPERT = "EVA expert"
CONTEXT = "eva/metrics.json"
"""Where EVA keeps a trace without times; in its event log, times would have to be made up."""
NO_INSTRUCTIONS = (
    "These labels were published without the agent's instructions. What its tools answered, and "
    "what it said of its own rules, is all that is known of them."
)
"""In their place: a judge that asks for them is told so, instead of leaving every call out."""
TRACES = ("faithfulness", "conversation_progression")
SPEECH, ENTITIES = "agent_speech_fidelity", "key_entity_transcription"
_SPEAKERS: Mapping[str, Speaker] = {"agent_utterance": "agent", "user_utterance": "caller"}

Body = Mapping[str, Any]


def is_ours(path: Path) -> bool:
    """Whether the file is one of EVA's, by its first line."""
    try:
        with path.open(encoding="utf-8") as file:
            first = mapping(json.loads(file.readline()))
    except (OSError, ValueError, RecursionError):
        return False
    keys = set(first)
    is_trace = {"trace", "expected_rating"} <= keys and _metric(path) in TRACES
    is_speech = {"intended_turns", "expected_rating"} <= keys
    return is_trace or is_speech or {"user_tts", "transcription", "labels"} <= keys


def read(path: Path) -> LabelSet:
    """The labels of one of EVA's files; see `is_ours`."""
    rows, faults = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, mapping(json.loads(line))))
        except (ValueError, RecursionError):
            faults.append(Fault(row=number, reason="is no JSON object"))
    first = rows[0][1]
    make = _entities if "user_tts" in first else _speech if "intended_turns" in first else _trace
    found = [make(path, number, row) for number, row in rows]
    calls = tuple(call for call, _ in found)
    labels = [label for _, some in found for label in some]
    good = [x for x in labels if isinstance(x, Label)]
    return LabelSet(
        name=f"eva.{_metric(path)}", calls=calls, rubric=_rubric(path, first),
        labels=tuple(good), faults=(*faults, *(x for x in labels if isinstance(x, Fault))),
        notes=_NOTES.get(_metric(path), ()),
    )  # fmt: skip


_NOTES = {
    SPEECH: (
        "The audio of these labels is not published, and they were made for an older judge: the "
        "published kappa does not tell of the current one.",
    ),
}


def _metric(path: Path) -> str:
    known = (*TRACES, SPEECH, ENTITIES)
    return next((k for k in known if path.stem.lower().startswith(k)), path.stem)


def _rubric(path: Path, first: Body) -> Mapping[str, Any] | str:
    if "trace" in first:
        return _metric(path)
    if "intended_turns" in first:
        words = ("Critical values come across", "Is every critical value of the clip spoken right?")
        return _own(SPEECH, "call", *words)
    words = ("Entity heard right", "Did the recogniser get this entity right?")
    return _own(ENTITIES, "clip", *words)


def _own(metric: str, scope: str, title: str, question: str) -> dict[str, Any]:
    levels = [{"value": 0, "anchor": "No"}, {"value": 1, "anchor": "Yes"}]
    criterion = {
        "key": metric, "title": title, "question": question, "scope": scope, "scale": "binary",
        "na_allowed": False, "levels": levels,
    }  # fmt: skip
    return {
        "key": f"{LABELS}{metric}", "title": f"EVA's labels: {title.lower()}",
        "source": "Labels of EVA-Bench 2.1 (arXiv 2605.13841, MIT); the wording is ours.",
        "criteria": [criterion],
    }  # fmt: skip


def _trace(path: Path, number: int, row: Body) -> tuple[Any, list[Label | Fault]]:
    metric, identity = _metric(path), str(row.get("id", number))
    events = [mapping(e) for e in listing(row.get("trace"))]
    call = call_of(
        path, f"eva.{metric}", identity, f"EVA {metric.replace('_', ' ')} {identity}",
        list(_said(events)), documents={CONTEXT: _context(events)},
        tags=("marked-invalid",) if row.get("invalid") is True else (),
    )  # fmt: skip
    details = {k: row[k] for k in ("failure_mode", "validated", "invalid") if k in row}
    return call, [_label(number, identity, metric, row, details)]


def _speech(path: Path, number: int, row: Body) -> tuple[Any, list[Label | Fault]]:
    identity = str(row.get("id", number))
    turns = [mapping(t) for t in listing(row.get("intended_turns"))]
    said = [
        Said("agent" if t.get("role") == "assistant" else "caller", str(t.get("text", "")))
        for t in turns
    ]
    call = call_of(path, f"eva.{SPEECH}", identity, f"EVA speech fidelity {identity}", said)
    details = {k: row[k] for k in ("sample_type", "evaluation_mode", "audio_id") if k in row}
    return call, [_label(number, identity, SPEECH, row, details)]


def _label(
    number: int, identity: str, metric: str, row: Body, details: Mapping[str, Any]
) -> Label | Fault:
    value = row.get("expected_rating")
    if not isinstance(value, int) or isinstance(value, bool):
        return Fault(row=number, reason=f"expected_rating {value!r} is no whole number")
    return Label(
        row=number, call=identity, rater=EXPERT, criterion=metric, value=value,
        rationale=str(row.get("description") or ""), details=details,
    )  # fmt: skip


def _entities(path: Path, number: int, row: Body) -> tuple[Any, list[Label | Fault]]:
    identity = str(number)
    said = [Said("caller", str(text)) for text in listing(row.get("user_tts"))]
    heard = {"transcription": listing(row.get("transcription"))}
    call = call_of(
        path, f"eva.{ENTITIES}", identity, f"EVA key entities {identity}", said,
        documents={"labels/transcription.json": json.dumps(heard).encode()},
    )  # fmt: skip
    labels: list[Label | Fault] = []
    for turn in map(mapping, listing(row.get("labels"))):
        for at, entity in enumerate(map(mapping, listing(turn.get("entities")))):
            if not isinstance(entity.get("correct"), bool):
                labels.append(Fault(row=number, reason="an entity is neither right nor wrong"))
                continue
            clip = f"turn {turn.get('turn_id')} entity {at + 1}"
            labels.append(
                Label(
                    row=number, call=identity, rater=EXPERT, criterion=ENTITIES,
                    value=int(entity["correct"]), clip=clip,
                    rationale=str(entity.get("analysis") or ""),
                    details={k: entity.get(k) for k in ("type", "value", "transcribed_value")},
                )
            )  # fmt: skip
    return call, labels


def _said(events: list[dict[str, Any]]) -> Iterator[Said]:
    for event in events:
        speaker = _SPEAKERS.get(str(event.get("event_type")))
        if speaker is not None:
            yield Said(speaker, str(event.get("utterance", "")))
        elif event.get("event_type") == "tool_call":
            yield Said(None, str(event.get("tool_name", "")))


def _context(events: list[dict[str, Any]]) -> bytes:
    """Tool calls and answers as EVA's context holds them, which judges are told from."""
    rows = []
    for event in events:
        kind = event.get("event_type")
        row = {"type": kind, "tool_name": event.get("tool_name")}
        if kind == "tool_call":
            rows.append({**row, "parameters": event.get("params")})
        elif kind == "tool_response":
            rows.append({**row, "tool_response": event.get("response")})
    context = {"conversation_trace": rows, "agent_instructions": NO_INSTRUCTIONS}
    return json.dumps({"context": context}, ensure_ascii=False).encode()
