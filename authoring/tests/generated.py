"""Template documents that nobody wrote, each made of its number: all of the grammar, and texts that are easily lost."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from engine.conditions import LIST_FIELDED, LIST_VALUED, PRESENCE, TODAY, Operator

type Json = dict[str, Any]

WORDS = (
    "Amount",
    "Date of birth",
    "Ärger — größer",
    "What's it?",
    "Yes/No",
    "A~B",
    'He said "so"',
    "x.y",
    "日本",
    "🙂",
)
ODD_TEXTS = (
    " leading", "trailing ", "two\nlines", "two\r\nlines", "old\rmac", "tab\tin", "</script><b>", "", " ", "\n",
    "&amp; <i>", "{{state.NAME}}", "{{ state.NAME }} and {{secret:bank}}", "{{state.gone}}", "null", "?",
    "?gone", '"quoted"', "f1", "0", "on", "\u2028", "a\u00a0b", "e\u0301",
)  # fmt: skip
NAMES = (
    "amount", "date_of_birth", "purpose", "sites", "a b", "a/b", "a~b", "~1", 'say "x"', "it's", "x.y", "größe", "f1",
    "f2", "?", "?amount", "$today", "-", "0", "name", "home", "required", "line\nbreak", "cr\r\nlf", " space ", "</b>",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2,
    30,
    0.5,
    1.0,
    0.0,
    -0.0,
    1e-7,
    1e300 / 1e290,
    2.5e-300,
    2**53,
    -(2**53),
    12345678901234,
    0.1,
    1e15,
)
URLS = ("https://bank.example/loans", "https://x.example/{{state.NAME}}?a={{state.NAME}}")
OFFSETS = ("-P18Y", "P4M", "P1W", "P10D", "+P1D", "P0D", "P1Y2M", "PT5H", "P007D", "nonsense")
DURATIONS = ("P7D", "PT30M", "PT12H", "P1W", "P2M", "P1Y", "P1DT2H", "PT0.5H", "P007D", "", None)


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


class _Writer:
    """Writes one document; `names` are the fields that it has."""

    def __init__(self, random: Random, names: Sequence[str]) -> None:
        self.random, self.pool = random, names
        self.names: list[str] = []
        self.schemas: Json = {}

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def one(self, *makers: Callable[[], Any]) -> Any:
        return self.random.choice(makers)()

    def some[T](self, things: Sequence[T], least: int, most: int) -> list[T]:
        return self.random.sample(things, min(len(things), self.random.randint(least, most)))

    def text(self) -> str:
        odd, plain = self.random.choice(ODD_TEXTS).replace("NAME", self.name()), self.random.choice(WORDS)
        return odd if self.chance(0.3) else plain + odd if self.chance(0.15) else plain

    def words(self) -> str:
        text = self.text()
        return text if text.strip() else "Words" + text

    def name(self) -> str:
        """Return the name of a field, now and then of one that there is not."""
        if not self.names or self.chance(0.05):
            return self.random.choice(self.pool)
        return self.random.choice(self.names)

    def number(self) -> int | float:
        return self.random.choice(NUMBERS)

    def value(self) -> Any:
        return self.one(
            self.text,
            self.number,
            lambda: self.chance(0.5),
            lambda: [1, "a"],
            lambda: {"a": None},
            lambda: "2026-01-31",
        )

    def options(self, source: Json, /, **makers: tuple[float, Callable[[], Any]]) -> Json:
        """Add keys to a part, each with its chance."""
        for key, (chance, make) in makers.items():
            if self.chance(chance):
                source[key.removesuffix("_")] = make()
        return source

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

    def property(self) -> Json:
        schema: Json = self.one(
            self.text_schema, self.number_schema, self.choice_schema, self.boolean_schema, self.date_schema,
            self.several_schema, self.texts_schema, self.things_schema, self.derived_schema, self.locked_schema,
        )  # fmt: skip
        self.options(
            schema,
            title=(0.7, self.text),
            description=(0.4, self.text),
            default=(0.2, self.value),
            examples=(0.15, lambda: [self.text(), "AB-12"]),
            readOnly=(0.15, lambda: self.chance(0.7)),
            **{
                "$comment": (0.1, self.text),
                "x-unit": (0.2, self.text),
                "x-ask": (0.2, lambda: [self.words() for _ in range(self.random.randint(1, 3))]),
                "x-ask-first": (0.15, lambda: self.chance(0.7)),
                "x-depends-on": (0.2, lambda: list(dict.fromkeys(self.name() for _ in range(2)))),
                "x-on-change": (0.15, lambda: self.random.choice(("revalidate", "reset"))),
                "x-messages": (0.2, lambda: {self.random.choice(("*", "maximum", "pattern")): self.words()}),
                "x-sensitive": (0.15, lambda: self.random.choice(("mask", "never_llm"))),
                "x-own-address": (0.1, lambda: self.chance(0.7)),
                "x-when": (0.25, self.condition),
                "x-avatar": (0.1, lambda: {"any": [self.text()]}),
            },
        )
        return schema

    def text_schema(self) -> Json:
        schema: Json = {"type": "string"}
        self.options(
            schema,
            minLength=(0.3, lambda: self.random.choice((0, 1, 3))),
            maxLength=(0.3, lambda: self.random.choice((5, 5.0, 100))),
            pattern=(0.3, lambda: self.random.choice(("^[A-Z]{2}-[0-9]{2}$", "^a\\.b$", " x\n"))),
            format=(0.3, lambda: self.random.choice(("email", "uri", "time", "uuid"))),
            contentMediaType=(0.15, lambda: self.random.choice(("text/plain", "text/html"))),
        )
        if self.chance(0.15):
            schema |= {"pattern": "^[A-Z]{2}-[0-9]{2}$", "examples": ["AB-12", self.text()]}
        return schema

    def number_schema(self) -> Json:
        keywords = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
        kind = self.random.choice(("number", "integer"))
        return {"type": kind, **{key: self.number() for key in keywords if self.chance(0.3)}}

    def boolean_schema(self) -> Json:
        return self.options({"type": "boolean"}, const=(0.4, lambda: self.chance(0.7)))

    def date_schema(self) -> Json:
        return {"type": "string", "format": self.random.choice(("date", "date-time"))}

    def choice_schema(self) -> Json:
        kind = self.random.choice(("string", "integer", "number", "plain", "mixed"))
        values: list[Any] = self.some(
            (1, 2, 2.5, 0) if kind in ("integer", "number") else ("car", "home", *ODD_TEXTS), 1, 4
        )
        if kind == "mixed":
            values.append(self.random.choice((None, True, 3, [1], "car")))
        schema: Json = {} if kind in ("plain", "mixed") else {"type": kind}
        if self.chance(0.4):
            return {**schema, "enum": values}
        options = [
            self.options({"const": value}, title=(0.8, self.text), description=(0.02, self.text)) for value in values
        ]
        return {**schema, "oneOf": options}

    def several_schema(self) -> Json:
        return self.listed(self.choice_schema())

    def texts_schema(self) -> Json:
        return self.listed(self.text_schema())

    def listed(self, items: Any) -> Json:
        return self.options(
            {"type": "array", "items": items},
            minItems=(0.3, lambda: 1),
            maxItems=(0.3, lambda: 4),
            uniqueItems=(0.4, lambda: self.chance(0.7)),
        )

    def things_schema(self) -> Json:
        makers = (self.text_schema, self.number_schema, self.choice_schema, self.boolean_schema, self.date_schema)
        columns = {name: self.one(*makers) for name in self.some(("id", "staff", "time", "a b", "x/y"), 1, 4)}
        for column in columns.values():
            self.options(column, title=(0.6, self.text), **{"x-order": (0.3, lambda: self.random.randint(0, 3))})
        items: Json = {"type": "object", "properties": columns}
        self.options(items, required=(0.6, lambda: self.some(list(columns), 0, 4)), title=(0.1, self.text))
        return self.listed(items)

    def derived_schema(self) -> Json:
        if self.chance(0.4):
            source = self.options({"ref": self.name()}, value=(0.7, lambda: self.random.choice(("id", "time", "gone"))))
            if "value" in source:
                self.options(source, label=(0.6, lambda: self.random.choice(("staff", "a b"))))
            return {"type": self.random.choice(("string", "integer")), "x-choices": source}
        formula = self.one(
            lambda: {"sum": list(dict.fromkeys(self.name() for _ in range(self.random.randint(1, 3))))},
            lambda: {"sum": {"list": self.name(), "of": self.random.choice(("staff", "gone"))}},
            lambda: {"difference": [self.name(), self.name()]},
            lambda: {"count": self.name()},
            lambda: {"years_since": self.name()},
        )
        return {"type": self.random.choice(("number", "integer")), "x-computed": formula}

    def locked_schema(self) -> Json:
        return self.one(
            lambda: {"type": ["string", "null"], "maxLength": 3},
            lambda: {"$ref": "#/$defs/age"},
            lambda: {"type": "object", "properties": {"a": {"type": "object"}}, "required": ["a"]},
            lambda: {"anyOf": [{"type": "string"}, {"type": "number"}]},
            lambda: {"type": "array", "prefixItems": [{"type": "string"}]},
            lambda: {"type": "array", "items": {"type": "number"}},
            lambda: {"const": self.value()},
            dict,
        )

    def condition(self, depth: int = 2) -> Json:
        if depth == 0 or self.chance(0.5):
            return self.comparison()
        parts = [self.condition(depth - 1) for _ in range(self.random.randint(1, 3))]
        return self.one(
            lambda: {"all": parts}, lambda: {"any": parts}, lambda: {"not": parts[0]}, lambda: {"not": {"any": parts}}
        )

    def comparison(self) -> Json:
        op = self.random.choice(list(Operator))
        row: Json = {"field": self.name(), "op": str(op)}
        if op in PRESENCE:
            return row
        if op is Operator.ATTEMPTS:
            return {**row, "value": self.random.randint(1, 3)}
        if op in LIST_VALUED and self.chance(0.8):
            return {**row, "value": [self.constant(row) for _ in range(self.random.randint(0, 3))]}
        if self.chance(0.4):
            row["ref"] = self.name() if op in LIST_VALUED or self.chance(0.5) else TODAY
            return self.options(row, offset=(0.5, lambda: self.random.choice(OFFSETS)))
        return {**row, "value": self.constant(row)}

    def constant(self, row: Json) -> Any:
        """Return what a field is compared with: mostly something that it can have."""
        schema = self.schemas.get(row["field"], {"type": "string"})
        schema = schema.get("items", {}) if row["op"] in LIST_FIELDED else schema
        if self.chance(0.15):
            return self.value()
        if offered := schema.get("enum") or [option.get("const") for option in schema.get("oneOf", ())]:
            return self.random.choice(offered)
        match schema.get("type"):
            case "number" | "integer":
                return self.number()
            case "boolean":
                return self.chance(0.5)
            case _:
                return "2026-01-31" if "format" in schema else self.words()

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
            uses=(0.05, lambda: "address@3"),
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
