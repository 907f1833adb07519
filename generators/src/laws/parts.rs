//! What laws have to know about the parts of cases and documents.

use veriam_model::{CallCase, Check, PolicyText, PolicyType, Request};

use crate::shrink::{Node, Subject};

/// Policies that count together, whatever their number and order.
pub(super) type Pool<'c> = (PolicyType, &'c mut Vec<PolicyText>);

/// Context keys with their values.
pub(super) type Entries = Vec<(String, Vec<String>)>;

/// A case that laws can be applied to.
pub(super) trait Lawful: Subject {
    /// Actions that are asked for.
    fn actions(&self) -> Vec<String>;

    /// Identity policies of one caller, SCPs of one level, RCPs of one level.
    fn pools(&mut self) -> Vec<Pool<'_>>;

    /// The account ids of the parties.
    fn accounts(&self) -> Vec<String>;

    /// Context keys with their values; nothing where they follow from other facts.
    fn context(&self) -> Option<&[(String, Vec<String>)]>;

    /// Changes the context keys and values.
    fn change_context(&mut self, change: &mut dyn FnMut(&mut Entries));

    /// Changes the action, where it is a text.
    fn change_action(&mut self, change: &mut dyn FnMut(&mut String));
}

impl Lawful for Check {
    fn actions(&self) -> Vec<String> {
        vec![self.action.clone()]
    }

    fn pools(&mut self) -> Vec<Pool<'_>> {
        let scps = self.scps.iter_mut().map(|l| (PolicyType::Scp, l));
        let rcps = self.rcps.iter_mut().map(|l| (PolicyType::Rcp, l));
        std::iter::once((PolicyType::Identity, &mut self.identity_policies))
            .chain(scps)
            .chain(rcps)
            .collect()
    }

    fn accounts(&self) -> Vec<String> {
        let caller = self.principal.account.iter();
        caller.chain([&self.resource.account]).cloned().collect()
    }

    fn context(&self) -> Option<&[(String, Vec<String>)]> {
        Some(self.context.entries())
    }

    fn change_context(&mut self, change: &mut dyn FnMut(&mut Entries)) {
        crate::shrink::change_context(self, change);
    }

    fn change_action(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(&mut self.action);
    }
}

impl Lawful for CallCase {
    fn actions(&self) -> Vec<String> {
        let name = self.call.request.operation();
        let own = |name: &str| format!("bedrock-agentcore:{name}");
        match &self.call.request {
            Request::Other(request) => vec![request.action.clone()],
            Request::AssumeRole(_) => {
                let actions = [name, "TagSession", "SetSourceIdentity"];
                actions.map(|name| format!("sts:{name}")).to_vec()
            }
            Request::Harness(_) => vec![own(name), own("InvokeAgentRuntime")],
            Request::Control(request) if request.role.is_some() => {
                vec![own(name), "iam:PassRole".to_owned()]
            }
            Request::Runtime(_) => vec![own(name), own(&format!("{name}ForUser"))],
            Request::Gateway(_)
            | Request::Memory(_)
            | Request::Tool(_)
            | Request::Identity(_)
            | Request::Control(_) => vec![own(name)],
        }
    }

    fn pools(&mut self) -> Vec<Pool<'_>> {
        let world = &mut self.world;
        let mut pools: Vec<Pool<'_>> = Vec::new();
        for identity in world.users.iter_mut().chain(&mut world.roles) {
            pools.push((PolicyType::Identity, &mut identity.policies));
        }
        for account in &mut world.accounts {
            if let Some(organization) = &mut account.organization {
                let scps = organization.scps.iter_mut();
                pools.extend(scps.map(|level| (PolicyType::Scp, level)));
                let rcps = organization.rcps.iter_mut();
                pools.extend(rcps.map(|level| (PolicyType::Rcp, level)));
            }
        }
        pools
    }

    fn accounts(&self) -> Vec<String> {
        self.world.accounts.iter().map(|a| a.id.clone()).collect()
    }

    fn context(&self) -> Option<&[(String, Vec<String>)]> {
        None
    }

    fn change_context(&mut self, _: &mut dyn FnMut(&mut Entries)) {}

    fn change_action(&mut self, change: &mut dyn FnMut(&mut String)) {
        if let Request::Other(request) = &mut self.call.request {
            change(&mut request.action);
        }
    }
}

/// A member of an object.
pub(super) fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match node {
        Node::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, m)| m),
        _ => None,
    }
}

/// A member of an object, to be changed.
pub(super) fn member_mut<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    match node {
        Node::Object(members) => members.iter_mut().find(|(n, _)| n == name).map(|(_, m)| m),
        _ => None,
    }
}

/// Removes a member of an object.
pub(super) fn drop_member(node: &mut Node, name: &str) {
    if let Node::Object(members) = node {
        members.retain(|(n, _)| n != name);
    }
}

/// The statements of a document, to be changed.
pub(super) fn statements_mut(root: &mut Node) -> &mut [Node] {
    match member_mut(root, "Statement") {
        Some(Node::Array(list)) => list,
        Some(one) => std::slice::from_mut(one),
        None => &mut [],
    }
}

/// The statements of a document.
pub(super) fn statements(root: &Node) -> &[Node] {
    match member(root, "Statement") {
        Some(Node::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Whether a statement has that effect.
pub(super) fn has_effect(statement: &Node, effect: &str) -> bool {
    member(statement, "Effect").and_then(Node::text).as_deref() == Some(effect)
}

/// Whether no name occurs twice.
pub(super) fn distinct(members: &[(String, Node)]) -> bool {
    let mut names = members.iter().map(|(name, _)| name).enumerate();
    names.all(|(at, name)| members[..at].iter().all(|(n, _)| n != name))
}
