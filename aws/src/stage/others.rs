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

/// How often something is made under another name.
const TRIES: usize = 16;

/// Why something of another service does not stand.
enum Refused {
    /// Something of that name is there already, and closed to its owner.
    Closed,
    Unstaged(Unstaged),
}

impl From<Unstaged> for Refused {
    fn from(why: Unstaged) -> Self {
        Refused::Unstaged(why)
    }
}

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
            let mut tries = 0..TRIES;
            let made = loop {
                match self.make_other(service, &other).await {
                    // What stands there keeps its owner out, and it cannot be taken away.
                    Err(Refused::Closed) if tries.next().is_some() => {}
                    Err(Refused::Closed) => {
                        return Err(Unstaged::unsupported(
                            "worlds with something that its own policy closed to its owner before",
                        ));
                    }
                    Err(Refused::Unstaged(why)) => return Err(why),
                    Ok(made) => break made,
                }
            };
            self.world.others.push(made);
        }
        Ok(())
    }

    async fn make_other(
        &mut self,
        service: &Service,
        other: &OtherResource,
    ) -> Result<OtherResource, Refused> {
        let last = other.arn.rsplit([':', '/']).next().unwrap_or_default();
        let name = self.server.free_name(service.name, &other.account, last);
        let (operation, body) = match service.name {
            "kms" => ("CreateKey", json!({})),
            "sqs" => ("CreateQueue", json!({"QueueName": name})),
            _ => ("CreateRepository", json!({"repositoryName": name})),
        };
        let told = self.json(service, operation, &other.account, &body).await?;
        let text = |place: &str| {
            told.pointer(place)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        // A key is called as KMS chooses, everything else as it is asked.
        let given = text("/KeyMetadata/KeyId").unwrap_or(name);
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
        self.made.push(Made::Other {
            account: other.account.clone(),
            service: service.name,
            name: given.clone(),
            delete: format!("{}.{}", service.prefix, service.delete),
            handle: handle.clone(),
        });
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
            let target = format!("{}.{}", service.prefix, service.put);
            let root = self.root(&other.account);
            let answer = root.json(service.name, &target, &body).await;
            let raw = answer.map_err(Unstaged::from)?.raw;
            // A key is new each time: nothing of its kind was there before.
            if raw.status == 403 && service.name != "kms" {
                self.server
                    .left_behind(service.name, &other.account, &given);
                return Err(Refused::Closed);
            }
            if !raw.is_success() {
                return Err(Unstaged::refused(service.put, &raw).into());
            }
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
