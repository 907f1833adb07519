//! What every request tells, and a call need not say.

use super::sending::NAME;
use veriam_model::{ControlOperation, ControlRequest, MemoryOperation, MemoryRequest, Request};

/// Fills in what a request cannot leave out: without it, no request could be sent. The call that is made says so, too.
pub(crate) fn fill(request: &mut Request) {
    match request {
        Request::Control(request) => authorizer(request),
        Request::Memory(request) => event(request),
        Request::AssumeRole(request) => {
            request.session.get_or_insert_with(|| NAME.to_owned());
        }
        _ => {}
    }
}

/// The authorizer of a runtime or gateway: where a request for a runtime names none, that is `AWS_IAM`.
fn authorizer(request: &mut ControlRequest) {
    use ControlOperation as Op;
    let name = match request.operation {
        Op::CreateAgentRuntime | Op::UpdateAgentRuntime => "RuntimeAuthorizerType",
        Op::CreateGateway | Op::UpdateGateway => "GatewayAuthorizerType",
        _ => return,
    };
    // One that is there stays as it is.
    let _ = request.settings.insert(name, vec!["AWS_IAM".to_owned()]);
}

/// Actor and session of events, which are parts of the path.
fn event(request: &mut MemoryRequest) {
    use MemoryOperation as Op;
    let (actor, session) = match request.operation {
        Op::GetEvent | Op::DeleteEvent | Op::ListEvents => (true, true),
        Op::ListSessions => (true, false),
        _ => (false, false),
    };
    if actor {
        request.actor.get_or_insert_with(|| "actor".to_owned());
    }
    if session {
        request.session.get_or_insert_with(|| "session".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::{Context, ControlTarget, Tags};

    #[test]
    fn what_a_call_says_stays_and_what_it_leaves_open_is_filled_in() {
        let control = |operation, settings: Context| {
            let mut request = Request::Control(ControlRequest {
                operation,
                on: ControlTarget::Nothing,
                role: None,
                settings,
                tags: Tags::new(),
            });
            fill(&mut request);
            match request {
                Request::Control(request) => request.settings,
                _ => Context::new(),
            }
        };
        let one = |name: &str, value: &str| {
            let mut context = Context::new();
            let added = context.insert(name, vec![value.to_owned()]);
            added.expect("it is the first");
            context
        };
        use ControlOperation as Op;
        let runtime = one("RuntimeAuthorizerType", "AWS_IAM");
        assert_eq!(control(Op::CreateAgentRuntime, Context::new()), runtime);
        assert_eq!(control(Op::UpdateAgentRuntime, Context::new()), runtime);
        let gateway = one("GatewayAuthorizerType", "AWS_IAM");
        assert_eq!(control(Op::CreateGateway, Context::new()), gateway);
        let jwt = one("gatewayAuthorizerType", "CUSTOM_JWT");
        assert_eq!(control(Op::UpdateGateway, jwt.clone()), jwt);
        assert_eq!(control(Op::GetGateway, Context::new()), Context::new());
    }
}
