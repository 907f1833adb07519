//! What an operator makes of an absent key (IAM-135…IAM-139, IAM-143…IAM-149; readings, 3.4). `Null` is
//! elsewhere.

use veriam_model::Verb;
use veriam_model::readings::ForAnyIfExists;

use crate::document::OperatorBlock;
use crate::notes::{Notes, iam};
use crate::{Family, SetOperator};

/// Tests an absent key.
pub(super) fn test(block: &OperatorBlock, effect: Verb, notes: &mut Notes<'_>) -> bool {
    let negated = block.operator.is_negated();
    if block.if_exists {
        return if_exists(block, negated, effect, notes);
    }
    match block.set {
        Some(SetOperator::ForAllValues) => {
            notes.cite(iam(143));
            notes.cite_if(negated, iam(146));
            true
        }
        Some(SetOperator::ForAnyValue) => {
            notes.cite(iam(144));
            notes.cite_if(negated, iam(145));
            false
        }
        None if negated => {
            notes.cite(iam(136));
            true
        }
        None => {
            notes.cite(iam(135));
            notes.cite_if(block.operator.family() == Family::Bool, iam(137));
            false
        }
    }
}

/// IAM-138: true, whatever the operator.
fn if_exists(block: &OperatorBlock, negated: bool, effect: Verb, notes: &mut Notes<'_>) -> bool {
    notes.cite(iam(138));
    match block.set {
        // IAM-148: but ForAnyValue says false.
        Some(SetOperator::ForAnyValue) => {
            notes.cite(iam(144));
            notes.choose::<ForAnyIfExists>() == ForAnyIfExists::True
        }
        Some(SetOperator::ForAllValues) => true,
        None => {
            // IAM-139: also in a Deny.
            notes.cite_if(negated && effect == Verb::Deny, iam(139));
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Operator;
    use crate::condition::testing::holds;
    use veriam_model::Dialect;
    use veriam_model::readings::ForAnyIfExists;

    /// The table D9.
    #[test]
    fn an_absent_key_is_false_for_positive_and_true_for_negated_operators() {
        let other = Dialect::default().with(ForAnyIfExists::False);
        for &operator in Operator::ALL.iter().filter(|&&o| o != Operator::Null) {
            for wanted in [&["x"][..], &[][..]] {
                let test = |dialect, prefix, suffix| {
                    let name = format!("{prefix}{operator}{suffix}");
                    holds(dialect, &name, "a:b", wanted, None)
                };
                let default = Dialect::default();
                assert_eq!(test(default, "", ""), operator.is_negated(), "{operator}");
                assert!(test(default, "", "IfExists"), "{operator}");
                assert!(test(default, "ForAllValues:", ""), "{operator}");
                assert!(test(default, "ForAllValues:", "IfExists"), "{operator}");
                assert!(!test(default, "ForAnyValue:", ""), "{operator}");
                assert!(test(default, "ForAnyValue:", "IfExists"), "{operator}");
                assert!(!test(other, "ForAnyValue:", "IfExists"), "{operator}");
            }
        }
    }
}
