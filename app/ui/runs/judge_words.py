"""Judge runs in words: where they ask, what they have used of their caps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.evaluation import JUDGING, Run
from app.ui.library.words import GAP, calls_words, thousands
from app.ui.runs.money import money_words, short_tokens, spent_words

if TYPE_CHECKING:
    from app.services.judging.caps import Caps
    from app.services.judging.judging_runs import AskFailed
    from app.services.judging.run_figures import JudgeProvenance, Spending, UsedJudge
    from app.services.judging.run_notes import Skipped

CAPPED = "Stopped at its cap of "
"""How the note of a run begins that used all it may."""
RULES_WORDS = "Rules"
COST = "Cost"


def is_judging(run: Run) -> bool:
    """Whether its steps are requests to judges."""
    return run.kind == JUDGING


def is_capped(run: Run) -> bool:
    """Whether it stands because it used all it may."""
    return run.state == "paused" and run.note.startswith(CAPPED)


def capped_words(run: Run) -> str:
    """`Stopped at 20 requests`."""
    return f"Stopped at {run.note.removeprefix(CAPPED).rstrip('.')}"


def endpoints_words(run: Run) -> str:
    """The endpoint that it asks, how many there are, or that it asks none."""
    names = list(dict.fromkeys(str(s.args.get("endpoint") or "") for s in run.specs))
    asked = [name for name in names if name]
    if not asked:
        return RULES_WORDS
    return asked[0] if len(asked) == 1 else f"{len(asked)} endpoints"


def judges_words(run: Run) -> str:
    """How many judges look at each call."""
    count = len(run.specs)
    return f"{thousands(count)} judge{'' if count == 1 else 's'}"


def cost_cell(run: Run, spending: Spending | None) -> str:
    """What the list says of it: `$3.18 of $12`; tokens where no price is known; or nothing."""
    if spending is None:
        return ""
    cost, caps = spending.cost, spending.caps
    priced = cost.priced_micro.get(caps.currency, 0)
    if not cost.asked:
        cap = "" if caps.cost_micro is None else money_words(caps.cost_micro, caps.currency)
        return f"cap {_short(cap)}" if cap and run.is_live else ""
    if cost.priced_micro:
        told = ", ".join(money_words(m, c) for c, m in sorted(cost.priced_micro.items()))
        if caps.cost_micro is not None and priced:
            return f"{told} of {_short(money_words(caps.cost_micro, caps.currency))}"
        return f"{told} +" if cost.unpriced else told
    return short_tokens(cost.tokens) if cost.tokens else ""


def _short(money: str) -> str:
    """`$12` for `$12.00`."""
    return money.removesuffix(".00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One line of what a run has used. Shares are of its cap; `share` is None without one."""

    name: str
    amount: str
    rest: str
    """Goes on right after the amount."""
    share: float | None = None
    expected: float | None = None


def uses(run: Run, spending: Spending) -> list[Use]:
    """Cost, tokens and requests, each with what is expected and where it stops."""
    cost, caps = spending.cost, spending.caps
    factor = _factor(run)
    out = []
    if cost.asked or caps.cost_micro is not None:
        out.append(_cost(spending, factor))
    for name, used, cap in (
        ("Tokens", cost.tokens, caps.tokens), ("Requests", cost.asked, caps.calls),
    ):  # fmt: skip
        if used or cap is not None:
            ahead = _ahead(used, cap, factor, thousands)
            out.append(_use(name, thousands(used), ahead, used, cap, factor))
    return out


def _cost(spending: Spending, factor: float | None) -> Use:
    """A price that nobody knows is no 0, and nothing is expected of it."""
    cost, caps = spending.cost, spending.caps
    micro = cost.priced_micro.get(caps.currency, 0)
    if cost.asked and not cost.priced_micro:
        factor, amount, told = None, "price unknown", []
    else:
        amount = spent_words(cost.priced_micro, 0) or money_words(0, caps.currency)
        told = ["spent"]
        if cost.unpriced:
            told.append(f"{thousands(cost.unpriced)} unpriced")
    told += _ahead(micro, caps.cost_micro, factor, lambda n: money_words(n, caps.currency))
    return _use(COST, amount, told, micro, caps.cost_micro, factor)


def _factor(run: Run) -> float | None:
    """How much more than by now a run that goes on will have used; None where nobody can tell."""
    asked = run.done + run.failed
    if not run.is_live or not asked:
        return None
    return (asked + run.steps - run.settled) / asked


def _ahead(
    used: int, cap: int | None, factor: float | None, words: Callable[[int], str]
) -> list[str]:
    """What is expected, and where it stops."""
    out = []
    if factor is not None and factor > 1 and used:
        out.append(f"{words(_round(round(used * factor)))} expected")
    if cap is not None:
        out.append(f"stops at {words(cap)}")
    return out


def _use(
    name: str, amount: str, told: Sequence[str], used: int, cap: int | None, factor: float | None
) -> Use:
    rest = ", ".join(told)
    share = expected = None
    if cap is not None:
        share = min(1.0, used / max(cap, 1))
        expected = min(1.0, share * factor) if factor is not None and factor > 1 else None
    return Use(
        name=name,
        amount=amount,
        rest=(" " if rest.startswith("spent") else ", ") + rest if rest else "",
        share=share,
        expected=expected,
    )


def _round(value: int) -> int:
    """An expectation to three digits: more would be a pretence."""
    digits = len(str(abs(value)))
    return value if digits <= 3 else round(value, 3 - digits)


def left_out(skipped: Sequence[Skipped]) -> tuple[tuple[str, str], ...]:
    """Why judges do not apply to some calls: (judge and how many, reason)."""
    counts: dict[tuple[str, str], int] = {}
    for each in skipped:
        key = (each.judge, each.reason)
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        (calls_words(count), f"{judge}: {reason}") for (judge, reason), count in counts.items()
    )


def source_facts(found: JudgeProvenance) -> tuple[tuple[str, str], ...]:
    """What a judge run can be repeated from, a line each."""
    run = found.run
    facts = [("Calls", f"{thousands(run.calls)}, listed with the run")]
    if run.query.strip():
        facts.append(("Query", run.query.strip()))
    for used in found.judges:
        facts += _judge_facts(used)
    if run.retry_failed:
        facts.append(("Failures", "asked again"))
    limits = caps_words(found.caps)
    if limits:
        facts.append(("Caps", limits))
    facts.append(("App", f"callbench {found.app_version}"))
    return tuple(facts)


def _judge_facts(used: UsedJudge) -> list[tuple[str, str]]:
    facts = [("Judge", f"{used.ref} {used.sha256[:8]}".strip())]
    if used.model:
        answered = ", ".join(r for r in used.reported if r != used.model)
        told = f"{used.model} at {used.endpoint}"
        facts.append(("Model", f"{told}, answered as {answered}" if answered else told))
    if used.prompt_sha256 and used.model:
        facts.append(("Prompt", f"sha {used.prompt_sha256[:12]}"))
    if used.rubric:
        facts.append(("Rubric", used.rubric))
    if used.params:
        told = ", ".join(f"{k} {_plain(v)}" for k, v in sorted(used.params.items()))
        facts.append(("Parameters", told))
    return facts


def _plain(value: Any) -> str:
    """A parameter in few words; word lists of rules are counted, the judge's page has them."""
    if isinstance(value, Mapping):
        return f"({len(value)} entries)"
    if isinstance(value, list | tuple):
        short = len(value) <= 3
        return " and ".join(map(_plain, value)) if short else f"({len(value)} entries)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def caps_words(caps: Caps) -> str:
    """`$12.00, 2 000 000 tokens, 500 requests`; empty where nothing is capped."""
    parts = []
    if caps.cost_micro is not None:
        parts.append(money_words(caps.cost_micro, caps.currency))
    if caps.tokens is not None:
        parts.append(f"{thousands(caps.tokens)}{GAP}tokens")
    if caps.calls is not None:
        parts.append(f"{thousands(caps.calls)} request{'' if caps.calls == 1 else 's'}")
    return ", ".join(parts)


def split(failures: Sequence[AskFailed]) -> tuple[list[AskFailed], list[AskFailed]]:
    """Replies that could not be used, and requests without a reply."""
    unscored = [f for f in failures if f.is_unscored]
    return unscored, [f for f in failures if not f.is_unscored]


def place_words(failure: AskFailed) -> str:
    """What was asked about: `turn 19`, `turn 19, noise`, `whole call`."""
    where = f"turn {failure.turn}" if failure.turn is not None else "whole call"
    if len(failure.criteria) == 1:
        return f"{where}, {failure.criteria[0].replace('_', ' ')}"
    return where
