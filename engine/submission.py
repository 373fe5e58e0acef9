"""One attempt to give values: what was handed over, and what is wrong with it in itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.changes import Answering
from engine.definition import NOTHING
from engine.document_schema import MAX_FIELDS
from engine.errors import Invalid
from engine.evidence import check as check_evidence
from engine.sources import Source

# Each entry is judged beside all that are in the list already.
MAX_ENTRIES = 100


class FieldGivenAndCleared(Invalid):
    """One submission gives a field a value and clears it."""

    code = "field_given_and_cleared"


class ListGivenAndChanged(Invalid):
    """One submission replaces or clears a list and changes single entries of it."""

    code = "list_given_and_changed"


class TooManyValues(Invalid):
    """One submission gives more values than any template has fields, or more list entries than can be judged."""

    code = "too_many_values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed over. `is_prefill` marks what the starting client gives, which may set `readOnly` fields.

    `restated` fields hold what they hold on purpose: a change of what they depend on does not reset them. Without
    `settles`, a contested value stays so if the same one is given: it came along, and nobody looked at it.
    `untouched` are the fields that came back as the mask under which the sender sees them, and so no values.

    `append` has new entries for lists; `remove` names entries by the ids that the engine gave them.

    `evidence` has, for fields of `data` and `append`, the words of `message` that they were understood from. Neither is
    kept.
    """

    data: Mapping[str, Any] = NOTHING
    clear: tuple[str, ...] = ()
    append: Mapping[str, Sequence[Any]] = NOTHING
    remove: Mapping[str, Sequence[int]] = NOTHING
    skip: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    atomic: bool = False
    coerce: bool = False
    source: str = Source.CLIENT
    evidence: Mapping[str, str] = NOTHING
    message: str | None = None
    is_prefill: bool = False
    restated: frozenset[str] = frozenset()
    settles: bool = True
    answering: Answering | None = None
    """The action whose answer this is."""
    untouched: frozenset[str] = frozenset()

    @property
    def given(self) -> frozenset[str]:
        """The fields that it has values or entries for."""
        return frozenset((*self.data, *self.append))


def check(submission: Submission) -> None:
    """Refuse a submission that no workflow could take, whatever is stored.

    :raises FieldGivenAndCleared: a field is both in `data` and in `clear`
    :raises ListGivenAndChanged: a field is in `data` or `clear`, and in `append` or `remove` too
    :raises TooManyValues: `data` or `clear` names more than any template has fields, `skip` or `acknowledge` more than
        as many steps, or `append` or `remove` more than 100 entries
    :raises EvidenceWithoutMessage: there are quotes, and no message that they could be from
    :raises EvidenceTooLong: a quote or the message is beyond what can be looked through
    """
    if (count := max(len(submission.data), len(submission.clear))) > MAX_FIELDS:
        raise TooManyValues(f"One submission gives at most {MAX_FIELDS} values, not {count}.", count=count)
    if (count := max(len(submission.skip), len(submission.acknowledge))) > MAX_FIELDS:
        raise TooManyValues(f"One submission names at most {MAX_FIELDS} steps, not {count}.", count=count)
    if (count := sum(map(len, submission.append.values()))) > MAX_ENTRIES:
        raise TooManyValues(f"One submission appends at most {MAX_ENTRIES} entries, not {count}.", count=count)
    if (count := sum(map(len, submission.remove.values()))) > MAX_ENTRIES:
        raise TooManyValues(f"One submission removes at most {MAX_ENTRIES} entries, not {count}.", count=count)
    if both := sorted(set(submission.data) & set(submission.clear)):
        raise FieldGivenAndCleared(f"Give these a value or clear them, not both: {', '.join(both)}.", fields=both)
    whole, single = {*submission.data, *submission.clear}, {*submission.append, *submission.remove}
    if both := sorted(whole & single):
        words = "Replace or clear these as a whole, or change single entries of them, not both"
        raise ListGivenAndChanged(f"{words}: {', '.join(both)}.", fields=both)
    check_evidence(submission.evidence, submission.message)
