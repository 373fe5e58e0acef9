"""The log: sequences without gaps, one line per fact, and nothing left of values that were taken out."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from events.models import Event, NewEvent, Subject

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def subject(subject_id: UUID | None = None) -> Subject:
    return Subject(id=subject_id or uuid4(), template_id=uuid4(), template_version=3)


def write(about: Subject, *types: str, **data: object) -> None:
    Event.objects.write(about, [NewEvent(type=name, data=data) for name in types], at=AT, actor="key:1")


def test_an_event_says_what_of_what_when_and_by_whom() -> None:
    about = subject()

    write(about, "workflow.created", conversation_id="c1")

    event = Event.objects.get()
    assert (event.type, event.at, event.actor, event.data) == (
        "workflow.created",
        AT,
        "key:1",
        {"conversation_id": "c1"},
    )
    assert (event.subject_id, event.template_id, event.template_version) == (about.id, about.template_id, 3)
    assert event.dispatched_at is None
    assert str(event) == "workflow.created #1"


def test_the_sequence_goes_on_where_it_was_and_each_subject_has_its_own() -> None:
    one, other = subject(), subject()

    write(one, "a", "b")
    write(other, "a")
    write(one, "c")

    assert [(event.sequence, event.type) for event in Event.objects.of(one.id)] == [(1, "a"), (2, "b"), (3, "c")]
    assert [event.sequence for event in Event.objects.of(other.id)] == [1]


def test_any_number_of_events_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        write(subject(), *("a" * 50))


def test_writing_nothing_writes_nothing() -> None:
    write(subject())

    assert not Event.objects.exists()


def test_two_events_never_share_a_place_in_the_sequence() -> None:
    about = subject()
    write(about, "a")
    double = Event.objects.get()
    double.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        double.save(force_insert=True)


def test_blanking_keeps_which_fields_were_given_and_takes_the_values() -> None:
    about, other = subject(), subject()
    write(about, "workflow.submitted", set={"email": "a@b.example", "age": 5}, source="llm", rejected=[{"at": "x"}])
    write(about, "workflow.submitted", source="llm", cleared=["age"], appended={"people": {"1": {"name": "Ada"}}})
    write(about, "workflow.cancelled", reason="Ada has moved.")
    write(other, "workflow.submitted", set={"email": "kept"})

    Event.objects.of(about.id).blank()

    assert [event.data for event in Event.objects.of(about.id)] == [
        {"set": {"email": None, "age": None}, "source": "llm", "rejected": [{"at": "x"}]},
        {"source": "llm", "cleared": ["age"], "appended": {"people": {"1": None}}},
        {"reason": ""},
    ]
    assert Event.objects.of(other.id).get().data == {"set": {"email": "kept"}}


def test_blanking_a_long_timeline_takes_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    about = subject()
    write(about, *["workflow.submitted"] * 30, set={"email": "a@b.example"})

    with django_assert_num_queries(2):
        Event.objects.of(about.id).blank()
