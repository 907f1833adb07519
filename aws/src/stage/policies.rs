//! The policies of a world, in their places.

use veriam_model::{Identity, PolicyText};

use super::identities::EXECUTION;
use super::teardown::{Holder, Made};
use super::{Stage, Unstaged, answered};
use crate::server::unknown_policies;

/// Why a pattern keeps a world from being staged.
const CUT: &str = "policies with a wildcard inside a name that the target chooses";

/// The code that says that something is not there.
const NOT_FOUND: &str = "ResourceNotFoundException";

/// The name of an inline policy.
fn inline(index: usize) -> String {
    format!("policy-{index}")
}

/// What kind of resource an ARN of AgentCore names.
pub(crate) fn kind_of(arn: &str) -> &str {
    let rest = arn.splitn(6, ':').nth(5).unwrap_or_default();
    rest.split_once('/').map_or(rest, |(kind, _)| kind)
}

impl Stage<'_> {
    /// Puts every policy. Those of identities are inline and managed by turns.
    pub(super) async fn put_policies(&mut self) -> Result<(), Unstaged> {
        self.rename_policies()?;
        for user in self.world.users.clone() {
            if user.name == super::identities::DRIVER {
                continue;
            }
            self.put_user(&user).await?;
        }
        for role in self.world.roles.clone() {
            if role.name != EXECUTION {
                self.put_role(&role).await?;
            }
        }
        for (account, arn, policy) in self.resource_policies() {
            let client = self.root(&account).control().clone();
            let kind = kind_of(&arn).to_owned();
            let kind = kind.as_str();
            let put = client
                .put_resource_policy()
                .resource_arn(arn)
                .policy(policy.as_str())
                .send()
                .await;
            answered("PutResourcePolicy", put).map_err(|why| match (why, kind) {
                // It was made just now.
                (Unstaged::Broken(how), "memory" | "gateway") if how.contains(NOT_FOUND) => {
                    Unstaged::Unsupported(unknown_policies(kind))
                }
                (why, _) => why,
            })?;
        }
        Ok(())
    }

    /// Puts the names that were given into all texts.
    fn rename_policies(&mut self) -> Result<(), Unstaged> {
        let names = &self.names;
        let renamed = |policy: &mut PolicyText| {
            let told = names.put_into(policy.as_str());
            *policy = PolicyText::new(told.ok_or_else(|| Unstaged::unsupported(CUT))?);
            Ok::<(), Unstaged>(())
        };
        let world = &mut self.world;
        for identity in world.users.iter_mut().chain(&mut world.roles) {
            let own = identity.policies.iter_mut();
            let rest = identity.boundary.iter_mut().chain(&mut identity.trust);
            own.chain(rest).try_for_each(renamed)?;
        }
        for runtime in &mut world.runtimes {
            let endpoints = runtime.endpoints.iter_mut();
            let of_endpoints = endpoints.filter_map(|e| e.policy.as_mut());
            runtime
                .policy
                .iter_mut()
                .chain(of_endpoints)
                .try_for_each(renamed)?;
        }
        let gateways = world.gateways.iter_mut().filter_map(|g| g.policy.as_mut());
        let memories = world.memories.iter_mut().filter_map(|m| m.policy.as_mut());
        gateways.chain(memories).try_for_each(renamed)
    }

    async fn put_user(&mut self, user: &Identity) -> Result<(), Unstaged> {
        let client = self.root(&user.account).iam();
        let holder = Holder::user(&user.account, &user.name);
        for (index, policy) in user.policies.iter().enumerate() {
            if index % 2 == 1 {
                let name = format!("{}-user-{index}", user.name);
                let arn = self.make_managed(&user.account, &name, policy).await?;
                let attached = client.attach_user_policy().user_name(&user.name);
                answered("AttachUserPolicy", attached.policy_arn(&arn).send().await)?;
                self.made.push(Made::Attached(holder.clone(), arn));
                continue;
            }
            let put = client
                .put_user_policy()
                .user_name(&user.name)
                .policy_name(inline(index))
                .policy_document(policy.as_str())
                .send()
                .await;
            answered("PutUserPolicy", put)?;
            self.made.push(Made::Inline(holder.clone(), inline(index)));
        }
        if let Some(boundary) = &user.boundary {
            let name = format!("{}-user-boundary", user.name);
            let arn = self.make_managed(&user.account, &name, boundary).await?;
            let put = client.put_user_permissions_boundary().user_name(&user.name);
            let put = put.permissions_boundary(arn).send().await;
            answered("PutUserPermissionsBoundary", put)?;
            self.made.push(Made::Boundary(holder));
        }
        Ok(())
    }

    async fn put_role(&mut self, role: &Identity) -> Result<(), Unstaged> {
        let client = self.root(&role.account).iam();
        let holder = Holder::role(&role.account, &role.name);
        for (index, policy) in role.policies.iter().enumerate() {
            if index % 2 == 1 {
                let name = format!("{}-role-{index}", role.name);
                let arn = self.make_managed(&role.account, &name, policy).await?;
                let attached = client.attach_role_policy().role_name(&role.name);
                answered("AttachRolePolicy", attached.policy_arn(&arn).send().await)?;
                self.made.push(Made::Attached(holder.clone(), arn));
                continue;
            }
            let put = client
                .put_role_policy()
                .role_name(&role.name)
                .policy_name(inline(index))
                .policy_document(policy.as_str())
                .send()
                .await;
            answered("PutRolePolicy", put)?;
            self.made.push(Made::Inline(holder.clone(), inline(index)));
        }
        if let Some(boundary) = &role.boundary {
            let name = format!("{}-role-boundary", role.name);
            let arn = self.make_managed(&role.account, &name, boundary).await?;
            let put = client.put_role_permissions_boundary().role_name(&role.name);
            let put = put.permissions_boundary(arn).send().await;
            answered("PutRolePermissionsBoundary", put)?;
            self.made.push(Made::Boundary(holder));
        }
        if let Some(trust) = &role.trust {
            let put = client.update_assume_role_policy().role_name(&role.name);
            let put = put.policy_document(trust.as_str()).send().await;
            answered("UpdateAssumeRolePolicy", put)?;
        }
        Ok(())
    }

    /// Makes a managed policy and tells its ARN.
    async fn make_managed(
        &mut self,
        account: &str,
        name: &str,
        policy: &PolicyText,
    ) -> Result<String, Unstaged> {
        let client = self.root(account).iam();
        let made = client.create_policy().policy_name(name);
        let made = made.policy_document(policy.as_str()).send().await;
        let made = answered("CreatePolicy", made)?;
        let arn = made.policy().and_then(|policy| policy.arn());
        let arn = arn.unwrap_or_default().to_owned();
        self.made
            .push(Made::Managed(account.to_owned(), arn.clone()));
        Ok(arn)
    }

    /// The policies of resources: owner, ARN, text.
    fn resource_policies(&self) -> Vec<(String, String, PolicyText)> {
        let world = &self.world;
        let arn = |account: &str, rest: String| {
            let (partition, region) = (&world.partition, &world.region);
            format!("arn:{partition}:bedrock-agentcore:{region}:{account}:{rest}")
        };
        let mut all = Vec::new();
        let mut add = |account: &String, rest: String, policy: &Option<PolicyText>| {
            if let Some(policy) = policy {
                all.push((account.clone(), arn(account, rest), policy.clone()));
            }
        };
        for runtime in &world.runtimes {
            let (account, id) = (&runtime.account, &runtime.id);
            add(account, format!("runtime/{id}"), &runtime.policy);
            for endpoint in &runtime.endpoints {
                let rest = format!("runtime/{id}/runtime-endpoint/{}", endpoint.name);
                add(account, rest, &endpoint.policy);
            }
        }
        for gateway in &world.gateways {
            add(
                &gateway.account,
                format!("gateway/{}", gateway.id),
                &gateway.policy,
            );
        }
        for memory in &world.memories {
            add(
                &memory.account,
                format!("memory/{}", memory.id),
                &memory.policy,
            );
        }
        all
    }
}
