//! Statements that nearly apply, and do not: they make policies as long as real ones, and change nothing.

use veriam_model::Verb;

use crate::policy::{Statement, Version};

use super::{Draft, Plan, Slot, is_full_access};

impl Plan<'_, '_> {
    /// Makes the policies as long as the profile wants them. Only places that have a policy get more of it, so that no
    /// layer begins to count.
    pub(super) fn lengthen(&mut self) {
        let (least, more) = self.maker.sizes.filler;
        if least == 0 {
            return;
        }
        let mut slots: Vec<Slot> = Vec::new();
        for draft in &self.drafts {
            if !slots.contains(&draft.slot) {
                slots.push(draft.slot);
            }
        }
        if slots.is_empty() {
            slots.extend(self.harmless());
        }
        if slots.is_empty() {
            return;
        }
        let count = least + self.maker.draw.below(more);
        for _ in 0..count {
            let slot = self.maker.draw.one(&slots);
            let effect = match slot {
                Slot::Rcp(_) => Verb::Deny,
                _ => self.maker.draw.one(&[Verb::Allow, Verb::Deny]),
            };
            let statement = self.near(slot, effect);
            let at = self.roomy(slot);
            let place = self.maker.draw.below(self.drafts[at].statements.len() + 1);
            self.drafts[at].statements.insert(place, statement);
        }
    }

    /// A place where a policy without effect means the same as none.
    fn harmless(&self) -> Option<Slot> {
        if self.maker.caller.kind.has_identity() {
            return Some(Slot::Identity);
        }
        let bearer = self.maker.caller.kind == crate::vocabulary::CallerKind::Jwt;
        // A policy that does not allow leaves a JWT caller's answer open (AC-122).
        (self.maker.target.holds_policy() && !bearer).then_some(Slot::Resource)
    }

    fn near(&mut self, slot: Slot, effect: Verb) -> Statement {
        let at = self.roomy(slot);
        let setting = self.setting(at, effect);
        if self.maker.draw.chance(1, 8) {
            return self.maker.elsewhere(setting);
        }
        let grades = self.maker.grades(setting);
        let grade = self.maker.draw.one(grades);
        let tests = self.maker.condition_count(setting);
        self.maker.failing(setting, grade, tests)
    }

    /// The document that takes the next statement of the slot; a new one is current, so that nothing turns on its
    /// version.
    fn roomy(&mut self, slot: Slot) -> usize {
        let several = matches!(slot, Slot::Identity | Slot::Scp(_) | Slot::Rcp(_));
        let most = self.maker.sizes.per_document;
        let fits = |d: &Draft| {
            let takes = !matches!(slot, Slot::Rcp(_)) || !is_full_access(d);
            d.slot == slot && takes && (!several || d.statements.len() < most)
        };
        if let Some(at) = self.drafts.iter().rposition(fits) {
            return at;
        }
        self.drafts.push(Draft {
            slot,
            version: Version::Current,
            limited: matches!(slot, Slot::Scp(_)) && !self.full_language,
            statements: Vec::with_capacity(16),
        });
        self.drafts.len() - 1
    }
}
