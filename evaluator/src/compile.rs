//! From documents to a [`Program`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use veriam_model::{PolicySlot, PolicyType, Verb, facts, readings as dialects};

use crate::arn::Arn;
use crate::condition::{Condition, Site};
use crate::document::{self, Document, Selection, Statement, Text};
use crate::finder::Finder;
use crate::index::Index;
use crate::operator::Operator;
use crate::pattern::{Colons, Pattern, pieces, tokens};
use crate::principal::Who;
use crate::program::{
    ActionPattern, Actions, Key, Origin, Present, Program, ResourcePattern, Resources, Rule, Shard,
    Target, Variable, pool,
};
use crate::run::Scratch;
use crate::settings::{Settings, mistaken};

/// The documents of an engine, each in its place.
#[derive(Debug, Default)]
pub(crate) struct Sources<'d> {
    /// The policies, in the order of their slots.
    pub(crate) documents: Vec<(PolicySlot, Cow<'d, Document<'d>>)>,
    /// How many levels of service control policies there are.
    pub(crate) scp_levels: usize,
    /// How many levels of resource control policies there are.
    pub(crate) rcp_levels: usize,
}

/// Compiles documents.
pub(crate) fn compile(sources: &Sources<'_>, settings: &Settings) -> Program {
    let pools = Pools::new(sources, settings);
    let mut compiler = Compiler {
        settings,
        program: Program {
            present: present(sources),
            ..Program::default()
        },
        shards: pools.empty_shards(),
        keys: HashMap::new(),
        variables: HashMap::new(),
        conditions: HashMap::new(),
        uses: Vec::new(),
        principals: HashMap::new(),
    };
    for (slot, document) in &sources.documents {
        let (shard, pool) = pools.place(*slot);
        for (number, statement) in document.statements.iter().enumerate() {
            compiler.statement(*slot, shard, pool, document, (number, statement));
        }
    }
    compiler.finish()
}

fn present(sources: &Sources<'_>) -> Present {
    let has = |slot| sources.documents.iter().any(|(s, _)| *s == slot);
    Present {
        resource: has(PolicySlot::Resource),
        boundary: has(PolicySlot::Boundary),
        session: has(PolicySlot::Session),
        endpoint: has(PolicySlot::Endpoint),
        scps: sources.scp_levels > 0,
        rcps: sources.rcp_levels > 0,
    }
}

/// Where each slot's statements count.
struct Pools {
    scps: usize,
    rcps: usize,
}

impl Pools {
    fn new(sources: &Sources<'_>, settings: &Settings) -> Self {
        let pooled = mistaken!(settings, ScpLevelsPooled);
        Self {
            scps: if pooled {
                sources.scp_levels.min(1)
            } else {
                sources.scp_levels
            },
            rcps: sources.rcp_levels,
        }
    }

    /// The shard and the pool of a slot.
    fn place(&self, slot: PolicySlot) -> (usize, u8) {
        match slot {
            PolicySlot::Identity(_) => (0, pool::IDENTITY),
            PolicySlot::Resource => (0, pool::RESOURCE),
            PolicySlot::Boundary => (0, pool::BOUNDARY),
            PolicySlot::Session => (0, pool::SESSION),
            PolicySlot::Endpoint => (0, pool::ENDPOINT),
            PolicySlot::Scp(level, _) => Self::level(level.min(self.scps.saturating_sub(1))),
            PolicySlot::Rcp(level, _) => Self::level(self.scps.saturating_add(level)),
        }
    }

    /// The shard and the pool of a level, service control policies counted before resource control policies.
    fn level(level: usize) -> (usize, u8) {
        const PER_SHARD: usize = pool::MOST.saturating_sub(pool::LEVELS) as usize;
        let pool = usize::from(pool::LEVELS).saturating_add(level % PER_SHARD);
        (level / PER_SHARD, u8::try_from(pool).unwrap_or(0))
    }

    /// The shards without statements, their levels marked.
    fn empty_shards(&self) -> Vec<Building<'static>> {
        let mut shards = vec![Building::default()];
        for level in 0..self.scps.saturating_add(self.rcps) {
            let (shard, pool) = Self::level(level);
            if shard >= shards.len() {
                shards.push(Building::default());
            }
            if let Some(building) = shards.get_mut(shard) {
                let levels = if level < self.scps {
                    &mut building.scps
                } else {
                    &mut building.rcps
                };
                *levels |= pool::bit(pool);
            }
        }
        shards
    }
}

/// A shard while it is built.
#[derive(Default)]
struct Building<'d> {
    targets: Vec<Target>,
    by_elements: HashMap<Elements<'d>, u32>,
    /// Rules with the number of their target.
    rules: Vec<(u32, Rule)>,
    tests: Vec<u32>,
    scps: u64,
    rcps: u64,
}

/// What makes two statements share a target.
#[derive(PartialEq, Eq, Hash)]
struct Elements<'d> {
    action: (bool, &'d [Text<'d>]),
    resource: Option<(bool, &'d [Text<'d>])>,
    has_variables: bool,
    short_arns: ShortArns,
}

/// What makes two conditions one.
#[derive(PartialEq, Eq, Hash)]
struct Tested<'d> {
    operator: Operator,
    key: &'d str,
    values: &'d [Text<'d>],
    has_variables: bool,
}

/// How a policy type reads an ARN of fewer than six parts that does not end in `*` (IAM-064).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum ShortArns {
    Nothing,
    /// The missing parts stand for anything.
    Open,
    /// The same, but only when there is a wildcard.
    OpenWithWildcard,
}

struct Compiler<'d> {
    settings: &'d Settings,
    program: Program,
    shards: Vec<Building<'d>>,
    keys: HashMap<String, u32>,
    variables: HashMap<Variable, u32>,
    conditions: HashMap<Tested<'d>, u32>,
    /// How many rules ask each condition.
    uses: Vec<u32>,
    principals: HashMap<Who, u32>,
}

impl<'d> Compiler<'d> {
    fn statement(
        &mut self,
        slot: PolicySlot,
        shard: usize,
        pool: u8,
        document: &'d Document<'d>,
        (number, statement): (usize, &'d Statement<'d>),
    ) {
        let has_variables = document.has_variables || mistaken!(self.settings, VariablesUnder2008);
        if statement.void
            || selects_nothing(&statement.action)
            || selects_nothing(&statement.resource)
        {
            return;
        }
        let who = match self.who(pool, statement) {
            Some(who) => who,
            None => return,
        };
        let elements = Elements {
            action: element(&statement.action).unwrap_or((true, &[])),
            resource: element(&statement.resource),
            has_variables,
            short_arns: self.short_arns(document.policy_type),
        };
        let target = self.target(shard, elements);
        let mut tests: Vec<u32> = Vec::with_capacity(statement.conditions.len());
        for condition in &statement.conditions {
            tests.push(self.condition(condition, has_variables));
        }
        let origin = next_number(&self.program.origins);
        self.program.origins.push(Origin {
            slot,
            statement: number,
            sid: statement.sid.as_deref().map(Box::from),
        });
        let Some(building) = self.shards.get_mut(shard) else {
            return;
        };
        let rule = Rule {
            pool,
            is_deny: statement.effect == Verb::Deny,
            who,
            first_test: next_number(&building.tests),
            test_count: next_number(&tests),
            origin,
        };
        building.tests.append(&mut tests);
        building.rules.push((target, rule));
    }

    /// The number of a statement's principal element; none when it names nobody.
    fn who(&mut self, pool: u8, statement: &Statement<'_>) -> Option<u32> {
        if pool != pool::RESOURCE && pool != pool::ENDPOINT {
            return Some(Rule::ANYONE);
        }
        if let document::Who::Of(entries) = &statement.principal
            && entries.contains(&document::Named::Everyone)
        {
            return Some(Rule::ANYONE);
        }
        let who = Who::compile(&statement.principal, self.settings)?;
        if matches!(&who, Who::Of(entries) if entries.is_empty()) {
            return None;
        }
        Some(numbered(
            &mut self.principals,
            &mut self.program.principals,
            who,
        ))
    }

    fn short_arns(&self, policy_type: PolicyType) -> ShortArns {
        use PolicyType::{Boundary, Endpoint, Identity, Key, Rcp, Resource, Scp, Session, Trust};
        if self.settings.reads(dialects::ShortArn::Nothing) {
            return ShortArns::Nothing;
        }
        match policy_type {
            Identity | Session | Boundary => ShortArns::Open,
            Resource | Trust | Key | Endpoint => ShortArns::OpenWithWildcard,
            Scp | Rcp => ShortArns::Nothing,
        }
    }

    fn target(&mut self, shard: usize, elements: Elements<'d>) -> u32 {
        let known = self
            .shards
            .get(shard)
            .and_then(|s| s.by_elements.get(&elements));
        if let Some(&target) = known {
            return target;
        }
        let (negated, actions) = elements.action;
        let actions = Actions {
            negated,
            patterns: actions.iter().map(|a| action(a)).collect(),
        };
        let resources = self.resources(&elements);
        let Some(building) = self.shards.get_mut(shard) else {
            return 0;
        };
        let target = next_number(&building.targets);
        building.targets.push(Target {
            actions,
            resources,
            rules: 0..0,
            finder: None,
        });
        building.by_elements.insert(elements, target);
        target
    }

    fn resources(&mut self, elements: &Elements<'d>) -> Resources {
        let Some((negated, patterns)) = elements.resource else {
            return Resources {
                negated: false,
                needs_values: false,
                patterns: Box::new([ResourcePattern::Everything]),
            };
        };
        let not_applies = self
            .settings
            .reads(dialects::UnresolvedNotResource::NotApplies);
        let compiled = patterns.iter().map(|text| self.resource(text, elements));
        Resources {
            negated,
            needs_values: negated && not_applies,
            patterns: compiled.collect(),
        }
    }

    fn resource(&mut self, text: &str, elements: &Elements<'_>) -> ResourcePattern {
        if text == "*" {
            return ResourcePattern::Everything;
        }
        let text = match completed(text, elements.short_arns) {
            Some(text) => text,
            None => return ResourcePattern::Nothing,
        };
        let colons = Colons::Parted {
            spans: self.settings.reads(dialects::ResourceStar::Span),
        };
        let tokens = tokens(&text, true, elements.has_variables);
        let pieces = pieces(&tokens, colons, |name, default| {
            self.variable(name, default)
        });
        let covers = self.settings.reads(dialects::NoResource::SameService);
        let arn = Arn::split(&text).filter(|arn| covers && arn.rest() == "*");
        ResourcePattern::Like {
            pattern: Pattern::new(pieces),
            covers_star_of: arn.map(|arn| arn.service().into()),
        }
    }

    fn condition(&mut self, condition: &'d document::Condition<'d>, has_variables: bool) -> u32 {
        let tested = Tested {
            operator: condition.operator,
            key: &condition.key,
            values: &condition.values,
            has_variables,
        };
        if let Some(&number) = self.conditions.get(&tested) {
            if let Some(uses) = self.uses.get_mut(number as usize) {
                *uses = uses.saturating_add(1);
            }
            return number;
        }
        let key = self.key(&condition.key);
        let site = Site {
            settings: self.settings,
            has_variables,
            is_tag: is_tag(&condition.key),
            is_multivalued: self.is_multivalued(key),
        };
        let mut number = |name: &str, default: Option<&str>| self.variable(name, default);
        let compiled = site.condition(key, condition.operator, &condition.values, &mut number);
        let number = next_number(&self.program.conditions);
        self.program.conditions.push(compiled);
        self.uses.push(1);
        self.conditions.insert(tested, number);
        number
    }

    fn is_multivalued(&self, key: u32) -> bool {
        let key = self.program.keys.get(key as usize);
        key.is_some_and(|key| key.is_multivalued)
    }

    fn key(&mut self, name: &str) -> u32 {
        let lower = name.to_ascii_lowercase();
        if let Some(&key) = self.keys.get(&lower) {
            return key;
        }
        let key = next_number(&self.program.keys);
        self.program.keys.push(Key {
            name: name.into(),
            is_multivalued: facts::context_key(name).is_some_and(|k| k.multivalued),
        });
        self.keys.insert(lower, key);
        key
    }

    fn variable(&mut self, name: &str, default: Option<&str>) -> u32 {
        let variable = Variable {
            key: self.key(name),
            default: default.map(Box::from),
        };
        numbered(&mut self.variables, &mut self.program.variables, variable)
    }

    /// Orders what was collected, and lays out memos and indexes.
    fn finish(mut self) -> Program {
        let memos = (0..Scratch::MEMOS).zip(
            self.program
                .conditions
                .iter_mut()
                .zip(&self.uses)
                .filter(|(_, uses)| **uses > 1),
        );
        for (memo, (condition, _)) in memos {
            condition.memo = memo;
        }
        let conditions = &self.program.conditions;
        self.program.shards = (self.shards.into_iter())
            .map(|building| building.finish(conditions, &self.program.principals))
            .collect();
        self.program
    }
}

impl Building<'_> {
    fn finish(mut self, conditions: &[Condition], principals: &[Who]) -> Shard {
        // Rules of one target stand together, those of one pool side by side, in the order of the documents.
        self.rules
            .sort_by_key(|(target, rule)| (*target, rule.pool));
        let mut shard = Shard {
            targets: self.targets,
            rules: Vec::with_capacity(self.rules.len()),
            tests: Vec::with_capacity(self.tests.len()),
            index: None,
            scps: self.scps,
            rcps: self.rcps,
        };
        let rank = |test: &u32| conditions.get(*test as usize).map(|c| c.rank);
        for (target, mut rule) in self.rules {
            let from = rule.first_test as usize;
            let tests = self
                .tests
                .get(from..from.saturating_add(rule.test_count as usize));
            rule.first_test = next_number(&shard.tests);
            shard.tests.extend_from_slice(tests.unwrap_or_default());
            let moved = shard.tests.get_mut(rule.first_test as usize..);
            moved.unwrap_or_default().sort_by_key(rank);
            let number = next_number(&shard.rules);
            shard.rules.push(rule);
            if let Some(target) = shard.targets.get_mut(target as usize) {
                if target.rules.is_empty() {
                    target.rules.start = number;
                }
                target.rules.end = number.saturating_add(1);
            }
        }
        for target in &mut shard.targets {
            let rules = target.rules.start as usize..target.rules.end as usize;
            let rules = shard.rules.get(rules).unwrap_or_default();
            let tests = |rule: &Rule| {
                let from = rule.first_test as usize;
                let tests = shard
                    .tests
                    .get(from..from.saturating_add(rule.test_count as usize));
                let tests = tests.unwrap_or_default().iter();
                tests.filter_map(|test| conditions.get(*test as usize))
            };
            let finder = Finder::build(rules, target.rules.start, tests, principals);
            target.finder = finder.map(Box::new);
        }
        shard.index = Index::build(&shard.targets);
        shard
    }
}

/// Whether an element is an empty list.
fn selects_nothing(selection: &Selection<'_>) -> bool {
    matches!(selection, Selection::Of(patterns) if patterns.is_empty())
}

/// Whether an element is negated, and its patterns; none when the statement does not have it.
fn element<'d>(selection: &'d Selection<'d>) -> Option<(bool, &'d [Text<'d>])> {
    match selection {
        Selection::All => None,
        Selection::Of(patterns) => Some((false, patterns)),
        Selection::Except(patterns) => Some((true, patterns)),
    }
}

fn action(text: &str) -> ActionPattern {
    if text == "*" || text == "*:*" {
        return ActionPattern::Everything;
    }
    // The request's action has one colon, so the pattern's can only stand for that one.
    let pieces = pieces(&tokens(text, true, false), Colons::Crossed, |_, _| 0);
    ActionPattern::Like(Pattern::new(pieces))
}

/// An ARN as it is matched: a short one with what it leaves open; none when it stands for nothing.
fn completed(text: &str, short_arns: ShortArns) -> Option<Cow<'_, str>> {
    if Arn::split(text).is_some() || text.ends_with('*') {
        return Some(Cow::Borrowed(text));
    }
    let is_open = match short_arns {
        ShortArns::Nothing => false,
        ShortArns::Open => true,
        ShortArns::OpenWithWildcard => text.contains(['*', '?']),
    };
    is_open.then(|| {
        let missing = 5usize.saturating_sub(text.matches(':').count());
        Cow::Owned(format!("{text}{}", ":*".repeat(missing)))
    })
}

/// Whether a key holds the value of a request or resource tag (IAM-134).
fn is_tag(key: &str) -> bool {
    let known = facts::context_key(key);
    known.is_some_and(|k| matches!(k.name, "aws:RequestTag/" | "aws:ResourceTag/"))
}

/// The number of an item, which is added when it is new.
fn numbered<T: Hash + Eq + Clone>(
    numbers: &mut HashMap<T, u32>,
    items: &mut Vec<T>,
    item: T,
) -> u32 {
    if let Some(&number) = numbers.get(&item) {
        return number;
    }
    let number = next_number(items);
    items.push(item.clone());
    numbers.insert(item, number);
    number
}

/// The number the next item gets. Documents are far smaller than 4 GiB, so there are never more items.
fn next_number<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
