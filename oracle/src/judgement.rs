//! From a check to its judgement: read the request, read every policy, see which count, evaluate their
//! statements, decide. One way for judging and for tracing; only the notebooks differ.

use veriam_model::{
    Check, ChoiceSet, Dialect, InvalidPolicy, PolicySlot, PolicyText, PolicyType, RuleSet,
};

use crate::counting::Counting;
use crate::decide::{Log, Policies, PolicySaid, decide, verdict};
use crate::document::{self, Reading};
use crate::finding::Scope;
use crate::notes::{Notes, ac, iam};
use crate::parties::{Parties, resource_policy_type};
use crate::request::Request;
use crate::{
    CallerKind, CheckOutcome, Derivation, Detail, Judgement, Layer, MalformedRequest, PolicyTrace,
    Step, statement,
};

/// Judges a check. The derivation is whole only if `detail` says so; its judgement always is.
pub(crate) fn derive(
    check: &Check,
    dialect: &Dialect,
    detail: Option<Detail>,
) -> Result<Derivation, MalformedRequest> {
    let request = Request::read(check)?;
    let texts: Vec<_> = check
        .policies()
        .map(|(slot, text)| (slot, read(slot, text, &request, dialect, detail)))
        .collect();
    let documents = texts.iter().map(|(slot, reading)| Placed {
        slot: *slot,
        reading,
    });
    Ok(evaluate(&request, documents.collect(), dialect, detail).derivation)
}

/// Reads one policy of a check.
fn read<'d>(
    slot: PolicySlot,
    text: &PolicyText,
    request: &Request<'_>,
    dialect: &'d Dialect,
    detail: Option<Detail>,
) -> Reading<'d> {
    let policy_type = policy_type(slot, resource_policy_type(request));
    document::read(policy_type, text.as_str().as_bytes(), dialect, detail)
}

/// A policy that was read, at its place in a check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'r, 'd> {
    pub(crate) slot: PolicySlot,
    pub(crate) reading: &'r Reading<'d>,
}

/// A derivation, and what each policy said on the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    pub(crate) derivation: Derivation,
    /// Empty when the outcome is no decision.
    pub(crate) said: Vec<PolicySaid>,
}

impl Evaluation {
    /// What the policies said together; `None` when the outcome is no decision.
    pub(crate) fn policies(&self) -> Option<Policies<'_>> {
        let recipe = self.derivation.recipe.as_ref()?;
        Some(Policies {
            parties: &recipe.parties,
            said: &self.said,
            guarded: recipe.guarded,
        })
    }
}

/// Judges a request by policies that were read, in the order of [`Check::policies`].
pub(crate) fn evaluate(
    request: &Request<'_>,
    documents: Vec<Placed<'_, '_>>,
    dialect: &Dialect,
    detail: Option<Detail>,
) -> Evaluation {
    let parties = Parties::of(request);
    let mut notes = Notes::new(dialect, detail);
    cite_request(request, &mut notes);
    if let Some(invalid) = first_invalid(&documents) {
        return Evaluation {
            derivation: invalid_outcome(invalid, parties, documents, notes),
            said: Vec::new(),
        };
    }
    let counting = Counting::of(&parties, &mut notes);
    let mut said = Vec::with_capacity(documents.len());
    let mut traces = Vec::new();
    for placed in documents {
        let (policy, trace) = policy(placed, request, &parties, &counting, &mut notes);
        said.push(policy);
        traces.extend(trace);
    }
    let policies = Policies {
        parties: &parties,
        said: &said,
        guarded: counting.guarded,
    };
    let guarded = counting.guarded;
    let mut log = Log::new(notes);
    let decision = decide(policies, &mut log);
    let derivation = Derivation {
        judgement: Judgement {
            outcome: CheckOutcome::Decided(decision),
            rules: *log.notes.rules(),
            consulted: log.notes.consulted(),
        },
        caller: parties.caller,
        same_account: parties.same_account,
        steps: log.steps,
        policies: traces,
        recipe: Some(crate::derivation::Recipe {
            parties,
            guarded,
            dialect: *dialect,
        }),
    };
    Evaluation { derivation, said }
}

/// Rules about the request itself.
fn cite_request(request: &Request<'_>, notes: &mut Notes<'_>) {
    let holds = |key: &str, value: &str| {
        let values = request.context(key).map(|(_, values)| values);
        values.is_some_and(|values| values.iter().any(|v| v.eq_ignore_ascii_case(value)))
    };
    // IAM-268: a service that uses the caller's credentials downstream is the caller.
    let forwarded =
        holds("aws:ViaAWSService", "true") || request.context("aws:CalledVia").is_some();
    notes.cite_if(forwarded, iam(268));
    // IAM-229: a user with temporary credentials from GetSessionToken is the user.
    let kind = request.caller.kind();
    let temporary = request.context("aws:TokenIssueTime").is_some();
    notes.cite_if(kind == CallerKind::User && temporary, iam(229));
    // AC-112: of a JWT caller the token was checked before.
    notes.cite_if(kind == CallerKind::Jwt, ac(112));
}

/// The type a policy is read as, where the resource's own policy is of type `resource`.
pub(crate) fn policy_type(slot: PolicySlot, resource: PolicyType) -> PolicyType {
    match slot {
        PolicySlot::Identity(_) => PolicyType::Identity,
        PolicySlot::Resource => resource,
        PolicySlot::Boundary => PolicyType::Boundary,
        PolicySlot::Session => PolicyType::Session,
        PolicySlot::Scp(..) => PolicyType::Scp,
        PolicySlot::Rcp(..) => PolicyType::Rcp,
        PolicySlot::Endpoint => PolicyType::Endpoint,
    }
}

fn first_invalid(documents: &[Placed<'_, '_>]) -> Option<InvalidPolicy> {
    documents.iter().find_map(|placed| {
        let fault = placed.reading.faults.first()?;
        Some(InvalidPolicy::new(placed.slot, *fault))
    })
}

/// IAM-266: an invalid policy makes the answer an error and no decision.
fn invalid_outcome(
    invalid: InvalidPolicy,
    parties: Parties,
    documents: Vec<Placed<'_, '_>>,
    mut notes: Notes<'_>,
) -> Derivation {
    let mut policies = Vec::new();
    for Placed { slot, reading } in documents {
        notes.take_over(&reading.notes);
        if notes.is_recording() {
            policies.push(PolicyTrace {
                slot,
                policy_type: policy_type(slot, parties.resource_policy_type),
                counts: false,
                version: reading.document.version,
                verdict: Layer::Silent,
                rules: reading.notes.in_order().to_vec(),
                why_not_counted: Some(Step {
                    rules: vec![iam(266)],
                    text: notes.text(|| "a policy is invalid, so none is evaluated".to_owned()),
                }),
                statements: Vec::new(),
            });
        }
    }
    let mut log = Log::new(notes);
    log.step(&[iam(266), invalid.rule], || {
        format!(
            "{} is invalid: it breaks {} at byte {}",
            invalid.policy, invalid.rule, invalid.offset
        )
    });
    log.notes.cite(iam(272));
    Derivation {
        judgement: Judgement {
            outcome: CheckOutcome::Invalid(invalid),
            rules: *log.notes.rules(),
            consulted: log.notes.consulted(),
        },
        caller: parties.caller,
        same_account: parties.same_account,
        steps: log.steps,
        policies,
        recipe: None,
    }
}

/// Evaluates one policy, if it counts.
fn policy(
    Placed { slot, reading }: Placed<'_, '_>,
    request: &Request<'_>,
    parties: &Parties,
    counting: &Counting<'_>,
    all: &mut Notes<'_>,
) -> (PolicySaid, Option<PolicyTrace>) {
    let policy_type = policy_type(slot, parties.resource_policy_type);
    let mut notes = reading.notes.clone();
    let why_not = counting.why_not(slot, &mut notes);
    let counts = why_not.is_none();
    let mut statements = Vec::new();
    let mut traces = Vec::new();
    if counts {
        cite_policy(slot, policy_type, &mut notes);
        for (index, one) in reading.document.statements.iter().enumerate() {
            let scope = Scope {
                request,
                policy_type,
                version_2012: reading.document.is_2012(),
                effect: one.effect,
                bounded: parties.has_boundary && parties.has_identity_side(),
            };
            let (said, trace) = statement::evaluate(one, index, scope, &mut notes);
            statements.push(said);
            traces.extend(trace);
        }
    }
    all.take_over(&notes);
    let trace = notes.is_recording().then(|| PolicyTrace {
        slot,
        policy_type,
        counts,
        version: reading.document.version,
        verdict: verdict(&statements),
        rules: notes.in_order().to_vec(),
        why_not_counted: why_not,
        statements: traces,
    });
    let said = PolicySaid {
        slot,
        counts,
        statements,
    };
    (said, trace)
}

/// Rules about a policy as a whole.
fn cite_policy(slot: PolicySlot, policy_type: PolicyType, notes: &mut Notes<'_>) {
    match slot {
        // IAM-075: it is one managed policy.
        PolicySlot::Boundary => notes.cite(iam(75)),
        // IAM-076, IAM-228: at most one inline session policy and ten managed ones, taken as one pool.
        PolicySlot::Session => {
            notes.cite(iam(76));
            notes.cite(iam(228));
        }
        // IAM-258: a key policy acts on its own key only.
        PolicySlot::Resource => notes.cite_if(policy_type == PolicyType::Key, iam(258)),
        _ => {}
    }
}

/// The set of choices and rules of several judgements.
pub(crate) fn union<'j>(
    judgements: impl IntoIterator<Item = &'j Judgement>,
) -> (RuleSet, ChoiceSet) {
    let mut rules = RuleSet::new();
    let mut consulted = ChoiceSet::new();
    for judgement in judgements {
        rules.extend_from(&judgement.rules);
        consulted.extend_from(judgement.consulted);
    }
    (rules, consulted)
}
