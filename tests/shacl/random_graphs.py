"""Random small shapes graphs and data graphs with all Core components, path kinds and target kinds."""

from __future__ import annotations

from random import Random

import pyoxigraph as ox

EX = "http://example.org/"
SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
TYPE = ox.NamedNode(f"{RDF}type")


def ex(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)


def typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


def number(value: int) -> ox.Literal:
    return typed(str(value), "integer")


PREDICATES = [ex(f"p{n}") for n in range(4)]
CLASSES = [ex(f"C{n}") for n in range(3)]
NODES = [*(ex(f"n{n}") for n in range(5)), ox.BlankNode("x0"), ox.BlankNode("x1")]
LITERALS = [
    *(number(n) for n in (0, 1, 5)),
    *(typed(text, "decimal") for text in ("1.0", "1.50", "01")),
    *(typed(text, "date") for text in ("2020-01-01", "2021-02-28", "2021-02-30", "2020-01-01Z")),
    *(typed(text, "dateTime") for text in ("2020-01-01T00:00:00", "2020-01-01T00:00:00Z")),
    *(typed(text, "boolean") for text in ("true", "1", "yes")),
    *(typed(text, "double") for text in ("1", "1e0", "NaN", "INF")),
    typed("x", "integer"),
    typed("-5", "nonNegativeInteger"),
    typed("7", "positiveInteger"),
    typed("2020", "gYear"),
    ox.Literal("a", datatype=ex("own")),
    *(ox.Literal(text) for text in ("", "a", "ab", "Ab\nc", "01", "http://example.org/n0")),
    *(ox.Literal("a", language=tag) for tag in ("en", "en-gb", "fr")),
    *(ox.Literal(text, language="en") for text in ("b", "abc")),
]
TERMS = [*NODES, *NODES, *LITERALS]
DATATYPES = [
    *(
        ox.NamedNode(XSD + name)
        for name in ["integer", "decimal", "date", "dateTime", "boolean", "double", "string", "gYear"]
    ),
    ox.NamedNode(XSD + "nonNegativeInteger"),
    ox.NamedNode(f"{RDF}langString"),
    ex("own"),
]
KINDS = [
    sh(n) for n in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
]
PATTERNS = ["^a", "b", "^http", "[0-9]", "^$", "A", "^c"]


QUERIES = [
    "SELECT $this WHERE {{ $this <{p}> ?value }}",
    "SELECT $this ?value WHERE {{ $this <{p}> ?value . ?other <{q}> ?value . FILTER(?other != $this) }}",
    "SELECT $this WHERE {{ $this <{p}> ?b . OPTIONAL {{ $this <{q}> ?c }} FILTER(!BOUND(?c) || ?b < ?c) }}",
    "SELECT $this WHERE {{ $this <{p}> ?b . FILTER NOT EXISTS {{ ?b <{q}> ?c }} }}",
    "SELECT $this WHERE {{ $this <{p}> ?b . FILTER NOT EXISTS {{ ?b <{q}> $this }} FILTER(isIRI(?b)) }}",
    "SELECT DISTINCT $this ?value WHERE {{ ?value <{p}> $this OPTIONAL {{ ?value <{q}> 1 . $this a ?t }} }}",
    "SELECT $this WHERE {{ $this <{p}> ?b OPTIONAL {{ $this <{q}> ?c FILTER(?b = ?c) }} FILTER(BOUND(?c)) }}",
    "SELECT $this WHERE {{ FILTER(isBlank($this)) }}",
    "SELECT $this WHERE {{ $this <{p}> ?b . FILTER(?b >= 1 && ?b <= 5) }}",
    "SELECT $this WHERE {{ $this <{p}> ?b . FILTER EXISTS {{ ?x <{q}> ?b . ?x <{p}> 1 }} }}",
    "SELECT $this WHERE {{ {{ $this <{p}> 1 }} UNION {{ $this <{q}> ?b }} }}",
    "SELECT $this (COUNT(?b) AS ?value) WHERE {{ $this <{p}> ?b }} GROUP BY $this HAVING (COUNT(?b) > 1)",
    "SELECT $this WHERE {{ $this <{p}>/<{q}> ?b }}",
    "SELECT $this WHERE {{ $this ?any ?b . FILTER(?any = <{p}>) }}",
]


def data(rnd: Random) -> list[ox.Quad]:
    """Draw a data graph."""
    found = []
    for _ in range(rnd.randint(1, 24)):
        found.append(ox.Quad(rnd.choice(NODES), rnd.choice(PREDICATES), rnd.choice(TERMS)))
    for _ in range(rnd.randint(0, 6)):
        found.append(ox.Quad(rnd.choice(NODES), TYPE, rnd.choice(CLASSES)))
    for _ in range(rnd.randint(0, 2)):
        found.append(ox.Quad(rnd.choice(CLASSES), ox.NamedNode(f"{RDFS}subClassOf"), rnd.choice(CLASSES)))
    return found


class Shapes:
    """A random shapes graph."""

    def __init__(self, rnd: Random) -> None:
        self.rnd = rnd
        self.quads: list[ox.Quad] = []
        self._blanks = 0
        count = rnd.randint(1, 6)
        self.keys = [ex(f"S{n}") if rnd.random() < 0.7 else ox.BlankNode(f"x{n}") for n in range(count)]
        self.keys.append(ex("C0") if rnd.random() < 0.2 else ex("S9"))
        self.has_path = [rnd.random() < 0.5 for _ in self.keys]
        for place in range(len(self.keys)):
            self._shape(place)

    def add(self, subject: ox.NamedNode | ox.BlankNode, name: str, value: object) -> None:
        """Add a triple with a SHACL property."""
        self.quads.append(ox.Quad(subject, sh(name), value))

    def blank(self) -> ox.BlankNode:
        """Return a new blank node."""
        self._blanks += 1
        return ox.BlankNode(f"l{self._blanks}")

    def listed(self, members: list) -> ox.NamedNode | ox.BlankNode:
        """Add a list."""
        head: ox.NamedNode | ox.BlankNode = ox.NamedNode(f"{RDF}nil")
        for one in reversed(members):
            cell = self.blank()
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}first"), one))
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}rest"), head))
            head = cell
        return head

    def path(self, depth: int = 0) -> ox.NamedNode | ox.BlankNode:
        """Add a path."""
        rnd = self.rnd
        kind = rnd.randint(0, 9) if depth < 3 else 0
        if kind < 4:
            return rnd.choice(PREDICATES)
        if kind == 4:
            return self.listed([self.path(depth + 1) for _ in range(rnd.randint(2, 4))])
        node = self.blank()
        if kind == 5:
            self.add(node, "alternativePath", self.listed([self.path(depth + 1) for _ in range(2)]))
        else:
            name = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")[kind - 6]
            self.add(node, name, self.path(depth + 1))
        return node

    def _shape(self, place: int) -> None:
        rnd, key, path = self.rnd, self.keys[place], self.has_path[place]
        if path:
            self.add(key, "path", self.path())
        if rnd.random() < 0.5:
            self.quads.append(ox.Quad(key, TYPE, sh("PropertyShape" if path else "NodeShape")))
        if rnd.random() < 0.2 and isinstance(key, ox.NamedNode):  # SHACL §2.1.3.3
            self.quads.append(ox.Quad(key, TYPE, ox.NamedNode(f"{RDFS}Class")))
        if place == 0 or rnd.random() < 0.3:
            for _ in range(rnd.randint(1, 2)):
                self._target(key)
        if rnd.random() < 0.05:
            self.add(key, "deactivated", typed(rnd.choice(["true", "false"]), "boolean"))
        if rnd.random() < 0.2:
            self.add(key, "severity", sh(rnd.choice(["Warning", "Info"])))
        for _ in range(rnd.randint(1, 4)):
            self._constraint(place)

    def _target(self, key: ox.NamedNode | ox.BlankNode) -> None:
        rnd = self.rnd
        name = rnd.choice(["targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"])
        targets = [term for term in TERMS if not isinstance(term, ox.BlankNode)]  # SHACL §2.1.3.1
        pool = {"targetNode": targets, "targetClass": CLASSES}.get(name, PREDICATES)
        self.add(key, name, rnd.choice(pool))

    def _other(self, place: int, *, path: bool | None = None) -> ox.NamedNode | ox.BlankNode | None:
        rnd = self.rnd
        first = 0 if rnd.random() < 0.03 else place + 1
        pool = [
            one
            for one, has in list(zip(self.keys, self.has_path, strict=True))[first:]
            if path is None or has == path
        ]
        return rnd.choice(pool) if pool else None

    def _constraint(self, place: int) -> None:  # noqa: PLR0912
        rnd, key, path = self.rnd, self.keys[place], self.has_path[place]
        name = rnd.choice(NAMES)
        for_paths = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualified")
        if name in for_paths and not path and rnd.random() < 0.97:
            return
        if name in ("minCount", "maxCount", "minLength", "maxLength"):
            self.add(key, name, number(rnd.randint(int(name == "minLength"), 3)))
        elif name.startswith(("minIn", "minEx", "maxIn", "maxEx")):
            self.add(key, name, rnd.choice(LITERALS))
        elif name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            self.add(key, name, rnd.choice(PREDICATES))
        elif name in ("and", "or", "xone"):
            members = [one for _ in range(rnd.randint(1, 3)) if (one := self._other(place))]
            if members:
                self.add(key, name, self.listed(members))
        elif name in ("not", "node", "property"):
            other = self._other(place, path={"node": False, "property": True}.get(name))
            if other:
                self.add(key, name, other)
        elif name == "qualified":
            self._qualified(place)
        elif name == "closed":
            self.add(key, "closed", typed("true", "boolean"))
            if rnd.random() < 0.5:
                self.add(key, "ignoredProperties", self.listed([TYPE, rnd.choice(PREDICATES)]))
        elif name == "pattern":
            self.add(key, "pattern", ox.Literal(rnd.choice(PATTERNS)))
            if rnd.random() < 0.3:
                self.add(key, "flags", ox.Literal(rnd.choice(["i", "m", "im"])))
        elif name == "languageIn":
            self.add(key, name, self.listed([ox.Literal(rnd.choice(["en", "EN-GB", "fr", "*"]))]))
        elif name == "in":
            self.add(key, name, self.listed(rnd.sample(TERMS, 4)))
        elif name == "sparql":
            constraint = self.blank()
            text = rnd.choice(QUERIES).format(p=rnd.choice(PREDICATES).value, q=rnd.choice(PREDICATES).value)
            self.add(key, name, constraint)
            self.add(constraint, "select", ox.Literal(text))
        else:
            pool = {"class": CLASSES, "datatype": DATATYPES, "nodeKind": KINDS, "hasValue": TERMS}
            self.add(key, name, rnd.choice(pool.get(name, [typed("true", "boolean")])))

    def _qualified(self, place: int) -> None:
        rnd, key = self.rnd, self.keys[place]
        other = self._other(place)
        if other:
            self.add(key, "qualifiedValueShape", other)
            self.add(key, rnd.choice(["qualifiedMinCount", "qualifiedMaxCount"]), number(rnd.randint(0, 2)))
            if rnd.random() < 0.5:
                self.add(key, "qualifiedValueShapesDisjoint", typed("true", "boolean"))


NAMES = [
    *("class", "datatype", "nodeKind", "minCount", "maxCount", "minInclusive", "minExclusive"),
    *("maxInclusive", "maxExclusive", "minLength", "maxLength", "pattern", "languageIn", "uniqueLang"),
    *("equals", "disjoint", "lessThan", "lessThanOrEquals", "not", "and", "or", "xone", "node"),
    *("property", "property", "property", "qualified", "qualified", "closed", "hasValue", "in"),
    *("sparql", "sparql"),
]
