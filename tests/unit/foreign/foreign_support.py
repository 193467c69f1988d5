"""Made-up runs of EVA and tau2-bench, and a reader of calls made in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.calls import Speaker
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall, ForeignFailure, ForeignLayer, ForeignLine

RATE = 16_000
T0 = 1_772_403_724.0
"""When the made-up EVA call's log begins, epoch seconds."""

Said = tuple[Speaker, float, float, str]
TALK: tuple[Said, ...] = (
    ("agent", 0.5, 2.0, "Hello, how can I help?"),
    ("caller", 2.9, 5.2, "I need to change my flight to Monday."),
    ("agent", 6.4, 9.0, "What is your confirmation number?"),
    ("caller", 9.7, 12.9, "It is Z K three F F W."),
    ("agent", 15.1, 17.8, "Done. Anything else?"),
    ("caller", 18.3, 19.6, "No, thank you, bye."),
)
"""Who speaks when, seconds from the log's beginning."""


class FakeReader:
    """Hands over the calls that it was made with."""

    source = "fake"
    title = "Fake"

    def __init__(self, *found: ForeignCall | ForeignFailure) -> None:
        self.found = found

    def sniff(self, path: Path) -> bool:
        return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        yield from self.found


def speech(talk: Sequence[Said] = TALK, **params: Any) -> ForeignLayer:
    """A speech layer of a talk."""
    lines = tuple(ForeignLine(speaker=w, start_s=a, end_s=b) for w, a, b, _ in talk)
    return ForeignLayer(kind="speech", name="log", producer="fake-1", lines=lines, params=params)


def texts(talk: Sequence[Said] = TALK, role: Any = "intended") -> ForeignLayer:
    """A transcript layer of a talk."""
    lines = tuple(ForeignLine(speaker=w, start_s=a, end_s=b, text=t) for w, a, b, t in talk)
    return ForeignLayer(
        kind="transcript", name="texts", producer="fake-1", lines=lines, text_role=role
    )


def call(path: Path, identity: str = "one", **more: Any) -> ForeignCall:
    """A call of `TALK` without a recording."""
    fields: dict[str, Any] = {
        "source": "fake",
        "identity": identity,
        "title": f"Call {identity}",
        "path": path,
        "duration_s": 20.0,
        "layers": (speech(), texts()),
    }
    return ForeignCall(**{**fields, **more})


def voice(speaker: Speaker, *, lead_s: float = 0.0, seconds: float = 22.0) -> Any:
    """Noise of speech level where `speaker` speaks in `TALK`, `lead_s` seconds later."""
    rng = np.random.default_rng(3 if speaker == "caller" else 4)
    samples = rng.normal(0, 0.0005, round((seconds + lead_s) * RATE))
    for who, start, end, _ in TALK:
        first, last = (max(0, round((t + lead_s) * RATE)) for t in (start, end))
        if who == speaker and last > first:
            samples[first:last] += rng.normal(0, 0.1, last - first)
    return samples


# EVA ---------------------------------------------------------------------------------------------

NEW, OLD = ("simulated_user", "assistant"), ("elevenlabs_user", "framework_agent")


def eva_events(*, old: bool = False) -> list[dict[str, Any]]:
    """The caller's log of `TALK`, of either generation."""
    names = dict(zip(("caller", "agent"), OLD if old else NEW, strict=True))
    rows: list[dict[str, Any]] = []
    for who, start, end, text in TALK:
        for kind, at in (("audio_start", start), ("audio_end", end)):
            rows.append(
                {
                    "timestamp": round((T0 + at) * 1000),
                    "event_type": kind,
                    "user": names[who],
                    "audio_timestamp": T0 + at,
                }
            )
        said = "user_speech" if who == "caller" else "assistant_speech"
        at = start + 0.1 if who == "caller" else end + 0.05
        rows.append({"timestamp": round((T0 + at) * 1000), "type": said, "data": {"text": text}})
    rows.append(
        {
            "timestamp": round((T0 + 20) * 1000),
            "type": "connection_state",
            "data": {"state": "session_ended", "details": {"reason": "goodbye"}},
        }
    )
    return sorted(rows, key=lambda r: r["timestamp"])


def eva_audit() -> dict[str, Any]:
    """The audit log of `TALK`, with one tool call that fails."""
    rows: list[dict[str, Any]] = []

    def add(at: float, kind: str, value: Any) -> None:
        rows.append(
            {"value": value, "timestamp": str(round((T0 + at) * 1000)), "message_type": kind}
        )

    for who, start, end, text in TALK:
        if who == "caller":
            add(end + 0.1, "user", text.upper())
        elif start > 1:
            add(start - 0.3, "assistant", text)
    add(13.2, "tool_call", {"tool": "get_reservation", "parameters": {"code": "ZK3FFW"}})
    answer = {"status": "error", "error_type": "not_found", "message": "no"}
    add(13.9, "tool_response", {"tool": "get_reservation", "response": answer})
    rows.sort(key=lambda r: int(r["timestamp"]))
    return {"transcript": rows, "llm_prompts": [], "conversation_messages": []}


def eva_config(**more: Any) -> dict[str, Any]:
    """A run's configuration, of the newer generation."""
    return {
        "run_id": "run-7",
        "domain": "airline",
        "language": "en",
        "framework": "pipecat",
        "model": {"llm": "gpt-x", "stt": "ear", "tts": "mouth", "llm_params": {}},
        "agent_config_path": "configs/agents/airline_agent.yaml",
        **more,
    }


def eva_record(folder: Path, *, old: bool = False, audit: bool = True, **result: Any) -> Path:
    """A record's folder without recordings."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "elevenlabs_events.jsonl" if old else "user_simulator_events.jsonl"
    put_lines(folder / name, eva_events(old=old))
    if audit:
        put(folder / "audit_log.json", eva_audit())
    body = {
        "record_id": folder.name,
        "completed": True,
        "conversation_ended_reason": "goodbye",
        "num_turns": 3,
        **result,
    }
    put(folder / "result.json", body)
    return folder


def eva_run(top: Path, *records: str, config: dict[str, Any] | None = None) -> Path:
    """A run with those records."""
    run = top / "run-7"
    run.mkdir(parents=True)
    put(run / "config.json", eva_config() if config is None else config)
    for name in records or ("1.1.2",):
        eva_record(run / "records" / name)
    return run


def eva_audio(folder: Path, make_wav: Callable[..., Path], lead_s: float) -> None:
    """The two recordings of a record, begun `lead_s` before its log."""
    for role, name in (("caller", "audio_user.wav"), ("agent", "audio_assistant.wav")):
        where = folder / name
        make_wav(str(where), voice(role, lead_s=lead_s), RATE)  # type: ignore[arg-type]


# tau2 --------------------------------------------------------------------------------------------


def tau2_run(top: Path, *bodies: dict[str, Any], info: dict[str, Any] | None = None) -> Path:
    """A voice run with those simulations."""
    run = top / "run"
    (run / "simulations").mkdir(parents=True)
    put(
        run / "results.json",
        {
            "timestamp": "2026-06-30T11:17:32",
            "info": {
                "git_commit": "c0dd233",
                "user_info": {"implementation": "voice"},
                "agent_info": {"llm": "openai:gpt-realtime-2"},
                "environment_info": {"domain_name": "retail", "policy": "Be kind."},
                "audio_native_config": {"tick_duration_seconds": 0.2},
                **(info or {}),
            },
            "tasks": [{"id": "20", "description": "a"}, {"id": "21", "description": "b"}],
        },
    )
    for n, body in enumerate(bodies or (tau2_body(),)):
        put(run / "simulations" / f"{body.get('id', n)}.json", body)
    return run


def tick(number: int, caller: bool, agent: bool, **more: Any) -> dict[str, Any]:
    """One tick; `more` goes into the user's chunk."""
    return {
        "tick_id": number,
        "agent_chunk": {"role": "assistant", "contains_speech": agent},
        "user_chunk": {"role": "user", "contains_speech": caller, **more},
    }


def tau2_ticks() -> list[dict[str, Any]]:
    """Four seconds: the caller in ticks 2 to 6, the agent in 9 to 17."""
    return [tick(n, 2 <= n < 7, 9 <= n < 18) for n in range(20)]


def tau2_body(**more: Any) -> dict[str, Any]:
    """A simulation."""
    return {
        "id": "49b22f0c",
        "task_id": "20",
        "trial": 0,
        "mode": "full_duplex",
        "termination_reason": "user_stop",
        "start_time": "2026-06-30T11:40:23.773211",
        "ticks": tau2_ticks(),
        **more,
    }


def put(path: Path, value: Any) -> Path:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
    return path


def put_lines(path: Path, rows: Sequence[Any]) -> Path:
    """A JSON-lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return path
