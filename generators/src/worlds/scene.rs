//! What stands before anybody calls, policies apart.

use veriam_model::Authorizer;

use crate::draw::Draw;
use crate::maker::{Feature, Features};
use crate::names::{NETWORK_IDS, ROLE_IDS, ROLE_NAMES, RUNTIME_IDS, USER_IDS, USER_NAMES, VPC_IDS};
use crate::sizes::Sizes;
use crate::vocabulary::{PATHS, REGIONS};

use super::resources::{Estate, Family, Gadget, Gate, Notes, Rig, Vendor, Workload};
use super::tokens::Rules;

/// AWS's documentation accounts that worlds are made of.
pub(crate) const AGENT_ACCOUNTS: [&str; 4] = [
    "111122223333",
    "444455556666",
    "555555555555",
    "999988887777",
];
pub(crate) const TEAMS: [&str; 4] = ["blue", "red", "platform-eng", "Finance"];
pub(crate) const STAGES: [&str; 4] = ["prod", "staging", "dev", "Pre-Prod"];
pub(crate) const NETWORKS: [&str; 3] = ["vpce-0a1b2c3d", "vpce-1111bbbb", "vpce-0health12"];
pub(crate) const VPCS: [&str; 3] = ["vpc-0a1b2c3d4e", "vpc-0finance99", "vpc-0health1234"];
pub(crate) const PROVIDER_NAMES: [&str; 3] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "arn:aws:iam::111122223333:oidc-provider/token.example.com",
];
/// Client names.
pub(crate) const AGENTS: [&str; 5] = [
    "aws-cli/2.34",
    "Boto3/1.44.5",
    "curl/8",
    "example-app 1",
    "Mozilla/5.0 [en]",
];
/// Runtime ids; some hold what tags and names hold, so that variables can stand for a part of them.
pub(crate) const RUNTIMES: [&str; 6] = [
    "support_agent-AbCdEf0123",
    "billing-0123456789",
    "blue_agent-AbCdEf0123",
    "alice_agent-0123456789",
    "t_111122223333-AbCdEf0123",
    "prod_agent-ZyXwVu9876",
];
/// Endpoint names.
pub(crate) const ENDPOINTS: [&str; 5] = ["prod", "canary_2", "staging", "DEFAULT", "dev"];

/// The places of accounts in two organizations.
const PLACES: [(&str, &[&str]); 5] = [
    ("o-a1b2c3d4e5", &["r-ab12", "ou-ab12-11111111"]),
    ("o-a1b2c3d4e5", &["r-ab12"]),
    (
        "o-a1b2c3d4e5",
        &["r-ab12", "ou-ab12-11111111", "ou-ab12-22222222"],
    ),
    ("o-a1b2c3d4e5", &["r-ab12", "ou-ab12-33333333"]),
    ("o-exampleorg1", &["r-zz99", "ou-zz99-44444444"]),
];

/// Tags: a team and a stage, each perhaps missing.
pub(crate) type TagList = [Option<(&'static str, &'static str)>; 2];

/// The value of a tag, letter case of its key ignored.
pub(crate) fn tag(tags: TagList, key: &str) -> Option<&'static str> {
    let mut tags = tags.into_iter().flatten();
    tags.find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

/// Drawn tags; none on zero bytes.
pub(crate) fn tags(draw: &mut Draw<'_, '_>) -> TagList {
    let which = draw.weighted(&[4, 4, 2, 3]);
    let team = matches!(which, 1 | 3).then(|| ("team", draw.one(&TEAMS)));
    let stage = matches!(which, 2 | 3).then(|| ("stage", draw.one(&STAGES)));
    [team, stage]
}

/// Everything in a world but its policies.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) partition: &'static str,
    pub(crate) region: &'static str,
    pub(crate) accounts: Vec<Home>,
    pub(crate) users: Vec<Person>,
    pub(crate) roles: Vec<Person>,
    pub(crate) runtimes: Vec<Agent>,
    pub(crate) gateways: Vec<Gate>,
    pub(crate) memories: Vec<Notes>,
    pub(crate) harnesses: Vec<Rig>,
    pub(crate) tools: Vec<Gadget>,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) providers: Vec<Vendor>,
    pub(crate) others: Vec<Estate>,
    pub(crate) networks: Vec<Net>,
    /// What calls ask something of, the most frequent first.
    families: Vec<Family>,
}

/// An account.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) id: &'static str,
    pub(crate) org: Option<Org>,
}

/// The place of an account in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Org {
    pub(crate) id: &'static str,
    pub(crate) path: &'static [&'static str],
    pub(crate) management: bool,
    /// Levels of SCPs; 0: none apply.
    pub(crate) scps: usize,
    /// The level that lacks the full-access policy, if any.
    pub(crate) narrow: Option<usize>,
    /// Levels of RCPs.
    pub(crate) rcps: usize,
}

impl Org {
    /// How many levels of SCPs bind the account's principals.
    pub(crate) fn binding(&self) -> usize {
        if self.management { 0 } else { self.scps }
    }
}

/// A user or a role.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) account: &'static str,
    pub(crate) name: &'static str,
    /// Empty, or ends in a slash.
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) tags: TagList,
    pub(crate) bounded: bool,
}

/// A runtime.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) account: &'static str,
    pub(crate) id: &'static str,
    pub(crate) authorizer: Authorizer,
    pub(crate) rules: &'static Rules,
    pub(crate) tags: TagList,
    /// Has a policy even where only bearers of tokens call.
    pub(crate) policed: bool,
    pub(crate) endpoints: Vec<Door>,
}

/// An endpoint of a runtime.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) tags: TagList,
    pub(crate) policed: bool,
}

impl Agent {
    /// How callers of the endpoint prove who they are; no index means the endpoint that is not listed.
    pub(crate) fn authorizer(&self, door: Option<usize>) -> Authorizer {
        let own = door.and_then(|d| self.endpoints[d].authorizer);
        own.unwrap_or(self.authorizer)
    }
}

/// A network.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) endpoint: &'static str,
    pub(crate) vpc: &'static str,
    pub(crate) account: &'static str,
    /// Has an endpoint policy of its own.
    pub(crate) policed: bool,
    /// Has the policy that every endpoint begins with, word for word (AC-163).
    pub(crate) default: bool,
}

impl Scene {
    /// A drawn scene; zero bytes give one account with a user and a runtime.
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, features: Features, sizes: &Sizes) -> Self {
        let count = sizes.accounts.draw(draw);
        let first = draw.below(AGENT_ACCOUNTS.len());
        let accounts: Vec<Home> = (0..count)
            .map(|i| Home {
                id: AGENT_ACCOUNTS[(first + i) % AGENT_ACCOUNTS.len()],
                org: None,
            })
            .collect();
        let mut scene = Self {
            partition: if draw.chance(1, 50) { "aws-cn" } else { "aws" },
            region: draw.one(&REGIONS),
            accounts,
            users: Vec::with_capacity(2),
            roles: Vec::with_capacity(2),
            runtimes: Vec::with_capacity(2),
            gateways: Vec::new(),
            memories: Vec::new(),
            harnesses: Vec::new(),
            tools: Vec::new(),
            workloads: Vec::new(),
            providers: Vec::new(),
            others: Vec::new(),
            networks: Vec::new(),
            families: families(draw, sizes),
        };
        if draw.chance(3, 4) {
            scene.organize(draw, features, sizes);
        }
        scene.people(draw, features, sizes);
        if scene.has(Family::Runtime) || scene.has(Family::Control) {
            scene.agents(draw, sizes);
        }
        scene.resources(draw, sizes);
        scene.nets(draw, features, sizes);
        scene
    }

    /// Whether calls ask something of the family.
    pub(crate) fn has(&self, family: Family) -> bool {
        self.families.contains(&family)
    }

    /// What a call asks something of.
    pub(crate) fn family(&self, draw: &mut Draw<'_, '_>) -> Family {
        match draw.chance(1, 3) {
            true => draw.one(&self.families),
            false => self.families[0],
        }
    }

    pub(crate) fn org(&self, account: &str) -> Option<Org> {
        self.accounts
            .iter()
            .find(|a| a.id == account)
            .and_then(|a| a.org)
    }

    fn organize(&mut self, draw: &mut Draw<'_, '_>, features: Features, sizes: &Sizes) {
        let mut managed = false;
        let levels = |draw: &mut Draw<'_, '_>, most: usize| match sizes.one_layer {
            true => 1,
            false => 1 + draw.below(most),
        };
        for account in &mut self.accounts {
            if draw.chance(1, 4) {
                continue;
            }
            let (id, path) = draw.one(&PLACES);
            let management = !managed && draw.chance(1, 12);
            managed |= management;
            let scps = match features.on(Feature::Scp) && draw.chance(2, 3) {
                true => levels(draw, path.len() + 1),
                false => 0,
            };
            let rcps = match features.on(Feature::Rcp) && draw.chance(1, 4) {
                true => levels(draw, 2),
                false => 0,
            };
            account.org = Some(Org {
                id,
                path,
                management,
                scps,
                narrow: (scps > 0 && draw.chance(1, 3)).then(|| draw.below(scps)),
                rcps,
            });
        }
    }

    fn people(&mut self, draw: &mut Draw<'_, '_>, features: Features, sizes: &Sizes) {
        let users = sizes.users.draw(draw);
        let roles = sizes.roles.draw(draw);
        let roles = if self.has(Family::Role) {
            roles.max(1)
        } else {
            roles
        };
        let users = if users + roles == 0 { 1 } else { users };
        for (count, names, ids) in [
            (users, &USER_NAMES, &USER_IDS),
            (roles, &ROLE_NAMES, &ROLE_IDS),
        ] {
            let first = draw.below(sizes.names);
            for at in 0..count {
                let path = if draw.chance(1, 4) {
                    draw.one(&PATHS)
                } else {
                    ""
                };
                let person = Person {
                    account: self.accounts[draw.below(self.accounts.len())].id,
                    name: names.get((first + at) % sizes.names),
                    path,
                    id: ids.get(at),
                    tags: tags(draw),
                    bounded: features.on(Feature::Boundary) && draw.chance(1, 3),
                };
                match ids.get(at).starts_with("AIDA") {
                    true => self.users.push(person),
                    false => self.roles.push(person),
                }
            }
        }
    }

    fn agents(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let count = sizes.runtimes.draw(draw);
        let first = draw.below(sizes.names);
        for at in 0..count {
            let authorizer = jwt(draw.chance(1, 4));
            let mut runtime = Agent {
                account: self.owner(draw),
                id: RUNTIME_IDS.get((first + at) % sizes.names),
                authorizer,
                rules: Rules::draw(draw),
                tags: tags(draw),
                policed: draw.chance(2, 3),
                endpoints: Vec::new(),
            };
            let doors = sizes.endpoints.draw(draw);
            let name = draw.below(ENDPOINTS.len());
            for door in 0..doors {
                let differs = draw.chance(1, 10);
                runtime.endpoints.push(Door {
                    name: ENDPOINTS[(name + door) % ENDPOINTS.len()],
                    authorizer: differs.then(|| jwt(authorizer == Authorizer::Iam)),
                    tags: if draw.chance(1, 2) {
                        runtime.tags
                    } else {
                        tags(draw)
                    },
                    policed: draw.chance(1, 2),
                });
            }
            self.runtimes.push(runtime);
        }
    }

    fn nets(&mut self, draw: &mut Draw<'_, '_>, features: Features, sizes: &Sizes) {
        let count = sizes.networks.draw(draw);
        let first = draw.below(NETWORKS.len());
        for at in 0..count {
            let policed = features.on(Feature::Endpoint) && draw.chance(3, 5);
            self.networks.push(Net {
                endpoint: NETWORK_IDS.get(turned(first, at, NETWORKS.len())),
                vpc: VPC_IDS.get(turned(first, at, VPCS.len())),
                account: self.accounts[draw.below(self.accounts.len())].id,
                policed,
                default: !policed && draw.chance(1, 4),
            });
        }
    }
}

/// One family, and now and then others beside it.
fn families(draw: &mut Draw<'_, '_>, sizes: &Sizes) -> Vec<Family> {
    let mut families = vec![Family::draw(draw)];
    for _ in 0..sizes.families.draw(draw) {
        let other = Family::draw(draw);
        if !families.contains(&other) {
            families.push(other);
        }
    }
    families
}

/// The number of the `at`-th of some names that begin with the `first`-th of the short ones: those come before all
/// others.
fn turned(first: usize, at: usize, short: usize) -> usize {
    if at < short { (first + at) % short } else { at }
}

pub(super) fn jwt(yes: bool) -> Authorizer {
    if yes {
        Authorizer::Jwt
    } else {
        Authorizer::Iam
    }
}
