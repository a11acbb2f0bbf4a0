"""curl where there is none: as much of it as the demo's lines use, with the same answers.

python scripts/curl_stand_in.py [curl's options] URL
"""

import argparse
import mimetypes
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="curl")
    options.add_argument("url")
    options.add_argument("-s", action="store_true", help="no progress")
    options.add_argument("-i", action="store_true", help="print the headers of the answer as well")
    options.add_argument("-D", help="where to print them: - is the terminal")
    options.add_argument("-L", action="store_true", help="follow redirects")
    options.add_argument("-H", action="append", default=[], help="a header to send")
    options.add_argument("-F", action="append", default=[], help="a part of a form, name=@file")
    options.add_argument("-d", action="append", default=[], help="what to POST, @file or as it is; more than one by &")
    options.add_argument("-u", help="name:password")
    options.add_argument("-T", help="a file to PUT")
    options.add_argument("-X", help="another method than that")
    options.add_argument("-o", help="a file for the body of the answer")
    options.add_argument("-#", dest="progress", action="store_true", help="a progress bar")
    return options.parse_args()


def _chunks(path: Path, *, progress: bool) -> Iterator[bytes]:
    size, sent = path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(1024**2):
            yield chunk
            sent += len(chunk)
            if progress:
                print(f"\r{'#' * (sent * 72 // size):72} {sent / size:6.1%}", end="", file=sys.stderr)
    if progress:
        print(file=sys.stderr)


def _print_head(answer: httpx.Response) -> None:
    print(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}", end="\r\n")
    for name, value in answer.headers.items():
        print(f"{name}: {value}", end="\r\n")
    print(end="\r\n", flush=True)


def main() -> None:
    asked = _options()
    headers = dict(header.split(": ", 1) for header in asked.H)
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(timeout=60, trust_env=False, follow_redirects=asked.L))
        if asked.F:
            parts = [(name, Path(value.removeprefix("@"))) for name, value in (part.split("=", 1) for part in asked.F)]
            files = [
                (name, (path.name, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"))
                for name, path in parts
            ]
            request = client.build_request(asked.X or "POST", asked.url, headers=headers, files=files)
        elif asked.d:
            content = b"&".join(Path(d[1:]).read_bytes() if d.startswith("@") else d.encode() for d in asked.d)
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            request = client.build_request(asked.X or "POST", asked.url, headers=headers, content=content)
        elif asked.T:
            path = Path(asked.T)
            headers["Content-Length"] = str(path.stat().st_size)
            chunks = _chunks(path, progress=asked.progress)
            request = client.build_request(asked.X or "PUT", asked.url, headers=headers, content=chunks)
        else:
            request = client.build_request(asked.X or "GET", asked.url, headers=headers)
        name, _, password = (asked.u or "").partition(":")
        answer = client.send(request, stream=True, auth=httpx.BasicAuth(name, password) if asked.u else None)
        if asked.i or asked.D:
            for one in (*answer.history, answer):
                _print_head(one)
        output = stack.enter_context(Path(asked.o).open("wb")) if asked.o else sys.stdout.buffer
        for chunk in answer.iter_bytes():
            output.write(chunk)


if __name__ == "__main__":
    main()
