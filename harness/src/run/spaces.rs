//! The parts that are iterators of cases: the exhaustive spaces.

use veriam_generators::exhaustive;
use veriam_model::Case;

use super::Part;

/// The cases of an exhaustive space, in their fixed order.
pub(super) type Space = Box<dyn Iterator<Item = Case> + Send>;

/// The cases of a part, where the part is an exhaustive space.
pub(super) fn space(part: Part) -> Option<Space> {
    let check = |check| Case::Check(Box::new(check));
    Some(match part {
        Part::Combiner => Box::new(exhaustive::combiner().map(check)),
        Part::Operators => Box::new(exhaustive::operators().map(check)),
        Part::Principals => Box::new(exhaustive::principals().map(check)),
        Part::TwoResource => {
            Box::new(exhaustive::two_resource().map(|call| Case::Call(Box::new(call))))
        }
        Part::Controls | Part::Sources | Part::Vectors | Part::Generated | Part::Laws => {
            return None;
        }
    })
}

/// How many cases [`space`] yields; none where the part is no exhaustive space.
pub(super) const fn size(part: Part) -> u64 {
    let size = match part {
        Part::Combiner => exhaustive::COMBINER_SIZE,
        Part::Operators => exhaustive::OPERATORS_SIZE,
        Part::Principals => exhaustive::PRINCIPALS_SIZE,
        Part::TwoResource => exhaustive::TWO_RESOURCE_SIZE,
        Part::Controls | Part::Sources | Part::Vectors | Part::Generated | Part::Laws => 0,
    };
    size as u64
}
