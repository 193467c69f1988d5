"""An SOP text in units: numbered steps, and the explicit branches inside them.

A unit is what coverage is counted in. Works for Markdown and plain text, with and without spaces
between words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Span = tuple[int, int]
"""Half-open range of characters."""

_MARK = re.compile(
    r"(?:\#{1,6}\s*)?(?:\*\*|__)?(?:"
    r"(?P<number>(?:step\s+\d{1,2}\b|\d{1,2}(?:\.\d{1,2})*(?:[.)、．）:：](?!\d)|(?=\*\*))"
    r"|\d{1,2}(?:\.\d{1,2})+(?=\s)"
    r"|[(（]\d{1,2}[)）]|[①-⑳]|第[一二三四五六七八九十\d]{1,3}步|步骤\s*[一二三四五六七八九十\d]{1,3}"
    r"|手順\s*\d{1,2})[.:：、)）]?)|(?P<bullet>[-*•·–]))\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}\s|-{3,}\s*$|={3,}\s*$")
_BREAK = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])")
_CONDITION = re.compile(
    r"(?:otherwise,?\s+)?(?:if|when|whenever|unless|in case|should|si|wenn|falls|sofern)\b\s*"
    r"|(?:如果|如若|如遇|假如|倘若|要是|若是|若|一旦|もし|当(?=[^，。]{1,30}时)"
    r"|如(?![下何实期上此今同前意]))",
    re.IGNORECASE,
)
_ARROW = re.compile(r"[^→]+\s→\s[^→]+")
"""`Trigger → action`, as scenarios write their branches; a path has more arrows than one."""
_CONDITION_JA = re.compile(r"[^。、]{1,40}(?:場合は?|たら)[、,]")
_THEN = re.compile(r"\s*(?:[,:，、：]|\bthen\b|(?<=[\u4e00-\u9fff])则)\s*(?:then\b\s*|则|就)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One step, or one branch of a step."""

    id: str
    """`u1`, in the order of the text."""
    text: str
    """Without its mark."""
    spans: tuple[Span, ...]
    is_branch: bool = False
    trigger: str = ""
    """When a branch applies; empty for a step."""
    action: str = ""
    """What is to be done: the text without the trigger."""


@dataclass(slots=True)
class _Draft:
    spans: list[Span] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_branch: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    indent: int
    mark: str
    """`number`, `bullet`, or empty."""
    at: int
    """Where the words begin, after the mark."""
    end: int


def units_of(sop: str) -> tuple[Unit, ...]:
    """The units of an SOP in order; each paragraph where no step is marked."""
    lines = list(_lines(sop))
    step_mark = next((m for m in ("number", "bullet") if any(x.mark == m for x in lines)), "")
    drafts: list[_Draft] = []
    step: _Draft | None = None
    branch: _Draft | None = None
    for line in lines:
        if not line.mark and _HEADING.match(sop, line.start):
            step = branch = None
            continue
        if _opens_step(line, step_mark, step):
            step, branch = _Draft(indent=line.indent), None
            drafts.append(step)
        if step is None:
            continue
        if branch is not None and line.indent <= branch.indent:
            branch = None
        for at, end in _sentences(sop, line):
            start = line.start if at == line.at else at
            if is_condition(sop[at:end]) and (step.texts or line.mark != step_mark):
                branch = _Draft(is_branch=True, indent=line.indent)
                drafts.append(branch)
            elif not step.texts:
                step.is_branch = is_condition(sop[at:end])
            target = branch or step
            target.spans.append((start, end))
            target.texts.append(sop[at:end].strip())
    return tuple(_unit(n, d, sop) for n, d in enumerate((d for d in drafts if d.texts), start=1))


def is_condition(text: str) -> bool:
    """Whether a sentence begins by saying when it applies."""
    patterns = (_CONDITION.match, _CONDITION_JA.match, _ARROW.fullmatch)
    return any(match(text) is not None for match in patterns)


def split_condition(text: str) -> tuple[str, str]:
    """Trigger and action of a conditional sentence; the whole text as both where they are one."""
    if _ARROW.fullmatch(text):
        trigger, _, action = text.partition("→")
        return trigger.strip(), action.strip()
    lead = _CONDITION.match(text)
    rest = text[lead.end() :] if lead else text
    cut = _THEN.search(rest)
    if cut is None or not rest[: cut.start()].strip() or not rest[cut.end() :].strip():
        return rest.strip(" .。") or text, text
    return rest[: cut.start()].strip(), _sentence_case(rest[cut.end() :].strip())


def _opens_step(line: _Line, step_mark: str, step: _Draft | None) -> bool:
    if not step_mark:
        return True
    if line.mark != step_mark:
        return False
    # Bullets under a bullet belong to it; numbers under a number are steps of their own.
    return step_mark == "number" or step is None or line.indent <= step.indent


def _lines(sop: str) -> Iterator[_Line]:
    start = 0
    for raw in sop.splitlines(keepends=True):
        words = raw.rstrip()
        indent = len(words) - len(words.lstrip())
        if words:
            first = start + indent
            found = _MARK.match(sop, first, start + len(words))
            kind = (found.lastgroup or "") if found else ""
            at = found.end() if found else first
            if at < start + len(words):
                yield _Line(first, indent, kind, at, start + len(words))
        start += len(raw)


def _sentences(sop: str, line: _Line) -> Iterator[Span]:
    at = line.at
    for cut in _BREAK.finditer(sop, line.at, line.end):
        if cut.start() > at:
            yield at, cut.start()
        at = cut.end()
    if at < line.end:
        yield at, line.end


def _unit(number: int, draft: _Draft, sop: str) -> Unit:
    text = " ".join(draft.texts).replace("**", "").strip()
    trigger, action = split_condition(text) if draft.is_branch else ("", text)
    return Unit(
        id=f"u{number}",
        text=text,
        spans=joined(draft.spans, sop),
        is_branch=draft.is_branch,
        trigger=trigger,
        action=action,
    )


def joined(spans: list[Span], sop: str = "") -> tuple[Span, ...]:
    """Spans in order, those that touch (but for white space of `sop`) made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and (start <= out[-1][1] or (sop and not sop[out[-1][1] : start].strip())):
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
