//! Requests to harnesses (AC-186…AC-193): most are checked twice, for the harness and for what is behind it.

use veriam_model::{Authorizer, HarnessOperation, HarnessRequest, Request};

use crate::draw::Draw;

use super::super::open::Point;
use super::super::parts::{Part, Thing, action};
use super::super::scene::Scene;
use super::{USER_IDS, Wanted};

/// What is asked of a harness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfHarness {
    operation: HarnessOperation,
    harness: usize,
    endpoint: Option<&'static str>,
    user_id: Option<&'static str>,
    with_memory: bool,
}

impl OfHarness {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let mut call = Self {
            operation: operation(draw),
            harness: draw.below(scene.harnesses.len()),
            endpoint: None,
            user_id: None,
            with_memory: false,
        };
        call.carry(draw, scene);
        call
    }

    /// Draws what a request of the operation may carry.
    fn carry(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        use HarnessOperation as Op;
        self.endpoint = match (self.names_endpoint(), self.is_invocation()) {
            (true, _) => Some(self.door(draw, scene)),
            (false, true) if draw.chance(3, 5) => Some(self.door(draw, scene)),
            _ => None,
        };
        let header = self.operation == Op::InvokeHarness && draw.chance(1, 4);
        self.user_id = header.then(|| draw.one(&USER_IDS));
        self.with_memory = self.operation == Op::CreateHarness && draw.chance(1, 2);
    }

    fn door(&self, draw: &mut Draw<'_, '_>, scene: &Scene) -> &'static str {
        let doors = &scene.harnesses[self.harness].endpoints;
        match doors.is_empty() || draw.chance(1, 4) {
            true => "DEFAULT",
            false => doors[draw.below(doors.len())].0,
        }
    }

    pub(crate) fn is_invocation(&self) -> bool {
        use HarnessOperation as Op;
        matches!(
            self.operation,
            Op::InvokeHarness | Op::InvokeAgentRuntimeCommand | Op::InvokeAgentRuntimeCommandShell
        )
    }

    fn names_endpoint(&self) -> bool {
        use HarnessOperation as Op;
        matches!(
            self.operation,
            Op::GetHarnessEndpoint | Op::UpdateHarnessEndpoint | Op::DeleteHarnessEndpoint
        )
    }

    fn is_about_none(&self) -> bool {
        use HarnessOperation as Op;
        matches!(self.operation, Op::CreateHarness | Op::ListHarnesses)
    }

    pub(crate) fn wanted(&self, scene: &Scene) -> Wanted {
        let harness = &scene.harnesses[self.harness];
        match harness.authorizer {
            Authorizer::Jwt if self.is_invocation() => Wanted::Token(harness.rules),
            _ => Wanted::Signature { services: false },
        }
    }

    pub(crate) fn owner(&self, scene: &Scene) -> &'static str {
        scene.harnesses[self.harness].account
    }

    /// Whether what it is checked on lies in the caller's account wherever that is.
    pub(crate) fn is_anywhere(&self) -> bool {
        use HarnessOperation as Op;
        self.is_about_none()
            || matches!(
                self.operation,
                Op::ListHarnessVersions | Op::ListHarnessEndpoints
            )
    }

    pub(crate) fn parts(&self, scene: &Scene, caller: &'static str) -> Vec<Part> {
        use HarnessOperation as Op;
        let rig = &scene.harnesses[self.harness];
        let own = Thing::agentcore(scene, rig.account, "harness/", rig.id).tagged(rig.tags);
        let name = self.endpoint.unwrap_or("DEFAULT");
        let tags = rig.endpoints.iter().find(|(n, _)| *n == name);
        let door = own
            .part("/harness-endpoint/", name)
            .tagged(tags.map_or([None, None], |(_, tags)| *tags));
        let on = |names: &[&str], things: &[&Thing]| {
            let actions = names.iter().map(|name| action(name)).collect();
            let things = things.iter().map(|thing| (*thing).clone()).collect();
            Part::new(actions, things, rig.account)
        };
        let bare = |names: &[&str]| {
            let actions = names.iter().map(|name| action(name)).collect();
            Part::new(actions, Vec::new(), caller)
        };
        let itself = self.operation.name();
        let custom = name != "DEFAULT";
        match self.operation {
            Op::CreateHarness => {
                let memory = bare(&["CreateMemory"]);
                vec![
                    bare(&[itself, "CreateAgentRuntime"]),
                    match self.with_memory {
                        true => memory,
                        false => memory.doubtful(),
                    },
                ]
            }
            Op::ListHarnesses | Op::ListHarnessVersions | Op::ListHarnessEndpoints => {
                vec![bare(&[itself])]
            }
            Op::GetHarness => vec![on(&[itself], &[&own])],
            Op::UpdateHarness | Op::DeleteHarness => {
                let (runtime, memory) = match self.operation {
                    Op::UpdateHarness => ("UpdateAgentRuntime", "UpdateMemory"),
                    _ => ("DeleteAgentRuntime", "DeleteMemory"),
                };
                let memory = on(&[memory], &[&own]);
                vec![
                    on(&[itself, runtime], &[&own]),
                    match rig.with_memory {
                        true => memory,
                        false => memory.doubtful(),
                    },
                ]
            }
            Op::CreateHarnessEndpoint => vec![on(&[itself, "CreateAgentRuntimeEndpoint"], &[&own])],
            Op::GetHarnessEndpoint => vec![on(&[itself], &[&own, &door])],
            Op::UpdateHarnessEndpoint | Op::DeleteHarnessEndpoint => {
                let runtime = match self.operation {
                    Op::UpdateHarnessEndpoint => "UpdateAgentRuntimeEndpoint",
                    _ => "DeleteAgentRuntimeEndpoint",
                };
                vec![
                    on(&[itself], &[&own, &door]),
                    on(&[runtime], &[&own]),
                    on(&[runtime], &[&door]).doubtful(),
                ]
            }
            Op::InvokeHarness | Op::InvokeAgentRuntimeCommand if custom => {
                let mut parts = vec![
                    on(&[itself], &[&own, &door]),
                    on(&["InvokeAgentRuntime"], &[&own]),
                    on(&["InvokeAgentRuntime"], &[&door]).doubtful(),
                ];
                parts.extend(self.for_user(&on, &own));
                parts
            }
            Op::InvokeHarness | Op::InvokeAgentRuntimeCommand => {
                let mut parts = vec![
                    on(&[itself, "InvokeAgentRuntime"], &[&own]),
                    on(&[itself, "InvokeAgentRuntime"], &[&door]).doubtful(),
                ];
                parts.extend(self.for_user(&on, &own));
                parts
            }
            Op::InvokeAgentRuntimeCommandShell => {
                vec![on(&[itself], &[&own]), on(&[itself], &[&door]).doubtful()]
            }
        }
    }

    fn for_user(&self, on: &impl Fn(&[&str], &[&Thing]) -> Part, own: &Thing) -> Option<Part> {
        let needed = self.user_id.is_some();
        needed.then(|| on(&["InvokeAgentRuntimeForUser"], &[own]).doubtful())
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let id = scene.harnesses[self.harness].id;
        Request::Harness(HarnessRequest {
            operation: self.operation,
            harness: (!self.is_about_none()).then(|| id.to_owned()),
            endpoint: self.endpoint.map(str::to_owned),
            user_id: self.user_id.map(str::to_owned),
            with_memory: self.with_memory,
        })
    }

    /// Names an endpoint that does not exist.
    pub(crate) fn nowhere(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) -> bool {
        let doors = &scene.harnesses[self.harness].endpoints;
        let names = self.names_endpoint() || self.is_invocation();
        if names {
            self.endpoint = super::no_name(draw, |name| doors.iter().all(|d| d.0 != name));
        }
        names
    }

    /// Another operation, endpoint, harness or header; the credentials wanted stay the same.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let before = *self;
        match draw.below(3) {
            0 => {
                self.operation = operation(draw);
                self.carry(draw, scene);
            }
            1 => self.carry(draw, scene),
            _ => {
                self.harness = draw.below(scene.harnesses.len());
                self.carry(draw, scene);
            }
        }
        if !self.wanted(scene).is_like(&before.wanted(scene)) {
            *self = before;
        }
    }

    /// Makes the request one that the point matters to, if the scene has what that needs.
    pub(crate) fn suit(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, point: Point) -> bool {
        use HarnessOperation as Op;
        let rig = &scene.harnesses[self.harness];
        if rig.authorizer == Authorizer::Jwt {
            return false;
        }
        let custom = rig.endpoints.iter().find(|(name, _)| *name != "DEFAULT");
        self.user_id = None;
        self.with_memory = false;
        self.endpoint = None;
        match point {
            Point::HarnessUser => {
                self.operation = Op::InvokeHarness;
                self.user_id = Some(draw.one(&USER_IDS));
            }
            Point::HarnessMemory => {
                let operations = [Op::UpdateHarness, Op::DeleteHarness, Op::CreateHarness];
                self.operation = match rig.with_memory {
                    true => Op::CreateHarness,
                    false => draw.one(&operations),
                };
            }
            Point::HarnessDefault => {
                self.operation = draw.one(&[Op::InvokeHarness, Op::InvokeAgentRuntimeCommand]);
            }
            _ => {
                let operations = [
                    Op::InvokeHarness,
                    Op::InvokeAgentRuntimeCommand,
                    Op::InvokeAgentRuntimeCommandShell,
                    Op::UpdateHarnessEndpoint,
                    Op::DeleteHarnessEndpoint,
                ];
                self.operation = draw.one(&operations);
                self.endpoint = match (custom, self.names_endpoint()) {
                    (Some((name, _)), _) => Some(name),
                    (None, true) => Some("DEFAULT"),
                    (None, false) => return false,
                };
            }
        }
        true
    }
}

fn operation(draw: &mut Draw<'_, '_>) -> HarnessOperation {
    HarnessOperation::ALL[draw.weighted(&[2, 2, 2, 2, 2, 2, 9, 4, 3, 2, 2, 2, 2, 2])]
}
