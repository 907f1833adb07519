//! Resource patterns that nearly name what a call is about, as policies in the wild do.

use veriam_model::{PolicyType, Verb};

use crate::draw::{Text, flip_case, join};
use crate::maker::{Feature, Maker};
use crate::policy::Patterns;
use crate::vocabulary::{ACCOUNTS, REGIONS};

use super::facts::Cover;
use super::parts::{Ask, SERVICE, Thing};
use super::resources::Family;
use super::statements::Aimed;

impl Maker<'_, '_> {
    /// One segment is wrong; an Allow may also name some of the resources only.
    pub(super) fn call_resources_missed(&mut self, ask: &Ask, aimed: Aimed) -> Patterns {
        let Aimed { setting, cover, .. } = aimed;
        let things = aimed.covered(ask);
        let Some(first) = things.first() else {
            return Patterns::one(self.beside_nothing(ask));
        };
        let several = setting.effect == Verb::Allow && things.len() > 1;
        // Whether an endpoint policy must name the endpoint is open (AC-173).
        let open = ask.family == Family::Runtime && setting.policy_type == PolicyType::Endpoint;
        if several && !open && self.draw.chance(1, 2) {
            return self.some_missed(ask, things);
        }
        let own = first.service == SERVICE;
        let many = cover == Cover::All && things.len() > 1 && self.on(Feature::Wildcards);
        let many = if many { "*" } else { "" };
        let (word, name) = first.tail.unwrap_or(("", ""));
        let with = |id: &str, region: &str, account: &str| {
            ask.at(first, region, account, &[id, word, name, many])
        };
        let here = |id: &str| with(id, first.region, first.account);
        let placed = usize::from(!first.region.is_empty()) * 2;
        let owned = usize::from(!first.account.is_empty()) * 2;
        let weights = [2, owned, placed, 2, 2, usize::from(own) * 2, placed / 2];
        Patterns::one(match self.draw.weighted(&weights) {
            0 => match flip_case(&mut self.draw, &first.id) {
                Some(flipped) => here(&flipped),
                None => here("other-0123456789"),
            },
            1 => {
                let account = self.draw.one(&ACCOUNTS);
                let account = if account == first.account {
                    "000000000000"
                } else {
                    account
                };
                with(&first.id, first.region, account)
            }
            2 => {
                let region = self.draw.one(&REGIONS);
                let region = if region == first.region {
                    "ap-south-1"
                } else {
                    region
                };
                with(&first.id, region, first.account)
            }
            // What stood there before it was made anew (AC-261).
            3 => here(&stale(&first.id)),
            4 => here(self.draw.one(&["unrelated-0123456789", "other-0123456789"])),
            5 => self.misspelt(ask, first),
            // Without region: two colons in a row.
            _ => with(&first.id, "", first.account),
        })
    }

    /// Some of the things, or all but one of them spelt right.
    fn some_missed(&mut self, ask: &Ask, things: &[Thing]) -> Patterns {
        let missed = self.draw.below(things.len());
        let kind = self.draw.below(4);
        let mut list = Vec::with_capacity(things.len());
        for (at, thing) in things.iter().enumerate() {
            if at != missed {
                list.push(ask.arn(thing));
                continue;
            }
            match (kind, thing.tail) {
                (0, Some((word, name))) => {
                    list.push(ask.here(thing, &[&thing.id, word, other_name(name)]));
                }
                (1, Some(_)) => list.push(self.misspelt(ask, thing)),
                _ => {}
            }
        }
        match list.is_empty() {
            true => Patterns::one(self.misspelt(ask, &things[missed])),
            false => Patterns { not: false, list },
        }
    }

    /// The ARN of the thing with a type's word that is not the one.
    fn misspelt(&mut self, ask: &Ask, thing: &Thing) -> Text {
        let id = &thing.id;
        let Some((word, name)) = thing.tail else {
            let word = match thing.word {
                "browser/" => "browser-custom/",
                "browser-custom/" => "browser/",
                "code-interpreter/" => "code-interpreter-custom/",
                "code-interpreter-custom/" => "code-interpreter/",
                "harness/" => "runtime/",
                "runtime/" => "agent/",
                "gateway/" => "gateways/",
                "memory/" => "memories/",
                "token-vault/" => "tokenvault/",
                _ => "workload-identity/",
            };
            let start = ["arn:", ask.partition, ":", SERVICE, ":", thing.region, ":"];
            return join(&[&start.concat(), thing.account, ":", word, id]);
        };
        let other = match (word, self.draw.chance(1, 2)) {
            ("/runtime-endpoint/" | "/harness-endpoint/", _) => "/endpoint/",
            ("/apikeycredentialprovider/", _) => "/api-key/",
            ("/oauth2credentialprovider/", _) => "/oauth2-credential-provider/",
            ("/paymentcredentialprovider/", _) => "/payment-credential-provider/",
            (_, true) => "/identity/",
            (_, false) => "/",
        };
        ask.here(thing, &[id, other, name])
    }

    /// For an action without resource type: a pattern for what it makes or lists, or for what a statement is usually
    /// about.
    pub(super) fn beside_nothing(&mut self, ask: &Ask) -> Text {
        let facts = self.context.facts.as_ref();
        let region = facts.map_or("us-west-2", |facts| facts.region);
        let account = ask.facts.owner.unwrap_or(ACCOUNTS[0]);
        let usual = ["runtime/", "gateway/", "memory/", "harness/"];
        let (word, own) = match made(ask.actions[0]) {
            Some(word) if !self.draw.chance(1, 4) => (word, true),
            _ => (self.draw.one(&usual), false),
        };
        let start = |region: &str, account: &str| {
            let start = ["arn:", ask.partition, ":", SERVICE, ":", region, ":"];
            [&start.concat(), account, ":"].concat()
        };
        match self.draw.below(if own { 6 } else { 1 }) {
            1 => join(&[&start("*", account), word, "*"]),
            2 => join(&[&start(region, "*"), word, "*"]),
            3 => join(&[&start(region, account), "*"]),
            // A name that new things are to begin with.
            4 => join(&[&start(region, account), word, "new-*"]),
            _ => join(&[&start(region, account), word, "*"]),
        }
    }
}

/// The type's word of what an action makes or lists.
fn made(action: &str) -> Option<&'static str> {
    let words = [
        ("Harness", "harness/"),
        ("Runtime", "runtime/"),
        ("Gateway", "gateway/"),
        ("Memor", "memory/"),
        ("Browser", "browser-custom/"),
        ("CodeInterpreter", "code-interpreter-custom/"),
    ];
    let found = words.iter().find(|(name, _)| action.contains(name));
    found.map(|(_, word)| *word)
}

/// The id with other characters where AWS adds some to a name.
pub(super) fn stale(id: &str) -> Text {
    match id.rfind('-') {
        Some(at) => join(&[&id[..at], "-0ld0ld0ld0"]),
        None => join(&[id, "-0ld0ld0ld0"]),
    }
}

fn other_name(name: &str) -> &'static str {
    if name == "DEFAULT" { "prod" } else { "DEFAULT" }
}
