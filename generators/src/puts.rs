//! Puts: resource-based policies handed to AgentCore. Most are in order; the others have one fault, of the ARN, of the
//! document or of what AgentCore asks beyond its grammar, or one point that the documentation leaves open.

mod faults;
mod ground;
mod open;
mod statements;

use arbitrary::Unstructured;
use veriam_model::{PolicyText, PolicyType, Put};

use crate::documents::faults as grammar;
use crate::draw::Draw;
use crate::json::{Json, Style};
use crate::maker::{Feature, Features};
use crate::sizes::Sizes;

use ground::Ground;

/// What became of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Made {
    /// Nothing is wrong with it and nothing about it is open.
    Plain,
    /// It has one point that is open: the choice `AC-…` of that number.
    Open(u16),
    /// It breaks the rule `AC-…` of that number.
    Faulty(u16),
    /// It breaks the rule `IAM-…` of that number.
    Ungrammatical(u16),
}

/// What a put is to be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Plain,
    Open,
    Fault,
    Grammar,
    Text,
}

/// Turns bytes into a put, and tells what it is.
pub(crate) fn put(sizes: &'static Sizes, bytes: &mut Unstructured<'_>) -> (Put, Made) {
    let mut draw = Draw::new(bytes);
    let draw = &mut draw;
    let features = Features::draw(draw, sizes);
    let all = [Aim::Plain, Aim::Open, Aim::Fault, Aim::Grammar, Aim::Text];
    // Few are open, since runs that compare puts more than anything else have to stay below the limit of open outcomes.
    let aim = all[draw.weighted(&[10, 5, 8, 4, 1])];
    // Whether a harness takes policies is an open point by itself (AC-004).
    let ground = match aim == Aim::Open && draw.chance(1, 13) {
        true => Ground::harness(draw),
        false => Ground::draw(draw),
    };
    let mut style = match features.on(Feature::Spelling) {
        true => Style::draw(draw),
        false => Style::plain(),
    };
    let count = sizes.put.draw(draw) + draw.below(sizes.put_more);
    let mut root = statements::root(draw, features, &ground, count, &mut style);
    let mut put = Put {
        resource: ground.arn.clone(),
        policy: PolicyText::new(""),
        account: ground.account.to_owned(),
        region: ground.region.to_owned(),
        exists: true,
        principals: ground.principals.clone(),
    };
    // What is wrong comes in where it belongs: with the members, with the document, or with its text.
    let mut made = match aim {
        Aim::Open if ground.holder.is_none() => Some(Made::Open(4)),
        Aim::Open => open::add(draw, &ground, &mut root).map(Made::Open),
        Aim::Fault => faults::add(draw, &ground, &mut put, &mut root).map(Made::Faulty),
        Aim::Plain | Aim::Grammar | Aim::Text => None,
    };
    let mut json = Json::Object(root);
    if aim == Aim::Grammar {
        let place = grammar::Ground {
            policy_type: PolicyType::Resource,
            current: true,
        };
        made = grammar::add(draw, place, &mut json).map(Made::Ungrammatical);
    }
    let mut text = String::with_capacity(512);
    style.write(json, &mut text);
    if aim == Aim::Text {
        let (spoilt, rule) = grammar::spoil(draw, text);
        text = spoilt;
        made = Some(Made::Ungrammatical(rule));
    }
    let made = made.unwrap_or(Made::Plain);
    if made == Made::Open(39) && draw.chance(1, 2) {
        // Too long unless blanks do not count.
        text.push_str(&" ".repeat(20_480));
    }
    put.policy = PolicyText::new(text);
    (put, made)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::case_bytes;
    use veriam_model::Profile;

    /// The choices about puts: under another reading something else becomes of a put (readings, section 7).
    const OPEN: [u16; 18] = [
        4, 39, 45, 145, 147, 148, 150, 151, 153, 154, 155, 156, 270, 271, 272, 273, 274, 275,
    ];
    /// The rules of section 7 that a put breaks under every reading.
    const BREAKABLE: [u16; 8] = [5, 23, 35, 38, 143, 146, 149, 157];

    fn made(profile: Profile, count: u64) -> Vec<(Put, Made)> {
        let make = |index| {
            let bytes = case_bytes(5, index);
            put(Sizes::of(profile), &mut Unstructured::new(&bytes))
        };
        (0..count).map(make).collect()
    }

    #[test]
    fn every_rule_is_broken_every_point_left_open_and_many_puts_are_in_order() {
        let mut counts: BTreeMap<Made, usize> = BTreeMap::new();
        for (put, made) in made(Profile::Default, 20_000) {
            *counts.entry(made).or_default() += 1;
            assert_eq!(put.validate(), Ok(()), "{}", put.to_json());
        }
        let numbers = |pick: fn(&Made) -> Option<u16>| -> Vec<u16> {
            counts.keys().filter_map(pick).collect()
        };
        let open = numbers(|made| match made {
            Made::Open(number) => Some(*number),
            _ => None,
        });
        let broken = numbers(|made| match made {
            Made::Faulty(number) => Some(*number),
            _ => None,
        });
        let grammar = numbers(|made| match made {
            Made::Ungrammatical(number) => Some(*number),
            _ => None,
        });
        assert_eq!((&open[..], &broken[..]), (&OPEN[..], &BREAKABLE[..]));
        assert!(grammar.len() > 25, "{grammar:?}");
        for number in OPEN {
            assert!(counts[&Made::Open(number)] >= 60, "{counts:?}");
        }
        for number in BREAKABLE {
            assert!(counts[&Made::Faulty(number)] >= 200, "{counts:?}");
        }
        assert!(counts[&Made::Plain] > 5_000, "{counts:?}");
    }

    #[test]
    fn zero_bytes_give_the_simplest_put() {
        let (put, made) = put(Sizes::of(Profile::Default), &mut Unstructured::new(&[]));
        assert_eq!(made, Made::Plain);
        assert_eq!(
            put.policy.as_str(),
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"bedrock-agentcore:GetAgentCard","Resource":"arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/support_agent-AbCdEf0123"}}"#
        );
    }

    #[test]
    fn large_policies_keep_to_the_limits() {
        for (put, made) in made(Profile::Large, 300) {
            if made == Made::Plain {
                let length = put.policy.as_str().len();
                assert!((4_000..=20_480).contains(&length), "{length}");
            }
        }
    }
}
