"""The built functions in Lambda's own runtime, with their layer and nothing else, against the local stack."""

import base64
import copy
import json
import shutil
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import events
import local_build
import template
from aws_events import Call
from exam_papers import RESULT, Paper
from local_stack import LocalStack
from messages import pdf
from okd_dms.carriers import MAX_FILE_BYTES
from runtime_emulator import MAX_PAYLOAD_BYTES, FunctionFailed, RuntimeEmulator
from sample_events import EXPECTED, FILES, function_of, in_order

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Lambda's runtime and its emulator are for Linux")

LAYER = "DmsLayer"

PROBE = """
import json, os, pathlib, time

def handler(event, context):
    time.sleep(event.get("sleep", 0))
    return "x" * event.get("answer", 0)
"""
"""A function that does as it is told, to see what the runtime does about it."""

type Run = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sam build` makes for this machine."""
    return local_build.build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def names(stack: LocalStack) -> dict[str, str]:
    """A table and a bucket of our own on the stack: what other tests keep in its own does not show."""
    name = f"emulated-{uuid.uuid4()}"
    stack.client("dynamodb").create_table(TableName=name, **template.table_definition())
    where = {"LocationConstraint": local_build.REGION}
    stack.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return {"Table": name, "Bucket": name}


def emulated(built: Path, function: str, names: dict[str, str], endpoint: str, **how: Any) -> RuntimeEmulator:
    """A function as the template has it, with its variables, its timeout and its memory."""
    properties = template.load()["Globals"]["Function"] | template.functions()[function]
    variables = template.environment(function, **names, AuthMode="none", AwsEndpointUrl=endpoint)
    limits = {"timeout": properties["Timeout"], "memory": properties["MemorySize"]}
    return RuntimeEmulator(built / function, **{"layer": built / LAYER, "variables": variables, **limits, **how})


@pytest.fixture(scope="module")
def run(stack: LocalStack, built: Path, names: dict[str, str]) -> Iterator[Run]:
    """Hands an event to a function, which stays warm between calls."""
    warm: dict[str, RuntimeEmulator] = {}
    with ExitStack() as cleanup:

        def invoke(function: str, event: Any) -> Any:
            if function not in warm:
                warm[function] = cleanup.enter_context(emulated(built, function, names, stack.endpoint))
            return warm[function].invoke(event)

        yield invoke


@pytest.fixture
def probe(tmp_path: Path) -> Callable[..., RuntimeEmulator]:
    """A function with this code, without a layer."""

    def make(code: str = PROBE, **how: Any) -> RuntimeEmulator:
        (tmp_path / "app.py").write_text(code)
        return RuntimeEmulator(tmp_path, **how)

    return make


def delivery(content: bytes) -> Any:
    """The event that hands over this content, as multipart/form-data."""
    message = copy.deepcopy(RESULT.message)
    del message["document"]["identificatie"]
    return events.store_multipart(events.multipart(Paper(message, content))).event()


def reading(document_id: str) -> Any:
    return Call("GET", events.DOCUMENT, path_parameters={"documentId": document_id}).event()


def test_every_function_has_an_event_of_its_own() -> None:
    assert {function_of(name) for name in FILES} == template.functions().keys()


@pytest.mark.parametrize("name", in_order())
def test_an_event_is_answered_with_nothing_but_the_layer(run: Run, name: str) -> None:
    status, before = EXPECTED.get(name, (None, None))
    if before:
        run(function_of(before), FILES[before])
    answer = run(function_of(name), FILES[name])
    assert (answer and answer["statusCode"]) == status


def test_a_dependency_that_the_layer_lacks_shows(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / LAYER, tmp_path / LAYER)
    (tmp_path / LAYER / "python/multipart.py").unlink()
    with (
        RuntimeEmulator(built / "StoreDocumentFunction", tmp_path / LAYER) as function,
        pytest.raises(FunctionFailed, match="No module named 'multipart'") as failed,
    ):
        function.invoke(FILES["store_document-faulty"])
    assert failed.value.kind == "Runtime.ImportModuleError"


@pytest.mark.parametrize("package", ["aws_lambda_powertools", "okd_dms", "pydantic", "samcli"])
def test_the_runtime_has_nothing_of_this_machine(probe: Callable[..., RuntimeEmulator], package: str) -> None:
    with probe(f"import {package}") as function, pytest.raises(FunctionFailed, match=f"No module named '{package}'"):
        function.invoke({})


def test_the_largest_document_fits_in_the_event_and_in_the_answer(run: Run) -> None:
    content = pdf(MAX_FILE_BYTES)
    stored = run("StoreDocumentFunction", delivery(content))
    assert stored["statusCode"] == 200
    answer = run("GetDocumentFunction", reading(json.loads(stored["body"])["documentId"]))
    assert answer["statusCode"] == 200
    assert base64.b64decode(json.loads(answer["body"])["inhoud"]) == content


def test_an_event_beyond_6_mib_does_not_reach_the_function(stack: LocalStack, run: Run, names: dict[str, str]) -> None:
    def stored() -> int:
        return int(stack.client("dynamodb").scan(TableName=names["Table"], Select="COUNT")["Count"])

    before = stored()
    with pytest.raises(FunctionFailed, match=r"Runtime\.UnmarshalError"):
        run("StoreDocumentFunction", delivery(bytes(MAX_PAYLOAD_BYTES * 3 // 4)))
    assert stored() == before


def test_an_answer_of_6_mib_passes_and_a_longer_one_does_not(probe: Callable[..., RuntimeEmulator]) -> None:
    most = MAX_PAYLOAD_BYTES - len('""')
    with probe(timeout=30) as function:
        assert len(function.invoke({"answer": most})) == most
        with pytest.raises(FunctionFailed, match=r"Function\.ResponseSizeTooLarge"):
            function.invoke({"answer": most + 1})
        assert function.invoke({"answer": 1}) == "x"


def test_a_function_that_takes_too_long_is_stopped_and_the_next_call_answered(
    probe: Callable[..., RuntimeEmulator],
) -> None:
    with probe(timeout=2) as function:
        with pytest.raises(FunctionFailed, match="Task timed out after 2"):
            function.invoke({"sleep": 600})
        assert function.invoke({"answer": 1}) == "x"


def test_a_crash_in_init_is_reported_and_the_next_call_starts_anew(
    probe: Callable[..., RuntimeEmulator], tmp_path: Path
) -> None:
    crash = f"""
import os, pathlib
if not pathlib.Path({str(tmp_path / "crashed")!r}).exists():
    pathlib.Path({str(tmp_path / "crashed")!r}).touch()
    os._exit(1)
"""
    with probe(crash + PROBE) as function:
        with pytest.raises(FunctionFailed, match=r"Runtime\.ExitError"):
            function.invoke({})
        assert function.invoke({"answer": 1}) == "x"


def test_an_exception_in_init_is_reported_with_its_kind(probe: Callable[..., RuntimeEmulator]) -> None:
    with probe("raise KeyError('TABLE_NAME')") as function, pytest.raises(FunctionFailed) as failed:
        function.invoke({})
    assert failed.value.kind == "KeyError"


@pytest.fixture
def silent_aws() -> Iterator[str]:
    """An endpoint that takes every connection and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in taken:
        connection.close()


def test_a_store_that_hangs_is_answered_before_the_function_times_out(
    built: Path, names: dict[str, str], silent_aws: str
) -> None:
    with emulated(built, "GetDocumentFunction", names, silent_aws) as function:
        answer = function.invoke(reading(str(uuid.uuid4())))
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "5"
