"""Changes that know what a call is made of, beside those of single bytes that the fuzzer makes itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from fuzzing import wire
from fuzzing.standing import IDS
from fuzzing.wire import Call

DIGITS = "٢٥", "２５", "25", "²5"
TEXTS = [
    *("", " ", "\0", "\x1b[2J", "\u2028", "\u202egpj.exe", "\u200b", "\ufeff", "\ufffe", "\u0130", "\u017f", "\u212a"),
    *(
        "e\u0301",
        "é",
        "ß",
        "\U0010ffff",
        "\udcff",
        "a" * 201,
        "é" * 256,
        "../a",
        "C:\\a",
        '"; x="',
        "\r\nX-Injected: 1",
    ),
    *(
        "%00",
        "%2e%2e%2f",
        "%252e",
        "%c0%af",
        "%ed%a0%80",
        "null",
        "-",
        "*",
        "__proto__",
        "{{7*7}}",
        "' OR 1=1--",
        *DIGITS,
    ),
    *("2026-02-30", "9999-12-31T23:59:59+00:00", "2026-03-12T24:00:00Z", "25lx", "000000000", "x-", "1" * 5000, "0Y"),
]
NUMBERS = [0, 1, -1, 78, 2**31, 2**53, 2**63, 2**64, 5 * 1024**3, 5 * 1024**3 + 1, 10**400, 1.0, 1e308, -0.0]
VALUES: list[Any] = [None, True, False, [], {}, [[]], {"": {}}, *TEXTS, *NUMBERS]
RAW = ["NaN", "-Infinity", "1e999", "01", '"\\ud83d"', '{"a":1,"a":2}', "[" * 40 + "]" * 40, "[" * 3000, "1" * 4301]
"""What no JSON writer would write."""

NAMES = [
    *("Content-Type", "content-type", "Content-Encoding", "Idempotency-Key", "If-Match", "If-None-Match", "If-Range"),
    *(
        "Accept",
        "Range",
        "Authorization",
        "Transfer-Encoding",
        "Content-Length",
        "Content-Type ",
        "X-HTTP-Method-Override",
    ),
]
SAYINGS = [
    *("application/json", "application/merge-patch+json", "multipart/form-data; boundary=x", "text/plain", "a/b;q=0"),
    *(
        "application/json; charset=utf-16",
        "multipart/form-data",
        'multipart/form-data; boundary="x"; boundary=y',
        "gzip",
    ),
    *(
        "application/jſon",
        "image/\u212a",
        "*/*",
        "*/*;q=0",
        "application/*;q=0.5, */*;q=0.1",
        "application/octet-stream",
    ),
    *(
        "bytes=0-0",
        "bytes=-1",
        "bytes=99-",
        "bytes=0-0,1-1",
        "byteſ=0-1",
        "bytes=0-" + "9" * 19,
        '"1-opgeslagen"',
        "W/*",
    ),
    *('"3-opgeslagen"', "Bearer x", "Basic Og==", "chunked", "0", ",", ";", "a" * 300, *TEXTS),
]
QUERIES = [
    *(
        "inhoud=false",
        "inhoud=true",
        "versie=1",
        "versie=2",
        "versie=-1",
        "versie=%D9%A1",
        "versie=99999999999999999999",
    ),
    *(
        "limit=1",
        "limit=0",
        "limit=%EF%BC%91",
        "cursor=Mg==",
        "cursor=Mw==",
        "cursor=MDI=",
        "cursor=%00",
        "bronorganisatie=25LX",
    ),
    *(
        "identificatie=versions",
        "identificatie=%ED%A0%80",
        "identificatie=%2500",
        "bronorganisatie=25L%E2%84%AA",
        "x=1",
        "=",
    ),
]


def mutate(data: bytes, largest: int, seed: int, bytewise: Callable[[bytes, int], bytes]) -> bytes:
    """Another call made of this one; `bytewise` changes single bytes. The same for the same seed."""
    random = Random(seed)
    if random.random() < 0.3:
        return bytewise(data, largest)
    call = wire.parse(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        call = random.choice(_CHANGES)(random, call)
    return call.to_bytes()[:largest]


def _method(random: Random, call: Call) -> Call:
    return replace(call, method=random.choice(wire.METHODS))


def _target(random: Random, call: Call) -> Call:
    path, _, query = call.target.partition("?")
    documents = [f"/documents/{document_id}" for document_id in IDS.values()]
    kind = random.randrange(8)
    if kind < 3:
        path = random.choice(["/documents", *documents, *(f"{path}/versies" for path in documents), "/", "/documents/"])
    elif kind == 3:
        path = random.choice(
            (path.upper(), path.replace("-", "%2D"), f"{path}%00", f"{path}/", path.replace("/", "//"))
        )
    else:
        query = "&".join(random.choices([*query.split("&"), *QUERIES], k=random.randrange(4)))
    return replace(call, target=f"{path}?{query}" if query else path)


def _header(random: Random, call: Call) -> Call:
    headers = list(call.headers)
    kind = random.randrange(4)
    if kind == 0 or not headers:
        headers.append((random.choice(NAMES), random.choice(SAYINGS)))
    elif kind == 1:
        headers.append(random.choice(headers))
    elif kind == 2:
        del headers[random.randrange(len(headers))]
    else:
        place = random.randrange(len(headers))
        name, value = headers[place]
        cut = random.randrange(len(value) + 1)
        said = random.choice(SAYINGS)
        headers[place] = (name, random.choice((said, value[:cut] + said + value[cut:], value.upper(), value[:cut])))
    return replace(call, headers=headers)


def _body(random: Random, call: Call) -> Call:
    start, end = call.body.find(b"{"), call.body.rfind(b"}") + 1
    try:
        value = json.loads(call.body[start:end])
    except ValueError:
        return replace(call, body=_spliced(random, call.body))
    if random.random() < 0.2:
        return replace(call, body=_spliced(random, call.body))
    text = json.dumps(_value(random, value), ensure_ascii=random.random() < 0.5)
    if random.random() < 0.1:
        text = text.replace(random.choice(('"x"', "1", "true", '"nld"')), random.choice(RAW), 1)
    return replace(call, body=call.body[:start] + text.encode("utf-8", "surrogatepass") + call.body[end:])


def _value(random: Random, value: Any) -> Any:
    """The value with one change somewhere in it."""
    if not isinstance(value, dict) or not value:
        return random.choice(VALUES)
    name = random.choice([*value])
    kind = random.randrange(8)
    if kind == 0:
        return {each: member for each, member in value.items() if each != name}
    if kind == 1:
        return value | {
            random.choice((name.upper(), f"{name}\u200b", "inhoud", "documentId", *TEXTS)): random.choice(VALUES)
        }
    if kind == 2:
        return {name: value, **value}
    return value | {name: _value(random, value[name])}


def _spliced(random: Random, body: bytes) -> bytes:
    """The body with a piece of it gone, doubled, or something else in its place."""
    first, last = sorted(random.randrange(len(body) + 1) for _ in range(2))
    last = min(last, first + random.choice((1, 8, 64, 4096)))
    pieces = (
        b"",
        body[first:last] * 2,
        b"\r\n",
        b"\n",
        b"\0",
        b"--",
        b"--x--\r\n",
        b'"',
        b"%22",
        b"\xef\xbb\xbf",
        b"\xff",
    )
    lines = (
        b"\r\n--b0undary\r\n",
        b'Content-Disposition: form-data; name="file"; filename="a"\r\n',
        b"Content-Type: a/b\r\n",
    )
    return body[:first] + random.choice((*pieces, *lines, b"Content-Transfer-Encoding: base64\r\n")) + body[last:]


_CHANGES = (_method, _target, _target, *[_header] * 4, *[_body] * 6)
