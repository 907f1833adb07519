"""What the scripts in Python share: the accounts, the clients, the policies, and what is expected."""

import json
import pathlib
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = sys.argv[1]
PLATFORM, EXAMPLE_CORP, ANYCOMPANY = "555555555555", "111122223333", "444455556666"
ANOTHER, GUESTS = "123456789012", "999999999999"
REGION, SERVICE = "us-west-2", "bedrock-agentcore"
RUNTIME = f"arn:aws:{SERVICE}:{REGION}:{PLATFORM}:runtime/support-agent-runtime"
ENDPOINT = f"{RUNTIME}/runtime-endpoint/DEFAULT"
HEALTH, LAB = f"{URL}/via/health", f"{URL}/via/lab"
POLICIES = pathlib.Path(__file__).parents[3] / "scenarios/000-multi-tenant"


def client(service, key, secret="test", token=None, url=URL):
    config = Config(retries={"max_attempts": 0})
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token, config=config)


def admin(method, path, body):
    request = urllib.request.Request(f"{URL}/_veriam/{path}", method=method, data=json.dumps(body).encode(),
                                     headers={"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def printed(name):
    """A policy of the scenarios, as text."""
    return (POLICIES / f"{name}.json").read_text()


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def error(call):
    """Status, code and message of the error of a call; the status alone if there is none."""
    try:
        return call()["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as found:
        status = found.response["ResponseMetadata"]["HTTPStatusCode"]
        return f"{status} {found.response['Error']['Code']}: {found.response['Error'].get('Message')}"


def code(call):
    """As `error`, without the message."""
    found = error(call)
    return found if isinstance(found, int) else found.split(":")[0]


def same(found, expected, what=""):
    assert found == expected, f"{what} {found!r} is not {expected!r}"


def runtime(name, identity, **more):
    """A runtime of the platform with the id it is told; answers its ARN."""
    admin("PUT", "ids", {"resources": [identity]})
    control = client(f"{SERVICE}-control", PLATFORM)
    image = {"containerConfiguration": {"containerUri": f"{PLATFORM}.dkr.ecr.{REGION}.amazonaws.com/agent:1"}}
    made = control.create_agent_runtime(agentRuntimeName=name, agentRuntimeArtifact=image,
                                        roleArn=f"arn:aws:iam::{PLATFORM}:role/Execution",
                                        networkConfiguration={"networkMode": "PUBLIC"}, **more)
    same(control.get_agent_runtime(agentRuntimeId=identity)["status"], "READY")
    return made["agentRuntimeArn"]


def platform():
    """An empty emulator, with the platform's runtime and the networks of AnyCompany."""
    admin("POST", "reset", None)
    client("iam", PLATFORM).create_role(RoleName="Execution",
                                        AssumeRolePolicyDocument=trust({"Service": f"{SERVICE}.amazonaws.com"}))
    same(runtime("support", "support-agent-runtime"), RUNTIME)
    # An account comes into being with its first signed request.
    same(client("sts", ANYCOMPANY).get_caller_identity()["Account"], ANYCOMPANY)
    for name, vpc, address in (("health", "health1234", "10.0.0.7"), ("lab", "lab5678", "10.1.0.7")):
        admin("PUT", "networks", {"endpoint": f"vpce-{vpc}", "vpc": f"vpc-{vpc}", "account": ANYCOMPANY})
        admin("PUT", f"paths/{name}", {"endpoint": {"endpoint": f"vpce-{vpc}", "address": address}})


def roles(account, *names):
    """Roles of an account, none of which may anything, and a session of each, taken by a user of that account."""
    iam = client("iam", account)
    iam.create_user(UserName="deployer")
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": account}))
    assume = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{account}:role/*"})
    iam.put_user_policy(UserName="deployer", PolicyName="Assume", PolicyDocument=assume)
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    sts = client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    same(sts.get_caller_identity()["Arn"], f"arn:aws:iam::{account}:user/deployer")
    sessions = []
    for name in names:
        session = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{name}", RoleSessionName="walk")
        same(session["AssumedRoleUser"]["Arn"], session_arn(account, name))
        sessions.append(Session(account, name, session["Credentials"]))
    return sessions


def session_arn(account, role):
    return f"arn:aws:sts::{account}:assumed-role/{role}/walk"


class Session:
    """A session of a role, and what it is told."""

    def __init__(self, account, role, credentials):
        self.account, self.role, self.credentials = account, role, credentials

    def client(self, url=URL):
        keys = self.credentials
        return client(SERVICE, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], url)

    def invoke(self, url=URL, **more):
        return error(lambda: self.client(url).invoke_agent_runtime(agentRuntimeArn=RUNTIME, payload=b"{}", **more))

    def denied(self, because, resource=RUNTIME, action="InvokeAgentRuntime"):
        """What a denial says."""
        return (f"403 AccessDeniedException: User: {session_arn(self.account, self.role)} is not authorized to perform: "
                f"{SERVICE}:{action} on resource: {resource} {because.format(action=f'{SERVICE}:{action}')}")


NO_IDENTITY = "because no identity-based policy allows the {action} action"
NO_RESOURCE = "because no resource-based policy allows the {action} action"
DENY = "with an explicit deny in a resource-based policy"
