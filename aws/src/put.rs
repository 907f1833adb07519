//! Puts: a resource-based policy is handed to PutResourcePolicy.

use std::collections::BTreeSet;

use veriam_model::{
    Account, Authorizer, Gateway, GatewayAuthorizer, Harness, HarnessEndpoint, Identity, Memory,
    PolicyText, Put, PutError, Runtime, RuntimeEndpoint, Tags, TokenRules, World,
};

use crate::driver::{Driver, unstaged};
use crate::observe::{Observed, of_put};
use crate::raw::{Broken, Raw};
use crate::server::unknown_policies;
use crate::stage::{Stage, kind_of};

/// What became of a put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPut {
    /// The put as it really was, where it was asked.
    pub effective: Option<Put>,
    /// What was seen.
    pub observed: Observed,
}

impl Driver {
    /// Puts a policy and tells what became of it.
    #[must_use]
    pub fn put(&self, put: &Put) -> SeenPut {
        self.runtime.block_on(self.ask_put(put))
    }

    async fn ask_put(&self, put: &Put) -> SeenPut {
        let told = |observed| SeenPut {
            effective: None,
            observed,
        };
        let world = match ground(put) {
            Ok(world) => world,
            Err(why) => return told(Observed::Unsupported(why.to_owned())),
        };
        let mut stage = match Stage::make(&self.server, &world, &[]).await {
            Ok(stage) => stage,
            Err(why) => return told(unstaged(why)),
        };
        let seen = match effective(&stage, put) {
            Some(put) => {
                let observed = match self.send_put(&put).await {
                    // It was made just now: such a server knows no policies of its kind.
                    Observed::Refused(PutError::ResourceNotFound)
                        if self.server.admin.is_none()
                            && !(stage.world.memories.is_empty()
                                && stage.world.gateways.is_empty()) =>
                    {
                        Observed::Unsupported(unknown_policies(kind_of(&put.resource)))
                    }
                    observed => observed,
                };
                let observed = self.read_back(&put, observed).await;
                SeenPut {
                    effective: Some(put),
                    observed,
                }
            }
            None => told(Observed::Unsupported(
                "policies with a wildcard inside a name that the target chooses".to_owned(),
            )),
        };
        stage.take_down().await;
        seen
    }

    /// What became of a put, after a look at what is stored: a policy that was refused is not there (AC-027).
    async fn read_back(&self, put: &Put, observed: Observed) -> Observed {
        let Observed::Refused(error) = observed else {
            return observed;
        };
        let session = self.server.root(&put.account, &put.region);
        let read = session.control().get_resource_policy();
        let read = read.resource_arn(&put.resource).send().await;
        match read {
            Ok(read) if read.policy().is_some() => Observed::Failed(format!(
                "refused the policy with {error}, and stored it all the same"
            )),
            // Nothing stands there, or nobody may look.
            _ => observed,
        }
    }

    async fn send_put(&self, put: &Put) -> Observed {
        let session = self.server.root(&put.account, &put.region);
        let sent = session
            .control()
            .put_resource_policy()
            .resource_arn(&put.resource)
            .policy(put.policy.as_str())
            .send()
            .await;
        match Raw::from_sdk(sent) {
            Ok(raw) => of_put(&raw),
            Err(Broken::Unmade(_)) => {
                Observed::Unsupported("puts that no request can carry".to_owned())
            }
            Err(broken) => Observed::Unanswered(broken.to_string()),
        }
    }
}

/// A put as it really is: what staging needed is there, too. None where its policy cannot be told.
fn effective(stage: &Stage<'_>, drawn: &Put) -> Option<Put> {
    let world = &stage.world;
    let arn = |kind: &str, identity: &Identity| {
        let Identity {
            account,
            path,
            name,
            ..
        } = identity;
        format!("arn:{}:iam::{account}:{kind}{path}{name}", world.partition)
    };
    let users = world.users.iter().map(|user| arn("user", user));
    let roles = world.roles.iter().map(|role| arn("role", role));
    let there = [
        world.runtimes.len(),
        world.gateways.len(),
        world.memories.len(),
        world.harnesses.len(),
    ];
    Some(Put {
        // What no such resource can be called is not there.
        exists: there.iter().any(|count| *count > 0),
        resource: stage.text_of(&drawn.resource)?,
        policy: PolicyText::new(stage.text_of(drawn.policy.as_str())?),
        principals: users.chain(roles).collect(),
        ..drawn.clone()
    })
}

/// The world in which a put is asked: who is there, and the resource, where one of that ARN can be.
fn ground(put: &Put) -> Result<World, &'static str> {
    let mut world = World::new(&put.region);
    let mut accounts: BTreeSet<&str> = BTreeSet::from([put.account.as_str()]);
    let mut partition = None;
    for principal in &put.principals {
        let parts: Vec<&str> = principal.splitn(6, ':').collect();
        let [_, of, "iam", "", account, rest] = parts[..] else {
            return Err("puts with principals that are neither users nor roles");
        };
        partition = Some(of);
        let (kind, path_and_name) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, name) = match path_and_name.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), path_and_name),
        };
        let identity = identity(account, name, path, world.users.len() + world.roles.len());
        match kind {
            "user" => world.users.push(identity),
            "role" => world.roles.push(identity),
            _ => return Err("puts with principals that are neither users nor roles"),
        }
        accounts.insert(account);
    }
    let parts: Vec<&str> = put.resource.splitn(6, ':').collect();
    if let ["arn", of, "bedrock-agentcore", region, account, rest] = parts[..] {
        let here = region == put.region && partition.is_none_or(|partition| partition == of);
        if put.exists && here && is_account(account) {
            resource(&mut world, account, rest);
            accounts.insert(account);
        }
        partition = partition.or(Some(of));
    }
    if let Some(partition) = partition {
        partition.clone_into(&mut world.partition);
    }
    world.accounts = accounts
        .into_iter()
        .map(|id| Account {
            id: id.to_owned(),
            organization: None,
        })
        .collect();
    // What is no world cannot be made: then the resource is not there.
    match world.validate() {
        Ok(()) => Ok(world),
        Err(_) => Err("puts in places that no world has"),
    }
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

pub(crate) fn identity(account: &str, name: &str, path: String, number: usize) -> Identity {
    Identity {
        account: account.to_owned(),
        name: name.to_owned(),
        path,
        id: format!("AIDAEXAMPLE{number}"),
        tags: Tags::new(),
        policies: Vec::new(),
        boundary: None,
        trust: None,
    }
}

/// Adds what an ARN names behind the account, where it names something that can be.
fn resource(world: &mut World, account: &str, rest: &str) {
    let account = account.to_owned();
    let (kind, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (id, inner) = rest
        .split_once('/')
        .map_or((rest, None), |(id, inner)| (id, Some(inner)));
    if !is_name(id) || !id.contains('-') {
        return;
    }
    let id = id.to_owned();
    let named = |prefix: &str| {
        let name = inner.and_then(|inner| inner.strip_prefix(prefix));
        name.filter(|name| is_name(name)).map(str::to_owned)
    };
    match kind {
        "runtime" => {
            let endpoint = named("runtime-endpoint/");
            if inner.is_some() && endpoint.is_none() {
                return;
            }
            let endpoints = endpoint.into_iter().map(|name| RuntimeEndpoint {
                name,
                authorizer: None,
                tags: Tags::new(),
                policy: None,
            });
            world.runtimes.push(Runtime {
                account,
                id,
                authorizer: Authorizer::Iam,
                token_rules: TokenRules::default(),
                tags: Tags::new(),
                policy: None,
                endpoints: endpoints.collect(),
            });
        }
        "gateway" if inner.is_none() => world.gateways.push(Gateway {
            account,
            id,
            authorizer: GatewayAuthorizer::AwsIam,
            token_rules: TokenRules::default(),
            engine: None,
            tags: Tags::new(),
            policy: None,
        }),
        "memory" if inner.is_none() => world.memories.push(Memory {
            account,
            id,
            tags: Tags::new(),
            policy: None,
        }),
        "harness" => {
            let endpoints = named("harness-endpoint/").into_iter();
            world.harnesses.push(Harness {
                account,
                id,
                authorizer: Authorizer::Iam,
                token_rules: TokenRules::default(),
                with_memory: false,
                tags: Tags::new(),
                endpoints: endpoints
                    .map(|name| HarnessEndpoint {
                        name,
                        tags: Tags::new(),
                    })
                    .collect(),
            });
        }
        _ => {}
    }
}

fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    !text.is_empty() && text.bytes().all(fits)
}
