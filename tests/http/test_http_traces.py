"""Spans of requests: one each, under the route's name, and nothing in them that a caller chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from remanence.faces.http.app import make_app, open_house
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.traces import Traces, exporting

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(tmp_path: Path, spans: InMemorySpanExporter) -> Iterator[TestClient]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    house = open_house(ServerConfig(data=tmp_path / "data", embedder="none"))
    house.traces = Traces(provider.get_tracer("test"))
    with TestClient(make_app(house), base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


def test_each_request_is_one_span_without_a_word_of_its_caller(
    client: TestClient, spans: InMemorySpanExporter
) -> None:
    secret = "Xanthippe"
    cube = "/v1/cubes/cellar"
    client.put(cube, json={"owner": secret})
    client.post(f"{cube}/items", json={"text": f"{secret} likes wine"}, headers={"traceparent": PARENT})
    client.get(f"{cube}/timeline", params={"subject": secret})
    client.get(f"{cube}/units/{secret}")
    client.get(f"/{secret}?{secret}", headers={"x-note": secret})
    found = spans.get_finished_spans()
    assert [one.name for one in found] == [
        "PUT /v1/cubes/{cube}",
        "POST /v1/cubes/{cube}/items",
        "GET /v1/cubes/{cube}/timeline",
        "GET /v1/cubes/{cube}/units/{unit}",
        "GET (none)",
    ]
    assert [one.attributes["http.response.status_code"] for one in found if one.attributes] == [
        201, 201, 200, 200, 404,
    ]  # fmt: skip
    told = " ".join(one.to_json() for one in found).lower()
    assert secret.lower() not in told
    assert "cellar" not in told
    assert found[1].parent is not None
    assert f"{found[1].parent.trace_id:032x}" == PARENT.split("-")[1]
    assert found[0].parent is None


def test_without_traces_nothing_is_begun(tmp_path: Path) -> None:
    config = ServerConfig(data=tmp_path / "data", embedder="none")
    assert not config.traces
    assert replace(config, traces=True).traces
    assert Traces().begin({"method": "GET", "headers": []}) is None


def test_traces_are_sent_where_the_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    span = exporting().begin({"method": "GET", "headers": []})
    assert span is not None
    Traces().end(span, method="GET", route="/", status=200, request_id="1")
