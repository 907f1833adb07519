//! Requests to memories.

use veriam_model::facts::agentcore;
use veriam_model::{MemoryOperation, MemoryRequest, Request, Tags};

use crate::draw::Draw;

use super::super::callers::Who;
use super::super::parts::{Part, Thing, action, key};
use super::super::plan::Place;
use super::super::scene::{Scene, TEAMS};

pub(crate) const ACTORS: [&str; 4] = ["tenant-a/user-7", "alice", "anonymous", "blue"];
pub(crate) const MEMORY_SESSIONS: [&str; 3] = ["chat-42", "s1", "batch_7"];
pub(crate) const STRATEGIES: [&str; 3] = ["facts-AbCdEf0123", "summaries-0123456789", "blue"];
pub(crate) const NAMESPACES: [&str; 5] = [
    "/facts/alice/",
    "/facts/alice",
    "/summaries/tenant-a/chat-42/",
    "blue",
    "/facts/alicex/",
];

/// What is asked of a memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfMemory {
    operation: MemoryOperation,
    memory: usize,
    by_arn: bool,
    actor: Option<&'static str>,
    session: Option<&'static str>,
    strategy: Option<&'static str>,
    namespace: Option<&'static str>,
    namespace_path: Option<&'static str>,
    variable: Option<&'static str>,
}

impl OfMemory {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let mut call = Self {
            operation: operation(draw),
            memory: draw.below(scene.memories.len()),
            by_arn: draw.chance(1, 3),
            actor: None,
            session: None,
            strategy: None,
            namespace: None,
            namespace_path: None,
            variable: None,
        };
        call.carry(draw);
        call
    }

    /// Draws what a request of the operation may carry.
    fn carry(&mut self, draw: &mut Draw<'_, '_>) {
        use MemoryOperation as Op;
        let keys = agentcore::action(self.operation.name());
        let takes = |name: &str| {
            let mut keys = keys.iter().flat_map(|action| &action.keys);
            keys.any(|key| key.strip_prefix("bedrock-agentcore:") == Some(name))
        };
        let by_record = matches!(self.operation, Op::GetMemoryRecord | Op::DeleteMemoryRecord);
        let queries = matches!(
            self.operation,
            Op::ListMemoryRecords | Op::RetrieveMemoryRecords
        );
        let mut some = |takes: bool, texts: &[&'static str]| {
            (takes && !draw.chance(1, 6)).then(|| draw.one(texts))
        };
        self.actor = some(takes("actorId"), &ACTORS);
        self.session = some(takes("sessionId"), &MEMORY_SESSIONS);
        self.strategy = some(takes("strategyId"), &STRATEGIES);
        self.namespace = some(takes("namespace") || by_record, &NAMESPACES);
        self.namespace_path = some(queries, &NAMESPACES);
        // Requests carry one of the two mostly (AC-239).
        match draw.below(4) {
            0 if queries => self.namespace = None,
            1 | 2 => self.namespace_path = None,
            _ => {}
        }
        let event = self.operation == Op::CreateEvent;
        self.variable = (event && draw.chance(1, 2)).then(|| draw.one(&TEAMS));
    }

    pub(crate) fn owner(&self, scene: &Scene) -> &'static str {
        scene.memories[self.memory].account
    }

    /// A bare id leads nowhere from another account than the owner's (AC-241).
    pub(crate) fn suit(&mut self, scene: &Scene, who: &Who) {
        self.by_arn |= who.account != self.owner(scene);
    }

    pub(crate) fn nowhere(&mut self, scene: &Scene, who: &Who) -> bool {
        self.by_arn = false;
        who.account != self.owner(scene)
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let memory = &scene.memories[self.memory];
        let own = Thing::agentcore(scene, memory.account, "memory/", memory.id)
            .tagged(memory.tags)
            .held(Place::Memory(self.memory), true, false);
        let carried = [
            ("actorId", self.actor),
            ("sessionId", self.session),
            ("strategyId", self.strategy),
            ("namespace", self.namespace),
            ("namespacePath", self.namespace_path),
            ("namespaceVariable/team", self.variable),
        ];
        let carried = carried
            .into_iter()
            .filter_map(|(name, value)| Some(key(name, value?)))
            .collect();
        let actions = vec![action(self.operation.name())];
        vec![Part::new(actions, vec![own], memory.account).carrying(carried)]
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let mut namespace_variables = Tags::new();
        if let Some(value) = self.variable {
            // The only one.
            let _ = namespace_variables.insert("team", value);
        }
        Request::Memory(MemoryRequest {
            operation: self.operation,
            memory: scene.memories[self.memory].id.to_owned(),
            by_arn: self.by_arn,
            actor: owned(self.actor),
            session: owned(self.session),
            strategy: owned(self.strategy),
            namespace: owned(self.namespace),
            namespace_path: owned(self.namespace_path),
            namespace_variables,
        })
    }

    /// Another operation, another memory, or other members.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        match draw.below(4) {
            0 => {
                self.operation = operation(draw);
                self.carry(draw);
            }
            1 => self.memory = draw.below(scene.memories.len()),
            2 => self.by_arn = !self.by_arn,
            _ => self.carry(draw),
        }
    }
}

/// Any operation, those that take a path somewhat more often.
fn operation(draw: &mut Draw<'_, '_>) -> MemoryOperation {
    match draw.chance(1, 8) {
        true => draw.one(&[
            MemoryOperation::ListMemoryRecords,
            MemoryOperation::RetrieveMemoryRecords,
        ]),
        false => draw.one(MemoryOperation::ALL),
    }
}
