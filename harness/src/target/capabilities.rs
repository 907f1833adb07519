//! What a target can be asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use veriam_model::{
    Call, CallCase, Caller, Case, CaseKind, Check, Dialect, Path, PolicySlot, PolicyType,
    PolicyTypes, Request,
};
use veriam_oracle::{self as oracle, CallerKind, Detail};

use crate::operation::RequestFamily;

/// What a target can be asked. A list that is missing leaves nothing out; without `cases`, checks are what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// The kinds of cases. A target that takes checks and no calls is asked the checks that a call asks for.
    #[serde(default = "checks")]
    pub cases: Vec<CaseName>,
    /// The policy types it knows: other policies are never given to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<PolicyTypes>,
    /// The callers it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callers: Option<Vec<CallerName>>,
    /// The requests it knows, by what they are for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<RequestFamily>>,
    /// The ways of calls it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<PathName>>,
    /// The services it knows, by the prefix of their actions, for example `bedrock-agentcore`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// Whether it takes checks with `facts`.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub facts: bool,
}

/// A kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseName {
    /// Is this policy valid?
    Document,
    /// What is decided on this check?
    Check,
    /// What becomes of this call in that world?
    Call,
    /// Is this resource-based policy stored?
    Put,
}

/// A kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerName {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A session of a role.
    Session,
    /// A session from `sts:GetFederationToken`.
    Federated,
    /// An AWS service calling as itself.
    Service,
    /// A web identity or SAML caller of `sts:AssumeRoleWith…`.
    Provider,
    /// The bearer of a token.
    Jwt,
    /// Nobody who proves to be anybody.
    Anonymous,
}

/// A way that calls take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathName {
    /// The public endpoint of the service.
    Internet,
    /// A VPC interface endpoint.
    Endpoint,
}

fn checks() -> Vec<CaseName> {
    vec![CaseName::Check]
}

const fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_yes(value: &bool) -> bool {
    *value
}

impl Default for Capabilities {
    /// Those of somebody who says nothing.
    fn default() -> Self {
        Self {
            cases: checks(),
            ..Self::everything()
        }
    }
}

impl Capabilities {
    /// Every case there is.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            cases: vec![
                CaseName::Document,
                CaseName::Check,
                CaseName::Call,
                CaseName::Put,
            ],
            policies: None,
            callers: None,
            requests: None,
            paths: None,
            services: None,
            facts: true,
        }
    }

    /// Whether the target takes cases of that kind, itself and not piece by piece.
    #[must_use]
    pub fn takes(&self, kind: CaseKind) -> bool {
        self.cases.contains(&match kind {
            CaseKind::Document => CaseName::Document,
            CaseKind::Check => CaseName::Check,
            CaseKind::Call => CaseName::Call,
            CaseKind::Put => CaseName::Put,
        })
    }

    /// Whether calls have to be taken apart into checks for the target.
    #[must_use]
    pub fn takes_calls_as_checks(&self) -> bool {
        !self.takes(CaseKind::Call) && self.takes(CaseKind::Check)
    }

    /// Why the target cannot be asked a case; nothing if it can. The same words for all cases of one reason.
    #[must_use]
    pub fn refusal(&self, case: &Case) -> Option<String> {
        match case {
            Case::Document(document) => {
                if !self.takes(CaseKind::Document) {
                    return Some("documents".to_owned());
                }
                self.policy(document.policy_type)
            }
            Case::Check(check) => {
                if !self.takes(CaseKind::Check) {
                    return Some("checks".to_owned());
                }
                self.check(check)
            }
            Case::Call(call) => {
                if self.takes(CaseKind::Call) {
                    self.call(call)
                } else if self.takes(CaseKind::Check) {
                    // What else there is to say is said about its checks.
                    self.request(&call.call).or_else(|| self.path(&call.call))
                } else {
                    Some("calls".to_owned())
                }
            }
            Case::Put(_) => {
                if !self.takes(CaseKind::Put) {
                    return Some("puts".to_owned());
                }
                self.policy(PolicyType::Resource)
                    .or_else(|| self.service(AGENTCORE))
            }
        }
    }

    fn policy(&self, policy_type: PolicyType) -> Option<String> {
        let known = self.policies?;
        (!known.contains(policy_type)).then(|| format!("policies of type {policy_type}"))
    }

    fn check(&self, check: &Check) -> Option<String> {
        let mut slots = check.policies().map(|(slot, _)| slot);
        if self.policies.is_some() {
            let missing = slots.find_map(|slot| self.policy(type_in(check, slot)));
            if missing.is_some() {
                return missing;
            }
        }
        let service = check.action.split(':').next().unwrap_or_default();
        self.service(service)
            .or_else(|| {
                let lacks = !self.facts && !check.facts.is_empty();
                lacks.then(|| "checks with facts".to_owned())
            })
            .or_else(|| {
                let known = self.callers.as_ref()?;
                // What is no question has no caller.
                let traced = oracle::trace(check, &Dialect::default(), Detail::Structure).ok()?;
                unknown(known, caller(traced.caller))
            })
    }

    fn service(&self, service: &str) -> Option<String> {
        let known = self.services.as_ref()?;
        let knows = known.iter().any(|k| k.eq_ignore_ascii_case(service));
        (!knows).then(|| format!("actions of {}", service.to_ascii_lowercase()))
    }

    fn call(&self, case: &CallCase) -> Option<String> {
        let missing = self.policies.and_then(|_| {
            let world = case.world.policies().into_iter();
            let mut types = world.map(|(place, _)| place.policy_type());
            types.find_map(|t| self.policy(t)).or_else(|| {
                let session = case.call.session_policy();
                session.and_then(|_| self.policy(PolicyType::Session))
            })
        });
        missing
            .or_else(|| {
                let mut services = services(&case.call.request).into_iter();
                services.find_map(|service| self.service(service))
            })
            .or_else(|| self.request(&case.call))
            .or_else(|| self.path(&case.call))
            .or_else(|| {
                let known = self.callers.as_ref()?;
                unknown(
                    known,
                    match &case.call.caller {
                        Caller::User(_) => CallerName::User,
                        Caller::Session(_) => CallerName::Session,
                        Caller::Root(_) => CallerName::Root,
                        Caller::Federated(_) => CallerName::Federated,
                        Caller::Jwt(_) => CallerName::Jwt,
                        Caller::Service(_) => CallerName::Service,
                        Caller::Anonymous => CallerName::Anonymous,
                    },
                )
            })
    }

    fn request(&self, call: &Call) -> Option<String> {
        let known = self.requests.as_ref()?;
        let family = RequestFamily::of(&call.request);
        (!known.contains(&family)).then(|| format!("requests: {}", family.name()))
    }

    fn path(&self, call: &Call) -> Option<String> {
        let known = self.paths.as_ref()?;
        let (path, told) = match call.from {
            Path::Internet { .. } => (PathName::Internet, "calls from the internet"),
            Path::Endpoint { .. } => (PathName::Endpoint, "calls through a VPC endpoint"),
        };
        (!known.contains(&path)).then(|| told.to_owned())
    }
}

const AGENTCORE: &str = "bedrock-agentcore";

/// The services whose actions a request asks for.
fn services(request: &Request) -> Vec<&str> {
    match request {
        Request::AssumeRole(_) => vec!["sts"],
        Request::Other(request) => vec![request.action.split(':').next().unwrap_or_default()],
        Request::Control(request) if request.role.is_some() => vec![AGENTCORE, "iam"],
        _ => vec![AGENTCORE],
    }
}

fn unknown(known: &[CallerName], caller: CallerName) -> Option<String> {
    if known.contains(&caller) {
        return None;
    }
    let name = serde_json::to_value(caller).ok()?;
    Some(format!("callers of kind {}", name.as_str()?))
}

const fn caller(kind: CallerKind) -> CallerName {
    match kind {
        CallerKind::Root => CallerName::Root,
        CallerKind::User => CallerName::User,
        CallerKind::RoleSession => CallerName::Session,
        CallerKind::FederatedUser => CallerName::Federated,
        CallerKind::ServicePrincipal => CallerName::Service,
        CallerKind::FederatedProvider => CallerName::Provider,
        CallerKind::Anonymous => CallerName::Anonymous,
        CallerKind::Jwt => CallerName::Jwt,
    }
}

/// The type of the policy that stands there in a check.
#[must_use]
pub fn type_in(check: &Check, slot: PolicySlot) -> PolicyType {
    match slot {
        PolicySlot::Identity(_) => PolicyType::Identity,
        PolicySlot::Boundary => PolicyType::Boundary,
        PolicySlot::Session => PolicyType::Session,
        PolicySlot::Scp(..) => PolicyType::Scp,
        PolicySlot::Rcp(..) => PolicyType::Rcp,
        PolicySlot::Endpoint => PolicyType::Endpoint,
        PolicySlot::Resource => {
            let mut parts = check.resource.arn.splitn(6, ':').skip(2);
            let (service, rest) = (parts.next(), parts.nth(2).unwrap_or_default());
            match service {
                Some("iam") if rest.starts_with("role/") => PolicyType::Trust,
                Some("kms") if rest.starts_with("key/") => PolicyType::Key,
                _ => PolicyType::Resource,
            }
        }
    }
}
