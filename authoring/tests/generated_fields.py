"""Properties and conditions that nobody wrote, with texts, names and numbers that are easily lost."""

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


class FieldWriter:
    """Writes fields; `names` are those that there are, `schemas` those that are written."""

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
        schema: Json = self.one(
            lambda: {"type": ["string", "null"], "maxLength": 3},
            lambda: {"$ref": "#/$defs/age"},
            lambda: {"type": "object", "properties": {"a": {"type": "object"}}, "required": ["a"]},
            lambda: {"anyOf": [{"type": "string"}, {"type": "number"}]},
            lambda: {"type": "array", "prefixItems": [{"type": "string"}]},
            lambda: {"type": "array", "items": {"type": "number"}},
            lambda: {"const": self.value()},
            dict,
        )
        return schema

    def condition(self, depth: int = 2) -> Json:
        if depth == 0 or self.chance(0.5):
            return self.comparison()
        parts = [self.condition(depth - 1) for _ in range(self.random.randint(1, 3))]
        joined: tuple[Json, ...] = ({"all": parts}, {"any": parts}, {"not": parts[0]}, {"not": {"any": parts}})
        return self.random.choice(joined)

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
