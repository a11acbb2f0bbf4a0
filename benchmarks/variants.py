"""What is measured: this project's functions and those of its peers, as `sam build` makes them."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import local_build
import template
from function_process import FunctionProcess
from local_build import ROOT, SetUpError
from runtime_emulator import PYTHON
from stubbed_aws import StubbedAws

PEERS = ROOT / "benchmarks/peers"
SESSION_TOKEN = "FwoGZXIvYXdzE" + "x" * 787
"""Of the length that a function's credentials have; it stands in every signature and in every signed URL."""

OPT = "opt"
"""Where Lambda unpacks a function's layers."""
BYTECODE = shutil.ignore_patterns("__pycache__", "*.pyc")
OF_THE_RUNTIME = shutil.ignore_patterns("__pycache__", "*.pyc", "botocore", "urllib3", "dateutil", "six.py")
"""What a peer's layer would hold of botocore, which it finds in the runtime."""

STORE, GET, UPDATE, COMPLETE = (
    "StoreDocumentFunction",
    "GetDocumentFunction",
    "UpdateDocumentFunction",
    "CompleteUploadFunction",
)


@dataclass(frozen=True)
class Variant:
    """One implementation, built. `layer` is the name of its layer's folder, `functions` says which function takes
    over what another variant has a function of its own for, `handlers` where a handler is not app.handler.
    """

    name: str
    built: Path
    layer: str | None
    functions: Mapping[str, str]
    handlers: Mapping[str, str]

    @property
    def store(self) -> str:
        """The name of its table and of its bucket."""
        return self.name.lower().replace(" ", "-")

    def process(self, function: str, aws: StubbedAws) -> FunctionProcess:
        """A process of this function, which finds AWS in the stub."""
        return FunctionProcess(*self.code(function), self.variables(aws))

    def code(self, function: str) -> tuple[Path, Path | None, str]:
        """Where this function is, where its layer is, and its handler."""
        function = self.functions.get(function, function)
        layer = self.built / self.layer if self.layer else None
        return self.built / function, layer, self.handlers.get(function, "app.handler")

    def variables(self, aws: StubbedAws) -> dict[str, str]:
        """The same for every variant: the template's, with a table and a bucket of the variant's own."""
        names = {"Table": self.store, "Bucket": self.store, "AuthMode": "none", "AwsEndpointUrl": aws.endpoint}
        declared = [template.environment(function, **names) for function in (STORE, GET, UPDATE, COMPLETE)]
        return {name: value for variables in declared for name, value in variables.items()} | {
            "AWS_CA_BUNDLE": str(aws.ca_bundle),
            "AWS_SESSION_TOKEN": SESSION_TOKEN,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        }


def okd_dms(name: str = "okd-dms") -> Variant:
    """The artefact as it is deployed; by another name it has a table and a bucket of its own."""
    return Variant(name, _built(ROOT), "DmsLayer", {}, {})


def okd_dms_without_bytecode() -> Variant:
    """The same as a stock `sam build` would ship it."""
    installed = _installed(_built(ROOT), ("DmsLayer",), bytecode=False, without=BYTECODE)
    return Variant("okd-dms without bytecode", installed, OPT, {}, {})


def floor() -> Variant:
    """boto3 clients, json, nothing else."""
    handlers = {STORE: "app.store", GET: "app.get", UPDATE: "app.update", COMPLETE: "app.complete"}
    return Variant("floor", _installed(_built(PEERS / "floor"), (), bytecode=False), None, {}, handlers)


def typical(*, bytecode: bool = False) -> Variant:
    """Powertools' resolver with validation, pydantic, a boto3 resource, Tracer."""
    return _framework("typical", "Typical", bytecode=bytecode)


def fastapi(*, bytecode: bool = False) -> Variant:
    """FastAPI with Mangum, before the same store as typical."""
    return _framework("fastapi", "FastApi", bytecode=bytecode)


def _framework(name: str, prefix: str, *, bytecode: bool) -> Variant:
    api, upload = f"{prefix}Function", f"{prefix}UploadFunction"
    return Variant(
        f"{name} with bytecode" if bytecode else name,
        _installed(_built(PEERS / "frameworks"), (f"{prefix}Layer", "StoreLayer"), bytecode=bytecode),
        OPT,
        {STORE: api, GET: api, UPDATE: api, COMPLETE: upload},
        {upload: "upload.handler"},
    )


def empty() -> Variant:
    """A handler that does nothing: what Python and Lambda's runtime take by themselves."""
    return Variant("empty", PEERS / "empty", None, dict.fromkeys((STORE, GET, UPDATE, COMPLETE), "handler"), {})


@cache
def _built(root: Path) -> Path:
    """What `sam build` makes of the template in this folder."""
    with tempfile.TemporaryDirectory(prefix="okd-dms-") as home:
        return local_build.build(Path(home), root)


def _installed(
    built: Path, layers: tuple[str, ...], *, bytecode: bool, without: Callable[..., set[str]] = OF_THE_RUNTIME
) -> Path:
    """A build as Lambda unpacks it: the functions, and the layers on top of each other. It is kept for the next run.

    Bytecode that the build came with is left out, since stock `sam build` ships none, and with `bytecode` made anew.
    """
    folder = ROOT / ".tools/bench"
    folder.mkdir(parents=True, exist_ok=True)
    installed = folder / "-".join([built.name, *layers, *(["bytecode"] if bytecode else [])])
    if not installed.exists():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
            copy = Path(scratch, "build")
            for function in built.glob("*Function"):
                shutil.copytree(function, copy / function.name, ignore=BYTECODE)
            for layer in layers:
                shutil.copytree(built / layer, copy / OPT, ignore=without, dirs_exist_ok=True)
            if bytecode:
                _compile(copy, "--invalidation-mode", "checked-hash")
            copy.rename(installed)
    return installed


def compile_runtime() -> None:
    """Give the runtime's own packages bytecode, as Lambda's boto3 has it. Nothing to do the second time.

    Raises SetUpError.
    """
    if not PYTHON.exists():
        raise SetUpError("Lambda's runtime is for Linux alone: run it there, or in a container")
    _compile(PYTHON.parents[1] / "lib")


def _compile(folder: Path, *options: str) -> None:
    """A file that this Python cannot compile is left as it is, like one that it cannot import."""
    subprocess.run([PYTHON, "-m", "compileall", "-q", *options, folder], check=False, stdout=subprocess.DEVNULL)
