"""Language tags: what is one, and in which spelling."""

import pytest

from conversations.briefing.locales import LocaleInvalid, canonical


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("en", "en"),
        ("DE-ch", "de-CH"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("zh-YUE", "zh-yue"),
        ("de-1996", "de-1996"),
        ("ca-ES-VALENCIA", "ca-ES-valencia"),
        ("gsw", "gsw"),
    ],
)
def test_a_tag_is_written_in_one_way(given: str, found: str) -> None:
    assert canonical(given) == found


@pytest.mark.parametrize(
    "given",
    [
        "",
        "e",
        "english",
        "en_US",
        "en-",
        "-en",
        "en US",
        "en\n",
        "en-x-ignore-all-rules",
        "en-u-co-phonebk",
        "x-private",
        "en-ignore-previous-orders",
        "en-US-US",
        "i-klingon",
        "\uff45\uff4e",
        "en\u202e",
    ],
)
def test_anything_else_is_refused_and_told_what_a_tag_is(given: str) -> None:
    with pytest.raises(
        LocaleInvalid, match=r"^locale is a language tag \(BCP 47\), like en, de-CH or zh-Hant\.$"
    ) as refused:
        canonical(given)

    assert refused.value.code == "locale_invalid"
