//! Requests to the control plane.

use veriam_model::{
    Context, ControlOperation, ControlRequest, ControlTarget, Request, RoleName, ToolKind,
};

use crate::draw::{Draw, Text, join};

use super::super::callers::{Who, tag_list};
use super::super::parts::{Part, SERVICE, Thing, action};
use super::super::scene::{Person, Scene, TagList, tags};

/// Settings that condition keys show, with values, those of a list together; and which operations carry them.
const SETTINGS: [(&str, &[&[&str]], Carriers); 13] = [
    (
        "subnets",
        &[
            &["subnet-0a1b2c3d"],
            &["subnet-0a1b2c3d", "subnet-1111bbbb"],
            &["subnet-0health12"],
        ],
        Carriers::Placed,
    ),
    (
        "securityGroups",
        &[&["sg-0a1b2c3d"], &["sg-0a1b2c3d", "sg-1111bbbb"]],
        Carriers::Placed,
    ),
    (
        "RuntimeAuthorizerType",
        &[&["AWS_IAM"], &["CUSTOM_JWT"]],
        Carriers::Runtime,
    ),
    (
        "GatewayAuthorizerType",
        &[
            &["AWS_IAM"],
            &["CUSTOM_JWT"],
            &["NONE"],
            &["AUTHENTICATE_ONLY"],
        ],
        Carriers::Gateway,
    ),
    ("ProtocolType", &[&["MCP"], &["HTTP"]], Carriers::Gateway),
    (
        "PolicyEngineMode",
        &[&["ENFORCE"], &["LOG_ONLY"]],
        Carriers::Gateway,
    ),
    (
        "KmsKeyArn",
        &[&["arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]],
        Carriers::Memory,
    ),
    (
        "McpTargetConfigurationType",
        &[&["lambda"], &["openApiSchema"], &["mcpServer"]],
        Carriers::Target,
    ),
    (
        "CredentialProviderType",
        &[&["OAUTH"], &["API_KEY"], &["GATEWAY_IAM_ROLE"]],
        Carriers::Target,
    ),
    (
        "CredentialProviderScope",
        &[&["tools/read"], &["tools/read", "tools/invoke"]],
        Carriers::Target,
    ),
    (
        "AllowedRequestHeaders",
        &[&["x-team"], &["x-team", "x-stage"]],
        Carriers::Target,
    ),
    (
        "AllowedQueryParameters",
        &[&["page"], &["page", "size"]],
        Carriers::Target,
    ),
    (
        "PrivateEndpointType",
        &[&["managed"], &["selfManaged"]],
        Carriers::Target,
    ),
];

/// Which operations carry a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carriers {
    /// Those that place something into a network.
    Placed,
    Runtime,
    Gateway,
    Memory,
    Target,
}

/// What an operation is about, among those of the scene.
#[derive(Clone, Copy, Debug)]
enum On {
    Nothing,
    Runtime(usize),
    /// Runtime and the name of the endpoint.
    Endpoint(usize, &'static str),
    Gateway(usize),
    Memory(usize),
    Tool(usize),
}

/// What is asked of the control plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfControl {
    operation: ControlOperation,
    on: On,
    /// Hands over that role, of the caller's account.
    role: Option<usize>,
    /// For each setting which of its values it has, if any.
    settings: [Option<usize>; SETTINGS.len()],
    tags: TagList,
}

impl OfControl {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let mut call = Self {
            operation: ControlOperation::ListAgentRuntimes,
            on: On::Nothing,
            role: None,
            settings: [None; SETTINGS.len()],
            tags: [None, None],
        };
        call.pick(draw, scene);
        call
    }

    /// Draws an operation that the scene has something for, and what it carries.
    fn pick(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let first = draw.below(ControlOperation::ALL.len());
        let count = ControlOperation::ALL.len();
        for at in 0..count {
            self.operation = ControlOperation::ALL[(first + at) % count];
            if let Some(on) = about(draw, scene, self.operation) {
                self.on = on;
                break;
            }
        }
        self.carry(draw);
    }

    fn carry(&mut self, draw: &mut Draw<'_, '_>) {
        self.settings = [None; SETTINGS.len()];
        for (at, (_, values, carriers)) in SETTINGS.iter().enumerate() {
            if carries(self.operation, *carriers) && draw.chance(1, 2) {
                self.settings[at] = Some(draw.below(values.len()));
            }
        }
        self.tags = match is_creation(self.operation) {
            true => tags(draw),
            false => [None, None],
        };
    }

    /// Hands over a role of the caller's account, if the operation takes one.
    pub(crate) fn suit(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, who: &Who) {
        self.role = None;
        if !self.operation.takes_role() || draw.chance(1, 5) {
            return;
        }
        let first = draw.below(scene.roles.len());
        let mut turned = (0..scene.roles.len()).map(|at| (first + at) % scene.roles.len());
        self.role = turned.find(|at| scene.roles[*at].account == who.account);
    }

    /// Makes it an update that hands over a role (AC-259), if the scene has what that needs.
    pub(crate) fn suit_update(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) -> bool {
        let operations = [
            ControlOperation::UpdateAgentRuntime,
            ControlOperation::UpdateGateway,
        ];
        let first = draw.below(2);
        for at in 0..2 {
            let operation = operations[(first + at) % 2];
            if let Some(on) = about(draw, scene, operation) {
                (self.operation, self.on) = (operation, on);
                self.carry(draw);
                return true;
            }
        }
        false
    }

    /// Hands over that role.
    pub(crate) fn hand_over(&mut self, role: usize) {
        self.role = Some(role);
    }

    pub(crate) fn hands_over(&self) -> bool {
        self.role.is_some()
    }

    /// The owner of what it is about; none: nothing is there.
    pub(crate) fn owner(&self, scene: &Scene) -> Option<&'static str> {
        Some(match self.on {
            On::Nothing => return None,
            On::Runtime(at) | On::Endpoint(at, _) => scene.runtimes[at].account,
            On::Gateway(at) => scene.gateways[at].account,
            On::Memory(at) => scene.memories[at].account,
            On::Tool(at) => scene.tools[at].account,
        })
    }

    pub(crate) fn parts(&self, scene: &Scene, caller: &'static str) -> Vec<Part> {
        use ControlOperation as Op;
        let owner = self.owner(scene).unwrap_or(caller);
        let agentcore = |word, id| Thing::agentcore(scene, owner, word, id);
        let things = match self.on {
            On::Nothing => Vec::new(),
            On::Runtime(at) => {
                let runtime = &scene.runtimes[at];
                vec![agentcore("runtime/", runtime.id).tagged(runtime.tags)]
            }
            On::Endpoint(at, name) => {
                let runtime = &scene.runtimes[at];
                let own = agentcore("runtime/", runtime.id).tagged(runtime.tags);
                let listed = runtime.endpoints.iter().find(|d| d.name == name);
                let door = own
                    .part("/runtime-endpoint/", name)
                    .tagged(listed.map_or([None, None], |d| d.tags));
                match self.operation {
                    Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy => {
                        vec![door]
                    }
                    _ => vec![own, door],
                }
            }
            On::Gateway(at) => {
                let gateway = &scene.gateways[at];
                vec![agentcore("gateway/", gateway.id).tagged(gateway.tags)]
            }
            On::Memory(at) => {
                let memory = &scene.memories[at];
                vec![agentcore("memory/", memory.id).tagged(memory.tags)]
            }
            On::Tool(at) => {
                let tool = &scene.tools[at];
                let word = match tool.kind {
                    ToolKind::Browser => "browser-custom/",
                    ToolKind::CodeInterpreter => "code-interpreter-custom/",
                };
                vec![agentcore(word, tool.id).tagged(tool.tags)]
            }
        };
        let actions = vec![action(self.operation.name())];
        let mut parts = vec![Part::new(actions, things, owner).carrying(self.keys())];
        if let Some(role) = self.role {
            let passed = Part::new(
                vec!["iam:PassRole"],
                vec![super::role_thing(scene, role)],
                scene.roles[role].account,
            );
            let service = "bedrock-agentcore.amazonaws.com";
            let passed =
                passed.carrying(vec![("iam:PassedToService".into(), vec![service.into()])]);
            let update = matches!(self.operation, Op::UpdateAgentRuntime | Op::UpdateGateway);
            parts.push(match update {
                // AC-259
                true => passed.doubtful(),
                false => passed,
            });
        }
        parts
    }

    fn keys(&self) -> Vec<(Text, Vec<Text>)> {
        let mut keys = Vec::new();
        for (name, values) in self.chosen() {
            let values = values.iter().map(|v| Text::Borrowed(*v)).collect();
            keys.push((join(&[SERVICE, ":", name]), values));
        }
        keys.extend(super::tag_keys(self.tags));
        keys
    }

    fn chosen(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> + '_ {
        let settings = SETTINGS.iter().zip(&self.settings);
        settings.filter_map(|((name, values, _), which)| Some((*name, values[(*which)?])))
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let mut settings = Context::new();
        for (name, values) in self.chosen() {
            let values = values.iter().map(|v| (*v).to_owned()).collect();
            // The names are different words.
            let _ = settings.insert(name.to_owned(), values);
        }
        let id = |id: &str| id.to_owned();
        Request::Control(ControlRequest {
            operation: self.operation,
            on: match self.on {
                On::Nothing => ControlTarget::Nothing,
                On::Runtime(at) => ControlTarget::Runtime(id(scene.runtimes[at].id)),
                On::Endpoint(at, name) => ControlTarget::RuntimeEndpoint {
                    runtime: id(scene.runtimes[at].id),
                    endpoint: id(name),
                },
                On::Gateway(at) => ControlTarget::Gateway(id(scene.gateways[at].id)),
                On::Memory(at) => ControlTarget::Memory(id(scene.memories[at].id)),
                On::Tool(at) => ControlTarget::Tool(id(scene.tools[at].id)),
            },
            role: self.role.map(|at| {
                let Person { account, name, .. } = scene.roles[at];
                RoleName {
                    account: id(account),
                    name: id(name),
                }
            }),
            settings,
            tags: tag_list(self.tags),
        })
    }

    /// Names an endpoint that does not exist, if it names one.
    pub(crate) fn nowhere(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) -> bool {
        let On::Endpoint(at, name) = &mut self.on else {
            return false;
        };
        let doors = &scene.runtimes[*at].endpoints;
        let free = super::no_name(draw, |name| doors.iter().all(|d| d.name != name));
        *name = free.unwrap_or("nowhere");
        true
    }

    /// Another operation, or other settings.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        match draw.chance(1, 2) {
            true => self.carry(draw),
            false => self.pick(draw, scene),
        }
        if !self.operation.takes_role() {
            self.role = None;
        }
    }
}

fn about(draw: &mut Draw<'_, '_>, scene: &Scene, operation: ControlOperation) -> Option<On> {
    use ControlOperation as Op;
    let some = |draw: &mut Draw<'_, '_>, count: usize, on: fn(usize) -> On| {
        (count > 0).then(|| on(draw.below(count)))
    };
    let endpoint = |draw: &mut Draw<'_, '_>| {
        let runtime = some(draw, scene.runtimes.len(), On::Runtime)?;
        let On::Runtime(at) = runtime else {
            return None;
        };
        let doors = &scene.runtimes[at].endpoints;
        let name = match doors.is_empty() || draw.chance(1, 3) {
            true => "DEFAULT",
            false => doors[draw.below(doors.len())].name,
        };
        Some(On::Endpoint(at, name))
    };
    let tool = |kind: ToolKind| {
        scene
            .tools
            .iter()
            .position(|t| t.kind == kind)
            .map(On::Tool)
    };
    match operation {
        Op::CreateAgentRuntime
        | Op::ListAgentRuntimes
        | Op::ListAgentRuntimeEndpoints
        | Op::CreateGateway
        | Op::ListGateways
        | Op::CreateMemory
        | Op::ListMemories
        | Op::CreateBrowser
        | Op::CreateCodeInterpreter => Some(On::Nothing),
        Op::GetAgentRuntime
        | Op::UpdateAgentRuntime
        | Op::DeleteAgentRuntime
        | Op::CreateAgentRuntimeEndpoint => some(draw, scene.runtimes.len(), On::Runtime),
        Op::GetAgentRuntimeEndpoint
        | Op::UpdateAgentRuntimeEndpoint
        | Op::DeleteAgentRuntimeEndpoint => endpoint(draw),
        Op::GetGateway
        | Op::UpdateGateway
        | Op::DeleteGateway
        | Op::CreateGatewayTarget
        | Op::UpdateGatewayTarget => some(draw, scene.gateways.len(), On::Gateway),
        Op::DeleteBrowser => tool(ToolKind::Browser),
        Op::DeleteCodeInterpreter => tool(ToolKind::CodeInterpreter),
        Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy => {
            let first = draw.below(4);
            let mut kinds = (0..4).map(|at| match (first + at) % 4 {
                0 => some(draw, scene.runtimes.len(), On::Runtime),
                1 => endpoint(draw),
                2 => some(draw, scene.gateways.len(), On::Gateway),
                _ => some(draw, scene.memories.len(), On::Memory),
            });
            kinds.find_map(|on| on)
        }
    }
}

fn carries(operation: ControlOperation, carriers: Carriers) -> bool {
    use ControlOperation as Op;
    let operations: &[Op] = match carriers {
        Carriers::Placed => &[
            Op::CreateAgentRuntime,
            Op::UpdateAgentRuntime,
            Op::CreateBrowser,
            Op::CreateCodeInterpreter,
        ],
        Carriers::Runtime => &[Op::CreateAgentRuntime, Op::UpdateAgentRuntime],
        Carriers::Gateway => &[Op::CreateGateway, Op::UpdateGateway],
        Carriers::Memory => &[Op::CreateMemory],
        Carriers::Target => &[Op::CreateGatewayTarget, Op::UpdateGatewayTarget],
    };
    operations.contains(&operation)
}

fn is_creation(operation: ControlOperation) -> bool {
    operation.name().starts_with("Create")
}
