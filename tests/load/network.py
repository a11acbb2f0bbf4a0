"""A network that fails on purpose, on loopback: between the functions and AWS, and between the clients and both.

The functions get its address as that of AWS, and the clients as that of the API, so every call passes here. A share
of them meets a fault, chosen by a seeded generator; the host name in a call stays as it was signed. What the SDK
repeats is one call: half of the faults hit one attempt, which the SDK makes up for, and half hit all of them.
"""

import asyncio
import random
import re
import threading
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from load import killing

GIVES_UP_SECONDS = 12
"""Longer than anyone waits for an answer that is too late."""

NO_HANGING_UP = "x-no-hanging-up"
"""Header of a call that its client waits for: whoever hangs up does not know whether or when it is carried out."""


class Party(StrEnum):
    """Who calls whom."""

    FUNCTION = "function to AWS"
    CLIENT = "client to API"
    TRANSFER = "client to S3"


class Fault(StrEnum):
    """What goes wrong with a call."""

    REFUSED = "refused before effect"
    LOST = "answer lost after effect"
    CUT = "answer cut short after effect"
    FAILED = "server error before effect"
    FAILED_AFTER = "server error after effect"
    THROTTLED = "throttled"
    ANSWERED_LATE = "answered after the caller gave up"
    APPLIED_LATE = "applied after the caller gave up"
    HUNG_UP = "caller hung up"
    KILLED = "function killed before effect"
    KILLED_AFTER = "function killed after effect"


_EVERYWHERE = (Fault.REFUSED, Fault.LOST, Fault.CUT, Fault.FAILED, Fault.FAILED_AFTER, Fault.THROTTLED)
WITHOUT_EFFECT = (Fault.REFUSED, Fault.FAILED, Fault.THROTTLED, Fault.KILLED)
KILLS = (Fault.KILLED, Fault.KILLED_AFTER)
FAULTS = {
    Party.FUNCTION: (*_EVERYWHERE, Fault.ANSWERED_LATE, Fault.APPLIED_LATE, *(KILLS if killing.AVAILABLE else ())),
    Party.CLIENT: (*_EVERYWHERE, Fault.HUNG_UP),
    Party.TRANSFER: (*_EVERYWHERE, Fault.HUNG_UP),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came in."""

    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        found = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*(.*?)\r?$", self.head)
        return found[1].decode("latin-1") if found else ""

    @property
    def party(self) -> Party:
        target = self.head.split(b" ", 2)[1]
        if target.startswith(b"/_aws/execute-api/"):
            return Party.CLIENT
        return Party.TRANSFER if b"X-Amz-Signature=" in target else Party.FUNCTION

    def forwarded(self) -> bytes:
        """The same, as the one request of its connection."""
        head = re.sub(rb"(?im)^(connection|expect|" + NO_HANGING_UP.encode() + rb"):.*\r\n", b"", self.head)
        return head[:-2] + b"Connection: close\r\n\r\n" + self.body

    def refusal(self, fault: Fault) -> bytes:
        """How AWS itself says that it cannot."""
        throttled = fault is Fault.THROTTLED
        if self.party is Party.CLIENT:
            return _answer(429 if throttled else 504, '{"title": "said by the network"}', "application/problem+json")
        if self.header("x-amz-target").startswith("DynamoDB"):
            code = "ProvisionedThroughputExceededException" if throttled else "InternalServerError"
            body = f'{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "said by the network"}}'
            return _answer(400 if throttled else 500, body, "application/x-amz-json-1.0")
        code = "SlowDown" if throttled else "InternalError"
        return _answer(503 if throttled else 500, f"<Error><Code>{code}</Code></Error>", "application/xml")


def _answer(status: int, body: str, content_type: str) -> bytes:
    head = f"HTTP/1.1 {status} Fault\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


class Network:
    """Up for as long as the `with` block lasts. `upstream` is the port of the stack behind it, `stack_pid` its process.

    `share` of the calls of the parties in `kinds` meets one of the faults that stand there. `at_once` is how many calls
    the API takes at a time, 0 for any number: the others wait here, since on the local stack each is a process.
    """

    def __init__(self, seed: int = 0, at_once: int = 0) -> None:
        self.share = 0.0
        self.kinds: dict[Party, tuple[Fault, ...]] = FAULTS
        self.upstream = self.stack_pid = 0
        self._serving: set[asyncio.Task[None] | None] = set()
        self.calls: Counter[Party] = Counter()
        self.faults: Counter[tuple[Party, Fault]] = Counter()
        self._chosen: dict[str, Fault] = {}
        self._random = random.Random(seed)
        self._at_once = at_once
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        return self

    async def _start(self) -> asyncio.Server:
        self._free = asyncio.Semaphore(self._at_once or 10_000)
        return await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024, limit=1 << 16)

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way, its caller waiting for it or not."""
        return bool(self._serving)

    async def _stop(self) -> None:
        self._server.close()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._serving.add(task)  # the loop itself keeps no task alive whose caller is gone
        with suppress(OSError, asyncio.IncompleteReadError):
            call = await _received(reader, writer)
            async with self._free if call.party is Party.CLIENT else nullcontext():
                await self._carry(call, reader, writer)
        writer.close()
        self._serving.discard(task)

    async def _carry(self, call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault, answer = self._fault_of(call), b""
        if fault is Fault.APPLIED_LATE:
            await _until_given_up(reader)
        if fault is Fault.HUNG_UP:
            writer.transport.abort()
        if fault not in WITHOUT_EFFECT:
            answer = await self._passed_on(call)
        match fault:
            case Fault.REFUSED | Fault.LOST | Fault.APPLIED_LATE | Fault.HUNG_UP:
                writer.transport.abort()
                return
            case Fault.KILLED | Fault.KILLED_AFTER:
                self._kill(writer)
                return
            case Fault.FAILED | Fault.FAILED_AFTER | Fault.THROTTLED:
                answer = call.refusal(fault)
            case Fault.ANSWERED_LATE:
                await _until_given_up(reader)
            case Fault.CUT:
                answer = answer[: len(answer) // 2]
        writer.write(answer)
        await writer.drain()

    def _kill(self, caller: asyncio.StreamWriter) -> None:
        killing.kill_caller(self.stack_pid, caller.get_extra_info("peername")[1])

    def _fault_of(self, call: Call) -> Fault | None:
        """The fault that this call is to meet; a later attempt of the SDK's at the same call meets the same or none."""
        invocation, attempt = call.header("amz-sdk-invocation-id"), call.header("amz-sdk-request")
        if invocation and not attempt.startswith("attempt=1"):
            fault = self._chosen.get(invocation)
        else:
            self.calls[call.party] += 1
            if self._random.random() >= self.share or call.party not in self.kinds:
                return None
            fault = self._random.choice(self.kinds[call.party])
            if fault is Fault.HUNG_UP and call.header(NO_HANGING_UP):
                fault = Fault.LOST
            self.faults[call.party, fault] += 1
            if invocation and self._random.random() < 0.5:
                self._chosen[invocation] = fault
        return fault

    async def _passed_on(self, call: Call) -> bytes:
        """The whole answer, up to the end of the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(call.forwarded())
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()


async def _received(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Call:
    head = await reader.readuntil(b"\r\n\r\n")
    call = Call(head, b"")
    assert not call.header("transfer-encoding"), "every call here says its length"
    if call.header("expect").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
    return Call(head, await reader.readexactly(int(call.header("content-length") or 0)))


async def _until_given_up(reader: asyncio.StreamReader) -> None:
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(reader.read(1), GIVES_UP_SECONDS)
