"""Names and numbers that a dataset record leaves open, filled in for the language of a run.

Records keep people as `<FIRST_NAME>` and the like; what stands for them is in the record's
`culture_overrides`. Romanised names are emitted in lower case: they stand in addresses and keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"<LOC:([^>]*)>")
"""A place by its canonical name, which is also its English one."""
_MARKS = ("<FIRST_NAME", "<LAST_NAME", "<PHONE>", "<COMPANION_FIRST_NAME", "<LOC:")


def resolved(record: Mapping[str, Any], value: Any, language: str) -> Any:
    """`value` with the placeholders of the record filled in; unknown ones stay as they are.

    Args:
        record: one record of a dataset.
        value: plain JSON value of it.
        language: as in the run's `config.json`; English is taken where the record lacks it.
    """
    return _replaced(value, _values(record, language), language == "en")


def open_placeholders(value: Any) -> bool:
    """Whether a placeholder is left."""
    if isinstance(value, str):
        return any(mark in value for mark in _MARKS)
    if isinstance(value, dict):
        return any(open_placeholders(v) for v in value.values())
    return isinstance(value, list) and any(map(open_placeholders, value))


def _values(record: Mapping[str, Any], language: str) -> dict[str, str]:
    names = _of_language(record.get("culture_overrides"), language)
    roman = _of_language(record.get("romanized_culture_overrides"), language) or names
    found: dict[str, str] = {}
    for mark, key in (("FIRST_NAME", "first_name"), ("LAST_NAME", "last_name")):
        _put(found, f"<{mark}>", names.get(key))
        _put(found, f"<{mark}_ROMANIZED>", roman.get(key), lower=True)
    _put(found, "<PHONE>", names.get("phone"))
    companion, roman_companion = (_mapping(n.get("companion")) for n in (names, roman))
    _put(found, "<COMPANION_FIRST_NAME>", companion.get("first_name"))
    spelled = roman_companion.get("first_name") or companion.get("first_name")
    _put(found, "<COMPANION_FIRST_NAME_ROMANIZED>", spelled, lower=True)
    return found


def _put(found: dict[str, str], mark: str, value: object, *, lower: bool = False) -> None:
    if isinstance(value, str) and value:
        found[mark] = value.lower() if lower else value


def _of_language(overrides: object, language: str) -> Mapping[str, Any]:
    by_language = _mapping(overrides)
    return _mapping(by_language.get(language) or by_language.get("en"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _replaced(value: Any, values: Mapping[str, str], english: bool) -> Any:
    if isinstance(value, str):
        for mark, text in values.items():
            value = value.replace(mark, text)
        return _PLACE.sub(r"\1", value) if english else value
    if isinstance(value, list):
        return [_replaced(v, values, english) for v in value]
    if isinstance(value, dict):
        return {k: _replaced(v, values, english) for k, v in value.items()}
    return value


def with_aliases(db: Any, known: Any) -> Any:
    """`db` with the `name_aliases` that `known` has for things of the same name.

    A run's databases carry other names for catalogue items; dataset records do not. The lists
    themselves are not part of a dataset record, but of the database that the run began with.
    """
    index: dict[str, Any] = {}
    _collect_aliases(known, index)
    return _injected(db, index) if index else db


def _collect_aliases(value: Any, index: dict[str, Any]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and "name_aliases" in value:
            index[value["name"]] = value["name_aliases"]
        for inner in value.values():
            _collect_aliases(inner, index)
    elif isinstance(value, list):
        for inner in value:
            _collect_aliases(inner, index)


def _injected(value: Any, index: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_injected(v, index) for v in value]
    if not isinstance(value, dict):
        return value
    inner = {k: _injected(v, index) for k, v in value.items()}
    name = value.get("name")
    if isinstance(name, str) and name in index:
        inner["name_aliases"] = index[name]
    return inner
