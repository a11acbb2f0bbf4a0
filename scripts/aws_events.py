"""What AWS hands to the functions, complete as it sends it: API Gateway (REST, payload format 1.0) and EventBridge."""

import base64
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-central-1"
ABSENT = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
"""What the gateway says of a caller that it does not know."""

type Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API. `base_path` is that of a custom domain, which maps it to the stage."""

    method: str
    resource: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    query: dict[str, str] = field(default_factory=dict)
    path_parameters: dict[str, str] = field(default_factory=dict)
    base_path: str = ""

    def event(self) -> Event:
        """What the function gets. The body is base64, because */* is a binary media type."""
        host = "dms.school.example" if self.base_path else f"a1b2c3d4e5.execute-api.{REGION}.amazonaws.com"
        path = self.resource.replace("+}", "}").format(**self.path_parameters)
        headers = {
            "Accept": "*/*",
            "Host": host,
            "User-Agent": "curl/8.7.1",
            "X-Amzn-Trace-Id": "Root=1-69b27f10-3f2b8c1d4e5a6b7c8d9e0f1a",
            "X-Forwarded-For": "192.0.2.10",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        } | self.headers
        return {
            "resource": self.resource,
            "path": self.base_path + path,
            "httpMethod": self.method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": self.query or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in self.query.items()} or None,
            "pathParameters": self.path_parameters or None,
            "stageVariables": None,
            "requestContext": {
                "resourceId": "r3s0rc",
                "resourcePath": self.resource,
                "httpMethod": self.method,
                "extendedRequestId": "aBcDeFgHIjKlMnO=",
                "requestTime": "12/Mar/2026:11:53:36 +0000",
                "path": (self.base_path or "/ooapi") + path,
                "accountId": ACCOUNT,
                "protocol": "HTTP/1.1",
                "stage": "ooapi",
                "domainPrefix": host.partition(".")[0],
                "requestTimeEpoch": 1773316416000,
                "requestId": "0f1c8a5e-3f54-4a57-9c39-5f0d2c1b7a66",
                "identity": dict.fromkeys(ABSENT) | {"sourceIp": "192.0.2.10", "userAgent": "curl/8.7.1"},
                "domainName": host,
                "deploymentId": "d3pl0y",
                "apiId": "a1b2c3d4e5",
            },
            "body": None if self.body is None else base64.b64encode(self.body).decode(),
            "isBase64Encoded": self.body is not None,
        }


def object_created(key: str, size: int) -> Event:
    """What EventBridge hands on when S3 has taken an upload of `size` bytes."""
    return _from_event_bridge("aws.s3", "Object Created", "arn:aws:s3:::okd-dms-bucket") | {
        "detail": {
            "version": "0",
            "bucket": {"name": "okd-dms-bucket"},
            "object": {
                "key": key,
                "size": size,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                "sequencer": "0069B2AB50D5A3F1C2",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": ACCOUNT,
            "source-ip-address": "192.0.2.10",
            "reason": "PutObject",
        },
    }


def scheduled() -> Event:
    """What EventBridge hands over when the time of a schedule has come."""
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/okd-dms-ReconcileFunctionRegularly"
    return _from_event_bridge("aws.events", "Scheduled Event", rule) | {"detail": {}}


def _from_event_bridge(source: str, kind: str, resource: str) -> Event:
    return {
        "version": "0",
        "id": "5d3a2b1c-7e6f-4a8b-9c0d-1e2f3a4b5c6d",
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-03-12T11:53:36Z",
        "region": REGION,
        "resources": [resource],
    }
