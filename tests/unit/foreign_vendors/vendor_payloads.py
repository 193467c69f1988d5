"""Payloads in the shape of each platform, written by hand, and the recordings that go with them.

One conversation throughout: the caller speaks at 0.5 and 4.0 s, the agent at 2.0 and 5.6 s.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.audio_files import write_wav

RATE = 8000
SECONDS = 8.0
EPOCH_S = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""
TALK: tuple[tuple[str, float, float, str], ...] = (
    ("caller", 0.5, 1.5, "Hello, I want to move my booking."),
    ("agent", 2.0, 3.6, "Sure, which day suits you?"),
    ("caller", 4.0, 5.2, "Friday, in the morning."),
    ("agent", 5.6, 7.0, "Friday at nine is free."),
)


def sound(
    order: Sequence[str] = ("caller", "agent"), *, late_s: float = 0.0, seconds: float = SECONDS
) -> Any:
    """Two channels of faint noise with a louder one while their speaker talks."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0, 0.0005, (round(seconds * RATE), 2))
    for side, start, end, _ in TALK:
        a, b = (round((t + late_s) * RATE) for t in (start, end))
        column = order.index(side)
        part = samples[a:b, column]
        part += rng.normal(0, 0.12, len(part))
    return samples.astype(np.float32)


def put_sound(path: Path, order: Sequence[str] = ("caller", "agent"), **more: Any) -> Path:
    """The conversation as a stereo WAV."""
    return write_wav(path, sound(order, **more), RATE)


def put_side(path: Path, side: str) -> Path:
    """One side of it as a mono WAV."""
    return write_wav(path, sound()[:, ("caller", "agent").index(side)], RATE)


def put_json(path: Path, value: Any) -> Path:
    """A payload as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
    return path


def timed_words(start: float, end: float, text: str, name: str = "word") -> list[dict[str, Any]]:
    """The words of a line, evenly timed."""
    parts = text.split()
    step = (end - start) / len(parts)
    return [
        {name: w, "start": start + n * step, "end": start + (n + 1) * step}
        for n, w in enumerate(parts)
    ]


# vapi --------------------------------------------------------------------------------------------


def vapi(**more: Any) -> dict[str, Any]:
    """A call object; durations in milliseconds, as its API really gives them."""
    roles = {"caller": "user", "agent": "bot"}
    began = EPOCH_S * 1000
    messages: list[dict[str, Any]] = [
        {"role": "system", "message": "You book.", "time": began, "secondsFromStart": 0}
    ]
    for side, start, end, text in TALK:
        messages.append(
            {
                "role": roles[side],
                "message": text,
                "time": began + start * 1000,
                "endTime": began + end * 1000,
                "secondsFromStart": start,
                "duration": (end - start) * 900,
            }
        )
    messages[1]["metadata"] = {"wordLevelConfidence": [
        {**w, "confidence": 0.9} for w in timed_words(*TALK[0][1:])
    ]}  # fmt: skip
    tool = {"id": "call_1", "type": "function",
            "function": {"name": "find_slot", "arguments": "{\"day\":\"Friday\"}"}}  # fmt: skip
    messages.insert(4, {"role": "tool_calls", "toolCalls": [tool], "message": "",
                        "time": began + 5210, "secondsFromStart": 5.21})  # fmt: skip
    messages.insert(5, {"role": "tool_call_result", "toolCallId": "call_1", "name": "find_slot",
                        "result": "{\"hour\":9}", "time": began + 5553,
                        "secondsFromStart": 5.553})  # fmt: skip
    call = {
        "id": "0c9f1d0e-0000-4000-8000-0000000000a1",
        "orgId": "org-1",
        "type": "inboundPhoneCall",
        "status": "ended",
        "endedReason": "customer-ended-call",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "startedAt": "2026-01-01T00:00:00.000Z",
        "endedAt": "2026-01-01T00:00:08.000Z",
        "cost": 0.12,
        "assistant": {"name": "Booker", "model": {"model": "some-model"}},
        "artifact": {
            "messages": messages,
            "recording": {"stereoUrl": "https://storage.example/x/abc1-stereo.wav",
                          "mono": {"combinedUrl": "https://storage.example/x/abc1-mono.wav"}},
            "performanceMetrics": {"turnLatencyAverage": 1400},
        },
    }  # fmt: skip
    return {**call, **more}


def vapi_report() -> dict[str, Any]:
    """The same call as the posted end-of-call report."""
    call = vapi()
    outer = {k: call.pop(k) for k in ("artifact", "endedReason", "startedAt", "endedAt", "cost")}
    return {"message": {"type": "end-of-call-report", "timestamp": 1, "call": call, **outer}}


# retell ------------------------------------------------------------------------------------------


def retell(**more: Any) -> dict[str, Any]:
    """A call object with tool calls between the utterances."""
    roles = {"caller": "user", "agent": "agent"}
    rows: list[dict[str, Any]] = [
        {"role": roles[side], "content": text, "words": timed_words(start, end, text)}
        for side, start, end, text in TALK
    ]
    spoken = copy.deepcopy(rows)
    rows[3:3] = [
        {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "find_slot",
         "arguments": "{\"day\":\"Friday\"}"},
        {"role": "tool_call_result", "tool_call_id": "t1", "content": "{\"hour\":9}",
         "successful": True},
        {"role": "node_transition", "former_node_id": "a", "former_node_name": "Ask",
         "new_node_id": "b", "new_node_name": "Book"},
        {"role": "dtmf", "digit": "1"},
        {"role": "sms", "content": "hi", "time_sec": 5.4},
    ]  # fmt: skip
    call = {
        "call_id": "call_0123456789abcdef",
        "call_type": "phone_call",
        "call_status": "ended",
        "agent_id": "agent_1",
        "agent_name": "Booker",
        "agent_version": 3,
        "direction": "inbound",
        "from_number": "+15550001",
        "to_number": "+15550002",
        "start_timestamp": int(EPOCH_S * 1000),
        "end_timestamp": int(EPOCH_S * 1000) + 8000,
        "duration_ms": 8000,
        "transcript": "...",
        "transcript_object": spoken,
        "transcript_with_tool_calls": rows,
        "recording_url": "https://files.example/call_0123456789abcdef/recording.wav",
        "recording_multi_channel_url":
            "https://files.example/call_0123456789abcdef/recording_multichannel.wav?sig=abcdef12",
        "disconnection_reason": "user_hangup",
        "latency": {"e2e": {"p50": 812, "num": 2, "values": [800, 824]}},
        "call_analysis": {"call_successful": True},
    }  # fmt: skip
    return {**call, **more}


# elevenlabs --------------------------------------------------------------------------------------


def elevenlabs(**more: Any) -> dict[str, Any]:
    """A conversation; whole seconds, the second agent turn cut short."""
    roles = {"caller": "user", "agent": "agent"}
    turns: list[dict[str, Any]] = [
        {"role": roles[side], "message": text, "time_in_call_secs": int(start), "tool_calls": [],
         "tool_results": [], "interrupted": False, "conversation_turn_metrics": None,
         "original_message": None}
        for side, start, _, text in TALK
    ]  # fmt: skip
    turns[1]["conversation_turn_metrics"] = {
        "metrics": {"convai_llm_service_ttfb": {"elapsed_time": 0.31}}
    }
    turns[3] |= {"interrupted": True, "message": "Friday at nine...",
                 "original_message": "Friday at nine is free, shall I book it?"}  # fmt: skip
    turns[2]["tool_calls"] = [{"tool_name": "find_slot", "request_id": "r1"}]
    turns[3]["tool_results"] = [{"tool_name": "find_slot", "request_id": "r1", "is_error": True,
                                 "tool_latency_secs": 0.343}]  # fmt: skip
    call = {
        "agent_id": "agent_7",
        "conversation_id": "conv_0123456789",
        "status": "done",
        "transcript": turns,
        "metadata": {
            "start_time_unix_secs": int(EPOCH_S),
            "call_duration_secs": 8,
            "cost": 100,
            "termination_reason": "Call ended by remote party",
            "main_language": "en",
        },
        "analysis": {"call_successful": "success"},
        "has_audio": True,
    }
    return {**call, **more}


# twilio ------------------------------------------------------------------------------------------

RE_SID, CA_SID, GT_SID = "RE" + "1" * 32, "CA" + "2" * 32, "GT" + "3" * 32


def twilio_recording(**more: Any) -> dict[str, Any]:
    """A recording resource."""
    call = {
        "sid": RE_SID,
        "account_sid": "AC" + "0" * 32,
        "call_sid": CA_SID,
        "conference_sid": None,
        "start_time": "Thu, 01 Jan 2026 00:00:00 +0000",
        "duration": "8",
        "channels": 2,
        "source": "RecordVerb",
        "status": "completed",
        "price": "-0.0025",
        "price_unit": "USD",
        "media_url": f"https://api.twilio.example/Recordings/{RE_SID}",
    }
    return {**call, **more}


def twilio_sentences(channels: Sequence[str] = ("caller", "agent")) -> list[dict[str, Any]]:
    """Sentences; times are text, channels count from 1."""
    return [
        {"media_channel": channels.index(side) + 1, "sentence_index": n, "start_time": f"{start}",
         "end_time": f"{end}", "transcript": text, "confidence": "0.93",
         "words": [{"word": w["word"], "start_time": w["start"], "end_time": w["end"]}
                   for w in timed_words(start, end, text)]}
        for n, (side, start, end, text) in enumerate(TALK)
    ]  # fmt: skip


def twilio_transcript(first: str = "Agent") -> dict[str, Any]:
    """A transcript resource whose participants say who is on channel 1."""
    second = "Customer" if first == "Agent" else "Agent"
    return {
        "sid": GT_SID,
        "account_sid": "AC" + "0" * 32,
        "language_code": "en-US",
        "status": "completed",
        "channel": {
            "media_properties": {"source_sid": RE_SID},
            "participants": [
                {"channel_participant": 1, "role": first},
                {"channel_participant": 2, "role": second},
            ],
        },
    }


# livekit -----------------------------------------------------------------------------------------

ZERO_S = EPOCH_S + 2.5
"""The recording begins later than the session."""


def livekit(**more: Any) -> dict[str, Any]:
    """A session report."""
    items: list[dict[str, Any]] = [
        {"id": "h", "type": "agent_handoff", "new_agent_id": "booker", "created_at": ZERO_S + 0.1},
        {"id": "s", "type": "message", "role": "system", "content": ["You book."],
         "created_at": EPOCH_S},
    ]  # fmt: skip
    for n, (side, start, end, text) in enumerate(TALK):
        metrics: dict[str, Any] = {
            "started_speaking_at": ZERO_S + start,
            "stopped_speaking_at": ZERO_S + end,
        }
        if side == "caller":
            metrics |= {"transcription_delay": 0.2, "end_of_turn_delay": 0.25}
        else:
            metrics |= {"llm_node_ttft": 0.15, "tts_node_ttfb": 0.08, "e2e_latency": 0.48}
        items.append(
            {
                "id": f"m{n}",
                "type": "message",
                "role": "user" if side == "caller" else "assistant",
                "content": [text],
                "interrupted": n == 3,
                "transcript_confidence": 0.97,
                "created_at": ZERO_S + end,
                "metrics": metrics,
            }
        )
    items[5:5] = [
        {"id": "f", "type": "function_call", "call_id": "c1", "name": "find_slot",
         "arguments": "{}", "created_at": ZERO_S + 5.21},
        {"id": "o", "type": "function_call_output", "call_id": "c1", "name": "find_slot",
         "output": "9", "is_error": False, "created_at": ZERO_S + 5.553},
    ]  # fmt: skip
    report = {
        "job_id": "AJ_test1",
        "room_id": "RM_test1",
        "room": "booking-room",
        "events": [
            {"type": "close", "reason": "participant_disconnected", "created_at": ZERO_S + 7.5}
        ],
        "audio_recording_path": "/srv/agent/recordings/audio_1.wav",
        "audio_recording_started_at": ZERO_S,
        "options": {"allow_interruptions": True, "min_endpointing_delay": 0.5},
        "chat_history": {"items": items},
        "timestamp": ZERO_S + 8,
        "usage": [{"type": "llm_usage", "input_tokens": 12}],
    }
    return {**report, **more}


# langwatch ---------------------------------------------------------------------------------------


def put_langwatch(folder: Path, **more: Any) -> Path:
    """A folder as `save_segments` writes it: segments, the concatenated full.wav, a manifest."""
    whole, segments, played = sound(), [], []
    for n, (side, start, end, text) in enumerate(TALK):
        role = "user" if side == "caller" else "agent"
        name = f"segments/{n:02d}-{role}-{int(start * 1000):04d}ms.wav"
        part = whole[round(start * RATE) : round(end * RATE), ("caller", "agent").index(side)]
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        write_wav(folder / name, part, RATE)
        played.append(part)
        segments.append(
            {"idx": n, "file": name, "role": role, "start_time": start, "end_time": end,
             "duration": end - start, "transcript": text}
        )  # fmt: skip
    write_wav(folder / "full.wav", np.concatenate(played), RATE)
    manifest = {
        "generated_at": "2026-01-01T00:01:00+00:00",
        "duration": 7.0,
        "segment_count": len(segments),
        "segments": segments,
        "events": [
            {"time": 0.5, "type": "user_start_speaking"},
            {"time": 2.0, "type": "agent_start_speaking", "latency": 0.5},
            {"time": 4.0, "type": "user_interrupt", "metadata": {"adapter": "Pipecat"}},
            {"time": 5.21, "type": "tool_call", "name": "find_slot", "args": {"day": "Friday"},
             "metadata": {"call_id": "c1"}},
            {"time": 5.553, "type": "tool_result", "name": "find_slot", "result": 9,
             "metadata": {"call_id": "c1"}},
        ],
    }  # fmt: skip
    put_json(folder / "manifest.json", {**manifest, **more})
    return folder


# pipecat -----------------------------------------------------------------------------------------


def pipecat_row(**more: Any) -> dict[str, Any]:
    """One line of results.jsonl."""
    row = {
        "bot": "bots/booker.py",
        "name": "booker",
        "scenario": "book/friday",
        "kind": "script",
        "attempt": 2,
        "passed": False,
        "skipped": None,
        "error": None,
        "duration_ms": 9200,
        "failures": [
            {"turn_index": 1, "expectation_index": 0, "event_name": "response",
             "kind": "judge_no", "reason": "It did not name an hour."}
        ],
        "turns": [
            {"turn_index": 0, "status": "passed", "duration_ms": 3100, "expectations": []},
            {"turn_index": 1, "status": "failed", "duration_ms": 4000, "expectations": []},
        ],
        "artifacts": {
            "log": "/ci/test-runs/r1/logs/booker__friday_002.log",
            "eval_log": "/ci/test-runs/r1/logs/booker__friday_002.eval.log",
            "recording": "/ci/test-runs/r1/recordings/booker__friday_002.wav",
        },
    }  # fmt: skip
    return {**row, **more}


def put_pipecat(folder: Path, *rows: dict[str, Any]) -> Path:
    """A run's folder with a recording and a log that holds a key."""
    (folder / "recordings").mkdir(parents=True, exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    put_sound(folder / "recordings" / "booker__friday_002.wav")
    (folder / "logs" / "booker__friday_002.eval.log").write_text(
        "0.1 [--] connect api_key=sk-abcdefghij0123456789\n", "utf-8"
    )
    lines = [json.dumps(r) for r in rows or (pipecat_row(),)]
    (folder / "results.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


# full-duplex-bench -------------------------------------------------------------------------------


def chunks(side: str) -> dict[str, Any]:
    """Words of one side as its recogniser writes them; the last has no end."""
    rows: list[dict[str, Any]] = []
    for who, start, end, text in TALK:
        if who == side:
            rows += [
                {"text": w["word"], "timestamp": [w["start"], w["end"]]}
                for w in timed_words(start, end, text)
            ]
    rows[-1]["timestamp"][1] = None
    return {"text": " ".join(r["text"] for r in rows), "chunks": rows}


def put_fdb(folder: Path) -> Path:
    """A sample of v1.0 with every file that its scripts leave."""
    folder.mkdir(parents=True, exist_ok=True)
    put_side(folder / "input.wav", "caller")
    put_side(folder / "output.wav", "agent")
    put_json(folder / "output.json", chunks("agent"))
    put_json(folder / "transcription.json", chunks("caller")["chunks"])
    put_json(folder / "interrupt.json", [
        {"context": "I want to move my booking.", "interrupt": "Friday, in the morning.",
         "timestamp": [4.0, 5.2]}])  # fmt: skip
    put_json(folder / "turn_taking.json", [{"text": "[TURN-TAKING]", "timestamp": [1.5, 0.0]}])
    put_json(folder / "rating.json", {"analysis": "fine", "rating": 4})
    put_json(folder / "latency_intervals.json", {
        "latency_stop_list": [[2.0, 2.5]], "latency_resp_list": [[1.5, 2.0], [5.2, 5.6]]
    })  # fmt: skip
    return folder
