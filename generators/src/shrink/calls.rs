//! Shrinking of calls, with the world they are made in.

use veriam_model::{
    Call, CallCase, Caller, Identity, JwtCaller, Membership, Path, PolicyPlace, PolicyText,
    PolicyType, RootCaller, Tags, Token, TokenClaims, UserCaller,
};

use super::names;
use super::search::{Search, Subject};
use super::{requests, resources};

/// An address for documentation.
const ADDRESS: &str = "192.0.2.1";

impl Subject for CallCase {
    type Slot = PolicyPlace;

    fn wire(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn is_well_formed(&self) -> bool {
        self.world.validate().is_ok() && self.world.validate_call(&self.call).is_ok()
    }

    fn slots(&self) -> Vec<PolicyPlace> {
        let world = self.world.policies().into_iter().map(|(place, _)| place);
        let session = self.call.session_policy().map(|_| PolicyPlace::Session);
        world.chain(session).collect()
    }

    fn policy(&self, slot: PolicyPlace) -> Option<&PolicyText> {
        if slot == PolicyPlace::Session {
            return self.call.session_policy();
        }
        let policies = self.world.policies().into_iter();
        let mut policies = policies.filter(|(place, _)| *place == slot);
        policies.next().map(|(_, policy)| policy)
    }

    fn policy_mut(&mut self, slot: PolicyPlace) -> Option<&mut PolicyText> {
        let world = &mut self.world;
        match slot {
            PolicyPlace::Scp(a, l, i) => {
                let organization = world.accounts.get_mut(a)?.organization.as_mut()?;
                organization.scps.get_mut(l)?.get_mut(i)
            }
            PolicyPlace::Rcp(a, l, i) => {
                let organization = world.accounts.get_mut(a)?.organization.as_mut()?;
                organization.rcps.get_mut(l)?.get_mut(i)
            }
            PolicyPlace::UserPolicy(u, i) => world.users.get_mut(u)?.policies.get_mut(i),
            PolicyPlace::UserBoundary(u) => world.users.get_mut(u)?.boundary.as_mut(),
            PolicyPlace::RolePolicy(r, i) => world.roles.get_mut(r)?.policies.get_mut(i),
            PolicyPlace::RoleBoundary(r) => world.roles.get_mut(r)?.boundary.as_mut(),
            PolicyPlace::RoleTrust(r) => world.roles.get_mut(r)?.trust.as_mut(),
            PolicyPlace::Gateway(g) => world.gateways.get_mut(g)?.policy.as_mut(),
            PolicyPlace::Memory(m) => world.memories.get_mut(m)?.policy.as_mut(),
            PolicyPlace::Other(o) | PolicyPlace::Key(o) => world.others.get_mut(o)?.policy.as_mut(),
            PolicyPlace::Runtime(r) => world.runtimes.get_mut(r)?.policy.as_mut(),
            PolicyPlace::RuntimeEndpoint(r, e) => {
                let endpoint = world.runtimes.get_mut(r)?.endpoints.get_mut(e)?;
                endpoint.policy.as_mut()
            }
            PolicyPlace::Network(n) => world.networks.get_mut(n)?.policy.as_mut(),
            PolicyPlace::Session => session_policy(&mut self.call)?.as_mut(),
        }
    }

    fn policy_type(&self, slot: PolicyPlace) -> PolicyType {
        slot.policy_type()
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        super::parts::each_text(self, visit);
    }

    /// Whole runtimes, identities, networks, accounts; then policies, endpoints, levels.
    fn coarse(search: &mut Search<'_, Self>) {
        caller(search);
        requests::coarse(search);
        search.thin(|c| &mut c.world.networks);
        resources::coarse(search);
        search.thin(|c| &mut c.world.users);
        search.thin(|c| &mut c.world.roles);
        search.thin(|c| &mut c.world.accounts);
        one_account_less(search);
        other_parties(search);
        for at in 0..search.best.world.accounts.len() {
            account(search, at);
        }
        for list in [IDENTITIES[0], IDENTITIES[1]] {
            for at in 0..list(&mut search.best).len() {
                search.thin(|c| &mut list(c)[at].policies);
                search.change(|c| list(c)[at].boundary = None);
            }
        }
        resources::policies(search);
        for at in 0..search.best.world.networks.len() {
            search.change(|c| c.world.networks[at].policy = None);
        }
        search.change(|c| {
            if let Some(policy) = session_policy(&mut c.call) {
                *policy = None;
            }
        });
    }

    /// Tags, paths, attributes of the session, and simpler facts of the call.
    fn fine(search: &mut Search<'_, Self>) {
        for list in [IDENTITIES[0], IDENTITIES[1]] {
            for at in 0..list(&mut search.best).len() {
                thin_tags(search, |c| Some(&mut list(c)[at].tags));
                search.change(|c| list(c)[at].path = "/".to_owned());
            }
        }
        resources::fine(search);
        session(search);
        partition(search);
        requests::fine(search);
        facts(search);
    }
}

const IDENTITIES: [fn(&mut CallCase) -> &mut Vec<Identity>; 2] =
    [|c| &mut c.world.users, |c| &mut c.world.roles];

/// The place of the session policy, for callers who may have one.
fn session_policy(call: &mut Call) -> Option<&mut Option<PolicyText>> {
    match &mut call.caller {
        Caller::Session(session) => Some(&mut session.policy),
        Caller::Federated(session) => Some(&mut session.policy),
        _ => None,
    }
}

/// The simplest caller that will do, and one who owns what is there.
fn caller(search: &mut Search<'_, CallCase>) {
    search.change(|c| c.call.caller = Caller::Anonymous);
    search.change(|c| {
        c.call.caller = Caller::Jwt(JwtCaller {
            subject: "a".to_owned(),
            accepted: true,
            claims: TokenClaims::default(),
        });
    });
    let account = match &search.best.call.caller {
        Caller::User(user) => user.account.clone(),
        Caller::Session(session) => session.account.clone(),
        Caller::Federated(session) => session.account.clone(),
        Caller::Root(_) | Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => return,
    };
    search.change(|c| {
        c.call.caller = Caller::Root(RootCaller { account });
    });
    search.change(|c| {
        if let Caller::Federated(session) = &c.call.caller {
            c.call.caller = Caller::User(UserCaller {
                account: session.account.clone(),
                name: session.user.clone(),
                token: None,
            });
        }
    });
}

/// Gives what one account has to another.
fn one_account_less(search: &mut Search<'_, CallCase>) {
    let mut from = search.best.world.accounts.len();
    while from > 1 {
        from -= 1;
        for to in 0..from {
            let merged = search.change(|c| {
                let gone = c.world.accounts.remove(from).id;
                let heir = c.world.accounts[to].id.clone();
                names::substitute(c, &gone, &heir);
            });
            if merged {
                break;
            }
        }
    }
}

/// Calls another runtime, or as another user or role, where the case is about that one anyway.
fn other_parties(search: &mut Search<'_, CallCase>) {
    resources::others_instead(search);
    for at in (0..search.best.world.users.len()).rev() {
        search.change(|c| {
            c.world.users.remove(at);
            let (account, name) = match &mut c.call.caller {
                Caller::User(user) => (&mut user.account, &mut user.name),
                Caller::Federated(session) => (&mut session.account, &mut session.user),
                _ => return,
            };
            if let Some(left) = c.world.users.first() {
                account.clone_from(&left.account);
                name.clone_from(&left.name);
            }
        });
    }
    for at in (0..search.best.world.roles.len()).rev() {
        search.change(|c| {
            c.world.roles.remove(at);
            if let Caller::Session(session) = &mut c.call.caller
                && let Some(left) = c.world.roles.first()
            {
                session.account.clone_from(&left.account);
                session.role.clone_from(&left.name);
            }
        });
    }
}

/// An organization, its levels and their policies.
fn account(search: &mut Search<'_, CallCase>, at: usize) {
    search.change(|c| c.world.accounts[at].organization = None);
    if search.best.world.accounts[at].organization.is_none() {
        return;
    }
    let levels: [Levels; 2] = [|m| &mut m.scps, |m| &mut m.rcps];
    for levels in levels {
        thin_member(search, at, levels);
        let count = search.best.world.accounts[at]
            .organization
            .as_mut()
            .map_or(0, |m| levels(m).len());
        for level in 0..count {
            let mut index = 0;
            loop {
                let left = search.best.world.accounts[at]
                    .organization
                    .as_mut()
                    .map_or(0, |m| levels(m)[level].len());
                if index >= left {
                    break;
                }
                let removed = search.change(|c| {
                    if let Some(m) = &mut c.world.accounts[at].organization {
                        levels(m)[level].remove(index);
                    }
                });
                if !removed {
                    index += 1;
                }
            }
        }
    }
    thin_member(search, at, |m| &mut m.path);
    search.change(|c| {
        if let Some(m) = &mut c.world.accounts[at].organization {
            m.management = false;
        }
    });
}

/// The SCPs or the RCPs of an account.
type Levels = fn(&mut Membership) -> &mut Vec<Vec<PolicyText>>;

fn thin_member<T>(
    search: &mut Search<'_, CallCase>,
    at: usize,
    list: fn(&mut Membership) -> &mut Vec<T>,
) {
    let length = |c: &mut CallCase| {
        let organization = c.world.accounts[at].organization.as_mut();
        organization.map_or(0, |m| list(m).len())
    };
    let first = length(&mut search.best);
    search.thin_by(first, length, |c, from, to| {
        if let Some(m) = &mut c.world.accounts[at].organization {
            list(m).drain(from..to);
        }
    });
}

pub(super) fn thin_tags(
    search: &mut Search<'_, CallCase>,
    tags: impl Fn(&mut CallCase) -> Option<&mut Tags>,
) {
    let length = |c: &mut CallCase| tags(c).map_or(0, |t| t.len());
    let first = length(&mut search.best);
    search.thin_by(first, length, |c, from, to| {
        if let Some(tags) = tags(c) {
            for index in (from..to).rev() {
                tags.remove(index);
            }
        }
    });
}

/// The partition that most things are in, in the policies too or in the world alone.
fn partition(search: &mut Search<'_, CallCase>) {
    search.change(|c| {
        let partition = std::mem::replace(&mut c.world.partition, "aws".to_owned());
        names::substitute(c, &partition, "aws");
    });
    search.change(|c| "aws".clone_into(&mut c.world.partition));
}

/// What a session has beside its role.
fn session(search: &mut Search<'_, CallCase>) {
    thin_tags(search, |c| match &mut c.call.caller {
        Caller::Session(session) => Some(&mut session.tags),
        Caller::Federated(session) => Some(&mut session.tags),
        _ => None,
    });
    search.change(|c| match &mut c.call.caller {
        Caller::Session(session) => session.source_identity = None,
        Caller::User(user) => user.token = None,
        _ => {}
    });
    search.change(|c| {
        if let Caller::Session(session) = &mut c.call.caller {
            session.provider = None;
        }
    });
    search.change(|c| {
        if let Some(token) = token(&mut c.call) {
            token.mfa = None;
        }
    });
    search.change(|c| {
        if let Caller::Jwt(jwt) = &mut c.call.caller {
            jwt.subject = "a".to_owned();
        }
    });
    search.change(|c| {
        if let Caller::Jwt(jwt) = &mut c.call.caller {
            jwt.accepted = true;
        }
    });
    claims(search);
    search.change(|c| {
        if let Caller::Service(service) = &mut c.call.caller {
            (service.source_account, service.source_arn) = (None, None);
        }
    });
    search.change(|c| {
        if let Caller::Service(service) = &mut c.call.caller {
            service.source_arn = None;
        }
    });
    search.change(|c| {
        if let Caller::Service(service) = &mut c.call.caller {
            service.source_account = None;
        }
    });
}

/// What a token claims.
fn claims(search: &mut Search<'_, CallCase>) {
    fn own(case: &mut CallCase) -> Option<&mut TokenClaims> {
        match &mut case.call.caller {
            Caller::Jwt(jwt) => Some(&mut jwt.claims),
            _ => None,
        }
    }
    search.change(|c| {
        if let Some(claims) = own(c) {
            *claims = TokenClaims::default();
        }
    });
    search.change(|c| {
        if let Some(claims) = own(c) {
            claims.client = None;
        }
    });
    let lists: [fn(&mut TokenClaims) -> &mut Vec<String>; 2] =
        [|claims| &mut claims.audiences, |claims| &mut claims.scopes];
    for list in lists {
        let length = |c: &mut CallCase| own(c).map_or(0, |claims| list(claims).len());
        let first = length(&mut search.best);
        search.thin_by(first, length, |c, from, to| {
            if let Some(claims) = own(c) {
                list(claims).drain(from..to);
            }
        });
    }
}

fn token(call: &mut Call) -> Option<&mut Token> {
    match &mut call.caller {
        Caller::User(user) => user.token.as_mut(),
        Caller::Session(session) => Some(&mut session.token),
        Caller::Federated(session) => Some(&mut session.token),
        Caller::Root(_) | Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => None,
    }
}

/// Way and times.
fn facts(search: &mut Search<'_, CallCase>) {
    search.change(|c| {
        if let Path::Endpoint { address, .. } = &c.call.from {
            let address = address.clone();
            c.call.from = Path::Internet { address };
        }
    });
    for address in [ADDRESS, "10.0.0.1"] {
        search.change(|c| {
            let (Path::Internet { address: old } | Path::Endpoint { address: old, .. }) =
                &mut c.call.from;
            address.clone_into(old);
        });
    }
    search.change(|c| c.call.user_agent = "a".to_owned());
    // All times together, then the issue alone.
    search.change(|c| {
        c.call.at = 0;
        if let Some(token) = token(&mut c.call) {
            token.issued = 0;
            token.mfa = token.mfa.map(|_| 0);
        }
    });
    search.change(|c| {
        if let Some(token) = token(&mut c.call) {
            token.issued = 0;
            token.mfa = token.mfa.map(|_| 0);
        }
    });
    search.change(|c| {
        if let Some(token) = token(&mut c.call) {
            token.mfa = token.mfa.map(|_| 0);
        }
    });
}
