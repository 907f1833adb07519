//! Users and roles, without their policies.

use std::collections::BTreeSet;

use aws_sdk_iam as iam;
use veriam_model::{Call, Caller, Identity, PolicyText, Tags};

use super::teardown::Made;
use super::{Stage, Unstaged, answered};

/// The user who assumes the roles that callers are sessions of.
pub(super) const DRIVER: &str = "veriam-driver";
/// The role that is handed to what has to have one.
pub(super) const EXECUTION: &str = "veriam-execution";
/// What such a role may: nothing.
const NOBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock-agentcore.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
/// What lets the driver assume roles.
pub(super) const ASSUME: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}]}"#;

impl Stage<'_> {
    /// Adds to the world whom staging needs: somebody who assumes roles, where callers are sessions; and roles for what
    /// has to have one.
    pub(super) fn driver(&mut self, calls: &[&Call]) {
        let assumes = calls
            .iter()
            .any(|call| matches!(call.caller, Caller::Session(_)));
        if let (true, Some(account)) = (assumes, self.world.accounts.first()) {
            let mut driver = bare(&account.id, DRIVER);
            driver.policies.push(PolicyText::new(ASSUME));
            self.world.users.push(driver);
        }
        let mut owners: BTreeSet<String> = BTreeSet::new();
        owners.extend(self.world.runtimes.iter().map(|r| r.account.clone()));
        owners.extend(self.world.gateways.iter().map(|g| g.account.clone()));
        owners.extend(self.world.harnesses.iter().map(|h| h.account.clone()));
        for account in owners {
            let mut role = bare(&account, EXECUTION);
            role.trust = Some(PolicyText::new(NOBODY));
            self.world.roles.push(role);
        }
    }

    /// Makes every user and role. Roles in `assumed` trust the driver until their own trust policy is put.
    pub(super) async fn make_identities(
        &mut self,
        assumed: &BTreeSet<(String, String)>,
    ) -> Result<(), Unstaged> {
        let driver = self.world.users.iter().find(|user| user.name == DRIVER);
        let trust = driver.map(|driver| trust_of(&self.world.partition, driver));
        for index in 0..self.world.users.len() {
            let Some(user) = self.world.users.get(index).cloned() else {
                continue;
            };
            let client = self.root(&user.account).iam();
            let made = client
                .create_user()
                .user_name(&user.name)
                .path(&user.path)
                .set_tags(tags(&user.tags)?)
                .send()
                .await;
            let made = answered("CreateUser", made)?;
            self.made
                .push(Made::User(user.account.clone(), user.name.clone()));
            let id = made.user().map(|user| user.user_id().to_owned());
            self.identified(&user.id, id, |world, id| {
                if let Some(user) = world.users.get_mut(index) {
                    user.id = id;
                }
            });
        }
        for index in 0..self.world.roles.len() {
            let Some(role) = self.world.roles.get(index).cloned() else {
                continue;
            };
            let key = (role.account.clone(), role.name.clone());
            let first = match (assumed.contains(&key), &trust, &role.trust) {
                (true, Some(trust), _) => trust.clone(),
                (_, _, Some(own)) => own.as_str().to_owned(),
                // A role has to have one. Whether it is trusted is asked in AssumeRole only.
                _ => NOBODY.to_owned(),
            };
            let client = self.root(&role.account).iam();
            let made = client
                .create_role()
                .role_name(&role.name)
                .path(&role.path)
                .assume_role_policy_document(&first)
                .set_tags(tags(&role.tags)?)
                .send()
                .await;
            let made = answered("CreateRole", made)?;
            self.made.push(Made::Role(key.0, key.1));
            let id = made.role().map(|role| role.role_id().to_owned());
            self.identified(&role.id, id, |world, id| {
                if let Some(role) = world.roles.get_mut(index) {
                    role.id = id;
                    role.trust.get_or_insert_with(|| PolicyText::new(first));
                }
            });
        }
        Ok(())
    }

    /// Keeps the id that something was given.
    pub(super) fn identified(
        &mut self,
        drawn: &str,
        given: Option<String>,
        set: impl FnOnce(&mut veriam_model::World, String),
    ) {
        let given = given.unwrap_or_else(|| drawn.to_owned());
        self.names.rename(drawn, &given);
        set(&mut self.world, given);
    }
}

/// The trust policy that lets the driver assume a role, whatever the session says.
fn trust_of(partition: &str, driver: &Identity) -> String {
    let arn = format!(
        "arn:{partition}:iam::{}:user{}{}",
        driver.account, driver.path, driver.name
    );
    let actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    let statement =
        serde_json::json!({"Effect": "Allow", "Principal": {"AWS": arn}, "Action": actions});
    serde_json::json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn bare(account: &str, name: &str) -> Identity {
    Identity {
        account: account.to_owned(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: format!("{}{account}", name.to_ascii_uppercase().replace('-', "")),
        tags: Tags::new(),
        policies: Vec::new(),
        boundary: None,
        trust: None,
    }
}

fn tags(tags: &Tags) -> Result<Option<Vec<iam::types::Tag>>, Unstaged> {
    let made = tags.iter().map(|(key, value)| {
        let tag = iam::types::Tag::builder().key(key).value(value).build();
        tag.map_err(|error| Unstaged::Broken(error.to_string()))
    });
    let made = made.collect::<Result<Vec<_>, _>>()?;
    Ok((!made.is_empty()).then_some(made))
}
