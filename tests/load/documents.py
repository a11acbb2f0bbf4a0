"""The life of many documents under load: `python tests/load/documents.py OPERATIONS SEED`, with 32 clients."""

import json
import sys
import time

from load.network import Network
from load.run import Plan, behind_network, run

CLIENTS, FAULT_SHARE = 32, 0.01


def main() -> int:
    operations, seed = (int(argument) for argument in sys.argv[1:])
    with Network(seed) as network, behind_network(network, _progress) as behind:
        report = run(behind, Plan(seed, operations, CLIENTS, FAULT_SHARE), _progress)
    print(json.dumps(report.as_json()))
    return 1 if report.wrong else 0


def _progress(line: str) -> None:
    print(f"{time.strftime('%X')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
