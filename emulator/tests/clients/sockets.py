"""Streams of the two tenants' runtime and of one that takes tokens, with a WebSocket client. Exits with 0 if all is as it has
to be.

    python3 sockets.py http://127.0.0.1:4600 ISSUER TOKEN OTHER

ISSUER is an issuer as the admin route takes it. TOKEN is one of its tokens, for the audience `agents`; OTHER is one for
another audience.
"""

import base64
import json
import sys
import urllib.parse

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from stage import (ANYCOMPANY, DENY, ENDPOINT, EXAMPLE_CORP, HEALTH, LAB, NO_IDENTITY, NO_RESOURCE, PLATFORM, REGION, RUNTIME,
                   SERVICE, URL, admin, client, platform, policy, printed, roles, runtime, same)

STREAM = "InvokeAgentRuntimeWithWebSocketStream"
BEARER = "base64UrlBearerAuthorization"


def place(arn, base):
    return f"{base}/runtimes/{urllib.parse.quote(arn, safe='')}/ws"


def talk(url, **how):
    """What the socket says at once and repeats, and the sub-protocol it took; or status and message of the refusal."""
    try:
        with connect(url.replace("http://", "ws://"), proxy=None, **how) as socket:
            said = [socket.recv(timeout=20)]
            for message in ("hello", "où ça?", b"\x00\xff"):
                socket.send(message)
                said.append(socket.recv(timeout=20))
            return said, socket.subprotocol
    except InvalidStatus as refused:
        return f"{refused.response.status_code} {json.loads(refused.response.body)['message']}"


def open_with(protocol=None):
    return ["allowed", "hello", "où ça?", b"\x00\xff"], protocol


def signed(session, base=URL, arn=RUNTIME):
    """Talks at a URL that the session signed."""
    keys = session.credentials
    request = AWSRequest("GET", place(arn, base))
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    SigV4QueryAuth(credentials, SERVICE, REGION, expires=60).add_auth(request)
    return talk(request.url)


def with_token(token, arn, base=URL):
    """Talks with a token as sub-protocol."""
    encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    return talk(place(arn, base), subprotocols=[f"{BEARER}.{encoded}", BEARER])


def streaming(name):
    """A policy of the scenarios that grants the stream besides."""
    text = printed(name)
    grants = '"bedrock-agentcore:InvokeAgentRuntime"'
    assert grants in text, name
    return text.replace(grants, f'[{grants}, "{SERVICE}:{STREAM}"]')


def tenants(control, developer, analyst, application):
    """The document's policies grant no stream; with one action more they do, to the same callers from the same places."""
    iam = {EXAMPLE_CORP: client("iam", EXAMPLE_CORP), ANYCOMPANY: client("iam", ANYCOMPANY)}

    def own(caller, text):
        iam[caller.account].put_role_policy(RoleName=caller.role, PolicyName="Invoke", PolicyDocument=text)

    def denied(caller, because, resource=RUNTIME):
        return caller.denied(because, resource, STREAM).replace("AccessDeniedException: ", "")

    for caller in (developer, analyst, application):
        own(caller, printed("example-corp-policy"))
    for resource, name in ((RUNTIME, "runtime-policy-v2"), (ENDPOINT, "endpoint-policy-v2")):
        control.put_resource_policy(resourceArn=resource, policy=printed(name))
    same(developer.invoke(), 200)
    same(signed(developer), denied(developer, NO_IDENTITY), "the document's policies:")
    for caller in (developer, analyst, application):
        own(caller, streaming("example-corp-policy"))
    same(signed(developer), denied(developer, NO_RESOURCE), "its own policy grants it:")
    control.put_resource_policy(resourceArn=RUNTIME, policy=streaming("runtime-policy-v2"))
    same(signed(developer), denied(developer, NO_RESOURCE, ENDPOINT), "that of the runtime does, too:")
    control.put_resource_policy(resourceArn=ENDPOINT, policy=streaming("endpoint-policy-v2"))
    same(signed(developer), open_with(), "all grant it:")
    same(signed(application, HEALTH), open_with(), "from the VPC:")
    same(signed(application), denied(application, DENY), "over the internet:")
    same(signed(application, LAB), denied(application, DENY), "from another VPC:")
    same(signed(analyst), denied(analyst, NO_RESOURCE), "who is not named:")


def bearers(control, developer, issuer, token, other):
    """A runtime that takes tokens, from the VPC only."""
    admin("PUT", "issuers", json.loads(issuer))
    rules = {"discoveryUrl": "https://idp.example.com/.well-known/openid-configuration", "allowedAudience": ["agents"]}
    arn = runtime("tokens", "tokens-AbCdEf0123", authorizerConfiguration={"customJWTAuthorizer": rules})
    same(with_token(token, arn), open_with(BEARER), "no policy, so that the token is enough:")
    stream = {"Principal": "*", "Action": f"{SERVICE}:{STREAM}", "Resource": arn}
    outside = {"StringNotEquals": {"aws:SourceVpc": "vpc-health1234"}}
    text = policy({"Sid": "Tokens", "Effect": "Allow", **stream},
                  {"Sid": "OutsideVpc", "Effect": "Deny", "Condition": outside, **stream})
    control.put_resource_policy(resourceArn=arn, policy=text)
    same(with_token(token, arn, HEALTH), open_with(BEARER), "from the VPC:")
    for base in (URL, LAB):
        found = with_token(token, arn, base)
        assert found[0:4] == "403 " and found.endswith(DENY), found
    same(with_token(f"x{token}", arn, HEALTH), "401 Invalid bearer token.")
    same(with_token(other, arn, HEALTH), "401 Invalid bearer token.", "for another audience:")
    same(talk(place(arn, HEALTH)), "401 Missing bearer token.")
    same(talk(place(arn, HEALTH), additional_headers={"Authorization": f"Bearer {token}"}), open_with(), "as header:")
    # A signature where a token is wanted, the reverse, and nothing at all.
    for found in (signed(developer, HEALTH, arn), with_token(token, RUNTIME)):
        assert found.startswith("403 Authorization method mismatch."), found
    same(talk(place(RUNTIME, URL)), "403 Missing Authentication Token")


def main(issuer, token, other):
    platform()
    developer, analyst = roles(EXAMPLE_CORP, "DeveloperRole", "AdminRole", "AnalystRole")[::2]
    [application] = roles(ANYCOMPANY, "ApplicationRole")
    control = client(f"{SERVICE}-control", PLATFORM)
    tenants(control, developer, analyst, application)
    bearers(control, developer, issuer, token, other)


main(*sys.argv[2:])
