"""Every file in events/ in Lambda's runtime in a container, answered as the deployed stack answers it."""

from typing import Any

import pytest

import events
import same_answers
import template
from local_stack import STACK_NAME, LocalStack
from sam_cli import SamLocal, invoke
from sample_events import EXPECTED, FILES, function_of, in_order


def first_of_each_function() -> set[str]:
    """One event per function, for a container of its own; the others share warm ones."""
    return set({function_of(name): name for name in reversed(in_order())}.values())


def deployed_answer(stack: LocalStack, function: str, event: Any) -> Any:
    physical = stack.client("cloudformation").describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=function)
    return invoke(stack.client("lambda"), physical["StackResourceDetail"]["PhysicalResourceId"], event)


def test_every_function_is_run() -> None:
    assert {function_of(name) for name in FILES} == template.functions().keys()


@pytest.mark.parametrize("name", in_order())
def test_an_event_is_answered_in_a_container_as_by_the_deployed_stack(
    request: pytest.FixtureRequest, deployed: LocalStack, sam_local: SamLocal, name: str
) -> None:
    function, event = function_of(name), FILES[name]
    if name in first_of_each_function():
        answer = sam_local.invoke(function, events.FOLDER / f"{name}.json")
    else:
        answer = invoke(request.getfixturevalue("warm_functions"), function, event)
    if "httpMethod" not in event:
        assert answer == deployed_answer(deployed, function, event)
        return
    in_container = same_answers.of_function(answer)
    over_http = same_answers.over_http_as(event, deployed.api)
    assert in_container.comparable() == over_http.comparable()
    assert in_container.status == EXPECTED[name][0]
