"""Clients of the protocol."""

import pytest
from rest_framework.test import APIClient

from conversations.tests.mcp.posting import Mcp


@pytest.fixture
def mcp(client: APIClient) -> Mcp:
    """Return a client of the protocol whose key may do everything but see sensitive values."""
    return Mcp(client)
