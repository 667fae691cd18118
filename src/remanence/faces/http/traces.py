"""Traces of requests for OpenTelemetry: method, route, status, time and request id, and no text of any kind.

A path, a query or a header may hold what is remembered; none of them goes into a span.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING

from remanence.errors import ExtraMissing

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

SERVICE = "remanence"
PARENT_HEADERS = ("traceparent", "tracestate")  # W3C Trace Context


class Traces:
    """Begins a span for each request and ends it; without a tracer it does nothing."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer

    def begin(self, scope: MutableMapping[str, object]) -> Span | None:
        """The span of a request that came in, below the caller's where that sent its own along."""
        if self._tracer is None:
            return None
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        method = str(scope["method"])
        return self._tracer.start_span(method, context=extract(_parents(scope)), kind=SpanKind.SERVER)

    def end(self, span: Span | None, *, method: str, route: str, status: int, request_id: str) -> None:
        """Say what became of it, in words that no caller chose."""
        if span is None:
            return
        from opentelemetry.trace import Status, StatusCode

        span.update_name(f"{method} {route}")
        span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                "remanence.request_id": request_id,
            }
        )
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def exporting() -> Traces:
    """Traces that are sent to a collector, as the variables OTEL_... say; raises ExtraMissing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ExtraMissing("traces need OpenTelemetry: pip install 'remanence[otel]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider.get_tracer("remanence.server"))


def _parents(scope: Mapping[str, object]) -> dict[str, str]:
    headers = scope["headers"]
    assert isinstance(headers, list), "ASGI says so"
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    return {name: named[name] for name in PARENT_HEADERS if name in named}
