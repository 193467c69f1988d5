"""What judges' verdicts of a call cost, and whether they are open to a viewer at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.ratings import Viewer
from db.repos.base import Repo, listed
from db.repos.replies import RULES
from db.repos.visibility import REVEAL_SETTING, opened_call, viewer_params, visible_scores


class VerdictFacts(Repo):
    """Reads only. Made over any reader's connection."""

    def is_open(self, viewer: Viewer, call_id: str) -> bool:
        """Whether the viewer may see what others gave on that call, of what they submitted."""
        return bool(
            self._value(
                f"SELECT {opened_call(viewer, ':c')}", {"c": call_id, **viewer_params(viewer)}
            )
        )

    def is_kept_hidden(self) -> bool:
        """Whether the workspace shows others' scores to no reviewer, ever."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM setting WHERE scope = '' AND key = :k "
                "AND value = 'false')",
                {"k": REVEAL_SETTING},
            )
        )

    def replies(self, viewer: Viewer, call_id: str) -> list[dict[str, Any]]:
        """A row for each (score, reply) of a call, pairs included: tokens, cost, latency.

        Left out are replies that any score follows from which the viewer may not see, and what
        rules said, who are asked nothing.
        """
        rows = self._maps(
            "SELECT sr.score_id, y.id AS reply_id, y.prompt_tokens, y.completion_tokens, "
            "y.cost_micro, y.currency, y.latency_ms, y.status, "
            "(SELECT count(*) FROM score_reply x WHERE x.reply_id = y.id) AS linked "
            "FROM score s JOIN score_reply sr ON sr.score_id = s.id "
            "JOIN judge_reply y ON y.id = sr.reply_id "
            "WHERE (s.call_id = :c OR s.item_id IN (SELECT p.id FROM item p "
            "JOIN item o ON o.id = p.other_item_id WHERE p.kind = 'pair' AND o.call_id = :c)) "
            f"AND y.endpoint <> :rules AND {visible_scores(viewer)} "
            "ORDER BY y.seq",
            {"c": call_id, "rules": RULES, **viewer_params(viewer)},
        )
        seen: dict[str, int] = {}
        for row in rows:
            seen[row["reply_id"]] = seen.get(row["reply_id"], 0) + 1
        return [row for row in rows if seen[row["reply_id"]] == row["linked"]]

    def partners(self, item_ids: Sequence[str], call_id: str) -> dict[str, str]:
        """Pair item → code of its call that is not this one."""
        marks, params = listed(list(item_ids))
        rows = self._rows(
            "SELECT p.id, c.code FROM item p JOIN item o ON o.id = p.other_item_id "
            "JOIN call c ON c.id = CASE WHEN p.call_id = :c THEN o.call_id ELSE p.call_id END "
            f"WHERE p.id IN ({marks})",
            {**params, "c": call_id},
        )
        return {row[0]: row[1] for row in rows}
