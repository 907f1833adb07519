//! Requests to a browser or a code interpreter (readings, 6.9).

use veriam_model::{Call, Malformed, ToolOperation, ToolRequest, World};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::ac;

/// Asks for the action named like the operation, on the tool that is addressed.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w ToolRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let scene = Scene::of(world, call)?;
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    let name = request.operation.name();
    // AC-056: of the two types that the reference stars the one addressed counts.
    let ask = match &request.tool {
        Some(id) => {
            let tool = known(world.tool(id), "call.request.tool.tool", id)?;
            let owner = Owner::of(&scene, &tool.account, "tool.account")?;
            let arn = arns::tool(world, &tool.account, tool.kind, &tool.id);
            Ask::agentcore(name, arn, owner).tags(Some(&tool.tags))
        }
        None => {
            // AC-245: a resource of AWS is nobody's account, and no account is crossed to reach it.
            log.step(&[ac(245)], || {
                "the tool is AWS's own: it counts as the caller's, and has neither policy nor tags"
                    .to_owned()
            });
            let arn = arns::aws_tool(world, request.operation.kind());
            Ask::agentcore(name, arn, Owner::Aws)
        }
    };
    // AC-015: how the ARN is written. AC-243: sessions have none. AC-005: nor does a tool have a policy. AC-244: no
    // keys of the service either.
    let rules = [ac(5), ac(15), ac(56), ac(243), ac(244)];
    log.step(&rules, || {
        let resource = &ask.pair.resource;
        format!("{name} is checked on the tool, {resource}, which has no policy of its own")
    });
    let is_stream = matches!(
        request.operation,
        ToolOperation::ConnectBrowserAutomationStream | ToolOperation::ConnectBrowserLiveViewStream
    );
    if is_stream {
        // AC-057: the reference has no resource type for streams; the examples of the guide have.
        log.step(&[ac(57)], || {
            "streams are checked on the browser, as the guide's examples scope them".to_owned()
        });
    }
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::EveryPair,
    }))
}
