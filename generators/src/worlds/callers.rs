//! Who calls, in the making.

use veriam_model::{
    Caller, FederatedCaller, JwtCaller, PolicyText, RootCaller, ServiceCaller, SessionCaller, Tags,
    Token, UserCaller,
};

use crate::draw::{Draw, Text, join};
use crate::maker::{Feature, Features};
use crate::vocabulary::{CallerKind, SERVICES, SESSIONS};

use super::scene::{PROVIDER_NAMES, Scene, TagList, tags};
use super::tokens::Claims;

const SUBJECTS: [&str; 2] = ["subject-1", "alice@example.com"];
const IDENTITIES: [&str; 3] = ["alice", "DiegoRamirez", "build-42"];

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) kind: CallerKind,
    /// Among the users, the roles or the services.
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
    /// The token is genuine.
    pub(crate) accepted: bool,
    pub(crate) claims: Claims,
    /// The account of the resource a service acts for, and whether its ARN is told.
    pub(crate) source: Option<(&'static str, bool)>,
}

impl Who {
    /// A caller of that kind, of which the scene has somebody; of that account if there is anybody.
    pub(crate) fn draw(
        draw: &mut Draw<'_, '_>,
        features: Features,
        scene: &Scene,
        kind: CallerKind,
        home: Option<&'static str>,
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
            claims: Claims::default(),
            source: None,
        };
        let sessions = features.on(Feature::Session);
        match kind {
            CallerKind::User => {
                who.person = person(draw, &scene.users, home);
                who.account = scene.users[who.person].account;
                if draw.chance(1, 3) {
                    who.token = Some(token(draw, at, true));
                }
            }
            CallerKind::FederatedSession => {
                who.person = person(draw, &scene.users, home);
                who.account = scene.users[who.person].account;
                who.token = Some(token(draw, at, false));
                who.limited = !draw.chance(1, 6);
                who.tags = tags(draw);
            }
            CallerKind::RoleSession => {
                who.person = person(draw, &scene.roles, home);
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
            CallerKind::Root => {
                let any = scene.accounts[draw.below(scene.accounts.len())].id;
                who.account = home.unwrap_or(any);
            }
            CallerKind::Service => {
                who.person = draw.below(SERVICES.len());
                if draw.chance(4, 5) {
                    let account = scene.accounts[draw.below(scene.accounts.len())].id;
                    who.source = Some((account, draw.chance(3, 4)));
                }
            }
            _ => {}
        }
        who
    }

    /// The service that calls.
    pub(crate) fn service(&self) -> &'static str {
        SERVICES[self.person]
    }

    /// The ARN of the resource the service acts for.
    pub(crate) fn source_arn(&self, scene: &Scene) -> Option<Text> {
        let (account, _) = self.source.filter(|(_, told)| *told)?;
        let resource = match self.service() {
            "bedrock-agentcore.amazonaws.com" => "runtime/support_agent-AbCdEf0123",
            _ => "function/resize",
        };
        let service = match self.service() {
            "bedrock-agentcore.amazonaws.com" => "bedrock-agentcore",
            _ => "lambda",
        };
        Some(join(&[
            "arn:",
            scene.partition,
            ":",
            service,
            ":",
            scene.region,
            ":",
            account,
            ":",
            resource,
        ]))
    }

    /// As the model has it.
    pub(crate) fn finish(&self, scene: &Scene, policy: Option<PolicyText>) -> Caller {
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
                claims: self.claims.finish(),
            }),
            CallerKind::Service => Caller::Service(ServiceCaller {
                service: self.service().to_owned(),
                source_account: self.source.map(|(account, _)| account.to_owned()),
                source_arn: self.source_arn(scene).map(Text::into_owned),
            }),
            _ => Caller::Anonymous,
        }
    }
}

/// Somebody of that account, or anybody if it has nobody.
fn person(
    draw: &mut Draw<'_, '_>,
    people: &[super::scene::Person],
    home: Option<&'static str>,
) -> usize {
    let any = draw.below(people.len());
    let at_home = |at: &usize| home.is_none_or(|home| people[*at].account == home);
    let turned = (0..people.len()).map(|at| (any + at) % people.len());
    turned.clone().find(at_home).unwrap_or(any)
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
    signed_kind_at(draw, scene, None)
}

/// A kind of signed caller of which that account has somebody.
pub(crate) fn signed_kind_at(
    draw: &mut Draw<'_, '_>,
    scene: &Scene,
    home: Option<&'static str>,
) -> CallerKind {
    let fits = |person: &super::scene::Person| home.is_none_or(|home| person.account == home);
    let users = usize::from(scene.users.iter().any(fits));
    let roles = usize::from(scene.roles.iter().any(fits));
    let kinds = [
        CallerKind::User,
        CallerKind::RoleSession,
        CallerKind::FederatedSession,
        CallerKind::Root,
    ];
    kinds[draw.weighted(&[6 * users, 9 * roles, 3 * users, 2])]
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
