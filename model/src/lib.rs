//! The shared vocabulary of Veriam: what a check is, what a decision is, which facts AWS publishes.
//!
//! This crate is data. It holds no function from a pattern, an ARN or an operator to a verdict of any kind,
//! and it takes no ARN apart: the two judges (`veriam-oracle`, `veriam-evaluator`) share these types and
//! tables and nothing else, so that a mistake in one of them cannot hide in the other.
//!
//! * [`Check`]: one (principal, action, resource) question with every policy that counts and its context;
//!   [`Row`]: a check with its documented outcome, a line of a vector file.
//! * [`World`]: accounts, principals, resources, networks and their policies; [`Call`]: one request made in it, raw facts
//!   only; [`Outcome`]: what becomes of it.
//! * [`Put`]: a resource-based policy handed to AgentCore; [`PutOutcome`]: whether it is stored.
//! * [`Case`]: a document, a check, a call or a put, as a run asks about it; [`Profile`]: how large generated ones are.
//! * [`Decision`], [`Answer`]: what a judge says, and how it is written on the wire.
//! * [`PolicyType`], [`PolicyText`], [`PolicySlot`], [`Fault`]: policies travel as text.
//! * [`RuleId`], [`RuleSet`]: the rules an answer cites.
//! * [`Choice`], [`Dialect`]: points the documentation leaves open, with one reading each.
//! * [`facts`]: condition keys, partitions, services, quotas.

mod answer;
mod call;
mod case;
mod check;
mod choice;
pub mod facts;
mod outcome;
mod policy;
mod profile;
mod put;
mod rule;
mod tags;
mod world;

pub use answer::{Answer, Decision, InvalidPolicy, MalformedRequest, Verb};
pub use call::{
    AssumeRoleRequest, Call, Caller, ControlOperation, ControlRequest, ControlTarget,
    FederatedCaller, GatewayRequest, HarnessOperation, HarnessRequest, IdentityOperation,
    IdentityRequest, InboundClaims, JwtCaller, MemoryOperation, MemoryRequest, OtherRequest, Path,
    Request, RoleName, RootCaller, RuntimeOperation, RuntimeRequest, ServiceCaller, SessionCaller,
    Token, TokenClaims, ToolKind, ToolOperation, ToolRequest, UserCaller,
};
pub use case::{CallCase, Case, CaseKind, DocumentCase};
pub use check::{Check, Context, DuplicateKey, Fact, Principal, Resource, Row, WireError};
pub use choice::{
    ALL_CHOICES, Choice, ChoiceFacts, ChoiceKind, ChoiceSet, Dialect, Reading, ReadingFacts,
    UnknownReading, choice_facts, readings,
};
pub use outcome::{Denial, DenialKind, InvalidCall, Outcome, Pair, PolicyTypes, Rejection};
pub use policy::{Fault, ParsePolicyTypeError, PolicySlot, PolicyText, PolicyType};
pub use profile::Profile;
pub use put::{Put, PutError, PutOutcome, PutPlace, PutRefusal};
pub use rule::{Book, ParseRuleIdError, RuleId, RuleSet};
pub use tags::{DuplicateTag, Tags};
pub use world::{
    Account, Authorizer, EngineMode, Gateway, GatewayAuthorizer, Harness, HarnessEndpoint,
    Identity, Malformed, Membership, Memory, Names, Network, OtherPolicyType, OtherResource,
    PolicyPlace, Provider, ProviderKind, Runtime, RuntimeEndpoint, TokenRules, Tool,
    WorkloadIdentity, World,
};
