"""Fixtures of the tests that walk through the whole API."""

from collections.abc import Callable
from typing import Any

import pytest

from deliveries.tests.conftest import listen, make_endpoint  # noqa: F401  fixtures of these tests, too
from instances.models import Workflow
from workflows_site.tests.api import World, build_world


@pytest.fixture
def world(make_user_type: Callable[..., Any], make_workflow: Callable[..., Workflow]) -> World:
    """One of each thing."""
    return build_world(make_user_type, make_workflow)
