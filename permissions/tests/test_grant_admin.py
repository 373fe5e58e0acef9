"""User types and what each may use, in the admin."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from instances.models import Workflow
from permissions.models import UserType, UserTypeWorkflowTemplate
from permissions.services import Connection, change_grants, grant
from registry.models import WorkflowTemplate
from rest.tests.staff import browser, browser_of, staff, violations

type Builder[T] = Callable[..., T]

TABLE = "/admin/permissions/usertypeworkflowtemplate/"
TYPES = "/admin/permissions/usertype/"
SEE = "permissions.view_usertypeworkflowtemplate"
GIVE = "permissions.add_usertypeworkflowtemplate"
TAKE = "permissions.delete_usertypeworkflowtemplate"
OF_TYPES = tuple(f"permissions.{verb}_usertype" for verb in ("view", "add", "change", "delete"))


@pytest.fixture
def templates(make_template: Builder[WorkflowTemplate]) -> list[WorkflowTemplate]:
    return [make_template(name=name) for name in ("feedback", "intake")]


@pytest.fixture
def kinds(make_user_type: Builder[UserType], templates: list[WorkflowTemplate]) -> list[UserType]:
    """A nurse, who may use nothing, and a patient, who may use the intake."""
    return [make_user_type(name="Nurse"), make_user_type(templates[1], name="Patient")]


def boxes(page: str) -> dict[str, tuple[str, bool]]:
    """Return each box of the table by its label: its value, and whether it is ticked."""
    found = re.findall(r'name="may_use" value="([^"]+)" aria-label="([^"]+)"[^>]*?( checked)?(?: disabled)?>', page)
    return {label: (value, bool(ticked)) for value, label, ticked in found}


def save(client: Client, page: str, *, ticked: set[str], path: str = TABLE) -> Any:
    """Send the table as a browser does that shows this page, with these boxes ticked and no others."""
    (shown,) = re.findall(r'name="shown" value="([^"]*)"', page)
    values = [value for label, (value, _) in boxes(page).items() if label in ticked]
    return client.post(path, {"shown": shown, "may_use": values}, follow=True)


def granted() -> set[str]:
    return {str(found) for found in UserTypeWorkflowTemplate.objects.select_related("user_type", "workflow_template")}


def test_the_table_has_a_labelled_box_for_each_user_type_and_template(kinds: list[UserType]) -> None:
    page = browser(SEE, GIVE, TAKE).get(TABLE).content.decode()

    assert {label: ticked for label, (_, ticked) in boxes(page).items()} == {
        "Nurse may use feedback": False,
        "Nurse may use intake": False,
        "Patient may use feedback": False,
        "Patient may use intake": True,
    }
    assert violations(page) == []


def test_what_is_ticked_is_given_and_what_is_not_any_more_is_taken_away(kinds: list[UserType]) -> None:
    person = staff(SEE, GIVE, TAKE)
    publisher = browser_of(person)

    told = save(publisher, publisher.get(TABLE).content.decode(), ticked={"Nurse may use feedback"})

    assert granted() == {"Nurse may use feedback"}
    assert "Nurse may use feedback. Patient may not use intake any more." in told.content.decode()
    entries = {(entry.user, entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()}
    assert entries == {
        (person, "Nurse", "May use feedback."),
        (person, "Patient", "May not use intake any more."),
    }


def test_two_people_do_not_overwrite_each_other(kinds: list[UserType]) -> None:
    first, second = browser(SEE, GIVE, TAKE), browser(SEE, GIVE, TAKE)
    seen_by_first, seen_by_second = first.get(TABLE).content.decode(), second.get(TABLE).content.decode()

    save(first, seen_by_first, ticked={"Nurse may use feedback"})
    save(second, seen_by_second, ticked={"Patient may use intake", "Nurse may use intake"})

    assert granted() == {"Nurse may use feedback", "Nurse may use intake"}


def test_what_two_people_do_alike_is_done_once(kinds: list[UserType]) -> None:
    first, second = browser(SEE, GIVE, TAKE), browser(SEE, GIVE, TAKE)
    seen = [client.get(TABLE).content.decode() for client in (first, second)]

    for client, page in zip((first, second), seen, strict=True):
        told = save(client, page, ticked={"Nurse may use feedback"})

    assert granted() == {"Nurse may use feedback"}
    assert "Nothing was changed." in told.content.decode()
    assert LogEntry.objects.count() == 2


def test_a_page_that_is_sent_back_as_it_is_changes_nothing(kinds: list[UserType]) -> None:
    client = browser(SEE, GIVE, TAKE)

    told = save(client, client.get(TABLE).content.decode(), ticked={"Patient may use intake"})

    assert granted() == {"Patient may use intake"}
    assert "Nothing was changed." in told.content.decode()
    assert not LogEntry.objects.exists()


def test_what_was_deleted_meanwhile_is_told_and_the_rest_is_stored(
    kinds: list[UserType], templates: list[WorkflowTemplate]
) -> None:
    client = browser(SEE, GIVE, TAKE)
    page = client.get(TABLE).content.decode()
    templates[0].delete()

    everything = {"Nurse may use feedback", "Nurse may use intake", "Patient may use intake"}
    told = save(client, page, ticked=everything).content.decode()

    assert granted() == {"Nurse may use intake", "Patient may use intake"}
    assert "1 could not be given: the user type or the template was deleted meanwhile." in told


def test_texts_narrow_rows_and_columns_and_saving_touches_nothing_that_is_not_shown(kinds: list[UserType]) -> None:
    client = browser(SEE, GIVE, TAKE)
    path = f"{TABLE}?templates=feed&user_types=nur"

    page = client.get(path).content.decode()
    told = save(client, page, ticked={"Nurse may use feedback"}, path=path)

    assert set(boxes(page)) == {"Nurse may use feedback"}
    assert granted() == {"Nurse may use feedback", "Patient may use intake"}
    assert told.redirect_chain == [(path, 302)]
    nothing = client.get(f"{TABLE}?templates=nothing+like+it").content.decode()
    assert "There is no template to show with these words." in nothing


def test_a_thousand_templates_come_in_pages_at_a_fixed_price(
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = make_template(name="template 0000")
    columns = {field.attname: getattr(first, field.attname) for field in WorkflowTemplate._meta.fields}
    del columns["id"]
    copies = (WorkflowTemplate(**{**columns, "name": f"template {number:04}"}) for number in range(1, 1000))
    WorkflowTemplate.objects.bulk_create(copies)
    for number in range(30):
        make_user_type(name=f"kind {number:02}")
    client = browser(SEE, GIVE, TAKE)
    client.get(TABLE)

    with django_assert_num_queries(9):  # session, person, their permissions; counts, rows, columns, grants
        page = client.get(f"{TABLE}?page=20&columns=3").content.decode()

    shown = boxes(page)
    assert len(shown) == 50 * 6
    assert "kind 29 may use template 0999" in shown
    save(client, page, ticked=set(shown), path=f"{TABLE}?page=20&columns=3")
    assert UserTypeWorkflowTemplate.objects.count() == 300


@pytest.mark.parametrize("wanted", ["page=99&columns=99", "page=x&columns=-1", "page=&columns="])
def test_pages_that_are_not_there_are_no_failure(kinds: list[UserType], wanted: str) -> None:
    assert len(boxes(browser(SEE).get(f"{TABLE}?{wanted}").content.decode())) == 4


@pytest.mark.parametrize("sent", [{"may_use": "x"}, {"may_use": "1:2"}, {"shown": "x:y"}])
def test_what_the_table_does_not_send_is_refused(kinds: list[UserType], sent: dict[str, str]) -> None:
    assert browser(SEE, GIVE, TAKE).post(TABLE, sent).status_code == 400
    assert granted() == {"Patient may use intake"}


def test_who_may_only_give_or_only_take_changes_only_that(kinds: list[UserType]) -> None:
    giver, taker = browser(SEE, GIVE), browser(SEE, TAKE)

    save(giver, giver.get(TABLE).content.decode(), ticked={"Nurse may use intake"})
    assert granted() == {"Nurse may use intake", "Patient may use intake"}
    save(taker, taker.get(TABLE).content.decode(), ticked={"Nurse may use intake"})
    assert granted() == {"Nurse may use intake"}
    full = browser(SEE, GIVE, TAKE).get(TABLE).content.decode()
    assert save(taker, full, ticked={"Nurse may use intake", "Patient may use intake"}).status_code == 403
    assert save(giver, full, ticked=set()).status_code == 403


def test_who_may_only_look_has_nothing_to_save(kinds: list[UserType]) -> None:
    looker = browser(SEE)
    page = looker.get(TABLE).content.decode()

    assert 'value="Save"' not in page
    assert page.count(" disabled>") == 4
    assert save(looker, page, ticked={"Nurse may use intake"}).status_code == 403


def test_strangers_do_not_see_the_table(kinds: list[UserType]) -> None:
    assert browser(*OF_TYPES).get(TABLE).status_code == 403
    assert Client().get(TABLE).headers["Location"].startswith("/admin/login/")
    assert Client().post(TABLE, {}).headers["Location"].startswith("/admin/login/")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff(SEE, GIVE, TAKE))
    assert careful.post(TABLE, {}).status_code == 403


def test_names_are_text_and_not_markup(make_template: Builder[WorkflowTemplate], make_user_type: Any) -> None:
    make_user_type(make_template(name='<b>"bold"</b>'), name="<script>alert(1)</script>")

    page = browser(SEE, GIVE, TAKE).get(TABLE).content.decode()

    assert "<b>" not in page
    assert "<script>alert" not in page


def test_many_grants_are_changed_in_one_transaction(kinds: list[UserType], templates: list[WorkflowTemplate]) -> None:
    pairs = [Connection(user_type_id=kind.pk, workflow_template_id=one.pk) for kind in kinds for one in templates]

    changed = change_grants(give=pairs[:2], take=pairs[2:])

    assert [str(found) for found in changed.given] == ["Nurse may use feedback", "Nurse may use intake"]
    assert [str(found) for found in changed.taken] == ["Patient may use intake"]
    assert changed.missing == 0


# ---- User types ----


def test_a_user_type_is_added_changed_and_deleted_with_its_grants(templates: list[WorkflowTemplate]) -> None:
    person = staff(*OF_TYPES)
    client = browser_of(person)

    added = client.post(f"{TYPES}add/", {"name": "Patient", "description": "Whom we care for"})
    kind = UserType.objects.get()
    assert (added.status_code, kind.name, kind.description) == (302, "Patient", "Whom we care for")
    client.post(f"{TYPES}{kind.pk}/change/", {"name": "Person", "description": "Whom we care for"})
    kind.refresh_from_db()
    assert kind.name == "Person"
    grant(user_type_id=kind.pk, workflow_template_id=templates[0].pk)

    asked = client.get(f"{TYPES}{kind.pk}/delete/").content.decode()
    history = client.get(f"{TYPES}{kind.pk}/history/").content.decode()
    client.post(f"{TYPES}{kind.pk}/delete/", {"post": "yes"})

    assert "Grants: 1" in asked
    assert not UserType.objects.exists()
    assert not UserTypeWorkflowTemplate.objects.exists()
    assert [entry.action_flag for entry in LogEntry.objects.order_by("pk")] == [1, 2, 3]
    assert person.username in history
    assert "Changed Name." in history
    assert violations(asked) == violations(history) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("Nurse", "already exists"), ("", "required"), ("x" * 256, "at most 255"), ("a\x00", "Null characters")],
)
def test_what_is_wrong_with_a_user_type_stands_beside_its_field(kinds: list[UserType], name: str, words: str) -> None:
    refused = browser(*OF_TYPES).post(f"{TYPES}add/", {"name": name})

    assert words in str(refused.context["adminform"].form.errors["name"])
    assert UserType.objects.count() == 2


def test_a_user_type_that_workflows_belong_to_stays_and_it_says_why(make_workflow: Builder[Workflow]) -> None:
    kind = make_workflow().user_type
    client = browser(*OF_TYPES)

    told = client.post(f"{TYPES}{kind.pk}/delete/", {"post": "yes"}, follow=True).content.decode()

    assert "so it stays. Take its grants away." in told
    assert UserType.objects.get() == kind
    assert not LogEntry.objects.exists()


def test_a_user_type_leads_to_its_column_of_the_table(kinds: list[UserType]) -> None:
    client = browser(*OF_TYPES, SEE)
    page = client.get(f"{TYPES}{kinds[0].pk}/change/").content.decode()

    (link,) = re.findall(rf'href="({TABLE}\?[^"]+)"', page)
    assert set(boxes(client.get(link).content.decode())) == {"Nurse may use feedback", "Nurse may use intake"}
    assert violations(page) == []


def test_who_may_only_look_changes_no_user_type(kinds: list[UserType]) -> None:
    looker = browser("permissions.view_usertype")

    assert looker.get(f"{TYPES}{kinds[0].pk}/change/").status_code == 200
    assert looker.post(f"{TYPES}{kinds[0].pk}/change/", {"name": "x"}).status_code == 403
    assert looker.post(f"{TYPES}add/", {"name": "x"}).status_code == 403
    assert looker.post(f"{TYPES}{kinds[0].pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser(SEE).get(TYPES).status_code == 403
