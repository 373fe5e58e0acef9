"""The reusable steps that come with the service: each is valid, goes into a document, and asks what it says."""

from typing import Any

import pytest
from django.conf import settings

from authoring.transfer.documents import read
from conftest import document
from engine.definition import Definition
from engine.progress import Progress, Status
from engine.reusable import ReusableStep, check
from engine.reuse import expanded
from engine.submission import Submission
from engine.tests.builders import TODAY, begin
from engine.validation import validate
from engine.workflow import submit

FOLDER = settings.BASE_DIR / "examples" / "step_templates"
SOURCES: dict[str, Any] = {
    found.document["slug"]: found.document
    for path in sorted(FOLDER.glob("*.yaml"))
    for found in read(path.read_bytes(), "yaml")
}

# For each: what completes it, one thing after the other.
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "address": [{"street": "Lindenweg 4", "postcode": "10115"}, {"city": "Berlin", "country": "Germany"}],
    "consent": [{"data_use_agreed": False}],
    "contact": [{"contact_by": "phone"}, {"phone": "+49 30 123456"}],
    "date-range": [{"start": "2030-03-04", "end": "2030-03-01"}, {"end": "2030-03-09"}],
    "identity-document": [
        {"document_type": "passport", "issued_by": "Ireland", "document_number": "P1234567"},
        {"valid_until": "2001-01-01"},
        {"valid_until": "2099-01-01"},
    ],
    "payment-preference": [
        {"payment_method": "direct_debit", "account_holder": "Anna Berg", "iban": "DE02120300000000202051"},
        {"debit_agreed": True},
    ],
    "person-name": [{"given_names": "Anna Maria"}, {"family_name": "O"}],
}

# For each: values that are refused, and what the person is told.
REFUSED: dict[str, dict[str, tuple[Any, str]]] = {
    "address": {"postcode": ("?", "A postcode has 2 to 10 letters and digits, like 10115 or SW1A 1AA.")},
    "consent": {"data_use_agreed": ("maybe", "Please answer with yes or no.")},
    "contact": {"phone": ("call me", "A phone number has 6 to 24 digits, with the area code, like +49 30 123456.")},
    "date-range": {"start": ("soon", "Please give day, month and year, for example 4 March 2030.")},
    "identity-document": {
        "document_number": ("p-1", "The number has 5 to 20 capital letters and digits, without spaces or dashes.")
    },
    "payment-preference": {
        "debit_agreed": (
            False,
            "Without your permission we cannot take anything from the account. You can choose another way to pay.",
        )
    },
    "person-name": {
        "given_names": (
            "A" * 101,
            "That is longer than our papers have room for. Please give the given names only, at most 100 characters.",
        )
    },
}


def used(slug: str, prefix: str = "") -> dict[str, Any]:
    """Return a document of which a reusable step is the only one."""
    source = SOURCES[slug]
    reusable = ReusableStep(slug=slug, number=1, content={key: source[key] for key in ("state_schema", "step")})
    expansion = expanded(
        document(properties={}, steps=[{"id": "only", "uses": reusable.uses, "prefix": prefix}]),
        {reusable.uses: reusable},
    )
    assert expansion.findings == ()
    filled: dict[str, Any] = expansion.document
    return filled


def given(plan: Definition, progress: Progress, data: dict[str, Any], prefix: str = "") -> Any:
    return submit(plan, progress, Submission(data={prefix + name: value for name, value in data.items()}), today=TODAY)


def test_there_are_seven_each_with_answers_to_try() -> None:
    assert set(SOURCES) == set(ANSWERS) == set(REFUSED)
    assert len(SOURCES) == len(list(FOLDER.glob("*.yaml"))) == 7


@pytest.mark.parametrize("slug", SOURCES)
def test_each_is_valid_and_goes_into_a_document_without_a_finding(slug: str) -> None:
    assert check(SOURCES[slug]) == ()
    assert validate(used(slug)) == ()
    assert validate(used(slug, "their_")) == ()


@pytest.mark.parametrize("slug", SOURCES)
def test_each_field_has_a_title_a_question_and_an_order(slug: str) -> None:
    properties = SOURCES[slug]["state_schema"]["properties"]

    assert set(SOURCES[slug]["step"]["fields"]) == set(properties)
    for part in properties.values():
        assert part["title"]
        assert part["x-ask"]
        assert part["x-order"]


@pytest.mark.parametrize("prefix", ["", "their_"])
@pytest.mark.parametrize("slug", SOURCES)
def test_each_is_complete_with_its_last_answer_and_not_before(slug: str, prefix: str) -> None:
    plan = Definition.from_document(used(slug, prefix))
    progress = begin(plan).progress

    for data in ANSWERS[slug]:
        assert progress.status is Status.ACTIVE
        progress = given(plan, progress, data, prefix).progress

    assert progress.status is Status.COMPLETED


@pytest.mark.parametrize("slug", SOURCES)
def test_each_says_what_is_wrong_in_words_of_its_own(slug: str) -> None:
    plan = Definition.from_document(used(slug))
    earlier = {"contact": {"contact_by": "phone"}, "payment-preference": {"payment_method": "direct_debit"}}
    progress = given(plan, begin(plan).progress, earlier.get(slug, {})).progress

    decision = given(plan, progress, {name: value for name, (value, _) in REFUSED[slug].items()})

    told = {refused.field: refused.message for refused in decision.report.rejected}
    assert told == {name: words for name, (_, words) in REFUSED[slug].items()}


def test_numbers_that_say_who_somebody_is_are_masked_and_consent_is_asked() -> None:
    def of(slug: str, name: str) -> Any:
        return SOURCES[slug]["state_schema"]["properties"][name]

    assert of("identity-document", "document_number")["x-sensitive"] == "mask"
    assert of("payment-preference", "iban")["x-sensitive"] == "mask"
    assert of("consent", "data_use_agreed")["x-ask-first"] is True
    assert of("payment-preference", "debit_agreed")["x-ask-first"] is True
