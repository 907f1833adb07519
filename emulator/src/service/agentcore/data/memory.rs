//! Requests to memories.

use serde_json::Value;
use veriam_model::{MemoryOperation, MemoryRequest, Request, Tags, World};

use super::super::{Route, text};
use super::{own, tags};
use crate::service::Asked;
use crate::settings::mistaken;
use crate::wire::Fault;

/// What a request to a memory asks for.
pub(super) fn request(
    world: &World,
    asked: &Asked<'_>,
    route: &Route,
    body: &Value,
    operation: MemoryOperation,
) -> Result<Request, Fault> {
    use MemoryOperation as Op;
    let sent = route.var("memoryId");
    let named = own(world, sent, "memory/");
    let id = named.map_or(sent, |(_, id)| id);
    let found = world
        .memory(id)
        .filter(|memory| named.is_none_or(|(account, _)| account == memory.account));
    if found.is_none() {
        return Err(Fault::new(
            404,
            "ResourceNotFoundException",
            "Memory not found.",
        ));
    }
    let query = asked.query();
    let job = body.get("extractionJob").unwrap_or(&Value::Null);
    let of = |member: &str| {
        let path = Some(route.var(member)).filter(|value| !value.is_empty());
        path.or_else(|| text(body, member))
            .or_else(|| text(job, member))
            .map(str::to_owned)
    };
    let takes = |members: &[Op]| members.contains(&operation);
    let (by_session, job_start) = (
        [
            Op::CreateEvent,
            Op::GetEvent,
            Op::DeleteEvent,
            Op::ListEvents,
            Op::StartMemoryExtractionJob,
        ],
        [Op::StartMemoryExtractionJob],
    );
    let extraction = body.get("extractionConfig").unwrap_or(&Value::Null);
    let queries = [Op::ListMemoryRecords, Op::RetrieveMemoryRecords];
    let actor = takes(&by_session) || operation == Op::ListSessions;
    let strategy = match operation {
        Op::RetrieveMemoryRecords => {
            let criteria = body.get("searchCriteria").unwrap_or(&Value::Null);
            text(criteria, "memoryStrategyId").map(str::to_owned)
        }
        Op::ListMemoryRecords => of("memoryStrategyId"),
        _ if takes(&job_start) => of("strategyId"),
        _ => None,
    };
    let namespace = match operation {
        Op::GetMemoryRecord | Op::DeleteMemoryRecord => query.get("namespace").cloned(),
        Op::BatchCreateMemoryRecords | Op::BatchUpdateMemoryRecords => namespace_of_records(body),
        _ if takes(&queries) && mistaken!(asked.planted, NamespaceFromPath) => of("namespacePath"),
        _ if takes(&queries) => of("namespace"),
        _ => None,
    };
    let (actor_id, session_id) = if mistaken!(asked.planted, ActorAndSessionSwapped) {
        ("sessionId", "actorId")
    } else {
        ("actorId", "sessionId")
    };
    Ok(Request::Memory(MemoryRequest {
        operation,
        memory: id.to_owned(),
        by_arn: named.is_some(),
        actor: actor.then(|| of(actor_id)).flatten(),
        session: takes(&by_session).then(|| of(session_id)).flatten(),
        strategy,
        namespace,
        namespace_path: takes(&queries).then(|| of("namespacePath")).flatten(),
        namespace_variables: if operation == Op::CreateEvent {
            tags(extraction, "namespaceVariables")?
        } else {
            Tags::new()
        },
    }))
}

/// The one namespace of the records of a batch; none where there is none or there are several, which one call of the
/// model cannot say.
fn namespace_of_records(body: &Value) -> Option<String> {
    let records = body.get("records")?.as_array()?;
    let all = records
        .iter()
        .filter_map(|record| record.get("namespaces")?.as_array())
        .flatten();
    let mut names = all.filter_map(Value::as_str);
    let first = names.next()?;
    names.all(|name| name == first).then(|| first.to_owned())
}
