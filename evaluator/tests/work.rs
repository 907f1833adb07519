//! The work of a decision follows the statements that could match, not those that are there. Work is counted, not timed.

use veriam_evaluator::{EngineBuilder, Policy, Request, Work};
use veriam_model::{Check, Decision, PolicyType, Principal, Resource};

/// One statement for each of `n` tenants, of which the request's tenant is number 7.
struct Tenants {
    name: &'static str,
    policy_type: PolicyType,
    statement: fn(usize) -> String,
}

const TENANTS: &[Tenants] = &[
    Tenants {
        name: "told apart by their resources",
        policy_type: PolicyType::Identity,
        statement: |n| {
            format!(
                r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::tenants/t{n}/*"}}"#
            )
        },
    },
    Tenants {
        name: "told apart by their principals",
        policy_type: PolicyType::Resource,
        statement: |n| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/t{n}"}},"Action":"s3:Get*","Resource":"arn:aws:s3:::tenants/*"}}"#
            )
        },
    },
    Tenants {
        name: "told apart by one condition key",
        policy_type: PolicyType::Resource,
        statement: |n| {
            format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::tenants/*","Condition":{{"StringEquals":{{"aws:PrincipalTag/tenant":"t{n}"}}}}}}"#
            )
        },
    },
];

fn work(tenants: &Tenants, count: usize) -> Work {
    let statements: Vec<String> = (0..count).map(tenants.statement).collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    let policy = Policy::parse(tenants.policy_type, &text).expect("the policy is valid");
    let builder = EngineBuilder::new();
    let engine = match tenants.policy_type {
        PolicyType::Resource => builder.resource(policy),
        _ => builder.identity(policy),
    };
    let engine = engine.build().expect("one policy of each type");
    let principal = Principal {
        arn: "arn:aws:sts::111122223333:assumed-role/t7/session".to_owned(),
        account: Some("111122223333".to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::tenants/t7/file".to_owned(),
        account: "111122223333".to_owned(),
    };
    let mut check = Check::new(principal, "s3:GetObject", resource);
    let tag = check
        .context
        .insert("aws:PrincipalTag/tenant", vec!["t7".to_owned()]);
    tag.expect("the key is new");
    let mut work = Work::default();
    let decision = engine.decide_counted(&Request::of(&check), &mut work);
    assert_eq!(decision, Ok(Decision::Allow), "{} {count}", tenants.name);
    work
}

#[test]
fn statements_for_others_cost_next_to_nothing() {
    for tenants in TENANTS {
        let (few, many) = (work(tenants, 20), work(tenants, 2_000));
        let name = tenants.name;
        // The statement that stands where the request does, and perhaps one more that is put beside it.
        assert!(many.statements <= 2, "{name}: {many:?}");
        assert!(many.conditions <= 2, "{name}: {many:?}");
        assert!(
            many.comparisons <= 3 * few.comparisons,
            "{name}: {few:?}, {many:?}"
        );
    }
}
