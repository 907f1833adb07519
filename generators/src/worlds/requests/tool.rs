//! Requests to browsers and code interpreters.

use veriam_model::{Request, ToolKind, ToolOperation, ToolRequest};

use crate::draw::Draw;

use super::super::parts::{Part, Thing, action};
use super::super::scene::Scene;

/// What is asked of a tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfTool {
    operation: ToolOperation,
    /// None: the one AWS owns.
    tool: Option<usize>,
}

impl OfTool {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let operation = draw.one(ToolOperation::ALL);
        let mut call = Self {
            operation,
            tool: None,
        };
        call.pick(draw, scene);
        call
    }

    /// Picks a tool of the kind the operation is for: one of the world's, or the one AWS owns.
    fn pick(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let fits = |at: &usize| scene.tools[*at].kind == self.operation.kind();
        let own: Vec<usize> = (0..scene.tools.len()).filter(fits).collect();
        self.tool = match own.is_empty() || draw.chance(1, 3) {
            true => None,
            false => Some(own[draw.below(own.len())]),
        };
    }

    /// None: AWS.
    pub(crate) fn owner(&self, scene: &Scene) -> Option<&'static str> {
        self.tool.map(|tool| scene.tools[tool].account)
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let kind = self.operation.kind();
        let own = match self.tool {
            Some(tool) => {
                let tool = &scene.tools[tool];
                let word = match kind {
                    ToolKind::Browser => "browser-custom/",
                    ToolKind::CodeInterpreter => "code-interpreter-custom/",
                };
                Thing::agentcore(scene, tool.account, word, tool.id).tagged(tool.tags)
            }
            None => {
                let (word, id) = match kind {
                    ToolKind::Browser => ("browser/", "aws.browser.v1"),
                    ToolKind::CodeInterpreter => ("code-interpreter/", "aws.codeinterpreter.v1"),
                };
                Thing::agentcore(scene, "aws", word, id)
            }
        };
        let mut part = Part::new(vec![action(self.operation.name())], vec![own], "");
        part.owner = self.owner(scene);
        vec![part]
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        Request::Tool(ToolRequest {
            operation: self.operation,
            tool: self.tool.map(|tool| scene.tools[tool].id.to_owned()),
        })
    }

    /// Another operation or tool.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        if draw.chance(1, 2) {
            self.operation = draw.one(ToolOperation::ALL);
        }
        self.pick(draw, scene);
    }
}
