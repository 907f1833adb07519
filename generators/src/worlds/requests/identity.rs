//! Requests to the identity service.

use veriam_model::{IdentityOperation, IdentityRequest, InboundClaims, ProviderKind, Request};

use crate::draw::{Draw, Text};

use super::super::parts::{Part, Thing, action, key};
use super::super::scene::Scene;
use super::USER_IDS;

pub(crate) const ISSUERS: [&str; 2] = ["https://issuer.example.com", "https://login.example.org"];
pub(crate) const CLIENTS: [&str; 3] = ["web-app", "batch", "console"];
pub(crate) const AUDIENCES: [&str; 3] = ["agents", "desk", "elsewhere"];
pub(crate) const SCOPES: [&str; 3] = ["tools/invoke", "tools/read", "openid"];

/// The claims of the token inside a request.
#[derive(Clone, Copy, Debug)]
struct Inbound {
    iss: &'static str,
    sub: &'static str,
    client: Option<&'static str>,
    audiences: [Option<&'static str>; 2],
    scopes: [Option<&'static str>; 2],
}

/// What is asked of the identity service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfIdentity {
    operation: IdentityOperation,
    workload: usize,
    provider: Option<usize>,
    user_id: Option<&'static str>,
    claims: Option<Inbound>,
}

impl OfIdentity {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let sound = |at: &usize| !scene.workloads[*at].managed;
        let first = draw.below(scene.workloads.len());
        let mut turned = (0..scene.workloads.len()).map(|at| (first + at) % scene.workloads.len());
        let mut call = Self {
            operation: IdentityOperation::GetWorkloadAccessToken,
            workload: turned.find(sound).unwrap_or(first),
            provider: None,
            user_id: None,
            claims: None,
        };
        call.carry(draw, scene);
        call
    }

    /// Draws an operation that the providers of the scene permit, and what it carries.
    fn carry(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        use IdentityOperation as Op;
        let operation = draw.one(IdentityOperation::ALL);
        let kind = match operation {
            Op::GetResourceApiKey => Some(ProviderKind::ApiKey),
            Op::GetResourceOauth2Token | Op::CompleteResourceTokenAuth => {
                Some(ProviderKind::Oauth2)
            }
            Op::GetResourcePaymentToken => Some(ProviderKind::Payment),
            _ => None,
        };
        self.provider = match kind {
            Some(kind) => scene.providers.iter().position(|p| p.kind == kind),
            None => None,
        };
        self.operation = match (kind, self.provider) {
            (Some(_), None) => draw.one(&[
                Op::GetWorkloadAccessToken,
                Op::GetWorkloadAccessTokenForJWT,
                Op::GetWorkloadAccessTokenForUserId,
            ]),
            _ => operation,
        };
        let ends = self.operation == Op::CompleteResourceTokenAuth;
        let user =
            self.operation == Op::GetWorkloadAccessTokenForUserId || ends && draw.chance(1, 2);
        self.user_id = (user && !draw.chance(1, 8)).then(|| draw.one(&USER_IDS));
        let claims =
            self.operation == Op::GetWorkloadAccessTokenForJWT || ends && self.user_id.is_none();
        self.claims = (claims && !draw.chance(1, 8)).then(|| Inbound::draw(draw));
    }

    /// The account that the caller has to be of.
    pub(crate) fn home(&self, scene: &Scene) -> &'static str {
        scene.workloads[self.workload].account
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let workload = &scene.workloads[self.workload];
        let account = workload.account;
        let agentcore = |word, id| Thing::agentcore(scene, account, word, id);
        let directory = agentcore("workload-identity-directory/", "default");
        let own = directory
            .part("/workload-identity/", workload.name)
            .tagged(workload.tags);
        let mut things = Vec::with_capacity(4);
        if let Some(provider) = self.provider {
            let provider = &scene.providers[provider];
            let vault = agentcore("token-vault/", "default");
            let word = match provider.kind {
                ProviderKind::ApiKey => "/apikeycredentialprovider/",
                ProviderKind::Oauth2 => "/oauth2credentialprovider/",
                ProviderKind::Payment => "/paymentcredentialprovider/",
            };
            things.push(vault.part(word, provider.name).tagged(provider.tags));
            things.push(vault);
        }
        things.extend([own, directory]);
        let mut carried: Vec<(Text, Vec<Text>)> = Vec::new();
        carried.extend(self.user_id.map(|id| key("userid", id)));
        if let Some(claims) = self.claims {
            claims.keys(&mut carried);
        }
        let actions = vec![action(self.operation.name())];
        vec![Part::new(actions, things, account).carrying(carried)]
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let provider = self.provider.map(|at| scene.providers[at].name);
        Request::Identity(IdentityRequest {
            operation: self.operation,
            workload: scene.workloads[self.workload].name.to_owned(),
            provider: provider.map(str::to_owned),
            user_id: self.user_id.map(str::to_owned),
            claims: self.claims.map(Inbound::finish),
        })
    }

    /// Names an identity that a service manages, if there is one.
    pub(crate) fn nowhere(&mut self, scene: &Scene) -> bool {
        match scene.workloads.iter().position(|w| w.managed) {
            Some(managed) => {
                self.workload = managed;
                true
            }
            None => false,
        }
    }

    /// Another operation, another identity, or other claims.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        match draw.below(3) {
            0 => self.workload = draw.below(scene.workloads.len()),
            1 if self.claims.is_some() => self.claims = Some(Inbound::draw(draw)),
            _ => self.carry(draw, scene),
        }
    }
}

impl Inbound {
    fn draw(draw: &mut Draw<'_, '_>) -> Self {
        Self {
            iss: draw.one(&ISSUERS),
            sub: draw.one(&USER_IDS),
            client: (!draw.chance(1, 4)).then(|| draw.one(&CLIENTS)),
            audiences: some(draw, &AUDIENCES),
            scopes: some(draw, &SCOPES),
        }
    }

    fn keys(self, carried: &mut Vec<(Text, Vec<Text>)>) {
        carried.push(key("InboundJwtClaim/iss", self.iss));
        carried.push(key("InboundJwtClaim/sub", self.sub));
        carried.extend(self.client.map(|id| key("InboundJwtClaim/client_id", id)));
        for (name, values) in [
            ("InboundJwtClaim/aud", self.audiences),
            ("InboundJwtClaim/scope", self.scopes),
        ] {
            let mut values = values.into_iter().flatten();
            if let Some(first) = values.next() {
                let mut entry = key(name, first);
                entry.1.extend(values.map(Text::Borrowed));
                carried.push(entry);
            }
        }
    }

    fn finish(self) -> InboundClaims {
        let list = |values: [Option<&str>; 2]| {
            let values = values.into_iter().flatten();
            values.map(str::to_owned).collect()
        };
        InboundClaims {
            iss: self.iss.to_owned(),
            sub: self.sub.to_owned(),
            client_id: self.client.map(str::to_owned),
            aud: list(self.audiences),
            scope: list(self.scopes),
        }
    }
}

/// None, one or two different ones.
fn some(draw: &mut Draw<'_, '_>, texts: &[&'static str; 3]) -> [Option<&'static str>; 2] {
    let first = draw.below(3);
    let count = draw.weighted(&[3, 1, 2]);
    match count {
        1 => [None, None],
        2 => [Some(texts[first]), Some(texts[(first + 1) % 3])],
        _ => [Some(texts[first]), None],
    }
}
