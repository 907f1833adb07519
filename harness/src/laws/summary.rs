//! What trying laws found out: one JSON object, or text for people.

use serde::Serialize;
use veriam_generators::laws::Law;
use veriam_reports::Kind;
use veriam_reports::style::{BAD, GOOD, STRONG, paint, thousands};

use super::{LawCluster, LawPlan, LawTally};
use crate::case_file::settings;
use crate::exit::Exit;
use crate::target::Target;

/// The version tag of the summary.
pub const LAWS_SCHEMA: &str = "veriam.laws/1";

/// Cases from which on every law has to be applied often enough.
pub const MINIMUM_FROM: u64 = 20_000;

/// How often each law has to be applied in that many cases: one in two hundred.
#[must_use]
pub const fn minimum(cases: u64) -> u64 {
    if cases < MINIMUM_FROM { 0 } else { cases / 200 }
}

/// What trying laws found out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LawsSummary {
    /// [`LAWS_SCHEMA`]
    pub schema: &'static str,
    /// The target's name.
    pub target: String,
    /// The target's version.
    pub target_version: String,
    /// The version of Veriam.
    pub veriam: String,
    /// The campaign seed.
    pub seed: u64,
    /// The readings the target declares that differ from the default; null when it declares none.
    pub dialect: Option<Vec<String>>,
    /// Generated cases that were looked at.
    pub cases: u64,
    /// Cases a law was applied to.
    pub applied: u64,
    /// Cases that break one.
    pub divergences: u64,
    /// Whether the run proves nothing.
    pub void: bool,
    /// Why it proves nothing.
    pub void_reasons: Vec<String>,
    /// Each law with its counts.
    pub laws: Vec<LawRow>,
    /// What was found, by law and replies.
    pub clusters: Vec<StoredCluster>,
    /// Broken laws that were only counted.
    pub not_examined: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
}

/// The counts of one law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawRow {
    /// The law.
    pub law: &'static str,
    /// What it says.
    pub title: &'static str,
    /// Cases it was applied to.
    pub applied: u64,
    /// Those in which it held.
    pub held: u64,
    /// Those that break it.
    pub broken: u64,
    /// Checks among those applied to.
    pub checks: u64,
    /// Calls among them.
    pub calls: u64,
    /// Those allowed before the change.
    pub allowed: u64,
    /// Those whose outcome the change changed.
    pub changed: u64,
    /// Cases of which the target gave no outcome.
    pub unscored: u64,
}

/// Broken laws with the same law and replies, and where the smallest is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredCluster {
    /// The law.
    pub law: &'static str,
    /// The reply before the change.
    pub before: Kind,
    /// The reply after it.
    pub after: Kind,
    /// How many of those examined are alike.
    pub examined: u64,
    /// The stored case; null when it could not be stored.
    pub file: Option<String>,
    /// The command that asks again.
    pub replay: Option<String>,
    /// Why it could not be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_stored: Option<String>,
}

impl StoredCluster {
    /// A cluster and what came of storing it.
    #[must_use]
    pub fn new(cluster: &LawCluster, stored: Result<(String, String), String>) -> Self {
        let (file, replay, not_stored) = match stored {
            Ok((file, replay)) => (Some(file), Some(replay), None),
            Err(error) => (None, None, Some(error)),
        };
        Self {
            law: cluster.case.law.name(),
            before: cluster.case.before,
            after: cluster.case.after,
            examined: cluster.examined,
            file,
            replay,
            not_stored,
        }
    }
}

impl LawsSummary {
    /// The summary of a run. `controls` says whether the controls came out right.
    #[must_use]
    pub fn new(
        plan: &LawPlan,
        target: &dyn Target,
        controls: bool,
        tally: &LawTally,
        clusters: Vec<StoredCluster>,
        seconds: f64,
    ) -> Self {
        let laws: Vec<LawRow> = Law::ALL.iter().map(|&law| row(law, tally)).collect();
        let total = |count: fn(&LawRow) -> u64| laws.iter().map(count).sum::<u64>();
        let (applied, divergences) = (total(|row| row.applied), total(|row| row.broken));
        let mut void_reasons = Vec::new();
        if !controls {
            void_reasons.push(
                "a control came out wrong, so the rest was not run; mend the target until it answers the controls"
                    .to_owned(),
            );
        } else if applied == 0 {
            void_reasons.push(
                "no law was applied; ask for at least one case that the target supports".to_owned(),
            );
        } else {
            let minimum = minimum(plan.cases);
            let rare = laws.iter().filter(|row| row.applied < minimum);
            void_reasons.extend(rare.map(|row| {
                format!(
                    "the law {} was applied to {} cases, {minimum} are needed; mend the generator, or choose a \
                     target that supports more",
                    row.law, row.applied
                )
            }));
        }
        let examined: u64 = clusters.iter().map(|cluster| cluster.examined).sum();
        Self {
            schema: LAWS_SCHEMA,
            target: target.name().to_owned(),
            target_version: target.version().to_owned(),
            veriam: env!("CARGO_PKG_VERSION").to_owned(),
            seed: plan.seed,
            dialect: target.dialect().map(settings),
            cases: plan.cases,
            applied,
            divergences,
            void: !void_reasons.is_empty(),
            void_reasons,
            laws,
            clusters,
            not_examined: divergences.saturating_sub(examined),
            seconds,
        }
    }

    /// How the run ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let mut exit = Exit::Agreed;
        if self.divergences > 0 {
            exit = exit.or(Exit::Divergence);
        }
        if self.void {
            exit = exit.or(Exit::Void);
        }
        if self.clusters.iter().any(|c| c.not_stored.is_some()) {
            exit = exit.or(Exit::Internal);
        }
        exit
    }

    /// The summary as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The summary for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self {
            veriam,
            target,
            target_version,
            seed,
            ..
        } = self;
        let heading = format!("Veriam {veriam}: laws on {target} {target_version}, seed {seed}");
        let columns = format!(
            "{:<18}{:>10}{:>10}{:>10}",
            "law", "applied", "changed", "broken"
        );
        let mut out = format!("{}\n\n{}\n", paint(STRONG, heading), paint(STRONG, columns));
        for row in &self.laws {
            let broken = format!("{:>10}", thousands(row.broken));
            let broken = match row.broken {
                0 => broken,
                _ => paint(BAD, broken),
            };
            let (applied, changed) = (thousands(row.applied), thousands(row.changed));
            out.push_str(&format!(
                "  {:<16}{applied:>10}{changed:>10}{broken}\n",
                row.law
            ));
        }
        out.push('\n');
        for cluster in &self.clusters {
            let StoredCluster {
                law, before, after, ..
            } = cluster;
            let title = Law::ALL
                .iter()
                .find(|l| l.name() == *law)
                .map_or("", |l| l.title());
            out.push_str(&format!("{}: {title}\n", paint(BAD, law)));
            out.push_str(&format!("  before    {before}\n  after     {after}\n"));
            if let Some(replay) = &cluster.replay {
                out.push_str(&format!("  replay    {replay}\n"));
            }
            if let Some(error) = &cluster.not_stored {
                out.push_str(&format!("  not stored: {error}\n"));
            }
        }
        for reason in &self.void_reasons {
            out.push_str(&format!("{}: {reason}\n", paint(BAD, "void")));
        }
        let verdict = match (self.void, self.divergences) {
            (true, _) => paint(BAD, "this run proves nothing"),
            (false, 0) => paint(GOOD, "every law held"),
            (false, broken) => {
                let told = format!("laws are broken on {} cases", thousands(broken));
                paint(BAD, told)
            }
        };
        let applied = thousands(self.applied);
        out.push_str(&format!(
            "{verdict}; laws were applied to {applied} cases\n"
        ));
        out
    }
}

fn row(law: Law, tally: &LawTally) -> LawRow {
    let counts = tally.of(law);
    LawRow {
        law: law.name(),
        title: law.title(),
        applied: counts.applied(),
        held: counts.held(),
        broken: counts.broken,
        checks: counts.checks,
        calls: counts.calls,
        allowed: counts.allowed,
        changed: counts.changed,
        unscored: counts.unscored,
    }
}
