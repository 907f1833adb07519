//! Documents by themselves, for the parsers: valid ones, ones at the rim of what is settled, and ones with exactly
//! one grammar fault.

pub(crate) mod edits;
pub(crate) mod faults;
mod rim;

use arbitrary::Unstructured;
use veriam_model::{PolicyType, Verb};

use crate::checks::name_statements;
use crate::context::{CHECK_KEYS, Context};
use crate::draw::Draw;
use crate::json::{Json, Style};
use crate::maker::{Feature, Features, Maker, Setting};
use crate::policy::{Document, Statement, Version};
use crate::sizes::Sizes;
use crate::statements::full_access;
use crate::vocabulary::{ACCOUNTS, Caller, CallerKind, Target, TargetKind};

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// Nothing is wrong with it and nothing about it is open.
    Plain,
    /// Valid by the default readings, but contested or odd.
    Rim,
    /// It breaks the IAM rule of that number, and only that one.
    Faulty(u16),
}

/// Turns bytes into a document, and tells what it is.
pub(crate) fn document(
    sizes: &'static Sizes,
    bytes: &mut Unstructured<'_>,
) -> (PolicyType, String, Made) {
    let mut draw = Draw::new(bytes);
    let policy_type = draw.one(&[
        PolicyType::Identity,
        PolicyType::Resource,
        PolicyType::Trust,
        PolicyType::Key,
        PolicyType::Boundary,
        PolicyType::Session,
        PolicyType::Scp,
        PolicyType::Rcp,
        PolicyType::Endpoint,
    ]);
    let mut maker = maker(sizes, draw, policy_type);
    let document = tree(&mut maker, policy_type);
    let mut style = match maker.on(Feature::Spelling) {
        true => Style::draw(&mut maker.draw),
        false => Style::plain(),
    };
    let current = document.version == Version::Current;
    let mut json = document.into_json(&mut style);
    let draw = &mut maker.draw;
    let made = match draw.weighted(&[8, 1, 5, 1]) {
        1 if rim::add(draw, policy_type, &mut json) => Made::Rim,
        2 => {
            let ground = faults::Ground {
                policy_type,
                current,
            };
            faults::add(draw, ground, &mut json).map_or(Made::Plain, Made::Faulty)
        }
        3 => return unreadable(draw, policy_type, json, &mut style),
        _ => Made::Plain,
    };
    let mut text = String::with_capacity(512);
    style.write(json, &mut text);
    (policy_type, text, made)
}

/// The document with a fault of its text rather than of its tree.
fn unreadable(
    draw: &mut Draw<'_, '_>,
    policy_type: PolicyType,
    json: Json,
    style: &mut Style,
) -> (PolicyType, String, Made) {
    let mut text = String::with_capacity(512);
    style.write(json, &mut text);
    let (text, rule) = faults::spoil(draw, text);
    (policy_type, text, Made::Faulty(rule))
}

fn maker<'u, 'b>(
    sizes: &'static Sizes,
    mut draw: Draw<'u, 'b>,
    policy_type: PolicyType,
) -> Maker<'u, 'b> {
    use TargetKind as T;
    let features = Features::draw(&mut draw, sizes);
    let account = draw.one(&ACCOUNTS);
    let target = match policy_type {
        PolicyType::Trust => T::Role,
        PolicyType::Key => T::Key,
        PolicyType::Resource => draw.one(&[T::Object, T::Bucket, T::Table, T::Runtime, T::Gateway]),
        _ => draw.one(&[
            T::Object,
            T::Table,
            T::Key,
            T::Role,
            T::IamUser,
            T::Endpoint,
            T::Memory,
        ]),
    };
    let kind = draw.one(&[
        CallerKind::User,
        CallerKind::RoleSession,
        CallerKind::FederatedSession,
        CallerKind::Root,
        CallerKind::Service,
        CallerKind::Anonymous,
    ]);
    // Nobody anonymous assumes roles; a provider may.
    let kind = match (kind, target) {
        (CallerKind::Anonymous, T::Role) => CallerKind::Provider,
        (kind, _) => kind,
    };
    let caller = Caller::new(&mut draw, kind, "aws", account);
    let target = Target::new(&mut draw, target, "aws", account);
    Maker {
        draw,
        sizes,
        features,
        caller,
        target,
        keys: &CHECK_KEYS,
        context: Context::default(),
        bounded: false,
        excepted: false,
    }
}

fn tree(maker: &mut Maker<'_, '_>, policy_type: PolicyType) -> Document {
    let version = match policy_type {
        PolicyType::Rcp => Version::Current,
        _ if maker.maybe(Feature::OldVersions, 1, 4) => {
            maker.draw.one(&[Version::Missing, Version::Old])
        }
        _ => Version::Current,
    };
    let sizes = maker.sizes;
    let mut count = sizes.document.draw(&mut maker.draw);
    if count == sizes.document.last() {
        count += maker.draw.below(sizes.document_more);
    }
    let mut document = Document {
        version,
        id: None,
        statements: Vec::with_capacity(count),
    };
    if policy_type == PolicyType::Rcp && maker.draw.chance(1, 10) {
        document.statements.push(full_access(policy_type));
        return document;
    }
    for _ in 0..count {
        let statement = statement(maker, policy_type, version == Version::Current);
        document.statements.push(statement);
    }
    if maker.maybe(Feature::Sids, 1, 2) {
        name_statements(&mut maker.draw, policy_type, &mut document);
    }
    document
}

fn statement(maker: &mut Maker<'_, '_>, policy_type: PolicyType, current: bool) -> Statement {
    let effect = match policy_type {
        PolicyType::Rcp => Verb::Deny,
        _ => maker.draw.one(&[Verb::Allow, Verb::Deny]),
    };
    let setting = Setting {
        policy_type,
        effect,
        current,
        limited: policy_type == PolicyType::Scp && maker.draw.chance(1, 2),
    };
    let grades = maker.grades(setting);
    let grade = maker.draw.one(grades);
    let tests = maker.condition_count(setting);
    match maker.draw.weighted(&[4, 3, 1]) {
        0 => maker.applying(setting, grade, tests),
        1 => maker.failing(setting, grade, tests),
        _ => maker.elsewhere(setting),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_bytes;
    use std::collections::BTreeMap;
    use veriam_model::Profile;

    /// The rules of readings 1.1 and 1.3 to 1.10 that a text can break by the default readings. IAM-071, invalid
    /// UTF-8, is out of a text's reach.
    const BREAKABLE: [u16; 53] = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 18, 19, 20, 22, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 35, 39, 41, 42, 44, 45, 46, 47, 50, 52, 54, 55, 58, 59, 60, 63, 64, 65, 66, 67, 68, 69,
        70, 72, 74, 165, 207,
    ];

    #[test]
    fn every_grammar_rule_is_broken_and_most_documents_break_none() {
        let mut broken: BTreeMap<u16, usize> = BTreeMap::new();
        let (mut plain, mut rim) = (0, 0);
        for index in 0..40_000 {
            let bytes = case_bytes(8, index);
            let (_, text, made) =
                document(Sizes::of(Profile::Default), &mut Unstructured::new(&bytes));
            let readable = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            match made {
                Made::Plain => plain += 1,
                Made::Rim => rim += 1,
                Made::Faulty(rule) => *broken.entry(rule).or_default() += 1,
            }
            // A byte order mark, nesting and trailing text are no JSON to everybody either.
            let unreadable = matches!(made, Made::Faulty(1 | 2 | 72));
            assert!(readable || unreadable, "{made:?} {text}");
        }
        let rules: Vec<u16> = broken.keys().copied().collect();
        assert_eq!(rules, BREAKABLE);
        assert!(broken.values().all(|count| *count >= 5), "{broken:?}");
        assert!(plain > 20_000 && rim > 1_000, "{plain} {rim}");
    }
}
