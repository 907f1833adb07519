//! Choices: points the documentation leaves open, each with named readings and a default.
//!
//! `choices.toml` holds the words (question, readings, the live probe that would settle the point); this
//! module holds the types that code uses. A test keeps the two alike.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::RuleId;

/// A typed reading of one [`Choice`]; implemented by the enums in [`readings`].
pub trait Reading: Copy + Eq + Sized + 'static {
    /// The choice this is a reading of.
    const CHOICE: Choice;
    /// Every reading, the default first.
    const ALL: &'static [Self];
    /// The reading's name in `choices.toml`.
    fn name(self) -> &'static str;
}

macro_rules! choices {
    ($( $(#[$doc:meta])* $choice:ident = $id:expr, { $( $(#[$rdoc:meta])* $reading:ident = $name:literal ),+ $(,)? } )+) => {
        /// A point the documentation leaves open, named after what is open.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Choice {
            $( $(#[$doc])* $choice, )+
        }

        /// Every choice, in declaration order.
        pub const ALL_CHOICES: &[Choice] = &[ $( Choice::$choice, )+ ];

        impl Choice {
            /// The rule that leaves the point open; it names the choice.
            #[must_use]
            pub const fn rule(self) -> RuleId {
                match self { $( Choice::$choice => $id, )+ }
            }

            /// Names of the readings, the default first.
            #[must_use]
            pub const fn reading_names(self) -> &'static [&'static str] {
                match self { $( Choice::$choice => &[ $( $name, )+ ], )+ }
            }
        }

        /// The readings of each choice, as types.
        pub mod readings {
            use super::{Choice, Reading};
            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
                pub enum $choice { $( $(#[$rdoc])* $reading, )+ }

                impl Reading for $choice {
                    const CHOICE: Choice = Choice::$choice;
                    const ALL: &'static [Self] = &[ $( Self::$reading, )+ ];
                    fn name(self) -> &'static str {
                        match self { $( Self::$reading => $name, )+ }
                    }
                }
            )+
        }
    };
}

const fn iam(number: u16) -> RuleId {
    RuleId::iam(number)
}

choices! {
    /// May an identity policy lack `Version` 2012-10-17?
    IdentityVersion = iam(11), {
        /// Stored and evaluated.
        Accepted = "accepted",
        /// Refused when saved.
        Refused = "refused",
    }
    /// May an identity policy carry `Id`?
    IdentityId = iam(13), {
        /// Accepted and ignored.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// Were the documents saved before today's checks existed?
    DocumentAge = iam(21), {
        /// Saved now.
        New = "new",
        /// Saved long ago: repeated members and a missing principal are tolerated.
        Stored = "stored",
    }
    /// Is the VPC endpoint of an s3 or dynamodb request a gateway endpoint?
    EndpointKind = iam(30), {
        /// An interface endpoint: an account principal is everybody of the account.
        Interface = "interface",
        /// A gateway endpoint: an account principal is its root user only.
        Gateway = "gateway",
    }
    /// Is `Allow` with `NotPrincipal` a valid statement?
    AllowNotPrincipal = iam(32), {
        /// Refused.
        Refused = "refused",
        /// Accepted; grants directly to everyone not listed.
        Accepted = "accepted",
    }
    /// Does an SCP have the full policy language?
    ScpLanguage = iam(33), {
        /// All elements with both effects.
        Full = "full",
        /// The limits of 2023.
        Limited = "limited",
    }
    /// Is an empty `Action` list stored?
    EmptyAction = iam(36), {
        /// Accepted; selects nothing.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// Is an empty `Resource` list stored?
    EmptyResource = iam(37), {
        /// Accepted; selects nothing.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// What does an empty `Not…` element mean?
    EmptyNot = iam(39), {
        /// Refused.
        Refused = "refused",
        /// The complement of nothing.
        Everything = "everything",
    }
    /// What does an empty `Condition` mean?
    EmptyCondition = iam(40), {
        /// No test.
        NoTest = "no-test",
        /// The statement has no effect.
        NoEffect = "no-effect",
    }
    /// May one list mix strings, numbers and booleans?
    MixedValues = iam(43), {
        /// Accepted, each value as its text.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// Are operator names compared with case?
    OperatorCase = iam(46), {
        /// With case; other spellings are refused.
        Strict = "strict",
        /// Without.
        Lenient = "lenient",
    }
    /// Is the bare principal `*` valid in a trust policy?
    TrustStar = iam(53), {
        /// Accepted as everyone.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// May a service prefix of an action hold wildcards?
    ActionPrefixWildcard = iam(60), {
        /// Refused (but for `*:*`).
        Refused = "refused",
        /// Accepted, matched as a pattern.
        Accepted = "accepted",
    }
    /// What does an ARN pattern with fewer than six parts match when it does not end in `*`?
    ShortArn = iam(64), {
        /// Nothing.
        Nothing = "nothing",
        /// The missing parts stand for anything, within limits by policy type.
        TrailingParts = "trailing-parts",
    }
    /// May the service part of an ARN pattern hold wildcards?
    ServiceWildcard = iam(67), {
        /// Accepted.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
    /// Does a `*` at the end of an ARN part run over colons when more parts follow?
    ResourceStar = iam(93), {
        /// It does.
        Span = "span",
        /// It stays inside its part.
        Stay = "stay",
    }
    /// Which patterns cover a request without a resource?
    NoResource = iam(100), {
        /// Only `*`.
        StarOnly = "star-only",
        /// Also an ARN of the same service whose sixth part is `*`.
        SameService = "same-service",
    }
    /// Does `{"AWS": "*"}` name services, providers and JWT callers?
    AwsStar = iam(103), {
        /// It does not.
        IamAndAnonymous = "iam-and-anonymous",
        /// It does, like `"*"`.
        Everyone = "everyone",
    }
    /// Does a Deny with NotPrincipal reach a caller of whom only a part is listed?
    PartialNotPrincipal = iam(120), {
        /// It applies.
        Applies = "applies",
        /// The caller is spared.
        Spared = "spared",
    }
    /// Do tag values compare with case?
    TagValueCase = iam(134), {
        /// As the operator says.
        Operator = "operator",
        /// Never.
        IgnoreCase = "ignore-case",
    }
    /// Is a key whose only value is the empty string null?
    NullEmptyString = iam(141), {
        /// It is.
        Null = "null",
        /// It is not.
        Present = "present",
    }
    /// What do set operators do to `Null` on a present key?
    NullSetOperator = iam(142), {
        /// As the page says: ForAllValues true, ForAnyValue false.
        Page = "page",
        /// As measured: the test is made for each value.
        PerValue = "per-value",
    }
    /// Is a single empty string an empty set for ForAnyValue?
    ForAnyEmptyString = iam(147), {
        /// It is: false.
        EmptySet = "empty-set",
        /// It is a value like others.
        Value = "value",
    }
    /// ForAnyValue with IfExists and an absent key
    ForAnyIfExists = iam(148), {
        /// True: the suffix wins.
        True = "true",
        /// False: the set operator wins.
        False = "false",
    }
    /// What does an operator without set operator do with a multivalued key?
    PlainMultivalued = iam(151), {
        /// Some value must pass (negated: every value).
        AnyValue = "any-value",
        /// False.
        False = "false",
    }
    /// What does a malformed number do?
    MalformedNumber = iam(163), {
        /// The test is false, negated or not.
        False = "false",
        /// It equals nothing, so negated tests pass.
        Negation = "negation",
    }
    /// Is a four-digit date a year?
    FourDigitDate = iam(166), {
        /// Epoch seconds.
        Epoch = "epoch",
        /// A year.
        Year = "year",
    }
    /// What does a malformed date do?
    MalformedDate = iam(167), {
        /// The test is false, negated or not.
        False = "false",
        /// It equals nothing, so negated tests pass.
        Negation = "negation",
    }
    /// How are odd spellings of booleans read?
    OddBoolean = iam(170), {
        /// `true` without case is true, all else is false.
        TrueOrNot = "true-or-not",
        /// Only exact `true` and `false` match.
        Exact = "exact",
    }
    /// What does invalid base64 do?
    MalformedBinary = iam(173), {
        /// The test is false.
        False = "false",
        /// The texts are compared.
        Text = "text",
    }
    /// Which range is a bare IPv6 address?
    BareIpv6 = iam(176), {
        /// One host.
        Host = "host",
        /// The first 32 bits, as the page prints.
        Prefix32 = "prefix-32",
    }
    /// What is an IPv4-mapped IPv6 address?
    MappedIpv4 = iam(180), {
        /// IPv6.
        Ipv6 = "ipv6",
        /// Also the IPv4 address it holds.
        Ipv4 = "ipv4",
    }
    /// What does a malformed IP range or address do?
    MalformedIp = iam(181), {
        /// The test is false, negated or not.
        False = "false",
        /// It equals nothing, so negated tests pass.
        Negation = "negation",
    }
    /// What does the ARN pattern `*` match?
    ArnStar = iam(186), {
        /// Everything.
        Everything = "everything",
        /// Nothing.
        Nothing = "nothing",
    }
    /// Are variables expanded under Bool?
    BoolVariables = iam(192), {
        /// They are plain text.
        Literal = "literal",
        /// They are expanded.
        Expanded = "expanded",
    }
    /// What does an unresolved variable in NotResource do?
    UnresolvedNotResource = iam(198), {
        /// It excludes nothing.
        ReachesAll = "reaches-all",
        /// The statement does not apply.
        NotApplies = "not-applies",
    }
    /// When is a variable's default used?
    VariableDefault = iam(202), {
        /// When the key is absent.
        AbsentOnly = "absent-only",
        /// Also when it is empty or multivalued.
        DefaultWhenEmpty = "default-when-empty",
    }
    /// Can SCPs or an endpoint policy stop GetCallerIdentity and GetSessionToken?
    AlwaysAllowed = iam(260), {
        /// Nothing can.
        Always = "always",
        /// They can.
        Guarded = "guarded",
    }
    /// May a harness carry a resource-based policy?
    HarnessPolicy = RuleId::agentcore(4), {
        /// Refused: a harness takes none.
        Refused = "refused",
        /// Stored like any other.
        Stored = "stored",
    }
    /// What does the size quota of a put policy count?
    PolicyLength = RuleId::agentcore(39), {
        /// Characters, white space included.
        Characters = "characters",
        /// Bytes of UTF-8.
        Bytes = "bytes",
        /// Characters, but for white space outside strings.
        WithoutWhiteSpace = "without-white-space",
    }
    /// May a memory's policy name the actions that are newer than the list?
    UnlistedMemoryActions = RuleId::agentcore(45), {
        /// No: only the 18 listed actions.
        Refused = "refused",
        /// Yes: they are memory actions like others.
        Accepted = "accepted",
    }
    /// Must a same-account caller's own policies cover both the runtime and its endpoint?
    IdentityCoverage = RuleId::agentcore(93), {
        /// Each resource is allowed by either side.
        Union = "union",
        /// They must, whatever the resource policies allow.
        Literal = "literal",
    }
    /// Which keys that do not depend on the principal does a JWT caller's request have?
    JwtGeneralKeys = RuleId::agentcore(118), {
        /// Those of every request.
        Present = "present",
        /// None of them.
        Absent = "absent",
    }
    /// A JWT caller, and a resource policy that does not allow
    JwtSilentPolicy = RuleId::agentcore(122), {
        /// Denied.
        Denied = "denied",
        /// Allowed.
        Allowed = "allowed",
    }
    /// Does a JWT caller who sends the user-id header need the ForUser action too?
    JwtForUser = RuleId::agentcore(125), {
        /// The action is needed.
        Needed = "needed",
        /// The header asks for nothing.
        Ignored = "ignored",
    }
    /// May a put policy leave `Resource` out?
    ImplicitResource = RuleId::agentcore(145), {
        /// No: refused.
        Required = "required",
        /// Yes: the resource it is put on is meant.
        Implicit = "implicit",
    }
    /// May `Resource` of a put policy be a list?
    ResourceList = RuleId::agentcore(147), {
        /// Yes: a list of one means the same as the string.
        Accepted = "accepted",
        /// No: only a string.
        Refused = "refused",
    }
    /// May `Resource` of a put policy be a pattern that matches?
    PartialWildcard = RuleId::agentcore(148), {
        /// No: only the exact ARN.
        Refused = "refused",
        /// Yes.
        Accepted = "accepted",
    }
    /// How far are the actions of a put policy checked?
    ActionScope = RuleId::agentcore(150), {
        /// Only actions of its kind of resource.
        Type = "type",
        /// Any action of the service.
        Service = "service",
        /// Any action at all.
        Any = "any",
    }
    /// May an action pattern match unsupported actions besides?
    BroadActions = RuleId::agentcore(151), {
        /// Yes: what it also matches does no harm.
        Accepted = "accepted",
        /// No: every action it matches has to be one of them.
        Refused = "refused",
    }
    /// May a put policy name a canonical user?
    CanonicalUser = RuleId::agentcore(153), {
        /// Yes: the grammar of resource-based policies has it.
        Accepted = "accepted",
        /// No: S3 alone knows such users.
        Refused = "refused",
    }
    /// May a put policy use `NotPrincipal`?
    PutNotPrincipal = RuleId::agentcore(154), {
        /// No: Principal is mandatory.
        Refused = "refused",
        /// Yes.
        Accepted = "accepted",
    }
    /// Are the principals of a put policy looked up?
    PrincipalLookup = RuleId::agentcore(155), {
        /// No: any well-formed ARN is stored.
        NotResolved = "not-resolved",
        /// Yes: one that does not exist is refused, and so is a unique id.
        Resolved = "resolved",
    }
    /// May a put policy test an unknown key?
    UnknownKeys = RuleId::agentcore(156), {
        /// Yes: it is absent from every request.
        Accepted = "accepted",
        /// No.
        Refused = "refused",
    }
    /// Is a VPC endpoint policy asked about the runtime endpoint too?
    EndpointPolicyScope = RuleId::agentcore(173), {
        /// About both resources.
        Both = "both",
        /// About the runtime only.
        RuntimeOnly = "runtime-only",
    }
    /// Does AgentCore supply aws:VpceAccount, aws:VpceOrgID and aws:VpceOrgPaths?
    VpceOwnerKeys = RuleId::agentcore(182), {
        /// It does not.
        Absent = "absent",
        /// It does, for requests through a VPC endpoint.
        Present = "present",
    }
    /// Does AgentCore supply aws:SourceVpcArn?
    SourceVpcArnKey = RuleId::agentcore(183), {
        /// It does not.
        Absent = "absent",
        /// It does, for requests through a VPC endpoint.
        Present = "present",
    }
    /// Are the actions that accompany a harness operation checked on its endpoint too?
    HarnessEndpointPairs = RuleId::agentcore(189), {
        /// On the harness only.
        HarnessOnly = "harness-only",
        /// On harness and endpoint.
        Both = "both",
    }
    /// Is the default endpoint of a harness checked as a resource of its own?
    DefaultHarnessEndpoint = RuleId::agentcore(190), {
        /// Endpoints other than DEFAULT are.
        CustomOnly = "custom-only",
        /// DEFAULT is too.
        EndpointToo = "endpoint-too",
    }
    /// Are memory actions checked for a harness that manages no memory?
    UnmanagedMemory = RuleId::agentcore(191), {
        /// Only where a memory is managed.
        Unchecked = "unchecked",
        /// Always.
        Checked = "checked",
    }
    /// Does InvokeHarness with the user-id header need InvokeAgentRuntimeForUser?
    HarnessForUser = RuleId::agentcore(193), {
        /// The header asks for nothing.
        Ignored = "ignored",
        /// The action is needed on the harness.
        Needed = "needed",
    }
    /// Does an explicit Deny count at a gateway that authorizes nothing (NONE, AUTHENTICATE_ONLY)?
    UnauthorizedGatewayDenies = RuleId::agentcore(203), {
        /// No policy but the endpoint's counts.
        Ignored = "ignored",
        /// A Deny statement that applies denies; Allows mean nothing.
        Honoured = "honoured",
    }
    /// Is iam:PassRole checked when an update carries the role of the resource?
    PassRoleOnUpdate = RuleId::agentcore(259), {
        /// As on creation.
        Checked = "checked",
        /// On creation only.
        NotChecked = "not-checked",
    }
    /// May a put policy have `Version` 2008-10-17?
    PutVersion2008 = RuleId::agentcore(270), {
        /// Yes.
        Accepted = "accepted",
        /// No.
        Refused = "refused",
    }
    /// May a put policy repeat a `Sid`?
    PutRepeatedSid = RuleId::agentcore(271), {
        /// Yes.
        Accepted = "accepted",
        /// No.
        Refused = "refused",
    }
    /// May a put policy use variables?
    PutVariables = RuleId::agentcore(272), {
        /// Yes.
        Accepted = "accepted",
        /// No.
        Refused = "refused",
    }
    /// May a put policy use `NotAction`?
    PutNotAction = RuleId::agentcore(273), {
        /// No: Action is mandatory.
        Refused = "refused",
        /// Yes.
        Accepted = "accepted",
    }
    /// May a put policy use `NotResource`?
    PutNotResource = RuleId::agentcore(274), {
        /// No: Resource has to be the exact ARN.
        Refused = "refused",
        /// Yes.
        Accepted = "accepted",
    }
    /// Are unknown operators refused in a put policy?
    PutUnknownOperators = RuleId::agentcore(275), {
        /// Yes, as IAM does.
        Refused = "refused",
        /// No.
        Accepted = "accepted",
    }
}

impl fmt::Display for Choice {
    /// The id of the rule that leaves the point open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.rule(), f)
    }
}

/// One reading for every choice. The default reads each choice as registered.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    readings: [u8; ALL_CHOICES.len()],
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            readings: [0; ALL_CHOICES.len()],
        }
    }
}

impl Dialect {
    /// The reading this dialect has of a choice.
    #[must_use]
    pub fn get<R: Reading>(&self) -> R {
        R::ALL[usize::from(self.readings[R::CHOICE as usize])]
    }

    /// The same dialect with one choice read otherwise.
    #[must_use]
    pub fn with<R: Reading>(mut self, reading: R) -> Self {
        let index = R::ALL.iter().position(|&r| r == reading).unwrap_or(0);
        self.readings[R::CHOICE as usize] = index as u8;
        self
    }

    /// The index of the reading of a choice, into [`Choice::reading_names`].
    #[must_use]
    pub fn index(&self, choice: Choice) -> usize {
        usize::from(self.readings[choice as usize])
    }

    /// The same dialect with one choice read by the index of its reading. Panics when out of range.
    #[must_use]
    pub fn with_index(mut self, choice: Choice, index: usize) -> Self {
        assert!(index < choice.reading_names().len());
        self.readings[choice as usize] = index as u8;
        self
    }

    /// The same dialect with `ID=reading` applied, for example `IAM-093=stay`.
    ///
    /// # Errors
    /// [`UnknownReading`] if no choice has that id or it has no such reading.
    pub fn with_setting(self, setting: &str) -> Result<Self, UnknownReading> {
        let unknown = || UnknownReading {
            setting: setting.to_owned(),
        };
        let (id, reading) = setting.split_once('=').ok_or_else(unknown)?;
        let rule: RuleId = id.parse().map_err(|_| unknown())?;
        let choice = ALL_CHOICES
            .iter()
            .copied()
            .find(|c| c.rule() == rule)
            .ok_or_else(unknown)?;
        let index = choice
            .reading_names()
            .iter()
            .position(|&name| name == reading)
            .ok_or_else(unknown)?;
        Ok(self.with_index(choice, index))
    }

    /// The choices this dialect reads otherwise than by default, each with its reading's name.
    pub fn settings(&self) -> impl Iterator<Item = (Choice, &'static str)> + '_ {
        ALL_CHOICES
            .iter()
            .filter(|&&c| self.index(c) != 0)
            .map(|&c| (c, c.reading_names()[self.index(c)]))
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.settings()).finish()
    }
}

/// A dialect setting that names no registered choice or reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownReading {
    setting: String,
}

impl fmt::Display for UnknownReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` names no reading of a choice; write ID=reading, for example IAM-093=stay, with an id and a \
             reading that `veriam rules` lists",
            self.setting
        )
    }
}

impl std::error::Error for UnknownReading {}

/// A set of choices, iterated in declaration order.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ChoiceSet(u128);

impl ChoiceSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }

    /// Adds a choice.
    pub const fn insert(&mut self, choice: Choice) {
        self.0 |= 1 << choice as u8;
    }

    /// Adds every choice of the other set.
    pub const fn extend_from(&mut self, other: ChoiceSet) {
        self.0 |= other.0;
    }

    /// Whether the choice is in the set.
    #[must_use]
    pub const fn contains(self, choice: Choice) -> bool {
        self.0 & (1 << choice as u8) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The choices, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Choice> {
        ALL_CHOICES
            .iter()
            .copied()
            .filter(move |&c| self.contains(c))
    }
}

impl fmt::Debug for ChoiceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

const _: () = assert!(ALL_CHOICES.len() <= 128, "ChoiceSet holds 128 choices");

/// What `choices.toml` says about one choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceFacts {
    /// The rule that leaves the point open.
    pub id: RuleId,
    /// Whether the point is open in the documentation or a fact about the input that a check does not carry.
    pub kind: ChoiceKind,
    /// The open question.
    pub question: String,
    /// Name of the default reading.
    pub default: String,
    /// Why that is the default.
    pub why: String,
    /// What to try on a live account to settle it.
    pub probe: String,
    /// The readings, the default first.
    pub readings: Vec<ReadingFacts>,
}

/// One reading of a choice, in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingFacts {
    /// The name used in dialect settings.
    pub name: String,
    /// What it means.
    pub means: String,
}

/// What kind of point a choice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChoiceKind {
    /// The documentation does not settle it; a verdict that turns on it is undetermined.
    Open,
    /// A property of the input that nobody has stated; never searched for flips, only set by a dialect.
    Mode,
}

/// The words of every choice, in declaration order.
#[must_use]
pub fn choice_facts() -> &'static [ChoiceFacts] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        choice: Vec<ChoiceFacts>,
    }
    static FACTS: LazyLock<Vec<ChoiceFacts>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../choices.toml"))
            .expect("choices.toml is part of the crate and read by its tests");
        file.choice
    });
    &FACTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_types_say_the_same() {
        let facts = choice_facts();
        assert_eq!(facts.len(), ALL_CHOICES.len());
        for (fact, choice) in facts.iter().zip(ALL_CHOICES) {
            assert_eq!(fact.id, choice.rule());
            let names: Vec<&str> = fact.readings.iter().map(|r| r.name.as_str()).collect();
            assert_eq!(names, choice.reading_names(), "{choice}");
            assert_eq!(fact.default, names[0], "{choice}: the default stands first");
            assert!(names.len() >= 2, "{choice}: one reading is no choice");
        }
    }

    #[test]
    fn a_setting_changes_one_choice_and_reads_back() {
        let dialect = Dialect::default().with_setting("iam-093=stay").unwrap();
        assert_eq!(
            dialect.get::<readings::ResourceStar>(),
            readings::ResourceStar::Stay
        );
        assert_eq!(
            dialect.settings().collect::<Vec<_>>(),
            [(Choice::ResourceStar, "stay")]
        );
        assert_eq!(
            dialect,
            Dialect::default().with(readings::ResourceStar::Stay)
        );
        for wrong in ["IAM-093", "IAM-093=never", "IAM-001=x", "=", ""] {
            assert!(Dialect::default().with_setting(wrong).is_err(), "{wrong}");
        }
    }
}
