"""A function's init on Lambda: what the first call would else have to wait for is done while nobody waits yet.

Anywhere else, in tests and where openapi.json is made, nothing of this happens.
"""

import gc
import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

PATIENCE_SECONDS = 1.0
"""How long init waits for AWS, in all. Lambda ends an init after ten; a call has timeouts and retries of its own."""


def _on_lambda() -> bool:
    return "AWS_LAMBDA_RUNTIME_API" in os.environ


def begin() -> None:
    """Before anything else is imported. Modules and clients come to stay: looking for garbage among them is in vain."""
    if _on_lambda():
        gc.disable()


def end(*preparations: Callable[[], object]) -> None:
    """Prepare for the first call; the last line of every function. It neither fails nor takes long, come what may."""
    if not _on_lambda():
        return
    thread = Thread(target=_prepare, args=preparations, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    gc.enable()
    gc.freeze()


def _prepare(*preparations: Callable[[], object]) -> None:
    for prepare in preparations:
        with suppress(Exception):
            prepare()
