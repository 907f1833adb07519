//! Principals: who can call.

use veriam_model::{
    Caller, FederatedCaller, Identity, JwtCaller, PolicyText, PolicyType, RootCaller,
    ServiceCaller, SessionCaller, Token, TokenClaims, UserCaller,
};

use super::Reader;
use crate::scenario::error::ScenarioError;
use crate::scenario::fields::{Fields, boolean, choose, entries, items, named, text};
use crate::scenario::yaml::{Key, Node};
use crate::scenario::{Mfa, Principal, time};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    User,
    Session,
    Federated,
    Root,
    Jwt,
    Service,
    Anonymous,
}

const KINDS: [(&str, Kind); 8] = [
    ("role", Kind::Role),
    ("user", Kind::User),
    ("session", Kind::Session),
    ("federated", Kind::Federated),
    ("root", Kind::Root),
    ("jwt", Kind::Jwt),
    ("service", Kind::Service),
    ("anonymous", Kind::Anonymous),
];

const IDENTITY: [&str; 7] = ["type", "account", "name", "path", "id", "tags", "policies"];
const SESSION: [&str; 7] = [
    "name",
    "policy",
    "tags",
    "source-identity",
    "provider",
    "issued",
    "mfa",
];
/// Filled in for each call.
const LATER: Token = Token {
    issued: 0,
    mfa: None,
};

impl Reader<'_> {
    pub(super) fn read_principals(&mut self, node: &Node) -> Result<Vec<Principal>, ScenarioError> {
        let mut principals: Vec<Principal> = Vec::new();
        for (key, value) in self.told(entries(node, "`principals`"))? {
            let kind = self.kind(value)?;
            let principal = match kind {
                Kind::Role => self.role(key, value)?,
                Kind::User => self.user(key, value)?,
                Kind::Session => self.session_of(key, value, &principals)?,
                Kind::Federated => self.federated(key, value, &principals)?,
                Kind::Root => {
                    let fields =
                        self.told(Fields::new(value, "a root user", &["type", "account"]))?;
                    let account = self.told(fields.need("account", "the name of its account"))?;
                    let account = self.account(account)?;
                    self.plain(key, Caller::Root(RootCaller { account }))?
                }
                Kind::Jwt => self.bearer(key, value)?,
                Kind::Service => self.service(key, value)?,
                Kind::Anonymous => {
                    self.told(Fields::new(value, "an anonymous caller", &["type"]))?;
                    self.plain(key, Caller::Anonymous)?
                }
            };
            principals.push(principal);
        }
        if principals.is_empty() {
            return self.fail(node.place, "there is no principal; add at least one caller");
        }
        Ok(principals)
    }

    fn kind(&self, node: &Node) -> Result<Kind, ScenarioError> {
        let all = self.told(entries(node, "a principal"))?;
        match all.iter().find(|(key, _)| key.text == "type") {
            Some((_, kind)) => self.told(named(kind, "type", KINDS)),
            None => {
                let names = KINDS.map(|(name, _)| name);
                self.fail(
                    node.place,
                    format_args!("a principal lacks `type`; {}", choose("", &names)),
                )
            }
        }
    }

    fn plain(&self, key: &Key, caller: Caller) -> Result<Principal, ScenarioError> {
        Ok(Principal {
            name: self.name(key)?,
            place: key.place,
            caller,
            issued: None,
            mfa: Mfa::No,
        })
    }

    fn role(&mut self, key: &Key, node: &Node) -> Result<Principal, ScenarioError> {
        let known = [&IDENTITY[..], &["boundary", "trust", "session"]].concat();
        let fields = self.told(Fields::new(node, "a role", &known))?;
        let at = format!("roles[{}]", self.world.roles.len());
        let role = self.identity(&fields, node, &at, "AROA")?;
        let caller = SessionCaller {
            account: role.account.clone(),
            role: role.name.clone(),
            session: key.text.clone(),
            token: LATER,
            policy: None,
            tags: veriam_model::Tags::new(),
            source_identity: None,
            provider: None,
        };
        self.world.roles.push(role);
        match fields.get("session") {
            Some(session) => {
                let fields = self.told(Fields::new(session, "a session", &SESSION))?;
                self.session(key, &fields, caller)
            }
            None => self.plain(key, Caller::Session(caller)),
        }
    }

    /// Another session of a role that is declared above.
    fn session_of(
        &self,
        key: &Key,
        node: &Node,
        principals: &[Principal],
    ) -> Result<Principal, ScenarioError> {
        let known = [&["type", "role"], &SESSION[..]].concat();
        let fields = self.told(Fields::new(node, "a session", &known))?;
        let role = self.told(fields.need(
            "role",
            "the name of the principal whose role it is a session of",
        ))?;
        let of = self.declared(role, "role", principals, |caller| {
            matches!(caller, Caller::Session(_))
        })?;
        let Caller::Session(of) = &of.caller else {
            return self.fail(role.place, "not a role; name one");
        };
        let caller = SessionCaller {
            account: of.account.clone(),
            role: of.role.clone(),
            session: key.text.clone(),
            token: LATER,
            policy: None,
            tags: veriam_model::Tags::new(),
            source_identity: None,
            provider: None,
        };
        self.session(key, &fields, caller)
    }

    fn session(
        &self,
        key: &Key,
        fields: &Fields<'_>,
        mut caller: SessionCaller,
    ) -> Result<Principal, ScenarioError> {
        if let Some(name) = self.told(fields.text("name"))? {
            caller.session = name;
        }
        caller.policy = self.maybe_policy(fields.get("policy"), PolicyType::Session)?;
        caller.tags = self.tags(fields.get("tags"))?;
        caller.source_identity = self.told(fields.text("source-identity"))?;
        caller.provider = self.told(fields.text("provider"))?;
        self.with_times(self.plain(key, Caller::Session(caller))?, fields)
    }

    fn user(&mut self, key: &Key, node: &Node) -> Result<Principal, ScenarioError> {
        let known = [&IDENTITY[..], &["boundary", "temporary", "issued", "mfa"]].concat();
        let fields = self.told(Fields::new(node, "a user", &known))?;
        let at = format!("users[{}]", self.world.users.len());
        let user = self.identity(&fields, node, &at, "AIDA")?;
        let temporary = match fields.get("temporary") {
            Some(node) => self.told(boolean(node, "temporary"))?,
            None => false,
        };
        for field in ["issued", "mfa"] {
            if !temporary && fields.get(field).is_some() {
                return self.fail(
                    fields.place(field),
                    format_args!(
                        "only temporary credentials have `{field}`; add `temporary: true`"
                    ),
                );
            }
        }
        let caller = UserCaller {
            account: user.account.clone(),
            name: user.name.clone(),
            token: temporary.then_some(LATER),
        };
        self.world.users.push(user);
        self.with_times(self.plain(key, Caller::User(caller))?, &fields)
    }

    fn federated(
        &self,
        key: &Key,
        node: &Node,
        principals: &[Principal],
    ) -> Result<Principal, ScenarioError> {
        let known = &["type", "user", "policy", "tags", "issued"];
        let fields = self.told(Fields::new(node, "a federated session", known))?;
        let user = self.told(fields.need("user", "the name of the user who asked for it"))?;
        let of = self.declared(user, "user", principals, |caller| {
            matches!(caller, Caller::User(_))
        })?;
        let Caller::User(of) = &of.caller else {
            return self.fail(user.place, "not a user; name one");
        };
        let caller = FederatedCaller {
            account: of.account.clone(),
            user: of.name.clone(),
            token: LATER,
            policy: self.maybe_policy(fields.get("policy"), PolicyType::Session)?,
            tags: self.tags(fields.get("tags"))?,
        };
        self.with_times(self.plain(key, Caller::Federated(caller))?, &fields)
    }

    fn bearer(&self, key: &Key, node: &Node) -> Result<Principal, ScenarioError> {
        let fields = self.told(Fields::new(
            node,
            "a bearer of a token",
            &[
                "type",
                "subject",
                "accepted",
                "audiences",
                "client",
                "scopes",
            ],
        ))?;
        let subject = self.told(fields.text("subject"))?;
        let accepted = match fields.get("accepted") {
            Some(node) => self.told(boolean(node, "accepted"))?,
            None => true,
        };
        let caller = JwtCaller {
            subject: subject.unwrap_or_else(|| key.text.clone()),
            accepted,
            claims: TokenClaims {
                audiences: self.texts(fields.get("audiences"), "audiences")?,
                client: self.told(fields.text("client"))?,
                scopes: self.texts(fields.get("scopes"), "scopes")?,
            },
        };
        self.plain(key, Caller::Jwt(caller))
    }

    fn service(&self, key: &Key, node: &Node) -> Result<Principal, ScenarioError> {
        let known = &["type", "service", "source-account", "source-arn"];
        let fields = self.told(Fields::new(node, "a service", known))?;
        let service = self.told(fields.need("service", "its name, `lambda.amazonaws.com`"))?;
        let caller = ServiceCaller {
            service: self.told(text(service, "service"))?.to_owned(),
            source_account: match fields.get("source-account") {
                Some(node) => Some(self.account(node)?),
                None => None,
            },
            source_arn: self.told(fields.text("source-arn"))?,
        };
        self.plain(key, Caller::Service(caller))
    }

    /// The principal above that a field names, which must be of some kind.
    pub(super) fn declared<'p>(
        &self,
        node: &Node,
        what: &'static str,
        principals: &'p [Principal],
        fits: impl Fn(&Caller) -> bool,
    ) -> Result<&'p Principal, ScenarioError> {
        let found = self.told(text(node, what))?;
        let fitting: Vec<&Principal> = principals.iter().filter(|p| fits(&p.caller)).collect();
        if let Some(principal) = fitting.iter().find(|p| p.name == found) {
            return Ok(principal);
        }
        let names: Vec<&str> = fitting.iter().map(|p| p.name.as_str()).collect();
        self.fail(
            node.place,
            format_args!(
                "no {what} `{found}` is declared above; {}",
                choose(found, &names)
            ),
        )
    }

    fn identity(
        &mut self,
        fields: &Fields<'_>,
        node: &Node,
        at: &str,
        prefix: &str,
    ) -> Result<Identity, ScenarioError> {
        self.places.add(at, node.place);
        for name in ["name", "path", "id"] {
            self.places.add(format!("{at}.{name}"), fields.place(name));
        }
        let account = self.told(fields.need("account", "the name of its account"))?;
        let name = self.told(fields.need("name", "its name in IAM"))?;
        let name = self.told(text(name, "name"))?.to_owned();
        let id = match self.told(fields.text("id"))? {
            Some(id) => id,
            None => unique_id(prefix, &name),
        };
        Ok(Identity {
            account: self.account(account)?,
            path: self
                .told(fields.text("path"))?
                .unwrap_or_else(|| "/".to_owned()),
            id,
            tags: self.tags(fields.get("tags"))?,
            policies: self.identity_policies(fields.get("policies"))?,
            boundary: self.maybe_policy(fields.get("boundary"), PolicyType::Boundary)?,
            trust: self.maybe_policy(fields.get("trust"), PolicyType::Trust)?,
            name,
        })
    }

    fn identity_policies(&self, node: Option<&Node>) -> Result<Vec<PolicyText>, ScenarioError> {
        let Some(node) = node else {
            return Ok(Vec::new());
        };
        let policies = self.told(items(node, "policies"))?;
        let read = policies
            .iter()
            .map(|p| self.policy(p, PolicyType::Identity));
        read.collect()
    }

    fn with_times(
        &self,
        mut principal: Principal,
        fields: &Fields<'_>,
    ) -> Result<Principal, ScenarioError> {
        if let Some(node) = fields.get("issued") {
            principal.issued = Some(self.time(node, "issued")?);
        }
        if let Some(node) = fields.get("mfa") {
            principal.mfa = match self.told(text(node, "mfa"))? {
                "true" => Mfa::WhenIssued,
                "false" => Mfa::No,
                _ => Mfa::At(self.time(node, "mfa")?),
            };
        }
        Ok(principal)
    }

    pub(super) fn time(&self, node: &Node, what: &str) -> Result<u64, ScenarioError> {
        let found = self.told(text(node, what))?;
        match time::parse(found) {
            Some(time) => Ok(time),
            None => self.fail(
                node.place,
                format_args!("{found:?} is no time; write one as 2026-03-01T12:00:00Z"),
            ),
        }
    }
}

/// A unique id as IAM's look, made of the name.
fn unique_id(prefix: &str, name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    format!("{prefix}EXAMPLE{letters}")
}
