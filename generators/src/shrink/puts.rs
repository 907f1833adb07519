//! Shrinking of puts.

use veriam_model::{PolicyText, PolicyType, Put};

use super::search::{Search, Subject};
use super::texts::thin_text;

impl Subject for Put {
    type Slot = ();

    fn wire(&self) -> String {
        self.to_json()
    }

    fn policy_type(&self, (): ()) -> PolicyType {
        PolicyType::Resource
    }

    fn is_well_formed(&self) -> bool {
        self.validate().is_ok()
    }

    fn slots(&self) -> Vec<()> {
        vec![()]
    }

    fn policy(&self, (): ()) -> Option<&PolicyText> {
        Some(&self.policy)
    }

    fn policy_mut(&mut self, (): ()) -> Option<&mut PolicyText> {
        Some(&mut self.policy)
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(&mut self.resource);
        visit(&mut self.account);
        self.principals.iter_mut().for_each(visit);
    }

    fn coarse(search: &mut Search<'_, Self>) {
        search.change(|put| put.exists = true);
        search.thin(|put| &mut put.principals);
    }

    /// The policy may break a rule of its text, and the ARN one of its own.
    fn fine(search: &mut Search<'_, Self>) {
        thin_text(
            search,
            |put| put.policy.as_str(),
            |put, text| put.policy = PolicyText::new(text),
        );
        thin_text(search, |put| &put.resource, |put, text| put.resource = text);
    }
}
