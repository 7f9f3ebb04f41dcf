"""The OpenAPI document, and what a fuzzer makes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.programs import Running, real_service

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
OPERATIONS = {
    "ask",
    "search",
    "search_by_get",
    "documents",
    "document",
    "section",
    "models",
    "model",
    "chat_completions",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service on this machine where nobody signs in."""
    with real_service(tmp_path_factory.mktemp("site"), asks_per_minute=1_000_000) as running:
        yield running


@pytest.fixture(scope="module")
def document(service: Running) -> dict[str, Any]:
    """Its OpenAPI document."""
    with service.client() as client:
        return dict(client.get("/api/openapi.json").json())


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    """Each says what it does, what it takes, and what it answers when something is wrong."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert {operation["operationId"] for operation in operations} == OPERATIONS
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert {"200", "401", "422", "429"} <= operation["responses"].keys()
        for status in ("401", "422"):
            body = operation["responses"][status]["content"]["application/json"]["schema"]
            assert body == {"$ref": "#/components/schemas/ErrorBody"}
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["components"]["schemas"]["Ask"]["examples"] == [{"question": "每年至少要培训多少学时？"}]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_fuzzer_finds_no_error_of_ours(
    service: Running, document: dict[str, Any], operation: str, mode: GenerationMode
) -> None:
    """Whatever the document allows, and much that it does not, is answered as it says or refused."""
    schema = schemathesis.openapi.from_dict(document)
    described = schema.find_operation_by_id(operation)
    statuses: set[int] = set()

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode))
    def fuzz(case: Any) -> None:  # noqa: ANN401 - the fuzzer's
        response = case.call(base_url=service.url, timeout=30)
        statuses.add(response.status_code)
        # What the server itself cannot read, such as an address of 100,000 characters, never gets here.
        came_here = "x-request-id" in response.headers
        case.validate_response(response, checks=CHECKS if came_here else [not_a_server_error])

    fuzz()
    assert statuses
