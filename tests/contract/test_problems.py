"""Problem types: one meaning each, wherever they come from, and all of them documented."""

import pytest

import contract_check
import problem_types
import problems_page
from okd_dms.errors import DmsError, UploadUnfit

KINDS = {kind.slug: kind for kind in problem_types.classes()}


def test_the_committed_page_is_what_the_code_makes() -> None:
    assert problems_page.PAGE.read_text(encoding="utf-8") == problems_page.page()


def test_every_kind_of_error_is_a_type_of_its_own() -> None:
    assert len(KINDS) == len([*problem_types.classes()])


@pytest.mark.parametrize("name", [*problem_types.gateway()])
def test_the_gateway_means_by_a_type_what_the_code_means_by_it(name: str) -> None:
    answer = problem_types.gateway()[name]
    told = problem_types.body(answer)
    kind = KINDS.get(problem_types.slug(answer))
    assert told["status"] == answer.status
    assert kind is None or (told["status"], told["title"]) == (kind.status, kind.title)


@pytest.mark.parametrize("kind", [kind for kind in problem_types.classes() if kind is not UploadUnfit])
def test_every_problem_that_a_caller_can_meet_is_documented(kind: type[DmsError]) -> None:
    responses = contract_check.description()["components"]["responses"].values()
    assert any(
        kind.slug in content["examples"] for response in responses for content in response.get("content", {}).values()
    )
