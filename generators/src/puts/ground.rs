//! What a policy is put on, and whom it may name.

use std::sync::LazyLock;

use veriam_model::facts::agentcore::{PolicyHolder, SERVICE, actions};

use crate::draw::Draw;
use crate::names::{ROLE_NAMES, USER_NAMES};
use crate::vocabulary::{ACCOUNTS, PATHS, REGIONS, iam_arn};
use crate::worlds::{ENDPOINTS, RUNTIMES};

const GATEWAYS: [&str; 3] = ["tools-abcdef0123", "partners-0123456789", "t2-zzzzzzzzzz"];
const MEMORIES: [&str; 3] = ["notes-AbCdEf0123", "support_m-0123456789", "m1-ZyXwVu9876"];
const HARNESSES: [&str; 2] = ["lab-AbCdEf0123", "desk_2-0123456789"];

/// The place of a put.
pub(super) struct Ground {
    /// What of policies the resource takes; none for a harness, which may take none at all (AC-004).
    pub(super) holder: Option<PolicyHolder>,
    /// Of the resource.
    pub(super) arn: String,
    pub(super) partition: &'static str,
    pub(super) region: &'static str,
    pub(super) account: &'static str,
    /// The ARNs of the users and roles that there are.
    pub(super) principals: Vec<String>,
    /// The names of the actions that a policy there may hold.
    pub(super) actions: &'static [&'static str],
}

/// The actions of resource-based policies, by who holds them (AC-041).
static RUNTIME: LazyLock<Vec<&'static str>> = LazyLock::new(|| names(PolicyHolder::Runtime));
static GATEWAY: LazyLock<Vec<&'static str>> = LazyLock::new(|| names(PolicyHolder::Gateway));
static MEMORY: LazyLock<Vec<&'static str>> = LazyLock::new(|| names(PolicyHolder::Memory));
const HARNESS: [&str; 2] = ["InvokeHarness", "GetHarness"];

fn names(holder: PolicyHolder) -> Vec<&'static str> {
    let of_holder = actions().iter().filter(|a| a.policy == Some(holder));
    of_holder.map(|action| action.name.as_str()).collect()
}

impl Ground {
    /// A runtime, an endpoint of one, a gateway or a memory.
    pub(super) fn draw(draw: &mut Draw<'_, '_>) -> Self {
        let place = Place::draw(draw);
        match draw.weighted(&[4, 3, 3, 3]) {
            0 => place.with(
                "runtime/",
                &[draw.one(&RUNTIMES)],
                Some(PolicyHolder::Runtime),
            ),
            1 => {
                let tail = [
                    draw.one(&RUNTIMES),
                    "/runtime-endpoint/",
                    draw.one(&ENDPOINTS),
                ];
                place.with("runtime/", &tail, Some(PolicyHolder::Runtime))
            }
            2 => place.with(
                "gateway/",
                &[draw.one(&GATEWAYS)],
                Some(PolicyHolder::Gateway),
            ),
            _ => place.with(
                "memory/",
                &[draw.one(&MEMORIES)],
                Some(PolicyHolder::Memory),
            ),
        }
    }

    /// A harness or an endpoint of one.
    pub(super) fn harness(draw: &mut Draw<'_, '_>) -> Self {
        let place = Place::draw(draw);
        let own = draw.one(&HARNESSES);
        match draw.chance(1, 3) {
            true => place.with("harness/", &[own, "/harness-endpoint/prod"], None),
            false => place.with("harness/", &[own], None),
        }
    }

    /// The ARN of something else that hangs where the resource hangs.
    pub(super) fn arn_of(&self, path: &str) -> String {
        agentcore(self.partition, self.region, self.account, path)
    }
}

struct Place {
    partition: &'static str,
    region: &'static str,
    account: &'static str,
    principals: Vec<String>,
}

impl Place {
    fn draw(draw: &mut Draw<'_, '_>) -> Self {
        let partition = ["aws", "aws-us-gov", "aws-cn"][draw.weighted(&[14, 1, 1])];
        let count = draw.below(4);
        let mut principals: Vec<String> = Vec::with_capacity(count);
        for _ in 0..count {
            let path = if draw.chance(1, 4) {
                draw.one(&PATHS)
            } else {
                ""
            };
            let (word, name) = match draw.below(2) {
                0 => ("role/", ROLE_NAMES.get(draw.below(6))),
                _ => ("user/", USER_NAMES.get(draw.below(6))),
            };
            let arn = iam_arn(partition, draw.one(&ACCOUNTS), word, path, name).into_owned();
            if !principals.contains(&arn) {
                principals.push(arn);
            }
        }
        Self {
            partition,
            region: draw.one(&REGIONS),
            account: draw.one(&ACCOUNTS),
            principals,
        }
    }

    fn with(self, word: &str, tail: &[&str], holder: Option<PolicyHolder>) -> Ground {
        let Self {
            partition,
            region,
            account,
            principals,
        } = self;
        let path = [word, &tail.concat()].concat();
        Ground {
            arn: agentcore(partition, region, account, &path),
            holder,
            partition,
            region,
            account,
            principals,
            actions: match holder {
                Some(PolicyHolder::Runtime) => &RUNTIME,
                Some(PolicyHolder::Gateway) => &GATEWAY,
                Some(PolicyHolder::Memory) => &MEMORY,
                None => &HARNESS,
            },
        }
    }
}

fn agentcore(partition: &str, region: &str, account: &str, path: &str) -> String {
    [
        "arn:", partition, ":", SERVICE, ":", region, ":", account, ":", path,
    ]
    .concat()
}
