//! Requests to browsers and code interpreters (section 6.9 of the readings).

use std::collections::HashMap;

use veriam_model::{Tags, ToolKind, ToolOperation, ToolRequest};

use super::World;
use super::build::Builder;
use super::carried::Carried;
use super::pairs::{Asked, Pairs, action_of};
use super::parts::Thing;

#[derive(Clone, Debug)]
pub(super) struct Tool {
    pub(super) kind: ToolKind,
    pub(super) itself: Thing,
}

/// The tools that are there without anybody making them (AC-015).
#[derive(Clone, Debug)]
pub(super) struct OfAws {
    browser: Thing,
    code_interpreter: Thing,
}

impl Builder<'_> {
    pub(super) fn tools(&self) -> HashMap<Box<str>, Tool> {
        let tools = self.world.tools.iter().map(|tool| {
            let word = match tool.kind {
                ToolKind::Browser => "browser-custom",
                ToolKind::CodeInterpreter => "code-interpreter-custom",
            };
            let path = format!("{word}/{}", tool.id);
            let built = Tool {
                kind: tool.kind,
                itself: self.thing(&tool.account, &path, &tool.tags),
            };
            (tool.id.as_str().into(), built)
        });
        tools.collect()
    }

    pub(super) fn tools_of_aws(&self) -> OfAws {
        let thing = |path| Thing {
            owner: None,
            ..self.thing("aws", path, &Tags::new())
        };
        OfAws {
            browser: thing("browser/aws.browser.v1"),
            code_interpreter: thing("code-interpreter/aws.codeinterpreter.v1"),
        }
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    request: &'c ToolRequest,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let tool = match &request.tool {
        Some(id) => &world.tools.get(id.as_str())?.itself,
        None => match request.operation.kind() {
            ToolKind::Browser => &world.tools_of_aws.browser,
            ToolKind::CodeInterpreter => &world.tools_of_aws.code_interpreter,
        },
    };
    let action = action(request.operation);
    pairs.push(action, world.target(tool), Carried::Nothing);
    Some(Asked::Pairs)
}

fn action(operation: ToolOperation) -> &'static str {
    action_of!(operation, ToolOperation:
        StartBrowserSession GetBrowserSession ListBrowserSessions StopBrowserSession UpdateBrowserStream
        ConnectBrowserAutomationStream ConnectBrowserLiveViewStream StartCodeInterpreterSession
        GetCodeInterpreterSession ListCodeInterpreterSessions StopCodeInterpreterSession InvokeCodeInterpreter)
}
