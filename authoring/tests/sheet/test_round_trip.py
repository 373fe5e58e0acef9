from pathlib import Path
from typing import Any

import pytest
import yaml

from authoring.tests.generated import broken_of, document_of, stored
from authoring.tests.sheet.pages import fields_of, text_of, untouched
from engine.conditions import same

EXAMPLES = sorted(Path("examples/templates").glob("*.yaml"))


def is_kept(document: dict[str, Any], *, published: tuple[str, ...]) -> bool:
    """Tell whether a document comes back as it was: to the engine, and letter by letter."""
    found = untouched(document, published=published).document
    return text_of(found) == text_of(document) and same(found, document)


@pytest.mark.parametrize("first", range(0, 2000, 250))
def test_a_document_opened_and_saved_untouched_is_the_same_document(first: int) -> None:
    for seed in range(first, first + 250):
        document = document_of(seed)
        assert is_kept(document, published=fields_of(document) if seed % 2 else ()), seed


def test_a_document_that_lost_the_order_of_its_keys_is_the_same_document() -> None:
    for seed in range(500):
        assert is_kept(stored(document_of(seed)), published=()), seed


def test_a_draft_in_which_anything_may_be_wrong_is_the_same_draft() -> None:
    for seed in range(700):
        document = broken_of(seed)
        assert is_kept(document, published=fields_of(document) if seed % 2 else ()), seed


def test_nobody_is_told_of_mistakes_who_made_none() -> None:
    for seed in range(200):
        assert untouched(document_of(seed)).mistakes == (), seed


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_come_back_as_they_were_without_mistakes(path: Path) -> None:
    document = yaml.safe_load(path.read_text())

    assert is_kept(document, published=())
    assert is_kept(document, published=fields_of(document))
    assert untouched(document).mistakes == ()


@pytest.mark.parametrize(
    "draft", [{}, {"steps": [None]}, {"state_schema": []}, {"steps": {}, "state_schema": {"properties": 1}}]
)
def test_hardly_anything_comes_back_as_hardly_anything(draft: dict[str, Any]) -> None:
    assert is_kept(draft, published=())
