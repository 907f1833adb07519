//! Requests to other services, as far as they take JSON: KMS, SQS, ECR.

use serde_json::{Value, json};
use veriam_model::OtherRequest;

use super::sending::{Sending, unsupported};
use super::{Raw, Unsent};
use crate::stage::prefix;

/// Sends one. What the service says of its input comes after it has asked the policies, so anything will do.
pub(super) async fn send(sending: &Sending<'_>, request: &OtherRequest) -> Result<Raw, Unsent> {
    let Some((service, operation)) = request.action.split_once(':') else {
        return unsupported("requests: actions without a service");
    };
    if sending.world.other(&request.resource).is_none() {
        return unsupported("requests: other services, whose resources are not staged");
    }
    let Some(prefix) = prefix(service) else {
        return unsupported("requests: other services");
    };
    if request.via.is_some() {
        return unsupported("requests that a service passes on");
    }
    let last = request
        .resource
        .rsplit([':', '/'])
        .next()
        .unwrap_or_default();
    let owner = sending.world.other(&request.resource).map(|o| &o.account);
    let mut body = match service {
        "kms" => json!({"KeyId": request.resource}),
        "sqs" => {
            let url = format!(
                "{}/{}/{last}",
                sending.session.base_url(),
                owner.map_or("", String::as_str)
            );
            json!({"QueueUrl": url})
        }
        _ => json!({"repositoryName": last, "registryId": owner}),
    };
    let filled: &[(&str, Value)] = match operation {
        "Decrypt" => &[("CiphertextBlob", json!("AAAA"))],
        "Encrypt" => &[("Plaintext", json!("AAAA"))],
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => &[("KeySpec", json!("AES_256"))],
        "CreateGrant" => &[
            ("GranteePrincipal", json!("arn:aws:iam::111122223333:root")),
            ("Operations", json!(["Decrypt"])),
        ],
        "DeleteMessage" => &[("ReceiptHandle", json!("none"))],
        "BatchGetImage" => &[("imageIds", json!([{"imageTag": "latest"}]))],
        "GetDownloadUrlForLayer" => &[("layerDigest", json!("sha256:0"))],
        "DescribeKey" | "ReceiveMessage" => &[],
        _ => return unsupported("requests: other services"),
    };
    for (member, value) in filled {
        body[*member] = value.clone();
    }
    for (key, values) in request.keys.iter() {
        match key {
            "kms:EncryptionContextKeys" if body.get("EncryptionContext").is_none() => {
                let pairs = values.iter().map(|name| (name.to_string(), json!("x")));
                body["EncryptionContext"] = Value::Object(pairs.collect());
            }
            _ => return unsupported("requests with keys that a service adds"),
        }
    }
    let target = format!("{prefix}.{operation}");
    let answer = sending.session.json(service, &target, &body).await;
    answer.map(|answer| answer.raw).map_err(Unsent::Broken)
}
