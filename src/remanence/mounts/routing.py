"""Which mount something new goes to: rules that are checked when they are made, or the caller's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from remanence.errors import CubeReadOnly, InvalidInput
from remanence.model.kind import Kind, Trust
from remanence.mounts.opening import OpenMount
from remanence.reader.messages import ROLES
from remanence.verbs import arguments

ROUTES_MAX = 100
_ROLE_OF_TRUST = {Trust.USER: "user", Trust.AGENT: "assistant", Trust.TOOL: "tool"}


@dataclass(frozen=True, slots=True)
class Arriving:
    """Something that is about to be remembered: a message (of the kind utterance), or a statement."""

    text: str
    kind: Kind
    role: str | None  # whose word it is, as messages name it: "user", "assistant", "tool", ...
    domain: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """To which mount something goes that meets all the conditions given; at least one must be."""

    mount: str
    kind: Kind | str | None = None
    role: str | None = None
    domain: str | None = None
    tag: str | None = None

    def takes(self, arriving: Arriving) -> bool:
        """Whether all its conditions are met."""
        return (
            self.kind in (None, arriving.kind)
            and self.role in (None, arriving.role)
            and self.domain in (None, arriving.domain)
            and (self.tag is None or self.tag in arriving.tags)
        )


Chooser: TypeAlias = Callable[[Arriving], str | None]


def role_of(trust: Trust | str) -> str | None:
    """Whose word a statement is, as messages name it; None for a document's or an import's."""
    return _ROLE_OF_TRUST.get(Trust.parse(trust))


class Router:
    """Sends what arrives to a mount: by the first route that takes it, else to the default.

    Raises InvalidInput for a route to no mount, of no kind or role, without a condition, or behind one
    that takes all it would take; CubeReadOnly for one to a mount that is read-only.
    """

    def __init__(
        self, mounts: Mapping[str, OpenMount], routes: Iterable[Route] | Chooser, default: str | None
    ) -> None:
        self._mounts = mounts
        self._default = _default(mounts, default)
        self._choose = routes if callable(routes) else _by_table(_checked(routes, mounts))

    def mount_for(self, arriving: Arriving, mount: str | None = None) -> OpenMount:
        """Where it goes, `mount` if that is named; raises CubeReadOnly that names it, or InvalidInput."""
        name = mount if mount is not None else self._choose(arriving)
        if name is None:
            name = self._default
        if name is None:
            raise CubeReadOnly(f"all mounts are read-only ({', '.join(self._mounts)}): nothing was written")
        return _named(self._mounts, name, "the mount").for_writing()


def _default(mounts: Mapping[str, OpenMount], default: str | None) -> str | None:
    if default is None:
        return next((name for name, one in mounts.items() if not one.mount.read_only), None)
    return _named(mounts, default, "default").for_writing().name


def _named(mounts: Mapping[str, OpenMount], name: object, what: str) -> OpenMount:
    if not isinstance(name, str) or name not in mounts:
        raise InvalidInput(f"{what} {name!r} is not one of: {', '.join(mounts)}")
    return mounts[name]


def _by_table(routes: Sequence[Route]) -> Chooser:
    def choose(arriving: Arriving) -> str | None:
        return next((route.mount for route in routes if route.takes(arriving)), None)

    return choose


def _checked(routes: Iterable[Route], mounts: Mapping[str, OpenMount]) -> list[Route]:
    given = arguments.listed(routes, "routes")
    if len(given) > ROUTES_MAX:
        raise InvalidInput(f"{len(given)} routes are more than ROUTES_MAX = {ROUTES_MAX}")
    found: list[Route] = []
    for number, route in enumerate(given):
        if not isinstance(route, Route):
            raise InvalidInput(f"route {number} is a {type(route).__name__}; give remanence.Route(...)")
        _named(mounts, route.mount, f"route {number}: mount").for_writing()
        if route.role is not None:
            arguments.one_of(route.role, ROLES, f"route {number}: role")
        kind = None if route.kind is None else Kind.parse(route.kind)
        if (kind, route.role, route.domain, route.tag) == (None, None, None, None):
            raise InvalidInput(f"route {number} has no condition; name the mount as `default` instead")
        exact = Route(route.mount, kind, route.role, route.domain, route.tag)
        before = next((at for at, earlier in enumerate(found) if _covers(earlier, exact)), None)
        if before is not None:
            raise InvalidInput(
                f"route {number} is never reached: route {before} takes all that it would take"
            )
        found.append(exact)
    return found


def _covers(earlier: Route, later: Route) -> bool:
    pairs = ((earlier.kind, later.kind), (earlier.role, later.role), (earlier.domain, later.domain))
    return all(own in (None, other) for own, other in (*pairs, (earlier.tag, later.tag)))
