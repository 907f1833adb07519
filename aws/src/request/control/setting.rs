//! The settings of a request that condition keys show.

use aws_sdk_bedrockagentcorecontrol::types::{
    AuthorizerConfiguration, CustomJwtAuthorizerConfiguration, VpcConfig,
};
use veriam_model::Context;

use super::super::Unsent;
use super::super::sending::{made, unsupported};

/// The issuer of tokens, where a call tells none.
pub(super) const DISCOVERY_URL: &str = "https://idp.example.com/.well-known/openid-configuration";

/// The settings that no member says yet.
pub(super) struct Settings<'a> {
    left: Vec<(&'a str, &'a [String])>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(settings: &'a Context) -> Self {
        Self {
            left: settings.iter().collect(),
        }
    }

    /// All values of a setting, for a member that is a list.
    pub(super) fn all(&mut self, name: &str) -> Result<Option<Vec<String>>, Unsent> {
        let Some(at) = self.left.iter().position(|(n, _)| *n == name) else {
            return Ok(None);
        };
        let (_, values) = self.left.swap_remove(at);
        if values.is_empty() {
            return unsupported("settings without a value");
        }
        Ok(Some(values.to_vec()))
    }

    /// The value of a setting, for a member that has one.
    pub(super) fn one(&mut self, name: &str) -> Result<Option<String>, Unsent> {
        let Some(mut values) = self.all(name)? else {
            return Ok(None);
        };
        match (values.pop(), values.is_empty()) {
            (Some(value), true) => Ok(Some(value)),
            _ => unsupported("settings with several values where requests have one"),
        }
    }

    /// The network that something is placed in; none: the public one.
    pub(super) fn network(&mut self) -> Result<Option<VpcConfig>, Unsent> {
        let (subnets, groups) = (self.all("subnets")?, self.all("securityGroups")?);
        if subnets.is_none() && groups.is_none() {
            return Ok(None);
        }
        let config = VpcConfig::builder()
            .set_subnets(Some(subnets.unwrap_or_default()))
            .set_security_groups(Some(groups.unwrap_or_default()));
        made(config.build()).map(Some)
    }

    /// The end: every setting has to be said by now.
    pub(super) fn done(self) -> Result<(), Unsent> {
        if self.left.is_empty() {
            return Ok(());
        }
        unsupported("settings the operation has no member for")
    }
}

/// An authorizer that takes tokens of an issuer.
pub(super) fn of_tokens(discovery_url: &str) -> Result<AuthorizerConfiguration, Unsent> {
    let config = CustomJwtAuthorizerConfiguration::builder()
        .discovery_url(discovery_url)
        .allowed_audience("veriam");
    made(config.build()).map(AuthorizerConfiguration::CustomJwtAuthorizer)
}
