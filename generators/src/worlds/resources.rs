//! The resources of a scene besides runtimes, policies apart.

use veriam_model::{Authorizer, EngineMode, GatewayAuthorizer, ProviderKind, ToolKind};

use crate::draw::Draw;
use crate::names::{GATEWAY_IDS, HARNESS_IDS, MEMORY_IDS, PROVIDER_NAMES, TOOL_IDS, WORKLOADS};
use crate::sizes::Sizes;

use super::scene::{ENDPOINTS, Scene, TagList, jwt, tags};
use super::tokens::Rules;

/// What a call can ask something of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Runtime,
    Gateway,
    Memory,
    Harness,
    Tool,
    Identity,
    Control,
    /// A session of a role.
    Role,
    /// Another service.
    Other,
}

impl Family {
    pub(crate) const ALL: [Family; 9] = [
        Family::Runtime,
        Family::Gateway,
        Family::Memory,
        Family::Harness,
        Family::Tool,
        Family::Identity,
        Family::Control,
        Family::Role,
        Family::Other,
    ];

    const WEIGHTS: [usize; 9] = [30, 11, 11, 14, 7, 9, 10, 6, 8];

    /// A drawn family; the runtimes' on zero bytes.
    pub(crate) fn draw(draw: &mut Draw<'_, '_>) -> Self {
        Self::ALL[draw.weighted(&Self::WEIGHTS)]
    }
}

/// A gateway.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) account: &'static str,
    pub(crate) id: &'static str,
    pub(crate) authorizer: GatewayAuthorizer,
    pub(crate) rules: &'static Rules,
    pub(crate) engine: Option<EngineMode>,
    pub(crate) tags: TagList,
    /// Has a policy even where only bearers of tokens call.
    pub(crate) policed: bool,
}

/// A memory.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) account: &'static str,
    pub(crate) id: &'static str,
    pub(crate) tags: TagList,
}

/// A harness.
#[derive(Debug)]
pub(crate) struct Rig {
    pub(crate) account: &'static str,
    pub(crate) id: &'static str,
    pub(crate) authorizer: Authorizer,
    pub(crate) rules: &'static Rules,
    pub(crate) with_memory: bool,
    pub(crate) tags: TagList,
    /// Names and tags of its endpoints.
    pub(crate) endpoints: Vec<(&'static str, TagList)>,
}

/// A browser or code interpreter that a customer made.
#[derive(Debug)]
pub(crate) struct Gadget {
    pub(crate) account: &'static str,
    pub(crate) kind: ToolKind,
    pub(crate) id: &'static str,
    pub(crate) tags: TagList,
}

/// A workload identity.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) account: &'static str,
    pub(crate) name: &'static str,
    pub(crate) managed: bool,
    pub(crate) tags: TagList,
}

/// A credential provider.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) account: &'static str,
    pub(crate) kind: ProviderKind,
    pub(crate) name: &'static str,
    pub(crate) tags: TagList,
}

/// A resource of another service, of one of the kinds there are.
#[derive(Debug)]
pub(crate) struct Estate {
    pub(crate) kind: &'static super::foreign::Foreign,
    pub(crate) account: &'static str,
    pub(crate) tags: TagList,
}

impl Scene {
    /// Adds what calls of the families need.
    pub(crate) fn resources(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let managed = self.has(Family::Control);
        if self.has(Family::Gateway) || managed && draw.chance(1, 2) {
            self.gates(draw, sizes);
        }
        if self.has(Family::Memory) || managed && draw.chance(1, 2) {
            self.memories(draw, sizes);
        }
        if self.has(Family::Harness) {
            self.rigs(draw, sizes);
        }
        if self.has(Family::Tool) || managed && draw.chance(1, 2) {
            self.gadgets(draw, sizes);
        }
        if self.has(Family::Identity) {
            self.identities(draw, sizes);
        }
        if self.has(Family::Other) {
            self.estates(draw);
        }
    }

    /// The account of a resource: mostly the first.
    pub(super) fn owner(&self, draw: &mut Draw<'_, '_>) -> &'static str {
        self.accounts[draw.weighted(&[4, 1, 0, 0][..self.accounts.len()])].id
    }

    fn gates(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let first = draw.below(sizes.names);
        for at in 0..sizes.runtimes.draw(draw) {
            let authorizer = GatewayAuthorizer::ALL[draw.weighted(&[6, 3, 2, 3])];
            let engine = [None, Some(EngineMode::LogOnly), Some(EngineMode::Enforce)]
                [draw.weighted(&[4, 1, 1])];
            self.gateways.push(Gate {
                account: self.owner(draw),
                id: GATEWAY_IDS.get((first + at) % sizes.names),
                authorizer,
                rules: match authorizer {
                    GatewayAuthorizer::CustomJwt => Rules::draw(draw),
                    _ => Rules::none(),
                },
                engine,
                tags: tags(draw),
                policed: draw.chance(2, 3),
            });
        }
    }

    fn memories(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let first = draw.below(sizes.names);
        for at in 0..sizes.runtimes.draw(draw) {
            self.memories.push(Notes {
                account: self.owner(draw),
                id: MEMORY_IDS.get((first + at) % sizes.names),
                tags: tags(draw),
            });
        }
    }

    fn rigs(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let first = draw.below(sizes.names);
        for at in 0..sizes.runtimes.draw(draw) {
            let authorizer = jwt(draw.chance(1, 5));
            let own = tags(draw);
            let name = draw.below(ENDPOINTS.len());
            let count = sizes.endpoints.draw(draw);
            let endpoints = (0..count).map(|door| {
                let tags = if draw.chance(1, 2) { own } else { tags(draw) };
                (ENDPOINTS[(name + door) % ENDPOINTS.len()], tags)
            });
            let endpoints = endpoints.collect();
            self.harnesses.push(Rig {
                account: self.owner(draw),
                id: HARNESS_IDS.get((first + at) % sizes.names),
                authorizer,
                rules: match authorizer {
                    Authorizer::Jwt => Rules::draw(draw),
                    Authorizer::Iam => Rules::none(),
                },
                with_memory: draw.chance(1, 2),
                tags: own,
                endpoints,
            });
        }
    }

    fn gadgets(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let first = draw.below(sizes.names);
        for at in 0..sizes.runtimes.draw(draw) {
            self.tools.push(Gadget {
                account: self.owner(draw),
                kind: draw.one(&[ToolKind::Browser, ToolKind::CodeInterpreter]),
                id: TOOL_IDS.get((first + at) % sizes.names),
                tags: tags(draw),
            });
        }
    }

    fn identities(&mut self, draw: &mut Draw<'_, '_>, sizes: &Sizes) {
        let first = draw.below(sizes.names);
        // Where somebody is who can use them: requests are made within the account.
        let mut people = self.users.iter().chain(&self.roles);
        let home = people.next().map_or(self.accounts[0].id, |p| p.account);
        for at in 0..sizes.runtimes.draw(draw) {
            self.workloads.push(Workload {
                account: home,
                name: WORKLOADS.get((first + at) % sizes.names),
                managed: draw.chance(1, 12),
                tags: tags(draw),
            });
        }
        const KINDS: [ProviderKind; 3] = [
            ProviderKind::ApiKey,
            ProviderKind::Oauth2,
            ProviderKind::Payment,
        ];
        let turn = draw.below(KINDS.len());
        for at in 0..1 + sizes.runtimes.draw(draw) {
            self.providers.push(Vendor {
                account: home,
                kind: KINDS[(turn + at) % KINDS.len()],
                name: PROVIDER_NAMES.get((first + at) % sizes.names),
                tags: tags(draw),
            });
        }
    }

    fn estates(&mut self, draw: &mut Draw<'_, '_>) {
        let kinds = super::foreign::KINDS;
        let first = draw.below(kinds.len());
        for at in 0..1 + draw.below(2) {
            self.others.push(Estate {
                kind: &kinds[(first + at) % kinds.len()],
                account: self.owner(draw),
                tags: tags(draw),
            });
        }
    }
}
