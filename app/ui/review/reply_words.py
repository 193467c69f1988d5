"""A judge's request and reply in words: facts, messages, the raw bodies. Knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.judging import ASK_FAILURE_WORDS, JudgeVersion, StoredReply
from app.domain.masked_text import scrubbed
from app.ui.library.words import GAP, thousands
from app.ui.runs.money import money_words

RUNG_WORDS = {
    "schema": "strict schema",
    "json": "JSON mode",
    "text": "asked in words alone",
}
STATUS_WORDS = {"ok": "read", "unscored": "unscored", "failed": "no reply"}
MOST_CHARS = 400_000
CUT_WORDS = "\n\n… cut here; Copy takes the whole."


@dataclass(frozen=True, slots=True)
class ReplyText:
    """One request with its reply: facts to read, texts to read and to copy."""

    title: str
    facts: tuple[tuple[str, str], ...]
    said: str
    """What the model said, as text."""
    asked: str
    """The messages, one after the other."""
    request: str
    """The whole request as JSON, without the key."""
    reply: str
    """The whole reply as JSON."""
    hidden: frozenset[str] = frozenset()
    """Words that are redacted in the call."""

    def copied(self, key: str) -> str:
        """One of the four texts as it may leave the workspace."""
        return scrubbed(self.part(key), self.hidden, numbers=False)

    def part(self, key: str) -> str:
        """One of the four texts, by its name."""
        return str(getattr(self, key))


def reply_texts(
    replies: Sequence[StoredReply], judges: Mapping[str, JudgeVersion]
) -> list[ReplyText]:
    """Each reply in words; `judges` are the judge versions by id."""
    many = len(replies) > 1
    return [
        _text(reply, f"Request {n}" if many else "Request", judges.get(reply.new.judge_version_id))
        for n, reply in enumerate(replies, 1)
    ]


def _text(reply: StoredReply, title: str, judge: JudgeVersion | None) -> ReplyText:
    new = reply.new
    return ReplyText(
        title=title,
        facts=tuple(_facts(reply, judge)),
        said=_said(new.reply) or new.reason or "There is no reply.",
        asked=_messages(new.request),
        request=_json(new.request),
        reply="There is no reply." if new.reply is None else _json(new.reply),
    )


def _facts(reply: StoredReply, judge: JudgeVersion | None) -> list[tuple[str, str]]:
    new, usage = reply.new, reply.new.usage
    why = f": {ASK_FAILURE_WORDS[new.failure]}" if new.failure is not None else ""
    counts = (
        ("prompt", usage.prompt), ("reply", usage.completion), ("cached", usage.cached),
        ("audio", usage.audio), ("reasoning", usage.reasoning),
    )  # fmt: skip
    tokens = ", ".join(f"{thousands(n)} {word}" for word, n in counts if n is not None)
    cost = money_words(new.cost_micro, new.currency) if new.cost_micro is not None else ""
    facts = [
        ("Judge", judge.label if judge is not None else ""),
        ("Version", judge.short_sha if judge is not None else ""),
        ("Prompt", judge.prompt_sha256[:16] if judge is not None else ""),
        ("Result", f"{STATUS_WORDS[new.status]}{why}"),
        ("", new.reason),
        ("Criteria", ", ".join(new.criteria)),
        ("Endpoint", new.endpoint),
        ("Model", str(new.request.get("model", ""))),
        ("Reported", new.model_reported),
        ("Form", RUNG_WORDS[new.rung]),
        ("Tokens", tokens or "not counted"),
        ("Cost", cost or ("price unknown" if new.status != "failed" else "")),
        ("Latency", f"{thousands(new.latency_ms)}{GAP}ms"),
        ("Attempts", _attempts(new.attempt, new.http_attempts)),
        ("Request id", new.request_id),
        ("Key", new.key),
        ("At", reply.created_at),
    ]
    return [(name, told) for name, told in facts if told]


def _attempts(attempt: int, http: int) -> str:
    asked = "asked once" if attempt <= 1 else f"asked {attempt} times"
    return f"{asked}, sent {http} times" if http > 1 else asked


def _messages(request: Mapping[str, Any]) -> str:
    """The messages with their roles; sound is named, not written out."""
    out = []
    for message in request.get("messages") or ():
        if isinstance(message, Mapping):
            out.append(f"[{message.get('role', '?')}]\n{_content(message.get('content'))}")
    return "\n\n".join(out) or _json(request)


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return _json(content)
    parts = (
        str(p["text"]) if isinstance(p, Mapping) and p.get("type") == "text" else _json(p)
        for p in content
    )
    return "\n".join(parts)


def _said(reply: Mapping[str, Any] | None) -> str:
    """The text of the first choice, as it came."""
    choices = (reply or {}).get("choices") or ()
    first = choices[0] if isinstance(choices, Sequence) and choices else {}
    message = first.get("message") if isinstance(first, Mapping) else None
    if not isinstance(message, Mapping):
        return ""
    said = message.get("content") or message.get("refusal") or ""
    return said if isinstance(said, str) else _json(said)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def shortened(text: str) -> str:
    """As much as a field shows without making anyone wait."""
    return text if len(text) <= MOST_CHARS else text[:MOST_CHARS] + CUT_WORDS
