//! The kinds of findings about AgentCore.

use crate::fault::{self, kinds};

kinds! {
    ERRORS: Error agentcore;
    NOT_EXACT = 143 "resource-not-exact", "a resource-based policy names one resource, without wildcards, not" @quote, "write the ARN of the resource the policy is attached to";
    NOT_ATTACHED = 146 "resource-not-attached", "not the resource the policy is attached to:" @quote, "write its ARN";
    SEVERAL = 147 "several-resources", "another resource than further up, and a policy is attached to one:" @quote, "give each resource a policy of its own";
    STATEMENTS = 38 "too-many-policy-statements", "the policy has more statements than AgentCore stores", "put principals and actions of like statements together, at most 100 statements";
}

kinds! {
    WARNINGS: Warning agentcore;
    // Actions.
    UNKNOWN_ACTION = 49 "unknown-action", "AgentCore has no action" @quote, "write the name of an action, or a wildcard";
    NO_SUCH_ACTIONS = 49 "pattern-without-action", "no action of AgentCore matches" @quote, "shorten the pattern, or name the actions";
    ACTION_PREFIX = 170 "action-prefix-of-agentcore", "another service's prefix before an action of AgentCore:" @quote, "write bedrock-agentcore: before it";
    RCP = 136 "rcp-on-agentcore", "no resource control policy reaches AgentCore:" @quote, "use a resource-based policy or a service control policy";

    // Shapes of ARNs.
    EXTRA_SEGMENT = 170 "extra-arn-segment", "a colon too many, so that every later part stands one too far right:" @quote, "remove one of the two colons";
    EMPTY_REGION = 32 "empty-arn-region", "an ARN of AgentCore has a region:" @quote, "write the region, or `*`";
    EMPTY_ACCOUNT = 170 "empty-arn-account", "an ARN of AgentCore has an account:" @quote, "write the account id behind the region";
    ACCOUNT = 32 "impossible-account", "an account id has twelve digits:" @quote, "correct the account id";
    TOOL_OWNER = 174 "tool-owner", "a tool that AWS owns has the account `aws`, so nothing is named by" @quote, "write `aws` for the account, or browser-custom or code-interpreter-custom for a tool of your own";
    AWS_ACCOUNT = 15 "resource-of-aws", "AWS owns no such resource:" @quote, "write your account id for `aws`";
    ENDPOINT_SEGMENT = 11 "endpoint-segment", "the endpoint of a runtime is not written" @quote, "write runtime/ID/runtime-endpoint/NAME";
    PROVIDER_SEGMENT = 248 "provider-segment", "no resource has the type" @quote, "write apikeycredentialprovider or oauth2credentialprovider";
    UNKNOWN_TYPE = 32 "unknown-resource-type", "AgentCore has no resource of this form:" @quote, "write a type of the service authorization reference and an id";
    IMPOSSIBLE_ID = 32 "impossible-id", "the API gives no such id:" @quote, "write the id as the API tells it, not the name";
    LAMBDA = 138 "lambda-function-arn", "no function of Lambda has such an ARN:" @quote, "write function:NAME";

    // Actions and resources together.
    NEEDS_STAR = 49 "action-needs-any-resource", "only the resource `*` names the action, not an ARN:" @quote, "move it to a statement on \"*\"";
    MISMATCH = 49 "action-resource-mismatch", "no resource of the statement is one the action is asked about:" @quote, "name a resource of its type";
    UNUSED_RESOURCE = 49 "resource-without-action", "no action of the statement is asked about such a resource:" @quote, "remove the resource, or name an action for it";
    MISSING_ENDPOINT = 79 "missing-endpoint-resource", "the endpoint is asked about, too, and no statement allows it:" @quote, "add the same ARN with /runtime-endpoint/* behind it";
    MISSING_RUNTIME = 89 "missing-runtime-resource", "the runtime is asked about, too, and no statement allows it:" @quote, "add the ARN of the runtime";
    MISSING_COMPANION = 55 "missing-companion-resource", "the action is asked about more resources than the policy allows:" @quote, "add them";
    OPEN_SIBLINGS = 110 "siblings-left-open", "the Deny leaves other ways into the runtime open:" @quote, "deny bedrock-agentcore:InvokeAgentRuntime*, or name all six";

    // Resource-based policies.
    WITHOUT_RESOURCE = 145 "policy-without-resource", "a statement of a resource-based policy without Resource", "write the ARN of the resource the policy is attached to";
    NO_POLICY = 5 "no-resource-based-policy", "no resource-based policy can be attached to" @quote, "write an identity-based policy; runtimes, their endpoints, gateways and memories take resource-based ones";
    POLICY_ACTION = 41 "action-not-in-resource-policy", "no action that a resource-based policy of this resource can name:" @quote, "remove it, or allow it in an identity-based policy";

    // Callers.
    NO_PRINCIPAL = 170 "impossible-principal", "nobody has such an ARN:" @quote, "write an ARN like arn:aws:iam::111122223333:role/NAME";
    LOCKS_OUT_TOKENS = 124 "deny-locks-out-tokens", "a bearer token has no such key, so the Deny hits everyone whom the policy lets in by token:" @quote, "test aws:SourceVpc or another key of the network, or name the roles that are denied";
    LOCKS_OUT_PRIVATE = 179 "deny-locks-out-private", "the key is missing behind a VPC endpoint, so the Deny hits every private caller:" @quote, "test aws:SourceVpc or aws:SourceVpce in the same statement";
    PUBLIC_ADDRESS = 179 "public-address-behind-endpoint", "what comes through a VPC endpoint has no public address:" @quote, "use aws:VpcSourceIp";
    BOOL = 117 "bool-without-if-exists", "a bearer token has no such key, so the Deny does not hit its bearer", "write BoolIfExists";
    DEPUTY = 138 "service-without-source", "a service is let in on whosever behalf it calls:" @quote, "test aws:SourceAccount and aws:SourceArn";

    // Condition keys.
    UNKNOWN_KEY = 211 "unknown-agentcore-key", "AgentCore has no condition key" @quote, "correct the name";
    NEVER_CARRIED = 211 "key-never-carried", "no request for the action carries the key" @quote, "test a key of the action, or give the action a statement of its own";
}

kinds! {
    NOTES: Note agentcore;
    PLACEHOLDER = 32 "placeholder", "still to be filled in:" @quote, "write the id";
    ENDPOINT_POLICY_RESOURCE = 173 "endpoint-policy-on-runtime-only", "whether an endpoint policy is asked about the runtime's endpoint, too, is not documented:" @quote, "add the same ARN with /runtime-endpoint/* behind it";
    ENDPOINT_POLICY_TOKENS = 166 "endpoint-policy-without-tokens", "callers with a bearer token do not get through by this policy", "write \"Principal\": \"*\" where they should";
    RESOURCE_POLICY_TOKENS = 113 "resource-policy-without-tokens", "callers with a bearer token are not named", "write \"Principal\": \"*\" where the resource takes tokens";
    OPEN_AROUND = 48 "sessions-left-open", "the Deny leaves GetAgentCard or StopRuntimeSession open:" @quote, "deny bedrock-agentcore:*, or name them";
    HITS_TOKENS = 124 "deny-hits-tokens", "a bearer token has no such key, so the Deny hits every bearer:" @quote, "nothing, if the resource takes signatures only";
    TRUST = 253 "trust-without-source", "AgentCore can assume the role on whosever behalf:" @quote, "test aws:SourceAccount and aws:SourceArn";
}

pub(super) fn all() -> impl Iterator<Item = &'static &'static fault::Kind> {
    [ERRORS, WARNINGS, NOTES].into_iter().flatten()
}
