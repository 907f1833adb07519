//! Principal elements that name the caller with a wanted grade, and elements that just fail to.

use veriam_model::{PolicyType, Verb};

use crate::draw::{Text, flip_case};
use crate::maker::{Feature, Maker, Setting};
use crate::names::{NAMES, ROLE_NAMES, USER_NAMES};
use crate::policy::Who;
use crate::vocabulary::{
    ACCOUNTS, CallerKind, PATHS, PROVIDERS, ROLES, SERVICES, SESSIONS, USERS, iam_arn, provider_arn,
};

/// How an element is to name the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    /// The exact caller, or everyone.
    Direct,
    /// The role or the user behind a session.
    Entity,
    /// The caller's account.
    Account,
}

const AWS: &str = "AWS";

const UNIQUE_IDS: [&str; 2] = ["AIDAEXAMPLEID0000001", "AROAEXAMPLEID0000002"];

const CANONICAL_ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

impl Maker<'_, '_> {
    /// The grades with which such a statement can name the caller at all.
    pub(crate) fn grades(&self, setting: Setting) -> &'static [Grade] {
        use Grade::{Account, Direct, Entity};
        if setting.policy_type == PolicyType::Rcp {
            return &[Direct];
        }
        match (self.caller.kind, self.names_accounts(setting)) {
            (CallerKind::User | CallerKind::Root, true) => &[Direct, Account],
            (CallerKind::RoleSession | CallerKind::FederatedSession, true) => {
                &[Direct, Entity, Account]
            }
            (CallerKind::RoleSession | CallerKind::FederatedSession, false) => &[Direct, Entity],
            _ => &[Direct],
        }
    }

    /// At a gateway endpoint an account principal means something else, and s3 and dynamodb have both kinds (IAM-030).
    fn names_accounts(&self, setting: Setting) -> bool {
        !(setting.endpoint() && matches!(self.target.prefix(), "s3" | "dynamodb"))
    }

    /// An element that names the caller with the grade.
    pub(crate) fn who(&mut self, setting: Setting, grade: Grade) -> Who {
        if setting.policy_type == PolicyType::Rcp {
            return Who::Everyone;
        }
        if let Some(who) = self.others_listed(setting) {
            return who;
        }
        let name = match (self.caller.kind, grade) {
            (CallerKind::Service, _) => {
                if self.may_star(setting) && self.draw.chance(1, 4) {
                    return Who::Everyone;
                }
                return self.listed("Service", self.caller.arn.clone(), setting);
            }
            (CallerKind::Provider, _) => {
                if setting.policy_type != PolicyType::Trust {
                    return Who::Everyone;
                }
                return self.listed("Federated", self.caller.arn.clone(), setting);
            }
            (CallerKind::Jwt, _) => return Who::Everyone,
            (CallerKind::Anonymous, _) => return self.everyone(setting),
            (CallerKind::Root, Grade::Account) | (_, Grade::Account) => self.account_name(),
            (CallerKind::Root, _) => return self.everyone(setting),
            (CallerKind::RoleSession, Grade::Entity) => match self.draw.chance(1, 2) {
                // The session's ARN does not tell the role's path, so every path fits (IAM-111).
                true => self.role(self.caller.name),
                false => self.caller.role_arn(),
            },
            (CallerKind::FederatedSession, Grade::Entity) => self.caller.user_arn(),
            (_, _) if self.draw.chance(1, 3) => return self.everyone(setting),
            (_, _) => self.caller.arn.clone(),
        };
        self.listed(AWS, name, setting)
    }

    /// An element that does not name the caller.
    pub(crate) fn who_else(&mut self, setting: Setting) -> Who {
        if let Some(who) = self.chain(setting) {
            return who;
        }
        if self.draw.chance(1, 8) {
            return self.nobody(setting);
        }
        let account = self.other_account();
        let (kind, name) = match self.caller.kind {
            CallerKind::User => match self.draw.below(6) {
                0 => (AWS, self.user(&USERS)),
                1 => (
                    AWS,
                    iam_arn(
                        self.caller.partition,
                        account,
                        "user/",
                        self.caller.path,
                        self.caller.name,
                    ),
                ),
                2 => (AWS, self.flipped()),
                3 => {
                    // The path is part of a user's ARN.
                    let path = if self.caller.path.is_empty() {
                        PATHS[0]
                    } else {
                        ""
                    };
                    (
                        AWS,
                        iam_arn(
                            self.caller.partition,
                            self.caller.account,
                            "user/",
                            path,
                            self.caller.name,
                        ),
                    )
                }
                4 => (AWS, self.role(self.caller.name)),
                _ => (AWS, self.account_of(account)),
            },
            CallerKind::RoleSession => match self.draw.below(7) {
                0 => {
                    let session = other(
                        &SESSIONS,
                        self.caller.session,
                        self.draw.below(SESSIONS.len()),
                    );
                    (AWS, self.caller.session_arn(self.caller.name, session))
                }
                1 => (AWS, self.flipped()),
                2 => {
                    let role = other(&ROLES, self.caller.name, self.draw.below(ROLES.len()));
                    (AWS, self.caller.session_arn(role, self.caller.session))
                }
                3 => {
                    let role = other(&ROLES, self.caller.name, self.draw.below(ROLES.len()));
                    (AWS, self.role(role))
                }
                4 => (
                    AWS,
                    iam_arn(
                        self.caller.partition,
                        account,
                        "role/",
                        self.caller.path,
                        self.caller.name,
                    ),
                ),
                5 => (
                    AWS,
                    iam_arn(
                        self.caller.partition,
                        self.caller.account,
                        "user/",
                        "",
                        self.caller.name,
                    ),
                ),
                _ => (AWS, self.account_of(account)),
            },
            CallerKind::FederatedSession => match self.draw.below(4) {
                0 => {
                    let name = other(&USERS, self.caller.name, self.draw.below(USERS.len()));
                    (AWS, self.caller.federated_arn(name))
                }
                1 => (AWS, self.user(&USERS)),
                2 => (AWS, self.flipped()),
                _ => (AWS, self.account_of(account)),
            },
            CallerKind::Root => match self.draw.below(2) {
                0 => (AWS, self.account_of(account)),
                _ => (AWS, self.user(&USERS)),
            },
            CallerKind::Service => match self.draw.below(3) {
                2 => (AWS, self.account_of(account)),
                _ => (
                    "Service",
                    other(&SERVICES, self.caller.name, self.draw.below(SERVICES.len())).into(),
                ),
            },
            CallerKind::Provider if setting.policy_type == PolicyType::Trust => {
                let name = other(
                    &PROVIDERS,
                    self.caller.name,
                    self.draw.below(PROVIDERS.len()),
                );
                match self.draw.below(3) {
                    0 => (
                        "Federated",
                        provider_arn(&mut self.draw, "aws", "000000000000"),
                    ),
                    1 => (AWS, self.account_of(account)),
                    _ => ("Federated", name.into()),
                }
            }
            CallerKind::Provider | CallerKind::Anonymous | CallerKind::Jwt => {
                match self.draw.below(3) {
                    0 => (AWS, self.account_of(account)),
                    1 => (AWS, iam_arn("aws", account, "user/", "", USERS[0])),
                    _ => ("Service", SERVICES[0].into()),
                }
            }
        };
        let name = match (kind, self.names_accounts(setting)) {
            (AWS, false) if !name.contains('/') => iam_arn("aws", account, "role/", "", ROLES[0]),
            _ => name,
        };
        self.listed(kind, name, setting)
    }

    /// Principals that stand for nobody in a check: an id of no entity, an ARN of no caller, a canonical user id.
    fn nobody(&mut self, setting: Setting) -> Who {
        let account = self.caller.account;
        let account = if account.is_empty() {
            ACCOUNTS[0]
        } else {
            account
        };
        let canonical = setting.policy_type == PolicyType::Resource;
        let weights = [2, 2, if canonical { 4 } else { 0 }];
        let (kind, name) = match self.draw.weighted(&weights) {
            0 => (AWS, self.draw.one(&UNIQUE_IDS).into()),
            1 => {
                let arn = iam_arn("aws", account, "instance-profile/", "", ROLES[0]);
                (AWS, arn)
            }
            _ => ("CanonicalUser", CANONICAL_ID.into()),
        };
        self.listed(kind, name, setting)
    }

    /// `NotPrincipal` that does not spare the caller: others only, or a neighbour beside the account (IAM-121).
    fn others_listed(&mut self, setting: Setting) -> Option<Who> {
        if !self.may_except(setting) || !self.maybe(Feature::NotPrincipal, 1, 3) {
            return None;
        }
        self.excepted = true;
        let account = self.other_account();
        let mut names = match self.draw.below(3) {
            0 if self.caller.kind.has_identity() => {
                let neighbour = match self.draw.chance(1, 2) {
                    true => self.user(&USERS),
                    false => {
                        let role = other(&ROLES, self.caller.name, self.draw.below(ROLES.len()));
                        self.role(role)
                    }
                };
                vec![neighbour, self.account_name()]
            }
            // Whoever has a boundary is never spared (IAM-122).
            1 if self.bounded => self.chain_names(),
            1 => vec![
                iam_arn("aws", account, "user/", "", USERS[1]),
                account.into(),
            ],
            _ => vec![iam_arn("aws", account, "role/", "", ROLES[0])],
        };
        if self.draw.chance(1, 2) {
            names.reverse();
        }
        Some(Who::Listed {
            not: true,
            members: vec![(AWS, names)],
        })
    }

    /// `NotPrincipal` that spares the caller: its whole chain (IAM-119).
    fn chain(&mut self, setting: Setting) -> Option<Who> {
        let spares = self.caller.kind.in_account() || self.caller.kind == CallerKind::Service;
        if self.bounded
            || !spares
            || !self.may_except(setting)
            || !self.maybe(Feature::NotPrincipal, 1, 3)
        {
            return None;
        }
        self.excepted = true;
        let mut members = match self.caller.kind {
            CallerKind::Service => vec![("Service", vec![self.caller.arn.clone()])],
            _ => vec![(AWS, self.chain_names())],
        };
        if self.draw.chance(1, 4) {
            let account = self.other_account();
            match members.iter_mut().find(|(kind, _)| *kind == AWS) {
                Some((_, names)) => names.push(iam_arn("aws", account, "role/", "", ROLES[1])),
                None => members.push((AWS, vec![account.into()])),
            }
        }
        Some(Who::Listed { not: true, members })
    }

    /// The caller's ARN and everything behind it.
    fn chain_names(&mut self) -> Vec<Text> {
        let account = self.account_name();
        let own = self.caller.arn.clone();
        match self.caller.kind {
            CallerKind::User => vec![own, account],
            CallerKind::RoleSession => vec![own, self.caller.role_arn(), account],
            CallerKind::FederatedSession => vec![own, self.caller.user_arn(), account],
            _ => vec![account],
        }
    }

    /// Whether the statement can take NotPrincipal with a settled meaning for this caller.
    fn may_except(&self, setting: Setting) -> bool {
        let place = match setting.policy_type {
            PolicyType::Resource | PolicyType::Key => true,
            PolicyType::Endpoint => self.names_accounts(setting) && !self.bounded,
            _ => false,
        };
        // What it does to callers without IAM identity is described for none but anonymous ones and services.
        let caller = !matches!(self.caller.kind, CallerKind::Jwt | CallerKind::Provider);
        place && caller && setting.effect == Verb::Deny
    }

    /// Everyone, in a form whose meaning is settled for the caller (IAM-053, IAM-103).
    fn everyone(&mut self, setting: Setting) -> Who {
        let object = self.caller.kind.in_account() || self.caller.kind == CallerKind::Anonymous;
        if object && (!self.may_star(setting) || self.draw.chance(1, 2)) {
            return Who::Listed {
                not: false,
                members: vec![(AWS, vec!["*".into()])],
            };
        }
        Who::Everyone
    }

    fn may_star(&self, setting: Setting) -> bool {
        setting.policy_type != PolicyType::Trust
    }

    /// An object that lists the name, sometimes among others.
    fn listed(&mut self, kind: &'static str, name: Text, setting: Setting) -> Who {
        let mut names = vec![name];
        let account = self.other_account();
        if kind == AWS && self.maybe(Feature::Lists, 1, 4) {
            let decoy = match self.draw.below(3) {
                0 if self.names_accounts(setting) => account.into(),
                1 => iam_arn("aws", account, "user/", "", USERS[3]),
                _ => iam_arn("aws", account, "role/", "", ROLES[2]),
            };
            names.push(decoy);
            if self.draw.chance(1, 2) {
                names.reverse();
            }
        }
        if kind == AWS && self.sizes.crowd > 0 {
            self.crowd(&mut names);
        }
        let mut members = vec![(kind, names)];
        if self.maybe(Feature::Lists, 1, 6) {
            // Another kind beside it: the kinds are alternatives (IAM-051).
            let decoy = match (kind, setting.policy_type) {
                ("Service", _) => (AWS, iam_arn("aws", account, "role/", "", ROLES[2])),
                (AWS, PolicyType::Trust)
                    if self.draw.chance(1, 2) && self.caller.kind != CallerKind::Provider =>
                {
                    ("Federated", PROVIDERS[0].into())
                }
                (AWS, _) => {
                    let service =
                        other(&SERVICES, self.caller.name, self.draw.below(SERVICES.len()));
                    ("Service", service.into())
                }
                _ => ("Service", SERVICES[0].into()),
            };
            members.push((decoy.0, vec![decoy.1]));
        }
        Who::Listed {
            not: false,
            members,
        }
    }

    /// Adds users and roles of another account than the caller's.
    fn crowd(&mut self, names: &mut Vec<Text>) {
        for _ in 0..self.draw.below(self.sizes.crowd + 1) {
            let account = self.other_account();
            let number = self.draw.below(NAMES);
            names.push(match self.draw.chance(1, 2) {
                true => iam_arn("aws", account, "role/", "", ROLE_NAMES.get(number)),
                false => iam_arn("aws", account, "user/", "", USER_NAMES.get(number)),
            });
        }
    }

    /// The caller's account, by id or by its root's ARN.
    fn account_name(&mut self) -> Text {
        self.account_of(self.caller.account)
    }

    fn account_of(&mut self, account: &'static str) -> Text {
        match self.draw.chance(1, 2) {
            true => iam_arn(self.caller.partition, account, "root", "", ""),
            false => account.into(),
        }
    }

    /// Another user of the caller's account.
    fn user(&mut self, users: &[&'static str]) -> Text {
        let name = other(users, self.caller.name, self.draw.below(users.len()));
        iam_arn(
            self.caller.partition,
            self.caller.account,
            "user/",
            "",
            name,
        )
    }

    /// A role of the caller's account, with or without a path.
    fn role(&mut self, name: &str) -> Text {
        let path = match self.draw.chance(1, 3) {
            true => self.draw.one(&PATHS),
            false => "",
        };
        iam_arn(
            self.caller.partition,
            self.caller.account,
            "role/",
            path,
            name,
        )
    }

    /// The caller's ARN with one letter of its last part in the other case.
    fn flipped(&mut self) -> Text {
        let arn = self.caller.arn.clone();
        let at = arn.rfind('/').map_or(0, |at| at + 1);
        match flip_case(&mut self.draw, &arn[at..]) {
            Some(last) => [&arn[..at], &*last].concat().into(),
            None => self.user(&USERS),
        }
    }

    fn other_account(&mut self) -> &'static str {
        other(
            &ACCOUNTS,
            self.caller.account,
            self.draw.below(ACCOUNTS.len()),
        )
    }
}

/// A name of the list other than `name`, from a place on.
fn other(names: &[&'static str], name: &str, start: usize) -> &'static str {
    let mut others = (0..names.len()).map(|i| names[(start + i) % names.len()]);
    others.find(|n| *n != name).unwrap_or("")
}
