"""Once deployed, CloudFormation refuses whatever would replace or drop the data, from here and from anywhere else.

    python scripts/protect.py NAME

A retained table that a change set replaces is not lost, but the new one in its place is empty.
"""

import json
import sys

from botocore.exceptions import ClientError

from environment import CannotGoOn, chosen

DATA = ("Table", "Bucket", "Key")
"""Logical ids in the template."""
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["Update:Replace", "Update:Delete"],
            "Resource": [f"LogicalResourceId/{name}" for name in DATA],
        },
    ]
}


def main() -> int:
    try:
        environment = chosen(sys.argv[1])
        cloudformation = environment.client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=environment.stack_name)["Stacks"]
        if stack["StackStatus"] != "REVIEW_IN_PROGRESS":  # a first change set that was not confirmed
            cloudformation.set_stack_policy(StackName=environment.stack_name, StackPolicyBody=json.dumps(POLICY))
    except (CannotGoOn, ClientError) as error:
        print(f"The stack is deployed, but not protected against the loss of its data: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
