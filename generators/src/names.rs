//! Names of users, roles, runtimes and networks. The first of each kind are short and vary in form; the others are
//! those with a number, so that worlds can have dozens.

use std::sync::LazyLock;

use crate::vocabulary::{ROLES, USERS};
use crate::worlds::{NETWORKS, RUNTIMES, VPCS};

/// How many names of a kind there are.
pub(crate) const NAMES: usize = 48;

/// Names of one kind; the same ones for ever.
pub(crate) struct Names(LazyLock<Vec<String>>);

impl Names {
    /// The name of that number.
    pub(crate) fn get(&'static self, number: usize) -> &'static str {
        &self.0[number % NAMES]
    }
}

fn numbered(first: &[&str], name: impl Fn(&str, usize) -> String) -> Vec<String> {
    let name = |at: usize| {
        let base = first[at % first.len()];
        match at / first.len() {
            0 => base.to_owned(),
            round => name(base, round + 1),
        }
    };
    (0..NAMES).map(name).collect()
}

/// User names.
pub(crate) static USER_NAMES: Names = Names(LazyLock::new(|| {
    numbered(&USERS, |base, round| format!("{base}-{round}"))
}));

/// Role names.
pub(crate) static ROLE_NAMES: Names = Names(LazyLock::new(|| {
    numbered(&ROLES, |base, round| format!("{base}-{round}"))
}));

/// Unique ids of users.
pub(crate) static USER_IDS: Names = Names(LazyLock::new(|| {
    (1..=NAMES)
        .map(|at| format!("AIDAEXAMPLEID{at:07}"))
        .collect()
}));

/// Unique ids of roles.
pub(crate) static ROLE_IDS: Names = Names(LazyLock::new(|| {
    (1..=NAMES)
        .map(|at| format!("AROAEXAMPLEID{at:07}"))
        .collect()
}));

/// Runtime ids: the number goes before the ten characters that AWS adds to a name.
pub(crate) static RUNTIME_IDS: Names = Names(LazyLock::new(|| {
    numbered(&RUNTIMES, |base, round| {
        let (name, added) = base.split_once('-').unwrap_or((base, "0123456789"));
        format!("{name}_{round}-{added}")
    })
}));

/// The id with a number before the characters that AWS adds to a name.
fn before_added(base: &str, round: usize) -> String {
    let (name, added) = base.rsplit_once('-').unwrap_or((base, "0123456789"));
    format!("{name}{round}-{added}")
}

/// Gateway ids.
pub(crate) static GATEWAY_IDS: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = [
        "tools-abcdef0123",
        "orders-gateway-0123456789",
        "blue-tools-abcdef0123",
        "prod-gate-zyxwvu9876",
    ];
    numbered(&FIRST, before_added)
}));

/// Memory ids.
pub(crate) static MEMORY_IDS: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = [
        "notes-AbCdEf0123",
        "chat_memory-0123456789",
        "blue_notes-AbCdEf0123",
        "alice_memory-ZyXwVu9876",
    ];
    numbered(&FIRST, before_added)
}));

/// Harness ids.
pub(crate) static HARNESS_IDS: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = [
        "helper-AbCdEf0123",
        "billing_bot-0123456789",
        "blue_helper-AbCdEf0123",
        "prod_helper-ZyXwVu9876",
    ];
    numbered(&FIRST, before_added)
}));

/// Ids of browsers and code interpreters.
pub(crate) static TOOL_IDS: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = [
        "research-AbCdEf0123",
        "sums-0123456789",
        "blue_lab-AbCdEf0123",
        "alice_lab-ZyXwVu9876",
    ];
    numbered(&FIRST, before_added)
}));

/// Names of workload identities.
pub(crate) static WORKLOADS: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = ["support-agent", "blue", "alice.agent", "batch_7"];
    numbered(&FIRST, |base, round| format!("{base}-{round}"))
}));

/// Names of credential providers.
pub(crate) static PROVIDER_NAMES: Names = Names(LazyLock::new(|| {
    const FIRST: [&str; 4] = ["github", "prod", "crm.example", "pay-desk"];
    numbered(&FIRST, |base, round| format!("{base}-{round}"))
}));

/// Ids of VPC endpoints.
pub(crate) static NETWORK_IDS: Names = Names(LazyLock::new(|| {
    numbered(&NETWORKS, |base, round| format!("{base}{round}"))
}));

/// Ids of VPCs.
pub(crate) static VPC_IDS: Names = Names(LazyLock::new(|| {
    numbered(&VPCS, |base, round| format!("{base}{round}"))
}));

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_of_a_kind_is_there_twice_and_the_first_are_the_short_ones() {
        for names in [
            &USER_NAMES,
            &ROLE_NAMES,
            &USER_IDS,
            &ROLE_IDS,
            &RUNTIME_IDS,
            &NETWORK_IDS,
            &VPC_IDS,
        ] {
            let all: BTreeSet<&str> = (0..NAMES).map(|at| names.get(at)).collect();
            assert_eq!(all.len(), NAMES, "{all:?}");
        }
        assert_eq!((USER_NAMES.get(0), ROLE_NAMES.get(5)), (USERS[0], ROLES[5]));
        assert_eq!(RUNTIME_IDS.get(6), "support_agent_2-AbCdEf0123");
    }
}
