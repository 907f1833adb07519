//! The keys that a request itself brings along (sections 6.7 and 6.10 to 6.13 of the readings).

use veriam_model::{
    AssumeRoleRequest, ControlRequest, IdentityRequest, MemoryRequest, OtherRequest, Tags,
};

use super::facts::tagged;
use super::key::{CarriedKey, Own, behind};
use super::operation::Passes;
use super::values::Values;

/// The service to which roles are handed over (AC-258).
const SERVICE: &str = "bedrock-agentcore.amazonaws.com";

/// What a pair carries beside the keys of every request.
#[derive(Clone, Copy)]
pub(super) enum Carried<'c> {
    Nothing,
    Memory(&'c MemoryRequest),
    Identity(&'c IdentityRequest),
    Control(&'c ControlRequest),
    /// A role that is handed over.
    Role,
    /// Of a request for a session of a role, what one of its three actions knows.
    NewSession(&'c AssumeRoleRequest, SessionAction),
    Other(&'c OtherRequest),
    /// An operation without request.
    Passed(Passes<'c>),
    /// A memory request whose path is taken for its namespace: a planted mistake.
    #[cfg(feature = "planted-mistakes")]
    MistakenMemory(&'c MemoryRequest),
}

/// What a request for a session of a role asks the policies for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionAction {
    Assume,
    Tag,
    SetSourceIdentity,
}

impl<'c> Carried<'c> {
    /// The values of a key of a service.
    pub(super) fn value(self, key: &CarriedKey) -> Option<Values<'c>> {
        match self {
            Carried::Nothing | Carried::Passed(_) => None,
            Carried::Memory(request) => of_memory(request, &key.own),
            Carried::Identity(request) => of_identity(request, &key.own),
            Carried::Control(request) => {
                let name = behind(PREFIX, &key.name)?;
                let mut settings = request.settings.iter();
                let setting = settings.find(|(n, _)| n.eq_ignore_ascii_case(name));
                setting.map(|(_, values)| Values::Many(values))
            }
            Carried::NewSession(request, action) => of_session(request, action, &key.own),
            Carried::Role => (key.own == Own::PassedToService).then_some(Values::One(SERVICE)),
            Carried::Other(request) => {
                let mut keys = request.keys.iter();
                let carried = keys.find(|(name, _)| name.eq_ignore_ascii_case(&key.name));
                carried.map(|(_, values)| Values::Many(values))
            }
            #[cfg(feature = "planted-mistakes")]
            Carried::MistakenMemory(request) => match key.own {
                Own::Namespace => {
                    let path = request.namespace_path.as_deref();
                    path.map_or_else(
                        || of_memory(request, &key.own),
                        |path| Some(Values::One(path)),
                    )
                }
                _ => of_memory(request, &key.own),
            },
        }
    }

    /// The tags that a request passes (IAM-290).
    pub(super) fn tags(self) -> Option<&'c Tags> {
        match self {
            Carried::Control(request) => Some(&request.tags).filter(|tags| !tags.is_empty()),
            Carried::Passed(Passes::Tags(tags)) => Some(tags).filter(|tags| !tags.is_empty()),
            Carried::NewSession(_, SessionAction::SetSourceIdentity) => None,
            Carried::NewSession(request, _) => Some(&request.tags).filter(|tags| !tags.is_empty()),
            _ => None,
        }
    }

    /// The tags of which a request passes the keys at least.
    pub(super) fn tag_keys(self) -> Option<&'c Tags> {
        match self {
            Carried::Passed(Passes::Keys(tags)) => Some(tags).filter(|tags| !tags.is_empty()),
            _ => self.tags(),
        }
    }
}

/// The prefix of AgentCore's own keys.
pub(super) const PREFIX: &str = "bedrock-agentcore:";

fn of_memory<'c>(request: &'c MemoryRequest, key: &Own) -> Option<Values<'c>> {
    let member = match key {
        Own::ActorId => &request.actor,
        Own::SessionId => &request.session,
        Own::StrategyId => &request.strategy,
        Own::Namespace => &request.namespace,
        Own::NamespacePath => &request.namespace_path,
        Own::NamespaceVariable(name) => {
            return tagged(&request.namespace_variables, name).map(Values::One);
        }
        _ => return None,
    };
    member.as_deref().map(Values::One)
}

fn of_session<'c>(
    request: &'c AssumeRoleRequest,
    action: SessionAction,
    key: &Own,
) -> Option<Values<'c>> {
    use SessionAction as Action;
    let text = match (key, action) {
        (Own::ExternalId, Action::Assume) => &request.external_id,
        (Own::RoleSessionName, Action::Assume) => &request.session,
        (Own::NewSourceIdentity, Action::Assume | Action::SetSourceIdentity) => {
            &request.source_identity
        }
        (Own::TransitiveTagKeys, Action::Assume | Action::Tag) => {
            let keys = &request.transitive;
            return (!keys.is_empty()).then_some(Values::Many(keys));
        }
        _ => return None,
    };
    text.as_deref().map(Values::One)
}

fn of_identity<'c>(request: &'c IdentityRequest, key: &Own) -> Option<Values<'c>> {
    let claims = request.claims.as_ref();
    let listed = |list: &'c Vec<String>| (!list.is_empty()).then_some(Values::Many(list));
    match key {
        Own::UserId => request.user_id.as_deref().map(Values::One),
        Own::ClaimIss => claims.map(|claims| Values::One(&claims.iss)),
        Own::ClaimSub => claims.map(|claims| Values::One(&claims.sub)),
        Own::ClaimClientId => claims?.client_id.as_deref().map(Values::One),
        Own::ClaimAud => listed(&claims?.aud),
        Own::ClaimScope => listed(&claims?.scope),
        _ => None,
    }
}
