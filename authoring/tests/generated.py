"""Template documents that nobody wrote, each made of its number: all of the grammar, and texts that are easily lost."""

from collections.abc import Sequence
from random import Random
from typing import Any

from authoring.tests.generated_fields import DURATIONS, NAMES, URLS, FieldWriter, Json


def document_of(seed: int, *, names: Sequence[str] = NAMES) -> Json:
    """Return the document of a number: any shape that the grammar of documents knows, with fields of these names."""
    return _Writer(Random(seed), names).document()  # noqa: S311  the same each time


def broken_of(seed: int) -> Json:
    """Return a draft in which a few parts are of the wrong type, lost, or doubled."""
    random = Random(seed)  # noqa: S311  the same each time
    document = document_of(seed)
    for _ in range(random.randint(1, 6)):
        _break(document, random)
    return document


def stored(part: Any) -> Any:
    """Return a JSON value as PostgreSQL's jsonb gives it back: keys by their length, then by their bytes."""
    if isinstance(part, dict):
        ordered = sorted(part, key=lambda key: (len(key.encode()), key.encode()))
        return {key: stored(part[key]) for key in ordered}
    return [stored(one) for one in part] if isinstance(part, list) else part


def _break(document: Json, random: Random) -> None:
    """Put something wrong in one place, anywhere below a document."""
    part: Any = document
    while True:
        keys: Sequence[Any] = list(part) if isinstance(part, dict) else range(len(part))
        if not keys:
            return
        key = random.choice(keys)
        if isinstance(part[key], dict | list) and random.random() < 0.85:
            part = part[key]
            continue
        wrong: list[Any] = [
            None,
            True,
            False,
            0,
            1.5,
            "",
            "text",
            [],
            {},
            [None],
            [{}],
            {"": None},
            [[]],
            {"a": {"b": 1}},
        ]
        if isinstance(part, dict) and random.random() < 0.2:
            del part[key]
        elif isinstance(part, dict) and random.random() < 0.1:
            part[random.choice(("type", "oneOf", "enum", "x-when", "end", "action", "x-odd"))] = random.choice(wrong)
        else:
            part[key] = random.choice(wrong)
        return


class _Writer(FieldWriter):
    """Writes one document."""

    def document(self) -> Json:
        self.names = self.some(self.pool, 0, 8)
        document: Json = {
            "name": self.words(),
            "state_schema": self.state_schema(),
            "steps": [self.step(number) for number in range(self.random.randint(0, 5))],
            **self.end_action("end_action_"),
        }
        self.options(
            document,
            description=(0.6, self.text),
            category=(0.4, self.text),
            guidelines=(0.5, self.text),
            confirmation=(0.4, lambda: self.random.choice(("none", "required"))),
            prerequisites=(0.4, lambda: [self.prerequisite() for _ in range(self.random.randint(0, 3))]),
            expires_after=(0.5, lambda: self.random.choice(DURATIONS)),
            time_zone=(0.4, lambda: self.random.choice(("UTC", "Europe/Paris", "Etc/GMT+3"))),
            metadata=(0.4, lambda: {"owner": self.text(), "amount": [self.value()]}),
            is_active=(0.4, lambda: self.chance(0.5)),
            tests=(0.3, self.tests),
        )
        items = list(document.items())
        self.random.shuffle(items)
        return dict(items)

    def state_schema(self) -> Json:
        for name in self.names:
            self.schemas[name] = self.property()
        schema: Json = {"type": "object", "properties": dict(self.schemas)}
        self.order(schema["properties"])
        self.options(
            schema,
            required=(0.8, lambda: self.some(self.names, 0, 9) + self.some(["nobody"], 0, 1)),
            additionalProperties=(0.2, lambda: False),
            dependentRequired=(0.2, lambda: {self.name(): [self.name()]}),
            description=(0.2, self.text),
        )
        if self.chance(0.3):
            branch = {"if": {"properties": {self.name(): {"const": "car"}}, "required": [self.name()]}}
            schema["allOf"] = [{**branch, "then": {"required": [self.name()]}}]
        if self.chance(0.2):
            schema["$defs"] = {"age": {"type": "integer"}}
        return schema

    def order(self, properties: Json) -> None:
        """Say something of the order of fields: nothing, all, a part, the same, or between whole numbers."""
        kind = self.random.choice(("none", "all", "some", "equal", "fractions"))
        numbers = list(range(1, len(properties) + 1))
        self.random.shuffle(numbers)
        for part, number in zip(properties.values(), numbers, strict=True):
            if kind == "all" or (kind == "some" and self.chance(0.5)):
                part["x-order"] = number
            elif kind == "equal":
                part["x-order"] = 1
            elif kind == "fractions":
                part["x-order"] = number / 2

    def step(self, number: int) -> Json:
        step: Json = {"id": f"s{number}" if self.chance(0.8) else f"{self.words()} {number}", "name": self.words()}
        self.options(
            step,
            description=(0.4, self.text),
            required=(0.3, lambda: self.chance(0.5)),
            when=(0.4, self.condition),
        )
        if self.chance(0.2):
            return {**step, "end": self.end()}
        self.options(
            step,
            fields=(0.8, lambda: self.some([*self.names, "nowhere"], 0, 3)),
            rules=(0.4, lambda: [self.rule() for _ in range(self.random.randint(0, 3))]),
            action=(0.3, self.action),
            uses=(0.1, lambda: "address@3"),
            prefix=(0.05, self.text),
            for_each=(0.05, self.value),
        )
        return step

    def rule(self) -> Json:
        rule = {"check": self.condition(), "message": self.words()}
        again = self.some(self.names or ["nowhere"], 1, 3)
        return self.options(rule, field=(0.6, lambda: again if self.chance(0.5) else again[0]))

    def end(self) -> Json:
        end = self.options({"outcome": self.words()}, message=(0.6, self.words))
        return {**end, **self.end_action("end_action_")} if self.chance(0.5) else end

    def action(self) -> Any:
        if self.chance(0.1):
            return None
        kind = self.random.choice(("api_call", "tool_call"))
        action: Json = {
            "type": kind,
            "target": self.random.choice(URLS).replace("NAME", self.name()) if kind == "api_call" else self.words(),
        }
        return self.options(
            action,
            config=(0.7, lambda: self.config(kind)),
            result=(0.6, lambda: {self.name(): self.pointer() for _ in range(2)}),
            idempotent=(0.3, lambda: self.chance(0.5)),
            confirm=(0.3, lambda: self.chance(0.5)),
            on_failure=(0.3, lambda: self.random.choice(("fail", "skip", "ask"))),
        )

    def end_action(self, prefix: str) -> Json:
        kind = self.random.choice(("api_call", "tool_call", "workflow", "none"))
        action: Json = {f"{prefix}type": kind}
        if kind != "none" or self.chance(0.1):
            action[f"{prefix}target"] = (
                self.random.choice(URLS).replace("NAME", self.name()) if kind == "api_call" else self.words()
            )
        if self.chance(0.6):
            action[f"{prefix}config"] = self.config(kind)
        return action

    def config(self, kind: str) -> Json:
        config: Json = self.options({}, timeout=(0.1, self.number), retry=(0.1, lambda: {"max_attempts": 3}))
        match kind:
            case "api_call":
                self.options(
                    config,
                    method=(0.5, lambda: self.random.choice(("POST", "PUT", "GET"))),
                    headers=(0.5, self.pairs),
                    body=(0.5, lambda: self.random.choice((self.pairs(), self.text(), [1], {"a": {"b": self.text()}}))),
                )
            case "tool_call":
                self.options(config, arguments=(0.6, self.pairs))
            case "workflow":
                self.options(config, state=(0.6, lambda: {self.words(): self.name() for _ in range(3)}))
        return self.options(config, result=(0.3, lambda: {self.words(): self.pointer()}))

    def pairs(self) -> Json:
        return {self.words(): self.value() for _ in range(self.random.randint(0, 3))}

    def pointer(self) -> str:
        return self.random.choice(("", "/loan/id", "/a~1b", "/0/x y", "/ trailing "))

    def prerequisite(self) -> Any:
        name = self.random.choice(("kyc", "kyc ", "about\nyou"))
        return self.one(
            lambda: name, lambda: {"template": name}, lambda: {"template": name, "check": self.comparison()}
        )

    def tests(self) -> list[Json]:
        turn = {
            "data": {self.name(): self.value()},
            "expect": {"missing": [self.name()], "rejected": {self.name(): "type"}},
        }
        return [{"name": self.text(), "turns": [turn]}]
