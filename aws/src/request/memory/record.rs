//! Requests for records of memories.

use aws_sdk_bedrockagentcore::types::{
    MemoryContent, MemoryRecordCreateInput, MemoryRecordDeleteInput, MemoryRecordUpdateInput,
    SearchCriteria,
};
use veriam_model::{MemoryOperation, MemoryRequest};

use super::super::Unsent;
use super::super::sending::{Sending, answered, made};
use crate::raw::Raw;

/// A record in the form of the service.
const RECORD: &str = "mem-00000000-0000-0000-0000-000000000000";

pub(super) async fn send(
    sending: &Sending<'_>,
    request: &MemoryRequest,
    id: String,
) -> Result<Raw, Unsent> {
    use MemoryOperation as Op;
    let core = sending.core();
    let namespace = request.namespace.clone();
    match request.operation {
        Op::GetMemoryRecord => answered(
            core.get_memory_record()
                .memory_id(id)
                .memory_record_id(RECORD)
                .set_namespace(namespace)
                .send()
                .await,
        ),
        Op::DeleteMemoryRecord => answered(
            core.delete_memory_record()
                .memory_id(id)
                .memory_record_id(RECORD)
                .set_namespace(namespace)
                .send()
                .await,
        ),
        Op::RetrieveMemoryRecords => {
            let criteria = SearchCriteria::builder()
                .search_query("hello")
                .set_memory_strategy_id(request.strategy.clone());
            answered(
                core.retrieve_memory_records()
                    .memory_id(id)
                    .set_namespace(namespace)
                    .set_namespace_path(request.namespace_path.clone())
                    .search_criteria(made(criteria.build())?)
                    .send()
                    .await,
            )
        }
        Op::BatchCreateMemoryRecords => {
            let record = MemoryRecordCreateInput::builder()
                .request_identifier("veriam")
                .set_namespaces(Some(namespace.into_iter().collect()))
                .content(MemoryContent::Text("hello".to_owned()))
                .timestamp(sending.at);
            answered(
                core.batch_create_memory_records()
                    .memory_id(id)
                    .records(made(record.build())?)
                    .client_token(&sending.token)
                    .send()
                    .await,
            )
        }
        Op::BatchUpdateMemoryRecords => {
            let namespaces = namespace.map(|namespace| vec![namespace]);
            let record = MemoryRecordUpdateInput::builder()
                .memory_record_id(RECORD)
                .timestamp(sending.at)
                .set_namespaces(namespaces);
            answered(
                core.batch_update_memory_records()
                    .memory_id(id)
                    .records(made(record.build())?)
                    .send()
                    .await,
            )
        }
        Op::BatchDeleteMemoryRecords => {
            let record = MemoryRecordDeleteInput::builder().memory_record_id(RECORD);
            answered(
                core.batch_delete_memory_records()
                    .memory_id(id)
                    .records(made(record.build())?)
                    .send()
                    .await,
            )
        }
        _ => answered(
            core.list_memory_records()
                .memory_id(id)
                .set_namespace(namespace)
                .set_namespace_path(request.namespace_path.clone())
                .set_memory_strategy_id(request.strategy.clone())
                .send()
                .await,
        ),
    }
}
