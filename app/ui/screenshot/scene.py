"""What a picture can be of: the screens by name, with what stands on them and in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.assets import asset

if TYPE_CHECKING:
    from app.services.workspace import Workspace
    from app.ui.main_window import MainWindow

SCREENS = (
    "library", "library-empty", "review", "score", "runs", "new-run", "keys", "settings", "import",
    "compare", "perturb", "judges", "flows", "endpoints", "scores",
    "new-judge-run", "listen", "studies", "new-study", "rubrics", "adjudicate",
    "calibrate", "calibrate-empty", "live",
)  # fmt: skip
NO_CALL = (
    "runs", "new-run", "compare", "perturb", "judges", "flows", "endpoints", "scores",
    "new-judge-run", "listen", "studies", "new-study", "rubrics", "adjudicate",
    "calibrate", "live",
)  # fmt: skip
"""Screens that are about no single call."""
NEW_WORKSPACE = ("library-empty", "import", "calibrate-empty")
"""Screens that are shown as on the first day; the given workspace is left alone."""
OF_ONE_CALL = ("review", "score", "keys")


def call_id_of(ws: Workspace, screen: str, call: str | None) -> str | None:
    """The call that a screen is about: the named one, else the newest; None where it has none."""
    if screen in OF_ONE_CALL or (call and screen not in NO_CALL):
        return _call_id(ws, call)
    return None


def show_call(window: MainWindow, screen: str, call_id: str) -> None:
    """Bring the screen to the front with a call; behind a dialog, the call's review."""
    behind = screen if screen in ("library", "review", "score") else "review"
    window.show_screen(behind, call_id=call_id)


def show_place(window: MainWindow, screen: str, told: str | None) -> None:
    """Bring the screen that is not about one call to the front."""
    ws = window.ctx.ws
    if screen in ("runs", "new-run", "new-judge-run"):
        window.show_screen("runs", run_id=_run_id(ws, told))
    elif screen == "compare":
        window.show_screen("compare", **_sides(ws, told))
    elif screen in ("judges", "flows", "endpoints"):
        window.show_screen("judges", tab=screen, **({"judge": told} if told else {}))
    elif screen in ("studies", "new-study", "adjudicate"):
        window.show_screen(
            screen.removeprefix("new-").replace("study", "studies"), study=told or ""
        )
    elif screen in ("listen", "rubrics", "live"):
        window.show_screen(screen)
    elif screen in ("calibrate", "calibrate-empty"):
        window.show_screen("calibrate", rubric=told or "")
    elif screen == "scores":
        window.show_screen("scores", query=told or "")


def open_dialog(window: MainWindow, screen: str) -> bool:
    """Open the dialog that the picture is of; whether there is one."""
    if screen == "keys":
        window.acts.open_keys()
    elif screen == "settings":
        window.acts.open_settings()
    elif screen == "import":
        window.acts.imports.open([asset("demo", "calls")])
    elif screen == "new-run":
        window.acts.open_new_run()
    elif screen == "new-judge-run":
        window.acts.open_judge_run()
    elif screen == "new-study":
        window.screen_of("studies").new()  # type: ignore[attr-defined]
    elif screen == "perturb":
        window.acts.open_perturb()
    else:
        return False
    return True


def _call_id(ws: Workspace, call: str | None) -> str | None:
    if call:
        from app.services import calls

        return calls.get_call(ws, call).id
    from app.services import browsing, raters

    viewer = raters.cli_viewer(ws)
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""))
    found = browsing.uuids(ws, [int(seqs[0])]) if len(seqs) else []
    return found[0] if found else None


def _sides(ws: Workspace, tag: str | None) -> dict[str, list[str]]:
    """The calls of a tag as B, all others as A; nothing where no tag is named."""
    if not tag:
        return {}
    from app.services import browsing, raters

    viewer = raters.cli_viewer(ws)
    queries = (f'-tag:"{tag}"', f'tag:"{tag}"')
    found = [browsing.call_ids(ws, viewer, browsing.parse_query(q)) for q in queries]
    a, b = (browsing.uuids(ws, [int(n) for n in seqs]) for seqs in found)
    return {"a_ids": a, "b_ids": b}


def _run_id(ws: Workspace, code: str | None) -> str:
    """The run of a code such as R-0001; empty where none is named."""
    if not code or not code.upper().startswith("R-"):
        return ""
    from app.services import evaluating

    return evaluating.run(ws, code).id
