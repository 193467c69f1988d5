"""Run commands in this process and read what they print."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.cli import run


@dataclass(frozen=True)
class Ran:
    """Exit code and both streams of one command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ran]


def runner(capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = run([str(word) for word in words])
        seen = capsys.readouterr()
        assert "Traceback" not in seen.out + seen.err
        return Ran(code, seen.out, seen.err)

    return call
