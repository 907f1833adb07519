//! Managed policies: what can be attached to several identities, or bound them.

use veriam_model::PolicyText;

use super::iam::Details;
use super::{IamError, State};

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// The account it belongs to.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its path, `/` or `/…/`.
    pub path: String,
    /// Its unique id.
    pub id: String,
    /// Its text.
    pub text: PolicyText,
}

impl State {
    /// The managed policy of that ARN.
    #[must_use]
    pub fn managed(&self, arn: &str) -> Option<&Managed> {
        self.iam.managed.get(arn)
    }

    /// The managed policies of an account with their ARNs, in the order of those.
    pub fn all_managed(&self, account: &str) -> impl Iterator<Item = (&str, &Managed)> {
        let all = self.iam.managed.iter();
        all.filter(move |(_, m)| m.account == account)
            .map(|(arn, m)| (arn.as_str(), m))
    }

    /// Makes a managed policy and answers its ARN.
    ///
    /// # Errors
    /// [`IamError::AlreadyExists`].
    pub fn create_managed(&mut self, mut policy: Managed) -> Result<String, IamError> {
        let Managed {
            account,
            path,
            name,
            ..
        } = &policy;
        let arn = format!(
            "arn:{}:iam::{account}:policy{path}{name}",
            self.world.partition
        );
        if self.iam.managed.contains_key(&arn) {
            return Err(IamError::AlreadyExists);
        }
        policy.id = self.ids.unique("ANPA");
        self.ensure_account(&policy.account.clone());
        self.iam.managed.insert(arn.clone(), policy);
        Ok(arn)
    }

    /// Removes a managed policy that is attached to nobody.
    ///
    /// # Errors
    /// [`IamError::NoSuchEntity`], [`IamError::InUse`].
    pub fn delete_managed(&mut self, arn: &str) -> Result<(), IamError> {
        let holds =
            |d: &Details| d.boundary.as_deref() == Some(arn) || d.attached.iter().any(|a| a == arn);
        if self.iam.identities.values().any(holds) {
            return Err(IamError::InUse);
        }
        self.iam
            .managed
            .remove(arn)
            .map(drop)
            .ok_or(IamError::NoSuchEntity)
    }
}
