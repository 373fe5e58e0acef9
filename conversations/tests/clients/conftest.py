"""A served site, and the official clients that come to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from conversations.tests.clients.driving import Driven, Driver
from conversations.tests.clients.python_client import PythonDriver
from conversations.tests.clients.typescript_client import TypeScriptDriver, node
from permissions.services import issue_api_key

Connect = Callable[..., Driven]


@pytest.fixture(scope="package", params=["python", "typescript"])
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """Return what connects clients of one language; starting it takes a moment."""
    if request.param == "python":
        driver: Driver = PythonDriver()
    elif executable := node():
        driver = TypeScriptDriver(executable)
    else:
        pytest.skip("Install node 20 or newer, and run `npm ci` in conversations/tests/typescript.")
    yield driver
    driver.close()


@pytest.fixture
def connect(driver: Driver, live_server: LiveServer) -> Connect:
    """Return what connects a client, with a key of its own unless it is given one."""

    def connected(key: str | None = None, **how: Any) -> Driven:
        return driver.connect(f"{live_server.url}/mcp/", key or issue_api_key("a client"), **how)

    return connected
