//! What a well-formed world and a well-formed call are: names that can stand in an ARN, references that lead somewhere.

mod call;
mod names;
mod request;
mod resources;

use std::collections::HashSet;
use std::fmt;

use crate::facts::PARTITIONS;
use crate::{Identity, Runtime, World};

pub use names::Names;

const ACCOUNT: &str = "the id of an account of the world";

/// A world or a call that is no question: the first member at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The member's path, for example `runtimes[0].account` or `call.caller.session.role`.
    pub member: String,
    /// What stands there.
    pub found: String,
    /// What must stand there.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            member,
            found,
            expected,
        } = self;
        write!(f, "`{member}` is {found:?}; write {expected}")
    }
}

impl std::error::Error for Malformed {}

impl World {
    /// Checks that the world is well-formed. Policy texts are not looked into.
    ///
    /// # Errors
    /// [`Malformed`] with the first member at fault.
    pub fn validate(&self) -> Result<(), Malformed> {
        if !PARTITIONS.contains(&self.partition.as_str()) {
            return fault("partition", &self.partition, "a partition, for example aws");
        }
        word("region", &self.region, "a region, for example us-west-2")?;
        let mut accounts = HashSet::new();
        let mut management = HashSet::new();
        for (i, account) in self.accounts.iter().enumerate() {
            let id = &account.id;
            if id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()) {
                return fault(format!("accounts[{i}].id"), id, "twelve digits");
            }
            unique(&mut accounts, id, || format!("accounts[{i}].id"))?;
            let Some(organization) = &account.organization else {
                continue;
            };
            let at = format!("accounts[{i}].organization");
            word(
                format!("{at}.id"),
                &organization.id,
                "an organization id, for example o-a1b2c3d4e5",
            )?;
            if organization.path.is_empty() {
                return fault(
                    format!("{at}.path"),
                    "[]",
                    "at least the organization's root",
                );
            }
            for (p, unit) in organization.path.iter().enumerate() {
                word(
                    format!("{at}.path[{p}]"),
                    unit,
                    "a root or unit id, for example r-ab12",
                )?;
            }
            if organization.management && !management.insert(&organization.id) {
                return fault(
                    format!("{at}.management"),
                    "true",
                    "true for one account of an organization only",
                );
            }
        }
        self.identities("users", &self.users)?;
        if let Some(i) = self.users.iter().position(|user| user.trust.is_some()) {
            return fault(
                format!("users[{i}].trust"),
                "a policy",
                "nothing: roles only have a trust policy",
            );
        }
        self.identities("roles", &self.roles)?;
        let mut ids = HashSet::new();
        for (i, runtime) in self.runtimes.iter().enumerate() {
            self.known_account(&runtime.account, || format!("runtimes[{i}].account"))?;
            word(
                format!("runtimes[{i}].id"),
                &runtime.id,
                "a runtime id, for example support_agent-AbCdEf0123",
            )?;
            unique(&mut ids, &runtime.id, || format!("runtimes[{i}].id"))?;
            endpoints(i, runtime)?;
        }
        self.validate_resources()?;
        let mut networks = HashSet::new();
        for (i, network) in self.networks.iter().enumerate() {
            self.known_account(&network.account, || format!("networks[{i}].account"))?;
            word(
                format!("networks[{i}].vpc"),
                &network.vpc,
                "a VPC id, for example vpc-0a1b2c3d",
            )?;
            let at = || format!("networks[{i}].endpoint");
            word(
                at(),
                &network.endpoint,
                "an endpoint id, for example vpce-0a1b2c3d",
            )?;
            unique(&mut networks, &network.endpoint, at)?;
        }
        Ok(())
    }

    fn identities(&self, list: &str, identities: &[Identity]) -> Result<(), Malformed> {
        let mut names = HashSet::new();
        for (i, identity) in identities.iter().enumerate() {
            self.known_account(&identity.account, || format!("{list}[{i}].account"))?;
            let name = &identity.name;
            iam_name(
                format!("{list}[{i}].name"),
                name,
                "a name of letters, digits and +=,.@_-",
            )?;
            if !names.insert((&identity.account, name)) {
                return fault(format!("{list}[{i}].name"), name, "a name of its own");
            }
            let path = &identity.path;
            let graphic = path.bytes().all(|b| b.is_ascii_graphic() && b != b':');
            if !(path.starts_with('/') && path.ends_with('/') && graphic) {
                return fault(
                    format!("{list}[{i}].path"),
                    path,
                    "a path that begins and ends with /",
                );
            }
            word(
                format!("{list}[{i}].id"),
                &identity.id,
                "a unique id, for example AROAEXAMPLE",
            )?;
        }
        Ok(())
    }

    fn known_account(&self, id: &str, member: impl Fn() -> String) -> Result<(), Malformed> {
        match self.account(id) {
            Some(_) => Ok(()),
            None => fault(member(), id, ACCOUNT),
        }
    }
}

fn endpoints(index: usize, runtime: &Runtime) -> Result<(), Malformed> {
    let mut names = HashSet::new();
    for (e, endpoint) in runtime.endpoints.iter().enumerate() {
        let at = || format!("runtimes[{index}].endpoints[{e}].name");
        word(
            at(),
            &endpoint.name,
            "an endpoint name, for example DEFAULT",
        )?;
        unique(&mut names, &endpoint.name, at)?;
    }
    Ok(())
}

/// Whether a text is an ARN as far as a check needs: of six parts at least. What kind, the judges find out.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.bytes().filter(|&b| b == b':').count() >= 5
}

/// Letters, digits, hyphens and underscores: what ids hold.
fn word(member: impl Into<String>, found: &str, expected: &'static str) -> Result<(), Malformed> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    if !found.is_empty() && found.bytes().all(fits) {
        return Ok(());
    }
    fault(member, found, expected)
}

/// What names of IAM identities and sessions hold.
fn iam_name(
    member: impl Into<String>,
    found: &str,
    expected: &'static str,
) -> Result<(), Malformed> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    if !found.is_empty() && found.bytes().all(fits) {
        return Ok(());
    }
    fault(member, found, expected)
}

fn unique<'w>(
    seen: &mut HashSet<&'w str>,
    found: &'w str,
    member: impl Fn() -> String,
) -> Result<(), Malformed> {
    if seen.insert(found) {
        return Ok(());
    }
    fault(member(), found, "a value that no other has")
}

fn fault<T>(
    member: impl Into<String>,
    found: impl ToString,
    expected: &'static str,
) -> Result<T, Malformed> {
    Err(Malformed {
        member: member.into(),
        found: found.to_string(),
        expected,
    })
}
