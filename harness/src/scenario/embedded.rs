//! The scenarios that ship inside the program.

use super::{Files, Scenario, ScenarioError};

/// One embedded file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its path in the repository.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$( File {
            path: concat!("scenarios/", $path),
            text: include_str!(concat!("../../../scenarios/", $path)),
        } ),*]
    };
}

/// Every file of the folder `scenarios` that a scenario needs, by path.
pub const FILES: &[File] = files![
    "000-multi-tenant/anycompany-policy.json",
    "000-multi-tenant/endpoint-policy-as-printed.json",
    "000-multi-tenant/endpoint-policy-v2.got.json",
    "000-multi-tenant/endpoint-policy-v2.json",
    "000-multi-tenant/endpoint-policy-with-guest.json",
    "000-multi-tenant/endpoint-policy.json",
    "000-multi-tenant/example-corp-policy.json",
    "000-multi-tenant/halves.yaml",
    "000-multi-tenant/oauth.yaml",
    "000-multi-tenant/runtime-policy-v2.got.json",
    "000-multi-tenant/runtime-policy-v2.json",
    "000-multi-tenant/runtime-policy-with-guest.json",
    "000-multi-tenant/runtime-policy.json",
    "000-multi-tenant/scenario-table.yaml",
    "000-multi-tenant/step-1.yaml",
    "000-multi-tenant/two-tenants.yaml",
    "000-multi-tenant/verified.yaml",
    "001-proxy-role/actions.yaml",
    "001-proxy-role/administrator-access.json",
    "001-proxy-role/deny-all-others-every-action.json",
    "001-proxy-role/deny-all-others.json",
    "001-proxy-role/nine-rows.yaml",
    "001-proxy-role/principals.yaml",
    "001-proxy-role/proxy-policy.json",
    "001-proxy-role/proxy.yaml",
    "002-harness/api-key-complete.json",
    "002-harness/api-key.json",
    "002-harness/callers.yaml",
    "002-harness/execution-role.json",
    "002-harness/execution-role.yaml",
    "002-harness/gateway.json",
    "002-harness/memory.json",
    "002-harness/oauth.yaml",
    "002-harness/oauth2.json",
    "002-harness/private-ecr.json",
    "002-harness/trust.json",
    "003-endpoint-policies/agentcore-full.json",
    "003-endpoint-policies/browser-as-printed.json",
    "003-endpoint-policies/browser.json",
    "003-endpoint-policies/code-interpreter-as-printed.json",
    "003-endpoint-policies/code-interpreter.json",
    "003-endpoint-policies/gateway-all.json",
    "003-endpoint-policies/gateway-as-printed.json",
    "003-endpoint-policies/gateway-named.json",
    "003-endpoint-policies/gateway.json",
    "003-endpoint-policies/gateway.yaml",
    "003-endpoint-policies/identity-as-printed.json",
    "003-endpoint-policies/identity.json",
    "003-endpoint-policies/identity.yaml",
    "003-endpoint-policies/memory-all-as-printed.json",
    "003-endpoint-policies/memory-all.json",
    "003-endpoint-policies/memory-as-printed.json",
    "003-endpoint-policies/memory-create-event-as-printed.json",
    "003-endpoint-policies/memory-create-event.json",
    "003-endpoint-policies/memory.json",
    "003-endpoint-policies/memory.yaml",
    "003-endpoint-policies/runtime-as-printed.json",
    "003-endpoint-policies/runtime-mixed-as-printed.json",
    "003-endpoint-policies/runtime-mixed.json",
    "003-endpoint-policies/runtime.json",
    "003-endpoint-policies/runtime.yaml",
    "003-endpoint-policies/tools.yaml",
    "004-permissions-boundary/administrator-access.json",
    "004-permissions-boundary/boundary-with-agentcore.json",
    "004-permissions-boundary/boundary.json",
    "004-permissions-boundary/control-plane.json",
    "004-permissions-boundary/evaluation-trust.json",
    "004-permissions-boundary/evaluations.yaml",
    "004-permissions-boundary/five-tags.json",
    "004-permissions-boundary/full-access.json",
    "004-permissions-boundary/invoke-any.json",
    "004-permissions-boundary/invoke-new.json",
    "004-permissions-boundary/invoke-old.json",
    "004-permissions-boundary/key-policy-before.json",
    "004-permissions-boundary/key-policy.json",
    "004-permissions-boundary/keys.yaml",
    "004-permissions-boundary/memory-events.json",
    "004-permissions-boundary/memory.yaml",
    "004-permissions-boundary/roles.yaml",
    "004-permissions-boundary/runtime-endpoint-policy.json",
    "004-permissions-boundary/runtime-policy.json",
    "004-permissions-boundary/runtime-trust.json",
    "004-permissions-boundary/runtimes.yaml",
    "004-permissions-boundary/tags.yaml",
    "004-permissions-boundary/vpc-only.json",
    "agentcore/disagreements.yaml",
    "agentcore/examples.yaml",
    "agentcore/open-points.yaml",
    "first/endpoint-policy.json",
    "first/runtime-policy.json",
    "first/scenario.yaml",
    "first/tenant-policy.json",
    "layers/full.json",
    "layers/roles.yaml",
    "layers/scenario.yaml",
    "matrices/cross-account.yaml",
    "matrices/same-account.yaml",
];

/// The embedded files as a source of files.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl Files for Embedded {
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = FILES.iter().find(|file| file.path == path);
        let text = file.map(|file| file.text.as_bytes().to_vec());
        text.ok_or_else(|| "is no file of this program; give one that is".to_owned())
    }
}

/// Every embedded scenario, by path.
///
/// # Errors
/// [`ScenarioError`]: a fault of the program.
pub fn scenarios() -> Result<Vec<Scenario>, ScenarioError> {
    let files = FILES.iter().filter(|file| file.path.ends_with(".yaml"));
    files.map(|file| Embedded.scenario(file.path)).collect()
}
