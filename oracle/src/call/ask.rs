//! What a call asks for: every (action, resource) pair, with what belongs to the resource (readings, section 6).

use veriam_model::{Account, Malformed, Outcome, Pair, PolicyText, Rejection, Tags};

use super::scene::{Scene, known};

/// What becomes of a call before any policy is read.
pub(crate) enum Admission<'w> {
    /// Policies decide.
    Admitted(Asked<'w>),
    /// It is over.
    TurnedAway(Outcome),
}

impl From<Rejection> for Admission<'_> {
    fn from(rejection: Rejection) -> Self {
        Admission::TurnedAway(Outcome::Rejected(rejection))
    }
}

/// What a call that is let in asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'w> {
    pub(crate) scene: Scene<'w>,
    /// Never empty; in the order in which a failure is reported.
    pub(crate) asks: Vec<Ask<'w>>,
    pub(crate) authorization: Authorization,
}

/// How the decisions on the pairs make an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authorization {
    /// Of a runtime: each action on the runtime and on its endpoint (AC-072, AC-093).
    TwoResources,
    /// Of a gateway or a memory: one resource, with the same table of nine rows (AC-086, AC-207).
    OneResource,
    /// Every pair has to be allowed, and that is all.
    EveryPair,
    /// Nothing is authorized; only the policy of a VPC endpoint stands in the way (readings, 6.6).
    Nothing {
        /// AC-203: whether Deny statements of the policies that would count elsewhere deny here, too.
        denies_count: bool,
    },
}

/// One pair, with what belongs to its resource.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'w> {
    pub(crate) pair: Pair,
    pub(crate) owner: Owner<'w>,
    /// The resource's own policy; what type it is the ARN tells (readings, 2.2).
    pub(crate) policy: Option<&'w PolicyText>,
    /// The resource's own tags.
    pub(crate) tags: Option<&'w Tags>,
    /// The context keys that the request adds to this pair.
    pub(crate) keys: Vec<(String, Vec<String>)>,
    /// Whether the policy of a VPC endpoint is asked about it; only AC-173 says no.
    pub(crate) gated: bool,
}

/// Who owns a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner<'w> {
    Account(&'w Account),
    /// AWS itself (AC-245).
    Aws,
}

impl<'w> Ask<'w> {
    /// An action on a resource without policy, tags and keys.
    pub(crate) fn new(action: impl Into<String>, arn: impl Into<String>, owner: Owner<'w>) -> Self {
        Self {
            pair: Pair {
                action: action.into(),
                resource: arn.into(),
            },
            owner,
            policy: None,
            tags: None,
            keys: Vec::new(),
            gated: true,
        }
    }

    /// An action of AgentCore, by its name.
    pub(crate) fn agentcore(name: &str, arn: impl Into<String>, owner: Owner<'w>) -> Self {
        Self::new(format!("bedrock-agentcore:{name}"), arn, owner)
    }

    pub(crate) fn policy(mut self, policy: Option<&'w PolicyText>) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) fn tags(mut self, tags: Option<&'w Tags>) -> Self {
        self.tags = tags;
        self
    }

    pub(crate) fn keys(mut self, keys: Vec<(String, Vec<String>)>) -> Self {
        self.keys = keys;
        self
    }
}

impl<'w> Owner<'w> {
    /// The owner of that account id, named at a member of world or call.
    pub(crate) fn of(scene: &Scene<'w>, id: &str, member: &str) -> Result<Self, Malformed> {
        known(scene.world.account(id), member, id).map(Owner::Account)
    }

    /// The owner of what has no resource type, or stands in the caller's own account: the caller's account.
    pub(crate) fn caller(scene: &Scene<'w>) -> Result<Self, Malformed> {
        let account = scene.own_account().map(Owner::Account);
        account.ok_or_else(|| Malformed {
            member: "call.caller".to_owned(),
            found: "nobody with an account".to_owned(),
            expected: "a caller who signs",
        })
    }

    /// The account, if it is a customer's.
    pub(crate) fn account(self) -> Option<&'w Account> {
        match self {
            Owner::Account(account) => Some(account),
            Owner::Aws => None,
        }
    }

    /// What stands for the account in a check.
    pub(crate) fn id(self) -> &'w str {
        match self {
            Owner::Account(account) => &account.id,
            Owner::Aws => "aws",
        }
    }
}

/// The keys of the tags that a request passes (IAM-290); none without tags.
pub(crate) fn tag_keys(tags: &Tags) -> Vec<(String, Vec<String>)> {
    let mut keys = Vec::new();
    let mut names = Vec::new();
    for (name, value) in tags.iter() {
        keys.push((format!("aws:RequestTag/{name}"), vec![value.to_owned()]));
        names.push(name.to_owned());
    }
    if !names.is_empty() {
        keys.push(("aws:TagKeys".to_owned(), names));
    }
    keys
}

/// A key with one value, if there is one.
pub(crate) fn key(name: impl Into<String>, value: Option<&str>) -> Option<(String, Vec<String>)> {
    value.map(|value| (name.into(), vec![value.to_owned()]))
}
