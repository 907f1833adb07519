//! Sessions of roles.

use veriam_model::{
    AssumeRoleRequest, Caller, Request, RoleName, SessionCaller, Tags, Token, UserCaller,
};

use super::{duration, mfa, passing_credentials, session_name, session_policy, tags};
use crate::service::query::Query;
use crate::state::{Kind, identity_arn, principal_arn};
use crate::wire::{Fault, xml};

/// Answers `AssumeRole`.
pub(super) fn role(query: &Query<'_>) -> Result<String, Fault> {
    let form = query.form;
    let (arn, session) = (
        form.need("RoleArn")?,
        session_name(form.need("RoleSessionName")?)?,
    );
    let lasts = duration(query, 900, 43_200, 3_600)?;
    let policy = session_policy(query)?;
    let passed = tags(query)?;
    let (tags, transitive) = session_tags(query, &passed)?;
    let source_identity = form.get("SourceIdentity").map(session_name).transpose()?;
    let external_id = form.get("ExternalId").map(external_id).transpose()?;
    let (asking, mfa) = authenticated(query)?;
    let state = query.core.read();
    let world = state.world();
    let role = world
        .roles
        .iter()
        .find(|role| identity_arn(world, Kind::Role, role) == arn && role.trust.is_some());
    let role = role.map(|role| (role.account.clone(), role.name.clone(), role.id.clone()));
    let who = principal_arn(world, query.caller);
    drop(state);
    let Some((account, name, id)) = role else {
        // Nobody is told which roles there are.
        let message =
            format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        return Err(Fault::new(403, "AccessDenied", message));
    };
    let role = RoleName {
        account: account.clone(),
        name: name.clone(),
    };
    let request = AssumeRoleRequest {
        role,
        session: Some(session.to_owned()),
        external_id: external_id.map(str::to_owned),
        source_identity: source_identity.map(str::to_owned),
        tags: passed,
        transitive: form.list("TransitiveTagKeys", ""),
    };
    query.decide_for(&asking, Request::AssumeRole(request))?;
    // A session keeps the source identity of the one it was made with.
    let inherited = match query.caller {
        Caller::Session(session) => session.source_identity.clone(),
        _ => None,
    };
    let caller = Caller::Session(SessionCaller {
        account,
        role: name,
        session: session.to_owned(),
        token: Token {
            issued: query.asked.now,
            mfa,
        },
        policy,
        tags,
        source_identity: source_identity.map(str::to_owned).or(inherited),
        provider: None,
    });
    let user = xml::leaf("AssumedRoleId", &format!("{id}:{session}"))
        + &xml::leaf("Arn", &principal_arn(query.core.read().world(), &caller));
    let source =
        source_identity.map_or_else(String::new, |source| xml::leaf("SourceIdentity", source));
    Ok([
        passing_credentials(query, caller, transitive, lasts)?,
        xml::node("AssumedRoleUser", &user),
        source,
    ]
    .concat())
}

/// Who asks, and when with MFA. With a token code the trust policy sees a caller who authenticated just now, as the session
/// does; without one the session is without MFA, whatever the caller's credentials are, since that of an earlier request is
/// not handed on.
fn authenticated(query: &Query<'_>) -> Result<(Caller, Option<u64>), Fault> {
    let denied = |message: &str| Err(Fault::new(403, "AccessDenied", message));
    let mfa = mfa(query)?;
    if mfa.is_some() != query.form.get("SerialNumber").is_some() {
        return denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        );
    }
    match (query.caller, mfa) {
        (caller, None) => Ok((caller.clone(), None)),
        (Caller::User(user), Some(now)) => {
            let token = Token {
                issued: now,
                mfa: Some(now),
            };
            let user = UserCaller {
                token: Some(token),
                ..user.clone()
            };
            Ok((Caller::User(user), mfa))
        }
        // Devices belong to users.
        (_, Some(_)) => {
            denied("MultiFactorAuthentication failed, the caller has no MFA device of that number.")
        }
    }
}

fn external_id(id: &str) -> Result<&str, Fault> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
    if (2..=1_224).contains(&id.len()) && id.bytes().all(fits) {
        return Ok(id);
    }
    let message = "An external id has 2 to 1224 letters, digits and _+=,.@:/-";
    Err(Fault::new(400, "ValidationError", message))
}

/// The tags of the session and the keys of those that pass on: those the request passes, and those that pass on from the
/// caller's session.
fn session_tags(query: &Query<'_>, passed: &Tags) -> Result<(Tags, Vec<String>), Fault> {
    let invalid = |message: String| Fault::new(400, "InvalidParameterValue", message);
    let holds = |keys: &[String], key: &str| keys.iter().any(|k| k.eq_ignore_ascii_case(key));
    let mut all = passed.clone();
    let mut transitive = query.form.list("TransitiveTagKeys", "");
    let lacking = transitive
        .iter()
        .find(|key| !all.iter().any(|(own, _)| own.eq_ignore_ascii_case(key)));
    if let Some(key) = lacking {
        return Err(invalid(format!(
            "The transitive tag key {key} is not among the tags of the request."
        )));
    }
    let Caller::Session(session) = query.caller else {
        return Ok((all, transitive));
    };
    let inherited = session.tags.iter();
    for (key, value) in inherited.filter(|(key, _)| holds(query.transitive, key)) {
        all.insert(key, value).map_err(|_| {
            invalid(format!(
                "The tag {key} passes on from the session of the caller and cannot be given anew."
            ))
        })?;
        transitive.push(key.to_owned());
    }
    Ok((all, transitive))
}
