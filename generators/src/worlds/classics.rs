//! Tests that policies for agents are known to get wrong: each answers otherwise than it reads for some callers.

use crate::maker::{Feature, Maker, Setting};
use crate::operators::{BASES, Operator};
use crate::policy::Block;

/// Operator (with or without `IfExists`) and key.
type Classic = (&'static str, bool, &'static str);

/// The bearer of a token, a service and nobody have no keys of a principal, so that what is negated holds for them.
const PRINCIPALS: [Classic; 6] = [
    ("StringNotEquals", false, "aws:PrincipalAccount"),
    ("ArnNotEquals", false, "aws:PrincipalArn"),
    ("ArnNotLike", false, "aws:PrincipalArn"),
    ("StringNotEquals", false, "aws:PrincipalOrgID"),
    ("StringNotEqualsIgnoreCase", false, "aws:PrincipalTag/team"),
    ("StringNotEquals", false, "aws:SourceAccount"),
];

/// Keys that are missing altogether where one would read `false` (or another network).
const MISSING: [Classic; 12] = [
    ("Bool", false, "aws:MultiFactorAuthPresent"),
    ("Bool", true, "aws:MultiFactorAuthPresent"),
    ("Bool", false, "aws:SecureTransport"),
    ("Bool", false, "aws:ViaAWSService"),
    ("Bool", true, "aws:ViaAWSService"),
    ("Bool", false, "aws:PrincipalIsAWSService"),
    ("StringNotEquals", false, "aws:SourceVpce"),
    ("StringNotEquals", false, "aws:SourceVpc"),
    ("StringEquals", true, "aws:SourceVpc"),
    ("NotIpAddress", false, "aws:SourceIp"),
    ("Null", false, "aws:SourceVpce"),
    ("Null", false, "aws:PrincipalArn"),
];

impl Maker<'_, '_> {
    /// Adds such a test, one that holds or one that fails; says whether it could.
    pub(crate) fn add_classic(
        &mut self,
        setting: Setting,
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        let group: &[Classic] = match self.draw.chance(1, 2) {
            true => &PRINCIPALS,
            false => &MISSING,
        };
        let (name, if_exists, key) = self.draw.one(group);
        let Some(at) = BASES.iter().position(|base| base.name == name) else {
            return false;
        };
        let on = crate::operators::FAMILIES
            .iter()
            .position(|(start, end)| (*start..*end).contains(&at))
            .is_some_and(|family| self.features.family(family));
        let key = self.keys.single.iter().find(|k| k.name == key);
        match key {
            Some(key) if on && (!if_exists || self.on(Feature::IfExists)) => {
                let operator = Operator {
                    base: BASES[at],
                    set: None,
                    if_exists,
                };
                self.add_test(setting, operator, key, holds, blocks)
            }
            _ => false,
        }
    }
}
