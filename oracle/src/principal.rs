//! How a listed principal names the caller (section 4 of the rules; readings, 3.3).

use veriam_model::PolicyType;
use veriam_model::readings::{AwsStar, EndpointKind};

use crate::arn::Arn;
use crate::document::{PrincipalElement, PrincipalEntry};
use crate::finding::{Finding, Scope};
use crate::notes::{Notes, ac, iam};
use crate::request::Caller;
use crate::{CallerKind, Element, Grade, PrincipalForm, not_principal};

/// How a principal element names the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Naming {
    pub(crate) grade: Grade,
    /// Whether it is everyone who is named, and the caller with them.
    pub(crate) everyone: bool,
}

/// Tests the principal element of a statement; `None`: it has none.
pub(crate) fn test<'d>(
    element: Option<&PrincipalElement>,
    scope: Scope<'_>,
    mut notes: Notes<'d>,
) -> (Finding<'d>, Naming) {
    let Some(element) = element else {
        // IAM-124: the statement matches nobody.
        notes.cite(iam(124));
        let mut finding = Finding::new(Element::Principal, false, notes);
        finding.why = finding
            .notes
            .text(|| "the statement names no principal".to_owned());
        let naming = Naming {
            grade: Grade::None,
            everyone: false,
        };
        return (finding, naming);
    };
    // IAM-125: a list is an OR.
    notes.cite_if(element.entries.len() > 1, iam(125));
    let naming = if element.not {
        not_principal::naming(&element.entries, scope, &mut notes)
    } else {
        // IAM-038: nobody is named by an empty list.
        notes.cite_if(element.entries.is_empty(), iam(38));
        best(&element.entries, scope, &mut notes)
    };
    let name = if element.not {
        Element::NotPrincipal
    } else {
        Element::Principal
    };
    let mut finding = Finding::new(name, naming.grade != Grade::None, notes);
    if finding.notes.is_recording() {
        finding.principal_forms = element.entries.iter().map(form).collect();
    }
    if finding.notes.wants_text() {
        let caller = scope.request.caller_text();
        finding.wanted = element.entries.iter().map(text).collect();
        finding.found = Some(vec![caller.to_owned()]);
        finding.why = match (element.not, naming.grade) {
            (false, Grade::None) => format!("{name} does not name {caller}"),
            (false, Grade::Account) => format!("{name} names the account of {caller}"),
            (false, Grade::Entity) => format!("{name} names the role or user behind {caller}"),
            (false, Grade::Direct) => format!("{name} names {caller}"),
            (true, Grade::None) => format!("{name} spares {caller}"),
            (true, _) => format!("{name} does not spare {caller}"),
        };
    }
    (finding, naming)
}

/// The best grade of a list.
fn best(entries: &[PrincipalEntry], scope: Scope<'_>, notes: &mut Notes<'_>) -> Naming {
    let mut naming = Naming {
        grade: Grade::None,
        everyone: false,
    };
    for entry in entries {
        let grade = grade(entry, scope, notes);
        let is_star = matches!(entry, PrincipalEntry::Everyone | PrincipalEntry::AwsStar);
        naming.everyone |= is_star && grade == Grade::Direct;
        naming.grade = naming.grade.max(grade);
    }
    naming
}

/// How one entry names the caller.
pub(crate) fn grade(entry: &PrincipalEntry, scope: Scope<'_>, notes: &mut Notes<'_>) -> Grade {
    let caller = scope.request.caller;
    let kind = caller.kind();
    match entry {
        PrincipalEntry::Everyone => {
            // IAM-103, IAM-104, AC-113: everyone, services and JWT callers included.
            notes.cite(iam(103));
            notes.cite_if(kind == CallerKind::ServicePrincipal, iam(104));
            notes.cite_if(kind == CallerKind::Jwt, ac(113));
            Grade::Direct
        }
        PrincipalEntry::AwsStar => aws_star(kind, notes),
        PrincipalEntry::AccountId(id) => {
            notes.cite(iam(105));
            let of_account = caller.identity().is_some_and(|arn| arn.account == id);
            account(of_account, scope, notes)
        }
        PrincipalEntry::Arn(text) => match Arn::split(text) {
            Some(arn) => arn_grade(arn, text, scope, notes),
            None => Grade::None, // not in a valid document
        },
        PrincipalEntry::Service(name) => {
            // IAM-114: text for text; IAM-115: a role session is no service.
            notes.cite(iam(114));
            notes.cite_if(kind == CallerKind::RoleSession, iam(115));
            direct_if(kind == CallerKind::ServicePrincipal && scope.request.caller_text() == name)
        }
        PrincipalEntry::Federated(name) => {
            // IAM-116: text for text.
            notes.cite(iam(116));
            direct_if(kind == CallerKind::FederatedProvider && scope.request.caller_text() == name)
        }
        // A check carries neither unique nor canonical ids, so these name nobody here.
        PrincipalEntry::UniqueId(_) | PrincipalEntry::CanonicalUser(_) => Grade::None,
    }
}

fn direct_if(named: bool) -> Grade {
    if named { Grade::Direct } else { Grade::None }
}

/// IAM-103: `{"AWS": "*"}` names every IAM identity and anonymous callers. Whether it names others is open.
fn aws_star(kind: CallerKind, notes: &mut Notes<'_>) -> Grade {
    notes.cite(iam(103));
    match kind {
        CallerKind::Root
        | CallerKind::User
        | CallerKind::RoleSession
        | CallerKind::FederatedUser
        | CallerKind::Anonymous => Grade::Direct,
        CallerKind::ServicePrincipal | CallerKind::FederatedProvider | CallerKind::Jwt => {
            // AC-114: the same question for JWT callers.
            notes.cite_if(kind == CallerKind::Jwt, ac(114));
            direct_if(notes.choose::<AwsStar>() == AwsStar::Everyone)
        }
    }
}

/// An account principal. `of_account`: whether the caller belongs to that account.
fn account(of_account: bool, scope: Scope<'_>, notes: &mut Notes<'_>) -> Grade {
    if !of_account {
        // IAM-264: unsigned callers belong to no account.
        notes.cite_if(scope.request.caller == Caller::Anonymous, iam(264));
        return Grade::None;
    }
    if matches!(scope.request.caller, Caller::Root(_)) {
        // IAM-107: its root user is covered.
        notes.cite(iam(107));
        return Grade::Account;
    }
    // IAM-030: at a gateway endpoint, which only s3 and dynamodb have, it is only the root user.
    let service = scope.request.service.to_ascii_lowercase();
    if scope.policy_type == PolicyType::Endpoint
        && matches!(service.as_str(), "s3" | "dynamodb")
        && notes.choose::<EndpointKind>() == EndpointKind::Gateway
    {
        return Grade::None;
    }
    // IAM-108: everybody of the account.
    notes.cite_if(scope.effect == veriam_model::Verb::Deny, iam(108));
    Grade::Account
}

fn arn_grade(entry: Arn<'_>, text: &str, scope: Scope<'_>, notes: &mut Notes<'_>) -> Grade {
    let caller = scope.request.caller;
    // ARN entries compare partition and account literally; callers in no account have none.
    let Some(identity) = caller.identity() else {
        // AC-113: AWS principals never name JWT callers. IAM-264: nor unsigned ones.
        notes.cite_if(caller == Caller::Jwt, ac(113));
        notes.cite_if(caller == Caller::Anonymous, iam(264));
        return Grade::None;
    };
    let same_account = entry.partition == identity.partition && entry.account == identity.account;
    if entry.service == "iam" && entry.resource == "root" {
        // IAM-105: the account.
        notes.cite(iam(105));
        return account(same_account, scope, notes);
    }
    if entry.service == "iam" && entry.resource.starts_with("user/") {
        // IAM-109: exactly that user, and federated-user sessions made by it.
        notes.cite(iam(109));
        return match caller {
            Caller::User(_) => direct_if(scope.request.caller_text() == text),
            Caller::FederatedUser { name, .. } => {
                // IAM-219: the user behind the session.
                notes.cite(iam(219));
                entity_if(same_account && last_name(entry.resource) == name)
            }
            _ => Grade::None,
        };
    }
    if entry.service == "iam" && entry.resource.starts_with("role/") {
        // IAM-110: every session of the role. IAM-111: by its name, the session's ARN has no path.
        notes.cite(iam(110));
        notes.cite_if(entry.resource.matches('/').count() > 1, iam(111));
        return match caller {
            Caller::RoleSession { role, .. } if same_account => {
                entity_if(last_name(entry.resource) == role)
            }
            _ => Grade::None,
        };
    }
    // IAM-112, IAM-113: exactly that session.
    let is_session = matches!(
        caller,
        Caller::RoleSession { .. } | Caller::FederatedUser { .. }
    );
    let is_of_sts = entry.service == "sts";
    notes.cite_if(
        is_of_sts && entry.resource.starts_with("assumed-role/"),
        iam(112),
    );
    notes.cite_if(
        is_of_sts && entry.resource.starts_with("federated-user/"),
        iam(113),
    );
    direct_if(is_session && scope.request.caller_text() == text)
}

fn entity_if(named: bool) -> Grade {
    if named { Grade::Entity } else { Grade::None }
}

/// The text behind the last `/`.
pub(crate) fn last_name(resource: &str) -> &str {
    resource.rsplit('/').next().unwrap_or(resource)
}

/// What kind of principal an entry is.
pub(crate) fn form(entry: &PrincipalEntry) -> PrincipalForm {
    let text = match entry {
        PrincipalEntry::Everyone => return PrincipalForm::Everyone,
        PrincipalEntry::AwsStar => return PrincipalForm::AwsStar,
        PrincipalEntry::AccountId(_) => return PrincipalForm::AccountId,
        PrincipalEntry::UniqueId(_) => return PrincipalForm::UniqueId,
        PrincipalEntry::Service(_) => return PrincipalForm::Service,
        PrincipalEntry::Federated(_) => return PrincipalForm::Federated,
        PrincipalEntry::CanonicalUser(_) => return PrincipalForm::CanonicalUser,
        PrincipalEntry::Arn(text) => text,
    };
    let Some(arn) = Arn::split(text) else {
        return PrincipalForm::OtherArn;
    };
    let starts = |prefix| arn.resource.starts_with(prefix);
    match arn.service {
        "iam" if arn.resource == "root" => PrincipalForm::AccountRootArn,
        "iam" if starts("user/") => PrincipalForm::UserArn,
        "iam" if starts("role/") => PrincipalForm::RoleArn,
        "sts" if starts("assumed-role/") => PrincipalForm::SessionArn,
        "sts" if starts("federated-user/") => PrincipalForm::FederatedUserArn,
        _ => PrincipalForm::OtherArn,
    }
}

/// An entry as the policy writes it.
fn text(entry: &PrincipalEntry) -> String {
    match entry {
        PrincipalEntry::Everyone => "*".to_owned(),
        PrincipalEntry::AwsStar => "AWS: *".to_owned(),
        PrincipalEntry::AccountId(text)
        | PrincipalEntry::UniqueId(text)
        | PrincipalEntry::Arn(text) => text.clone(),
        PrincipalEntry::Service(text) => format!("Service: {text}"),
        PrincipalEntry::Federated(text) => format!("Federated: {text}"),
        PrincipalEntry::CanonicalUser(text) => format!("CanonicalUser: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::Notes;
    use crate::request::Request;
    use crate::testing::Case;
    use veriam_model::readings::EndpointKind;
    use veriam_model::{Dialect, Verb};

    const USER: &str = "arn:aws:iam::111122223333:user/a/Bob";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/alice";
    const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/Bob";
    const ROOT: &str = "arn:aws:iam::111122223333:root";

    fn caller(arn: &str) -> Case {
        match arn {
            "anonymous" => Case::caller(arn, Some("anonymous")),
            _ if arn.contains("-provider/") || !arn.starts_with("arn:") => Case::caller(arn, None),
            _ => Case::caller(arn, Some("111122223333")),
        }
    }

    fn grade_of(
        case: &Case,
        policy_type: PolicyType,
        entry: &PrincipalEntry,
        dialect: Dialect,
    ) -> Grade {
        let request = Request::read(&case.check).expect("the request is well-formed");
        let scope = Scope {
            request: &request,
            policy_type,
            version_2012: true,
            effect: Verb::Allow,
            bounded: false,
        };
        grade(entry, scope, &mut Notes::new(&dialect, None))
    }

    #[test]
    fn arns_and_ids_name_callers_directly_by_entity_or_by_account() {
        use Grade::{Account, Direct, Entity, None};
        for (entry, grades) in [
            // Root, user a/Bob, session R/alice, federated user Bob.
            ("111122223333", [Account, Account, Account, Account]),
            ("444455556666", [None, None, None, None]),
            (
                "arn:aws:iam::111122223333:root",
                [Account, Account, Account, Account],
            ),
            (
                "arn:aws-cn:iam::111122223333:root",
                [None, None, None, None],
            ),
            ("arn:aws:iam::111122223333:x:root", [None, None, None, None]),
            ("arn:aws:sts::111122223333:root", [None, None, None, None]),
            (
                "arn:aws:iam::111122223333:user/a/Bob",
                [None, Direct, None, Entity],
            ),
            (
                "arn:aws:iam::111122223333:user/Bob",
                [None, None, None, Entity],
            ),
            (
                "arn:aws:iam::111122223333:user/a/bob",
                [None, None, None, None],
            ),
            (
                "arn:aws:iam::444455556666:user/Bob",
                [None, None, None, None],
            ),
            (
                "arn:aws:iam::111122223333:role/R",
                [None, None, Entity, None],
            ),
            (
                "arn:aws:iam::111122223333:role/team/R",
                [None, None, Entity, None],
            ),
            ("arn:aws:iam::111122223333:role/r", [None, None, None, None]),
            (
                "arn:aws:iam::111122223333:role/R/x",
                [None, None, None, None],
            ),
            (
                "arn:aws-cn:iam::111122223333:role/R",
                [None, None, None, None],
            ),
            ("arn:aws:iam::444455556666:role/R", [None, None, None, None]),
            (
                "arn:aws:sts::111122223333:assumed-role/R/alice",
                [None, None, Direct, None],
            ),
            (
                "arn:aws:sts::111122223333:assumed-role/R/bob",
                [None, None, None, None],
            ),
            (
                "arn:aws:sts::111122223333:federated-user/Bob",
                [None, None, None, Direct],
            ),
            (
                "arn:aws:sts::111122223333:federated-user/Eve",
                [None, None, None, None],
            ),
            ("arn:aws:s3:::b", [None, None, None, None]),
        ] {
            let account = entry.len() == 12;
            let text = entry.to_owned();
            let parsed = if account {
                PrincipalEntry::AccountId(text)
            } else {
                PrincipalEntry::Arn(text)
            };
            for (arn, expected) in [ROOT, USER, SESSION, FEDERATED].into_iter().zip(grades) {
                let found = grade_of(
                    &caller(arn),
                    PolicyType::Resource,
                    &parsed,
                    Dialect::default(),
                );
                assert_eq!(found, expected, "{entry} {arn}");
            }
            for outsider in ["anonymous", "jwt", "sns.amazonaws.com"] {
                let found = grade_of(
                    &caller(outsider),
                    PolicyType::Resource,
                    &parsed,
                    Dialect::default(),
                );
                assert_eq!(found, None, "{entry} {outsider}");
            }
        }
    }

    #[test]
    fn services_and_providers_are_named_by_their_text_and_their_kind() {
        let service = PrincipalEntry::Service("sns.amazonaws.com".to_owned());
        let provider = |text: &str| PrincipalEntry::Federated(text.to_owned());
        let saml = "arn:aws:iam::111122223333:saml-provider/X";
        let google = || caller("sns.amazonaws.com").action("sts:AssumeRoleWithWebIdentity");
        for (case, entry, expected) in [
            (caller("sns.amazonaws.com"), service.clone(), Grade::Direct),
            (caller("sqs.amazonaws.com"), service.clone(), Grade::None),
            (caller(SESSION), service.clone(), Grade::None),
            (google(), service, Grade::None),
            (caller(saml), provider(saml), Grade::Direct),
            (google(), provider("sns.amazonaws.com"), Grade::Direct),
            (
                caller("sns.amazonaws.com"),
                provider("sns.amazonaws.com"),
                Grade::None,
            ),
            (
                caller(saml),
                PrincipalEntry::Arn(saml.to_owned()),
                Grade::None,
            ),
            (
                caller(USER),
                PrincipalEntry::UniqueId("AIDAEXAMPLE00000".to_owned()),
                Grade::None,
            ),
            (
                caller(USER),
                PrincipalEntry::CanonicalUser("79a5".to_owned()),
                Grade::None,
            ),
        ] {
            let found = grade_of(&case, PolicyType::Trust, &entry, Dialect::default());
            assert_eq!(found, expected, "{entry:?} {:?}", case.check.principal);
        }
    }

    #[test]
    fn a_star_is_everyone_and_a_star_under_aws_perhaps_not() {
        let everyone = Dialect::default().with(AwsStar::Everyone);
        for arn in [ROOT, USER, SESSION, FEDERATED, "anonymous"] {
            for entry in [PrincipalEntry::Everyone, PrincipalEntry::AwsStar] {
                let found = grade_of(
                    &caller(arn),
                    PolicyType::Resource,
                    &entry,
                    Dialect::default(),
                );
                assert_eq!(found, Grade::Direct, "{arn}");
            }
        }
        for arn in [
            "jwt",
            "sns.amazonaws.com",
            "arn:aws:iam::111122223333:saml-provider/X",
        ] {
            let of = |entry, dialect| grade_of(&caller(arn), PolicyType::Resource, &entry, dialect);
            assert_eq!(
                of(PrincipalEntry::Everyone, Dialect::default()),
                Grade::Direct,
                "{arn}"
            );
            assert_eq!(
                of(PrincipalEntry::AwsStar, Dialect::default()),
                Grade::None,
                "{arn}"
            );
            assert_eq!(
                of(PrincipalEntry::AwsStar, everyone),
                Grade::Direct,
                "{arn}"
            );
        }
    }

    #[test]
    fn at_a_gateway_endpoint_an_account_is_its_root_user() {
        let gateway = Dialect::default().with(EndpointKind::Gateway);
        let entry = PrincipalEntry::AccountId("111122223333".to_owned());
        for (arn, policy_type, action, expected) in [
            (USER, PolicyType::Endpoint, "s3:GetObject", Grade::None),
            (USER, PolicyType::Endpoint, "DynamoDB:GetItem", Grade::None),
            (
                USER,
                PolicyType::Endpoint,
                "sqs:SendMessage",
                Grade::Account,
            ),
            (USER, PolicyType::Resource, "s3:GetObject", Grade::Account),
            (ROOT, PolicyType::Endpoint, "s3:GetObject", Grade::Account),
        ] {
            let case = caller(arn).action(action);
            assert_eq!(
                grade_of(&case, policy_type, &entry, gateway),
                expected,
                "{arn} {action}"
            );
            let default = grade_of(&case, policy_type, &entry, Dialect::default());
            assert_eq!(default, Grade::Account, "{arn} {action}");
        }
    }
}
