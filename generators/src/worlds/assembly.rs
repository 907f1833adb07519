//! A scene and the documents written for it, as a world.

use veriam_model::{
    Account, Gateway, Harness, HarnessEndpoint, Identity, Membership, Memory, Network,
    OtherPolicyType, OtherResource, PolicyText, Provider, Runtime, RuntimeEndpoint, Tool,
    WorkloadIdentity, World,
};

use super::callers::tag_list;
use super::parts::{Ask, Part};
use super::plan::Place;
use super::requests::estate_thing;
use super::resources::Family;
use super::scene::{Home, Person, Scene};

/// The documents that are not placed yet.
pub(super) struct Texts(pub(super) Vec<(Place, PolicyText)>);

impl Texts {
    fn all(&mut self, place: Place) -> Vec<PolicyText> {
        let mut found = Vec::new();
        for (p, text) in &mut self.0 {
            if *p == place {
                found.push(std::mem::replace(text, PolicyText::new(String::new())));
            }
        }
        found
    }

    fn one(&mut self, place: Place) -> Option<PolicyText> {
        self.all(place).pop()
    }
}

const FULL_SCP: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const FULL_RCP: &str = concat!(
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","#,
    r#""Action":"*","Resource":"*"}}"#
);
const FULL_ENDPOINT: &str =
    r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;

/// The world; what documents there are is taken from `texts`.
pub(super) fn world(scene: &Scene, texts: &mut Texts) -> World {
    World {
        partition: scene.partition.to_owned(),
        accounts: accounts(&scene.accounts, texts),
        users: people(&scene.users, texts, Place::User, Place::UserBoundary, None),
        roles: people(
            &scene.roles,
            texts,
            Place::Role,
            Place::RoleBoundary,
            Some(Place::Trust),
        ),
        runtimes: runtimes(scene, texts),
        gateways: gateways(scene, texts),
        memories: memories(scene, texts),
        harnesses: harnesses(scene),
        tools: tools(scene),
        workload_identities: workloads(scene),
        providers: providers(scene),
        others: others(scene, texts),
        networks: networks(scene, texts),
        ..World::new(scene.region)
    }
}

fn accounts(homes: &[Home], texts: &mut Texts) -> Vec<Account> {
    let account = |(at, home): (usize, &Home)| Account {
        id: home.id.to_owned(),
        organization: home.org.map(|org| Membership {
            id: org.id.to_owned(),
            path: org.path.iter().map(|unit| (*unit).to_owned()).collect(),
            management: org.management,
            scps: (0..org.scps)
                .map(|level| {
                    let full = (org.narrow != Some(level)).then(|| PolicyText::new(FULL_SCP));
                    let own = texts.all(Place::Scp(at, level));
                    full.into_iter().chain(own).collect()
                })
                .collect(),
            rcps: (0..org.rcps)
                .map(|level| {
                    let own = texts.all(Place::Rcp(at, level));
                    [PolicyText::new(FULL_RCP)].into_iter().chain(own).collect()
                })
                .collect(),
        }),
    };
    homes.iter().enumerate().map(account).collect()
}

fn people(
    people: &[Person],
    texts: &mut Texts,
    own: fn(usize) -> Place,
    boundary: fn(usize) -> Place,
    trust: Option<fn(usize) -> Place>,
) -> Vec<Identity> {
    let identity = |(at, person): (usize, &Person)| Identity {
        account: person.account.to_owned(),
        name: person.name.to_owned(),
        path: ["/", person.path].concat(),
        id: person.id.to_owned(),
        tags: tag_list(person.tags),
        policies: texts.all(own(at)),
        boundary: texts.one(boundary(at)),
        trust: trust.and_then(|trust| texts.one(trust(at))),
    };
    people.iter().enumerate().map(identity).collect()
}

fn runtimes(scene: &Scene, texts: &mut Texts) -> Vec<Runtime> {
    let runtimes = scene.runtimes.iter().enumerate();
    runtimes
        .map(|(at, runtime)| Runtime {
            account: runtime.account.to_owned(),
            id: runtime.id.to_owned(),
            authorizer: runtime.authorizer,
            token_rules: runtime.rules.finish(),
            tags: tag_list(runtime.tags),
            policy: texts.one(Place::Runtime(at)),
            endpoints: runtime
                .endpoints
                .iter()
                .enumerate()
                .map(|(door, endpoint)| RuntimeEndpoint {
                    name: endpoint.name.to_owned(),
                    authorizer: endpoint.authorizer,
                    tags: tag_list(endpoint.tags),
                    policy: texts.one(Place::Endpoint(at, door)),
                })
                .collect(),
        })
        .collect()
}

fn networks(scene: &Scene, texts: &mut Texts) -> Vec<Network> {
    let networks = scene.networks.iter().enumerate();
    networks
        .map(|(at, network)| Network {
            endpoint: network.endpoint.to_owned(),
            vpc: network.vpc.to_owned(),
            account: network.account.to_owned(),
            policy: match network.default {
                true => Some(PolicyText::new(FULL_ENDPOINT)),
                false => texts.one(Place::Network(at)),
            },
        })
        .collect()
}

fn gateways(scene: &Scene, texts: &mut Texts) -> Vec<Gateway> {
    let gateways = scene.gateways.iter().enumerate();
    gateways
        .map(|(at, gateway)| Gateway {
            account: gateway.account.to_owned(),
            id: gateway.id.to_owned(),
            authorizer: gateway.authorizer,
            token_rules: gateway.rules.finish(),
            engine: gateway.engine,
            tags: tag_list(gateway.tags),
            policy: texts.one(Place::Gateway(at)),
        })
        .collect()
}

fn memories(scene: &Scene, texts: &mut Texts) -> Vec<Memory> {
    let memories = scene.memories.iter().enumerate();
    memories
        .map(|(at, memory)| Memory {
            account: memory.account.to_owned(),
            id: memory.id.to_owned(),
            tags: tag_list(memory.tags),
            policy: texts.one(Place::Memory(at)),
        })
        .collect()
}

fn harnesses(scene: &Scene) -> Vec<Harness> {
    let harness = |rig: &super::resources::Rig| Harness {
        account: rig.account.to_owned(),
        id: rig.id.to_owned(),
        authorizer: rig.authorizer,
        token_rules: rig.rules.finish(),
        with_memory: rig.with_memory,
        tags: tag_list(rig.tags),
        endpoints: rig
            .endpoints
            .iter()
            .map(|(name, tags)| HarnessEndpoint {
                name: (*name).to_owned(),
                tags: tag_list(*tags),
            })
            .collect(),
    };
    scene.harnesses.iter().map(harness).collect()
}

fn tools(scene: &Scene) -> Vec<Tool> {
    let tool = |gadget: &super::resources::Gadget| Tool {
        account: gadget.account.to_owned(),
        kind: gadget.kind,
        id: gadget.id.to_owned(),
        tags: tag_list(gadget.tags),
    };
    scene.tools.iter().map(tool).collect()
}

fn workloads(scene: &Scene) -> Vec<WorkloadIdentity> {
    let identity = |workload: &super::resources::Workload| WorkloadIdentity {
        account: workload.account.to_owned(),
        name: workload.name.to_owned(),
        managed: workload.managed,
        tags: tag_list(workload.tags),
    };
    scene.workloads.iter().map(identity).collect()
}

fn providers(scene: &Scene) -> Vec<Provider> {
    let provider = |vendor: &super::resources::Vendor| Provider {
        account: vendor.account.to_owned(),
        kind: vendor.kind,
        name: vendor.name.to_owned(),
        tags: tag_list(vendor.tags),
    };
    scene.providers.iter().map(provider).collect()
}

fn others(scene: &Scene, texts: &mut Texts) -> Vec<OtherResource> {
    let others = scene.others.iter().enumerate();
    others
        .map(|(at, estate)| {
            let key = estate.kind.key;
            let part = Part::new(vec![""], vec![estate_thing(scene, at)], estate.account);
            let ask = Ask::new(scene, Family::Other, part);
            OtherResource {
                arn: ask.arn(&ask.things[0]).into_owned(),
                account: estate.account.to_owned(),
                policy_type: match key {
                    true => OtherPolicyType::Key,
                    false => OtherPolicyType::Resource,
                },
                policy: texts.one(Place::Other(at, key)),
                tags: tag_list(estate.tags),
            }
        })
        .collect()
}
