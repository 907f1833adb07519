#!/bin/sh
# The same resources with the AWS CLI, and a runtime that takes tokens with curl.
#
#   walk.sh http://127.0.0.1:4600 TOKEN
#
# TOKEN is one of an issuer that the emulator knows. Ends with 0 if all is as it has to be.
set -eu
url=$1
token=$2
export AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=us-west-2 AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=test
export AWS_MAX_ATTEMPTS=1 AWS_PAGER=

same() {
    if [ "$1" != "$2" ]; then
        echo "found $1, expected $2" >&2
        exit 1
    fi
}

same "$(aws sts get-caller-identity --query Arn --output text)" arn:aws:iam::111122223333:root
memory=$(aws bedrock-agentcore-control create-memory --name notes --event-expiry-duration 30 --query memory.arn --output text)
policy='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"bedrock-agentcore:GetMemory","Resource":"'$memory'"}}'
put=$(aws bedrock-agentcore-control put-resource-policy --resource-arn "$memory" --policy "$policy" --query policy --output text)
same "$put" "$policy"
same "$(aws bedrock-agentcore-control get-resource-policy --resource-arn "$memory" --query policy --output text)" "$policy"
if said=$(aws bedrock-agentcore-control put-resource-policy --resource-arn "$memory" --policy '{}' 2>&1); then
    same "a policy without statements is stored" "an error"
fi
case $said in
*"(ValidationException) when calling the PutResourcePolicy operation"*) ;;
*) same "$said" ValidationException ;;
esac
aws bedrock-agentcore-control delete-resource-policy --resource-arn "$memory"

status() {
    curl --silent --show-error --output /dev/null --write-out '%{http_code}' --request POST --data '{}' "$@"
}

open=$url/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A111122223333%3Aruntime%2Ftokens-AbCdEf0123/invocations
same "$(status "$open")" 401
same "$(status --header "Authorization: Bearer $token" "$open")" 200
same "$(status --header "Authorization: Bearer x$token" "$open")" 401
same "$(status --header "Authorization: Bearer $token" "$open?qualifier=none")" 404
same "$(curl --silent --header "Upgrade: websocket" --header "Connection: Upgrade" --header "Sec-WebSocket-Version: 13" \
    --header "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" --output /dev/null --write-out '%{http_code}' --max-time 1 \
    --header "Authorization: Bearer $token" "${open%invocations}ws" || true)" 101
