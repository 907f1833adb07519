//! JSON Schemas of what people and programs write and read, made from the types that read them.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, schema_for};
use veriam_model::{Call, CallCase, Outcome, PolicyText, PolicyType, Put, World};
use veriam_reports::{Kind, RECORD_SCHEMA, Record, Signature};

use crate::case_file::{CASE_SCHEMA, Origin};
use crate::laws::LAW_CASE_SCHEMA;
use crate::protocol::{AnswerLine, Hello};

/// Something with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemaName {
    /// A call and its world.
    Call,
    /// What becomes of a call.
    Outcome,
    /// A stored case.
    Case,
    /// A line of a run's records.
    Record,
    /// A stored broken law.
    Law,
    /// The first line of a program that speaks the line protocol.
    ProtocolHello,
    /// A request to it.
    ProtocolRequest,
    /// An answer of it.
    ProtocolAnswer,
}

impl SchemaName {
    /// Every schema.
    pub const ALL: [SchemaName; 8] = [
        SchemaName::Call,
        SchemaName::Outcome,
        SchemaName::Case,
        SchemaName::Record,
        SchemaName::Law,
        SchemaName::ProtocolHello,
        SchemaName::ProtocolRequest,
        SchemaName::ProtocolAnswer,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SchemaName::Call => "call",
            SchemaName::Outcome => "outcome",
            SchemaName::Case => "case",
            SchemaName::Record => "record",
            SchemaName::Law => "law",
            SchemaName::ProtocolHello => "protocol-hello",
            SchemaName::ProtocolRequest => "protocol-request",
            SchemaName::ProtocolAnswer => "protocol-answer",
        }
    }

    /// What it describes, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            SchemaName::Call => "A call and its world, as `veriam explain` reads them",
            SchemaName::Outcome => "What becomes of a call",
            SchemaName::Case => "A stored divergence (veriam.case/1)",
            SchemaName::Law => "A stored broken law (veriam.law/1)",
            SchemaName::Record => "A line of `veriam run --records` (veriam.record/1)",
            SchemaName::ProtocolHello => {
                "The first line of a target that is a program (veriam.protocol/1)"
            }
            SchemaName::ProtocolRequest => {
                "A request to a target that is a program (veriam.protocol/1)"
            }
            SchemaName::ProtocolAnswer => {
                "An answer of a target that is a program (veriam.protocol/1)"
            }
        }
    }

    /// The schema with that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|n| n.name() == name)
    }

    /// The schema, JSON text with a line feed at its end.
    #[must_use]
    pub fn text(self) -> String {
        let mut schema: Schema = match self {
            SchemaName::Call => schema_for!(CallCase),
            SchemaName::Outcome => schema_for!(Outcome),
            SchemaName::Case => schema_for!(CaseLine),
            SchemaName::Record => schema_for!(RecordLine),
            SchemaName::Law => schema_for!(LawLine),
            SchemaName::ProtocolHello => schema_for!(Hello),
            SchemaName::ProtocolRequest => schema_for!(RequestLine),
            SchemaName::ProtocolAnswer => schema_for!(AnswerLine),
        };
        schema.insert("title".to_owned(), self.title().into());
        let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// A stored case, member by member; it is read by hand for the places of its faults.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct CaseLine {
    /// The version tag.
    #[schemars(extend("const" = CASE_SCHEMA))]
    schema: String,
    signature: Signature,
    origin: Origin,
    /// The readings both judges were asked under that differ from the default, as `ID=reading`.
    dialect: Vec<String>,
    /// The documented reply, for rows that have one.
    documented: Option<Kind>,
    /// A check on the wire (docs/check.md). A case holds this, or a document, or a world and a call, or a put.
    check: Option<serde_json::Map<String, serde_json::Value>>,
    /// A policy document.
    document: Option<Document>,
    /// The world of a call.
    world: Option<World>,
    /// The call.
    call: Option<Call>,
    /// A resource-based policy to be stored.
    put: Option<Put>,
}

/// A stored broken law, member by member.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct LawLine {
    /// The version tag.
    #[schemars(extend("const" = LAW_CASE_SCHEMA))]
    schema: String,
    /// What kind it is: the target, the law, its replies before and after the change, the rules it turns on.
    signature: Signature,
    origin: Origin,
    /// The readings the target was asked under that differ from the default, as `ID=reading`.
    dialect: Vec<String>,
    /// The case before the change, shrunk.
    original: Asked,
    /// The case after it.
    changed: Asked,
}

/// One side of a broken law: a check on the wire (docs/check.md), or a world and a call.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct Asked {
    /// A check on the wire.
    check: Option<serde_json::Map<String, serde_json::Value>>,
    /// The world of a call.
    world: Option<World>,
    /// The call.
    call: Option<Call>,
}

/// A policy document and the type it is meant for.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct Document {
    #[schemars(rename = "type")]
    policy_type: PolicyType,
    text: PolicyText,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct RecordLine {
    /// The version tag.
    #[schemars(extend("const" = RECORD_SCHEMA))]
    schema: String,
    record: Record,
}

/// A request: a check, a document, a call in its world, or a put.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    clippy::large_enum_variant,
    reason = "only its shape matters"
)]
#[schemars(untagged)]
enum RequestLine {
    Check(CheckRequest),
    Document(DocumentRequest),
    Call(CallRequest),
    Put(PutRequest),
}

/// A check (docs/check.md). Every member is there; a policy that is not is null.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct CheckRequest {
    /// To be echoed in the answer.
    id: String,
    /// Identity-based policies, each a string that holds its text.
    identity_policies: Vec<String>,
    resource_policy: Option<String>,
    boundary: Option<String>,
    session_policy: Option<String>,
    /// Service control policies by level, from the organization's root down to the account.
    scps: Vec<Vec<String>>,
    /// Resource control policies by level, likewise.
    rcps: Vec<Vec<String>>,
    endpoint_policy: Option<String>,
    principal: PrincipalMember,
    resource: ResourceMember,
    /// `service:Name`
    action: String,
    /// Context keys and their values.
    context: BTreeMap<String, Vec<String>>,
    facts: Vec<FactName>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct PrincipalMember {
    arn: String,
    account: Option<String>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct ResourceMember {
    arn: String,
    account: String,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(rename_all = "snake_case")]
enum FactName {
    PrincipalInManagementAccount,
    ResourceInManagementAccount,
    ServiceLinkedRole,
}

/// Is this document valid?
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct DocumentRequest {
    /// To be echoed in the answer.
    id: String,
    document: DocumentMember,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct DocumentMember {
    /// What it is meant to be attached to.
    r#type: PolicyType,
    /// Its text, which need not be JSON.
    text: String,
}

/// What becomes of this call in that world?
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct CallRequest {
    /// To be echoed in the answer.
    id: String,
    world: World,
    call: Call,
}

/// Is this resource-based policy stored?
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(deny_unknown_fields)]
struct PutRequest {
    /// To be echoed in the answer.
    id: String,
    put: Put,
}
