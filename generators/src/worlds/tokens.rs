//! What authorizers want tokens to claim, and tokens that do or do not.

use veriam_model::{TokenClaims, TokenRules};

use crate::draw::Draw;

/// What tokens have to claim.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    audiences: &'static [&'static str],
    clients: &'static [&'static str],
    scopes: &'static [&'static str],
}

/// What a token claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    audience: Option<&'static str>,
    client: Option<&'static str>,
    scope: Option<&'static str>,
    /// Claims more than what is asked.
    more: bool,
}

static RULES: [Rules; 6] = [
    Rules {
        audiences: &[],
        clients: &[],
        scopes: &[],
    },
    Rules {
        audiences: &["agents"],
        clients: &[],
        scopes: &[],
    },
    Rules {
        audiences: &[],
        clients: &["web-app", "batch"],
        scopes: &[],
    },
    Rules {
        audiences: &[],
        clients: &[],
        scopes: &["tools/invoke"],
    },
    Rules {
        audiences: &["agents", "desk"],
        clients: &[],
        scopes: &["tools/read", "tools/invoke"],
    },
    Rules {
        audiences: &["agents"],
        clients: &["web-app"],
        scopes: &["tools/invoke"],
    },
];

impl Rules {
    /// Those that every genuine token meets.
    pub(crate) fn none() -> &'static Rules {
        &RULES[0]
    }

    pub(crate) fn draw(draw: &mut Draw<'_, '_>) -> &'static Rules {
        &RULES[draw.weighted(&[5, 1, 1, 3, 2, 2])]
    }

    pub(crate) fn finish(&self) -> TokenRules {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        TokenRules {
            audiences: texts(self.audiences),
            clients: texts(self.clients),
            scopes: texts(self.scopes),
        }
    }
}

impl Claims {
    /// Claims that meet the rules.
    pub(crate) fn that_meet(draw: &mut Draw<'_, '_>, rules: &Rules) -> Self {
        let mut one = |list: &[&'static str]| match list {
            [] => None,
            list => Some(draw.one(list)),
        };
        Self {
            audience: one(rules.audiences),
            client: one(rules.clients),
            scope: one(rules.scopes),
            more: draw.chance(1, 4),
        }
    }

    /// Takes a claim away that the rules ask for, or makes it another; says whether there was one.
    pub(crate) fn spoil(&mut self, draw: &mut Draw<'_, '_>) -> bool {
        let replacement = match draw.chance(1, 2) {
            true => None,
            false => Some("other"),
        };
        // A scope mostly: what it means to lack one depends on who asks (AC-134).
        let mut members = [&mut self.scope, &mut self.audience, &mut self.client];
        members.rotate_left(draw.weighted(&[3, 1, 1]));
        let asked = members.into_iter().find(|member| member.is_some());
        asked.map(|member| *member = replacement).is_some()
    }

    pub(crate) fn finish(self) -> TokenClaims {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let list = |text: Option<&str>, more: &str| {
            let more = self.more.then_some(more);
            more.into_iter().chain(text).map(str::to_owned).collect()
        };
        TokenClaims {
            audiences: list(self.audience, "elsewhere"),
            client: owned(self.client.or(self.more.then_some("console"))),
            scopes: list(self.scope, "openid"),
        }
    }
}
