"""docs/parameters.md: the template's parameters as a table, so that an operator need not read YAML.

python scripts/parameters_page.py
"""

from pathlib import Path
from typing import Any

import template

PAGE = Path(__file__).parents[1] / "docs/parameters.md"

_HEAD = """# Parameters

Made from `template.yaml` by `scripts/parameters_page.py`. Set them in `samconfig.toml` (`parameter_overrides`).

| parameter | what it decides | default | allowed |
| --- | --- | --- | --- |
"""


def _allowed(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if "MinValue" in parameter:
        return f"{parameter['MinValue']} to {parameter['MaxValue']}"
    pattern = parameter["AllowedPattern"].replace("|", "\\|")
    return f"`{pattern}`"


def _default(parameter: dict[str, Any]) -> str:
    default = parameter.get("Default")
    return "empty" if default == "" else "none" if default is None else f"`{default}`"


def page() -> str:
    """The page's text."""
    rows = (
        f"| `{name}` | {' '.join(parameter['Description'].split())} | {_default(parameter)} | {_allowed(parameter)} |"
        for name, parameter in template.load()["Parameters"].items()
    )
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
