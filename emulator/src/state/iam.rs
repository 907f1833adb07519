//! IAM: which policies of an identity are inline and which attached, and the managed policies themselves.

use std::collections::BTreeMap;

use veriam_model::{Identity, PolicyText, World};

use super::State;
use super::managed::Managed;
use super::names::identity_arn;

/// The kinds of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A user.
    User,
    /// A role.
    Role,
}

impl Kind {
    /// `user` or `role`
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Role => "role",
        }
    }
}

/// Why IAM refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IamError {
    /// There is no such identity or policy.
    NoSuchEntity,
    /// There is one already.
    AlreadyExists,
    /// Something is still attached to it.
    InUse,
}

#[derive(Default)]
pub(super) struct Iam {
    pub(super) identities: BTreeMap<(Kind, String, String), Details>,
    pub(super) managed: BTreeMap<String, Managed>,
}

/// Where the policies of an identity come from. The world holds their texts: inline ones first, then attached ones.
#[derive(Clone, Default)]
pub(super) struct Details {
    pub(super) inline: Vec<(String, PolicyText)>,
    pub(super) attached: Vec<String>,
    pub(super) boundary: Option<String>,
}

impl Iam {
    /// The details of a world that was loaded.
    pub(super) fn of(world: &World) -> Self {
        let mut iam = Self::default();
        for (kind, identities) in [(Kind::User, &world.users), (Kind::Role, &world.roles)] {
            for identity in identities {
                let policies = identity.policies.iter().zip(1_usize..);
                let inline = policies
                    .map(|(p, n)| (format!("policy-{n}"), p.clone()))
                    .collect();
                let boundary = identity.boundary.clone().map(|text| {
                    let name = format!("boundary-of-{}-{}", kind.word(), identity.name);
                    let account = identity.account.clone();
                    let arn = format!("arn:{}:iam::{account}:policy/{name}", world.partition);
                    let (path, id) = ("/".to_owned(), format!("ANPA{}", identity.id));
                    iam.managed.insert(
                        arn.clone(),
                        Managed {
                            account,
                            name,
                            path,
                            id,
                            text,
                        },
                    );
                    arn
                });
                let details = Details {
                    inline,
                    attached: Vec::new(),
                    boundary,
                };
                let key = (kind, identity.account.clone(), identity.name.clone());
                iam.identities.insert(key, details);
            }
        }
        iam
    }
}

impl State {
    /// The identity of that kind, account and name.
    #[must_use]
    pub fn identity(&self, kind: Kind, account: &str, name: &str) -> Option<&Identity> {
        match kind {
            Kind::User => self.world.user(account, name),
            Kind::Role => self.world.role(account, name),
        }
    }

    /// Makes an identity without policies and answers it. A `boundary` is the ARN of a managed policy.
    ///
    /// # Errors
    /// [`IamError::AlreadyExists`]; [`IamError::NoSuchEntity`] of the boundary.
    pub fn create_identity(
        &mut self,
        kind: Kind,
        mut identity: Identity,
        boundary: Option<&str>,
    ) -> Result<Identity, IamError> {
        if self
            .identity(kind, &identity.account, &identity.name)
            .is_some()
        {
            return Err(IamError::AlreadyExists);
        }
        if boundary.is_some_and(|arn| !self.iam.managed.contains_key(arn)) {
            return Err(IamError::NoSuchEntity);
        }
        identity.id = self.identity_id(kind, &identity.account, &identity.name);
        let key = (kind, identity.account.clone(), identity.name.clone());
        self.ensure_account(&identity.account);
        let details = Details {
            boundary: boundary.map(str::to_owned),
            ..Details::default()
        };
        self.iam.identities.insert(key, details);
        let list = match kind {
            Kind::User => &mut self.change().users,
            Kind::Role => &mut self.change().roles,
        };
        list.push(identity.clone());
        self.refresh(kind, &identity.account, &identity.name);
        Ok(identity)
    }

    /// Removes an identity that has neither policies nor access keys.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`], [`IamError::InUse`].
    pub fn delete_identity(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
    ) -> Result<(), IamError> {
        let details = self.details(kind, account, name)?;
        let keys = kind == Kind::User && !self.keys_of(account, name).is_empty();
        if keys || !(details.inline.is_empty() && details.attached.is_empty()) {
            return Err(IamError::InUse);
        }
        self.iam
            .identities
            .remove(&(kind, account.to_owned(), name.to_owned()));
        let list = match kind {
            Kind::User => &mut self.change().users,
            Kind::Role => &mut self.change().roles,
        };
        list.retain(|identity| !(identity.account == account && identity.name == name));
        Ok(())
    }

    /// Changes an identity, but for its policies.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`].
    pub fn change_identity<T>(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
        change: impl FnOnce(&mut Identity) -> T,
    ) -> Result<T, IamError> {
        let list = match kind {
            Kind::User => &mut self.change().users,
            Kind::Role => &mut self.change().roles,
        };
        let found = list
            .iter_mut()
            .find(|i| i.account == account && i.name == name);
        found.map(change).ok_or(IamError::NoSuchEntity)
    }

    /// The inline policies of an identity, by name.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`].
    pub fn inline(
        &self,
        kind: Kind,
        account: &str,
        name: &str,
    ) -> Result<&[(String, PolicyText)], IamError> {
        self.details(kind, account, name)
            .map(|details| &*details.inline)
    }

    /// The ARNs of the managed policies attached to an identity.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`].
    pub fn attached(&self, kind: Kind, account: &str, name: &str) -> Result<&[String], IamError> {
        self.details(kind, account, name)
            .map(|details| &*details.attached)
    }

    /// The ARN of the boundary of an identity.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`].
    pub fn boundary(
        &self,
        kind: Kind,
        account: &str,
        name: &str,
    ) -> Result<Option<&str>, IamError> {
        self.details(kind, account, name)
            .map(|details| details.boundary.as_deref())
    }

    /// Puts an inline policy, in place of the one of that name.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`].
    pub fn put_inline(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
        policy: (String, PolicyText),
    ) -> Result<(), IamError> {
        let details = self.details_mut(kind, account, name)?;
        match details.inline.iter_mut().find(|(n, _)| *n == policy.0) {
            Some(found) => *found = policy,
            None => details.inline.push(policy),
        }
        self.refresh(kind, account, name);
        Ok(())
    }

    /// Removes an inline policy.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`] of the identity or the policy.
    pub fn delete_inline(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
        policy: &str,
    ) -> Result<(), IamError> {
        let details = self.details_mut(kind, account, name)?;
        let at = details.inline.iter().position(|(n, _)| n == policy);
        details.inline.remove(at.ok_or(IamError::NoSuchEntity)?);
        self.refresh(kind, account, name);
        Ok(())
    }

    /// Attaches a managed policy, or takes it away.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`] of the identity, the policy, or the attachment to take away.
    pub fn attach(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
        arn: &str,
        attach: bool,
    ) -> Result<(), IamError> {
        let exists = self.iam.managed.contains_key(arn);
        let details = self.details_mut(kind, account, name)?;
        let at = details.attached.iter().position(|a| a == arn);
        match (attach, at) {
            (true, Some(_)) => return Ok(()),
            (true, None) if exists => details.attached.push(arn.to_owned()),
            (false, Some(at)) => drop(details.attached.remove(at)),
            _ => return Err(IamError::NoSuchEntity),
        }
        self.refresh(kind, account, name);
        Ok(())
    }

    /// Sets the boundary of an identity, or takes it away.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`] of the identity or the policy.
    pub fn set_boundary(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
        arn: Option<&str>,
    ) -> Result<(), IamError> {
        if arn.is_some_and(|arn| !self.iam.managed.contains_key(arn)) {
            return Err(IamError::NoSuchEntity);
        }
        self.details_mut(kind, account, name)?.boundary = arn.map(str::to_owned);
        self.refresh(kind, account, name);
        Ok(())
    }

    /// The ARNs of every user and role.
    #[must_use]
    pub fn identity_arns(&self) -> Vec<String> {
        let users = self
            .world
            .users
            .iter()
            .map(|user| identity_arn(&self.world, Kind::User, user));
        let roles = self
            .world
            .roles
            .iter()
            .map(|role| identity_arn(&self.world, Kind::Role, role));
        users.chain(roles).collect()
    }

    fn details(&self, kind: Kind, account: &str, name: &str) -> Result<&Details, IamError> {
        let key = (kind, account.to_owned(), name.to_owned());
        self.iam.identities.get(&key).ok_or(IamError::NoSuchEntity)
    }

    fn details_mut(
        &mut self,
        kind: Kind,
        account: &str,
        name: &str,
    ) -> Result<&mut Details, IamError> {
        let key = (kind, account.to_owned(), name.to_owned());
        self.iam
            .identities
            .get_mut(&key)
            .ok_or(IamError::NoSuchEntity)
    }

    /// Writes the policies of an identity into the world.
    fn refresh(&mut self, kind: Kind, account: &str, name: &str) {
        let Ok(details) = self.details(kind, account, name) else {
            return;
        };
        let inline = details.inline.iter().map(|(_, text)| text.clone());
        let text = |arn: &String| self.iam.managed.get(arn).map(|m| m.text.clone());
        let policies = inline
            .chain(details.attached.iter().filter_map(text))
            .collect();
        let boundary = details.boundary.as_ref().and_then(text);
        // An identity with details is in the world.
        let _ = self.change_identity(kind, account, name, |identity| {
            identity.policies = policies;
            identity.boundary = boundary;
        });
    }
}
