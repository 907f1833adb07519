#!/usr/bin/env python3
"""A target for `veriam run --target 'exec=python3 adapter.py'`: an evaluator of the simplest identity policies.

It reads one request a line and writes one answer a line. What it cannot judge it says, instead of guessing.
docs/adapters.md walks through it.
"""

import json
import re
import sys


class Unsupported(Exception):
    """What this evaluator does not do; the same few words for all requests of one reason."""


def matches(pattern, text):
    """Whether `text` fits `pattern`, in which * stands for any characters and ? for one."""
    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(c) or re.escape(c) for c in pattern), text, re.DOTALL) is not None


def listed(value):
    return value if isinstance(value, list) else [value]


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unsupported("policies with repeated members")
    return members


def statements(text):
    """The statements of a policy, which arrives as a string that holds its text."""
    try:
        policy = json.loads(text, object_pairs_hook=unique)
    except ValueError:
        raise Unsupported("policies that are no JSON")
    if not isinstance(policy, dict) or policy.get("Version") != "2012-10-17" or "Statement" not in policy:
        raise Unsupported("policies of other versions")
    for statement in listed(policy["Statement"]):
        if not isinstance(statement, dict) or not {"Effect", "Action", "Resource"} <= set(statement):
            raise Unsupported("statements without Effect, Action and Resource")
        if not set(statement) <= {"Sid", "Effect", "Action", "Resource"}:
            raise Unsupported("statements with other elements, such as Condition")
        yield statement


def applies(statement, check):
    actions, resources = listed(statement["Action"]), listed(statement["Resource"])
    for pattern in actions + resources:
        if not isinstance(pattern, str):
            raise Unsupported("policies that are not valid")
    for pattern in resources:
        if "${" in pattern:
            raise Unsupported("policy variables")
        if pattern != "*" and pattern.count(":") < 5:
            raise Unsupported("resources that are no whole ARNs")
        # In front of the resource an ARN's wildcards stay within their parts; we leave those alone.
        if pattern != "*" and any(c in "*?" for c in ":".join(pattern.split(":")[:5])):
            raise Unsupported("wildcards in the front of an ARN")
    action, resource = check["action"].lower(), check["resource"]["arn"]
    return any(matches(p.lower(), action) for p in actions) and any(matches(p, resource) for p in resources)


def partition(arn):
    return arn.split(":")[1]


def decide(check):
    if check["principal"]["account"] != check["resource"]["account"]:
        raise Unsupported("checks between two accounts")
    if check["resource"]["arn"] != "*" and partition(check["resource"]["arn"]) != partition(check["principal"]["arn"]):
        return "implicit_deny"  # The first run found that this was missing.
    decision = "implicit_deny"
    # Every statement is read, so that nothing hides behind a decision that is already made.
    for policy in check["identity_policies"]:
        for statement in statements(policy):
            if applies(statement, check):
                if statement["Effect"] == "Deny":
                    decision = "explicit_deny"
                elif decision != "explicit_deny":
                    decision = "allow"
    return decision


def answer(request):
    try:
        return {"id": request["id"], "decision": decide(request)}
    except Unsupported as reason:
        return {"id": request["id"], "unsupported": str(reason)}
    except Exception as error:
        return {"id": request["id"], "failed": repr(error)}


def say(line):
    print(json.dumps(line), flush=True)


say({
    "schema": "veriam.protocol/1",
    "name": "tiny-python",
    "version": "1",
    "capabilities": {
        "cases": ["check"],
        "policies": ["identity"],
        "callers": ["user"],
        "services": ["bedrock-agentcore", "dynamodb", "s3"],
        "facts": False,
    },
    "dialect": [],
})
for line in sys.stdin:
    say(answer(json.loads(line)))
