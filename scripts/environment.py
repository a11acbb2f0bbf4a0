"""An environment of samconfig.toml, as `make deploy` and `make undeploy` take it.

    python scripts/environment.py NAME [--yes]

says where a deployment is about to go, or what is missing for it.
"""

import argparse
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SETTINGS = Path(__file__).parents[1] / "samconfig.toml"


class CannotGoOn(Exception):
    """Something is missing; the message says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One stack in one account and region."""

    name: str
    stack_name: str
    region: str
    profile: str | None
    asks: bool
    """A person confirms the change set."""

    def client(self, service: str) -> Any:
        """A client with the operator's own credentials. Raises CannotGoOn."""
        try:
            session: Any = boto3.Session(profile_name=self.profile, region_name=self.region)
            return session.client(service)
        except BotoCoreError as error:
            raise CannotGoOn(str(error)) from error

    def account(self) -> str:
        """The account that the credentials belong to. Raises CannotGoOn."""
        try:
            return str(self.client("sts").get_caller_identity()["Account"])
        except (BotoCoreError, ClientError) as error:
            raise CannotGoOn(
                f"No AWS credentials that work ({error}).\n"
                "Set AWS_PROFILE (after aws sso login, where that is used), or AWS_ACCESS_KEY_ID and "
                f'AWS_SECRET_ACCESS_KEY, or write profile = "…" in [{self.name}.global.parameters] of samconfig.toml.'
            ) from error


def chosen(name: str) -> Environment:
    """The environment of this name. Raises CannotGoOn."""
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    stacks = [name for name, section in settings.items() if isinstance(section, dict) and "deploy" in section]
    if name not in stacks:
        what = f"samconfig.toml has no environment {name!r}" if name else "Say which environment"
        raise CannotGoOn(f"{what}: {', '.join(f'ENV={stack}' for stack in stacks)}.")
    parameters = settings[name]["global"]["parameters"]
    return Environment(
        name=name,
        stack_name=parameters["stack_name"],
        region=parameters["region"],
        profile=parameters.get("profile"),
        asks=settings[name]["deploy"]["parameters"]["confirm_changeset"],
    )


def require_terminal(question: str) -> None:
    """Raises CannotGoOn where nobody can answer."""
    if not sys.stdin.isatty():
        raise CannotGoOn(f"There is no terminal to {question}. YES=1 goes on without asking.")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--yes", action="store_true", help="nobody is asked to confirm")
    arguments = parser.parse_args()
    try:
        environment = chosen(arguments.name)
        account = environment.account()
        if environment.asks and not arguments.yes:
            require_terminal("confirm the change set")
    except CannotGoOn as error:
        print(error, file=sys.stderr)
        return 1
    print(f"stack {environment.stack_name}, account {account}, region {environment.region}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
