"""What a well-behaved model answers when a flow is derived, for the loopback server."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from app.eval.judging.data_blocks import blocks_in
from tests.support.chat_answers import Asked, given


def shown(asked: Asked) -> list[Mapping[str, str]]:
    ((_, value),) = blocks_in(asked.text)
    return list(value)


def parsing(asked: Asked) -> Any:
    """A node for each unit but the last; the first one twice."""
    units = shown(asked)
    nodes = [
        {
            "units": [u["id"]], "quote": "", "text": u["text"], "trigger": "",
            "kind": "key" if n % 2 else "normal",
        }
        for n, u in enumerate(units[:-1])
    ]  # fmt: skip
    return {"nodes": [*nodes, {**nodes[0], "text": "Say hello to whoever answers"}]}


def wording(asked: Asked) -> Any:
    return {
        "criteria": [
            {"id": n["id"], "text": f"Agent: {n['text']}", "trigger": ""} for n in shown(asked)
        ]
    }


def needing(asked: Asked) -> Any:
    """Each needs the one before; the first needs the last, which would close a circle."""
    ids = [n["id"] for n in shown(asked)]
    needs = [{"id": b, "needs": [a]} for a, b in pairwise(ids)]
    return {"prerequisites": [{"id": ids[0], "needs": [ids[-1], ids[0]]}, *needs]}


def good(asked: Asked) -> Any:
    name = asked.body["response_format"]["json_schema"]["name"]
    say = {"flow_parse": parsing, "flow_criteria": wording, "flow_prerequisites": needing}[name]
    return given(say(asked))(asked)
