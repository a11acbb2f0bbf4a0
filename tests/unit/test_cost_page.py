"""The page of costs says what the scripts compute, and they compute it from all that is used."""

import pytest

import cost
import cost_page
from usage import USAGE


def test_the_committed_page_is_what_the_script_makes() -> None:
    assert cost_page.PAGE.read_text(encoding="utf-8") == cost_page.page()


def test_no_table_is_left_out() -> None:
    assert "{" not in cost_page.page()


def test_every_price_has_a_source() -> None:
    for entry in cost.settings()["prices"].values():
        assert entry["source"].startswith("https://aws.amazon.com/")


@pytest.mark.parametrize("operation", cost_page.OPERATIONS)
def test_a_call_costs_what_its_parts_cost(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part by itself: with a price of its own, and all others free."""
    usage = USAGE[operation]
    monkeypatch.setattr(cost, "price", lambda name: 2.0 if name == "write_unit" else 0.0)
    assert cost.dollars(operation)["DynamoDB"] == 2_000_000 * usage.write_units
    monkeypatch.setattr(cost, "price", lambda name: 2.0 if name == "read_unit" else 0.0)
    assert cost.dollars(operation)["DynamoDB"] == 2_000_000 * usage.read_units
    monkeypatch.setattr(cost, "price", lambda name: 2.0 if name == "lambda_arm64" else 0.0)
    at_most = 2 * cost.milliseconds(operation, 1024) * 1000 + 2 * 10**6 * cost.assumed("cold_share") * 10
    assert 2 * cost.milliseconds(operation, 1024) * 1000 < cost.dollars(operation)["Lambda"] < at_most


def test_more_memory_is_never_slower_and_a_whole_processor_is_the_most() -> None:
    times = [cost.milliseconds("store_4mib_multipart", memory) for memory in (512, 1024, 1769, 3008)]
    assert times == sorted(times, reverse=True)
    assert times[-1] == times[-2]


def test_arm_costs_less_than_x86() -> None:
    for operation in cost_page.OPERATIONS:
        assert cost.dollars(operation, 1024, "arm64")["Lambda"] < cost.dollars(operation, 1024, "x86_64")["Lambda"]
