//! STS: who the caller is, and sessions.

mod assume;

use veriam_evaluator::Policy;
use veriam_model::{Caller, FederatedCaller, PolicyText, PolicyType, Tags, Token, UserCaller};

use super::query::Query;
use crate::auth::date;
use crate::state::{Issued, Kind, TooManyKeys, principal_arn};
use crate::wire::{Fault, xml};

/// Answers: the XML inside the result.
pub(super) fn answer(query: &Query<'_>) -> Result<Option<String>, Fault> {
    match query.action {
        "GetCallerIdentity" => Ok(Some(identity(query))),
        "AssumeRole" => assume::role(query).map(Some),
        "GetFederationToken" => federation_token(query).map(Some),
        "GetSessionToken" => session_token(query).map(Some),
        _ => Err(query.unknown()),
    }
}

/// Nobody needs a permission for this.
fn identity(query: &Query<'_>) -> String {
    let state = query.core.read();
    let world = state.world();
    let arn = principal_arn(world, query.caller);
    let id = |kind, account: &str, name: &str| {
        state
            .identity(kind, account, name)
            .map_or("", |i| &i.id)
            .to_owned()
    };
    let user_id = match query.caller {
        Caller::User(user) => id(Kind::User, &user.account, &user.name),
        Caller::Session(s) => format!("{}:{}", id(Kind::Role, &s.account, &s.role), s.session),
        Caller::Federated(s) => format!("{}:{}", s.account, s.user),
        _ => query.account.to_owned(),
    };
    [
        xml::leaf("Arn", &arn),
        xml::leaf("UserId", &user_id),
        xml::leaf("Account", query.account),
    ]
    .concat()
}

fn federation_token(query: &Query<'_>) -> Result<String, Fault> {
    let Caller::User(user) = query.caller else {
        return Err(Fault::new(
            403,
            "AccessDenied",
            "GetFederationToken is for users, with their access keys, here.",
        ));
    };
    if user.token.is_some() {
        return Err(Fault::new(
            403,
            "AccessDenied",
            "Cannot call GetFederationToken with session credentials",
        ));
    }
    let name = query.form.need("Name")?;
    if name != user.name {
        let message =
            "This emulator names a federated user like the user who asks: write that name.";
        return Err(Fault::new(400, "ValidationError", message));
    }
    let lasts = duration(query, 900, 129_600, 43_200)?;
    let caller = Caller::Federated(FederatedCaller {
        account: user.account.clone(),
        user: user.name.clone(),
        token: Token {
            issued: query.asked.now,
            mfa: None,
        },
        policy: session_policy(query)?,
        tags: tags(query)?,
    });
    let arn = principal_arn(query.core.read().world(), &caller);
    query.may("sts", &arn)?;
    let shown =
        xml::leaf("FederatedUserId", &format!("{}:{name}", user.account)) + &xml::leaf("Arn", &arn);
    Ok(credentials(query, caller, lasts)? + &xml::node("FederatedUser", &shown))
}

/// Nobody needs a permission for this. A token code of six digits counts as MFA; no device is asked.
fn session_token(query: &Query<'_>) -> Result<String, Fault> {
    let lasts = duration(query, 900, 129_600, 43_200)?;
    let token = Token {
        issued: query.asked.now,
        mfa: mfa(query)?,
    };
    let caller = match query.caller {
        Caller::User(UserCaller {
            account,
            name,
            token: None,
        }) => Caller::User(UserCaller {
            account: account.clone(),
            name: name.clone(),
            token: Some(token),
        }),
        _ => {
            let message = "Cannot call GetSessionToken but with the access key of a user.";
            return Err(Fault::new(403, "AccessDenied", message));
        }
    };
    credentials(query, caller, lasts)
}

/// When the sender of a request authenticated with MFA: now, with a token code.
fn mfa(query: &Query<'_>) -> Result<Option<u64>, Fault> {
    let code = query.form.get("TokenCode");
    if code.is_some_and(|code| code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Fault::new(
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code.",
        ));
    }
    Ok(code.map(|_| query.asked.now))
}

/// Makes credentials and shows them.
fn credentials(query: &Query<'_>, caller: Caller, lasts: u64) -> Result<String, Fault> {
    passing_credentials(query, caller, Vec::new(), lasts)
}

/// Makes credentials of a session whose tags of those keys pass on, and shows them.
fn passing_credentials(
    query: &Query<'_>,
    caller: Caller,
    transitive: Vec<String>,
    lasts: u64,
) -> Result<String, Fault> {
    let now = query.asked.now;
    let expires = now.saturating_add(lasts);
    let mut state = query.core.write();
    let issued = state.issue_passing(caller, transitive, now, Some(expires));
    let Issued { id, secret, token } = issued.map_err(|TooManyKeys| {
        Fault::new(
            400,
            "Throttling",
            "There are too many access keys and sessions.",
        )
    })?;
    let token = token.as_ref().map_or("", crate::Secret::reveal);
    let inner = [
        xml::leaf("AccessKeyId", &id),
        xml::leaf("SecretAccessKey", secret.reveal()),
        xml::leaf("SessionToken", token),
        xml::leaf("Expiration", &date::iso(expires)),
    ];
    Ok(xml::node("Credentials", &inner.concat()))
}

fn duration(query: &Query<'_>, least: u64, most: u64, default: u64) -> Result<u64, Fault> {
    let Some(text) = query.form.get("DurationSeconds") else {
        return Ok(default);
    };
    let read: Option<u64> = text.parse().ok();
    read.filter(|seconds| (least..=most).contains(seconds))
        .ok_or_else(|| {
            let message = format!("DurationSeconds must be a number from {least} to {most}.");
            Fault::new(400, "ValidationError", message)
        })
}

/// The one session policy of a request: its own, or a managed one. Several of them are refused.
fn session_policy(query: &Query<'_>) -> Result<Option<PolicyText>, Fault> {
    let arns = query.form.list("PolicyArns", ".arn");
    let inline = query.form.get("Policy").map(PolicyText::new);
    let mut all: Vec<PolicyText> = inline.into_iter().collect();
    for arn in arns {
        let state = query.core.read();
        let managed = state.managed(&arn).map(|managed| managed.text.clone());
        let missing = || {
            Fault::new(
                400,
                "MalformedPolicyDocument",
                format!("{arn} is no managed policy."),
            )
        };
        all.push(managed.ok_or_else(missing)?);
    }
    if all.len() > 1 {
        let message = "This emulator takes one session policy: Policy, or one of PolicyArns.";
        return Err(Fault::new(400, "ValidationError", message));
    }
    let Some(text) = all.pop() else {
        return Ok(None);
    };
    let parsed = Policy::parse(PolicyType::Session, text.as_str());
    parsed.map_err(|error| Fault::new(400, "MalformedPolicyDocument", error.to_string()))?;
    Ok(Some(text))
}

fn tags(query: &Query<'_>) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    for (key, value) in query.form.pairs("Tags", "Key", "Value")? {
        let added = tags.insert(key, value);
        added.map_err(|error| Fault::new(400, "ValidationError", error.to_string()))?;
    }
    Ok(tags)
}

fn session_name(name: &str) -> Result<&str, Fault> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    if (2..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name);
    }
    let message = "A session name or source identity has 2 to 64 letters, digits and +=,.@_-";
    Err(Fault::new(400, "ValidationError", message))
}
