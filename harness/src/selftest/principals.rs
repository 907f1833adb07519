//! Canaries about who a principal element names.

use serde_json::{Value, json};
use veriam_model::{Check, PolicySlot};
use veriam_oracle::{Detail, Grade, trace};

use super::text::{Statement, each_text, statements, texts};
use super::{Bug, Canary, READINGS};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "role-not-matched-to-its-session",
        does: "The ARN of a role does not name the sessions of that role.",
        seen: "fakecloud-iam, iam-rs, localemu",
        bug: Bug::Check(role_without_sessions),
    },
    Canary {
        name: "role-grant-as-the-sessions-own",
        does: "A grant to a role counts as one to the session itself, past boundary and session policy.",
        seen: "PMapper",
        bug: Bug::Check(role_as_session),
    },
    Canary {
        name: "account-principal-as-full-grant",
        does: "A grant to an account is one to everybody in it, whatever their own policies say.",
        seen: "fakecloud-iam, localemu",
        bug: Bug::Check(account_as_caller),
    },
    Canary {
        name: "account-number-not-understood",
        does: "An account written as twelve digits names nobody.",
        seen: "iam-rs knows no account principals",
        bug: Bug::Check(no_account_numbers),
    },
    Canary {
        name: "principal-arn-ignoring-case",
        does: "Letter case does not count in the ARN of a principal.",
        seen: "ministack 1.5, IAMSpy",
        bug: Bug::Check(arns_ignoring_case),
    },
    Canary {
        name: "not-principal-skipped",
        does: "Statements with NotPrincipal never apply.",
        seen: "ministack 1.5",
        bug: Bug::Check(no_not_principal),
    },
    Canary {
        name: "not-principal-with-the-account-listed",
        does: "An account in NotPrincipal spares everybody in it.",
        seen: "5 of 8 measured evaluators",
        bug: Bug::Check(account_spares),
    },
    Canary {
        name: "not-principal-ignoring-a-boundary",
        does: "NotPrincipal in a Deny spares callers with a permissions boundary like others.",
        seen: "4 of 6 measured evaluators",
        bug: Bug::Check(boundary_spares),
    },
    Canary {
        name: "jwt-matched-by-an-arn-principal",
        does: "The ARN of an IAM principal in a resource policy names callers with a JWT.",
        seen: "realistic",
        bug: Bug::Check(arn_names_jwt),
    },
    Canary {
        name: "only-the-first-principal",
        does: "Of several principals of a kind only the first is read.",
        seen: "realistic",
        bug: Bug::Check(first_principal),
    },
];

/// The caller's ARN, taken apart.
struct Caller {
    arn: String,
    partition: String,
    account: String,
    /// The name of the role, for role sessions.
    role: Option<String>,
}

impl Caller {
    /// The caller of a check, unless it is in no account.
    fn of(check: &Check) -> Option<Self> {
        let arn = check.principal.arn.clone();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", partition, _, _, account, resource] = parts.as_slice() else {
            return None;
        };
        if check.principal.account.as_deref() != Some(account) {
            return None;
        }
        let session = resource.strip_prefix("assumed-role/");
        let role = session.and_then(|rest| rest.split('/').next());
        Some(Self {
            partition: partition.to_owned(),
            account: account.to_owned(),
            role: role.map(str::to_owned),
            arn: arn.clone(),
        })
    }

    fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }

    /// Whether a principal is the role of the caller's session.
    fn is_role(&self, principal: &str) -> bool {
        let start = format!("arn:{}:iam::{}:role/", self.partition, self.account);
        let name = principal
            .strip_prefix(&start)
            .and_then(|rest| rest.rsplit('/').next());
        name.is_some() && name == self.role.as_deref()
    }

    /// Whether a principal is the caller's account.
    fn is_account(&self, principal: &str) -> bool {
        let root = format!("arn:{}:iam::{}:root", self.partition, self.account);
        principal == self.account || principal == root
    }
}

/// Changes the AWS principals of a statement.
fn aws(statement: &mut Statement<'_>, member: &str, change: &mut dyn FnMut(&mut String)) {
    let element = statement.members.get_mut(member);
    if let Some(listed) = element.and_then(|element| element.get_mut("AWS")) {
        each_text(listed, change);
    }
}

/// A role that nobody has a session of, in the account of the principal it stands for.
fn nobody(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/veriam-nobody")
}

fn role_without_sessions(check: &mut Check) {
    let Some(caller) = Caller::of(check) else {
        return;
    };
    statements(check, &mut |mut statement| {
        aws(&mut statement, "Principal", &mut |principal| {
            if caller.is_role(principal) {
                *principal = nobody(&caller.account);
            }
        });
    });
}

fn role_as_session(check: &mut Check) {
    let Some(caller) = Caller::of(check) else {
        return;
    };
    statements(check, &mut |mut statement| {
        aws(&mut statement, "Principal", &mut |principal| {
            if caller.is_role(principal) {
                principal.clone_from(&caller.arn);
            }
        });
    });
}

fn account_as_caller(check: &mut Check) {
    let Some(caller) = Caller::of(check).filter(|caller| !caller.is_root()) else {
        return;
    };
    statements(check, &mut |mut statement| {
        aws(&mut statement, "Principal", &mut |principal| {
            if caller.is_account(principal) {
                principal.clone_from(&caller.arn);
            }
        });
    });
}

fn no_account_numbers(check: &mut Check) {
    statements(check, &mut |mut statement| {
        aws(&mut statement, "Principal", &mut |principal| {
            if principal.len() == 12 && principal.bytes().all(|b| b.is_ascii_digit()) {
                *principal = nobody(principal);
            }
        });
    });
}

fn arns_ignoring_case(check: &mut Check) {
    let Some(caller) = Caller::of(check) else {
        return;
    };
    statements(check, &mut |mut statement| {
        aws(&mut statement, "Principal", &mut |principal| {
            if principal.eq_ignore_ascii_case(&caller.arn) {
                principal.clone_from(&caller.arn);
            } else if let Some(role) = &caller.role
                && let Some((start, name)) = principal.rsplit_once('/')
                && start.contains(":role")
                && name.eq_ignore_ascii_case(role)
            {
                *principal = format!("{start}/{role}");
            }
        });
    });
}

fn no_not_principal(check: &mut Check) {
    statements(check, &mut |mut statement| {
        if statement.members.contains_key("NotPrincipal") {
            statement.never();
        }
    });
}

fn account_spares(check: &mut Check) {
    let Some(caller) = Caller::of(check) else {
        return;
    };
    statements(check, &mut |mut statement| {
        let listed = statement.members.get("NotPrincipal");
        let listed = listed.and_then(|element| element.get("AWS")).map(texts);
        let spared = listed.unwrap_or_default();
        if spared.iter().any(|principal| caller.is_account(principal)) {
            statement.never();
        }
    });
}

fn boundary_spares(check: &mut Check) {
    if check.boundary.is_none() {
        return;
    }
    let mut unbounded = check.clone();
    unbounded.boundary = None;
    let Ok(derivation) = trace(&unbounded, &READINGS, Detail::Structure) else {
        return;
    };
    let own = derivation.policies.into_iter();
    let own = own.filter(|policy| policy.slot == PolicySlot::Resource);
    let spared: Vec<bool> = own
        .flat_map(|policy| policy.statements)
        .map(|statement| statement.grade == Some(Grade::None))
        .collect();
    statements(check, &mut |mut statement| {
        let meant = statement.slot == PolicySlot::Resource
            && statement.denies()
            && statement.members.contains_key("NotPrincipal");
        if meant && spared.get(statement.index) == Some(&true) {
            statement.never();
        }
    });
}

fn arn_names_jwt(check: &mut Check) {
    if check.principal.arn != "jwt" {
        return;
    }
    statements(check, &mut |statement| {
        if let Some(element) = statement.members.get_mut("Principal")
            && let Some(listed) = element.get("AWS").map(texts)
            && listed.iter().any(|principal| principal.starts_with("arn:"))
        {
            *element = json!("*");
        }
    });
}

fn first_principal(check: &mut Check) {
    statements(check, &mut |statement| {
        if let Some(Value::Object(kinds)) = statement.members.get_mut("Principal") {
            for listed in kinds.values_mut() {
                if let Value::Array(list) = listed {
                    list.truncate(1);
                }
            }
        }
    });
}
