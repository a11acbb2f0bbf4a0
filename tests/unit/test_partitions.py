"""No key gets so hot that one partition of DynamoDB could not take it, also on the busiest exam day."""

import pytest

import partitions
import template

SPREADS = {spread.path: spread for spread in partitions.simulate(documents=40_000, schools=2)}


def test_every_key_of_the_table_and_of_its_indexes_is_simulated() -> None:
    definition = template.table_definition()
    keys = {index["KeySchema"][0]["AttributeName"] for index in definition["GlobalSecondaryIndexes"]}
    assert SPREADS.keys() == {definition["KeySchema"][0]["AttributeName"], *keys}


def test_documents_spread_evenly_and_each_has_a_key_of_its_own() -> None:
    assert SPREADS["documentId"].keys == 20_000
    assert SPREADS["documentId"].hottest == 1
    assert SPREADS["documentId"].fullest < 1.1


@pytest.mark.parametrize("path", SPREADS)
def test_the_hottest_key_stays_well_below_what_a_partition_takes(path: str) -> None:
    assert SPREADS[path].headroom >= 5


def test_the_hot_day_is_as_hot_as_announced() -> None:
    assert SPREADS["sitting"].hottest >= partitions.HOT_SITTING
    assert SPREADS["unfinishedSince"].hottest == 20_000 * partitions.HOT_SHARE
