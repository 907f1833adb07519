//! Requests to the identity service (section 6.10 of the readings).

use std::collections::HashMap;

use veriam_model::{IdentityOperation, IdentityRequest, InvalidCall, ProviderKind, Tags};

use super::World;
use super::build::Builder;
use super::carried::Carried;
use super::pairs::{Asked, Pairs, action_of};
use super::parts::{Account, Thing};
use super::party::Party;
use crate::settings::mistaken;

/// The workload identities and credential providers of an account.
#[derive(Clone, Debug)]
pub(super) struct Workloads {
    directory: Thing,
    vault: Thing,
    /// By name.
    identities: HashMap<Box<str>, Workload>,
    /// By name, those of each kind.
    providers: [HashMap<Box<str>, Thing>; 3],
}

#[derive(Clone, Debug)]
struct Workload {
    /// Runtime or Gateway manages it (AC-249).
    is_managed: bool,
    itself: Thing,
}

const DIRECTORY: &str = "workload-identity-directory/default";
const VAULT: &str = "token-vault/default";

impl Builder<'_> {
    /// The directory and the vault that every account has.
    pub(super) fn workloads(&self, account: &str) -> Workloads {
        Workloads {
            directory: self.thing(account, DIRECTORY, &Tags::new()),
            vault: self.thing(account, VAULT, &Tags::new()),
            identities: HashMap::new(),
            providers: Default::default(),
        }
    }

    /// Fills directories and vaults.
    pub(super) fn fill_workloads(&self, accounts: &mut [Account]) {
        for told in &self.world.workload_identities {
            let path = format!("{DIRECTORY}/workload-identity/{}", told.name);
            let identity = Workload {
                is_managed: told.managed,
                itself: self.thing(&told.account, &path, &told.tags),
            };
            if let Some(account) = accounts.get_mut(self.account(&told.account)) {
                let identities = &mut account.workloads.identities;
                identities.insert(told.name.as_str().into(), identity);
            }
        }
        for told in &self.world.providers {
            let (slot, word) = kind(told.kind);
            let path = format!("{VAULT}/{word}/{}", told.name);
            let provider = self.thing(&told.account, &path, &told.tags);
            let account = accounts.get_mut(self.account(&told.account));
            let providers = account.and_then(|a| a.workloads.providers.get_mut(slot));
            if let Some(providers) = providers {
                providers.insert(told.name.as_str().into(), provider);
            }
        }
    }
}

/// The place of the providers of a kind, and the word in their ARNs (AC-248).
fn kind(kind: ProviderKind) -> (usize, &'static str) {
    match kind {
        ProviderKind::ApiKey => (0, "apikeycredentialprovider"),
        ProviderKind::Oauth2 => (1, "oauth2credentialprovider"),
        ProviderKind::Payment => (2, "paymentcredentialprovider"),
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    request: &'c IdentityRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    use IdentityOperation as Op;
    let workloads = &party.home()?.workloads;
    let workload = workloads.identities.get(request.workload.as_str())?;
    let asked = match request.operation {
        Op::CompleteResourceTokenAuth | Op::GetResourceOauth2Token => Some(ProviderKind::Oauth2),
        Op::GetResourcePaymentToken => Some(ProviderKind::Payment),
        Op::GetResourceApiKey => Some(ProviderKind::ApiKey),
        // A token of the workload itself comes from no provider.
        Op::GetWorkloadAccessToken => None,
        Op::GetWorkloadAccessTokenForUserId | Op::GetWorkloadAccessTokenForJWT => None,
    };
    let provider = match asked {
        Some(asked) => {
            let providers = workloads.providers.get(kind(asked).0)?;
            Some(providers.get(request.provider.as_deref()?)?)
        }
        None => None,
    };
    if workload.is_managed {
        return Some(Asked::Invalid(InvalidCall::ManagedIdentity));
    }
    let vault = provider.map(|_| &workloads.vault);
    let vault = vault.filter(|_| !mistaken!(world.settings, TokenVaultPairDropped));
    let directory = Some(&workloads.directory);
    let directory = directory.filter(|_| !mistaken!(world.settings, DirectoryPairDropped));
    let things = [provider, vault, Some(&workload.itself), directory];
    for thing in things.into_iter().flatten() {
        let carried = Carried::Identity(request);
        pairs.push(action(request.operation), world.target(thing), carried);
    }
    Some(Asked::Pairs)
}

fn action(operation: IdentityOperation) -> &'static str {
    action_of!(operation, IdentityOperation:
        GetWorkloadAccessToken GetWorkloadAccessTokenForJWT GetWorkloadAccessTokenForUserId GetResourceApiKey
        GetResourceOauth2Token GetResourcePaymentToken CompleteResourceTokenAuth)
}
