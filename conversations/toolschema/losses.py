"""What a dialect cannot say of a template, so that nobody has to find out by a model's mistakes."""

from dataclasses import dataclass

from engine.findings import pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A keyword of the arguments of a tool that a dialect cannot say, where it stood, and what became of it."""

    tool: str
    path: str
    keyword: str
    became: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the schema of a tool's arguments something stands; it notes there what is lost."""

    tool: str
    losses: list[Loss]
    path: str = ""

    def at(self, *parts: str | int) -> "Place":
        """Return a place further down."""
        return Place(self.tool, self.losses, self.path + pointer(*parts))

    def lose(self, keyword: str, became: str) -> None:
        """Note that a keyword is not said here."""
        self.losses.append(Loss(tool=self.tool, path=self.path, keyword=keyword, became=became))
