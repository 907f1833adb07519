//! Shrinking of documents by themselves.

use veriam_model::{DocumentCase, PolicyText, PolicyType};

use super::search::{Search, Subject};

impl Subject for DocumentCase {
    type Slot = ();

    fn wire(&self) -> String {
        self.text.as_str().to_owned()
    }

    fn is_well_formed(&self) -> bool {
        true
    }

    fn slots(&self) -> Vec<()> {
        vec![()]
    }

    fn policy(&self, (): ()) -> Option<&PolicyText> {
        Some(&self.text)
    }

    fn policy_mut(&mut self, (): ()) -> Option<&mut PolicyText> {
        Some(&mut self.text)
    }

    fn policy_type(&self, (): ()) -> PolicyType {
        self.policy_type
    }

    fn each_text(&mut self, _: &mut dyn FnMut(&mut String)) {}

    fn coarse(_: &mut Search<'_, Self>) {}

    fn fine(search: &mut Search<'_, Self>) {
        thin_text(
            search,
            |case| case.text.as_str(),
            |case, text| case.text = PolicyText::new(text),
        );
    }
}

/// Removes characters of a text of the case, by halves, then one by one: a fault may lie in the text rather than in its
/// tree.
pub(super) fn thin_text<S: Subject>(
    search: &mut Search<'_, S>,
    read: impl Fn(&S) -> &str,
    write: impl Fn(&mut S, String),
) {
    if search.valid {
        // A shorter word is no word of the grammar.
        return;
    }
    let length = |subject: &mut S| read(subject).chars().count();
    let first = length(&mut search.best) / 2;
    search.thin_by(first, length, |subject, from, to| {
        let characters = read(subject).chars().enumerate();
        let kept = characters.filter(|(at, _)| !(from..to).contains(at));
        let kept = kept.map(|(_, c)| c).collect();
        write(subject, kept);
    });
}
