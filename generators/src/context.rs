//! The request context while a case grows: each key is settled when something first asks for it.

use std::borrow::Cow;
use std::rc::Rc;

use crate::draw::{Draw, Text};
use crate::values::{self, Kind, Value};
use crate::vocabulary::{ACCOUNTS, Caller, CallerKind, Target, USERS};
use crate::worlds::{Fact, Facts, Say};

/// A context key that the generator knows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) many: bool,
    source: Source,
}

/// Where a key's values come from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// A fixed set of texts, no two of them equal but for letter case.
    Pool(&'static [&'static str]),
    /// Drawn by kind.
    Kind,
    /// Epoch seconds.
    Epoch,
    CallerName,
    CallerAccount,
    CallerArn,
    Owner,
    /// What the facts of a call say; and texts that other calls might have.
    Said(Say, &'static [&'static str]),
}

impl Key {
    /// A single-valued key whose value follows from a call.
    pub(crate) const fn said(
        name: &'static str,
        kind: Kind,
        say: Say,
        others: &'static [&'static str],
    ) -> Self {
        one(name, kind, Source::Said(say, others))
    }

    /// A multivalued key whose values follow from a call.
    pub(crate) const fn said_many(
        name: &'static str,
        say: Say,
        others: &'static [&'static str],
    ) -> Self {
        many(name, Source::Said(say, others))
    }
}

/// The keys that conditions may test.
#[derive(Debug)]
pub(crate) struct KeySet {
    /// Keys of one kind stand together, text first; what variables are mostly written with comes first of all.
    pub(crate) single: &'static [Key],
    pub(crate) many: &'static [Key],
}

/// The keys of checks.
pub(crate) static CHECK_KEYS: KeySet = KeySet {
    single: &SINGLE,
    many: &MANY,
};

const TEAMS: Source = Source::Pool(&["blue", "red", "platform-eng", "Finance"]);
const STAGES: Source = Source::Pool(&["production", "staging", "dev", "Pre-Prod"]);
const PLACES: Source =
    Source::Pool(&["home/", "home/alice/", "logs/2026", "Inbox", "", "scan[1]/"]);
const ORGS: Source = Source::Pool(&["o-a1b2c3d4e5", "o-exampleorg1", "o-zz99yy88xx"]);
const VPCS: Source = Source::Pool(&["vpc-0health1234", "vpc-0a1b2c3d4e", "vpc-0finance99"]);
const VPCES: Source = Source::Pool(&["vpce-0a1b2c3d", "vpce-1111bbbb", "vpce-0health12"]);
const SERVICE_NAMES: Source = Source::Pool(&[
    "dynamodb.amazonaws.com",
    "cloudformation.amazonaws.com",
    "athena.amazonaws.com",
    "s3.us-west-2.amazonaws.com",
]);
const SOURCE_ARNS: Source = Source::Pool(&[
    "arn:aws:sns:us-east-1:111122223333:my-topic",
    "arn:aws:s3:::amzn-s3-demo-bucket",
    "arn:aws:lambda:us-west-2:444455556666:function:resize",
    "arn:aws:states:us-east-1:123456789012:execution:orders:run-7",
    "arn:aws:bedrock-agentcore:us-west-2:555555555555:gateway/orders-gateway-abcdef0123",
]);
const ORG_PATHS: Source = Source::Pool(&[
    "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
    "o-a1b2c3d4e5/r-ab12/ou-ab12-33333333/",
    "o-exampleorg1/r-zz99/ou-zz99-44444444/",
]);

const fn one(name: &'static str, kind: Kind, source: Source) -> Key {
    Key {
        name,
        kind,
        many: false,
        source,
    }
}

const fn many(name: &'static str, source: Source) -> Key {
    Key {
        name,
        kind: Kind::Text,
        many: true,
        source,
    }
}

/// Single-valued keys, by kind: text first.
#[rustfmt::skip]
pub(crate) static SINGLE: [Key; 44] = [
    one("aws:PrincipalTag/team", Kind::Text, TEAMS),
    one("aws:username", Kind::Text, Source::CallerName),
    one("aws:ResourceTag/team", Kind::Text, TEAMS),
    one("aws:RequestTag/stage", Kind::Text, STAGES),
    one("aws:ResourceTag/stage", Kind::Text, STAGES),
    one("aws:PrincipalTag/stage", Kind::Text, STAGES),
    one("s3:ExistingObjectTag/team", Kind::Text, TEAMS),
    one("aws:PrincipalOrgID", Kind::Text, ORGS),
    one("aws:ResourceOrgID", Kind::Text, ORGS),
    one("aws:PrincipalAccount", Kind::Text, Source::CallerAccount),
    one("aws:ResourceAccount", Kind::Text, Source::Owner),
    one("aws:SourceAccount", Kind::Text, Source::Pool(&["111122223333", "444455556666", "123456789012"])),
    one("aws:PrincipalType", Kind::Text, Source::Pool(&["User", "AssumedRole", "FederatedUser", "Account", "Anonymous"])),
    one("aws:userid", Kind::Text, Source::Pool(&["AIDAEXAMPLEID0000001", "AROAEXAMPLEID0000002:build-42", "AROAEXAMPLEID0000003:alice"])),
    one("aws:SourceVpc", Kind::Text, VPCS),
    one("aws:SourceVpce", Kind::Text, VPCES),
    one("aws:SourceIdentity", Kind::Text, Source::Pool(&["alice", "DiegoRamirez", "build-42"])),
    one("aws:RequestedRegion", Kind::Text, Source::Pool(&["us-west-2", "us-east-1", "eu-central-1"])),
    one("aws:UserAgent", Kind::Text, Source::Pool(&["aws-cli/2.34", "Boto3/1.44.5", "curl/8*", "Mozilla/5.0 [en]"])),
    one("aws:Referer", Kind::Text, Source::Pool(&["https://www.example.com/a?b", "https://example.com/", "http://example.com/$1"])),
    one("aws:CalledViaFirst", Kind::Text, SERVICE_NAMES),
    one("aws:PrincipalServiceName", Kind::Text, SERVICE_NAMES),
    one("kms:ViaService", Kind::Text, SERVICE_NAMES),
    one("s3:prefix", Kind::Text, PLACES),
    one("sts:ExternalId", Kind::Text, Source::Pool(&["Unique-ID-42", "cust*mer?", "${aws:username}", "J\u{fc}rgen"])),
    one("sts:RoleSessionName", Kind::Text, Source::Pool(&["alice", "build-42", "Zo\u{eb}"])),
    one("bedrock-agentcore:actorId", Kind::Text, Source::Pool(&["tenant-a/user-7", "tenant-b/user-1", "anonymous"])),
    one("example:NoSuchKey", Kind::Text, TEAMS),
    one("aws:PrincipalArn", Kind::Arn, Source::CallerArn),
    one("aws:SourceArn", Kind::Arn, SOURCE_ARNS),
    one("ec2:SourceInstanceARN", Kind::Arn, Source::Pool(&["arn:aws:ec2:us-west-2:111122223333:instance/i-0abc12345678", "arn:aws:ec2:us-east-1:444455556666:instance/i-0def"])),
    one("aws:SecureTransport", Kind::Bool, Source::Kind),
    one("aws:MultiFactorAuthPresent", Kind::Bool, Source::Kind),
    one("aws:ViaAWSService", Kind::Bool, Source::Kind),
    one("aws:PrincipalIsAWSService", Kind::Bool, Source::Kind),
    one("aws:CurrentTime", Kind::Date, Source::Kind),
    one("aws:TokenIssueTime", Kind::Date, Source::Kind),
    one("aws:MultiFactorAuthAge", Kind::Number, Source::Kind),
    one("aws:EpochTime", Kind::Number, Source::Epoch),
    one("s3:max-keys", Kind::Number, Source::Kind),
    one("aws:SourceIp", Kind::Ip, Source::Kind),
    one("aws:VpcSourceIp", Kind::Ip, Source::Kind),
    one("example:Digest", Kind::Binary, Source::Kind),
    one("example:Nonce", Kind::Binary, Source::Kind),
];

/// Multivalued keys. The values of `dynamodb:LeadingKeys` are of whatever kind first asks for them.
pub(crate) static MANY: [Key; 7] = [
    many(
        "aws:TagKeys",
        Source::Pool(&["team", "stage", "CostCenter", "project-id"]),
    ),
    many("aws:CalledVia", SERVICE_NAMES),
    many("aws:PrincipalOrgPaths", ORG_PATHS),
    many("aws:ResourceOrgPaths", ORG_PATHS),
    many(
        "dynamodb:Attributes",
        Source::Pool(&["Author", "Subject", "message-id", "body"]),
    ),
    many(
        "kms:EncryptionContextKeys",
        Source::Pool(&["tenant", "AppName", "purpose"]),
    ),
    LEADING_KEYS,
];

const LEADING_KEYS: Key = many("dynamodb:LeadingKeys", SOURCE_ARNS);

/// What is settled about one key.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: &'static Key,
    /// The kind its values have: as the key's, but for `dynamodb:LeadingKeys`.
    pub(crate) kind: Kind,
    /// Nothing: the key is absent.
    pub(crate) values: Option<Rc<Vec<Value>>>,
    /// Something is settled only while the key stays as it is.
    pub(crate) pinned: bool,
}

/// In which state a test wants a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Present with at least one value, none of them empty text.
    Present,
    /// Present with one value that may be empty text.
    PresentOrEmptyText,
    /// Present with an empty list; only multivalued keys.
    Empty,
    Absent,
}

/// The context so far.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) entries: Vec<Entry>,
    /// The facts of a call, from which every key follows: then nothing is left to settle.
    pub(crate) facts: Option<Facts>,
}

/// What is known about a key that a variable may stand for.
pub(crate) enum Known<'c> {
    /// Nothing yet.
    Open,
    Absent,
    /// Present with this one value.
    Text(Cow<'c, str>),
    /// Anything else.
    Other,
}

impl Context {
    pub(crate) fn entry(&self, key: &Key) -> Option<&Entry> {
        self.entries.iter().find(|e| e.key.name == key.name)
    }

    /// Whether the key is in that state or can still be brought into it, with values of that kind.
    pub(crate) fn can_be(&self, key: &Key, kind: Kind, state: State) -> bool {
        if let Some(facts) = &self.facts {
            return match (self.fact(key, facts), state) {
                (Fact::Absent, state) => state == State::Absent,
                (Fact::Known, State::Present | State::PresentOrEmptyText) => key.kind == kind,
                _ => false,
            };
        }
        let Some(entry) = self.entry(key) else {
            return state != State::Empty || key.many;
        };
        match (&entry.values, state) {
            (None, state) => state == State::Absent,
            (Some(values), State::Empty) => values.is_empty(),
            (Some(_), State::Absent) => false,
            (Some(values), state) => {
                let empty_text = values.iter().any(|v| v.text.is_empty());
                entry.kind == kind
                    && !values.is_empty()
                    && (state == State::PresentOrEmptyText || !empty_text)
            }
        }
    }

    fn fact(&self, key: &Key, facts: &Facts) -> Fact {
        match key.source {
            Source::Said(say, _) => facts.presence(say),
            _ => Fact::Absent,
        }
    }

    /// What a variable with the key's name stands for.
    pub(crate) fn known(&self, key: &Key) -> Known<'_> {
        let entry = match (&self.facts, &key.source) {
            (Some(facts), Source::Said(say, _)) => {
                return match facts.presence(*say) {
                    Fact::Absent => Known::Absent,
                    Fact::Known => Known::Text(facts.value(*say).text),
                    Fact::Unsure => Known::Other,
                };
            }
            (Some(_), _) => return Known::Absent,
            (None, _) => self.entry(key),
        };
        match entry.map(|e| e.values.as_deref().map(Vec::as_slice)) {
            None => Known::Open,
            Some(None) => Known::Absent,
            Some(Some([value])) => Known::Text(Cow::Borrowed(&value.text)),
            Some(Some(_)) => Known::Other,
        }
    }

    /// Settles the key, which [`Context::can_be`] so, and returns its values (none when absent).
    pub(crate) fn settle(
        &mut self,
        draw: &mut Draw<'_, '_>,
        parties: Parties<'_>,
        key: &'static Key,
        kind: Kind,
        state: State,
    ) -> Rc<Vec<Value>> {
        if let Some(facts) = &self.facts {
            return match (&key.source, self.fact(key, facts)) {
                (Source::Said(say, _), Fact::Known) => Rc::new(facts.values(*say)),
                _ => Rc::default(),
            };
        }
        if let Some(entry) = self.entry(key) {
            return entry.values.clone().unwrap_or_default();
        }
        let values = match state {
            State::Absent => None,
            State::Empty => Some(Rc::default()),
            State::Present | State::PresentOrEmptyText => {
                let count = if key.many {
                    1 + draw.weighted(&[2, 3, 1])
                } else {
                    1
                };
                let mut values: Vec<Value> = Vec::with_capacity(count);
                for _ in 0..count {
                    let value = sample(draw, parties, key, kind, state);
                    // Every value of a list means something else: the shares of `values` rest on it.
                    if values.iter().all(|v| {
                        v.text != value.text && (v.meaning != value.meaning || value.meaning == 0)
                    }) {
                        values.push(value);
                    }
                }
                Some(Rc::new(values))
            }
        };
        let answer = values.clone().unwrap_or_default();
        self.entries.push(Entry {
            key,
            kind,
            values,
            pinned: false,
        });
        answer
    }

    /// Settles a key that nothing asked for yet as present with this one value.
    pub(crate) fn put(&mut self, key: &'static Key, value: Text) {
        self.entries.push(Entry {
            key,
            kind: key.kind,
            values: Some(Rc::new(vec![Value::text(value)])),
            pinned: false,
        });
    }

    /// Keeps the key as it is from now on.
    pub(crate) fn pin(&mut self, key: &Key) {
        let entry = self.entries.iter_mut().find(|e| e.key.name == key.name);
        if let Some(entry) = entry {
            entry.pinned = true;
        }
    }
}

/// Whom the keys describe.
#[derive(Clone, Copy)]
pub(crate) struct Parties<'p> {
    pub(crate) caller: &'p Caller,
    pub(crate) target: &'p Target,
}

/// A value for the key; usually one that fits the parties.
pub(crate) fn sample(
    draw: &mut Draw<'_, '_>,
    parties: Parties<'_>,
    key: &Key,
    kind: Kind,
    state: State,
) -> Value {
    if kind != key.kind && kind != Kind::Arn {
        return values::request(draw, kind);
    }
    let fits = !draw.chance(1, 6);
    match &key.source {
        Source::Pool(texts) => {
            let text = draw.one(texts);
            match (text.is_empty(), state) {
                (true, State::Present) => Value::text(texts[0]),
                _ => Value::text(text),
            }
        }
        Source::Kind => values::request(draw, kind),
        Source::Epoch => values::epoch(draw),
        Source::CallerName => match parties.caller.kind {
            CallerKind::User if fits => Value::text(parties.caller.name),
            _ => Value::text(draw.one(&USERS)),
        },
        Source::CallerAccount => match parties.caller.account {
            account if fits && !account.is_empty() => Value::text(account),
            _ => Value::text(draw.one(&ACCOUNTS)),
        },
        Source::CallerArn => match parties.caller.kind.in_account() && fits {
            true => Value::text(parties.caller.principal_arn()),
            false => Value::text(draw.one(&[
                "arn:aws:iam::111122223333:role/app",
                "arn:aws:iam::444455556666:user/bob",
                "arn:aws:iam::555555555555:root",
            ])),
        },
        Source::Owner => match parties.target.owner {
            "aws" => Value::text(ACCOUNTS[0]),
            owner if fits => Value::text(owner),
            _ => Value::text(draw.one(&ACCOUNTS)),
        },
        // With facts nothing is sampled.
        Source::Said(_, others) => Value::text(draw.one(others)),
    }
}

/// A text of the key's vocabulary that differs from all of `values` also when case is ignored.
pub(crate) fn other_text(draw: &mut Draw<'_, '_>, key: &Key, values: &[Value]) -> Text {
    let pool: &[&str] = match &key.source {
        Source::Pool(texts) | Source::Said(_, texts) => texts,
        Source::CallerName => &USERS,
        Source::CallerAccount | Source::Owner => &ACCOUNTS,
        _ => &["other-value", "unrelated"],
    };
    let start = draw.below(pool.len());
    let candidates = (0..pool.len()).map(|i| pool[(start + i) % pool.len()]);
    let mut others = candidates
        .filter(|c| !c.is_empty() && values.iter().all(|v| !v.text.eq_ignore_ascii_case(c)));
    others.next().unwrap_or("none-of-these").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::facts::{ValueType, context_key};

    #[test]
    fn keys_have_the_shape_the_facts_give_them() {
        for key in SINGLE.iter().chain(&MANY) {
            let Some(known) = context_key(key.name) else {
                assert!(!key.many, "{}: an unknown key is single-valued", key.name);
                continue;
            };
            assert_eq!(known.multivalued, key.many, "{}", key.name);
            let kind = match known.value_type {
                ValueType::String => Kind::Text,
                ValueType::Arn => Kind::Arn,
                ValueType::Bool => Kind::Bool,
                ValueType::Date => Kind::Date,
                ValueType::Numeric => Kind::Number,
                ValueType::IpAddress => Kind::Ip,
            };
            assert_eq!(kind, key.kind, "{}", key.name);
        }
    }

    #[test]
    fn no_vocabulary_holds_texts_that_differ_in_case_only() {
        for key in SINGLE.iter().chain(&MANY) {
            let Source::Pool(texts) = &key.source else {
                continue;
            };
            for (i, text) in texts.iter().enumerate() {
                assert!(texts[..i].iter().all(|t| !t.eq_ignore_ascii_case(text)));
            }
        }
    }
}
