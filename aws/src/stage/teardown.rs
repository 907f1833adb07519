//! Taking away what was made.

use veriam_model::{ProviderKind, ToolKind};

use super::Stage;

/// Something that was made: its account, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Made {
    User(String, String),
    Role(String, String),
    /// A managed policy, by its ARN.
    Managed(String, String),
    Runtime(String, String),
    Gateway(String, String),
    Memory(String, String),
    Harness(String, String),
    Tool(String, ToolKind, String),
    Workload(String, String),
    Provider(String, ProviderKind, String),
    /// Something of another service: which, the operation that takes it away, and what that is told.
    Other(String, &'static str, String, serde_json::Value),
}

impl Stage<'_> {
    /// Takes away what was made, the last first. What is gone already is no fault; what cannot be taken away stays.
    pub(crate) async fn take_down(&mut self) {
        if self.server.admin.is_some() {
            // The next world replaces this one.
            return;
        }
        while let Some(made) = self.made.pop() {
            self.remove(&made).await;
        }
    }

    async fn remove(&mut self, made: &Made) {
        match made {
            Made::User(account, name) => self.remove_user(account, name).await,
            Made::Role(account, name) => self.remove_role(account, name).await,
            Made::Managed(account, arn) => {
                let client = self.root(account).iam();
                // Nobody may have it any more.
                for user in self.world.users.clone() {
                    let _ = client
                        .detach_user_policy()
                        .user_name(&user.name)
                        .policy_arn(arn)
                        .send()
                        .await;
                }
                for role in self.world.roles.clone() {
                    let _ = client
                        .detach_role_policy()
                        .role_name(&role.name)
                        .policy_arn(arn)
                        .send()
                        .await;
                }
                let _ = client.delete_policy().policy_arn(arn).send().await;
            }
            Made::Runtime(account, id) => {
                let client = self.root(account).control().clone();
                let runtime = self.world.runtime(id).cloned();
                for endpoint in runtime.iter().flat_map(|r| &r.endpoints) {
                    let gone = client.delete_agent_runtime_endpoint().agent_runtime_id(id);
                    let _ = gone.endpoint_name(&endpoint.name).send().await;
                }
                let _ = client
                    .delete_agent_runtime()
                    .agent_runtime_id(id)
                    .send()
                    .await;
            }
            Made::Gateway(account, id) => {
                let client = self.root(account).control().clone();
                let _ = client.delete_gateway().gateway_identifier(id).send().await;
            }
            Made::Memory(account, id) => {
                let client = self.root(account).control().clone();
                let _ = client.delete_memory().memory_id(id).send().await;
            }
            Made::Harness(account, id) => {
                let client = self.root(account).control().clone();
                let _ = client.delete_harness().harness_id(id).send().await;
            }
            Made::Tool(account, ToolKind::Browser, id) => {
                let client = self.root(account).control().clone();
                let _ = client.delete_browser().browser_id(id).send().await;
            }
            Made::Tool(account, ToolKind::CodeInterpreter, id) => {
                let client = self.root(account).control().clone();
                let _ = client
                    .delete_code_interpreter()
                    .code_interpreter_id(id)
                    .send()
                    .await;
            }
            Made::Other(account, service, target, body) => {
                let root = self.root(account);
                let _ = root.json(service, target, body).await;
            }
            Made::Workload(account, name) => {
                let client = self.root(account).control().clone();
                let _ = client.delete_workload_identity().name(name).send().await;
            }
            Made::Provider(account, kind, name) => {
                let client = self.root(account).control().clone();
                match kind {
                    ProviderKind::ApiKey => {
                        let _ = client
                            .delete_api_key_credential_provider()
                            .name(name)
                            .send()
                            .await;
                    }
                    ProviderKind::Oauth2 => {
                        let _ = client
                            .delete_oauth2_credential_provider()
                            .name(name)
                            .send()
                            .await;
                    }
                    ProviderKind::Payment => {
                        let _ = client
                            .delete_payment_credential_provider()
                            .name(name)
                            .send()
                            .await;
                    }
                }
            }
        }
    }

    async fn remove_user(&mut self, account: &str, name: &str) {
        let client = self.root(account).iam();
        if let Ok(keys) = client.list_access_keys().user_name(name).send().await {
            for key in keys.access_key_metadata() {
                let gone = client.delete_access_key().user_name(name);
                let _ = gone
                    .set_access_key_id(key.access_key_id().map(str::to_owned))
                    .send()
                    .await;
            }
        }
        if let Ok(policies) = client.list_user_policies().user_name(name).send().await {
            for policy in policies.policy_names() {
                let _ = client
                    .delete_user_policy()
                    .user_name(name)
                    .policy_name(policy)
                    .send()
                    .await;
            }
        }
        let _ = client
            .delete_user_permissions_boundary()
            .user_name(name)
            .send()
            .await;
        let _ = client.delete_user().user_name(name).send().await;
    }

    async fn remove_role(&mut self, account: &str, name: &str) {
        let client = self.root(account).iam();
        if let Ok(policies) = client.list_role_policies().role_name(name).send().await {
            for policy in policies.policy_names() {
                let _ = client
                    .delete_role_policy()
                    .role_name(name)
                    .policy_name(policy)
                    .send()
                    .await;
            }
        }
        let _ = client
            .delete_role_permissions_boundary()
            .role_name(name)
            .send()
            .await;
        let _ = client.delete_role().role_name(name).send().await;
    }
}
