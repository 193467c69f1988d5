"""What the library keeps for the next time: query, order, columns, widths, selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.browsing import Sort, is_sort_key

if TYPE_CHECKING:
    from app.ui.library.found_calls import FoundCalls
    from app.ui.library.parts import LibraryParts

MOST_SELECTED = 200


def kept(parts: LibraryParts, found: FoundCalls) -> dict[str, Any]:
    """The state as plain JSON values."""
    return {
        "query": found.query,
        "sort": [found.sort.key, found.sort.descending],
        "columns": parts.table.head.column_state() if found.columns_chosen else None,
        "widths": parts.split.sizes() if parts.moved else None,
        "selection": found.selected_seqs()[:MOST_SELECTED],
    }


def restore(state: dict[str, Any], parts: LibraryParts, found: FoundCalls) -> None:
    """Take back what `kept` gave; nonsense is passed over."""
    sort, columns = state.get("sort"), state.get("columns")
    if isinstance(sort, list) and len(sort) == 2 and is_sort_key(sort[0]):
        found.set_sort(Sort(sort[0], bool(sort[1])))
    if isinstance(columns, dict):
        found.columns_chosen = True
        parts.table.head.restore(columns)
        found.fetch_figures()
    widths = state.get("widths")
    if isinstance(widths, list) and len(widths) == 3 and all(isinstance(w, int) for w in widths):
        parts.moved = True
        parts.split.setSizes(widths)
    selection = state.get("selection")
    if isinstance(selection, list):
        found.wanted = [n for n in selection if isinstance(n, int)]
    query = state.get("query")
    if isinstance(query, str):
        found.set_query(query)
        parts.head.search.set_text(query)
