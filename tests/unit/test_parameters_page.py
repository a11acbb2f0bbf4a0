"""The table of parameters in the docs."""

import parameters_page


def test_the_committed_table_of_parameters_is_that_of_the_template() -> None:
    assert parameters_page.PAGE.read_text(encoding="utf-8") == parameters_page.page()
