"""What the server counts, as Prometheus reads it: requests by route and status, never by cube or text.

Several processes count together, in files of a folder that a variable names, as the library has it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

TOGETHER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counters of one server."""

    def __init__(self, open_cubes: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("remanence_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "remanence_request_seconds",
            "Time to the end of the answer.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._running = Gauge(
            "remanence_requests_in_progress",
            "Requests not yet answered.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.streams = Gauge(
            "remanence_event_streams",
            "Open streams of events.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._cubes = Gauge(
            "remanence_open_cubes",
            "Cubes held open.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._open_cubes = open_cubes
        self._of_routes: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}  # few: no text of callers

    def begin(self) -> None:
        """A request came in."""
        self._running.inc()

    def end(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """It was answered."""
        self._running.dec()
        found = self._of_routes.get((method, route, status))
        if found is None:
            found = (self._requests.labels(method, route, str(status)), self._seconds.labels(route))
            self._of_routes[method, route, status] = found
        found[0].inc()
        found[1].observe(seconds)
        self._cubes.set(self._open_cubes())

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        if TOGETHER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library's, without hints
        return generate_latest(together)
