//! Requests to memories.

mod record;

use aws_sdk_bedrockagentcore::types::{
    Content, Conversational, ExtractionConfig, ExtractionJob, PayloadType, Role,
};
use veriam_model::{MemoryOperation, MemoryRequest};

use super::Unsent;
use super::sending::{DESCRIPTION, Sending, answered, known, made, unsupported};
use crate::raw::Raw;

/// An event in the form of the service.
const EVENT: &str = "0000001700000000000#00000000";

pub(super) async fn send(sending: &Sending<'_>, request: &MemoryRequest) -> Result<Raw, Unsent> {
    use MemoryOperation as Op;
    let memory = known(sending.world.memory(&request.memory))?;
    let id = if request.by_arn {
        sending.arn(&memory.account, &format!("memory/{}", memory.id))
    } else {
        memory.id.clone()
    };
    let control = sending.control();
    let core = sending.core();
    match request.operation {
        Op::GetMemory => answered(control.get_memory().memory_id(id).send().await),
        Op::UpdateMemory => answered(
            control
                .update_memory()
                .memory_id(id)
                .description(DESCRIPTION)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::DeleteMemory => answered(
            control
                .delete_memory()
                .memory_id(id)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::CreateEvent
        | Op::GetEvent
        | Op::DeleteEvent
        | Op::ListEvents
        | Op::ListActors
        | Op::ListSessions => event(sending, request, id).await,
        Op::StartMemoryExtractionJob => {
            // The job that failed is all that the API has a member for.
            let said = [&request.actor, &request.session, &request.strategy];
            if said.into_iter().any(Option::is_some) {
                return unsupported(
                    "extraction jobs by actor, session or strategy: requests name the job only",
                );
            }
            let job = ExtractionJob::builder().job_id("job-0000000000").build();
            answered(
                core.start_memory_extraction_job()
                    .memory_id(id)
                    .extraction_job(made(job)?)
                    .client_token(&sending.token)
                    .send()
                    .await,
            )
        }
        Op::ListMemoryExtractionJobs => answered(
            core.list_memory_extraction_jobs()
                .memory_id(id)
                .send()
                .await,
        ),
        Op::GetMemoryRecord
        | Op::ListMemoryRecords
        | Op::RetrieveMemoryRecords
        | Op::DeleteMemoryRecord
        | Op::BatchCreateMemoryRecords
        | Op::BatchUpdateMemoryRecords
        | Op::BatchDeleteMemoryRecords => record::send(sending, request, id).await,
    }
}

async fn event(sending: &Sending<'_>, request: &MemoryRequest, id: String) -> Result<Raw, Unsent> {
    use MemoryOperation as Op;
    let core = sending.core();
    let actor = || part_of_path(request.actor.as_deref(), Part::Actor);
    let session = || part_of_path(request.session.as_deref(), Part::Session);
    match request.operation {
        Op::GetEvent => answered(
            core.get_event()
                .memory_id(id)
                .actor_id(actor()?)
                .session_id(session()?)
                .event_id(EVENT)
                .send()
                .await,
        ),
        Op::DeleteEvent => answered(
            core.delete_event()
                .memory_id(id)
                .actor_id(actor()?)
                .session_id(session()?)
                .event_id(EVENT)
                .send()
                .await,
        ),
        Op::ListEvents => answered(
            core.list_events()
                .memory_id(id)
                .actor_id(actor()?)
                .session_id(session()?)
                .send()
                .await,
        ),
        Op::ListSessions => answered(
            core.list_sessions()
                .memory_id(id)
                .actor_id(actor()?)
                .send()
                .await,
        ),
        Op::ListActors => answered(core.list_actors().memory_id(id).send().await),
        _ => create_event(sending, request, id).await,
    }
}

async fn create_event(
    sending: &Sending<'_>,
    request: &MemoryRequest,
    id: String,
) -> Result<Raw, Unsent> {
    let said = Conversational::builder()
        .role(Role::User)
        .content(Content::Text("hello".to_owned()))
        .build();
    let mut variables = request.namespace_variables.iter().peekable();
    let config = variables.peek().is_some().then(|| {
        let config = ExtractionConfig::builder();
        variables
            .fold(config, |config, (name, value)| {
                config.namespace_variables(name, value)
            })
            .build()
    });
    answered(
        sending
            .core()
            .create_event()
            .memory_id(id)
            .set_actor_id(request.actor.clone())
            .set_session_id(request.session.clone())
            .event_timestamp(sending.at)
            .payload(PayloadType::Conversational(made(said)?))
            .set_extraction_config(config)
            .client_token(&sending.token)
            .send()
            .await,
    )
}

/// What stands in the path of a request about events.
#[derive(Clone, Copy)]
enum Part {
    Actor,
    Session,
}

fn part_of_path(value: Option<&str>, part: Part) -> Result<&str, Unsent> {
    match (value, part) {
        // Signers and proxies take these for steps of the path.
        (Some("." | ".."), _) => unsupported("memory requests with dots as a part of the path"),
        (Some(value), _) if !value.is_empty() => Ok(value),
        (_, Part::Actor) => {
            unsupported("memory requests without an actor, which is a part of the path")
        }
        (_, Part::Session) => {
            unsupported("memory requests without a session, which is a part of the path")
        }
    }
}
