//! What the oracle can say about how it came to an outcome.

use std::fmt;

use veriam_model::{Decision, Dialect, PolicySlot, PolicyType, RuleId, Verb};

use crate::decide::{Policies, PolicySaid, decide_quietly};
use crate::parties::Parties;
use crate::statement::Said;
use crate::{Judgement, Operator, SetOperator};

/// How much a [`Derivation`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Typed facts only; every text meant for people is empty.
    Structure,
    /// Also the texts: `text`, `why`, `wanted`, `found`.
    Full,
}

/// How one check was decided, from the callers down to single elements of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// CheckOutcome, cited rules and consulted choices: the same as [`judge`](crate::judge) returns.
    pub judgement: Judgement,
    /// What kind of caller `principal` is.
    pub caller: CallerKind,
    /// Whether caller and resource share an account; `None` where the question has no meaning (callers in no
    /// account).
    pub same_account: Option<bool>,
    /// The steps of the algorithm, in order; the last one says why the outcome is what it is.
    pub steps: Vec<Step>,
    /// Every policy of the check, in the order of [`Check::policies`](veriam_model::Check::policies).
    pub policies: Vec<PolicyTrace>,
    /// What [`Derivation::decision_if`] needs; `None` when the outcome is no decision.
    pub(crate) recipe: Option<Recipe>,
}

/// What the decision follows from, besides what the policies say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) parties: Parties,
    pub(crate) guarded: bool,
    pub(crate) dialect: Dialect,
}

/// What kind of caller a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A session of a role.
    RoleSession,
    /// A session from GetFederationToken.
    FederatedUser,
    /// An AWS service calling as itself.
    ServicePrincipal,
    /// A web identity or SAML caller of sts:AssumeRoleWith….
    FederatedProvider,
    /// Nobody in particular: an unsigned request.
    Anonymous,
    /// The bearer of a valid JWT.
    Jwt,
}

impl fmt::Display for CallerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CallerKind::Root => "root user",
            CallerKind::User => "IAM user",
            CallerKind::RoleSession => "role session",
            CallerKind::FederatedUser => "federated-user session",
            CallerKind::ServicePrincipal => "service principal",
            CallerKind::FederatedProvider => "web identity or SAML caller",
            CallerKind::Anonymous => "anonymous caller",
            CallerKind::Jwt => "JWT caller",
        })
    }
}

/// One step of the algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rules the step applies.
    pub rules: Vec<RuleId>,
    /// What it found, in a sentence; empty under [`Detail::Structure`].
    pub text: String,
}

/// The `Version` of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2012-10-17`
    V2012,
    /// `2008-10-17`
    V2008,
    /// No `Version` (IAM-010: read as `2008-10-17`), or one that cannot be read.
    Missing,
}

/// What one policy of the check contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTrace {
    /// Where the policy stands in the check.
    pub slot: PolicySlot,
    /// The type it was read as.
    pub policy_type: PolicyType,
    /// Whether it counts for this caller and resource.
    pub counts: bool,
    /// Its `Version`.
    pub version: Version,
    /// What it says; [`Layer::Silent`] when it does not count.
    pub verdict: Layer,
    /// The rules cited while it was read and evaluated.
    pub rules: Vec<RuleId>,
    /// Why it does not count; `None` when it does.
    pub why_not_counted: Option<Step>,
    /// Its statements in document order; empty when it does not count or the outcome is `Invalid`.
    pub statements: Vec<StatementTrace>,
}

/// What a policy says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Some Deny statement applies.
    Deny,
    /// No Deny statement applies, but some Allow statement does.
    Allow,
    /// No statement applies.
    Silent,
}

/// What one statement contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTrace {
    /// Position in the document, from 0.
    pub index: usize,
    /// Its `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its `Effect`.
    pub effect: Verb,
    /// Whether every element holds.
    pub applies: bool,
    /// How its principal element names the caller, whatever the other elements say; `None` in policy types
    /// without principals.
    pub grade: Option<Grade>,
    /// Its elements; a `Condition` gives one entry for each operator and key.
    pub elements: Vec<ElementTrace>,
}

/// How a principal element names the caller, worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Not at all.
    None,
    /// The caller's account is named.
    Account,
    /// The role behind the role session, or the IAM user behind the federated-user session, is named.
    Entity,
    /// The exact caller, or everyone, is named.
    Direct,
}

/// What one element of a statement contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementTrace {
    /// Which element.
    pub element: Element,
    /// Whether it holds, so that the statement may apply.
    pub holds: bool,
    /// The rules cited for it, in the order of first use.
    pub rules: Vec<RuleId>,
    /// The values the policy asks for, as written; empty under [`Detail::Structure`].
    pub wanted: Vec<String>,
    /// The values the request has; `None` for an absent condition key and under [`Detail::Structure`].
    pub found: Option<Vec<String>>,
    /// Why it holds or not, in a sentence; empty under [`Detail::Structure`].
    pub why: String,
    /// The test, for `Condition` elements; `None` for a `Condition` without any test.
    pub condition: Option<ConditionTrace>,
    /// The forms of the principals listed, for `Principal` and `NotPrincipal`.
    pub principal_forms: Vec<PrincipalForm>,
    /// The variables in the values, for resources and conditions.
    pub variables: Vec<VariableTrace>,
}

/// An element of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// `Principal`
    Principal,
    /// `NotPrincipal`
    NotPrincipal,
    /// `Action`
    Action,
    /// `NotAction`
    NotAction,
    /// `Resource`
    Resource,
    /// `NotResource`
    NotResource,
    /// One test of `Condition`
    Condition,
}

impl Element {
    /// The element's name in a policy.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Element::Principal => "Principal",
            Element::NotPrincipal => "NotPrincipal",
            Element::Action => "Action",
            Element::NotAction => "NotAction",
            Element::Resource => "Resource",
            Element::NotResource => "NotResource",
            Element::Condition => "Condition",
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One test of a `Condition`: an operator applied to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTrace {
    /// The base operator.
    pub operator: Operator,
    /// The set operator in front of it.
    pub set: Option<SetOperator>,
    /// Whether it has the suffix `IfExists`.
    pub if_exists: bool,
    /// The key, as the policy writes it.
    pub key: String,
    /// What became of it.
    pub state: KeyState,
}

/// What became of the key of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// The request has no such key.
    Absent,
    /// The key is present and the test holds.
    Matched,
    /// The key is present and the test fails.
    NotMatched,
}

/// The form of one listed principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalForm {
    /// `"*"`
    Everyone,
    /// `{"AWS": "*"}`
    AwsStar,
    /// A twelve-digit account id.
    AccountId,
    /// The root ARN of an account.
    AccountRootArn,
    /// The ARN of an IAM user.
    UserArn,
    /// The ARN of a role.
    RoleArn,
    /// The ARN of a role session.
    SessionArn,
    /// The ARN of a federated-user session.
    FederatedUserArn,
    /// A service principal.
    Service,
    /// A federated provider.
    Federated,
    /// A canonical user id.
    CanonicalUser,
    /// The unique id of a user or role.
    UniqueId,
    /// Any other ARN.
    OtherArn,
}

/// One policy variable in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariableTrace {
    /// Its form.
    pub form: VariableForm,
    /// Whether it stood for a text. Always true for the three literal forms in a 2012-10-17 document.
    pub resolved: bool,
    /// Whether the document's version is 2012-10-17; otherwise it is plain text.
    pub version_2012: bool,
}

/// The form of a policy variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VariableForm {
    /// `${key}`
    Plain,
    /// `${key, 'default'}`
    WithDefault,
    /// `${prefix:Family/tag}`, with or without default
    Tag,
    /// `${*}`
    LiteralStar,
    /// `${?}`
    LiteralQuestion,
    /// `${$}`
    LiteralDollar,
}

impl Derivation {
    /// The decision if one statement applied, or did not, and all else stayed as it is.
    ///
    /// A resource or endpoint policy statement that is made to apply keeps its grade, or gets
    /// [`Grade::Direct`] when that is [`Grade::None`]. `None` when there is no such statement in
    /// [`Derivation::policies`] or the outcome is no decision.
    #[must_use]
    pub fn decision_if(
        &self,
        slot: PolicySlot,
        statement: usize,
        applies: bool,
    ) -> Option<Decision> {
        let recipe = self.recipe.as_ref()?;
        let flipped = self.policies.iter().find(|policy| policy.slot == slot)?;
        flipped.statements.get(statement)?;
        let said: Vec<PolicySaid> = self.policies.iter().map(PolicySaid::of_trace).collect();
        let said = said.into_iter().map(|mut policy| {
            if policy.slot == slot
                && let Some(said) = policy.statements.get_mut(statement)
            {
                said.applies = applies;
                if applies && said.grade == Grade::None {
                    said.grade = Grade::Direct;
                }
            }
            policy
        });
        let said: Vec<PolicySaid> = said.collect();
        let policies = Policies {
            parties: &recipe.parties,
            said: &said,
            guarded: recipe.guarded,
        };
        Some(decide_quietly(policies, &recipe.dialect))
    }
}

impl PolicySaid {
    fn of_trace(trace: &PolicyTrace) -> Self {
        let statements = trace.statements.iter().map(|statement| Said {
            effect: statement.effect,
            applies: statement.applies,
            grade: statement.grade.unwrap_or(Grade::Direct),
            // It tells rules apart, never decisions.
            everyone: false,
        });
        Self {
            slot: trace.slot,
            counts: trace.counts,
            statements: statements.collect(),
        }
    }
}
