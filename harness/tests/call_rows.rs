//! The documented rows about calls in worlds, held against the evaluator. The oracle's own tests hold them against the
//! oracle.

#[path = "../../oracle/tests/rows/world_calls.rs"]
mod world_calls;

use veriam::compare::{Reply, evaluator_outcome};
use veriam_model::{ALL_CHOICES, CallCase, Dialect};

/// A dialect from its settings.
fn dialect(settings: &[String]) -> Dialect {
    settings
        .iter()
        .fold(Dialect::default(), |dialect, setting| {
            dialect.with_setting(setting).expect(setting)
        })
}

#[test]
fn the_evaluator_ends_every_call_as_its_row_says() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for row in world_calls::rows() {
        count += 1;
        let case = CallCase {
            world: row.world,
            call: row.call,
        };
        let found = evaluator_outcome(&case, &row.dialect);
        let expected = Reply::Call(row.expected);
        if found != expected {
            complaints.push(format!("{} {} {:?}: {found}", row.id, row.note, row.rules));
        }
        // Where the row turns on one open point alone, the other reading ends otherwise.
        let mut turns_on = row.turns_on.iter().flatten();
        if let (Some(id), None) = (turns_on.next(), turns_on.next()) {
            let choice = ALL_CHOICES.iter().find(|c| c.to_string() == *id);
            let choice = *choice.expect("rows name choices by their rule");
            let other = evaluator_outcome(&case, &row.dialect.with_index(choice, 1));
            if other == expected {
                complaints.push(format!("{} {}: {id} changes nothing", row.id, row.note));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(count >= 300, "rows went missing");
}
