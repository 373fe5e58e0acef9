import pytest
from django.conf import settings

from authoring.transfer.documents import read
from conftest import NOW
from deliveries.vault import store_secret


@pytest.fixture
def example_secrets(db: None) -> None:
    """Store what the examples name, as `bootstrap` does."""
    for found in read((settings.BASE_DIR / "examples" / "secrets.yaml").read_bytes(), "yaml"):
        store_secret(**found.document, value="made-up", by="test", at=NOW)
