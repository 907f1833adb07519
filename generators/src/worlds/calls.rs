//! Calls in the making.

use veriam_model::{
    Authorizer, Call, Caller, FederatedCaller, JwtCaller, Path, PolicyText, Request, RootCaller,
    RuntimeOperation, RuntimeRequest, SessionCaller, Tags, Token, TokenClaims, UserCaller,
};

use crate::draw::Draw;
use crate::maker::{Feature, Features};
use crate::values::{self, Kind, Value};
use crate::vocabulary::{self, CallerKind, SESSIONS};

use super::facts::{Cover, Facts, Way};
use super::scene::{AGENTS, PROVIDER_NAMES, Scene, TagList, tags};

const USER_IDS: [&str; 3] = ["user-7", "alice@example.com", "tenant b"];
const SUBJECTS: [&str; 2] = ["subject-1", "alice@example.com"];
const IDENTITIES: [&str; 3] = ["alice", "DiegoRamirez", "build-42"];

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) kind: CallerKind,
    /// Among the users or the roles.
    pub(crate) person: usize,
    pub(crate) account: &'static str,
    pub(crate) session: &'static str,
    pub(crate) token: Option<Token>,
    /// Session tags.
    pub(crate) tags: TagList,
    pub(crate) source_identity: Option<&'static str>,
    pub(crate) provider: Option<&'static str>,
    /// Comes with a session policy.
    pub(crate) limited: bool,
    pub(crate) subject: &'static str,
    /// The authorizer takes the token.
    pub(crate) accepted: bool,
}

/// The way a call takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Internet(Value),
    /// Through the network of that index.
    Network(usize, Value),
}

/// A call in the making.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// The call whose session policy this one shares: its own number, unless it varies another.
    pub(crate) origin: usize,
    pub(crate) who: Who,
    pub(crate) operation: RuntimeOperation,
    pub(crate) runtime: usize,
    /// The endpoint among those that are listed; none: `DEFAULT`, which is not.
    pub(crate) door: Option<usize>,
    pub(crate) qualifier: Option<&'static str>,
    pub(crate) user_id: Option<&'static str>,
    pub(crate) route: Route,
    pub(crate) at: u64,
    pub(crate) user_agent: &'static str,
}

impl Planned {
    /// A drawn call with the credentials that its endpoint wants.
    pub(crate) fn draw(
        draw: &mut Draw<'_, '_>,
        features: Features,
        scene: &Scene,
        origin: usize,
    ) -> Self {
        let runtime = draw.below(scene.runtimes.len());
        let (qualifier, door) = endpoint(draw, scene, runtime);
        let at = time(draw);
        let kind = match scene.runtimes[runtime].authorizer(door) {
            Authorizer::Jwt => CallerKind::Jwt,
            Authorizer::Iam => signed_kind(draw, scene),
        };
        let who = Who::draw(draw, features, scene, kind, at);
        let operation = operation(draw);
        let header = operation.takes_user_id() && draw.chance(1, 3);
        Self {
            origin,
            who,
            operation,
            runtime,
            door,
            qualifier,
            user_id: header.then(|| draw.one(&USER_IDS)),
            route: route(draw, scene),
            at,
            user_agent: draw.one(&AGENTS),
        }
    }

    /// The name of the endpoint it reaches.
    pub(crate) fn endpoint(&self, scene: &Scene) -> &'static str {
        match self.door {
            Some(door) => scene.runtimes[self.runtime].endpoints[door].name,
            None => "DEFAULT",
        }
    }

    /// The caller as the principal of checks.
    pub(crate) fn caller(&self, scene: &Scene) -> vocabulary::Caller {
        let who = &self.who;
        let person = match who.kind {
            CallerKind::User | CallerKind::FederatedSession => scene.users.get(who.person),
            CallerKind::RoleSession => scene.roles.get(who.person),
            _ => None,
        };
        let (path, name) = person.map_or(("", ""), |p| (p.path, p.name));
        vocabulary::Caller::known(
            who.kind,
            scene.partition,
            who.account,
            [path, name, who.session],
        )
    }

    /// What the keys of the call follow from.
    pub(crate) fn facts(&self, scene: &Scene) -> Facts {
        let who = &self.who;
        let runtime = &scene.runtimes[self.runtime];
        let (id, own) = match who.kind {
            CallerKind::User => (scene.users[who.person].id, scene.users[who.person].tags),
            CallerKind::RoleSession => (scene.roles[who.person].id, scene.roles[who.person].tags),
            _ => ("", [None, None]),
        };
        let way = match &self.route {
            Route::Internet(address) => Way::Internet(address.clone()),
            Route::Network(index, address) => {
                let net = &scene.networks[*index];
                Way::Network {
                    endpoint: net.endpoint,
                    vpc: net.vpc,
                    account: net.account,
                    org: scene.org(net.account),
                    address: address.clone(),
                }
            }
        };
        Facts {
            caller: self.caller(scene),
            id,
            org: scene.org(who.account),
            tags: [who.tags[0].or(own[0]), who.tags[1].or(own[1])],
            token: who.token,
            source_identity: who.source_identity,
            provider: who.provider,
            way,
            at: self.at,
            user_agent: self.user_agent,
            region: scene.region,
            owner: runtime.account,
            owner_org: scene.org(runtime.account),
            runtime_tags: runtime.tags,
            endpoint_tags: self
                .door
                .map_or([None, None], |d| runtime.endpoints[d].tags),
            cover: Cover::Both,
        }
    }

    /// The call as the model has it.
    pub(crate) fn finish(&self, scene: &Scene, policy: Option<PolicyText>) -> Call {
        Call {
            caller: self.who.finish(scene, policy),
            request: Request::Runtime(RuntimeRequest {
                operation: self.operation,
                runtime: scene.runtimes[self.runtime].id.to_owned(),
                qualifier: self.qualifier.map(str::to_owned),
                user_id: self.user_id.map(str::to_owned),
            }),
            from: match &self.route {
                Route::Internet(address) => Path::Internet {
                    address: address.text.as_ref().to_owned(),
                },
                Route::Network(index, address) => Path::Endpoint {
                    endpoint: scene.networks[*index].endpoint.to_owned(),
                    address: address.text.as_ref().to_owned(),
                },
            },
            at: self.at,
            user_agent: self.user_agent.to_owned(),
        }
    }
}

impl Who {
    /// A caller of that kind, of which the scene has somebody.
    pub(crate) fn draw(
        draw: &mut Draw<'_, '_>,
        features: Features,
        scene: &Scene,
        kind: CallerKind,
        at: u64,
    ) -> Self {
        let mut who = Self {
            kind,
            person: 0,
            account: "",
            session: "",
            token: None,
            tags: [None, None],
            source_identity: None,
            provider: None,
            limited: false,
            subject: "",
            accepted: true,
        };
        let sessions = features.on(Feature::Session);
        match kind {
            CallerKind::User => {
                who.person = draw.below(scene.users.len());
                who.account = scene.users[who.person].account;
                if draw.chance(1, 3) {
                    who.token = Some(token(draw, at, true));
                }
            }
            CallerKind::FederatedSession => {
                who.person = draw.below(scene.users.len());
                who.account = scene.users[who.person].account;
                who.token = Some(token(draw, at, false));
                who.limited = !draw.chance(1, 6);
                who.tags = tags(draw);
            }
            CallerKind::RoleSession => {
                who.person = draw.below(scene.roles.len());
                who.account = scene.roles[who.person].account;
                who.session = draw.one(&SESSIONS);
                who.token = Some(token(draw, at, true));
                who.limited = sessions && draw.chance(1, 3);
                if draw.chance(1, 3) {
                    who.tags = tags(draw);
                    who.tags = spelled(draw, who.tags);
                }
                if draw.chance(1, 4) {
                    who.source_identity = Some(draw.one(&IDENTITIES));
                }
                if draw.chance(1, 4) {
                    who.provider = Some(draw.one(&PROVIDER_NAMES));
                }
            }
            CallerKind::Jwt => who.subject = draw.one(&SUBJECTS),
            CallerKind::Root => who.account = scene.accounts[draw.below(scene.accounts.len())].id,
            _ => {}
        }
        who
    }

    fn finish(&self, scene: &Scene, policy: Option<PolicyText>) -> Caller {
        let token = self.token.unwrap_or(Token {
            issued: 0,
            mfa: None,
        });
        let text = |text: Option<&'static str>| text.map(str::to_owned);
        match self.kind {
            CallerKind::User => Caller::User(UserCaller {
                account: self.account.to_owned(),
                name: scene.users[self.person].name.to_owned(),
                token: self.token,
            }),
            CallerKind::RoleSession => Caller::Session(SessionCaller {
                account: self.account.to_owned(),
                role: scene.roles[self.person].name.to_owned(),
                session: self.session.to_owned(),
                token,
                policy,
                tags: tag_list(self.tags),
                source_identity: text(self.source_identity),
                provider: text(self.provider),
            }),
            CallerKind::FederatedSession => Caller::Federated(FederatedCaller {
                account: self.account.to_owned(),
                user: scene.users[self.person].name.to_owned(),
                token,
                policy,
                tags: tag_list(self.tags),
            }),
            CallerKind::Root => Caller::Root(RootCaller {
                account: self.account.to_owned(),
            }),
            CallerKind::Jwt => Caller::Jwt(JwtCaller {
                subject: self.subject.to_owned(),
                accepted: self.accepted,
                claims: TokenClaims::default(),
            }),
            _ => Caller::Anonymous,
        }
    }
}

/// Tags as the model has them.
pub(crate) fn tag_list(list: TagList) -> Tags {
    let mut tags = Tags::new();
    for (key, value) in list.into_iter().flatten() {
        // The keys are two different words.
        let _ = tags.insert(key, value);
    }
    tags
}

/// A kind of signed caller of which the scene has somebody.
pub(crate) fn signed_kind(draw: &mut Draw<'_, '_>, scene: &Scene) -> CallerKind {
    let users = usize::from(!scene.users.is_empty());
    let roles = usize::from(!scene.roles.is_empty());
    let kinds = [
        CallerKind::User,
        CallerKind::RoleSession,
        CallerKind::FederatedSession,
        CallerKind::Root,
    ];
    kinds[draw.weighted(&[6 * users, 9 * roles, 3 * users, 2])]
}

/// Qualifier and endpoint: none named, `DEFAULT` named, or one that is listed.
pub(crate) fn endpoint(
    draw: &mut Draw<'_, '_>,
    scene: &Scene,
    runtime: usize,
) -> (Option<&'static str>, Option<usize>) {
    let doors = &scene.runtimes[runtime].endpoints;
    let default = doors.iter().position(|d| d.name == "DEFAULT");
    let listed = if doors.is_empty() { 0 } else { 5 };
    match draw.weighted(&[4, 1, listed]) {
        0 => (None, default),
        1 => (Some("DEFAULT"), default),
        _ => {
            let door = draw.below(doors.len());
            (Some(doors[door].name), Some(door))
        }
    }
}

pub(crate) fn operation(draw: &mut Draw<'_, '_>) -> RuntimeOperation {
    RuntimeOperation::ALL[draw.weighted(&[6, 3, 2, 1, 2, 2, 1])]
}

pub(crate) fn user_id(draw: &mut Draw<'_, '_>) -> &'static str {
    draw.one(&USER_IDS)
}

pub(crate) fn route(draw: &mut Draw<'_, '_>, scene: &Scene) -> Route {
    let through = !scene.networks.is_empty() && draw.chance(3, 5);
    let address = values::request(draw, Kind::Ip);
    match through {
        true => Route::Network(draw.below(scene.networks.len()), address),
        false => Route::Internet(address),
    }
}

fn time(draw: &mut Draw<'_, '_>) -> u64 {
    let meaning = values::epoch(draw).meaning / 1_000;
    u64::try_from(meaning).unwrap_or(0)
}

fn token(draw: &mut Draw<'_, '_>, at: u64, may_have_mfa: bool) -> Token {
    let issued = at - draw.one(&[0, 10, 300, 3_600, 43_000]);
    let mfa = may_have_mfa && draw.chance(1, 2);
    Token {
        issued,
        mfa: mfa.then(|| issued - draw.one(&[0, 5, 90, 290, 3_500])),
    }
}

/// The tags, now and then with a key in other letter case: it replaces the role's tag all the same.
fn spelled(draw: &mut Draw<'_, '_>, tags: TagList) -> TagList {
    match (tags, draw.chance(1, 6)) {
        ([Some((_, team)), stage], true) => [Some(("Team", team)), stage],
        (tags, _) => tags,
    }
}
