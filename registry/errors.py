"""What the registry refuses, and why."""

from collections.abc import Iterable
from typing import ClassVar

from engine.errors import Conflict, Invalid, NotFound, RevisionConflict
from engine.findings import Finding


class InvalidDocument(Invalid):
    """A document has findings that keep it from being published."""

    code = "invalid_template"
    thing: ClassVar[str] = "template"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        count = sum(finding.is_error for finding in self.findings)
        what = "1 thing keeps" if count == 1 else f"{count} things keep"
        super().__init__(f"{what} this {self.thing} from being published. Each is listed in errors with its path.")


class NameTaken(Invalid):
    """Another template has this name."""

    code = "already_exists"


class TemplateNotFound(NotFound):
    """There is no such template, or not for this caller."""


class VersionNotFound(NotFound):
    """The template has no such version."""


class DraftNotFound(NotFound):
    """The template has no draft."""


class TemplateInUse(Conflict):
    """Workflows were made from the template, so it stays."""

    code = "template_in_use"


class TemplateReferenced(Conflict):
    """Other templates name this one as what follows them, or as what comes first."""

    code = "template_referenced"


class DraftOutdated(Conflict):
    """The draft was begun on a version that is no longer the current one."""

    code = "draft_outdated"


class DraftRevisionConflict(RevisionConflict):
    """Somebody else saved the draft in between."""


class TemplateInactive(Conflict):
    """The template is switched off."""

    code = "template_inactive"


class NeverPublished(Conflict):
    """The template is nothing but a draft."""

    code = "never_published"


class InvalidStepTemplate(InvalidDocument):
    """A reusable step has findings that keep it from being published."""

    code = "invalid_step_template"
    thing = "reusable step"


class StepTemplateNotFound(NotFound):
    """There is no such reusable step."""


class StepTemplateInUse(Conflict):
    """Templates name the reusable step, so it stays, under the name by which they know it."""

    code = "step_template_in_use"
