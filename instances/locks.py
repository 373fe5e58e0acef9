"""What an act waits for, and in which order: nothing is lost between two of them, and no two wait for each other.

The order: the row of the idempotency key, the person, the workflow, the slot of a conversation.

The person is locked because completing one workflow activates others of the same person: two completions at the same
moment would each miss the row that the other has not committed yet. Whatever acts on a workflow holds this lock,
taken before the row of the workflow; no act holds two of them. Making room in a conversation is the exception: it may
pause or cancel the workflow of somebody else, of which it locks the row alone, and nothing completes by that.

A workflow that is woken takes the slot of a conversation in which other persons may act too, and these may wake
something here: they could wait for each other in a circle. So this one wait is short, shorter than the time after which
the database looks for circles and picks a victim; what does not get the slot in that time goes on waiting.
"""

from uuid import UUID

from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Concat

from instances.models import Person, Workflow
from rest.callers import Caller

WAKING_WAIT_MILLISECONDS = 300
"""PostgreSQL's `deadlock_timeout` is 1 s unless an operator changes it."""


class _Lock(Func):
    """Wait for a text, until the end of the transaction; two texts rarely share a lock, which costs a wait at most."""

    function = "pg_advisory_xact_lock"
    template = "%(function)s(hashtextextended(%(expressions)s, 0))"
    output_field = TextField()


def lock_person(person: Person) -> None:
    """Wait until nobody else acts on the workflows of a person; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_key(person)])


def lock_person_of(workflow_id: UUID, caller: Caller) -> None:
    """Wait likewise for the person a workflow belongs to, if the caller may know of it; it never changes hands."""
    if connection.vendor == "postgresql":
        key = Concat(
            Value(_PREFIX), Cast("user_type_id", TextField()), Value(":"), F("user_id"), output_field=TextField()
        )
        found = Workflow.objects.visible_to(caller).filter(pk=workflow_id)
        list(found.annotate(lock=_Lock(key)).values_list("lock"))


_PREFIX = "person:"


def _key(person: Person) -> str:
    return f"{_PREFIX}{person.user_type_id}:{person.user_id}"


class waiting_at_most:  # noqa: N801  reads as a phrase in `with`
    """Wait for other transactions no longer than this; SQLite has its own busy timeout. Used inside a savepoint."""

    def __init__(self, *, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def __enter__(self) -> None:
        self._set(f"'{self.milliseconds}ms'")

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self._set("DEFAULT")

    def _set(self, value: str) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {value}")
