//! Requests to runtimes.

use veriam_model::{Authorizer, Request, RuntimeOperation, RuntimeRequest};

use crate::draw::Draw;
use crate::vocabulary::CallerKind;

use super::super::parts::{Part, Thing, action};
use super::super::plan::Place;
use super::super::scene::Scene;
use super::{USER_IDS, Wanted};

/// What is asked of a runtime.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfRuntime {
    pub(crate) operation: RuntimeOperation,
    pub(crate) runtime: usize,
    /// The endpoint among those that are listed; none: `DEFAULT`, which is not.
    pub(crate) door: Option<usize>,
    pub(crate) qualifier: Option<&'static str>,
    pub(crate) user_id: Option<&'static str>,
}

impl OfRuntime {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let runtime = draw.below(scene.runtimes.len());
        let (qualifier, door) = endpoint(draw, scene, runtime);
        let operation = operation(draw, scene.runtimes[runtime].authorizer(door));
        let header = operation.takes_user_id() && draw.chance(1, 3);
        Self {
            operation,
            runtime,
            door,
            qualifier,
            user_id: header.then(|| draw.one(&USER_IDS)),
        }
    }

    pub(crate) fn wanted(&self, scene: &Scene) -> Wanted {
        if self.is_metadata() {
            return Wanted::Nothing;
        }
        match self.authorizer(scene) {
            Authorizer::Iam => Wanted::Signature { services: false },
            Authorizer::Jwt => Wanted::Token(scene.runtimes[self.runtime].rules),
        }
    }

    /// Metadata is fetched without credentials (AC-171).
    pub(crate) fn is_metadata(&self) -> bool {
        self.operation == RuntimeOperation::GetRuntimeProtectedResourceMetadata
    }

    pub(crate) fn authorizer(&self, scene: &Scene) -> Authorizer {
        scene.runtimes[self.runtime].authorizer(self.door)
    }

    pub(crate) fn owner(&self, scene: &Scene) -> &'static str {
        scene.runtimes[self.runtime].account
    }

    /// The name of the endpoint it reaches.
    fn endpoint(&self, scene: &Scene) -> &'static str {
        match self.door {
            Some(door) => scene.runtimes[self.runtime].endpoints[door].name,
            None => "DEFAULT",
        }
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let runtime = &scene.runtimes[self.runtime];
        let mut actions = vec![action(self.operation.name())];
        if self.user_id.is_some() {
            actions.push(match self.operation {
                RuntimeOperation::InvokeAgentRuntime => action("InvokeAgentRuntimeForUser"),
                _ => action("InvokeAgentRuntimeWithWebSocketStreamForUser"),
            });
        }
        let own = Thing::agentcore(scene, runtime.account, "runtime/", runtime.id)
            .tagged(runtime.tags)
            .held(Place::Runtime(self.runtime), runtime.policed, false);
        if self.is_metadata() {
            let own = Thing {
                holder: None,
                ..own
            };
            return vec![Part::new(actions, vec![own], runtime.account)];
        }
        let door = own.part("/runtime-endpoint/", self.endpoint(scene));
        let door = match self.door {
            Some(at) => door.tagged(runtime.endpoints[at].tags).held(
                Place::Endpoint(self.runtime, at),
                runtime.endpoints[at].policed,
                false,
            ),
            None => door,
        };
        vec![Part::new(actions, vec![own, door], runtime.account)]
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        Request::Runtime(RuntimeRequest {
            operation: self.operation,
            runtime: scene.runtimes[self.runtime].id.to_owned(),
            qualifier: self.qualifier.map(str::to_owned),
            user_id: self.user_id.map(str::to_owned),
        })
    }

    /// Names an endpoint that does not exist.
    pub(crate) fn nowhere(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) -> bool {
        let doors = &scene.runtimes[self.runtime].endpoints;
        self.qualifier = super::no_name(draw, |name| doors.iter().all(|d| d.name != name));
        true
    }

    /// Another operation, endpoint, runtime or header; the credentials wanted stay the same.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, kind: CallerKind) {
        let wanted = match kind {
            CallerKind::Jwt => Authorizer::Jwt,
            _ => Authorizer::Iam,
        };
        match draw.weighted(&[6, 6, 4, 3]) {
            0 => {
                let (qualifier, door) = endpoint(draw, scene, self.runtime);
                if scene.runtimes[self.runtime].authorizer(door) == wanted {
                    (self.qualifier, self.door) = (qualifier, door);
                }
            }
            1 => self.operation = operation(draw, wanted),
            2 if self.operation.takes_user_id() => {
                self.user_id = match self.user_id {
                    Some(_) => None,
                    None => Some(draw.one(&USER_IDS)),
                };
            }
            _ => {
                let runtime = draw.below(scene.runtimes.len());
                let (qualifier, door) = endpoint(draw, scene, runtime);
                if scene.runtimes[runtime].authorizer(door) == wanted {
                    self.runtime = runtime;
                    (self.qualifier, self.door) = (qualifier, door);
                }
            }
        }
        if !self.operation.takes_user_id() {
            self.user_id = None;
        }
    }
}

/// Qualifier and endpoint: none named, `DEFAULT` named, or one that is listed.
pub(crate) fn endpoint(
    draw: &mut Draw<'_, '_>,
    scene: &Scene,
    runtime: usize,
) -> (Option<&'static str>, Option<usize>) {
    let doors = &scene.runtimes[runtime].endpoints;
    let default = doors.iter().position(|d| d.name == "DEFAULT");
    let listed = if doors.is_empty() { 0 } else { 5 };
    match draw.weighted(&[4, 1, listed]) {
        0 => (None, default),
        1 => (Some("DEFAULT"), default),
        _ => {
            let door = draw.below(doors.len());
            (Some(doors[door].name), Some(door))
        }
    }
}

fn operation(draw: &mut Draw<'_, '_>, authorizer: Authorizer) -> RuntimeOperation {
    let metadata = match authorizer {
        Authorizer::Iam => 1,
        Authorizer::Jwt => 7,
    };
    RuntimeOperation::ALL[draw.weighted(&[12, 6, 4, 3, 4, 4, metadata])]
}
