//! Requests to STS and to other services.

use veriam_model::{AssumeRoleRequest, Context, OtherRequest, Request, RoleName};

use crate::draw::{Draw, Text, join};
use crate::vocabulary::CallerKind;

use super::super::callers::{Who, tag_list};
use super::super::foreign::BARE;
use super::super::parts::{Ask, Part, Thing};
use super::super::plan::Place;
use super::super::resources::Family;
use super::super::scene::{Scene, TagList, tags};

/// A session of a role is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfRole {
    role: usize,
    session: Option<&'static str>,
    external_id: Option<&'static str>,
    source_identity: Option<&'static str>,
    tags: TagList,
    /// The first tag passes on.
    passes_on: bool,
}

pub(crate) const SESSION_NAMES: [&str; 3] = ["s1", "build-42", "alice@example.com"];
pub(crate) const EXTERNAL_IDS: [&str; 3] = ["Unique-ID-42", "unique-id-42", "12345"];
pub(crate) const SOURCE_IDENTITIES: [&str; 3] = ["alice", "DiegoRamirez", "build-42"];

impl OfRole {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let role = draw.below(scene.roles.len());
        let passes_tags = draw.chance(1, 4);
        let tags = match passes_tags {
            true => tags(draw),
            false => [None, None],
        };
        Self {
            role,
            session: (!draw.chance(1, 8)).then(|| draw.one(&SESSION_NAMES)),
            external_id: draw.chance(1, 4).then(|| draw.one(&EXTERNAL_IDS)),
            source_identity: draw.chance(1, 6).then(|| draw.one(&SOURCE_IDENTITIES)),
            tags,
            passes_on: passes_tags && draw.chance(1, 3),
        }
    }

    pub(crate) fn owner(&self, scene: &Scene) -> &'static str {
        scene.roles[self.role].account
    }

    pub(crate) fn parts(&self, scene: &Scene) -> Vec<Part> {
        let role = super::role_thing(scene, self.role).held(Place::Trust(self.role), true, true);
        let owner = self.owner(scene);
        let part = |action, carried: Vec<(Text, Vec<Text>)>| {
            Part::new(vec![action], vec![role.clone()], owner).carrying(carried)
        };
        let mut of_tags = tag_keys(self.tags);
        let passing_on = self.transitive().map(Text::from);
        if let Some(key) = passing_on {
            of_tags.push(("sts:TransitiveTagKeys".into(), vec![key]));
        }
        let one = |name: &'static str, value: Option<&'static str>| {
            value.map(|value| (Text::from(name), vec![Text::from(value)]))
        };
        let source_identity = one("sts:SourceIdentity", self.source_identity);
        let mut of_session = of_tags.clone();
        of_session.extend(one("sts:ExternalId", self.external_id));
        of_session.extend(one("sts:RoleSessionName", self.session));
        of_session.extend(source_identity.clone());
        let mut parts = vec![part("sts:AssumeRole", of_session)];
        if !of_tags.is_empty() {
            parts.push(part("sts:TagSession", of_tags));
        }
        if let Some(key) = source_identity {
            parts.push(part("sts:SetSourceIdentity", vec![key]));
        }
        parts
    }

    /// The key of the tag that passes on.
    fn transitive(&self) -> Option<&'static str> {
        let first = self.tags.into_iter().flatten().next();
        first.filter(|_| self.passes_on).map(|(key, _)| key)
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let role = &scene.roles[self.role];
        let text = |text: Option<&str>| text.map(str::to_owned);
        Request::AssumeRole(AssumeRoleRequest {
            role: RoleName {
                account: role.account.to_owned(),
                name: role.name.to_owned(),
            },
            session: text(self.session),
            external_id: text(self.external_id),
            source_identity: text(self.source_identity),
            tags: tag_list(self.tags),
            transitive: self.transitive().map(str::to_owned).into_iter().collect(),
        })
    }
}

/// The keys of tags that a request passes (IAM-290).
pub(crate) fn tag_keys(list: TagList) -> Vec<(Text, Vec<Text>)> {
    let mut keys = Vec::new();
    let mut names: Vec<Text> = Vec::new();
    for (key, value) in list.into_iter().flatten() {
        keys.push((join(&["aws:RequestTag/", key]), vec![value.into()]));
        names.push(key.into());
    }
    if !names.is_empty() {
        keys.push(("aws:TagKeys".into(), names));
    }
    keys
}

/// What is asked of another service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfOther {
    action: &'static str,
    /// None: an action without resource type.
    estate: Option<usize>,
    /// A key that the request carries, among those of the kind of resource, and which of its values.
    key: Option<(usize, usize)>,
    via: Option<&'static str>,
    /// The account is told although it is the caller's, for the service that calls.
    account: Option<&'static str>,
}

const VIAS: [&str; 2] = [
    "bedrock-agentcore.amazonaws.com",
    "cloudformation.amazonaws.com",
];

impl OfOther {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene) -> Self {
        let mut call = Self {
            action: BARE[0],
            estate: None,
            key: None,
            via: None,
            account: None,
        };
        call.pick(draw, scene);
        call
    }

    fn pick(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        if draw.chance(1, 8) {
            (self.estate, self.key, self.action) = (None, None, draw.one(&BARE));
        } else {
            let at = draw.below(scene.others.len());
            self.estate = Some(at);
            self.action = draw.one(scene.others[at].kind.actions);
            self.carry(draw, scene);
        }
    }

    fn carry(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        let keys = self.estate.map_or(&[][..], |at| scene.others[at].kind.keys);
        self.key = match keys.is_empty() || draw.chance(1, 4) {
            true => None,
            false => {
                let at = draw.below(keys.len());
                Some((at, draw.below(keys[at].1.len())))
            }
        };
        self.via = draw.chance(1, 4).then(|| draw.one(&VIAS));
    }

    /// A service asks by itself, and for nobody's account but the owner's.
    pub(crate) fn suit(&mut self, scene: &Scene, who: &Who) {
        self.account = None;
        if who.kind == CallerKind::Service {
            self.via = None;
            if self.estate.is_none() {
                self.account = Some(scene.accounts[0].id);
            }
        }
    }

    /// None: the caller's, wherever that is.
    pub(crate) fn owner(&self, scene: &Scene) -> Option<&'static str> {
        self.estate.map(|at| scene.others[at].account)
    }

    pub(crate) fn via(&self) -> Option<&'static str> {
        self.via
    }

    fn thing(&self, scene: &Scene) -> Option<Thing> {
        self.estate.map(|at| estate_thing(scene, at))
    }

    pub(crate) fn parts(&self, scene: &Scene, caller: &'static str) -> Vec<Part> {
        let owner = self.owner(scene).or(self.account).unwrap_or(caller);
        let things = self.thing(scene).into_iter().collect();
        let mut carried: Vec<(Text, Vec<Text>)> = Vec::new();
        carried.extend(
            self.carried(scene)
                .map(|(name, value)| (name.into(), vec![value.into()])),
        );
        if let Some(via) = self.via {
            for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
                carried.push((key.into(), vec![via.into()]));
            }
        }
        vec![Part::new(vec![self.action], things, owner).carrying(carried)]
    }

    fn carried(&self, scene: &Scene) -> Option<(&'static str, &'static str)> {
        let (at, which) = self.key?;
        let (name, values) = scene.others[self.estate?].kind.keys[at];
        Some((name, values[which]))
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        let mut keys = Context::new();
        if let Some((name, value)) = self.carried(scene) {
            // The only one.
            let _ = keys.insert(name.to_owned(), vec![value.to_owned()]);
        }
        let arn = self.thing(scene).map(|thing| {
            let part = Part::new(vec![self.action], vec![thing], "");
            let ask = Ask::new(scene, Family::Other, part);
            ask.arn(&ask.things[0]).into_owned()
        });
        Request::Other(OtherRequest {
            action: self.action.to_owned(),
            resource: arn.unwrap_or_else(|| "*".to_owned()),
            account: self.account.map(str::to_owned),
            keys,
            via: self.via.map(str::to_owned),
        })
    }

    /// Another action or resource, or other keys.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        match draw.chance(1, 2) {
            true => self.carry(draw, scene),
            false => self.pick(draw, scene),
        }
    }
}

/// A resource of another service of the scene.
pub(crate) fn estate_thing(scene: &Scene, at: usize) -> Thing {
    let estate = &scene.others[at];
    let kind = estate.kind;
    let thing = Thing {
        service: kind.service,
        region: if kind.placed { scene.region } else { "" },
        account: if kind.placed { estate.account } else { "" },
        word: kind.word,
        id: kind.id.into(),
        tail: None,
        tags: estate.tags,
        holder: None,
    };
    thing.held(Place::Other(at, kind.key), true, kind.key)
}
