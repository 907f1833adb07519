//! Facts that AWS publishes, as tables. Nothing here decides anything.

pub mod agentcore;
mod grammar;
mod keys;
mod quotas;
mod services;

pub use grammar::STATEMENT_ELEMENTS;
pub use keys::{
    CONTEXT_KEYS, ContextKey, Presence, SYSTEM_IDENTIFIER_KEYS, ValueType, context_key,
};
pub use quotas::{QUOTAS, Quota};
pub use services::{PARTITIONS, RCP_SERVICES, TYPED_ARN_SERVICES};
