"""What the front page of the admin tells: what is published, what waits as a draft, what happened this week.

A part is asked for only if the person may see it, and no amount of data makes more queries of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q
from django.urls import reverse

from engine import validation
from engine.facts import Activated, Completed
from engine.findings import errors
from events.models import Event
from permissions.models import ApiKey, UserTypeWorkflowTemplate
from registry.documents import ANSWER_KEYS, complete
from registry.models import TemplateVersion, WorkflowTemplate

NEWEST_VERSIONS = 5
NEWEST_DRAFTS = 10
BUSIEST = 10
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many templates have a version, how many of them are switched off, and the versions that came last."""

    count: int
    inactive: int
    newest: Sequence[TemplateVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A template with a draft, and how much validation found in the draft: errors, and what merely informs."""

    template: WorkflowTemplate
    problems: int
    hints: int

    @property
    def is_outdated(self) -> bool:
        """Whether another version was published since the draft was begun."""
        return self.template.draft_base_version != self.template.current_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """How many drafts there are, and those that were saved last."""

    count: int
    newest: Sequence[Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How many workflows of a template started and finished this week."""

    template: UUID
    name: str
    started: int
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What is still to be done before the first person is asked the first question."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """What one person sees; a part that this person may not see is None."""

    next_step: NextStep | None
    published: Published | None
    drafts: Drafts | None
    week: Sequence[Activity] | None


def front_page(user: AbstractUser, *, at: datetime) -> FrontPage:
    """Return what somebody sees who looks now."""
    sees_templates = user.has_perm("registry.view_workflowtemplate")
    published = _published() if sees_templates else None
    drafts = _drafts() if sees_templates else None
    return FrontPage(
        next_step=_next_step(user, published, drafts) if published and drafts else None,
        published=published,
        drafts=drafts,
        week=_week(since=at - WEEK) if user.has_perm("instances.view_workflow") else None,
    )


def _published() -> Published:
    counted = WorkflowTemplate.objects.published().aggregate(
        count=Count("pk"), inactive=Count("pk", filter=Q(is_active=False))
    )
    # By key, which is in the order of publication and indexed.
    newest = TemplateVersion.objects.select_related("template").order_by("-pk")
    shown = newest.only("number", "published_at", "published_by", "note", "template__name")[:NEWEST_VERSIONS]
    return Published(**counted, newest=list(shown))


def _drafts() -> Drafts:
    drafts = WorkflowTemplate.objects.filter(draft__isnull=False)
    columns = ("name", "current_version", "draft", "draft_base_version", "draft_author", "draft_saved_at")
    newest = drafts.only(*columns).order_by("-draft_saved_at", "pk")[:NEWEST_DRAFTS]
    return Drafts(count=drafts.count(), newest=[_judged(template) for template in newest])


def _judged(template: WorkflowTemplate) -> Draft:
    """Count what is found in the document alone: publish checks look into the database for each."""
    draft: dict[str, Any] = template.draft or {}
    found = validation.validate(complete({key: part for key, part in draft.items() if key not in ANSWER_KEYS}))
    problems = len(errors(found))
    return Draft(template=template, problems=problems, hints=len(found) - problems)


def _week(*, since: datetime) -> Sequence[Activity]:
    """Count by the index on template, type and time; so each template is named, and only those that still exist."""
    names = dict(WorkflowTemplate.objects.published().values_list("pk", "name"))
    counted = (
        Event.objects.filter(template_id__in=list(names), type__in=[Activated.type, Completed.type], at__gte=since)
        .values("template_id")
        .annotate(
            started=Count("pk", filter=Q(type=Activated.type)), finished=Count("pk", filter=Q(type=Completed.type))
        )
        .order_by("-started", "-finished", "template_id")[:BUSIEST]
    )
    return [
        Activity(
            template=each["template_id"],
            name=names[each["template_id"]],
            started=each["started"],
            finished=each["finished"],
        )
        for each in counted
    ]


def _next_step(user: AbstractUser, published: Published, drafts: Drafts) -> NextStep | None:
    """Return the first thing that is missing, if this person may do it."""
    if not published.count and not drafts.count:
        return _step(user, "registry.add_workflowtemplate", "Make your first template", "workflowtemplate_add")
    if published.count and not UserTypeWorkflowTemplate.objects.exists():
        words = "Say who may use your templates"
        return _step(user, "permissions.add_usertypeworkflowtemplate", words, "usertypeworkflowtemplate_changelist")
    if published.count and not ApiKey.objects.exists():
        return _step(user, "permissions.add_apikey", "Let your chat in, with a key", "apikey_changelist")
    return None


def _step(user: AbstractUser, permission: str, words: str, page: str) -> NextStep | None:
    app = permission.partition(".")[0]
    return NextStep(words=words, url=reverse(f"admin:{app}_{page}")) if user.has_perm(permission) else None
