//! Compiled principal elements, and how they name a caller (sections 3.3 and 4 of the rules).

use veriam_model::readings as dialects;

use crate::arn::Arn;
use crate::caller::{Caller, Kind};
use crate::document::{self, Named};
use crate::grammar::is_account_id;
use crate::settings::{Settings, mistaken};

/// How a caller is named; the greater, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    None,
    /// The caller's account is named.
    Account,
    /// The role behind a session, or the user behind a federated-user session, is named.
    Entity,
    /// The caller itself, or everyone, is named.
    Direct,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Of(Box<[Entry]>),
    Except(Box<[Entry]>),
}

/// One entry of a principal element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entry {
    /// `*`
    Everyone,
    /// `*` under `AWS`, where it does not mean everyone (IAM-103): IAM identities and anonymous callers.
    EveryIdentity,
    /// An account: by its id, or by the ARN of its root user.
    Account {
        partition: Option<Box<str>>,
        account: Box<str>,
    },
    /// A role, by the name behind its path.
    Role {
        partition: Box<str>,
        account: Box<str>,
        name: Box<str>,
    },
    /// A user, by its whole ARN.
    User {
        arn: Box<str>,
        partition: Box<str>,
        account: Box<str>,
        /// The name behind its path.
        name: Box<str>,
    },
    /// A role session or federated-user session, by its whole ARN.
    Session {
        arn: Box<str>,
        partition: Box<str>,
        account: Box<str>,
    },
    Service(Box<str>),
    Federated(Box<str>),
}

impl Who {
    /// Compiles a principal element; none when it does not exist.
    pub(crate) fn compile(who: &document::Who<'_>, settings: &Settings) -> Option<Self> {
        let compiled = |entries: &[Named<'_>]| {
            let entries = entries.iter();
            entries
                .filter_map(|e| Entry::compile(e, settings))
                .collect()
        };
        match who {
            document::Who::Unsaid => None,
            document::Who::Of(entries) => Some(Who::Of(compiled(entries))),
            document::Who::Except(entries) => Some(Who::Except(compiled(entries))),
        }
    }
}

impl Entry {
    /// Compiles an entry; none when it can name nobody.
    fn compile(named: &Named<'_>, settings: &Settings) -> Option<Self> {
        match named {
            Named::Everyone => Some(Entry::Everyone),
            Named::Aws(text) if text == "*" => {
                let means_everyone = settings.reads(dialects::AwsStar::Everyone);
                Some(if means_everyone {
                    Entry::Everyone
                } else {
                    Entry::EveryIdentity
                })
            }
            Named::Aws(text) if is_account_id(text) => Some(Entry::Account {
                partition: None,
                account: text.as_ref().into(),
            }),
            Named::Aws(text) => Self::compile_arn(text),
            Named::Service(text) => Some(Entry::Service(text.as_ref().into())),
            Named::Federated(text) => Some(Entry::Federated(text.as_ref().into())),
            Named::Canonical => None,
        }
    }

    fn compile_arn(text: &str) -> Option<Self> {
        let arn = Arn::parse(text)?;
        let partition: Box<str> = arn.partition().into();
        let account: Box<str> = arn.account().into();
        let rest = arn.rest();
        // The name of `word/path/name`.
        let name = |word| {
            let path = rest.strip_prefix(word)?;
            Some(path.rsplit('/').next().unwrap_or(path).into())
        };
        if arn.service() != "iam" {
            return Some(Entry::Session {
                arn: text.into(),
                partition,
                account,
            });
        }
        if rest == "root" {
            return Some(Entry::Account {
                partition: Some(partition),
                account,
            });
        }
        if let Some(name) = name("role/") {
            return Some(Entry::Role {
                partition,
                account,
                name,
            });
        }
        name("user/").map(|name| Entry::User {
            arn: text.into(),
            partition,
            account,
            name,
        })
    }

    /// How the entry names a caller.
    #[inline]
    fn grade(&self, caller: &Caller<'_>, accounts_are_roots: bool) -> Grade {
        let yes = |named, grade| if named { grade } else { Grade::None };
        match self {
            Entry::Everyone => Grade::Direct,
            Entry::EveryIdentity => yes(
                caller.is_iam_identity() || caller.kind == Kind::Anonymous,
                Grade::Direct,
            ),
            Entry::Account { partition, account } => {
                let named = caller.is_iam_identity()
                    && caller.account == account.as_ref()
                    && (partition.is_none() || partition.as_deref() == caller.partition)
                    && (!accounts_are_roots || caller.kind == Kind::Root);
                yes(named, Grade::Account)
            }
            Entry::Role {
                partition,
                account,
                name,
            } => match caller.kind {
                Kind::RoleSession { role } => {
                    let named = role == name.as_ref()
                        && caller.account == account.as_ref()
                        && caller.partition == Some(partition.as_ref());
                    yes(named, Grade::Entity)
                }
                _ => Grade::None,
            },
            Entry::User {
                arn,
                partition,
                account,
                name,
            } => match caller.kind {
                Kind::User => yes(caller.arn == arn.as_ref(), Grade::Direct),
                Kind::FederatedUser { name: user } => {
                    let named = user == name.as_ref()
                        && caller.account == account.as_ref()
                        && caller.partition == Some(partition.as_ref());
                    yes(named, Grade::Entity)
                }
                _ => Grade::None,
            },
            Entry::Session { arn, .. } => match caller.kind {
                Kind::RoleSession { .. } | Kind::FederatedUser { .. } => {
                    yes(caller.arn == arn.as_ref(), Grade::Direct)
                }
                _ => Grade::None,
            },
            Entry::Service(name) => yes(
                caller.kind == Kind::Service && caller.arn == name.as_ref(),
                Grade::Direct,
            ),
            Entry::Federated(name) => yes(
                caller.kind == Kind::Provider && caller.arn == name.as_ref(),
                Grade::Direct,
            ),
        }
    }

    /// Whether it is an entry under `AWS` that is not `*`.
    fn is_arn_or_account(&self) -> bool {
        matches!(
            self,
            Entry::Account { .. } | Entry::Role { .. } | Entry::User { .. } | Entry::Session { .. }
        )
    }

    /// Whether it is a user, role, role session or federated-user session of the caller's account.
    fn is_of_account(&self, caller: &Caller<'_>) -> bool {
        match self {
            Entry::Role {
                partition, account, ..
            }
            | Entry::User {
                partition, account, ..
            } => caller.account == account.as_ref() && caller.partition == Some(partition.as_ref()),
            Entry::Session {
                arn,
                partition,
                account,
            } => {
                let is_session = Arn::parse(arn).is_some_and(|arn| {
                    let words = ["assumed-role/", "federated-user/"];
                    arn.service() == "sts" && words.iter().any(|w| arn.rest().starts_with(w))
                });
                is_session
                    && caller.account == account.as_ref()
                    && caller.partition == Some(partition.as_ref())
            }
            _ => false,
        }
    }
}

/// What the naming of a caller depends on beside the entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming<'s> {
    pub(crate) settings: &'s Settings,
    /// The statement denies.
    pub(crate) is_deny: bool,
    /// A permissions boundary counts for the caller.
    pub(crate) has_boundary: bool,
    /// An account names only its root user: at a gateway endpoint (IAM-030).
    pub(crate) accounts_are_roots: bool,
}

impl Naming<'_> {
    /// How a principal element names a caller.
    #[inline]
    pub(crate) fn grade(&self, who: &Who, caller: &Caller<'_>) -> Grade {
        match who {
            Who::Of(entries) => {
                let mut best = Grade::None;
                for entry in entries {
                    let grade = if mistaken!(self.settings, ArnNamesJwtCaller)
                        && caller.kind == Kind::Jwt
                        && entry.is_arn_or_account()
                    {
                        Grade::Direct
                    } else {
                        entry.grade(caller, self.accounts_are_roots)
                    };
                    best = best.max(grade);
                    if best == Grade::Direct {
                        break;
                    }
                }
                let mistaken = mistaken!(self.settings, AccountPrincipalAsFullGrant);
                if mistaken && best == Grade::Account {
                    return Grade::Direct;
                }
                best
            }
            Who::Except(entries) if self.spares(entries, caller) => Grade::None,
            Who::Except(_) => Grade::Direct,
        }
    }

    /// Whether a NotPrincipal element leaves a caller out (IAM-119 to IAM-122).
    fn spares(&self, entries: &[Entry], caller: &Caller<'_>) -> bool {
        if self.is_deny && self.has_boundary {
            return false;
        }
        // The chain of a caller: itself, what is behind it, its account.
        let mut named = [false; 3];
        let [itself, behind, account] = &mut named;
        let mut others = false;
        for entry in entries {
            match (entry, entry.grade(caller, self.accounts_are_roots)) {
                (Entry::Everyone | Entry::EveryIdentity, Grade::Direct) => return true,
                (_, Grade::Direct) => *itself = true,
                (_, Grade::Entity) => *behind = true,
                (_, Grade::Account) => *account = true,
                (_, Grade::None) => others |= entry.is_of_account(caller),
            }
        }
        let chain = match caller.kind {
            Kind::User => [true, false, true],
            Kind::RoleSession { .. } | Kind::FederatedUser { .. } => [true, true, true],
            Kind::Root => [false, false, true],
            _ => [true, false, false],
        };
        if named == chain {
            return true;
        }
        match named {
            [false, false, false] => false,
            [false, false, true] if others => false,
            _ => self.settings.reads(dialects::PartialNotPrincipal::Spared),
        }
    }
}
