"""People with a link at a browser."""

from browsing.fixtures import browser, complaints, page_of

__all__ = ["browser", "complaints", "page_of"]
