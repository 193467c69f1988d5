"""Blanks of a template that the agent spoke instead of filling them in.

Scripts hold names in brackets, braces and crosses for what is put in at run time (OutboundEval's
published scenarios do); an agent that reads them aloud says “bracket name” to a customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.eval.judging.baselines.findings import Finding, counted, quoted, silent
from app.eval.judging.baselines.speakability import what_was_sent
from app.eval.judging.call import JudgeCall, JudgeTurn

_SLOTS = (
    "name|customer|caller|client|user|agent|company|bank|amount|sum|price|date|day|time|number|"
    "address|phone|email|order|product|city|姓名|名字|客户|公司|金额|日期|电话|地址|氏名|名前|"
    "会社名|金額|日付|이름|고객|회사|금액|날짜|nom|montant|nombre|importe|fecha|betrag|datum"
)
_OPEN, _SHUT = r"[\[【［<〈＜(（]", r"[\]】］>〉＞)）]"
_INSIDE = r"[^\[\]<>()\n]{0,20}"
_PATTERNS = (
    re.compile(r"\{\{[^{}]{0,60}\}\}|\$\{[^{}]{1,60}\}|%\(\w+\)s|\{[A-Za-z_][\w .-]{0,40}\}"),
    re.compile(r"[\[【［<〈＜][A-ZÄÖÜ][A-ZÄÖÜ0-9_ -]{1,40}[\]】］>〉＞]"),
    re.compile(f"{_OPEN}{_INSIDE}(?:{_SLOTS}){_INSIDE}{_SHUT}", re.IGNORECASE),
    re.compile(r"(?<![A-Za-z0-9])[Xx×]{3,}(?![A-Za-z])"),
    re.compile(r"\b[Xx](?:[\s,.-]+[Xx]){2,}\b"),
    re.compile(r"某某|[○〇◯]{2,}|_{3,}|＿{2,}|\.{4,}"),
    re.compile(r"\b(?:(?:open|left|square|curly) (?:bracket|brace)s?)\b", re.IGNORECASE),
    re.compile(r"\b(?:TBD|TODO|lorem ipsum)\b", re.IGNORECASE),
)


def placeholders(call: JudgeCall, params: Mapping[str, Any]) -> Iterator[Finding]:
    """1: none; 0: at least one blank was spoken.

    Args:
        call: the call.
        params: `more`, further texts that are blanks in one's own scripts.
    """
    more = [str(m) for m in params.get("more", ())]
    for turn in call.agent_turns:
        texts = dict.fromkeys(t for t in (turn.text, what_was_sent(turn)[0]) if t.strip())
        yield _finding(turn, " \n ".join(texts), more) if texts else silent(turn)


def _finding(turn: JudgeTurn, text: str, more: list[str]) -> Finding:
    found = [m[0].strip() for rule in _PATTERNS for m in rule.finditer(text)]
    found += [m for m in more if m and m.casefold() in text.casefold()]
    seen = list(dict.fromkeys(found))
    said = ", ".join(quoted(s, 40) for s in seen[:3])
    return Finding(
        turn=turn,
        value=0 if seen else 1,
        rationale=f"{counted(len(seen), 'blank')} spoken: {said}."
        if seen
        else "No blank is spoken.",
        details={"blanks": seen},
    )
