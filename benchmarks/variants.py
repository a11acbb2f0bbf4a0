"""What is measured: this project's functions and those of its peers, as `sam build` makes them."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import local_build
import template
from function_process import FunctionProcess
from local_build import ROOT
from runtime_emulator import PYTHON
from stubbed_aws import StubbedAws

PEERS = ROOT / "benchmarks/peers"
SESSION_TOKEN = "FwoGZXIvYXdzE" + "x" * 787
"""Of the length that a function's credentials have; it stands in every signature and in every signed URL."""

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

    def process(self, function: str, aws: StubbedAws) -> FunctionProcess:
        """A process of this function, which finds AWS in the stub."""
        function = self.functions.get(function, function)
        layer = self.built / self.layer if self.layer else None
        handler = self.handlers.get(function, "app.handler")
        return FunctionProcess(self.built / function, layer, handler, self.variables(aws))

    def variables(self, aws: StubbedAws) -> dict[str, str]:
        """The same for every variant: the template's, with a table and a bucket of the variant's own."""
        names = {"Table": self.name, "Bucket": self.name, "AuthMode": "none", "AwsEndpointUrl": aws.endpoint}
        declared = [template.environment(function, **names) for function in (STORE, GET, UPDATE, COMPLETE)]
        return {name: value for variables in declared for name, value in variables.items()} | {
            "AWS_CA_BUNDLE": str(aws.ca_bundle),
            "AWS_SESSION_TOKEN": SESSION_TOKEN,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        }


def okd_dms() -> Variant:
    """The artefact as it is deployed."""
    return Variant("okd-dms", _built(ROOT), "DmsLayer", {}, {})


def floor() -> Variant:
    """boto3 clients, json, nothing else."""
    handlers = {STORE: "app.store", GET: "app.get", UPDATE: "app.update", COMPLETE: "app.complete"}
    return Variant("floor", _stock(_built(PEERS / "floor")), None, {}, handlers)


@cache
def _built(root: Path) -> Path:
    """What `sam build` makes of the template in this folder."""
    with tempfile.TemporaryDirectory(prefix="okd-dms-") as home:
        return local_build.build(Path(home), root)


def without_bytecode(variant: Variant) -> Variant:
    """The same artefact as a stock `sam build` ships it."""
    return replace(variant, name=f"{variant.name} without bytecode", built=_stock(variant.built))


def empty() -> Variant:
    """A handler that does nothing: what Python and Lambda's runtime take by themselves."""
    return Variant("empty", PEERS / "empty", None, dict.fromkeys((STORE, GET, UPDATE, COMPLETE), "handler"), {})


def _stock(built: Path) -> Path:
    """A copy of a build that holds no bytecode: stock `sam build` ships none."""
    copy = ROOT / ".tools/bench" / built.name
    if not copy.exists():
        with tempfile.TemporaryDirectory(dir=_folder(), prefix=".") as scratch:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(built, Path(scratch, "build"), ignore=ignored).rename(copy)
    return copy


def _folder() -> Path:
    folder = ROOT / ".tools/bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def compile_runtime() -> None:
    """Give the runtime's own packages bytecode, as Lambda's boto3 has it. Nothing to do the second time."""
    subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", PYTHON.parents[1] / "lib"], check=False)
