"""One visit to the page of a workflow: who visits, what they may see, and what is shown to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from answering.forms import AnswerForm, answer_form
from answering.questions import Question
from conversations.page.picture import Moment, Picture, Standing, picture
from engine.definition import Definition
from engine.progress import Position, locate
from engine.report import EMPTY_REPORT, Report
from engine.saying import Say
from instances.acting import Acting
from instances.confirmation import confirmation_of
from instances.errors import WorkflowNotFound
from instances.masking import is_masked
from instances.models import Workflow
from registry.definitions import definition_of
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows: the picture, the form of its questions, and what came of what was done."""

    picture: Picture
    form: AnswerForm | None
    revision: int
    confirmation: Mapping[str, Any] | None = None
    note: str = ""
    news: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody with a link to a workflow, at a moment, and the workflow as it was read then."""

    workflow: Workflow
    definition: Definition
    position: Position
    caller: Caller
    at: datetime
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        standing = Standing(
            definition=self.definition,
            progress=self.workflow.progress,
            position=self.position,
            hidden=frozenset(name for name in self.definition.fields if is_masked(self.definition, name, self.caller)),
        )
        object.__setattr__(self, "standing", standing)

    @classmethod
    def of(cls, workflow_id: UUID, *, at: datetime) -> "Visit":
        """Return a visit to a workflow as it is now.

        :raises WorkflowNotFound: there is no such workflow any more
        """
        workflow = Workflow.objects.with_names().filter(pk=workflow_id).first()
        if workflow is None:
            raise WorkflowNotFound("There is no such workflow any more.")
        definition = definition_of(workflow.version_id)
        return cls(
            workflow=workflow,
            definition=definition,
            position=locate(definition, workflow.progress),
            # It has no scope, so what is sensitive is hidden; and its user type is all that it may touch.
            caller=Caller(actor="page", user_type_ids=frozenset({workflow.user_type_id})),
            at=at,
        )

    def again(self) -> "Visit":
        """Return the same visit, with the workflow as it is by now."""
        return Visit.of(self.workflow.pk, at=self.at)

    def acting(self, expected_revision: int | None = None) -> Acting:
        """Return who acts here, on the state that was shown."""
        return Acting(caller=self.caller, at=self.at, expected_revision=expected_revision)

    def form_of(self, questions: Sequence[Question], posted: Any = None) -> AnswerForm:
        """Return the form of some questions."""
        return answer_form(questions, posted, time_zone=self.definition.time_zone)

    def shown(
        self,
        *,
        changing: Sequence[str] = (),
        typed: Mapping[str, Any] | None = None,
        report: Report = EMPTY_REPORT,
        say: tuple[Say, ...] | None = None,
        note: str = "",
        news: tuple[str, ...] = (),
    ) -> Shown:
        """Return what the page shows now."""
        seen = picture(self.standing, changing=changing, typed=typed, report=report, say=say)
        confirmation = None
        if seen.moment is Moment.CONFIRM:
            confirmation = confirmation_of(self.workflow, self.definition, self.position, self.caller)
        form = self.form_of(seen.questions) if seen.questions else None
        return Shown(
            picture=seen,
            form=form,
            revision=self.workflow.revision,
            confirmation=confirmation,
            note=note,
            news=news,
        )
