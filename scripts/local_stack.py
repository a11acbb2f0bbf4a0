"""This very template on this machine: MiniStack plays AWS, `sam deploy` deploys to it. No account, no Docker.

    python scripts/local_stack.py [--port N] [--auth]

keeps it up until Ctrl-C or SIGTERM. Progress goes to stderr, and how to get a token; the API's address is the one line
on stdout, printed last.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn, Self

from samtranslator.yaml_helper import yaml_parse

import local_issuer
from local_aws import LocalAws
from local_build import ARCHITECTURE, REGION, ROOT, SetUpError, build, sam

STACK_NAME = "okd-dms"
ARTEFACTS = "sam-artefacts"
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LocalStack:
    """The deployed stack, up for as long as the `with` block lasts, and gone with all its processes and files after it.

    `port` 0 takes a free one; `progress` is told of every long step; `root` holds the template. With `auth` it asks for
    the tokens of an issuer of its own, else for none. `parameters` are what the first deployment gives the template
    besides. Raises SetUpError.
    """

    api: str
    """Base URL of the calls, as in `{api}/documents`."""
    outputs: dict[str, str]
    """The stack's outputs. ApiUrl among them is the address on AWS: call `api` instead."""
    endpoint: str
    """Address that stands in for that of every AWS service."""
    port: int
    pid: int
    """MiniStack's process, which leads a process group of its own."""
    client: Callable[[str], Any]
    """Gives the boto3 client of a service, with every right."""
    issuer: local_issuer.LocalIssuer | None = None
    """Who makes the tokens that it asks for."""

    def __init__(
        self,
        port: int = 0,
        progress: Callable[[str], object] = lambda _: None,
        root: Path = ROOT,
        *,
        auth: bool = False,
        **parameters: str,
    ) -> None:
        self._wanted_port = port
        self._parameters = parameters
        self._auth = auth
        self._progress = progress
        self._root = root

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            folder = tempfile.TemporaryDirectory(prefix="okd-dms-", ignore_cleanup_errors=True)
            self._home = Path(cleanup.enter_context(folder))
            self._progress("starting the local AWS ...")
            self._aws = LocalAws(self._wanted_port, self._home)
            cleanup.callback(self._aws.stop)
            self.endpoint, self.port, self.pid = self._aws.endpoint, self._aws.port, self._aws.pid
            self.client = self._aws.client
            self._aws.wait_until_ready()
            if self._auth:
                self.issuer = local_issuer.made(self.client("cognito-idp"), self.endpoint)
            else:
                self._progress("AuthMode=none: whoever reaches this API may read and write; AUTH=1 asks for tokens")
            self.client("s3").create_bucket(Bucket=ARTEFACTS, CreateBucketConfiguration={"LocationConstraint": REGION})
            self.deploy(self._root, **self._parameters)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def stay(self) -> NoReturn:
        """Return never: an exception of a signal's handler ends it, or SetUpError when MiniStack ends by itself."""
        while True:
            self._aws.check_alive()
            time.sleep(0.2)

    def deploy(self, root: Path = ROOT, **parameters: str) -> None:
        """Build the template in `root` and deploy it over what is up. Raises SetUpError, and what is up stays up.

        A parameter that is left out keeps the value that it has.
        """
        self._progress("building ...")
        built = build(self._home, root)
        self._progress("deploying ...")
        self._deploy(built, parameters)
        self._complete_api(root)

    def _deploy(self, built: Path, parameters: dict[str, str]) -> None:
        local = {"AuthMode": "none", "Architecture": ARCHITECTURE, "AwsEndpointUrl": self.endpoint}
        local |= self.issuer.parameters if self.issuer else {}
        overrides = [f"{name}={value}" for name, value in (local | parameters).items()]
        sam(
            *("deploy", "--template-file", str(built / "template.yaml"), "--stack-name", STACK_NAME),
            *("--s3-bucket", ARTEFACTS, "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"),
            *("--no-progressbar", "--parameter-overrides", *overrides),
            home=self._home,
            AWS_ENDPOINT_URL=self.endpoint,
            SAM_CLI_POLL_DELAY="0.1",  # seconds between looks at the changeset and its events
        )
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self._stage = self.outputs["ApiUrl"].rpartition("/")[2]
        self.api = f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}/{self._stage}"

    def _complete_api(self, root: Path) -> None:
        """Put again what MiniStack leaves out of the API that SAM describes: gateway responses and ANY methods."""
        template = yaml_parse((root / "template.yaml").read_text(encoding="utf-8"))
        gateway = self.client("apigateway")
        for name, resource in template["Resources"].items():
            properties = resource.get("Properties", {})
            for response_type, response in properties.get("GatewayResponses", {}).items():
                self._put_gateway_response(gateway, response_type, response)
            for event in properties.get("Events", {}).values():
                if event["Type"] == "Api" and event["Properties"]["Method"].upper() == "ANY":
                    self._put_any_method(gateway, event["Properties"]["Path"], name)
        gateway.create_deployment(restApiId=self.outputs["ApiId"], stageName=self._stage)

    def _put_gateway_response(self, gateway: Any, response_type: str, response: dict[str, Any]) -> None:
        headers = response.get("ResponseParameters", {}).get("Headers", {})
        gateway.put_gateway_response(
            restApiId=self.outputs["ApiId"],
            responseType=response_type,
            statusCode=str(response["StatusCode"]),
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            responseTemplates=response["ResponseTemplates"],
        )

    def _put_any_method(self, gateway: Any, path: str, function: str) -> None:
        items = gateway.get_resources(restApiId=self.outputs["ApiId"], limit=500)["items"]
        (resource_id,) = (item["id"] for item in items if item["path"] == path)
        stack = self.client("cloudformation")
        physical = stack.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=function)
        name = physical["StackResourceDetail"]["PhysicalResourceId"]
        arn = self.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        method = {"restApiId": self.outputs["ApiId"], "resourceId": resource_id, "httpMethod": "ANY"}
        gateway.put_method(**method, authorizationType="NONE")
        gateway.put_integration(
            **method,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations",
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="port on loopback; by default a free one")
    parser.add_argument("--auth", action="store_true", help="ask for tokens, of an issuer that comes with it")
    asked = parser.parse_args()
    for number in END_SIGNALS:
        signal.signal(number, _end)
    try:
        with LocalStack(asked.port, lambda line: print(line, file=sys.stderr, flush=True), auth=asked.auth) as stack:
            if stack.issuer:
                print(stack.issuer.how_to_get_a_token(), file=sys.stderr, flush=True)
            print(f"API {stack.api}", flush=True)
            stack.stay()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1


def _end(*_: object) -> NoReturn:
    """Leave by an exception, which ends all that was started on its way; no second signal may cut that short."""
    for number in END_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
