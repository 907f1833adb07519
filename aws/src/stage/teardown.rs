//! Taking away what was made.

use veriam_model::{ProviderKind, ToolKind};

use super::Stage;

/// Who has a policy: an account, a name, and whether it is a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    account: String,
    name: String,
    is_role: bool,
}

impl Holder {
    pub(super) fn user(account: &str, name: &str) -> Self {
        Self {
            account: account.to_owned(),
            name: name.to_owned(),
            is_role: false,
        }
    }

    pub(super) fn role(account: &str, name: &str) -> Self {
        Self {
            is_role: true,
            ..Self::user(account, name)
        }
    }
}

/// Something that was made: its account, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Made {
    User(String, String),
    Role(String, String),
    /// An access key of a user, by its id.
    Key(Holder, String),
    /// An inline policy, by its name.
    Inline(Holder, String),
    /// A managed policy that somebody has, by its ARN.
    Attached(Holder, String),
    /// The permissions boundary of somebody.
    Boundary(Holder),
    /// A managed policy, by its ARN.
    Managed(String, String),
    Runtime(String, String),
    Gateway(String, String),
    Memory(String, String),
    Harness(String, String),
    Tool(String, ToolKind, String),
    Workload(String, String),
    Provider(String, ProviderKind, String),
    /// Something of another service: what it is called there, the operation that takes it away, and what that is told.
    Other {
        account: String,
        service: &'static str,
        name: String,
        delete: String,
        handle: serde_json::Value,
    },
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
            Made::Key(of, id) => {
                let client = self.root(&of.account).iam();
                let gone = client.delete_access_key().user_name(&of.name);
                let _ = gone.access_key_id(id).send().await;
            }
            Made::Inline(of, name) => self.remove_inline(of, name).await,
            Made::Attached(of, arn) => self.detach(of, arn).await,
            Made::Boundary(of) => self.remove_boundary(of).await,
            Made::Managed(account, arn) => {
                let client = self.root(account).iam();
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
            Made::Other {
                account,
                service,
                name,
                delete,
                handle,
            } => {
                let gone = self.root(account).json(service, delete, handle).await;
                // Its own policy may forbid that.
                if !gone.is_ok_and(|answer| answer.raw.is_success()) {
                    self.server.left_behind(service, account, name);
                }
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

    async fn remove_user(&self, account: &str, name: &str) {
        let client = self.root(account).iam();
        let _ = client.delete_user().user_name(name).send().await;
    }

    async fn remove_role(&self, account: &str, name: &str) {
        let client = self.root(account).iam();
        let _ = client.delete_role().role_name(name).send().await;
    }

    async fn remove_inline(&self, of: &Holder, policy: &str) {
        let client = self.root(&of.account).iam();
        if of.is_role {
            let gone = client.delete_role_policy().role_name(&of.name);
            let _ = gone.policy_name(policy).send().await;
        } else {
            let gone = client.delete_user_policy().user_name(&of.name);
            let _ = gone.policy_name(policy).send().await;
        }
    }

    async fn detach(&self, of: &Holder, arn: &str) {
        let client = self.root(&of.account).iam();
        if of.is_role {
            let gone = client.detach_role_policy().role_name(&of.name);
            let _ = gone.policy_arn(arn).send().await;
        } else {
            let gone = client.detach_user_policy().user_name(&of.name);
            let _ = gone.policy_arn(arn).send().await;
        }
    }

    async fn remove_boundary(&self, of: &Holder) {
        let client = self.root(&of.account).iam();
        if of.is_role {
            let gone = client.delete_role_permissions_boundary();
            let _ = gone.role_name(&of.name).send().await;
        } else {
            let gone = client.delete_user_permissions_boundary();
            let _ = gone.user_name(&of.name).send().await;
        }
    }
}
