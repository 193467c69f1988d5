"""The list of endpoints: those that are stored, and the one that is being added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.endpoints import EndpointProfile
from app.ui.judges.line_list import LineRow
from app.ui.judges.presets import preset_of

NEW = ""
"""Key of the row of an endpoint that has not been saved yet."""
UNNAMED = "New endpoint"


def endpoint_rows(
    profiles: Sequence[EndpointProfile], unsaved: Mapping[str, Mapping[str, str]]
) -> list[LineRow]:
    """The lines of the list.

    Args:
        profiles: as stored.
        unsaved: name → fields that were changed and not saved; `NEW` for the one being added.
    """
    rows = [_row(profile, unsaved=profile.name in unsaved) for profile in profiles]
    if NEW in unsaved:
        name = unsaved[NEW]["name"] or UNNAMED
        words = "not saved yet"
        rows.append(
            LineRow(key=NEW, title=name, words=f"{name}, {words}", below=words, marked=True)
        )
    return rows


def _row(profile: EndpointProfile, *, unsaved: bool) -> LineRow:
    preset = preset_of(profile.base_url)
    tag = "" if preset.key == "other" else preset.title
    model = profile.model or "no model yet"
    tips = [profile.base_url, *(["Changes that are not saved"] if unsaved else [])]
    words = [profile.name, tag, model, "not saved" if unsaved else ""]
    return LineRow(
        key=profile.name,
        title=profile.name,
        tag=tag,
        below=model,
        marked=unsaved,
        tip="\n".join(tips),
        words=", ".join(w for w in words if w),
    )
