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
