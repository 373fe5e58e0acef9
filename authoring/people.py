"""Who did something, in words that authors know."""


def person(actor: str) -> str:
    """Return an actor in words: people by their names, others by what they are."""
    kind, _, name = actor.partition(":")
    match kind:
        case "user":
            return name
        case "key":
            return "an API key"
        case "command":
            return "a command"
        case _:
            return actor
