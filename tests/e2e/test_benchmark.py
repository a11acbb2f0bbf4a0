"""The benchmark's peers, built and run as Lambda runs them: they do what the documents' store does."""

import sys
from collections.abc import Iterator

import pytest

import variants
from answers import WrongAnswer, rehearse
from operations import OPERATIONS
from rounds import Benchmark, Contestants
from stubbed_aws import StubbedAws

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Lambda's runtime is for Linux")


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    with StubbedAws() as aws:
        yield aws


def test_every_peer_answers_as_the_store_does_and_calls_aws_as_often(aws: StubbedAws) -> None:
    """The rehearsal raises WrongAnswer else, and so does every round; a round of one measures nothing worth keeping."""
    everybody = [variants.okd_dms(), variants.floor(), variants.typical(), variants.fastapi()]
    benchmark = Benchmark(aws, list(OPERATIONS), Contestants(everybody))
    assert list(benchmark.rehearse()) == [variant.name for variant in everybody]
    assert len(list(benchmark.turns(1))) == benchmark.count_turns(1)
    for operation in OPERATIONS:
        assert {len(benchmark.calls[operation.name, variant.name]) for variant in everybody} == {operation.calls}


def test_a_peer_that_loses_a_byte_is_not_timed(aws: StubbedAws, tmp_path_factory: pytest.TempPathFactory) -> None:
    honest = variants.floor()
    code = (honest.built / "StoreDocumentFunction/app.py").read_text()
    built = tmp_path_factory.mktemp("built")
    for function in (variants.STORE, variants.GET, variants.UPDATE, variants.COMPLETE):
        (built / function).mkdir()
        (built / function / "app.py").write_text(code.replace('["Body"].read()', '["Body"].read()[:-1]'))
    forger = variants.Variant("forger", built, None, honest.functions, honest.handlers)
    with pytest.raises(WrongAnswer, match="bit for bit"):
        rehearse(forger, aws)
