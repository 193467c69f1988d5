"""A dataset in the forms that other tools read: alt-test, arena battles, preferences, few-shot."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.errors import BadInput
from app.domain.ratings import ADJUDICATION
from app.domain.rubrics import Criterion
from app.services.calibrating import splits
from app.services.calibrating.export_source import Source
from app.services.workspace import Workspace

FORMS = ("alt-test", "arena", "preference", "few-shot")
TRAIN = "train"

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


def check(forms: Sequence[str]) -> None:
    """Refuse a form that there is not.

    Raises:
        BadInput: lists those that there are.
    """
    strange = sorted(set(forms) - set(FORMS))
    if strange:
        raise BadInput(f"There is no form {strange[0]}.", f"One of: {', '.join(FORMS)}.")


def files(
    ws: Workspace, source: Source, tables: Tables, forms: Sequence[str]
) -> tuple[dict[str, bytes], list[str]]:
    """(files, what could not be made and why) of the forms that were asked for.

    Raises:
        BadInput: an example for a prompt would be of a call that is no training call.
    """
    makers = {
        "alt-test": lambda: alt_test(tables),
        "arena": lambda: arena(source, tables),
        "preference": lambda: preference(source, tables),
        "few-shot": lambda: few_shot(ws, source, tables),
    }
    made: dict[str, bytes] = {}
    notes = []
    for form in FORMS:
        if form in forms:
            found = makers[form]()
            made |= {f"adapters/{name}": data for name, data in found.items()}
            if not found:
                notes.append(f"{form}: there is nothing for it, so no file was written.")
    return made, notes


def alt_test(tables: Tables) -> dict[str, bytes]:
    """`{dimension: {humans_annotations, llm_annotations}}`, each rater → item → value.

    Blind votes of people and newest values of judges, as the alternative annotator test takes them
    (Calderon et al. 2025).
    """
    out: dict[str, Any] = {}
    for row in tables["gold"]:
        people = _dimension(out, row["dimension"])["humans_annotations"]
        for rater, value in sorted(row["votes"].items()):
            people.setdefault(rater, {})[row["item_id"]] = value
    for row in tables.get("paired", ()):
        judges = _dimension(out, row["dimension"])["llm_annotations"]
        judges.setdefault(row["judge_sha256"], {})[row["item_id"]] = row["judge_raw"]
    text = json.dumps(out, ensure_ascii=False, indent=1, sort_keys=True)
    return {"alt_test.json": f"{text}\n".encode()} if out else {}


def _dimension(out: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = out.setdefault(key, {"humans_annotations": {}, "llm_annotations": {}})
    return found


def arena(source: Source, tables: Tables) -> dict[str, bytes]:
    """A battle for each vote on a pair: who met whom, who won, who said so and in which order."""
    items = {i["item_id"]: i for i in tables["items"]}
    rows = []
    for score in tables["scores"]:
        item = items[score["item_id"]]
        is_vote = item["kind"] == "pair" and score["value"] is not None and not score["superseded"]
        if is_vote and score["rater_id"] != ADJUDICATION:
            first, second = _systems(source, item)
            rows.append(
                {
                    "model_a": first, "model_b": second, "winner": _winner(score["value"]),
                    "judge": score["judge_sha256"] or score["rater_id"],
                    "rater_kind": score["rater_kind"], "order": score["order"] or "AB",
                    "dimension": score["dimension"], "item_id": item["item_id"],
                    "split": item["split"],
                }
            )  # fmt: skip
    return {"arena_battles.jsonl": _lines(rows)} if rows else {}


def _systems(source: Source, item: Row) -> tuple[str, str]:
    named = []
    for call_id in (item["call_id"], item["other_call_id"]):
        call = source.found.calls[call_id]
        named.append(f"{call.agent} {call.agent_version}".strip() or call.code)
    return named[0], named[1]


def _winner(value: float) -> str:
    return "tie" if value == 0 else ("model_a" if value > 0 else "model_b")


def preference(source: Source, tables: Tables) -> dict[str, bytes]:
    """Pairs that people decided, of training calls: `prompt`, `chosen`, `rejected`; ties apart."""
    items = {i["item_id"]: i for i in tables["items"]}
    decided, openai, ties = [], [], []
    for row in tables["gold"]:
        item = items[row["item_id"]]
        value = row["consensus"] if row["adjudicated"] is None else row["adjudicated"]
        if item["kind"] != "pair" or item["split"] != TRAIN or value is None:
            continue
        criterion = source.found.criterion_named(row["dimension"])
        texts = [_said(source, c) for c in (item["call_id"], item["other_call_id"])]
        about = {
            "margin": abs(value), "n_votes": row["n_raters"], "dimension": criterion.key,
            "item_id": item["item_id"],
        }  # fmt: skip
        if value == 0:
            ties.append({"prompt": criterion.question, "responses": texts, **about})
            continue
        better, worse = texts if value > 0 else texts[::-1]
        decided.append({"prompt": criterion.question, "chosen": better, "rejected": worse, **about})
        openai.append(
            {"input": {"messages": [{"role": "user", "content": criterion.question}]},
             "preferred_output": [{"role": "assistant", "content": better}],
             "non_preferred_output": [{"role": "assistant", "content": worse}]}
        )  # fmt: skip
    if not decided and not ties:
        return {}
    return {
        "preference.jsonl": _lines(decided),
        "preference_openai.jsonl": _lines(openai),
        "preference_ties.jsonl": _lines(ties),
    }


def _said(source: Source, call_id: str) -> str:
    return "\n".join(f"{s.speaker}: {s.text}" for s in source.texts[call_id] if s.text)


def few_shot(ws: Workspace, source: Source, tables: Tables) -> dict[str, bytes]:
    """Examples for a prompt: training items with a text and a common value of people.

    Raises:
        BadInput: one of them is no training call; see `splits.require_train`.
    """
    items = {i["item_id"]: i for i in tables["items"]}
    reasons = _reasons(tables["scores"])
    rows, used = [], set()
    for row in tables["gold"]:
        item = items[row["item_id"]]
        value = row["consensus"] if row["adjudicated"] is None else row["adjudicated"]
        if item["split"] != TRAIN or value is None or not item["transcript"]:
            continue
        criterion = source.found.criterion_named(row["dimension"])
        answer = {
            "value": value, "rationale": reasons[row["item_id"], criterion.key].get(value, ""),
        }  # fmt: skip
        used.add(item["call_id"])
        rows.append(
            {
                "messages": [
                    {"role": "user", "content": _asked(criterion, item["transcript"])},
                    {"role": "assistant", "content": json.dumps(answer, ensure_ascii=False)},
                ],
                "item_id": item["item_id"], "dimension": criterion.key,
            }
        )  # fmt: skip
    splits.require_train(ws, sorted(used))
    return {"few_shot.jsonl": _lines(rows)} if rows else {}


def _reasons(scores: Iterable[Row]) -> Mapping[tuple[str, str], dict[float, str]]:
    """(item, dimension) → value → what the first person who gave it wrote."""
    found: dict[tuple[str, str], dict[float, str]] = defaultdict(dict)
    for score in scores:
        if score["rater_kind"] == "human" and score["rationale"] and score["value"] is not None:
            found[score["item_id"], score["dimension"]].setdefault(
                score["value"], score["rationale"]
            )
    return found


def _asked(criterion: Criterion, text: str) -> str:
    scale = "\n".join(f"{level.value}: {level.anchor}" for level in criterion.levels)
    return f"{criterion.question}\n\n{scale}\n\n{text}"


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()
