"""Two tenants share a runtime, with boto3: what `scenarios/000-multi-tenant` holds, step by step. Exits with 0 if all is as
it has to be.

    python3 walk.py http://127.0.0.1:4600
"""

import json

from botocore import UNSIGNED
from botocore.config import Config
import boto3

from stage import (ANOTHER, ANYCOMPANY, DENY, ENDPOINT, EXAMPLE_CORP, GUESTS, HEALTH, LAB, NO_IDENTITY, NO_RESOURCE, PLATFORM,
                   REGION, RUNTIME, SERVICE, URL, client, code, error, platform, policy, printed, roles, same)


def put(control, resource, name):
    """Puts a policy, and reads back what was put, letter by letter."""
    text = printed(name)
    made = control.put_resource_policy(resourceArn=resource, policy=text)
    same((made["ResponseMetadata"]["HTTPStatusCode"], made["policy"]), (201, text), name)
    same(control.get_resource_policy(resourceArn=resource)["policy"], text, name)


def step_1(control, developer, admin, application):
    """Example Corp gets in, once both policies of the resources and its own are there."""
    same(developer.invoke(), developer.denied(NO_IDENTITY), "nothing is there:")
    put(control, RUNTIME, "runtime-policy")
    # The policy of the endpoint as the document prints it names another account, so it is not stored.
    wrong = error(lambda: control.put_resource_policy(resourceArn=ENDPOINT, policy=printed("endpoint-policy-as-printed")))
    assert wrong.startswith("400 ValidationException: Invalid resource policy: rule AC-146"), wrong
    assert "at '/Statement/0/Resource'" in wrong, wrong
    assert "policy" not in control.get_resource_policy(resourceArn=ENDPOINT)
    own = {"PolicyName": "InvokeSupportAgent", "PolicyDocument": printed("example-corp-policy")}
    iam = client("iam", EXAMPLE_CORP)
    own = iam.create_policy(**own)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="DeveloperRole", PolicyArn=own)
    same(developer.invoke(), developer.denied(NO_RESOURCE, ENDPOINT), "no policy of the endpoint:")
    put(control, ENDPOINT, "endpoint-policy")
    same(developer.invoke(), 200, "all three are there:")
    same(admin.invoke(), admin.denied(NO_IDENTITY), "no policy of its own:")
    iam.attach_role_policy(RoleName="AdminRole", PolicyArn=own)
    same(admin.invoke(), 200, "all three are there:")
    attached = iam.list_attached_role_policies(RoleName="AdminRole")["AttachedPolicies"]
    same([found["PolicyArn"] for found in attached], [own])
    same(application.invoke(HEALTH), application.denied(NO_IDENTITY), "not named yet, no policy of its own:")


def step_2(control, application):
    """AnyCompany gets in from its VPC. A put replaces all of a policy, so both tenants stand in the new ones."""
    iam = client("iam", ANYCOMPANY)
    iam.put_role_policy(RoleName="ApplicationRole", PolicyName="Invoke", PolicyDocument=printed("anycompany-policy"))
    found = iam.get_role_policy(RoleName="ApplicationRole", PolicyName="Invoke")["PolicyDocument"]
    same(found, json.loads(printed("anycompany-policy")))
    same(application.invoke(HEALTH), application.denied(NO_RESOURCE), "not named yet:")
    for resource, name in ((RUNTIME, "runtime-policy-v2"), (ENDPOINT, "endpoint-policy-v2")):
        put(control, resource, name)
        answered = control.get_resource_policy(resourceArn=resource)["policy"]
        same(json.loads(answered), json.loads(json.loads(printed(f"{name}.got"))["policy"]), name)


def table(control, developer, admin, application, partner, guest):
    """The rows of the document's table: caller, network, what comes of it."""
    rows = [
        ("row 1", developer, URL, 200),
        ("row 1, from a VPC", developer, HEALTH, 200),
        ("row 2", admin, URL, 200),
        ("row 2, from a VPC", admin, HEALTH, 200),
        ("row 3", application, HEALTH, 200),
        ("row 4", application, URL, application.denied(DENY)),
        ("row 4, from another VPC", application, LAB, application.denied(DENY)),
        ("row 5", partner, URL, partner.denied(NO_RESOURCE)),
        ("row 5, from a VPC", partner, HEALTH, partner.denied(NO_RESOURCE)),
    ]
    for row, caller, network, expected in rows:
        same(caller.invoke(network), expected, row)
    # A role that both policies allow, and that has none of its own: one statement more in either.
    same(guest.invoke(), guest.denied(NO_IDENTITY), "nobody allows the guest:")
    put(control, RUNTIME, "runtime-policy-with-guest")
    put(control, ENDPOINT, "endpoint-policy-with-guest")
    for network in (URL, HEALTH):
        same(guest.invoke(network), guest.denied(NO_IDENTITY), "row 6")
    # It was its own policy that was missing.
    client("iam", GUESTS).put_role_policy(RoleName="GuestRole", PolicyName="Invoke",
                                          PolicyDocument=printed("example-corp-policy"))
    same(guest.invoke(), 200, "row 6, with a policy of its own")
    put(control, RUNTIME, "runtime-policy-v2")
    put(control, ENDPOINT, "endpoint-policy-v2")
    same(guest.invoke(), guest.denied(NO_RESOURCE), "the guest's statements are gone:")


def beyond_the_table(developer, analyst, clinician):
    """Who is not named, who does not sign, and what is not granted."""
    same(analyst.invoke(), analyst.denied(NO_RESOURCE), "a colleague in Example Corp:")
    same(clinician.invoke(HEALTH), clinician.denied(NO_RESOURCE), "a colleague in AnyCompany, from the VPC:")
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    unsigned = boto3.client(SERVICE, endpoint_url=URL, region_name=REGION, config=config)
    same(code(lambda: unsigned.invoke_agent_runtime(agentRuntimeArn=RUNTIME, payload=b"{}")),
         "403 MissingAuthenticationTokenException")
    found = developer.invoke(runtimeUserId="shopper-17")
    same(found, developer.denied(NO_IDENTITY, action="InvokeAgentRuntimeForUser"), "for an end user:")
    same(code(lambda: developer.client().get_agent_card(agentRuntimeArn=RUNTIME)), "403 AccessDeniedException")
    assert developer.invoke(qualifier="none").startswith("404 ResourceNotFoundException")


def removal(control, developer, application):
    """Each policy is missed when it is gone, by both tenants."""
    for resource, name in ((ENDPOINT, "endpoint-policy-v2"), (RUNTIME, "runtime-policy-v2")):
        def delete():
            return code(lambda: control.delete_resource_policy(resourceArn=resource))

        same([delete(), delete()], [204, "404 ResourceNotFoundException"])
        assert "policy" not in control.get_resource_policy(resourceArn=resource)
        for caller, network in ((developer, URL), (application, HEALTH)):
            same(caller.invoke(network), caller.denied(NO_RESOURCE, resource), f"without {name}:")
        put(control, resource, name)
        same([developer.invoke(), application.invoke(HEALTH)], [200, 200], f"with {name} again:")
    client("iam", EXAMPLE_CORP).detach_role_policy(
        RoleName="DeveloperRole", PolicyArn=f"arn:aws:iam::{EXAMPLE_CORP}:policy/InvokeSupportAgent")
    same(developer.invoke(), developer.denied(NO_IDENTITY), "without a policy of its own:")


def besides(control):
    """What carries a policy besides, and what does not."""
    memory = control.create_memory(name="notes", eventExpiryDuration=30)["memory"]
    text = policy({"Effect": "Allow", "Principal": {"AWS": EXAMPLE_CORP}, "Action": f"{SERVICE}:GetMemory",
                   "Resource": memory["arn"]})
    same(code(lambda: control.put_resource_policy(resourceArn=memory["arn"], policy=text)), 201)
    same(control.get_resource_policy(resourceArn=memory["arn"])["policy"], text)
    same(code(lambda: control.put_resource_policy(resourceArn=memory["arn"], policy="{}")), "400 ValidationException")
    same(code(lambda: control.delete_resource_policy(resourceArn=memory["arn"])), 204)
    owner = client(SERVICE, PLATFORM)
    event = owner.create_event(memoryId=memory["id"], actorId="a", sessionId="s", eventTimestamp=0, payload=[])
    same(event["event"]["actorId"], "a")
    execution = f"arn:aws:iam::{PLATFORM}:role/Execution"
    harness = control.create_harness(harnessName="helper", executionRoleArn=execution)["harness"]["arn"]
    stream = owner.invoke_harness(harnessArn=harness, runtimeSessionId="s" * 40, messages=[])["stream"]
    same(list(stream), [])
    same(owner.get_agent_card(agentRuntimeArn=RUNTIME)["agentCard"]["name"], "agent")
    same(code(lambda: owner.stop_runtime_session(agentRuntimeArn=RUNTIME, runtimeSessionId="s" * 40)), 200)


def main():
    platform()
    control = client(f"{SERVICE}-control", PLATFORM)
    developer, admin, analyst = roles(EXAMPLE_CORP, "DeveloperRole", "AdminRole", "AnalystRole")
    application, clinician = roles(ANYCOMPANY, "ApplicationRole", "ClinicianRole")
    [partner], [guest] = roles(ANOTHER, "PartnerRole"), roles(GUESTS, "GuestRole")
    for account, role in ((EXAMPLE_CORP, "AnalystRole"), (ANYCOMPANY, "ClinicianRole"), (ANOTHER, "PartnerRole")):
        client("iam", account).put_role_policy(RoleName=role, PolicyName="Invoke",
                                               PolicyDocument=printed("example-corp-policy"))
    step_1(control, developer, admin, application)
    step_2(control, application)
    table(control, developer, admin, application, partner, guest)
    beyond_the_table(developer, analyst, clinician)
    removal(control, developer, application)
    besides(control)
    same(code(lambda: control.delete_agent_runtime(agentRuntimeId="support-agent-runtime")), 202)
    assert developer.invoke().startswith("404 ResourceNotFoundException"), "the runtime is gone"


main()
