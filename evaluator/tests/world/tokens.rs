//! What an authorizer wants a token to claim (section 6.3 of the readings; AC-112, AC-132, AC-134).

use veriam_model::{
    Authorizer, Caller, GatewayAuthorizer, HarnessOperation, JwtCaller, Request, TokenClaims,
    TokenRules,
};

use crate::scene::{call, jwt};
use crate::whole::{asking, decided, of_harness, to_gateway, whole};

fn texts(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

/// Audiences, clients and scopes.
fn rules(words: [&str; 3]) -> TokenRules {
    let [audiences, clients, scopes] = words.map(texts);
    TokenRules {
        audiences,
        clients,
        scopes,
    }
}

/// Audiences, the client and scopes.
fn bearer(accepted: bool, words: [&str; 3]) -> Caller {
    let [audiences, client, scopes] = words.map(texts);
    Caller::Jwt(JwtCaller {
        subject: "sub-1".to_owned(),
        accepted,
        claims: TokenClaims {
            audiences,
            client: client.into_iter().next(),
            scopes,
        },
    })
}

#[test]
fn every_list_that_is_not_empty_has_to_be_met() {
    const OK: &str = "allowed";
    const BAD: &str = "bad_token";
    const SCOPE: &str = "insufficient_scope";
    // What is wanted, what is claimed, and what becomes of it at a gateway; elsewhere a missing scope is a bad token.
    let rows = [
        (["", "", ""], ["", "", ""], OK),
        (["", "", ""], ["a", "c", "s"], OK),
        (["a b", "", ""], ["b x", "", ""], OK),
        (["a b", "", ""], ["x", "", ""], BAD),
        (["a b", "", ""], ["", "", ""], BAD),
        (["", "c d", ""], ["", "d", ""], OK),
        (["", "c d", ""], ["", "x", ""], BAD),
        (["", "c d", ""], ["", "", ""], BAD),
        (["", "c d", ""], ["c", "", "c"], BAD),
        (["", "", "s t"], ["", "", "t x"], OK),
        (["", "", "s t"], ["", "", "x"], SCOPE),
        (["", "", "s t"], ["", "", ""], SCOPE),
        (["a", "c", "s"], ["a", "c", "s"], OK),
        (["a", "c", "s"], ["a", "c", "x"], SCOPE),
        (["a", "c", "s"], ["x", "c", "s"], BAD),
        (["a", "c", "s"], ["a", "x", "s"], BAD),
        // Audience and client come before the scopes.
        (["a", "c", "s"], ["x", "c", "x"], BAD),
        (["", "", "S"], ["", "", "s"], SCOPE),
    ];
    for (wanted, claimed, at_gateway) in rows {
        let mut world = whole();
        world.gateways[0].authorizer = GatewayAuthorizer::CustomJwt;
        world.gateways[0].token_rules = rules(wanted);
        world.runtimes[0].authorizer = Authorizer::Jwt;
        world.runtimes[0].token_rules = rules(wanted);
        world.harnesses[0].authorizer = Authorizer::Jwt;
        world.harnesses[0].token_rules = rules(wanted);
        let elsewhere = if at_gateway == SCOPE { BAD } else { at_gateway };
        let harness = || Request::Harness(of_harness(HarnessOperation::InvokeHarness, None));
        let caller = || bearer(true, claimed);
        let about = format!("{wanted:?} {claimed:?}");
        assert_eq!(
            decided(&world, &to_gateway(caller())),
            at_gateway,
            "{about}"
        );
        assert_eq!(decided(&world, &call(caller())), elsewhere, "{about}");
        let call = asking(caller(), harness());
        assert_eq!(decided(&world, &call), elsewhere, "{about}");
        // What is not genuine is looked at no further.
        let forged = to_gateway(bearer(false, claimed));
        assert_eq!(decided(&world, &forged), BAD, "{about}");
    }
}

/// The rules of a runtime hold for each of its endpoints that takes tokens (AC-128).
#[test]
fn endpoints_of_their_own_kind_ask_what_their_runtime_asks() {
    let mut world = whole();
    world.runtimes[0].token_rules = rules(["a", "", ""]);
    world.runtimes[0].endpoints[0].authorizer = Some(Authorizer::Jwt);
    assert_eq!(decided(&world, &call(jwt())), "bad_token");
    let meeting = bearer(true, ["a", "", ""]);
    assert_eq!(decided(&world, &call(meeting)), "allowed");
}
