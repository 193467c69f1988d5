"""What goes beside a demo call: its transcript with meta data, and the truth as it was planned."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from demo.plan import Line

STAGES = (
    ("endpointing_ms", 0.34),
    ("asr_final_ms", 0.07),
    ("llm_first_token_ms", 0.37),
    ("tts_first_byte_ms", 0.15),
    ("play_out_ms", 0.07),
)
"""How a response divides in these calls, as shares of its latency."""
FIRST_BYTE = 0.93
EARLY_MS = (160, 231, 190, 212, 178)
"""How much too early this made-up platform reports its own speech."""


def transcript(script: dict[str, Any], lines: list[Line], rate: int) -> dict[str, Any]:
    """The document that an import reads: call fields, lines with words, events."""
    segments: list[dict[str, Any]] = []
    for line in lines:
        words = [w for s in line.sentences for w in s.words]
        segments.append(_segment(line.speaker, words, rate, (line.start, line.end)))
        if line.unheard:
            segments.append(_segment(line.speaker, line.unheard, rate, None) | {"heard": False})
    fields = ("title", "agent", "agent_version", "scenario_key", "persona", "attempt",
              "recorded_at", "outcome", "language", "tags")  # fmt: skip
    meta: dict[str, Any] = {name: script[name] for name in fields}
    meta["channel_map"] = "caller,agent"
    meta["extra"] = {
        "events": _events(lines, rate),
        "responses": _responses(lines, rate),
        "reported": _reported(lines, rate),
        "channels": "caller left, agent right",
    }
    return meta | {"segments": sorted(segments, key=lambda s: (s["start"], s["end"]))}


def _segment(
    speaker: str, words: list[tuple[str, int, int]], rate: int, span: tuple[int, int] | None
) -> dict[str, Any]:
    start, end = span or (words[0][1], words[-1][2])
    return {
        "speaker": speaker,
        "start": _s(start, rate),
        "end": _s(end, rate),
        "text": " ".join(w for w, _, _ in words),
        "words": [{"word": w, "start": _s(a, rate), "end": _s(b, rate)} for w, a, b in words],
    }


def _s(frame: int, rate: int) -> float:
    return round(int(frame) / rate, 6)


def _answers(lines: list[Line]) -> list[tuple[Line, int, int]]:
    """(agent's line, end of what it answers, latency in frames), where the agent waited."""
    out: list[tuple[Line, int, int]] = []
    mains = [x for x in lines if x.kind != "backchannel"]
    for before, line in pairwise(mains):
        if line.speaker == "agent" and before.speaker == "caller" and line.start > before.end:
            out.append((line, before.end, line.start - before.end))
    return out


def _events(lines: list[Line], rate: int) -> list[dict[str, Any]]:
    """The platform's marks in frames: end of input seen, tool calls, first byte, keys, transfer."""
    out: list[dict[str, Any]] = []
    for line, heard, latency in _answers(lines):
        endpoint = heard + round(STAGES[0][1] * latency)
        out.append({"kind": "endpoint", "start": endpoint})
        first_byte = heard + round(FIRST_BYTE * latency)
        if "tool" in line.spec:
            start, end = endpoint + round(0.08 * latency), first_byte - round(0.16 * latency)
            label = f"{line.spec['tool']} {(end - start) * 1000 // rate} ms"
            out.append({"kind": "tool", "start": start, "end": end, "label": label})
        out.append({"kind": "first_byte", "start": first_byte, "label": "first byte"})
    for line in lines:
        if "dtmf" in line.spec:
            out.append({"kind": "dtmf", "start": line.start, "label": line.spec["dtmf"]})
        if "transfer" in line.spec:
            at = line.end + rate // 4
            out.append({"kind": "transfer", "start": at, "label": line.spec["transfer"]})
    return sorted(out, key=lambda e: (e["start"], e["kind"]))


def _responses(lines: list[Line], rate: int) -> list[dict[str, Any]]:
    """Each response's stages as the platform reports them; `start` is the agent's onset."""
    out = []
    for i, (line, _heard, latency) in enumerate(_answers(lines)):
        ms = latency * 1000 / rate
        stages = {name: round(share * ms) for name, share in STAGES}
        reported = max(0, round(ms) - EARLY_MS[i % len(EARLY_MS)])
        out.append({"start": line.start, "reported_ms": reported, "stages": stages})
    return out


def _reported(lines: list[Line], rate: int) -> list[dict[str, Any]]:
    """The agent's speech by the platform's log: begun when sent, not when heard."""
    out = []
    for i, line in enumerate(x for x in lines if x.speaker == "agent"):
        early = EARLY_MS[i % len(EARLY_MS)] * rate // 1000
        start = max(0, line.start - early)
        out.append({"speaker": "agent", "start": start, "end": max(start + 1, line.end - early)})
    return out


def truth(script: dict[str, Any], key: str, lines: list[Line], frames: int) -> dict[str, Any]:
    """What the script planned, with the times of the clean clips. All times in seconds."""
    rate = script["rate_hz"]
    turns = _turns(lines)
    return {
        "call": key,
        "rate_hz": rate,
        "frame_count": frames,
        "utterances": sorted(
            (u for line in lines for u in _utterances(line, rate)), key=lambda u: u["start_s"]
        ),
        "turns": [
            {
                "index": i,
                "speaker": run[0].speaker,
                "start_s": _s(run[0].start, rate),
                "end_s": _s(run[-1].end, rate),
            }
            for i, run in enumerate(turns, start=1)
        ],
        "gaps": [
            {"after_turn": i, "value_s": _s(b[0].start - a[-1].end, rate)}
            for i, (a, b) in enumerate(pairwise(turns), start=1)
        ],
        "overlaps": _overlaps(lines, rate),
        "barge_ins": [
            {
                "by": x.speaker,
                "onset_s": _s(x.start, rate),
                "yield_s": None if x.yield_frames is None else _s(x.yield_frames, rate),
            }
            for x in lines
            if x.kind in ("barge_in", "talk_over")
        ],
        "backchannels": [
            {"by": x.speaker, "start_s": _s(x.start, rate), "end_s": _s(x.end, rate)}
            for x in lines
            if x.kind == "backchannel"
        ],
        "unheard": [
            {"line": x.number, "text": " ".join(w for w, _, _ in x.unheard)}
            for x in lines
            if x.unheard
        ],
        "wrong_facts": script.get("wrong_facts", []),
        "missing_steps": script.get("missing_steps", []),
    }


def _utterances(line: Line, rate: int) -> list[dict[str, Any]]:
    """The line's sentences, those less than 300 ms apart as one."""
    out: list[dict[str, Any]] = []
    for s in line.sentences:
        if out and _s(s.start, rate) - out[-1]["end_s"] < 0.3:
            out[-1]["end_s"] = _s(s.end, rate)
        else:
            mark = {"start_s": _s(s.start, rate), "end_s": _s(s.end, rate)}
            out.append({"line": line.number, "speaker": line.speaker, **mark})
    return out


def _turns(lines: list[Line]) -> list[list[Line]]:
    runs: list[list[Line]] = []
    for line in sorted((x for x in lines if x.kind != "backchannel"), key=lambda x: x.start):
        if runs and runs[-1][0].speaker == line.speaker:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _overlaps(lines: list[Line], rate: int) -> list[dict[str, Any]]:
    spans = {x: [(s.start, s.end) for n in lines if n.speaker == x for s in n.sentences]
             for x in ("caller", "agent")}  # fmt: skip
    out = []
    for a in spans["caller"]:
        for b in spans["agent"]:
            start, end = max(a[0], b[0]), min(a[1], b[1])
            if start < end:
                out.append({"start_s": _s(start, rate), "end_s": _s(end, rate)})
    return sorted(out, key=lambda o: o["start_s"])
