"""Commands as tests run them: what they said, and how they ended."""

from dataclasses import dataclass
from io import StringIO

from django.core.management import CommandError, call_command


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of a command; `error` is empty if it succeeded."""

    output: str
    complaints: str
    error: str


def run(*arguments: object) -> Ran:
    """Run a command with the arguments as a shell would hand them over."""
    output, complaints, error = StringIO(), StringIO(), ""
    name, *rest = map(str, arguments)
    try:
        call_command(name, *rest, stdout=output, stderr=complaints, no_color=True)
    except CommandError as ended:
        error = str(ended)
    return Ran(output=output.getvalue(), complaints=complaints.getvalue(), error=error)
