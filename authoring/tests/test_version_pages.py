"""The versions of a template in the admin: their history in words, restoring one, and two of them side by side."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from authoring.versions.history import PAGE_SIZE, versions_context
from conftest import NOW, document, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser

type Builder[T] = Callable[..., T]

HOSTILE = "\"><script>alert('x')</script>&amp;"
NUMBER = {"type": "integer", "title": "Number of days", "maximum": 90}


def address(name: str, template: WorkflowTemplate, *more: Any, **query: Any) -> str:
    return reverse(f"admin:registry_workflowtemplate_{name}", args=[template.pk, *more], query=query or None)


def author() -> Client:
    return browser("registry.view_workflowtemplate", "registry.change_workflowtemplate")


def viewer() -> Client:
    return browser("registry.view_workflowtemplate")


def changed(template: WorkflowTemplate, note: str = "", **changes: Any) -> WorkflowTemplate:
    return WorkflowRegistry.replace(
        template.pk, {**template.document(), **changes}, actor="user:bob", at=NOW, note=note
    )


def drafted(template: WorkflowTemplate, **changes: Any) -> WorkflowTemplate:
    return WorkflowRegistry.save_draft(template.pk, {**template.document(), **changes}, actor="user:ada", at=NOW)


def begun(**parts: Any) -> WorkflowTemplate:
    return WorkflowRegistry.begin(document(**parts), actor="user:ada", at=NOW)


def text_of(page: bytes) -> str:
    """Return what is read of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def test_the_history_tells_who_published_what_and_what_changed(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(properties={"days": NUMBER})
    changed(
        template,
        "Shorter loans.",
        state_schema=document(properties={"days": {**NUMBER, "maximum": 60}})["state_schema"],
    )

    answer = viewer().get(address("versions", template))

    assert answer.status_code == 200
    page = text_of(answer.content)
    assert "Version 2 published now 1 March 2026, 12:00 by bob Shorter loans." in page
    assert "Field “Number of days”: at most 90 becomes 60" in page
    assert "Version 1 1 March 2026, 12:00 by author The first version." in page
    assert "Restore version" not in page
    assert "authoring/versions.css" in answer.content.decode()


def test_the_draft_stands_on_top_with_what_it_changes(make_template: Builder[WorkflowTemplate]) -> None:
    template = drafted(make_template(), steps=[step("contact", fields=["email"])])

    page = text_of(author().get(address("versions", template)).content)

    assert page.index("Draft not published") < page.index("Version 1 published now")
    assert "Saved 1 March 2026, 12:00 by ada" in page
    assert "Step “Contact” added at the beginning" in page
    assert "Restore version 1 as draft" in page


def test_a_draft_of_an_older_version_and_one_that_changes_nothing_say_so(
    make_template: Builder[WorkflowTemplate],
) -> None:
    same = drafted(make_template())
    old = drafted(make_template())
    changed(old, guidelines="Be kind.")

    assert "It was begun on version 1, and version 2 was published since." in text_of(
        viewer().get(address("versions", old)).content
    )
    assert "it says the same as what is published" in text_of(viewer().get(address("versions", same)).content)


@pytest.mark.parametrize(
    "draft", [{}, {"id": 5, "steps": 3}, {"state_schema": [], "name": HOSTILE, "steps": [None, {"id": HOSTILE}]}]
)
def test_a_draft_that_is_wrong_in_any_way_is_shown(
    make_template: Builder[WorkflowTemplate], draft: dict[str, Any]
) -> None:
    template = make_template()
    WorkflowRegistry.save_draft(template.pk, draft, actor="user:ada", at=NOW)
    browser = author()

    pages = [
        browser.get(address("versions", template)),
        browser.get(address("compare", template)),
        browser.get(address("restore", template, 1)),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any(b"<script>alert" in page.content for page in pages)


def test_a_template_that_was_never_published_has_a_draft_and_no_history(db: None) -> None:
    template = begun()
    browser = author()

    history = text_of(browser.get(address("versions", template)).content)
    compared = text_of(browser.get(address("compare", template)).content)

    assert "Nothing was published yet: this draft is all there is." in history
    assert "There is nothing to compare yet: The draft is all there is." in compared
    assert browser.get(address("restore", template, 1)).status_code == 404


def test_a_long_history_comes_in_pages_and_asks_for_few_rows(
    make_template: Builder[WorkflowTemplate], django_assert_num_queries: Any
) -> None:
    template = make_template()
    for number in range(2, PAGE_SIZE + 3):
        template = changed(template, guidelines=f"The words of version {number}.")
    drafted(template)

    with django_assert_num_queries(3):
        first = versions_context(template)["history"]
    last = versions_context(template, "2", may_change=True)["history"]
    page = text_of(viewer().get(address("versions", template, page="2")).content)

    assert [entry.version.number for entry in first.entries] == list(range(PAGE_SIZE + 2, 2, -1))
    assert [len(entry.told.differences) for entry in first.entries if entry.told] == [1] * PAGE_SIZE
    assert [(entry.version.number, entry.before) for entry in last.entries] == [(2, 1), (1, None)]
    assert "Page 2 of 2" in page
    assert "Draft not published" not in page
    assert viewer().get(address("versions", template, page="many")).status_code == 200


def test_what_is_told_in_length_unfolds(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()
    names = [f"field_{number}" for number in range(12)]
    properties = {name: {"type": "string"} for name in names}
    changed(template, **{key: document(properties=properties)[key] for key in ("state_schema", "steps")})

    page = viewer().get(address("versions", template)).content.decode()

    assert re.search(r"<summary>\d+ more</summary>", page)


def test_what_a_sentence_leaves_out_unfolds(make_template: Builder[WorkflowTemplate]) -> None:
    template = changed(make_template(guidelines="Be quick. " * 30), guidelines="Be kind. " * 30)

    page = text_of(viewer().get(address("versions", template)).content)

    assert "Guidelines changed Before and after Before: “Be quick." in page
    assert "After: “Be kind." in page


def test_restoring_asks_and_then_makes_the_version_the_draft(make_template: Builder[WorkflowTemplate]) -> None:
    template = changed(make_template(guidelines="Be quick."), guidelines="Be kind.")
    browser = author()

    asked = text_of(browser.get(address("restore", template, 1)).content)
    assert WorkflowTemplate.objects.get().draft is None
    answer = browser.post(address("restore", template, 1), {"expected_revision": "0"})

    assert "What the draft will change in what is published" in asked
    assert "Guidelines “Be kind.” becomes “Be quick.”" in asked
    assert answer.headers["Location"] == address("change", template)
    stored = WorkflowTemplate.objects.get()
    assert stored.draft == {**template.document(), "guidelines": "Be quick."}
    assert stored.draft_author.startswith("user:person")
    assert (stored.current_version, stored.guidelines) == (2, "Be kind.")
    assert LogEntry.objects.get().get_change_message() == "Restored version 1 as draft."


def test_a_draft_that_would_be_lost_is_shown_before_it_is_replaced(make_template: Builder[WorkflowTemplate]) -> None:
    template = drafted(make_template(guidelines="Be quick."), guidelines="Be slow.")

    page = text_of(author().get(address("restore", template, 1)).content)

    assert "There is a draft already, and it would be replaced" in page
    assert "It was saved by ada on 1 March 2026, 12:00." in page
    assert "Guidelines “Be slow.” becomes “Be quick.”" in page


def test_a_draft_that_was_saved_in_the_meantime_is_shown_first(make_template: Builder[WorkflowTemplate]) -> None:
    template = drafted(make_template(guidelines="Be quick."), guidelines="Be slow.")

    answer = author().post(address("restore", template, 1), {"expected_revision": "0"})

    assert answer.status_code == 409
    page = text_of(answer.content)
    assert "Somebody changed the draft in the meantime." in page
    assert 'name="expected_revision" value="1"' in answer.content.decode()
    stored = WorkflowTemplate.objects.get().draft
    assert stored is not None
    assert stored["guidelines"] == "Be slow."
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("revision", [None, "", "-1", "x", "9" * 30, "²"])
def test_a_page_that_was_sent_otherwise_changes_nothing(
    make_template: Builder[WorkflowTemplate], revision: Any
) -> None:
    template = make_template()
    sent = {} if revision is None else {"expected_revision": revision}

    answer = author().post(address("restore", template, 1), sent)

    assert answer.status_code == 400
    assert "Please try again." in text_of(answer.content)
    assert WorkflowTemplate.objects.get().draft is None


def test_two_versions_stand_side_by_side_by_field_and_by_step(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(properties={"days": NUMBER, "note": {"type": "string"}})
    properties = {"days": {**NUMBER, "maximum": 60}, "until": {"type": "string", "format": "date"}}
    after = document(properties=properties, steps=[step("only", name="When", fields=["days", "until"])])
    changed(template, state_schema=after["state_schema"], steps=after["steps"])

    answer = viewer().get(address("compare", template, left=1, right=2))

    assert answer.status_code == 200
    page = text_of(answer.content)
    assert "What changes from version 1 to version 2 (published now)" in page
    assert "Number of days Changed whole number, required at most 90 whole number, required at most 60" in page
    assert "Until Only on the right not there date, required" in page
    assert "Note Only on the left text, required not there" in page
    assert "When Changed Only asks for Number of days and Note When asks for Number of days and Until" in page
    assert "<mark>at most 60</mark>" in answer.content.decode()


def test_a_step_that_only_reads_otherwise_because_a_label_is_new_is_not_marked(
    make_template: Builder[WorkflowTemplate],
) -> None:
    template = make_template(properties={"days": NUMBER})
    properties = {"days": {**NUMBER, "title": "How many days"}}
    changed(template, state_schema=document(properties=properties)["state_schema"])

    page = viewer().get(address("compare", template, left=1, right=2)).content.decode()

    assert "Steps nothing differs" in text_of(page.encode())
    steps = page.partition("<caption>Steps")[2].partition("</table>")[0]
    assert "asks for How many days" in steps
    assert "<mark>" not in steps


def test_what_is_the_same_can_be_left_out(make_template: Builder[WorkflowTemplate]) -> None:
    template = drafted(make_template(properties={"days": NUMBER}), guidelines="Be kind.")
    browser = viewer()

    whole = text_of(browser.get(address("compare", template)).content)
    part = text_of(browser.get(address("compare", template, only="yes")).content)

    assert "Number of days" in whole
    assert "Number of days" not in part
    assert "Guidelines Changed nothing Be kind." in part


def test_without_more_the_draft_stands_beside_what_is_published(make_template: Builder[WorkflowTemplate]) -> None:
    template = drafted(make_template(), guidelines="Be kind.")

    page = viewer().get(address("compare", template)).content.decode()

    assert '<option value="draft" selected>' in page
    assert '<option value="1" selected>' in page
    assert "Guidelines added" in text_of(page.encode())


def test_a_single_version_has_nothing_beside_it(make_template: Builder[WorkflowTemplate]) -> None:
    page = text_of(viewer().get(address("compare", make_template())).content)

    assert "There is nothing to compare yet: Version 1 (published now) is all there is." in page


@pytest.mark.parametrize("query", [{"left": "7"}, {"right": "x"}, {"left": "draft"}, {"left": ""}, {"left": "²"}])
def test_what_is_not_there_is_not_compared(make_template: Builder[WorkflowTemplate], query: dict[str, Any]) -> None:
    template = changed(make_template(), guidelines="Be kind.")

    answer = viewer().get(address("compare", template), query)

    assert answer.status_code == 400
    assert "There is no such version. Choose two of those below." in text_of(answer.content)


def test_headers_are_named_and_never_shown(make_template: Builder[WorkflowTemplate]) -> None:
    secret = "Bearer planted-value"
    template = drafted(make_template(), end_action_config={"headers": {"Authorization": secret}})
    browser = author()

    pages = [
        browser.get(address(page, template, *more)) for page, *more in (("versions",), ("compare",), ("restore", 1))
    ]

    assert all("header “Authorization”" in text_of(page.content) for page in pages)
    assert not any(secret in page.content.decode() for page in pages)


def test_whatever_an_author_wrote_is_only_text(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(guidelines=HOSTILE, properties={"x": {"type": "string", "title": HOSTILE}})
    template = changed(template, HOSTILE, guidelines=HOSTILE * 2, steps=[step("only", name=HOSTILE, fields=["x"])])
    browser = author()

    for page in ("versions", "compare"):
        shown = browser.get(address(page, template)).content.decode()
        assert "<script>alert" not in shown
        assert not re.search(r"<[a-z][^>]*\s(style|on\w+)=", shown), "nothing that a strict policy forbids"


PAGES: list[tuple[Any, ...]] = [("versions",), ("compare",), ("restore", 1)]


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_see_templates_sees_nothing(
    make_template: Builder[WorkflowTemplate], page: tuple[Any, ...]
) -> None:
    there = address(page[0], make_template(), *page[1:])

    assert browser().get(there).status_code == 403
    assert Client().get(there).headers["Location"].startswith("/admin/login/")


def test_who_may_only_look_restores_nothing(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()

    assert viewer().get(address("restore", template, 1)).status_code == 403
    assert viewer().post(address("restore", template, 1), {"expected_revision": "0"}).status_code == 403
    assert WorkflowTemplate.objects.get().draft is None


def test_what_is_not_there_is_not_found(make_template: Builder[WorkflowTemplate]) -> None:
    nowhere = WorkflowTemplate(pk=uuid4())
    browser = author()

    assert [browser.get(address(page, nowhere, *more)).status_code for page, *more in PAGES] == [404, 404, 404]
    assert browser.post(address("restore", make_template(), 2), {"expected_revision": "0"}).status_code == 404
