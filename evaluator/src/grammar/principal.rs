//! `Principal` and `NotPrincipal` (IAM-027 to IAM-032, IAM-039, IAM-050 to IAM-058, IAM-068).

use veriam_model::{PolicyType, Verb, readings as dialects};

use super::statement::{Elements, NOT_PRINCIPAL, PRINCIPAL, is_star};
use super::{Member, Reader, Seen};
use crate::arn::Arn;
use crate::document::{Named, Text, Who};
use crate::fault::{self, Kind};
use crate::json::Value;
use crate::variable;

impl Reader<'_> {
    /// Reads the principal element of a statement, if its type of policy has one.
    pub(super) fn principal<'a>(
        &mut self,
        object: Value<'_, 'a>,
        elements: &Elements<'_, 'a>,
        effect: Option<Verb>,
    ) -> Who<'a> {
        use PolicyType::{Boundary, Endpoint, Identity, Key, Rcp, Resource, Scp, Session, Trust};
        let principal = elements.get(PRINCIPAL);
        let negated = elements.get(NOT_PRINCIPAL);
        match self.policy_type {
            Identity | Boundary | Session => {
                self.forbid(principal, &fault::PRINCIPAL_NOT_ALLOWED);
                self.forbid(negated, &fault::NOT_PRINCIPAL_NOT_ALLOWED);
                Who::Unsaid
            }
            Scp => {
                self.forbid(principal, &fault::SCP_PRINCIPAL);
                self.forbid(negated, &fault::SCP_PRINCIPAL);
                Who::Unsaid
            }
            Rcp => {
                self.forbid(negated, &fault::RCP_NOT_PRINCIPAL);
                match principal {
                    None => self.add_at_brace(&fault::RCP_PRINCIPAL, object),
                    Some(member) if !is_star(member.value) => {
                        self.add(&fault::RCP_PRINCIPAL, member.value);
                    }
                    Some(_) => {}
                }
                Who::Of(vec![Named::Everyone])
            }
            Trust => {
                self.forbid(negated, &fault::NOT_PRINCIPAL_NOT_ALLOWED);
                let is_stored_without = self.is_stored() && negated.is_none();
                if principal.is_none() && !is_stored_without {
                    self.add_at_brace(&fault::PRINCIPAL_MISSING, object);
                }
                match principal {
                    Some(member) => Who::Of(self.who(member, false)),
                    None => Who::Unsaid,
                }
            }
            Resource | Key | Endpoint => self.either(object, principal, negated, effect),
        }
    }

    fn forbid(&mut self, member: Option<Member<'_, '_>>, kind: &'static Kind) {
        if let Some(member) = member {
            self.add(kind, member.name);
        }
    }

    /// The types that take either element.
    fn either<'a>(
        &mut self,
        object: Value<'_, 'a>,
        principal: Option<Member<'_, 'a>>,
        negated: Option<Member<'_, 'a>>,
        effect: Option<Verb>,
    ) -> Who<'a> {
        let (missing, twice) = if self.policy_type == PolicyType::Endpoint {
            (
                &fault::ENDPOINT_PRINCIPAL_MISSING,
                &fault::ENDPOINT_PRINCIPAL_TWICE,
            )
        } else {
            (&fault::PRINCIPAL_MISSING, &fault::PRINCIPAL_TWICE)
        };
        match (principal, negated) {
            (Some(_), Some(_)) => self.add_at_brace(twice, object),
            (None, None) if !self.is_stored() => self.add_at_brace(missing, object),
            _ => {}
        }
        let refuses = self.reads(dialects::AllowNotPrincipal::Refused);
        if let Some(member) = negated
            && effect == Some(Verb::Allow)
            && refuses
        {
            self.add(&fault::ALLOW_NOT_PRINCIPAL, member.name);
        }
        let listed = principal.map(|member| self.who(member, false));
        let spared = negated.map(|member| self.who(member, true));
        match (listed, spared) {
            (_, Some(spared)) => Who::Except(spared),
            (Some(listed), None) => Who::Of(listed),
            (None, None) => Who::Unsaid,
        }
    }

    /// The entries of a principal element.
    fn who<'a>(&mut self, member: Member<'_, 'a>, negated: bool) -> Vec<Named<'a>> {
        let value = member.value;
        if is_star(value) {
            let refuses = self.reads(dialects::TrustStar::Refused);
            if self.policy_type == PolicyType::Trust && refuses {
                self.add(&fault::TRUST_STAR, value);
            }
            return vec![Named::Everyone];
        }
        let Some(members) = value.members() else {
            self.add(&fault::PRINCIPAL_FORM, value);
            return Vec::new();
        };
        let mut named = Vec::new();
        let mut seen = Seen::exactly();
        let mut is_empty = true;
        for (name, value) in members {
            let kind = name.string().unwrap_or_default();
            if !seen.insert(kind.clone()) {
                self.add(&fault::REPEATED_MEMBER, name);
                continue;
            }
            is_empty &= match self.principal_kind(&kind) {
                Ok(make) => self.entries(value, make, &mut named),
                Err(fault) => {
                    self.add(fault, name);
                    false
                }
            };
        }
        let refuses = self.reads(dialects::EmptyNot::Refused);
        if negated && is_empty && refuses {
            self.add(&fault::EMPTY_NOT, value);
        }
        named
    }

    /// What the entries under a kind of principal are, if the type of policy takes the kind.
    fn principal_kind<'a>(&self, kind: &str) -> Result<fn(Text<'a>) -> Named<'a>, &'static Kind> {
        use PolicyType::{Endpoint, Key, Trust};
        match kind {
            "AWS" => Ok(Named::Aws),
            "Service" => Ok(Named::Service),
            "Federated" if self.policy_type == Trust => Ok(Named::Federated),
            "Federated" => Err(&fault::FEDERATED_PLACE),
            "CanonicalUser" if matches!(self.policy_type, Trust | Key | Endpoint) => {
                Err(&fault::CANONICAL_PLACE)
            }
            "CanonicalUser" => Ok(|_| Named::Canonical),
            _ => Err(&fault::PRINCIPAL_KIND),
        }
    }

    /// Reads the entries under one kind; true when it is an empty list.
    fn entries<'a>(
        &mut self,
        value: Value<'_, 'a>,
        make: fn(Text<'a>) -> Named<'a>,
        into: &mut Vec<Named<'a>>,
    ) -> bool {
        let Some(elements) = value.elements() else {
            self.entry(value, make, into);
            return false;
        };
        let mut is_empty = true;
        for element in elements {
            is_empty = false;
            self.entry(element, make, into);
        }
        is_empty
    }

    fn entry<'a>(
        &mut self,
        value: Value<'_, 'a>,
        make: fn(Text<'a>) -> Named<'a>,
        into: &mut Vec<Named<'a>>,
    ) {
        let Some(text) = value.string() else {
            return self.add(&fault::PRINCIPAL_NOT_STRING, value);
        };
        let named = make(text.clone());
        if let Some(kind) = self.entry_fault(&text, matches!(named, Named::Aws(_))) {
            self.add(kind, value);
        }
        into.push(named);
    }

    fn entry_fault(&self, text: &str, is_aws: bool) -> Option<&'static Kind> {
        if is_aws && text == "*" {
            return None;
        }
        if self.has_variables && variable::has_variable(text) {
            return Some(&fault::VARIABLE_PLACE);
        }
        if text.contains(['*', '?']) {
            return Some(&fault::PRINCIPAL_WILDCARD);
        }
        if text.is_empty() {
            return Some(&fault::PRINCIPAL_NAME);
        }
        if !is_aws || is_account_id(text) || is_unique_id(text) {
            return None;
        }
        match Arn::parse(text) {
            Some(arn) if arn.service() == "iam" && arn.rest().starts_with("group/") => {
                Some(&fault::PRINCIPAL_GROUP)
            }
            Some(_) => None,
            None => Some(&fault::PRINCIPAL_NAME),
        }
    }
}

/// Twelve ASCII digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The id AWS gives a user or role: `A` and 15 to 127 more capital letters and digits.
pub(crate) fn is_unique_id(text: &str) -> bool {
    let permitted = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    text.starts_with('A') && (16..=128).contains(&text.len()) && text.bytes().all(permitted)
}
