//! Resources of other services that carry policies: keys of KMS, queues of SQS, repositories of ECR.

use serde_json::{Value, json};
use veriam_model::{OtherResource, PolicyText, Tags};

use super::teardown::Made;
use super::{Stage, Unstaged};

/// How to make a resource of a service, how to put its policy, and how to take it away.
struct Service {
    name: &'static str,
    /// What stands before the name of an operation in the header that tells it.
    prefix: &'static str,
    put: &'static str,
    delete: &'static str,
}

const SERVICES: [Service; 3] = [
    Service {
        name: "kms",
        prefix: "TrentService",
        put: "PutKeyPolicy",
        delete: "ScheduleKeyDeletion",
    },
    Service {
        name: "sqs",
        prefix: "AmazonSQS",
        put: "SetQueueAttributes",
        delete: "DeleteQueue",
    },
    Service {
        name: "ecr",
        prefix: "AmazonEC2ContainerRegistry_V20150921",
        put: "SetRepositoryPolicy",
        delete: "DeleteRepository",
    },
];

/// What stands before the name of an operation of a service; none: the driver does not speak to that service.
pub(crate) fn prefix(service: &str) -> Option<&'static str> {
    let mut services = SERVICES.iter();
    services.find(|s| s.name == service).map(|s| s.prefix)
}

impl Stage<'_> {
    /// Makes what other services have, with its policy. What the driver does not know stays away: a request for it is not
    /// sent either.
    pub(super) async fn make_others(&mut self) -> Result<(), Unstaged> {
        let drawn = std::mem::take(&mut self.world.others);
        for other in drawn {
            let service = other.arn.split(':').nth(2).unwrap_or_default();
            let mut services = SERVICES.iter();
            let Some(service) = services.find(|s| s.name == service) else {
                continue;
            };
            let made = self.make_other(service, &other).await?;
            self.world.others.push(made);
        }
        Ok(())
    }

    async fn make_other(
        &mut self,
        service: &Service,
        other: &OtherResource,
    ) -> Result<OtherResource, Unstaged> {
        let last = other.arn.rsplit([':', '/']).next().unwrap_or_default();
        let (operation, body) = match service.name {
            "kms" => ("CreateKey", json!({})),
            "sqs" => ("CreateQueue", json!({"QueueName": last})),
            _ => ("CreateRepository", json!({"repositoryName": last})),
        };
        let told = self.json(service, operation, &other.account, &body).await?;
        let text = |place: &str| {
            told.pointer(place)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        // A key is called as KMS chooses, everything else as it is asked.
        let given = text("/KeyMetadata/KeyId").unwrap_or_else(|| last.to_owned());
        self.names.rename(last, &given);
        let mut made = other.clone();
        made.arn = self.renamed(&other.arn)?;
        // It stands without tags.
        made.tags = Tags::new();
        let handle = match service.name {
            "kms" => json!({"KeyId": given}),
            "sqs" => json!({"QueueUrl": text("/QueueUrl")}),
            _ => json!({"repositoryName": given}),
        };
        self.made.push(Made::Other(
            other.account.clone(),
            service.name,
            format!("{}.{}", service.prefix, service.delete),
            handle.clone(),
        ));
        if let Some(policy) = &other.policy {
            let policy = self.renamed(policy.as_str())?;
            let mut body = handle;
            let member = match service.name {
                "kms" => {
                    body["BypassPolicyLockoutSafetyCheck"] = json!(true);
                    body["PolicyName"] = json!("default");
                    "Policy"
                }
                "sqs" => "Attributes",
                _ => "policyText",
            };
            body[member] = match service.name {
                "sqs" => json!({"Policy": policy}),
                _ => json!(policy),
            };
            self.json(service, service.put, &other.account, &body)
                .await?;
            made.policy = Some(PolicyText::new(policy));
        }
        Ok(made)
    }

    fn renamed(&self, text: &str) -> Result<String, Unstaged> {
        let told = self.text_of(text);
        told.ok_or_else(|| {
            Unstaged::unsupported("policies with a wildcard inside a name that the target chooses")
        })
    }

    async fn json(
        &mut self,
        service: &Service,
        operation: &str,
        account: &str,
        body: &Value,
    ) -> Result<Value, Unstaged> {
        let target = format!("{}.{operation}", service.prefix);
        let root = self.root(account);
        let answer = root.json(service.name, &target, body).await?;
        match answer.raw.is_success() {
            true => Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null)),
            false => Err(Unstaged::refused(operation, &answer.raw)),
        }
    }
}
