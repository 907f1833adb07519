//! Documents and checks, with the operations of IAM and STS that take policies and nothing else: whether a policy can be
//! stored, and what policies say about a request that nobody makes.

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, OrderedOrganizationPolicyType, PolicyEvaluationDecisionType,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use veriam_model::facts::{ValueType, context_key};
use veriam_model::{
    Account, Call, Caller, Check, Context, Decision, DocumentCase, OtherRequest, PolicyText,
    PolicyType, Principal, Request, Resource, UserCaller, World,
};

use crate::driver::{Driver, here, now, unstaged};
use crate::observe::{Observed, is_not_served};
use crate::put::{identity, is_account};
use crate::raw::Raw;
use crate::stage::{FEDERATE, Stage, Unstaged, is_refusal};

/// Where documents are asked: any account and region will do.
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
/// What a policy is called while it is asked.
const NAME: &str = "veriam-document";

const SIMULATE: &str = "SimulateCustomPolicy";

/// An identity-based policy that is about no request: a simulation needs one.
const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"veriam:Nothing","Resource":"*"}}"#;

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCheck {
    /// The check as it really was, where it differs from the one drawn.
    pub effective: Option<Check>,
    /// What was seen.
    pub observed: Observed,
}

impl Driver {
    /// Tells whether a policy can be stored as one of its type.
    #[must_use]
    pub fn document(&self, document: &DocumentCase) -> Observed {
        if !is_taken(&document.text) {
            return Observed::Unsupported(CHARACTERS.to_owned());
        }
        let text = document.text.as_str();
        let observed = match document.policy_type {
            // A boundary is set with a managed policy.
            PolicyType::Identity | PolicyType::Boundary => {
                self.runtime.block_on(self.create_policy(text))
            }
            PolicyType::Session => self.runtime.block_on(self.federate(text)),
            // AWS was seen to simulate what nothing stores (IAM-308): only our emulator is asked so.
            PolicyType::Resource | PolicyType::Key | PolicyType::Scp
                if self.server.admin.is_some() =>
            {
                let check = about(document);
                let simulated = self.runtime.block_on(self.simulate(&check));
                simulated.map(document_of)
            }
            // Services refuse those that name nobody, too.
            PolicyType::Resource | PolicyType::Trust | PolicyType::Key => Err(
                Unstaged::unsupported("documents that name principals, who would have to be there"),
            ),
            PolicyType::Scp | PolicyType::Rcp | PolicyType::Endpoint => Err(Unstaged::unsupported(
                "documents of organizations and VPC endpoints, whose services are not asked",
            )),
        };
        observed.unwrap_or_else(unstaged)
    }

    async fn create_policy(&self, text: &str) -> Result<Observed, Unstaged> {
        let client = self.server.root(ACCOUNT, REGION).iam();
        let made = client.create_policy().policy_name(NAME);
        let made = made.policy_document(text).send().await;
        let arn = made.as_ref().ok().and_then(|made| made.policy()?.arn());
        if let Some(arn) = arn {
            let gone = client.delete_policy().policy_arn(arn).send().await;
            if let Err(error) = gone {
                let raw = Raw::from_sdk(Err::<(), _>(error))?;
                return Err(Unstaged::refused("DeletePolicy", &raw));
            }
        }
        stored("CreatePolicy", made)
    }

    /// Hands a session policy to `GetFederationToken`, as a user who is there for that.
    async fn federate(&self, text: &str) -> Result<Observed, Unstaged> {
        let (world, call) = federator();
        let mut stage = Stage::make(&self.server, &world, &[&call]).await?;
        let asked = match stage.acting.pop() {
            Some(Ok(user)) => {
                let client = stage.session(user.proof).sts();
                let asked = client.get_federation_token().name(NAME).policy(text);
                stored("GetFederationToken", asked.send().await)
            }
            Some(Err(why)) => Err(why),
            None => Err(Unstaged::Broken("the driver lost a caller".to_owned())),
        };
        stage.take_down().await;
        asked
    }

    /// Tells what the policies of a check say about it.
    #[must_use]
    pub fn check(&self, check: &Check) -> SeenCheck {
        let ours = self.server.admin.is_some();
        let why = cannot(check).or_else(|| unscored(check).filter(|_| !ours));
        if let Some(why) = why {
            return SeenCheck {
                effective: None,
                observed: Observed::Unsupported(why.to_owned()),
            };
        }
        let mut effective = check.clone();
        if effective.identity_policies.is_empty() {
            effective.identity_policies.push(PolicyText::new(NOTHING));
        }
        let simulated = self.runtime.block_on(self.simulate(&effective));
        SeenCheck {
            observed: simulated.unwrap_or_else(unstaged),
            effective: (effective != *check).then_some(effective),
        }
    }

    async fn simulate(&self, check: &Check) -> Result<Observed, Unstaged> {
        let caller = check.principal.account.as_deref().unwrap_or(ACCOUNT);
        let texts =
            |policies: &[PolicyText]| policies.iter().map(|p| p.as_str().to_owned()).collect();
        let levels = check.scps.iter().map(|level| {
            OrderedOrganizationPolicyType::builder()
                .set_service_control_policy_input_list(Some(texts(level)))
                .build()
        });
        let levels: Vec<OrderedOrganizationPolicyType> = levels.collect();
        let boundary = check.boundary.as_slice();
        let resource_policy = check.resource_policy.as_ref();
        let mut asked = self
            .server
            .root(caller, REGION)
            .iam()
            .simulate_custom_policy()
            .set_policy_input_list(Some(texts(&check.identity_policies)))
            .set_permissions_boundary_policy_input_list(
                (!boundary.is_empty()).then(|| texts(boundary)),
            )
            .set_resource_policy(resource_policy.map(|p| p.as_str().to_owned()))
            .set_ordered_organization_policy_input_list((!levels.is_empty()).then_some(levels))
            .action_names(&check.action)
            .resource_arns(&check.resource.arn)
            .caller_arn(&check.principal.arn)
            .resource_owner(format!("arn:aws:iam::{}:root", check.resource.account));
        for (key, values) in check.context.iter() {
            asked = asked.context_entries(
                ContextEntry::builder()
                    .context_key_name(key)
                    .set_context_key_values(Some(values.to_vec()))
                    .context_key_type(value_type(key, values.len()))
                    .build(),
            );
        }
        let answer = match asked.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let raw = Raw::from_sdk(Err::<(), _>(error))?;
                return match raw.code.as_deref() {
                    Some("InvalidInput") => Ok(Observed::InvalidPolicy),
                    _ => Err(unasked(SIMULATE, &raw)),
                };
            }
        };
        let results = answer.evaluation_results();
        Ok(match results.first().map(|result| result.eval_decision()) {
            Some(PolicyEvaluationDecisionType::Allowed) => Observed::Decided(Decision::Allow),
            Some(PolicyEvaluationDecisionType::ExplicitDeny) => {
                Observed::Decided(Decision::ExplicitDeny)
            }
            Some(PolicyEvaluationDecisionType::ImplicitDeny) => {
                Observed::Decided(Decision::ImplicitDeny)
            }
            other => Observed::Failed(format!("{SIMULATE} decides {other:?}")),
        })
    }
}

/// A check that holds a document of a resource or an organization, where it can be simulated only if it is valid.
fn about(document: &DocumentCase) -> Check {
    let principal = Principal {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{NAME}"),
        account: Some(ACCOUNT.to_owned()),
    };
    let arn = match document.policy_type {
        PolicyType::Key => {
            format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab")
        }
        _ => format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}"),
    };
    let resource = Resource {
        arn,
        account: ACCOUNT.to_owned(),
    };
    let mut check = Check::new(principal, "veriam:Something", resource);
    check.identity_policies.push(PolicyText::new(NOTHING));
    match document.policy_type {
        PolicyType::Scp => check.scps.push(vec![document.text.clone()]),
        _ => check.resource_policy = Some(document.text.clone()),
    }
    check
}

/// What a simulation says of the document in it.
fn document_of(observed: Observed) -> Observed {
    match observed {
        Observed::Decided(_) => Observed::DocumentAccepted,
        Observed::InvalidPolicy => Observed::DocumentRefused,
        other => other,
    }
}

/// A world with a user who may ask for sessions of their own, and a call of theirs.
fn federator() -> (World, Call) {
    let mut world = World::new(REGION);
    world.accounts.push(Account {
        id: ACCOUNT.to_owned(),
        organization: None,
    });
    let mut user = identity(ACCOUNT, NAME, "/".to_owned(), 0);
    user.policies.push(PolicyText::new(FEDERATE));
    world.users.push(user);
    let call = Call {
        caller: Caller::User(UserCaller {
            account: ACCOUNT.to_owned(),
            name: NAME.to_owned(),
            token: None,
        }),
        request: Request::Other(OtherRequest {
            action: "sts:GetFederationToken".to_owned(),
            resource: "*".to_owned(),
            account: None,
            keys: Context::new(),
            via: None,
        }),
        from: here(),
        at: now(),
        user_agent: String::new(),
    };
    (world, call)
}

/// What an operation makes of a policy that it is to store.
fn stored<O, E>(
    operation: &str,
    result: Result<O, SdkError<E, HttpResponse>>,
) -> Result<Observed, Unstaged>
where
    E: std::error::Error + 'static,
{
    let raw = Raw::from_sdk(result)?;
    match raw.code.as_deref() {
        _ if raw.is_success() => Ok(Observed::DocumentAccepted),
        Some("MalformedPolicyDocument") => Ok(Observed::DocumentRefused),
        _ => Err(unasked(operation, &raw)),
    }
}

/// What a response means that says nothing about the policy.
fn unasked(operation: &str, raw: &Raw) -> Unstaged {
    if is_not_served(raw) {
        return Unstaged::Unsupported(format!("{operation}, which is not served"));
    }
    match (&raw.code, is_refusal(raw)) {
        (Some(code), true) => {
            Unstaged::Unsupported(format!("policies that {operation} does not take: {code}"))
        }
        _ => Unstaged::refused(operation, raw),
    }
}

const CHARACTERS: &str = "policies with characters that IAM does not take";

/// Whether IAM takes such characters in a policy, whatever they say.
fn is_taken(text: &PolicyText) -> bool {
    let text = text.as_str();
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    !text.is_empty() && text.chars().all(fits)
}

/// Why a check cannot be simulated.
fn cannot(check: &Check) -> Option<&'static str> {
    let owner = check.resource.arn.split(':').nth(4).unwrap_or_default();
    let mut context = check.context.iter();
    let reasons = [
        (
            !names("user", &check.principal.arn),
            "checks of callers that are no users, for whom nothing is simulated",
        ),
        (
            check.session_policy.is_some(),
            "checks with session policies, which are not simulated",
        ),
        (
            !check.rcps.is_empty(),
            "checks with RCPs, which are not simulated",
        ),
        (
            check.endpoint_policy.is_some(),
            "checks with endpoint policies, which are not simulated",
        ),
        (
            check.scps.iter().any(Vec::is_empty),
            "checks with a level that has no SCP, which no request can say",
        ),
        (
            !check.facts.is_empty(),
            "checks with facts, which no request can say",
        ),
        (
            is_account(owner) && owner != check.resource.account
                || !is_account(&check.resource.account),
            "checks of resources that belong to nobody or to others than their ARNs say",
        ),
        (
            names("role", &check.resource.arn) && check.resource_policy.is_some(),
            "checks with trust policies, which are not simulated",
        ),
        (
            context.any(|(_, values)| values.is_empty()),
            "checks with keys that are there without a value, which no request can say",
        ),
        (
            !check.policies().all(|(_, text)| is_taken(text)),
            CHARACTERS,
        ),
    ];
    let mut holding = reasons.into_iter().filter(|(holds, _)| *holds);
    holding.next().map(|(_, why)| why)
}

/// Why what AWS simulates of a check says nothing about AWS: our emulator simulates that, too, and others are not held to it.
fn unscored(check: &Check) -> Option<&'static str> {
    let mut scps = check.scps.iter().flatten();
    let action = check.action.to_ascii_lowercase();
    if check.principal.account.as_ref() != Some(&check.resource.account) {
        // IAM-299
        Some("checks across accounts, which AWS does not simulate")
    } else if scps.any(|scp| scp.as_str().contains("Condition")) {
        // IAM-300
        Some("checks with conditions in SCPs, which AWS does not simulate")
    } else if check.resource_policy.is_some() && check.resource.arn.contains(":kms:") {
        // IAM-298
        Some("checks with key policies, which AWS does not simulate")
    } else if ["sts:getcalleridentity", "sts:getsessiontoken"].contains(&&*action) {
        // IAM-260
        Some("checks of requests that need no permission, whatever is simulated")
    } else {
        None
    }
}

/// Whether an ARN is that of a user or role, as `kind` says.
fn names(kind: &str, arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let name = (parts.next() == Some("iam"))
        .then(|| parts.nth(2))
        .flatten();
    name.and_then(|name| name.split_once('/'))
        .is_some_and(|(of, _)| of == kind)
}

/// The type that a request gives the values of a key; text where the key is not known.
fn value_type(key: &str, values: usize) -> ContextKeyTypeEnum {
    use ContextKeyTypeEnum as Type;
    let known = context_key(key);
    let many = values > 1 || known.is_some_and(|key| key.multivalued);
    let of = |one, list| if many { list } else { one };
    match known.map_or(ValueType::String, |key| key.value_type) {
        ValueType::String | ValueType::Arn => of(Type::String, Type::StringList),
        ValueType::Bool => of(Type::Boolean, Type::BooleanList),
        ValueType::Date => of(Type::Date, Type::DateList),
        ValueType::Numeric => of(Type::Numeric, Type::NumericList),
        ValueType::IpAddress => of(Type::Ip, Type::IpList),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::Fact;

    fn check() -> Check {
        let principal = Principal {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            account: Some("111122223333".to_owned()),
        };
        let resource = Resource {
            arn: "arn:aws:s3:::b/x".to_owned(),
            account: "444455556666".to_owned(),
        };
        let mut check = Check::new(principal, "s3:GetObject", resource);
        check.identity_policies.push(PolicyText::new("{}"));
        check
    }

    #[test]
    fn what_no_simulation_says_is_told_before_anything_is_sent() {
        let policy = || PolicyText::new("{}");
        type Change = fn(&mut Check, PolicyText);
        let rows: [(Change, Option<&str>); 14] = [
            (|_, _| {}, None),
            (|c, p| c.boundary = Some(p), None),
            (|c, p| c.scps = vec![vec![p]], None),
            (|c, p| c.resource_policy = Some(p), None),
            (
                |c, _| c.principal.arn = "arn:aws:iam::111122223333:root".to_owned(),
                Some("callers that are no users"),
            ),
            (
                |c, _| c.principal.arn = "arn:aws:sts::111122223333:assumed-role/user/x".to_owned(),
                Some("callers that are no users"),
            ),
            (|c, p| c.session_policy = Some(p), Some("session policies")),
            (|c, p| c.rcps = vec![vec![p]], Some("RCPs")),
            (
                |c, p| c.endpoint_policy = Some(p),
                Some("endpoint policies"),
            ),
            (|c, p| c.scps = vec![vec![p], vec![]], Some("has no SCP")),
            (|c, _| c.facts.push(Fact::ServiceLinkedRole), Some("facts")),
            (
                |c, _| c.resource.arn = "arn:aws:sqs:us-east-1:111122223333:q".to_owned(),
                Some("belong to nobody or to others"),
            ),
            (
                |c, p| {
                    c.resource.arn = "arn:aws-cn:iam::444455556666:role/a".to_owned();
                    c.resource_policy = Some(p);
                },
                Some("trust policies"),
            ),
            (
                |c, _| {
                    let added = c.context.insert("aws:TagKeys", Vec::new());
                    added.expect("it is the first");
                },
                Some("without a value"),
            ),
        ];
        for (i, (change, expected)) in rows.into_iter().enumerate() {
            let mut check = check();
            change(&mut check, policy());
            let told = cannot(&check);
            match expected {
                Some(part) => assert!(told.is_some_and(|why| why.contains(part)), "{i}: {told:?}"),
                None => assert_eq!(told, None, "{i}"),
            }
        }
        let mut beyond = check();
        beyond.boundary = Some(PolicyText::new("{\"Id\":\"\u{20ac}\"}"));
        assert_eq!(cannot(&beyond), Some(CHARACTERS));
    }

    #[test]
    fn what_aws_simulates_otherwise_than_it_decides_is_not_scored_elsewhere() {
        let mut own = check();
        own.resource.account = "111122223333".to_owned();
        assert_eq!(unscored(&own), None);
        own.scps = vec![vec![PolicyText::new(r#"{"Statement":{"Effect":"Allow"}}"#)]];
        assert_eq!(unscored(&own), None);
        let told = |check: &Check| unscored(check).unwrap_or_default();
        assert!(told(&check()).contains("across accounts"));
        let mut limited = own.clone();
        limited.scps = vec![vec![PolicyText::new(r#"{"Statement":{"Condition":{}}}"#)]];
        assert!(told(&limited).contains("conditions in SCPs"));
        let mut free = own.clone();
        free.action = "sts:GetCallerIdentity".to_owned();
        assert!(told(&free).contains("no permission"));
        let mut key = own;
        key.resource.arn = "arn:aws:kms:us-east-1:111122223333:key/k".to_owned();
        assert_eq!(unscored(&key), None);
        key.resource_policy = Some(PolicyText::new("{}"));
        assert!(told(&key).contains("key policies"));
    }

    #[test]
    fn values_have_the_type_of_their_key() {
        use ContextKeyTypeEnum as Type;
        for (key, values, expected) in [
            ("aws:SourceIp", 1, Type::Ip),
            ("AWS:sourceip", 2, Type::IpList),
            ("aws:TagKeys", 1, Type::StringList),
            ("aws:CurrentTime", 1, Type::Date),
            ("aws:MultiFactorAuthAge", 1, Type::Numeric),
            ("aws:SecureTransport", 1, Type::Boolean),
            ("aws:PrincipalTag/team", 1, Type::String),
            ("example:Unknown", 1, Type::String),
            ("example:Unknown", 3, Type::StringList),
        ] {
            assert_eq!(value_type(key, values), expected, "{key} {values}");
        }
    }
}
