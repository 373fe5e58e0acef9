"""Language tags: in which language a model talks with the person."""

import re

from engine.errors import Invalid

DEFAULT = "en"

# RFC 5646, section 2.1, without extensions and private use: nobody speaks those, and they would hold any words.
_TAG = re.compile(
    "(?P<language>[a-z]{2,3}(-[a-z]{3})?)(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    "(-(?P<variant>[0-9][a-z0-9]{3}|[a-z0-9]{5,8}))?",
    re.IGNORECASE | re.ASCII,
)


class LocaleInvalid(Invalid):
    """The locale is no language tag."""

    code = "locale_invalid"


def canonical(tag: str) -> str:
    """Return a tag as it is usually written (RFC 5646, section 2.1.1), so that two spellings are one locale.

    :raises LocaleInvalid: it is none
    """
    found = _TAG.fullmatch(tag)
    if found is None:
        raise LocaleInvalid("locale is a language tag (BCP 47), like en, de-CH or zh-Hant.")
    parts = [found["language"].lower(), (found["script"] or "").title(), (found["region"] or "").upper()]
    return "-".join(part for part in [*parts, (found["variant"] or "").lower()] if part)
