"""What the tests of this app share: nobody has asked for the page before a test."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from conversations.tests.loans import LOAN
from instances.models import Workflow


@pytest.fixture(autouse=True)
def _nobody_has_asked() -> Iterator[None]:
    """Forget how often the page was asked for."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def loan(make_workflow: Callable[..., Workflow]) -> Workflow:
    """Return a workflow in which a person asks for a loan."""
    return make_workflow(**LOAN)
