//! What a well-formed call is: its caller, its way, its time.

use std::net::IpAddr;

use super::{Malformed, Names, fault, iam_name};
use crate::{Call, Caller, Path, Request, ServiceCaller, Token, World};

/// The last second of the year 9999: later times have no date of four-digit year.
const LAST_SECOND: u64 = 253_402_300_799;

impl World {
    /// Checks that a call is well-formed in this world, which is taken to be well-formed itself. A qualifier without
    /// endpoint is well-formed: AWS answers it.
    ///
    /// # Errors
    /// [`Malformed`] with the first member at fault.
    pub fn validate_call(&self, call: &Call) -> Result<(), Malformed> {
        call.validate(self)
    }
}

impl Call {
    /// As [`World::validate_call`], with the world's names in whatever shape.
    ///
    /// # Errors
    /// [`Malformed`] with the first member at fault.
    pub fn validate(&self, names: &impl Names) -> Result<(), Malformed> {
        Checking { names }.call(self)
    }
}

/// The checks of a call against the names that there are.
pub(super) struct Checking<'n, N> {
    pub(super) names: &'n N,
}

impl<N: Names> Checking<'_, N> {
    fn call(&self, call: &Call) -> Result<(), Malformed> {
        self.validate_caller(call)?;
        self.validate_request(call)?;
        let address = match &call.from {
            Path::Internet { address } => ("call.from.internet.address", address),
            Path::Endpoint { endpoint, address } => {
                if !self.names.has_network(endpoint) {
                    return fault(
                        "call.from.endpoint.endpoint",
                        endpoint,
                        "the endpoint of a network of the world",
                    );
                }
                ("call.from.endpoint.address", address)
            }
        };
        let elsewhere = matches!(call.request, Request::AssumeRole(_) | Request::Other(_))
            || matches!(call.caller, Caller::Service(_));
        if elsewhere && matches!(call.from, Path::Endpoint { .. }) {
            return fault(
                "call.from",
                "endpoint",
                "the internet: requests to STS and other services, and those of services, do not come through an \
                 endpoint of AgentCore",
            );
        }
        if address.1.parse::<IpAddr>().is_err() {
            return fault(address.0, address.1, "an IPv4 or IPv6 address");
        }
        if call.at > LAST_SECOND {
            return fault(
                "call.at",
                call.at,
                "a time up to the year 9999, in seconds since 1970",
            );
        }
        if call.user_agent.is_empty() {
            return fault("call.user_agent", "", "at least one character");
        }
        Ok(())
    }

    fn validate_caller(&self, call: &Call) -> Result<(), Malformed> {
        const USER: &str = "the name of a user of that account";
        match &call.caller {
            Caller::User(user) => {
                if !self.names.has_user(&user.account, &user.name) {
                    return fault("call.caller.user.name", &user.name, USER);
                }
                token("call.caller.user.token", user.token, call.at)
            }
            Caller::Session(session) => {
                if !self.names.has_role(&session.account, &session.role) {
                    return fault(
                        "call.caller.session.role",
                        &session.role,
                        "the name of a role of that account",
                    );
                }
                iam_name(
                    "call.caller.session.session",
                    &session.session,
                    "a session name of letters, digits and +=,.@_-",
                )?;
                token("call.caller.session.token", Some(session.token), call.at)
            }
            Caller::Root(root) => self.known_account("call.caller.root.account", &root.account),
            Caller::Federated(session) => {
                if !self.names.has_user(&session.account, &session.user) {
                    return fault("call.caller.federated.user", &session.user, USER);
                }
                if let Some(mfa) = session.token.mfa {
                    return fault(
                        "call.caller.federated.token.mfa",
                        mfa,
                        "no mfa: GetFederationToken takes none",
                    );
                }
                token("call.caller.federated.token", Some(session.token), call.at)
            }
            Caller::Service(service) => self.validate_service(service, &call.request),
            Caller::Jwt(_) | Caller::Anonymous => Ok(()),
        }
    }

    fn validate_service(&self, caller: &ServiceCaller, request: &Request) -> Result<(), Malformed> {
        let name = &caller.service;
        let fits = |b: u8| b.is_ascii_alphanumeric() || b".-".contains(&b);
        if !(name.ends_with(".amazonaws.com") && name.bytes().all(fits)) {
            return fault(
                "call.caller.service.service",
                name,
                "a service principal, for example lambda.amazonaws.com",
            );
        }
        if let Some(account) = &caller.source_account {
            self.known_account("call.caller.service.source_account", account)?;
        }
        match request {
            Request::Gateway(_) | Request::AssumeRole(_) | Request::Other(_) => Ok(()),
            _ => fault(
                "call.caller",
                "service",
                "a principal: services call gateways, STS and other services only",
            ),
        }
    }

    pub(super) fn known_account(&self, member: &str, id: &str) -> Result<(), Malformed> {
        if self.names.has_account(id) {
            return Ok(());
        }
        fault(member, id, super::ACCOUNT)
    }
}

fn token(member: &str, token: Option<Token>, at: u64) -> Result<(), Malformed> {
    let Some(token) = token else { return Ok(()) };
    if token.issued > at {
        return fault(
            format!("{member}.issued"),
            token.issued,
            "a time not after the call",
        );
    }
    match token.mfa {
        Some(mfa) if mfa > token.issued => {
            fault(format!("{member}.mfa"), mfa, "a time not after `issued`")
        }
        _ => Ok(()),
    }
}
