#!/bin/sh
# Runtimes that take bearer tokens, with curl: the world of `tokens.json`, which is that of
# `scenarios/000-multi-tenant/oauth.yaml`.
#
#   tokens.sh http://127.0.0.1:4600 ISSUER TOKEN OTHER LATE
#
# ISSUER is an issuer as the admin route takes it. TOKEN is one of its tokens, for the audience `agents`; OTHER is one for
# another audience, LATE one that is over. Ends with 0 if all is as it has to be.
set -eu
url=$1
issuer=$2
token=$3
other=$4
late=$5
qualifier=
here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

# Asks the admin route: method, path, body.
admin() {
    curl --silent --show-error --fail --request "$1" --header 'content-type: application/json' --data "$3" "$url/_veriam/$2"
}

# Invokes a runtime: name of the runtime, base URL, and how to prove who asks. Prints the status; the answer stands in files.
invoke() {
    of=$1-AbCdEf0123
    base=$2
    shift 2
    curl --silent --show-error --output "$dir/body" --dump-header "$dir/headers" --write-out '%{http_code}' --data '{}' "$@" \
        "$base/runtimes/$of/invocations?accountId=555555555555$qualifier"
}

# What is expected of the invocation that follows: status, and a piece of the headers or the body.
expect() {
    status=$1
    piece=$2
    shift 2
    found=$(invoke "$@")
    if [ "$found" != "$status" ] || ! cat "$dir/headers" "$dir/body" | grep -qF "$piece"; then
        fail "expected $status with $piece of $1 by $2, found $found: $(cat "$dir/headers" "$dir/body")"
    fi
}

with_token() {
    expect "$@" --header "Authorization: Bearer $token"
}

# A session of AnyCompany's ApplicationRole signs.
with_signature() {
    expect "$@" --aws-sigv4 aws:amz:us-west-2:bedrock-agentcore --user "$key:$secret" --header "x-amz-security-token: $session"
}

stage() {
    admin PUT world "@$here/tokens.json"
    admin PUT issuers "$issuer"
    for vpc in health1234 lab5678; do
        admin PUT "paths/$vpc" '{"endpoint": {"endpoint": "vpce-'$vpc'", "address": "10.0.0.7"}}' >"$dir/said"
    done
    admin PUT paths/office '{"internet": {"address": "203.0.113.7"}}' >"$dir/said"
    admin PUT paths/cafe '{"internet": {"address": "198.51.100.7"}}' >"$dir/said"
    admin POST credentials '{"expires_in": 900, "caller": {"session": {"account": "444455556666", "role": "ApplicationRole",
        "session": "walk", "token": {"issued": 0}}}}' | tr '{,}' '\n\n\n' >"$dir/keys"
    key=$(sed -n 's/"accessKeyId":"\(.*\)"/\1/p' "$dir/keys")
    secret=$(sed -n 's/"secretAccessKey":"\(.*\)"/\1/p' "$dir/keys")
    session=$(sed -n 's/"sessionToken":"\(.*\)"/\1/p' "$dir/keys")
}

# The wildcard lets in whoever has a good token, nobody else: all others are turned away before the policy is read.
before_the_policy() {
    with_token 200 '"allowed"' allow_in_vpc "$health"
    expect 401 UnauthorizedException allow_in_vpc "$health"
    expect 401 'error="invalid_token"' allow_in_vpc "$health" --header "Authorization: Bearer x$token"
    expect 401 'error="invalid_token"' allow_in_vpc "$health" --header "Authorization: Bearer $other"
    expect 401 'error="invalid_token"' allow_in_vpc "$health" --header "Authorization: Bearer $late"
    with_token 200 '"allowed"' open "$url"
    qualifier='&qualifier=none'
    with_token 404 ResourceNotFoundException open "$url"
    qualifier=
}

# A signature where a token is wanted, and the reverse.
the_other_way() {
    with_signature 403 'Authorization method mismatch' allow_in_vpc "$health"
    with_signature 403 'Authorization method mismatch' for_a_role "$url"
    with_token 403 'Authorization method mismatch' signed "$url"
    # The signature was a good one: where one is wanted, the policies are asked, of which that of the runtime is missing.
    with_signature 403 'because no resource-based policy allows' signed "$url"
}

# Of the network there are keys.
networks() {
    with_token 200 '"allowed"' deny_outside "$health"
    with_token 403 'with an explicit deny in a resource-based policy' deny_outside "$url"
    with_token 403 'with an explicit deny in a resource-based policy' deny_outside "$lab"
    with_token 200 '"allowed"' by_address "$health"
    with_token 403 'with an explicit deny in a resource-based policy' by_address "$lab"
    with_token 200 '"allowed"' by_address "$url/via/office"
    with_token 403 'with an explicit deny in a resource-based policy' by_address "$url/via/cafe"
}

# Of an IAM principal there are none. That a policy which allows nobody denies is open (AC-122); here it does.
principals() {
    with_token 403 'with an explicit deny in a resource-based policy' by_org "$health"
    with_token 403 'because no resource-based policy allows' allow_in_vpc "$url"
    with_token 403 'because no resource-based policy allows' for_a_role "$url"
    with_token 403 'because no resource-based policy allows' by_account "$url"
}

health=$url/via/health1234
lab=$url/via/lab5678
stage
before_the_policy
the_other_way
networks
principals
