//! Tests of what requests themselves carry, as policies have them: the service that a role is passed to, the claims of
//! the token inside a request, the namespace of a memory.

use crate::context::Key;
use crate::maker::{Feature, Maker, Setting};
use crate::operators::{BASES, FAMILIES, Operator, Set, Test};
use crate::policy::Block;

const PASSED_TO: &str = "iam:PassedToService";
const NAMESPACES: [&str; 2] = [
    "bedrock-agentcore:namespace",
    "bedrock-agentcore:namespacePath",
];
const CLAIMS: [&str; 5] = [
    "bedrock-agentcore:InboundJwtClaim/iss",
    "bedrock-agentcore:InboundJwtClaim/sub",
    "bedrock-agentcore:InboundJwtClaim/client_id",
    "bedrock-agentcore:InboundJwtClaim/aud",
    "bedrock-agentcore:InboundJwtClaim/scope",
];

/// What a part of a call carries that its policies are mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carried {
    /// A role for a service.
    Role,
    /// The claims of a token.
    Claims,
    /// A namespace, by one of two keys (AC-239).
    Namespace,
}

impl Maker<'_, '_> {
    /// Whether requests of the part carry such a key.
    pub(crate) fn carries(&self) -> bool {
        self.carried().is_some()
    }

    fn carried(&self) -> Option<Carried> {
        let part = &self.context.facts.as_ref()?.part;
        part.carried.iter().find_map(|(key, _)| match key.as_ref() {
            PASSED_TO => Some(Carried::Role),
            key if CLAIMS.contains(&key) => Some(Carried::Claims),
            key if NAMESPACES.contains(&key) => Some(Carried::Namespace),
            _ => None,
        })
    }

    /// Adds a test of such a key, one that holds or one that fails; says whether it could.
    pub(crate) fn add_carried(
        &mut self,
        setting: Setting,
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        let Some(carried) = self.carried() else {
            return false;
        };
        let name = match carried {
            Carried::Role => PASSED_TO,
            Carried::Claims => self.draw.one(&CLAIMS),
            Carried::Namespace => {
                let at = self.draw.below(2);
                let (tested, other) = (NAMESPACES[at], NAMESPACES[1 - at]);
                if self.add_other_namespace(setting, (tested, other), holds, blocks) {
                    return true;
                }
                tested
            }
        };
        let Some(key) = self.key(name) else {
            return false;
        };
        let texts: &[(&str, bool)] = match holds {
            true => &[
                ("StringEquals", false),
                ("StringLike", false),
                ("StringNotEquals", false),
                ("StringEqualsIgnoreCase", false),
                ("StringEquals", true),
                ("StringNotLike", false),
            ],
            false => &[
                ("StringEquals", false),
                ("StringNotEquals", false),
                ("StringLike", false),
                ("StringNotLike", false),
                ("StringEquals", true),
                ("StringNotEqualsIgnoreCase", false),
            ],
        };
        let (name, if_exists) = self.draw.one(texts);
        let set = key
            .many
            .then(|| self.draw.one(&[Set::ForAnyValue, Set::ForAllValues]));
        // What a missing key means to some of several values is open (IAM-148).
        let if_exists = if_exists && set.is_none();
        match self.texts(setting, name, if_exists, set) {
            Some(operator) => self.add_test(setting, operator, key, holds, blocks),
            None => false,
        }
    }

    /// Adds a test of one of the two keys for a request that carries the other.
    fn add_other_namespace(
        &mut self,
        setting: Setting,
        (tested, carried): (&str, &str),
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        // Where the key is missing the positive ones fail and all others hold.
        let texts: &[(&str, bool)] = match holds {
            true => &[
                ("StringNotEquals", false),
                ("StringEquals", true),
                ("StringNotLike", false),
                ("StringLike", true),
            ],
            false => &[("StringEquals", false), ("StringLike", false)],
        };
        let (name, if_exists) = self.draw.one(texts);
        let operator = self.texts(setting, name, if_exists, None);
        match (operator, self.key(tested), self.key(carried)) {
            (Some(operator), Some(tested), Some(carried)) => {
                self.add_mistaken(setting, operator, (tested, carried), holds, blocks)
            }
            _ => false,
        }
    }

    fn key(&self, name: &str) -> Option<&'static Key> {
        let keys = self.keys.single.iter().chain(self.keys.many);
        keys.into_iter().find(|key| key.name == name)
    }

    /// The String operator of that name, if the case has such operators.
    fn texts(
        &self,
        setting: Setting,
        name: &str,
        if_exists: bool,
        set: Option<Set>,
    ) -> Option<Operator> {
        let (start, end) = FAMILIES[0];
        let base = BASES[start..end].iter().find(|base| base.name == name)?;
        let on = self.features.family(0)
            && (!if_exists || self.on(Feature::IfExists))
            && (set.is_none() || self.on(Feature::Sets));
        // Wildcards in such a policy need six characters beside them and cannot be escaped.
        let base = match base.test {
            Test::TextLike if setting.endpoint() && !setting.current => &BASES[start],
            _ => base,
        };
        on.then_some(Operator {
            base: *base,
            set,
            if_exists,
        })
    }
}
