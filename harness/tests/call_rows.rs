//! The documented rows about calls in worlds, held against the evaluator. The oracle's own tests hold them against the
//! oracle.

#[path = "../../oracle/tests/rows/world_calls.rs"]
mod world_calls;

use veriam::compare::{Reply, evaluator_outcome};
use veriam_model::{ALL_CHOICES, CallCase, Choice, Dialect};

/// The choices that requests to everything but runtimes turn on.
const OF_REQUESTS: [Choice; 6] = [
    Choice::HarnessEndpointPairs,
    Choice::DefaultHarnessEndpoint,
    Choice::UnmanagedMemory,
    Choice::HarnessForUser,
    Choice::UnauthorizedGatewayDenies,
    Choice::PassRoleOnUpdate,
];

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
    let mut turned = Vec::new();
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
            turned.push(choice);
            if other == expected {
                complaints.push(format!("{} {}: {id} changes nothing", row.id, row.note));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(count >= 700, "rows went missing");
    for choice in OF_REQUESTS {
        assert!(turned.contains(&choice), "no row turns on {choice}");
    }
}

#[cfg(feature = "planted-mistakes")]
#[test]
fn some_row_shows_each_mistake_about_calls() {
    use veriam::target::{Target, planted::Planted};
    use veriam_evaluator::planted::Mistake;
    use veriam_model::Case;

    let rows: Vec<(Case, Reply)> = world_calls::rows()
        .filter(|row| row.dialect == Dialect::default())
        .map(|row| {
            let (world, call) = (row.world, row.call);
            let case = Case::Call(Box::new(CallCase { world, call }));
            (case, Reply::Call(row.expected))
        })
        .collect();
    // The last one mixes readings of what is open, and rows under the default readings do not turn on that.
    let (_, mistakes) = Mistake::CALLS.split_last().expect("there are some");
    for mistake in mistakes {
        let target = Planted::new(*mistake, Dialect::default());
        let shown = rows
            .iter()
            .any(|(case, expected)| target.observe(case) != *expected);
        assert!(shown, "{}", mistake.name());
    }
}
