"""Templates that nobody wrote: small valid documents in which any key may meet any other."""

from typing import Any

from hypothesis import strategies as st

from engine.tests.builders import document, info, row, rule, step

type Draw = st.DrawFn
type Json = dict[str, Any]

KINDS: dict[str, Json] = {
    "choice": {"enum": ["a", "b", "c"]},
    "integer": {"type": "integer", "minimum": 0, "maximum": 9},
    "number": {"type": "integer", "minimum": 0},
    "text": {"type": "string", "maxLength": 2},
    "date": {"type": "string", "format": "date"},
    "yes": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": 3},
}
DATES = ["2006-03-14", "2006-03-15", "2026-03-14", "2026-03-20", "2030-01-01"]
NUMBERS = ("integer", "number")


def chance(draw: Draw, of: int) -> bool:
    """Tell whether something is the case that is so once in so many times; the simplest example has nothing of it."""
    return bool(draw(st.integers(0, of - 1)) == of - 1)


@st.composite
def documents(draw: Draw) -> Json:
    """Return a document of two to six steps that validation finds no error in."""
    return _Author(draw).write()


class _Author:
    """Whoever writes such a document, step by step; `known` is what a condition may look at by now."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.properties: dict[str, Json] = {}
        self.kinds: dict[str, str] = {}
        self.known: list[str] = []
        self.required: list[str] = []
        self.fixed: set[str] = set()
        """Fields that no later step asks again: those of no step, and those from which others are computed."""

    def write(self) -> Json:
        for _ in range(self.draw(st.integers(0, 1))):
            self.fixed.add(self._field())
        steps = [self._step(index) for index in range(self.draw(st.integers(2, 6)))]
        if not self.properties:
            steps.append(step("last", self._field()))
        return document(
            *steps,
            properties=self.properties,
            required=self.required,
            root=self._root(),
            name="generated",
            confirmation="required" if chance(self.draw, 3) else "none",
        )

    def _step(self, index: int) -> Json:
        step_id = f"s{index}"
        more: Json = {"when": self._condition()} if self.known and chance(self.draw, 2) else {}
        if more and chance(self.draw, 4):
            return info(step_id, end={"outcome": f"ended_{step_id}"}, **more)
        fields = [self._field() for _ in range(self.draw(st.sampled_from([0, 1, 1, 2, 2, 3])))]
        again = [name for name in self._asked() if name not in fields and name not in self.fixed]
        if again and chance(self.draw, 6):
            fields.append(self.draw(st.sampled_from(again)))
        if chance(self.draw, 3):
            self._computed()
        if self.known and chance(self.draw, 3):
            more["rules"] = [self._rule()]
        return step(step_id, *fields, required=not chance(self.draw, 4), **more)

    def _field(self) -> str:
        """Add a field that is asked at this point."""
        name = f"f{len(self.properties)}"
        kind = self.draw(st.sampled_from(sorted(KINDS)))
        part = dict(KINDS[kind])
        lists = [other for other in self._asked() if self.kinds[other] == "list"]
        if kind == "text" and lists and chance(self.draw, 2):
            part = {"type": "string", "x-choices": {"ref": self.draw(st.sampled_from(lists))}}
        if kind == "list" and lists and chance(self.draw, 2):
            part = {**part, "items": {"type": "string"}, "x-choices": {"ref": self.draw(st.sampled_from(lists))}}
        if self.known and chance(self.draw, 5):
            part["x-when"] = self._condition()
        if (asked := self._asked()) and chance(self.draw, 3):
            part["x-depends-on"] = self.draw(st.lists(st.sampled_from(asked), min_size=1, max_size=2, unique=True))
            part["x-on-change"] = self.draw(st.sampled_from(["revalidate", "reset"]))
        if chance(self.draw, 8):
            part["x-ask-first"] = True
        is_given = chance(self.draw, 12)
        if is_given:
            part["readOnly"] = True
        elif not chance(self.draw, 4):
            self.required.append(name)
        self._add(name, kind, part)
        return name

    def _add(self, name: str, kind: str, part: Json) -> None:
        self.properties[name], self.kinds[name] = part, kind
        self.known.append(name)

    def _computed(self) -> None:
        """Add a field that follows from what is known by now, if anything can."""
        numbers = [name for name in self.known if self.kinds[name] in NUMBERS]
        formulas: list[Json] = [
            *({"count": name} for name in self.known if self.kinds[name] == "list"),
            *({"years_since": name} for name in self.known if self.kinds[name] == "date"),
            *([{"sum": numbers}, {"difference": [numbers[0], numbers[-1]]}] if numbers else ()),
        ]
        if formulas:
            formula = self.draw(st.sampled_from(formulas))
            self._add(f"f{len(self.properties)}", "number", {"type": "integer", "x-computed": formula})
            (inputs,) = formula.values()
            self.fixed.update([inputs] if isinstance(inputs, str) else inputs)

    def _asked(self) -> list[str]:
        return [name for name in self.known if "x-computed" not in self.properties[name]]

    def _rule(self) -> Json:
        numbers = [name for name in self.known if self.kinds[name] in NUMBERS]
        if len(numbers) > 1:
            return rule(row(numbers[0], "<=", ref=numbers[-1]))
        return rule(self._row())

    def _condition(self) -> Json:
        match self.draw(st.integers(0, 5)):
            case 3:
                return {"all": [self._row(), self._row()]}
            case 4:
                return {"any": [self._row(), self._row()]}
            case 5:
                return {"not": self._row()}
            case _:
                return self._row()

    def _row(self) -> Json:
        name = self.draw(st.sampled_from(self.known))
        rows = [row(name, "answered"), row(name, "empty"), *_ROWS[self.kinds[name]](name)]
        rows += [
            row(name, "<", ref=other) for other in self.known if {self.kinds[name], self.kinds[other]} <= {*NUMBERS}
        ]
        if name in self._asked() and chance(self.draw, 8):
            rows = [row(name, "attempts>=", 1)]
        return self.draw(st.sampled_from(rows))

    def _root(self) -> Json:
        """Return what the schema asks of the values together, if anything."""
        asked = self._asked()
        if len(asked) < 2 or not chance(self.draw, 4):
            return {}
        first, second = asked[0], asked[-1]
        return self.draw(
            st.sampled_from(
                [
                    {"minProperties": 2},
                    {"dependentRequired": {first: [second]}},
                    {"not": {"required": [first, second], "properties": {first: {"enum": ["a", 1, True]}}}},
                ]
            )
        )


_ROWS: dict[str, Any] = {
    "choice": lambda name: [row(name, "==", "a"), row(name, "!=", "b"), row(name, "in", ["a", "c"])],
    "integer": lambda name: [row(name, ">", 4), row(name, "==", 3), row(name, "not_in", [1, 2, 3])],
    "number": lambda name: [row(name, ">=", 5), row(name, "<", 2)],
    "text": lambda name: [row(name, "==", "a"), row(name, ">", "b")],
    "date": lambda name: [row(name, ">", ref="$today", offset="-P18Y"), row(name, "<=", "2026-03-17")],
    "yes": lambda name: [row(name, "==", True), row(name, "!=", True)],
    "list": lambda name: [row(name, "contains", "a"), row(name, "contains_all", ["a", "b"])],
}
