//! Whole checks: first an outcome to aim for, then policies that bring it about, then perhaps a breach.

mod filler;
mod finish;

use arbitrary::Unstructured;
use veriam_model::facts::RCP_SERVICES;
use veriam_model::{Check, PolicyType, Verb};

use crate::context;
use crate::draw::Draw;
use crate::maker::{Feature, Features, Maker, Setting};
use crate::policy::{Statement, Version};
use crate::principals::Grade;
use crate::sizes::Sizes;
use crate::statements::full_access;
use crate::vocabulary::{CallerKind, Target, TargetKind, parties};

pub(crate) use finish::name_statements;

/// The outcome that the policies are built for. A judge may see it otherwise; the shares come out about right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Allow,
    ImplicitDeny,
    ExplicitDeny,
}

/// A place for statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Identity,
    Resource,
    Boundary,
    Session,
    Scp(usize),
    Rcp(usize),
    Endpoint,
}

/// A document in the making.
struct Draft {
    slot: Slot,
    version: Version,
    /// An SCP that keeps to the language of 2023.
    limited: bool,
    statements: Vec<Statement>,
}

/// A check in the making.
struct Plan<'u, 'b> {
    maker: Maker<'u, 'b>,
    drafts: Vec<Draft>,
    /// Levels of SCPs and RCPs; 0: none apply.
    scps: usize,
    rcps: usize,
    endpoint: bool,
    boundary: bool,
    session: bool,
    /// Some SCP may use the whole language.
    full_language: bool,
}

/// Turns bytes into a check.
pub(crate) fn check(sizes: &'static Sizes, bytes: &mut Unstructured<'_>) -> Check {
    let mut plan = Plan::draw(sizes, Draw::new(bytes));
    plan.fill();
    plan.lengthen();
    plan.finish()
}

impl<'u, 'b> Plan<'u, 'b> {
    fn draw(sizes: &'static Sizes, mut draw: Draw<'u, 'b>) -> Self {
        let features = Features::draw(&mut draw, sizes);
        let (caller, target) = parties(&mut draw);
        let mut maker = Maker {
            draw,
            sizes,
            features,
            caller,
            target,
            keys: &context::CHECK_KEYS,
            context: context::Context::default(),
            bounded: false,
            excepted: false,
        };
        let kind = maker.caller.kind;
        let always = maker.target.always_succeeds();
        let layer = |maker: &mut Maker<'u, 'b>, feature, counts: bool, hits, of| match counts {
            true => maker.maybe(feature, hits, of),
            // Now and then a policy that does not count is there all the same.
            false => maker.maybe(feature, 1, 24),
        };
        let boundary = layer(&mut maker, Feature::Boundary, kind.has_identity(), 2, 5);
        let session = match kind {
            CallerKind::FederatedSession => maker.draw.chance(3, 4),
            _ => layer(
                &mut maker,
                Feature::Session,
                kind == CallerKind::RoleSession,
                1,
                2,
            ),
        };
        let scps = !always && layer(&mut maker, Feature::Scp, kind.in_account(), 2, 5);
        let rcps = layer(&mut maker, Feature::Rcp, true, 1, 4);
        // Whether SCPs and endpoint policies can stop such an action is open (IAM-260).
        let endpoint = !always && layer(&mut maker, Feature::Endpoint, true, 1, 3);
        maker.bounded = boundary && kind.has_identity();
        let mut levels = |on| match on {
            true if sizes.one_layer => 1,
            true => 1 + maker.draw.weighted(&[3, 2, 1]),
            false => 0,
        };
        Self {
            drafts: Vec::with_capacity(6),
            scps: levels(scps),
            rcps: levels(rcps),
            endpoint,
            boundary,
            session,
            full_language: maker.draw.chance(1, 24),
            maker,
        }
    }

    /// Builds the policies.
    fn fill(&mut self) {
        let goal = [Goal::Allow, Goal::ImplicitDeny, Goal::ExplicitDeny]
            [self.maker.draw.weighted(&[38, 28, 34])];
        let mut required = self.required();
        self.keep_to_size(&mut required);
        if goal == Goal::ImplicitDeny
            && !required
                .iter()
                .any(|(slot, grade)| self.may_withhold(*slot, *grade))
        {
            // Nothing to withhold yet: an endpoint policy binds everybody.
            if !self.maker.target.always_succeeds() && !self.endpoint && !self.is_full(0) {
                self.endpoint = true;
                required.push((Slot::Endpoint, Grade::Direct));
            }
        }
        let withheld = match goal {
            Goal::ImplicitDeny => self.withheld(&required),
            _ => None,
        };
        for (at, (slot, grade)) in required.into_iter().enumerate() {
            if withheld == Some(at) {
                self.withhold(slot, grade);
            } else {
                self.grant(slot, grade, goal);
            }
        }
        self.full_rcps();
        let applies = goal == Goal::ExplicitDeny;
        let always = self.maker.target.always_succeeds();
        let deny = match goal {
            Goal::ExplicitDeny => true,
            Goal::Allow => self.maker.draw.chance(1, 2),
            Goal::ImplicitDeny => self.maker.draw.chance(1, 5),
        };
        if deny {
            match self.deny_slot() {
                Some(slot) => self.add(slot, Verb::Deny, Grade::Direct, applies),
                None if applies && !always => {
                    self.add(Slot::Endpoint, Verb::Deny, Grade::Direct, true);
                }
                None => {}
            }
        }
        self.silent();
        if self.maker.maybe(Feature::Decoys, 1, 6)
            && let Some(slot) = self.deny_slot()
        {
            let effect = if matches!(slot, Slot::Rcp(_)) || self.maker.draw.chance(1, 2) {
                Verb::Deny
            } else {
                Verb::Allow
            };
            let (draft, setting) = self.draft(slot, effect);
            let statement = self.maker.elsewhere(setting);
            self.drafts[draft].statements.push(statement);
        }
    }

    /// Gives up layers until there may be as many statements as must allow.
    fn keep_to_size(&mut self, required: &mut Vec<(Slot, Grade)>) {
        let Some(most) = self.maker.sizes.most_in_check else {
            return;
        };
        while required.len() + self.rcps > most {
            let is_layer =
                |(slot, _): &(Slot, Grade)| !matches!(slot, Slot::Identity | Slot::Resource);
            match required.iter().rposition(is_layer) {
                Some(at) => match required.remove(at).0 {
                    Slot::Boundary => self.boundary = false,
                    Slot::Session => self.session = false,
                    Slot::Scp(_) => self.scps = 0,
                    _ => self.endpoint = false,
                },
                None if self.rcps > 0 => self.rcps = 0,
                None => break,
            }
        }
        self.maker.bounded &= self.boundary;
    }

    /// Whether the policies have as many statements as they may have, `kept` of them being still to come.
    fn is_full(&self, kept: usize) -> bool {
        let said: usize = self.drafts.iter().map(|d| d.statements.len()).sum();
        let most = self.maker.sizes.most_in_check;
        most.is_some_and(|most| said + kept >= most)
    }

    /// The places that must allow, and how the resource policy must name the caller.
    fn required(&mut self) -> Vec<(Slot, Grade)> {
        let maker = &mut self.maker;
        let kind = maker.caller.kind;
        let same = maker.caller.account == maker.target.owner || maker.target.owner == "aws";
        let holds = maker.target.holds_policy();
        let mut required = Vec::with_capacity(6);
        let grades = [Grade::Direct, Grade::Entity, Grade::Account];
        let (identity, resource) = match kind {
            CallerKind::Root if same && maker.target.kind != TargetKind::Key => (false, None),
            CallerKind::Root if same => (
                false,
                Some(maker.draw.one(&[Grade::Account, Grade::Direct])),
            ),
            CallerKind::Root => (
                false,
                Some(maker.draw.one(&[Grade::Account, Grade::Direct])),
            ),
            CallerKind::Jwt => {
                let policy = maker.draw.chance(2, 3);
                (false, policy.then_some(Grade::Direct))
            }
            CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => {
                (false, Some(Grade::Direct))
            }
            _ if !same => {
                let grade = grades[maker.draw.weighted(&[3, 3, 3])];
                (true, Some(grade))
            }
            _ if maker.target.needs_own_policy() => {
                let grade = grades[maker.draw.weighted(&[3, 3, 3])];
                (grade == Grade::Account, Some(grade))
            }
            _ => match maker.draw.weighted(&[8, 4, 3, 2]) {
                0 => (true, None),
                1 => (false, Some(Grade::Direct)),
                2 => (false, Some(Grade::Entity)),
                _ => (true, Some(Grade::Account)),
            },
        };
        // A user has no entity behind it, and some resources have no policy.
        let resource = match resource {
            Some(Grade::Entity) if kind == CallerKind::User => Some(Grade::Direct),
            grade => grade,
        };
        let (identity, resource) = match holds {
            true => (identity, resource),
            false => (kind.has_identity(), None),
        };
        let (boundary, session) = (self.boundary, self.session);
        let limits = kind.has_identity() && (identity || resource == Some(Grade::Entity));
        if identity {
            required.push((Slot::Identity, Grade::Direct));
        }
        if let Some(grade) = resource {
            required.push((Slot::Resource, grade));
        }
        if limits && boundary {
            required.push((Slot::Boundary, Grade::Direct));
        }
        let federated = kind == CallerKind::FederatedSession;
        if limits && kind != CallerKind::User && (session || federated) {
            required.push((Slot::Session, Grade::Direct));
        }
        for level in 0..self.scps {
            required.push((Slot::Scp(level), Grade::Direct));
        }
        if self.endpoint {
            required.push((Slot::Endpoint, Grade::Direct));
        }
        required
    }

    /// Whether a missing Allow there denies for sure.
    fn may_withhold(&self, slot: Slot, grade: Grade) -> bool {
        let same = self.maker.caller.account == self.maker.target.owner;
        match slot {
            // Inside one account the identity policy needs no delegation, but for roles and keys (IAM-106).
            Slot::Resource if same && grade == Grade::Account => {
                self.maker.target.needs_own_policy()
            }
            // What silence of the resource's policy means for a JWT caller is open (AC-122).
            Slot::Resource => self.maker.caller.kind != CallerKind::Jwt,
            Slot::Scp(_) => self.maker.caller.kind.in_account(),
            _ => true,
        }
    }

    fn withheld(&mut self, required: &[(Slot, Grade)]) -> Option<usize> {
        let candidates = required.iter().enumerate();
        let candidates = candidates.filter(|(_, (slot, grade))| self.may_withhold(*slot, *grade));
        let candidates: Vec<usize> = candidates.map(|(at, _)| at).collect();
        match candidates.len() {
            0 => None,
            count => Some(candidates[self.maker.draw.below(count)]),
        }
    }

    /// Allows, in a way that suits the goal: nothing turns on it when a Deny decides.
    fn grant(&mut self, slot: Slot, grade: Grade, goal: Goal) {
        if self.is_full(self.rcps + usize::from(goal == Goal::ExplicitDeny)) {
            return;
        }
        if let Slot::Scp(_) = slot
            && self.maker.draw.chance(3, 5)
        {
            let (draft, _) = self.draft(slot, Verb::Allow);
            let statement = full_access(PolicyType::Scp);
            self.drafts[draft].statements.push(statement);
            return;
        }
        if goal == Goal::ExplicitDeny {
            let plain = !self.maker.draw.chance(1, 4);
            if plain && self.maker.draw.chance(2, 5) {
                return;
            }
            if plain {
                let (draft, setting) = self.draft(slot, Verb::Allow);
                let statement = self.maker.plain(setting, grade);
                self.drafts[draft].statements.push(statement);
                return;
            }
        }
        let plain = goal == Goal::ImplicitDeny && self.maker.draw.chance(2, 3);
        let (draft, setting) = self.draft(slot, Verb::Allow);
        let statement = if plain {
            self.maker.plain(setting, grade)
        } else {
            let tests = self.maker.condition_count(setting);
            self.maker.applying(setting, grade, tests)
        };
        self.drafts[draft].statements.push(statement);
    }

    /// Does not allow: by a statement that just fails, by silence, or by no policy where one is needed.
    fn withhold(&mut self, slot: Slot, grade: Grade) {
        if self.is_full(self.rcps) {
            return;
        }
        let federated = self.maker.caller.kind == CallerKind::FederatedSession;
        // Without an endpoint policy or a boundary there is no limit at all.
        let needed = matches!(slot, Slot::Identity | Slot::Resource | Slot::Scp(_))
            || slot == Slot::Session && federated;
        match self.maker.draw.weighted(&[8, 1, usize::from(needed)]) {
            0 => self.add(slot, Verb::Allow, grade, false),
            1 => {
                let (draft, setting) = self.draft(slot, Verb::Allow);
                let statement = self.maker.elsewhere(setting);
                self.drafts[draft].statements.push(statement);
            }
            _ => {}
        }
    }

    /// Adds a statement that applies, or one that fails by one element.
    fn add(&mut self, slot: Slot, effect: Verb, grade: Grade, applies: bool) {
        if self.is_full(0) {
            return;
        }
        let (draft, setting) = self.draft(slot, effect);
        let grade = match effect {
            Verb::Allow => grade,
            // A Deny reaches the caller by any grade.
            Verb::Deny => {
                let grades = self.maker.grades(setting);
                self.maker.draw.one(grades)
            }
        };
        let tests = self.maker.condition_count(setting);
        let statement = match applies {
            true => self.maker.applying(setting, grade, tests),
            false => self.maker.failing(setting, grade, tests),
        };
        self.drafts[draft].statements.push(statement);
    }

    /// A place where a Deny counts for this caller, if there is any.
    fn deny_slot(&mut self) -> Option<Slot> {
        let caller = self.maker.caller.kind;
        let mut slots = Vec::with_capacity(8);
        if caller.has_identity() {
            slots.push(Slot::Identity);
            if self.boundary {
                slots.push(Slot::Boundary);
            }
            if self.session && caller != CallerKind::User {
                slots.push(Slot::Session);
            }
        }
        // A resource policy that does not allow leaves a JWT caller's answer open (AC-122).
        let allowed =
            caller != CallerKind::Jwt || self.drafts.iter().any(|d| d.slot == Slot::Resource);
        if self.maker.target.holds_policy() && allowed {
            slots.push(Slot::Resource);
        }
        if caller.in_account() && self.scps > 0 {
            slots.push(Slot::Scp(self.maker.draw.below(self.scps)));
        }
        let bound = self.bound_by_rcps() || self.maker.draw.chance(1, 8);
        if self.rcps > 0 && bound {
            slots.push(Slot::Rcp(self.maker.draw.below(self.rcps)));
        }
        if self.endpoint {
            slots.push(Slot::Endpoint);
        }
        match slots.len() {
            0 => None,
            count => Some(slots[self.maker.draw.below(count)]),
        }
    }

    /// Whether RCPs reach the action (IAM-240).
    fn bound_by_rcps(&self) -> bool {
        let service = self.maker.target.prefix();
        RCP_SERVICES.contains(&service) && self.maker.target.action != "kms:RetireGrant"
    }

    /// Policies that are there but have nothing to say yet.
    fn silent(&mut self) {
        let layers = [
            (Slot::Boundary, self.boundary),
            (Slot::Session, self.session),
            (Slot::Endpoint, self.endpoint),
        ];
        for (slot, present) in layers {
            let said = self.drafts.iter().any(|d| d.slot == slot);
            // Where the caller makes no use of the layer it may say anything.
            if present && !said && !self.is_full(0) && self.maker.draw.chance(2, 3) {
                let effect = self.maker.draw.one(&[Verb::Allow, Verb::Allow, Verb::Deny]);
                let (draft, setting) = self.draft(slot, effect);
                let statement = match effect {
                    Verb::Allow if self.maker.draw.chance(1, 2) => {
                        self.maker.plain(setting, Grade::Direct)
                    }
                    Verb::Allow => self.maker.elsewhere(setting),
                    Verb::Deny => self.maker.failing(setting, Grade::Direct, 1),
                };
                self.drafts[draft].statements.push(statement);
            }
        }
    }

    /// Every level of RCPs begins with the full-access policy; hardly ever it is missing.
    fn full_rcps(&mut self) {
        for level in 0..self.rcps {
            if !self.maker.draw.chance(1, 48) {
                self.drafts.push(Draft {
                    slot: Slot::Rcp(level),
                    version: Version::Current,
                    limited: false,
                    statements: vec![full_access(PolicyType::Rcp)],
                });
            }
        }
    }

    /// The document that takes the next statement of the slot, and what it permits.
    fn draft(&mut self, slot: Slot, effect: Verb) -> (usize, Setting) {
        let several = matches!(slot, Slot::Identity | Slot::Scp(_) | Slot::Rcp(_));
        let open = self
            .drafts
            .iter()
            .rposition(|d| d.slot == slot && !(matches!(slot, Slot::Rcp(_)) && is_full_access(d)));
        let at = match open {
            Some(at) if !several || self.maker.draw.chance(1, 2) => at,
            _ => {
                let version = self.version(slot);
                self.drafts.push(Draft {
                    slot,
                    version,
                    limited: matches!(slot, Slot::Scp(_)) && !self.full_language,
                    statements: Vec::with_capacity(2),
                });
                self.drafts.len() - 1
            }
        };
        (at, self.setting(at, effect))
    }

    fn setting(&self, draft: usize, effect: Verb) -> Setting {
        let draft = &self.drafts[draft];
        Setting {
            policy_type: policy_type(draft.slot, &self.maker.target),
            effect,
            current: draft.version == Version::Current,
            limited: draft.limited,
        }
    }

    fn version(&mut self, slot: Slot) -> Version {
        let old = match slot {
            // An RCP must be current (IAM-012); whether an identity policy must be is open (IAM-011).
            Slot::Rcp(_) => false,
            Slot::Identity => self.maker.maybe(Feature::OldVersions, 1, 200),
            _ => self.maker.maybe(Feature::OldVersions, 1, 5),
        };
        match old {
            true => self.maker.draw.one(&[Version::Missing, Version::Old]),
            false => Version::Current,
        }
    }
}

fn policy_type(slot: Slot, target: &Target) -> PolicyType {
    match slot {
        Slot::Identity => PolicyType::Identity,
        Slot::Resource => match target.kind {
            TargetKind::Role | TargetKind::IamRole => PolicyType::Trust,
            TargetKind::Key => PolicyType::Key,
            _ => PolicyType::Resource,
        },
        Slot::Boundary => PolicyType::Boundary,
        Slot::Session => PolicyType::Session,
        Slot::Scp(_) => PolicyType::Scp,
        Slot::Rcp(_) => PolicyType::Rcp,
        Slot::Endpoint => PolicyType::Endpoint,
    }
}

fn is_full_access(draft: &Draft) -> bool {
    draft.statements.iter().any(|s| s.effect == Verb::Allow)
}
