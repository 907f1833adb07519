//! Requests to gateways (sections 6.5 and 6.6 of the readings).

use std::collections::HashMap;

use veriam_model::{
    Authorizer, Call, EngineMode, GatewayAuthorizer, GatewayRequest, PolicyPlace, Rejection,
    TokenRules, readings as dialects,
};

use super::build::Builder;
use super::carried::Carried;
use super::pairs::{Asked, Open, Pairs};
use super::parts::Thing;
use super::token::rejection;
use super::{World, WorldError};
use crate::settings::mistaken;

const INVOKE: &str = "bedrock-agentcore:InvokeGateway";

#[derive(Clone, Debug)]
pub(super) struct Gateway {
    authorizer: GatewayAuthorizer,
    token_rules: TokenRules,
    pub(super) engine: Option<EngineMode>,
    pub(super) itself: Thing,
}

impl Builder<'_> {
    pub(super) fn gateways(&mut self) -> Result<HashMap<Box<str>, Gateway>, WorldError> {
        let mut built = HashMap::new();
        for (number, gateway) in self.world.gateways.iter().enumerate() {
            let policy = self.resource_policy(PolicyPlace::Gateway(number))?;
            let path = format!("gateway/{}", gateway.id);
            let gateway_built = Gateway {
                authorizer: gateway.authorizer,
                token_rules: gateway.token_rules.clone(),
                engine: gateway.engine,
                itself: Thing {
                    policy,
                    ..self.thing(&gateway.account, &path, &gateway.tags)
                },
            };
            built.insert(gateway.id.as_str().into(), gateway_built);
        }
        Ok(built)
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    call: &'c Call,
    request: &'c GatewayRequest,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let gateway = world.gateways.get(request.gateway.as_str())?;
    let authorizer = match gateway.authorizer {
        GatewayAuthorizer::AuthenticateOnly
            if mistaken!(world.settings, AuthenticateOnlyAuthorizes) =>
        {
            GatewayAuthorizer::AwsIam
        }
        authorizer => authorizer,
    };
    let wanted = match authorizer {
        GatewayAuthorizer::AwsIam | GatewayAuthorizer::AuthenticateOnly => Some(Authorizer::Iam),
        GatewayAuthorizer::CustomJwt => Some(Authorizer::Jwt),
        GatewayAuthorizer::None => None,
    };
    let rules = &gateway.token_rules;
    let lacks_scope = Rejection::InsufficientScope;
    let why = wanted.and_then(|wanted| rejection(wanted, rules, &call.caller, lacks_scope));
    if let Some(why) = why {
        return Some(Asked::Rejected(why));
    }
    pairs.push(INVOKE, world.target(&gateway.itself), Carried::Nothing);
    let open = |is_signed, is_filtered| {
        let honours_denies = (world.settings).reads(dialects::UnauthorizedGatewayDenies::Honoured);
        Asked::Open(Open {
            is_signed,
            honours_denies,
            is_filtered,
        })
    };
    Some(match authorizer {
        GatewayAuthorizer::AwsIam | GatewayAuthorizer::CustomJwt => Asked::Pairs,
        GatewayAuthorizer::None => {
            let is_skipped = mistaken!(world.settings, NoneGatewaySkipsEndpointPolicy);
            open(false, !is_skipped)
        }
        GatewayAuthorizer::AuthenticateOnly => open(true, true),
    })
}
