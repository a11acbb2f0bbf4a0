"""Clients at once, one step at a time: who goes on is decided at every call to AWS, so that a run can be repeated.

Each client runs in a thread of its own, of which exactly one moves: it stops before each call to AWS, and the schedule
says who goes on. The stand-in for AWS thereby carries out one call at a time, as a whole.
"""

import threading
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any

from network import Network


class _Client(threading.Thread):
    """A call under way. It moves only while `step` waits for it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.call = call
        self.came: Any = None
        self.raised: BaseException | None = None
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        self._go.acquire()
        try:
            self.came = self.call()
        except BaseException as error:
            self.raised = error
        finally:
            self.call = lambda: None
            self.ended = True
            self._stopped.release()

    ended = False

    def pause(self) -> None:
        self._stopped.release()
        self._go.acquire()

    def step(self) -> None:
        """Let it go on until its next call to AWS, or its end."""
        self._go.release()
        self._stopped.acquire()


def _pause() -> None:
    client = threading.current_thread()
    if isinstance(client, _Client):
        client.pause()


def at_once(network: Network, schedule: Iterable[int], *calls: Callable[[], Any]) -> list[Any]:
    """What the calls give, made at once. The schedule names who goes on; when it ends, the first who can.

    An exception out of a call is raised again, once all of them have ended.
    """
    clients = [_Client(call) for call in calls]
    for client in clients:
        client.start()
    network.pause = _pause
    try:
        for turn in chain(schedule, repeat(0)):
            moving = [client for client in clients if not client.ended]
            if not moving:
                break
            moving[turn % len(moving)].step()
    finally:
        network.pause = lambda: None
    for client in clients:
        client.join()
        if client.raised is not None:
            raise client.raised
    return [client.came for client in clients]
