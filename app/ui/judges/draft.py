"""A version of a judge that is being changed: the base, and what differs so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from app.domain.judging import ContextRule, JudgeDefinition

FIELDS = ("title", "context")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Unsaved changes of one judge. Never stored as a version until the person says so."""

    base: JudgeDefinition
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the definition that differ from the base."""

    @property
    def definition(self) -> JudgeDefinition:
        """The judge as it would be."""
        return replace(self.base, **dict(self.changes))

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.changes)

    def with_prompt(self, part: str, text: str) -> Draft:
        """Another text of `system` or `user`."""
        return self._with("prompts", {**self.definition.prompts, part: text})

    def with_params(self, params: Mapping[str, Any]) -> Draft:
        """Other parameters."""
        return self._with("params", dict(params))

    def with_field(self, name: str, value: str) -> Draft:
        """Another title or context rule."""
        if name not in FIELDS:
            raise ValueError(f"{name} of a judge cannot be changed here")
        return self._with(name, value)

    def _with(self, name: str, value: object) -> Draft:
        rest = {k: v for k, v in self.changes.items() if k != name}
        known = getattr(self.base, name)
        same = value == (dict(known) if isinstance(known, Mapping) else known)
        return replace(self, changes=rest if same else {**rest, name: value})

    def to_json(self) -> dict[str, Any]:
        """As kept between sessions."""
        return {"base": self.base.ref, "changes": dict(self.changes)}


def draft_from(stored: Mapping[str, Any], versions: tuple[JudgeDefinition, ...]) -> Draft | None:
    """A kept draft on one of the judge's versions; None where that is gone or nothing is left."""
    base = next((v for v in versions if v.ref == stored.get("base")), None)
    changes = stored.get("changes")
    if base is None or not isinstance(changes, Mapping):
        return None
    kept = {k: v for k, v in changes.items() if _fits(k, v)}
    return Draft(base=base, changes=kept) if kept else None


def _fits(name: str, value: object) -> bool:
    if name in ("prompts", "params"):
        texts = isinstance(value, Mapping) and all(isinstance(k, str) for k in value)
        return texts and (name == "params" or all(isinstance(v, str) for v in value.values()))  # type: ignore[attr-defined]
    if name == "context":
        return value in get_args(ContextRule)
    return name == "title" and isinstance(value, str)
