#!/bin/sh
# Two tenants share a runtime, with the AWS CLI: what `scenarios/000-multi-tenant` holds, step by step. The commands that
# `docs/emulator.md` shows stand here, too.
#
#   walk.sh http://127.0.0.1:4600
#
# Ends with 0 if all is as it has to be.
set -eu
url=$1
policies=$(dirname "$0")/../../../scenarios/000-multi-tenant
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

export AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=us-west-2 AWS_SECRET_ACCESS_KEY=test AWS_PAGER=
export AWS_CONFIG_FILE="$dir/config" AWS_SHARED_CREDENTIALS_FILE="$dir/credentials"
export HOME="$dir" AWS_MAX_ATTEMPTS=1
runtime=arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/support-agent-runtime
endpoint=$runtime/runtime-endpoint/DEFAULT

# The root users: their key is the number of the account.
platform() { AWS_ACCESS_KEY_ID=555555555555 aws "$@"; }
example_corp() { AWS_ACCESS_KEY_ID=111122223333 aws "$@"; }
anycompany() { AWS_ACCESS_KEY_ID=444455556666 aws "$@"; }

admin() { curl --silent --show-error --fail -X "$1" -H 'content-type: application/json' -d "$3" "$url/_veriam/$2"; }
trust() { echo '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": '"$1"', "Action": "sts:AssumeRole"}}'; }

# The commands of the document: policies by resource and file, invocations by profile and base URL.
put() { platform bedrock-agentcore-control put-resource-policy --resource-arn "$1" --policy "file://$policies/$2.json"; }
get() { platform bedrock-agentcore-control get-resource-policy --resource-arn "$1" --query policy --output text; }
delete() { platform bedrock-agentcore-control delete-resource-policy --resource-arn "$1"; }
invoke() {
    aws bedrock-agentcore invoke-agent-runtime --profile "$1" --endpoint-url "$2" \
        --agent-runtime-arn "$runtime" --payload '{}' /dev/stdout
}

# A profile with a session of a role: profile, account, role.
session() {
    printf '[%s]\n' "$1" >>"$AWS_SHARED_CREDENTIALS_FILE"
    admin POST credentials '{"expires_in": 3600, "caller": {"session":
        {"account": "'"$2"'", "role": "'"$3"'", "session": "walk", "token": {"issued": 0}}}}' | tr '{,}' '\n\n\n' | sed -n '
        s/"accessKeyId":"\(.*\)"/aws_access_key_id = \1/p
        s/"secretAccessKey":"\(.*\)"/aws_secret_access_key = \1/p
        s/"sessionToken":"\(.*\)"/aws_session_token = \1/p' >>"$AWS_SHARED_CREDENTIALS_FILE"
}

fail() {
    echo "$*" >&2
    exit 1
}

same() {
    [ "$1" = "$2" ] || fail "found $1, expected $2"
}

# Runs commands side by side.
together() {
    running=
    for command in "$@"; do
        eval "$command" &
        running="$running $!"
    done
    for job in $running; do
        wait "$job" || exit 1
    done
}

# What is stored is what was put, letter by letter, and says what the scenario expects to read back: resource, file.
stored() {
    found=$(get "$1")
    same "$found" "$(cat "$policies/$2.json")"
    expected=$(sed -n 's/^ *"policy": "\(.*\)"$/\1/p' "$policies/$2.got.json" | sed 's/\\"/"/g')
    same "$(printf %s "$found" | tr -d '[:space:]')" "$expected"
}

allowed() {
    said=$("$@")
    case $said in
    *'{"result":"allowed"}'*) ;;
    *) fail "$*: found $said, expected an allow" ;;
    esac
}

# A call ends with the exit code and the text of an error: operation and error, how the message ends, call.
refused() {
    error="An error occurred ($2) when calling the $1 operation: $3"
    shift 3
    status=0
    said=$("$@" 2>&1) || status=$?
    # Version 1 of the CLI ends with 255, version 2 with 254.
    same "$*: $status" "$*: 255"
    case $said in
    *"$error") ;;
    *) fail "$*: found $said, expected $error" ;;
    esac
}

# An invocation is denied at a resource, and the message says why: account, resource, reason, call.
denied() {
    who="User: arn:aws:sts::$1:assumed-role/${5}Role/walk is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime"
    message="$who on resource: $2 $3"
    shift 3
    refused InvokeAgentRuntime AccessDeniedException "$message" "$@"
}

no_identity='because no identity-based policy allows the bedrock-agentcore:InvokeAgentRuntime action'
no_resource='because no resource-based policy allows the bedrock-agentcore:InvokeAgentRuntime action'
deny='with an explicit deny in a resource-based policy'

# What the document does not tell is asked of IAM with curl, for the CLI takes a second a call: account, action, parameters.
iam() {
    account=$1 action=$2
    shift 2
    curl --silent --show-error --fail --aws-sigv4 aws:amz:us-west-2:iam --user "$account:test" \
        --data "Action=$action&Version=2010-05-08" "$@" "$url/"
}

stage_runtime() {
    admin PUT ids '{"resources": ["support-agent-runtime"]}'
    platform iam create-role --role-name Execution \
        --assume-role-policy-document "$(trust '{"Service": "bedrock-agentcore.amazonaws.com"}')"
    platform bedrock-agentcore-control create-agent-runtime --agent-runtime-name support \
        --agent-runtime-artifact 'containerConfiguration={containerUri=555555555555.dkr.ecr.us-west-2.amazonaws.com/agent:1}' \
        --network-configuration networkMode=PUBLIC --role-arn arn:aws:iam::555555555555:role/Execution >"$dir/made"
    grep -qF "\"agentRuntimeArn\": \"$runtime\"" "$dir/made" || fail "$(cat "$dir/made")"
}

stage_developer() {
    example_corp iam create-role --role-name DeveloperRole --assume-role-policy-document "$(trust '{"AWS": "111122223333"}')"
}

# A user takes this role: with such a profile the CLI asks STS for the session by itself.
stage_admin() {
    iam 111122223333 CreateUser --data UserName=deployer
    example_corp iam create-role --role-name AdminRole \
        --assume-role-policy-document "$(trust '{"AWS": "arn:aws:iam::111122223333:user/deployer"}')"
    iam 111122223333 CreateAccessKey --data UserName=deployer | tr '<' '\n' >"$dir/key"
    cat >"$AWS_CONFIG_FILE" <<END
[profile deployer]
aws_access_key_id = $(sed -n 's/^AccessKeyId>//p' "$dir/key")
aws_secret_access_key = $(sed -n 's/^SecretAccessKey>//p' "$dir/key")
[profile Admin]
source_profile = deployer
role_arn = arn:aws:iam::111122223333:role/AdminRole
role_session_name = walk
END
}

stage_application() {
    anycompany iam create-role --role-name ApplicationRole --assume-role-policy-document "$(trust '{"AWS": "444455556666"}')"
    admin PUT networks '{"endpoint": "vpce-health1234", "vpc": "vpc-health1234", "account": "444455556666"}'
    admin PUT paths/health '{"endpoint": {"endpoint": "vpce-health1234", "address": "10.0.0.7"}}'
}

# A role of any other account, with a policy of its own, and one without.
stage_others() {
    iam 123456789012 CreateRole --data RoleName=PartnerRole \
        --data-urlencode "AssumeRolePolicyDocument=$(trust '{"AWS": "123456789012"}')"
    iam 123456789012 PutRolePolicy --data 'RoleName=PartnerRole&PolicyName=Invoke' \
        --data-urlencode "PolicyDocument@$policies/example-corp-policy.json"
    iam 999999999999 CreateRole --data RoleName=GuestRole \
        --data-urlencode "AssumeRolePolicyDocument=$(trust '{"AWS": "999999999999"}')"
}

developer_may() {
    example_corp iam put-role-policy --role-name DeveloperRole --policy-name Invoke \
        --policy-document "file://$policies/example-corp-policy.json"
}

admin_may() {
    example_corp iam put-role-policy --role-name AdminRole --policy-name Invoke \
        --policy-document "file://$policies/example-corp-policy.json"
}

anycompany_may() {
    anycompany iam put-role-policy --role-name ApplicationRole --policy-name Invoke \
        --policy-document "file://$policies/anycompany-policy.json"
}

# Example Corp gets in. The policy of the endpoint as the document prints it names another account and is not stored.
step_1() {
    together 'put "$runtime" runtime-policy' 'refused PutResourcePolicy ValidationException \
        "Invalid resource policy: rule AC-146 is broken at '\''/Statement/0/Resource'\'' of the policy (byte 370)." \
        put "$endpoint" endpoint-policy-as-printed' developer_may admin_may
    denied 111122223333 "$endpoint" "$no_resource" invoke Developer "$url"
    put "$endpoint" endpoint-policy
    together 'same "$(get "$endpoint")" "$(cat "$policies/endpoint-policy.json")"' 'allowed invoke Developer "$url"'
}

# AnyCompany gets in from its VPC; a put replaces all of a policy, so both tenants stand in the new ones.
step_2() {
    together 'put "$runtime" runtime-policy-v2' 'put "$endpoint" endpoint-policy-v2' anycompany_may
    together 'stored "$runtime" runtime-policy-v2' 'stored "$endpoint" endpoint-policy-v2'
}

# The rows of the document's table. For the last one, a statement for the guest is added to either policy.
table() {
    together 'allowed invoke Developer "$url"' \
        'allowed invoke Admin "$url"' \
        'allowed invoke Application "$url/via/health"' \
        'denied 444455556666 "$runtime" "$deny" invoke Application "$url"' \
        'denied 123456789012 "$runtime" "$no_resource" invoke Partner "$url"'
    together 'put "$runtime" runtime-policy-with-guest' 'put "$endpoint" endpoint-policy-with-guest'
    denied 999999999999 "$runtime" "$no_identity" invoke Guest "$url"
}

# Without one of the policies nobody gets in.
removal() {
    delete "$endpoint"
    together 'denied 111122223333 "$endpoint" "$no_resource" invoke Developer "$url"' \
        'denied 444455556666 "$endpoint" "$no_resource" invoke Application "$url/via/health"' \
        'refused DeleteResourcePolicy ResourceNotFoundException "Resource or resource policy not found: $endpoint" delete "$endpoint"'
    platform bedrock-agentcore-control delete-agent-runtime --agent-runtime-id support-agent-runtime
    refused InvokeAgentRuntime ResourceNotFoundException 'No endpoint or agent found with the specified ARN or id.' \
        invoke Developer "$url"
}

admin POST reset null
together stage_runtime stage_developer stage_admin stage_application
stage_others
session Developer 111122223333 DeveloperRole
session Application 444455556666 ApplicationRole
session Partner 123456789012 PartnerRole
session Guest 999999999999 GuestRole
step_1
step_2
table
removal
