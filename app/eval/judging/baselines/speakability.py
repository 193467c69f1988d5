"""What was written for the eye and cannot be spoken: markup, addresses, pictures, code.

The kinds are those of EVA-Bench's speakability metric (arXiv 2605.13841). Where the agent's own
log says what went to its synthesiser, that is looked at; else the transcript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.eval.judging.baselines.findings import Finding, quoted, silent
from app.eval.judging.call import JudgeCall, JudgeTurn

_KINDS: Mapping[str, re.Pattern[str]] = {
    "a code block": re.compile(r"```|~~~|`[^`\s][^`]*`"),
    "emphasis in asterisks": re.compile(
        r"\*\*[^*\s][^*]*\*\*|(?<![\w*])\*[^*\s][^*]*\*(?![\w*])|__\w[^_]*__"
    ),
    "a heading mark": re.compile(r"(?:^|\n)[ \t]*#{1,6}[ \t]+\S"),
    "a link in markup": re.compile(r"\[[^\]]+\]\([^)\s]+\)"),
    "an address as it is typed": re.compile(
        r"https?://\S+|\bwww\.\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-z]{2,6}/\S+",
        re.IGNORECASE,
    ),
    "a table": re.compile(r"\|[^|\n]+\|[^|\n]+\||(?:^|\n)[ \t]*\|?:?-{3,}:?[ \t]{0,9}\|"),
    "a bulleted list": re.compile(r"(?:^|\n)[ \t]*[-*•‣▪][ \t]+\S|\s[•‣▪]\s?\S.*?\s[•‣▪]\s?\S"),
    "markup tags": re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s+[\w-]+=[^>]*)?/?>"),
    "data in braces": re.compile(r"\{\s*[\"'][^}]*\}|\[\s*\{|\[\s*[\"'][^\]]*\]"),
    "words joined as in code": re.compile(
        r"\b[^\W_]+_[^\W_]+(?:_[^\W_]+)*\b|\b[a-z]{2,}[A-Z]\w*\b"
    ),
    "words run together at a full stop": re.compile(r"[a-zß-ÿ]{2}[.!?;][A-ZÀ-Þ][a-zß-ÿ]"),
    "a picture": re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]"),
}
"""What cannot be spoken, by the words that a person is told."""


def speakability(call: JudgeCall, params: Mapping[str, Any]) -> Iterator[Finding]:
    """1: it can be spoken as it is written; 0: something in it cannot.

    Args:
        call: the call.
        params: `allowed`, texts that are taken out first, such as names that look like code.
    """
    allowed = [str(a) for a in params.get("allowed", ())]
    for turn in call.agent_turns:
        text, source = what_was_sent(turn)
        for name in allowed:
            text = text.replace(name, "")
        yield _finding(turn, text, source) if text.strip() else silent(turn)


def what_was_sent(turn: JudgeTurn) -> tuple[str, str]:
    """The text to look at and what it is: `intended` or `transcript`."""
    return (turn.intended, "intended") if turn.intended.strip() else (turn.text, "transcript")


def _finding(turn: JudgeTurn, text: str, source: str) -> Finding:
    seen = {kind: found[0] for kind, rule in _KINDS.items() if (found := rule.search(text))}
    where = "the text meant to be spoken" if source == "intended" else "the transcript"
    words = "; ".join(f"{kind}: {quoted(found.strip(), 40)}" for kind, found in seen.items())
    return Finding(
        turn=turn,
        value=0 if seen else 1,
        rationale=f"In {where}, {words}." if seen else f"Nothing in {where} is for the eye alone.",
        details={"kinds": list(seen), "text": source},
    )
