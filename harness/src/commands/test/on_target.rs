//! The calls of scenarios on a target: where it differs from the oracle, that is a divergence as in a run.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use veriam_generators::GENERATOR_VERSION;
use veriam_model::{CallCase, Case};

use crate::case_file::{Origin, Signature};
use crate::commands::run::stored;
use crate::compare::Reply;
use crate::exit::Exit;
use crate::run::{Look, Looked, SHRINK_BUDGET, looked_at};
use crate::scenario::{DeclaredCall, Scenario};
use crate::style::{BAD, GOOD, paint, thousands};
use crate::target::Target;

/// What a target said to the calls of scenarios.
#[derive(Debug, Serialize)]
pub(super) struct OnTarget {
    /// Its name.
    pub(super) name: String,
    /// Calls that were compared.
    compared: u64,
    /// Why others were not, with the number of calls.
    unsupported_for: BTreeMap<String, u64>,
    divergences: Vec<Diverging>,
}

/// A call on which it differs.
#[derive(Debug, Serialize)]
struct Diverging {
    /// The call, as `scenario.yaml#N`.
    call: String,
    it: String,
    signature: Signature,
    /// How the target broke, if it did.
    failure: Option<String>,
    /// The stored case; null when it could not be stored.
    file: Option<String>,
    replay: Option<String>,
    not_stored: Option<String>,
}

/// Asks a target every call of some scenarios, and shrinks and stores those on which it differs.
pub(super) fn on_target(scenarios: &[Scenario], target: &dyn Target, out: &Path) -> OnTarget {
    let mut told = OnTarget {
        name: target.name().to_owned(),
        compared: 0,
        unsupported_for: BTreeMap::new(),
        divergences: Vec::new(),
    };
    for scenario in scenarios {
        if target.lost().is_some() {
            return told;
        }
        let case = |call: &DeclaredCall| {
            Case::Call(Box::new(CallCase {
                world: scenario.world.clone(),
                call: call.call.clone(),
            }))
        };
        let cases: Vec<Case> = scenario.calls.iter().map(case).collect();
        // All at once: a world is staged once for the calls in it.
        let observed = target.ask_all(&cases.iter().collect::<Vec<&Case>>());
        let asked = scenario.calls.iter().zip(&cases).zip(observed);
        for (number, ((call, case), observation)) in (1..).zip(asked) {
            // What came after it was given up says nothing about it.
            if target.lost().is_some() && matches!(observation.reply, Reply::Failed(_)) {
                continue;
            }
            let name = format!("{}#{number}", scenario.file);
            let looked = looked_at(
                &Look {
                    case,
                    origin: Origin {
                        part: "scenario".to_owned(),
                        seed: None,
                        profile: None,
                        index: number - 1,
                        id: Some(name.clone()),
                        generator_version: GENERATOR_VERSION,
                        veriam: env!("CARGO_PKG_VERSION").to_owned(),
                        without: Vec::new(),
                    },
                    budget: SHRINK_BUDGET,
                    patient: false,
                },
                observation,
                target,
            );
            match looked {
                Looked::Unsupported(reason) => {
                    *told.unsupported_for.entry(reason).or_default() += 1;
                }
                Looked::Agrees(_) => told.compared += 1,
                Looked::Differs(cluster) => {
                    told.compared += 1;
                    let record = stored(out, &cluster, target);
                    told.divergences.push(Diverging {
                        call: name,
                        it: call.it.clone(),
                        signature: record.signature,
                        failure: record.failure,
                        file: record.file,
                        replay: record.replay,
                        not_stored: record.not_stored,
                    });
                }
            }
        }
    }
    told
}

impl OnTarget {
    /// How it ends. A target that could not be asked anything shows nothing.
    pub(super) fn exit(&self) -> Exit {
        if self.divergences.iter().any(|d| d.not_stored.is_some()) {
            Exit::Internal
        } else if !self.divergences.is_empty() {
            Exit::Divergence
        } else if self.compared == 0 {
            Exit::Void
        } else {
            Exit::Agreed
        }
    }

    /// For people, with ANSI styles.
    pub(super) fn to_text(&self) -> String {
        let name = &self.name;
        let mut text = String::new();
        for diverging in &self.divergences {
            let signature = paint(BAD, &diverging.signature);
            text.push_str(&format!(
                "{}: {}\n  {signature}\n",
                diverging.call, diverging.it
            ));
            if let Some(failure) = &diverging.failure {
                text.push_str(&format!("  {failure}\n"));
            }
            match (&diverging.replay, &diverging.not_stored) {
                (Some(replay), _) => text.push_str(&format!("  {replay}\n")),
                (None, Some(why)) => text.push_str(&format!("  not stored: {why}\n")),
                (None, None) => {}
            }
        }
        let calls = match self.compared {
            1 => "1 call".to_owned(),
            n => format!("{} calls", thousands(n)),
        };
        let verdict = match (self.divergences.len(), self.compared) {
            (_, 0) => paint(BAD, "nothing was compared"),
            (0, _) => paint(GOOD, "it agrees with the oracle"),
            (n, _) => paint(BAD, format_args!("it differs from the oracle on {n}")),
        };
        text.push_str(&format!("{name} on {calls}: {verdict}\n"));
        for (reason, count) in &self.unsupported_for {
            text.push_str(&format!(
                "  not compared: {} of them, {reason}\n",
                thousands(*count)
            ));
        }
        text
    }
}
