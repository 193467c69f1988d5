"""The tab of endpoints: add, test, remove, bring back; prices in place; keys by reference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.domain.endpoints import EndpointProfile, Price
from app.services.judging import endpoints
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.judges.endpoints_page import EndpointsPage
from app.ui.judges.price_model import COLUMNS
from app.ui.judges.screen import JudgesScreen
from tests.support.chat_server import ChatServer, serving
from tests.ui.judges_rig import WAIT_MS, judges_screen, press, settle
from tests.ui.shell_support import context

PROFILE = EndpointProfile(name="here", base_url="http://127.0.0.1:9/v1", model="m")
SECRET = "sk-not-to-be-found-anywhere"


@pytest.fixture
def chest(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring in memory."""
    kept: dict[tuple[str, str], str] = {}

    def put(service: str, name: str, key: str) -> None:
        kept[service, name] = key

    monkeypatch.setattr("keyring.set_password", put)
    return kept


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext) -> Iterator[JudgesScreen]:
    with judges_screen(qtbot, ctx, "endpoints") as made:
        yield made


@pytest.fixture
def page(screen: JudgesScreen) -> EndpointsPage:
    return screen.endpoints


def begin(page: EndpointsPage, address: str, model: str = "") -> None:
    """Fill in a new endpoint called `local`, without a key."""
    page.add()
    form = page.editor.form
    form.name.setText("local")
    form.address.setText(address)
    form.key.show_reference("", "local")
    form.model.setEditText(model)
    form.changed.emit()


def put(page: EndpointsPage, row: int, **values: str) -> None:
    """Type into cells of the price table."""
    model = page.prices.model
    for name, text in values.items():
        at = [column.key for column in COLUMNS].index(name)
        model.setData(model.index(row, at), text)


def test_without_an_endpoint_it_says_what_one_is_for(page: EndpointsPage) -> None:
    assert page.parts.empty.isVisible()
    page.parts.empty.acted.emit()
    assert page.editor.isVisible()
    assert page.editor.form.address.text() == "https://api.openai.com/v1"
    assert page.editor.form.key.reference == "env:OPENAI_API_KEY"
    page.editor.form.preset.chosen.emit("ollama")
    assert page.editor.form.address.text() == "http://localhost:11434/v1"
    assert (page.editor.form.name.text(), page.editor.form.key.reference) == ("ollama", "")


def test_what_cannot_be_stored_is_said_and_not_stored(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    begin(page, "localhost:8000")
    page.save()
    assert "http://" in page.editor.problem.text()
    page.editor.form.address.setText("http://127.0.0.1:8000/v1")
    page.editor.form.numbers["concurrency"].setText("many")
    page.save()
    assert "whole number" in page.editor.problem.text()
    page.editor.form.numbers["concurrency"].setText("3")
    page.editor.form.changed.emit()
    page.save()
    settle(qtbot, screen)
    (stored,) = endpoints.endpoints(workspace)
    assert (stored.name, stored.concurrency, stored.rpm) == ("local", 3, None)
    assert not page.editor.save.isEnabled()


def test_a_test_tells_what_it_can_and_that_is_remembered_once_it_is_saved(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, server: ChatServer, workspace: Workspace
) -> None:
    begin(page, server.url, model=server.can.models[0])
    page.test()
    settle(qtbot, screen)
    assert page.editor.report.title.text().endswith("can be asked.")
    assert "lists" in page.editor.report.notes.text()
    models = [page.editor.form.model.itemText(n) for n in range(page.editor.form.model.count())]
    assert models == list(server.can.models)
    assert page.flow.known("local") == ()
    page.save()
    settle(qtbot, screen)
    (known,) = page.flow.known("local")
    assert known.rung == "schema"
    assert endpoints.capabilities(workspace, "local", models[0]) == known
    assert page.editor.report.again.isVisible()


def test_an_address_where_nobody_answers_is_told_clearly(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage
) -> None:
    begin(page, "http://127.0.0.1:9/v1", model="m")
    page.editor.form.numbers["retries"].setText("0")
    page.test()
    settle(qtbot, screen)
    assert page.editor.report.title.text() == "m cannot be asked."
    assert "127.0.0.1" in page.editor.report.notes.text()


def test_what_is_removed_comes_back_with_what_was_known_of_it(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, server: ChatServer, workspace: Workspace
) -> None:
    model = server.can.models[0]
    begin(page, server.url, model=model)
    page.test()
    settle(qtbot, screen)
    page.save()
    settle(qtbot, screen)
    known = page.flow.known("local")
    page.remove()
    settle(qtbot, screen)
    assert endpoints.endpoints(workspace) == ()
    assert page.parts.empty.isVisible()
    page.undoing.undo()
    settle(qtbot, screen)
    (back,) = endpoints.endpoints(workspace)
    assert (back.name, back.model) == ("local", model)
    assert page.flow.known("local") == known


def test_prices_follow_an_endpoint_to_its_new_name(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    endpoints.save_endpoint(workspace, PROFILE)
    price = Price(model="m", endpoint="here", input_per_m=1.0, output_per_m=2.0)
    endpoints.save_prices(workspace, (price,))
    page.activate()
    settle(qtbot, screen)
    page.editor.form.name.setText("there")
    page.editor.form.changed.emit()
    page.save()
    settle(qtbot, screen)
    assert [p.name for p in endpoints.endpoints(workspace)] == ["there"]
    assert [p.endpoint for p in endpoints.prices(workspace)] == ["there"]
    assert page.prices.model.rows[0].endpoint == "there"


def test_what_is_typed_is_kept_while_another_endpoint_is_looked_at(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    endpoints.save_endpoint(workspace, PROFILE)
    page.activate()
    settle(qtbot, screen)
    begin(page, "http://127.0.0.1:1234/v1")
    page.list.choose("here")
    assert page.editor.form.name.text() == "here"
    page.list.choose("")
    assert page.editor.form.address.text() == "http://127.0.0.1:1234/v1"


def test_a_key_goes_to_the_keyring_and_nowhere_else(
    qtbot: Any,
    screen: JudgesScreen,
    page: EndpointsPage,
    chest: dict[tuple[str, str], str],
    workspace: Workspace,
) -> None:
    begin(page, "http://127.0.0.1:8000/v1", model="m")
    field = page.editor.form.key
    field.kind.set_current("keyring")
    field.kind.chosen.emit("keyring")
    assert field.reference == "keyring:callbench/local"
    field.key.setText(SECRET)
    field.store.click()
    settle(qtbot, screen)
    page.save()
    settle(qtbot, screen)
    assert chest == {("callbench", "local"): SECRET}
    assert field.key.text() == ""
    (stored,) = endpoints.endpoints(workspace)
    assert stored.key_ref == "keyring:callbench/local"
    files = [path for path in Path(workspace.path).rglob("*") if path.is_file()]
    assert files
    assert not any(SECRET.encode() in path.read_bytes() for path in files)
    assert SECRET not in str(screen.session_state())


def test_a_row_of_prices_is_stored_once_it_can_be(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    put(page, 0, model="gpt-4.1*", input_per_m="2")
    settle(qtbot, screen)
    assert endpoints.prices(workspace) == ()
    assert "Not saved" in page.prices.status.text()
    put(page, 0, output_per_m="cheap")
    assert page.prices.model.problem(0, 3)
    put(page, 0, output_per_m="8,5", cached_per_m="0.5")
    settle(qtbot, screen)
    (price,) = endpoints.prices(workspace)
    assert (price.model, price.input_per_m, price.output_per_m) == ("gpt-4.1*", 2.0, 8.5)
    assert (price.cached_per_m, price.audio_per_m, price.currency) == (0.5, None, "USD")
    assert price.as_of  # the day on which it was typed
    assert page.prices.status.text() == ""
    assert len(page.prices.model.rows) == 2  # a blank one follows


def test_a_price_that_was_taken_out_comes_back_in_its_place(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    table = [Price(model=name, input_per_m=1.0, output_per_m=1.0) for name in ("a", "b", "c")]
    endpoints.save_prices(workspace, table)
    page.activate()
    settle(qtbot, screen)
    page.prices.view.setCurrentIndex(page.prices.model.index(1, 0))
    page.prices.remove()
    settle(qtbot, screen)
    assert [p.model for p in endpoints.prices(workspace)] == ["a", "c"]
    page.undoing.undo()
    settle(qtbot, screen)
    assert [p.model for p in endpoints.prices(workspace)] == ["a", "b", "c"]


def test_two_prices_for_the_same_are_refused_in_words(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace
) -> None:
    put(page, 0, model="m", input_per_m="1", output_per_m="1")
    put(page, 1, model="m", input_per_m="2", output_per_m="2")
    settle(qtbot, screen)
    assert "two prices" in page.prices.status.text()
    assert len(endpoints.prices(workspace)) <= 1
    assert len(page.prices.model.rows) == 3  # what was typed is still there


def test_signs_typed_into_a_price_are_no_keys_of_ours(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, workspace: Workspace, qapp: Any
) -> None:
    endpoints.save_endpoint(workspace, PROFILE)
    table = [Price(model=name, input_per_m=1.0, output_per_m=1.0) for name in ("a", "b")]
    endpoints.save_prices(workspace, table)
    page.activate()
    settle(qtbot, screen)
    view = page.prices.view
    screen.ctx.actions.install(qapp)
    try:
        view.setCurrentIndex(page.prices.model.index(1, 2))
        press(qtbot, view, Qt.Key.Key_2)
        assert screen.tabs.current == "endpoints"
        editor = view.findChild(QLineEdit)
        assert editor is not None
        assert editor.text() == "2"
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.prices.model.rows[1].input_per_m == "2")
        press(qtbot, view, Qt.Key.Key_Up)
        assert view.currentIndex().row() == 0
        press(qtbot, view, Qt.Key.Key_Delete)
        settle(qtbot, screen)
    finally:
        screen.ctx.actions.uninstall(qapp)
    assert [(p.model, p.input_per_m) for p in endpoints.prices(workspace)] == [("b", 2.0)]
    assert [p.name for p in endpoints.endpoints(workspace)] == ["here"]


def test_a_test_that_nobody_waits_for_is_called_off(
    qtbot: Any, screen: JudgesScreen, page: EndpointsPage, server: ChatServer
) -> None:
    server.latency_s = 30.0
    begin(page, server.url, model="m")
    page.test()
    qtbot.waitUntil(lambda: server.in_flight > 0, timeout=WAIT_MS)
    assert not page.editor.report.button.isEnabled()
    screen.show_tab("judges")
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: server.in_flight == 0, timeout=WAIT_MS)
    assert page.editor.report.button.isEnabled()
    assert "Not tested yet" in page.editor.report.title.text()
