"""docs/problems.md: every type of problem, what it means and what to do about it.

python scripts/problems_page.py
"""

import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers/dms"))

import problem_types  # noqa: E402 - after the path
from okd_dms.api import PROBLEMS  # noqa: E402

PAGE = ROOT / "docs/problems.md"

_HEAD = f"""# Problems

Made from `okd_dms.errors` and `template.yaml` by `scripts/problems_page.py`.

Every answer from 400 on is `application/problem+json` (RFC 9457). Its `type` is one of those below, behind
`{PROBLEMS}/`. Compare that: it is stable. `detail` says what to do in this very case, and
`instance` is the request id by which an operator finds the call in the log.

| status | type | title |
| --- | --- | --- |
"""


def _entries() -> dict[str, tuple[int, str, list[str]]]:
    """Status, title and paragraphs of every type, by slug."""
    entries: dict[str, tuple[int, str, list[str]]] = {}
    for kind in problem_types.classes():
        when = f"When: {inspect.cleandoc(kind.__doc__ or '')}"
        entries[kind.slug] = (kind.status, kind.title, [when, f"What to do: {kind.default_detail}"])
    for name, answer in problem_types.gateway().items():
        told = problem_types.body(answer)
        entry = entries.setdefault(problem_types.slug(answer), (answer.status, str(told["title"]), []))
        entry[2].append(f"From the gateway itself (`{name}`): {told['detail']}")
    return dict(sorted(entries.items(), key=lambda entry: (entry[1][0], entry[0])))


def page() -> str:
    """The page's text."""
    entries = _entries()
    rows = (f"| {status} | [`{slug}`](#{slug}) | {title} |" for slug, (status, title, _) in entries.items())
    sections = (
        "\n\n".join([f"## {slug}", f"{status} {title}.", *(" ".join(text.split()) for text in paragraphs)])
        for slug, (status, title, paragraphs) in entries.items()
    )
    return _HEAD + "\n".join(rows) + "\n\n" + "\n\n".join(sections) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
