//! The state of one case while it is made.

use veriam_model::{PolicyType, Verb};

use crate::context::{Context, KeySet, Parties};
use crate::draw::Draw;
use crate::sizes::Sizes;
use crate::vocabulary::{Caller, Target};

/// One case in the making: who asks for what, and what is settled about the context.
pub(crate) struct Maker<'u, 'b> {
    pub(crate) draw: Draw<'u, 'b>,
    pub(crate) sizes: &'static Sizes,
    pub(crate) features: Features,
    pub(crate) caller: Caller,
    pub(crate) target: Target,
    /// The keys that conditions may test.
    pub(crate) keys: &'static KeySet,
    pub(crate) context: Context,
    /// A boundary counts for the caller, so that NotPrincipal spares nobody (IAM-122).
    pub(crate) bounded: bool,
    /// Some statement has NotPrincipal: the caller must not change any more, or a part of its chain might be listed.
    pub(crate) excepted: bool,
}

/// What the place of a statement permits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) policy_type: PolicyType,
    pub(crate) effect: Verb,
    /// The document's version is 2012-10-17: `${` begins a variable.
    pub(crate) current: bool,
    /// An SCP keeps to the language of 2023, so that nothing turns on IAM-033.
    pub(crate) limited: bool,
}

impl Setting {
    /// Endpoint policies have limits of their own (IAM-030).
    pub(crate) fn endpoint(self) -> bool {
        self.policy_type == PolicyType::Endpoint
    }

    /// The statement of a limited SCP that allows: only Action varies.
    pub(crate) fn bare_allow(self) -> bool {
        self.limited && self.effect == Verb::Allow
    }
}

impl<'u, 'b> Maker<'u, 'b> {
    /// The source of choices and the parties, borrowed apart from the context.
    pub(crate) fn split(&mut self) -> (&mut Draw<'u, 'b>, Parties<'_>, &mut Context) {
        let parties = Parties {
            caller: &self.caller,
            target: &self.target,
        };
        (&mut self.draw, parties, &mut self.context)
    }

    pub(crate) fn on(&self, feature: Feature) -> bool {
        self.features.on(feature)
    }

    /// True `hits` times in `of` when the feature is on.
    pub(crate) fn maybe(&mut self, feature: Feature, hits: usize, of: usize) -> bool {
        self.on(feature) && self.draw.chance(hits, of)
    }
}

/// What a case may use. Each case turns features off at random, so that the others meet more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Conditions,
    Sets,
    IfExists,
    Variables,
    Defaults,
    Escapes,
    NotAction,
    NotResource,
    NotPrincipal,
    Wildcards,
    Lists,
    OldVersions,
    Spelling,
    Boundary,
    Session,
    Scp,
    Rcp,
    Endpoint,
    Decoys,
    KeyCase,
    Sids,
    /// The first of the operator families; they follow in the order of `operators::FAMILIES`.
    Operators,
}

/// Policies beside those of caller and resource.
const LAYERS: [Feature; 5] = [
    Feature::Endpoint,
    Feature::Boundary,
    Feature::Session,
    Feature::Scp,
    Feature::Rcp,
];

/// A set of features.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features(u32);

impl Features {
    /// Each feature with a chance of three in four; none on zero bytes.
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, sizes: &Sizes) -> Self {
        let drawn = Self(draw.word() | draw.word());
        match sizes.one_layer {
            true => drawn.with_one_layer(draw),
            false => drawn,
        }
    }

    /// Only one of the layers at most, and nothing that is there for its own sake.
    fn with_one_layer(self, draw: &mut Draw<'_, '_>) -> Self {
        let kept = draw.one(&LAYERS);
        let others = LAYERS.into_iter().filter(|layer| *layer != kept);
        let off = others.chain([Feature::Decoys]);
        Self(off.fold(self.0, |bits, feature| bits & !(1 << feature as u32)))
    }

    pub(crate) fn on(self, feature: Feature) -> bool {
        self.0 >> feature as u32 & 1 == 1
    }

    /// Whether the operators of the family with that index may be used.
    pub(crate) fn family(self, index: usize) -> bool {
        self.0 >> (Feature::Operators as usize + index) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_bytes;
    use arbitrary::Unstructured;
    use veriam_model::Profile;

    const CASES: usize = 2_000;

    fn drawn(profile: Profile) -> Vec<Features> {
        let draw = |index| {
            let bytes = case_bytes(1, index);
            let mut bytes = Unstructured::new(&bytes);
            Features::draw(&mut Draw::new(&mut bytes), Sizes::of(profile))
        };
        (0..CASES as u64).map(draw).collect()
    }

    /// The numbers of all features: the last ones are those of the operator families.
    fn numbers() -> std::ops::Range<u32> {
        0..Feature::Operators as u32 + crate::operators::FAMILIES.len() as u32
    }

    #[test]
    fn each_feature_is_off_in_a_quarter_of_the_cases_whatever_the_others_are() {
        let cases = drawn(Profile::Default);
        let off = |features: &Features, number: u32| features.0 >> number & 1 == 0;
        for one in numbers() {
            let count = cases.iter().filter(|f| off(f, one)).count();
            assert!(
                (CASES / 5..CASES * 3 / 10).contains(&count),
                "{one}: {count}"
            );
            for other in numbers().filter(|other| *other != one) {
                let both = cases
                    .iter()
                    .filter(|f| off(f, one) && off(f, other))
                    .count();
                assert!(
                    (CASES / 25..CASES / 10).contains(&both),
                    "{one} {other}: {both}"
                );
            }
        }
    }

    #[test]
    fn a_tiny_case_has_one_layer_at_most() {
        let mut kept = [0; LAYERS.len()];
        for features in drawn(Profile::Tiny) {
            let on: Vec<usize> = (0..LAYERS.len())
                .filter(|at| features.on(LAYERS[*at]))
                .collect();
            assert!(on.len() <= 1 && !features.on(Feature::Decoys));
            on.iter().for_each(|at| kept[*at] += 1);
        }
        assert!(kept.iter().all(|count| *count > CASES / 10), "{kept:?}");
    }
}
