//! Workload identities and credential providers: what makes, reads, lists and removes them. The model has no requests for
//! these; each asks for its action on the thing and on the directory or vault that holds it, as the reference lists them
//! (`model/facts/actions.toml`), and lists on every thing of their kind.

mod show;

use serde_json::{Value, json};
use veriam_evaluator::{On, Operation, Passes};
use veriam_model::{Provider, ProviderKind, Tags, WorkloadIdentity, World};

use super::data::tags;
use super::{Route, body, may, signed, text};
use crate::service::{Asked, Core, account};
use crate::state::resource_arn;
use crate::wire::{Answer, Fault};

/// What an operation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Workload,
    Provider(ProviderKind),
}

const KINDS: [(&str, &str, Kind); 4] = [
    ("WorkloadIdentity", "WorkloadIdentities", Kind::Workload),
    (
        "ApiKeyCredentialProvider",
        "ApiKeyCredentialProviders",
        Kind::Provider(ProviderKind::ApiKey),
    ),
    (
        "Oauth2CredentialProvider",
        "Oauth2CredentialProviders",
        Kind::Provider(ProviderKind::Oauth2),
    ),
    (
        "PaymentCredentialProvider",
        "PaymentCredentialProviders",
        Kind::Provider(ProviderKind::Payment),
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Get,
    Update,
    Delete,
    List,
}

const VERBS: [(&str, Verb); 5] = [
    ("Create", Verb::Create),
    ("Get", Verb::Get),
    ("Update", Verb::Update),
    ("Delete", Verb::Delete),
    ("List", Verb::List),
];

fn operation(name: &str) -> Option<(Verb, Kind)> {
    VERBS.into_iter().find_map(|(word, verb)| {
        let rest = name.strip_prefix(word)?;
        let fits = |(one, many, _): &(&str, &str, Kind)| match verb {
            Verb::List => rest == *many,
            _ => rest == *one,
        };
        let (_, _, kind) = KINDS.into_iter().find(fits)?;
        Some((verb, kind))
    })
}

/// Whether it is an operation of this module.
pub(super) fn serves(name: &str) -> bool {
    operation(name).is_some()
}

/// Answers: whether the caller may, then what becomes of it.
pub(super) fn answer(core: &Core, asked: &Asked<'_>, route: &Route) -> Result<Answer, Fault> {
    let caller = signed(core, asked)?;
    let body = body(asked, route.name)?;
    let Some((verb, kind)) = operation(route.name) else {
        return Err(invalid("The operation is not served."));
    };
    let owner = account(&caller).unwrap_or_default();
    let name = match verb {
        Verb::List => "*",
        _ => name(&body, kind)?,
    };
    let passed = match verb {
        Verb::Create => tags(&body, "tags")?,
        _ => Tags::new(),
    };
    let state = core.read();
    let (place, thing) = arns(state.world(), owner, kind, name);
    let own = found(state.world(), owner, kind, name).cloned();
    drop(state);
    let none = Tags::new();
    let on = |arn, tags| On {
        arn,
        account: owner,
        tags,
    };
    let asks = Operation {
        action: &format!("bedrock-agentcore:{}", route.name),
        on: &[on(&thing, own.as_ref().unwrap_or(&none)), on(&place, &none)],
        passes: Passes::Tags(&passed),
    };
    may(core, asked, &caller, &asks)?;
    let shown = |world: &World| show::one(world, owner, kind, name, &body);
    if verb == Verb::List {
        let state = core.read();
        return Ok(Answer::json(
            200,
            &list(state.world(), owner, kind, asked.now),
        ));
    }
    let mut state = core.write();
    // Asked again: another request may have come between.
    let exists = found(state.world(), owner, kind, name).is_some();
    match (verb, exists) {
        (Verb::Create, true) => Err(taken(kind, name)),
        (Verb::Create, false) => {
            add(state.change(), owner, kind, name, passed);
            Ok(Answer::json(201, &shown(state.world())))
        }
        (_, false) => Err(not_found(name)),
        (Verb::Update | Verb::Delete, true) if is_managed(state.world(), owner, kind, name) => {
            // AC-249
            Err(invalid(
                "WorkloadIdentity is linked to a service and cannot be changed by the caller.",
            ))
        }
        (Verb::Delete, true) => {
            remove(state.change(), owner, kind, name);
            Ok(Answer::empty(204))
        }
        (_, true) => {
            let shown = show::with_times(shown(state.world()), asked.now);
            Ok(Answer::json(200, &shown))
        }
    }
}

/// The ARNs of what holds things of a kind and of the one of that name (AC-248).
fn arns(world: &World, owner: &str, kind: Kind, name: &str) -> (String, String) {
    let (place, word) = match kind {
        Kind::Workload => ("workload-identity-directory/default", "workload-identity"),
        Kind::Provider(kind) => ("token-vault/default", word(kind)),
    };
    let arn = |rest: &str| resource_arn(world, owner, rest);
    (arn(place), arn(&format!("{place}/{word}/{name}")))
}

/// The word for a kind of providers in their ARNs.
pub(super) const fn word(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::ApiKey => "apikeycredentialprovider",
        ProviderKind::Oauth2 => "oauth2credentialprovider",
        ProviderKind::Payment => "paymentcredentialprovider",
    }
}

/// The tags of the thing of that name, if it is there.
fn found<'w>(world: &'w World, owner: &str, kind: Kind, name: &str) -> Option<&'w Tags> {
    match kind {
        Kind::Workload => world.workload_identity(owner, name).map(|w| &w.tags),
        Kind::Provider(kind) => world.provider(owner, kind, name).map(|p| &p.tags),
    }
}

fn is_managed(world: &World, owner: &str, kind: Kind, name: &str) -> bool {
    let found = world.workload_identity(owner, name);
    kind == Kind::Workload && found.is_some_and(|workload| workload.managed)
}

fn add(world: &mut World, owner: &str, kind: Kind, name: &str, tags: Tags) {
    let (account, name) = (owner.to_owned(), name.to_owned());
    match kind {
        Kind::Workload => world.workload_identities.push(WorkloadIdentity {
            account,
            name,
            managed: false,
            tags,
        }),
        Kind::Provider(kind) => world.providers.push(Provider {
            account,
            kind,
            name,
            tags,
        }),
    }
}

fn remove(world: &mut World, owner: &str, kind: Kind, name: &str) {
    match kind {
        Kind::Workload => world
            .workload_identities
            .retain(|w| !(w.account == owner && w.name == name)),
        Kind::Provider(kind) => world
            .providers
            .retain(|p| !(p.account == owner && p.kind == kind && p.name == name)),
    }
}

fn list(world: &World, owner: &str, kind: Kind, now: u64) -> Value {
    let one = |name: &str| show::one(world, owner, kind, name, &Value::Null);
    match kind {
        Kind::Workload => {
            let all = world.workload_identities.iter();
            let own = all.filter(|w| w.account == owner);
            json!({"workloadIdentities": own.map(|w| one(&w.name)).collect::<Vec<_>>()})
        }
        Kind::Provider(kind) => {
            let all = world.providers.iter();
            let own = all.filter(|p| p.account == owner && p.kind == kind);
            let shown = own.map(|p| show::with_times(one(&p.name), now));
            json!({"credentialProviders": shown.collect::<Vec<_>>()})
        }
    }
}

/// The name in a request.
fn name(body: &Value, kind: Kind) -> Result<&str, Fault> {
    let name = text(body, "name").unwrap_or_default();
    let (least, most) = match kind {
        Kind::Workload => (3, 255),
        Kind::Provider(_) => (1, 128),
    };
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if (least..=most).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name);
    }
    Err(invalid(format!(
        "Value at 'name' must be {least} to {most} letters, digits and -_."
    )))
}

/// The refusal of a second thing of a name; workload identities know no conflict.
fn taken(kind: Kind, name: &str) -> Fault {
    let message = format!("{name} already exists.");
    match kind {
        Kind::Workload => invalid(message),
        Kind::Provider(_) => Fault::new(409, "ConflictException", message),
    }
}

fn not_found(name: &str) -> Fault {
    let message = format!("{name} was not found.");
    Fault::new(404, "ResourceNotFoundException", message)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message)
}
