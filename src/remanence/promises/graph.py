"""The promises of a ledger as a graph: agents, promises between them, what waits for what. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from remanence.model.clipping import clipped
from remanence.model.ids import short
from remanence.model.item import Json
from remanence.model.promise import Ledger, Promise, PromiseKind, PromiseState

LABEL_CHARS_MAX = 60
COLOURS = {
    PromiseState.OPEN: "gray30",
    PromiseState.KEPT: "forestgreen",
    PromiseState.BROKEN: "firebrick",
    PromiseState.EXPIRED: "darkorange",
    PromiseState.WITHDRAWN: "gray70",
    PromiseState.SUPERSEDED: "gray70",
}


def graph_document(ledger: Ledger) -> dict[str, Json]:
    """Nodes are agents and promises; an edge says who promises, to whom, and what waits for what."""
    agents = dict.fromkeys(name for one in ledger for name in (one.promiser, *one.terms.promisees))
    return {
        "agents": list[Json](agents),
        "promises": [
            {
                "id": one.id,
                "promiser": one.promiser,
                "promisees": list[Json](one.terms.promisees),
                "kind": one.terms.kind.value,
                "body": one.terms.body,
                "state": one.state.value,
                "due": None if one.terms.due is None else one.terms.due.isoformat(),
            }
            for one in ledger
        ],
        "conditions": [
            {"promise": one.id, "on": condition.promise, "words": condition.words}
            for one in ledger
            for condition in one.terms.conditions
        ],
        "contradictions": [[one.id, other] for one in ledger for other in one.contradicts if one.id < other],
        "circles": [list[Json](circle) for circle in _circles(ledger)],
    }


def graph_dot(ledger: Ledger) -> str:
    """The same in the language of Graphviz: `remanence promises graph | dot -Tsvg`."""
    known = {one.id for one in ledger}
    agents = dict.fromkeys(name for one in ledger for name in (one.promiser, *one.terms.promisees))
    lines = [f"  {_quoted(f'agent {name}')} [label={_quoted(name)}, shape=ellipse];" for name in agents]
    for one in ledger:
        lines += _dot_lines(one)
        if one.replaced_by in known:
            lines.append(
                f'  {_quoted(one.id)} -> {_quoted(one.replaced_by or "")} [style=dashed, label="now"];'
            )
        for condition in one.terms.conditions:
            if condition.promise in known:
                lines.append(
                    f'  {_quoted(one.id)} -> {_quoted(condition.promise or "")} [style=dashed, label="if"];'
                )
        lines += [
            f'  {_quoted(one.id)} -> {_quoted(other)} [style=dotted, dir=none, color=firebrick, label="or"];'
            for other in one.contradicts
            if one.id < other
        ]
    return "\n".join(["digraph promises {", "  rankdir=LR;", '  node [fontname="sans-serif"];', *lines, "}"])


def _dot_lines(one: Promise) -> Iterator[str]:
    body = one.terms.body
    label = clipped(body, LABEL_CHARS_MAX)
    sign = "+" if one.terms.kind is PromiseKind.GIVE else "-"
    colour = COLOURS[one.state]
    text = f"{sign} {label}\n{short(one.id)}, {one.state}"
    yield f"  {_quoted(one.id)} [label={_quoted(text)}, shape=box, color={colour}];"
    yield f"  {_quoted(f'agent {one.promiser}')} -> {_quoted(one.id)} [color={colour}];"
    for name in one.terms.promisees:
        yield f"  {_quoted(one.id)} -> {_quoted(f'agent {name}')} [color={colour}];"


def _circles(ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """Each circle once, from its smallest id."""
    for one in ledger:
        if one.circle and one.id == min(one.circle):
            yield one.circle


def _quoted(text: str) -> str:
    """A string of the dot language; a line break becomes its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", "\\n")
    return f'"{escaped}"'
