//! `NotPrincipal` (IAM-119…IAM-123; readings, 3.3).

use veriam_model::Verb;
use veriam_model::readings::PartialNotPrincipal;

use crate::Grade;
use crate::arn::Arn;
use crate::document::PrincipalEntry;
use crate::finding::Scope;
use crate::notes::{Notes, iam};
use crate::principal::{self, Naming};
use crate::request::Caller;

const SPARED: Naming = Naming {
    grade: Grade::None,
    everyone: false,
};

const NAMED: Naming = Naming {
    grade: Grade::Direct,
    everyone: false,
};

/// How a `NotPrincipal` list names the caller: directly, unless it spares them.
pub(crate) fn naming(
    entries: &[PrincipalEntry],
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
) -> Naming {
    // IAM-119: everyone who is not listed; IAM-123: also in an Allow.
    notes.cite(iam(119));
    notes.cite_if(scope.effect == Verb::Allow, iam(123));
    // IAM-122: in a Deny, nobody who has a permissions boundary is spared.
    notes.cite_if(scope.effect == Verb::Deny, iam(122));
    if scope.effect == Verb::Deny && scope.bounded {
        return NAMED;
    }
    // `*` spares everyone it names.
    let everyone = notes.any(entries, |notes, entry| {
        matches!(entry, PrincipalEntry::Everyone | PrincipalEntry::AwsStar)
            && principal::grade(entry, scope, notes) == Grade::Direct
    });
    if everyone {
        return SPARED;
    }
    let chain = chain(scope.request.caller);
    let listed = |wanted: Grade, notes: &mut Notes<'_>| {
        notes.any(entries, |notes, entry| {
            !matches!(entry, PrincipalEntry::Everyone | PrincipalEntry::AwsStar)
                && principal::grade(entry, scope, notes) == wanted
        })
    };
    let found: Vec<bool> = chain.iter().map(|&link| listed(link, notes)).collect();
    if found.iter().all(|&found| found) {
        return SPARED;
    }
    if !found.contains(&true) {
        return NAMED;
    }
    // Some of the chain. IAM-121: the account next to another principal of it spares only that one.
    let only_the_account = chain
        .iter()
        .zip(&found)
        .all(|(&link, &found)| found == (link == Grade::Account));
    if only_the_account && entries.iter().any(|entry| is_another(entry, scope)) {
        notes.cite(iam(121));
        return NAMED;
    }
    // IAM-120: otherwise the page says that the policy might deny.
    match notes.choose::<PartialNotPrincipal>() {
        PartialNotPrincipal::Applies => NAMED,
        PartialNotPrincipal::Spared => SPARED,
    }
}

/// What has to be listed to spare a caller, as the grades with which entries name them: the exact caller, the
/// role or user behind a session, the account.
fn chain(caller: Caller<'_>) -> &'static [Grade] {
    match caller {
        Caller::User(_) => &[Grade::Direct, Grade::Account],
        Caller::RoleSession { .. } | Caller::FederatedUser { .. } => {
            &[Grade::Direct, Grade::Entity, Grade::Account]
        }
        Caller::Root(_) => &[Grade::Account],
        Caller::ServicePrincipal | Caller::FederatedProvider | Caller::Anonymous | Caller::Jwt => {
            &[Grade::Direct]
        }
    }
}

/// Whether an entry is the ARN of a user, role, role session or federated-user session of the caller's account.
/// Where this is asked none of them names the caller.
fn is_another(entry: &PrincipalEntry, scope: Scope<'_>) -> bool {
    let (PrincipalEntry::Arn(text), Some(identity)) = (entry, scope.request.caller.identity())
    else {
        return false;
    };
    let Some(arn) = Arn::split(text) else {
        return false;
    };
    let starts = |prefix| arn.resource.starts_with(prefix);
    let is_principal = match arn.service {
        "iam" => starts("user/") || starts("role/"),
        "sts" => starts("assumed-role/") || starts("federated-user/"),
        _ => false,
    };
    is_principal && arn.partition == identity.partition && arn.account == identity.account
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, policy};
    use veriam_model::Dialect;
    use veriam_model::readings::{AllowNotPrincipal, EmptyNot};

    const ACCOUNT: &str = "111122223333";
    const USER: &str = "arn:aws:iam::111122223333:user/alice";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
    const ROLE: &str = "arn:aws:iam::111122223333:role/R";
    const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/alice";
    const ROOT: &str = "arn:aws:iam::111122223333:root";
    const OTHER: &str = "arn:aws:iam::111122223333:user/bob";
    const STRANGER: &str = "arn:aws:iam::444455556666:user/bob";

    /// The decision under a Deny for everybody but the listed, beside an Allow for everyone.
    fn decide(caller: &str, listed: &[&str], spare: impl Fn(Dialect) -> Dialect) -> &'static str {
        let account = caller.starts_with("arn:").then_some(ACCOUNT);
        let account = if caller == "anonymous" {
            Some(caller)
        } else {
            account
        };
        let list = serde_json::json!({ "AWS": listed });
        let statements = format!(
            r#"{{"Effect":"Deny","NotPrincipal":{list},"Action":"*","Resource":"*"}},
               {{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#
        );
        Case::caller(caller, account)
            .with(|check| check.resource_policy = Some(policy(&statements)))
            .dialect(spare)
            .decide()
    }

    #[test]
    fn a_deny_spares_who_is_listed_completely() {
        for (caller, listed, by_default, spared) in [
            (USER, &[USER, ACCOUNT][..], "allow", "allow"),
            (USER, &[USER, ROOT], "allow", "allow"),
            (SESSION, &[SESSION, ROLE, ACCOUNT], "allow", "allow"),
            (FEDERATED, &[FEDERATED, USER, ACCOUNT], "allow", "allow"),
            (ROOT, &[ACCOUNT], "allow", "allow"),
            (ROOT, &[ACCOUNT, OTHER], "allow", "allow"),
            // Nothing of the caller.
            (
                USER,
                &[STRANGER, "444455556666"],
                "explicit_deny",
                "explicit_deny",
            ),
            (USER, &[OTHER], "explicit_deny", "explicit_deny"),
            ("anonymous", &[ACCOUNT], "explicit_deny", "explicit_deny"),
            (
                "sns.amazonaws.com",
                &[ACCOUNT],
                "explicit_deny",
                "explicit_deny",
            ),
            // The account beside another of it.
            (USER, &[OTHER, ACCOUNT], "explicit_deny", "explicit_deny"),
            (USER, &[ROLE, ACCOUNT], "explicit_deny", "explicit_deny"),
            (
                SESSION,
                &[FEDERATED, ACCOUNT],
                "explicit_deny",
                "explicit_deny",
            ),
            // Only a part: open.
            (USER, &[ACCOUNT], "explicit_deny", "allow"),
            (USER, &[ACCOUNT, STRANGER], "explicit_deny", "allow"),
            (USER, &[USER], "explicit_deny", "allow"),
            (SESSION, &[ROLE], "explicit_deny", "allow"),
            (SESSION, &[SESSION, ROLE], "explicit_deny", "allow"),
            (SESSION, &[ROLE, ACCOUNT, OTHER], "explicit_deny", "allow"),
            // Everyone.
            (USER, &["*"], "allow", "allow"),
            ("anonymous", &["*"], "allow", "allow"),
            (
                "sns.amazonaws.com",
                &["*"],
                "explicit_deny",
                "explicit_deny",
            ),
        ] {
            assert_eq!(
                decide(caller, listed, |dialect| dialect),
                by_default,
                "{caller} {listed:?}"
            );
            let spare = |dialect: Dialect| dialect.with(PartialNotPrincipal::Spared);
            assert_eq!(decide(caller, listed, spare), spared, "{caller} {listed:?}");
        }
        let empty = |dialect: Dialect| dialect.with(EmptyNot::Everything);
        assert_eq!(decide(USER, &[], empty), "explicit_deny");
    }

    #[test]
    fn a_permissions_boundary_makes_a_deny_reach_its_bearer() {
        let everything = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        let case = |effect: &str| {
            let statement = format!(
                r#"{{"Effect":"{effect}","NotPrincipal":{{"AWS":["{USER}","{ACCOUNT}"]}},"Action":"*","Resource":"*"}}"#
            );
            Case::user()
                .with(|check| {
                    check.identity_policies = vec![everything.clone()];
                    check.resource_policy = Some(policy(&statement));
                })
                .dialect(|dialect| dialect.with(AllowNotPrincipal::Accepted))
        };
        let bounded = |case: Case| case.with(|check| check.boundary = Some(everything.clone()));
        assert_eq!(case("Deny").decide(), "allow");
        assert_eq!(bounded(case("Deny")).decide(), "explicit_deny");
        // It changes nothing about an Allow, which spares alice and leaves her with her identity policy.
        assert_eq!(bounded(case("Allow")).decide(), "allow");
    }

    #[test]
    fn an_allow_grants_to_everybody_who_is_not_listed() {
        for (caller, expected) in [(USER, "implicit_deny"), (OTHER, "allow")] {
            let statement = format!(
                r#"{{"Effect":"Allow","NotPrincipal":{{"AWS":["{USER}","{ACCOUNT}"]}},"Action":"*","Resource":"*"}}"#
            );
            let case = Case::caller(caller, Some(ACCOUNT))
                .with(|check| check.resource_policy = Some(policy(&statement)))
                .dialect(|dialect| dialect.with(AllowNotPrincipal::Accepted));
            // Bob is not listed himself, but his account is, next to alice.
            assert_eq!(case.decide(), expected, "{caller}");
        }
    }
}
