//! Where a request's context keys get their values: from a list, or from whatever a caller of the algorithm knows.

use std::cell::Cell;

use veriam_model::Context;

use crate::program::Program;
use crate::work::Meter;

/// The values of one key.
pub(crate) trait Texts<'r>: Copy {
    /// All of them, in order.
    fn all(self) -> impl Iterator<Item = &'r str>;
    /// The value, if there is exactly one.
    fn only(self) -> Option<&'r str>;
    /// Whether there is none.
    fn is_empty(self) -> bool;

    /// Whether they are a single empty string.
    #[inline]
    fn is_empty_text(self) -> bool {
        self.only().is_some_and(str::is_empty)
    }
}

impl<'r> Texts<'r> for &'r [String] {
    #[inline]
    fn all(self) -> impl Iterator<Item = &'r str> {
        self.iter().map(String::as_str)
    }

    #[inline]
    fn only(self) -> Option<&'r str> {
        match self {
            [text] => Some(text),
            _ => None,
        }
    }

    #[inline]
    fn is_empty(self) -> bool {
        <[String]>::is_empty(self)
    }
}

/// Gives the keys a program mentions their values.
pub(crate) trait Source<'r> {
    type Texts: Texts<'r>;

    /// The values of a key, by its number in the program; none when the key is absent.
    fn texts(&self, program: &'r Program, key: u32, meter: &impl Meter) -> Option<Self::Texts>;
}

/// A context as it came with a request, with the places of the keys that were looked up.
#[derive(Debug)]
pub(crate) struct Listed<'r> {
    context: &'r Context,
    /// Where the first keys stand: 0 = not looked up, 1 = absent, else the place and 2.
    slots: [Cell<u16>; Listed::SLOTS],
}

impl<'r> Listed<'r> {
    const SLOTS: usize = 64;

    #[inline]
    pub(crate) fn new(context: &'r Context) -> Self {
        Self {
            context,
            slots: [const { Cell::new(0) }; Self::SLOTS],
        }
    }
}

impl<'r> Source<'r> for Listed<'r> {
    type Texts = &'r [String];

    #[inline]
    fn texts(&self, program: &'r Program, key: u32, meter: &impl Meter) -> Option<&'r [String]> {
        const ABSENT: u16 = 1;
        let entries = self.context.entries();
        let slot = self.slots.get(key as usize);
        if let Some(slot) = slot
            && slot.get() != 0
        {
            let place = slot.get().checked_sub(ABSENT)?.checked_sub(1)?;
            return entries
                .get(usize::from(place))
                .map(|(_, values)| values.as_slice());
        }
        let name = &program.keys.get(key as usize)?.name;
        meter.compare(entries.len());
        let place = entries
            .iter()
            .position(|(n, _)| n.len() == name.len() && n.eq_ignore_ascii_case(name));
        if let Some(slot) = slot {
            let known = match place {
                None => Some(ABSENT),
                Some(place) => u16::try_from(place.saturating_add(2)).ok(),
            };
            // A place beyond 65,533 is looked up each time.
            slot.set(known.unwrap_or(0));
        }
        Some(entries.get(place?)?.1.as_slice())
    }
}
