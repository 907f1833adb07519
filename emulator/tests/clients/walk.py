"""Two tenants share a runtime: staged, put, read, invoked and removed with boto3. Exits with 0 if all is as it has to be.

    python3 walk.py http://127.0.0.1:4600
"""

import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = sys.argv[1]
OWNER, TENANT_A, TENANT_B = "111122223333", "444455556666", "777788889999"
SERVICE = "bedrock-agentcore"


def client(service, key, secret="test", token=None, url=URL):
    config = Config(retries={"max_attempts": 0})
    return boto3.client(service, endpoint_url=url, region_name="us-west-2", aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token, config=config)


def admin(method, path, body):
    request = urllib.request.Request(f"{URL}/_veriam/{path}", method=method, data=json.dumps(body).encode(),
                                     headers={"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def code(call):
    """The code of the error of a call, or its status."""
    try:
        return call()["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return f"{status} {error.response['Error']['Code']}"


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def tenant(account):
    """A role with everything its own account can give, and a session of it."""
    iam = client("iam", account)
    trust = policy({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName="Agent", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    may = policy({"Effect": "Allow", "Action": f"{SERVICE}:Invoke*", "Resource": "*"})
    attached = iam.create_policy(PolicyName="Invoke", PolicyDocument=may)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Agent", PolicyArn=attached)
    iam.create_user(UserName="deployer")
    assume = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role})
    iam.put_user_policy(UserName="deployer", PolicyName="assume", PolicyDocument=assume)
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    sts = client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    same(sts.get_caller_identity()["Arn"], f"arn:aws:iam::{account}:user/deployer")
    session = sts.assume_role(RoleArn=role, RoleSessionName="walk")
    same(session["AssumedRoleUser"]["Arn"], f"arn:aws:sts::{account}:assumed-role/Agent/walk")
    return role, session["Credentials"]


def data(credentials, url=URL):
    return client(SERVICE, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], url)


def main():
    admin("POST", "reset", None)
    trust = policy({"Effect": "Allow", "Principal": {"Service": f"{SERVICE}.amazonaws.com"}, "Action": "sts:AssumeRole"})
    execution = client("iam", OWNER).create_role(RoleName="Execution", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    control = client(f"{SERVICE}-control", OWNER)
    image = {"containerConfiguration": {"containerUri": f"{OWNER}.dkr.ecr.us-west-2.amazonaws.com/agent:1"}}
    made = control.create_agent_runtime(agentRuntimeName="shared", agentRuntimeArtifact=image, roleArn=execution,
                                        networkConfiguration={"networkMode": "PUBLIC"})
    runtime, identity = made["agentRuntimeArn"], made["agentRuntimeId"]
    endpoint = f"{runtime}/runtime-endpoint/DEFAULT"
    same(control.get_agent_runtime(agentRuntimeId=identity)["status"], "READY")
    role_a, session_a = tenant(TENANT_A)
    role_b, session_b = tenant(TENANT_B)
    admin("PUT", "networks", {"endpoint": "vpce-0a1b2c3d", "vpc": "vpc-0a1b2c3d", "account": TENANT_B})
    admin("PUT", "paths/tenant-b", {"endpoint": {"endpoint": "vpce-0a1b2c3d", "address": "10.0.0.7"}})

    def invoke(session, url=URL, **more):
        return code(lambda: data(session, url).invoke_agent_runtime(agentRuntimeArn=runtime, payload=b"{}", **more))

    denied = "403 AccessDeniedException"
    same([invoke(session_a), invoke(session_b)], [denied, denied])
    for resource in (runtime, endpoint):
        text = policy(
            {"Sid": "Tenants", "Effect": "Allow", "Principal": {"AWS": [role_a, role_b]},
             "Action": f"{SERVICE}:InvokeAgentRuntime", "Resource": resource},
            {"Sid": "OwnVpc", "Effect": "Deny", "Principal": {"AWS": role_b}, "Action": f"{SERVICE}:InvokeAgentRuntime",
             "Resource": resource, "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}})
        same(code(lambda: control.put_resource_policy(resourceArn=resource, policy=text)), 201)
        same(control.get_resource_policy(resourceArn=resource)["policy"], text)
    inside = f"{URL}/via/tenant-b"
    same([invoke(session_a), invoke(session_b), invoke(session_b, inside)], [200, denied, 200])
    same(invoke(session_a, runtimeUserId="bob"), denied)
    same(invoke(session_a, qualifier="none"), "404 ResourceNotFoundException")
    try:
        data(session_b).invoke_agent_runtime(agentRuntimeArn=runtime, payload=b"{}")
    except ClientError as error:
        message = f"User: arn:aws:sts::{TENANT_B}:assumed-role/Agent/walk is not authorized to perform: " \
                  f"{SERVICE}:InvokeAgentRuntime on resource: {runtime} with an explicit deny in a resource-based policy"
        same(error.response["Error"]["Message"], message)
    same(code(lambda: control.put_resource_policy(resourceArn=runtime, policy="{}")), "400 ValidationException")
    same(code(lambda: control.delete_resource_policy(resourceArn=endpoint)), 204)
    same(code(lambda: control.delete_resource_policy(resourceArn=endpoint)), "404 ResourceNotFoundException")
    same([invoke(session_a), invoke(session_b, inside)], [denied, denied])
    # What carries a policy besides, and what does not.
    memory = control.create_memory(name="notes", eventExpiryDuration=30)["memory"]
    owner = client(SERVICE, OWNER)
    event = owner.create_event(memoryId=memory["id"], actorId="a", sessionId="s", eventTimestamp=0, payload=[])
    same(event["event"]["actorId"], "a")
    harness = control.create_harness(harnessName="helper", executionRoleArn=execution)["harness"]["arn"]
    stream = owner.invoke_harness(harnessArn=harness, runtimeSessionId="s" * 40, messages=[])["stream"]
    same(list(stream), [])
    same(owner.get_agent_card(agentRuntimeArn=runtime)["agentCard"]["name"], "agent")
    same(code(lambda: owner.stop_runtime_session(agentRuntimeArn=runtime, runtimeSessionId="s" * 40)), 200)
    same(code(lambda: control.delete_agent_runtime(agentRuntimeId=identity)), 202)
    same(invoke(session_a), "404 ResourceNotFoundException")


main()
