//! Requests to gateways.

use veriam_model::{EngineMode, GatewayAuthorizer, GatewayRequest, Request};

use crate::draw::Draw;

use super::super::parts::{Part, Thing, action};
use super::super::plan::Place;
use super::super::scene::Scene;
use super::Wanted;

/// What is asked of a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfGateway {
    pub(crate) gateway: usize,
    pub(crate) tool_call: bool,
}

impl OfGateway {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let gateway = draw.below(scene.gateways.len());
        let mut call = Self {
            gateway,
            tool_call: false,
        };
        call.tool_call(draw, scene);
        call
    }

    /// A call of a tool, where no policy engine decides about it (AC-223).
    fn tool_call(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let enforced = scene.gateways[self.gateway].engine == Some(EngineMode::Enforce);
        self.tool_call = !enforced && draw.chance(1, 3);
    }

    pub(crate) fn wanted(&self, scene: &Scene) -> Wanted {
        let gateway = &scene.gateways[self.gateway];
        match gateway.authorizer {
            GatewayAuthorizer::AwsIam | GatewayAuthorizer::AuthenticateOnly => {
                Wanted::Signature { services: true }
            }
            GatewayAuthorizer::CustomJwt => Wanted::Token(gateway.rules),
            GatewayAuthorizer::None => Wanted::Nothing,
        }
    }

    /// Whether it authorizes nothing (AC-202).
    pub(crate) fn is_open(&self, scene: &Scene) -> bool {
        matches!(
            scene.gateways[self.gateway].authorizer,
            GatewayAuthorizer::None | GatewayAuthorizer::AuthenticateOnly
        )
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let gateway = &scene.gateways[self.gateway];
        let own = Thing::agentcore(scene, gateway.account, "gateway/", gateway.id)
            .tagged(gateway.tags)
            .held(Place::Gateway(self.gateway), gateway.policed, false);
        vec![Part::new(
            vec![action("InvokeGateway")],
            vec![own],
            gateway.account,
        )]
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        Request::Gateway(GatewayRequest {
            gateway: scene.gateways[self.gateway].id.to_owned(),
            tool_call: self.tool_call,
        })
    }

    /// Another gateway that wants the same credentials, or another kind of call.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let other = draw.below(scene.gateways.len());
        if scene.gateways[other].authorizer == scene.gateways[self.gateway].authorizer {
            self.gateway = other;
        }
        self.tool_call(draw, scene);
    }
}
