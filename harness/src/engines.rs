//! What starts the shards of a run elsewhere, and how it tells each process which one it is.
//!
//! `docs/distributed.md` prints this table; a test holds the two together.

use veriam_reports::Shard;

/// The variable that says how many shards there are where the engine does not.
pub const SHARDS: &str = "VERIAM_SHARDS";

/// One engine, or one of its ways to start many jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Its name, with what starts the jobs.
    pub name: &'static str,
    /// Its variables; none where it leaves them to the author of the job.
    pub variables: Option<Variables>,
    /// The argument of `--shard`, as the author of the job writes it.
    pub shard: &'static str,
    /// Where its maker documents that.
    pub page: &'static str,
}

/// The variables of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variables {
    /// A variable that is set by this engine only, where others give the same names another meaning.
    pub only_with: Option<&'static str>,
    /// The number of the job.
    pub index: &'static str,
    /// Where that begins.
    pub from: From,
    /// How many jobs there are; [`SHARDS`] where the engine does not say.
    pub total: &'static str,
}

/// Where an index begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// At 0.
    Zero,
    /// At 1.
    One,
    /// Where other variables say.
    Range {
        /// The first index.
        first: &'static str,
        /// The last one.
        last: &'static str,
        /// From one to the next.
        step: &'static str,
    },
}

/// Every engine that is known.
pub const ENGINES: [Engine; 9] = [
    Engine {
        name: "GitHub Actions `matrix`",
        variables: None,
        shard: "${{ strategy.job-index }}/${{ strategy.job-total }}",
        page: "https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#strategy-context",
    },
    Engine {
        name: "GitLab `parallel`",
        variables: Some(Variables {
            only_with: Some("GITLAB_CI"),
            index: "CI_NODE_INDEX",
            from: From::One,
            total: "CI_NODE_TOTAL",
        }),
        shard: "$((CI_NODE_INDEX - 1))/$CI_NODE_TOTAL",
        page: "https://docs.gitlab.com/ci/variables/predefined_variables",
    },
    Engine {
        name: "Buildkite `parallelism`",
        variables: Some(Variables {
            only_with: None,
            index: "BUILDKITE_PARALLEL_JOB",
            from: From::Zero,
            total: "BUILDKITE_PARALLEL_JOB_COUNT",
        }),
        shard: "$BUILDKITE_PARALLEL_JOB/$BUILDKITE_PARALLEL_JOB_COUNT",
        page: "https://buildkite.com/docs/pipelines/environment-variables",
    },
    Engine {
        name: "CircleCI `parallelism`",
        variables: Some(Variables {
            only_with: None,
            index: "CIRCLE_NODE_INDEX",
            from: From::Zero,
            total: "CIRCLE_NODE_TOTAL",
        }),
        shard: "$CIRCLE_NODE_INDEX/$CIRCLE_NODE_TOTAL",
        page: "https://circleci.com/docs/variables/",
    },
    Engine {
        name: "AWS Batch array job",
        variables: Some(Variables {
            only_with: None,
            index: "AWS_BATCH_JOB_ARRAY_INDEX",
            from: From::Zero,
            total: "AWS_BATCH_JOB_ARRAY_SIZE",
        }),
        shard: "$AWS_BATCH_JOB_ARRAY_INDEX/$AWS_BATCH_JOB_ARRAY_SIZE",
        page: "https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html",
    },
    Engine {
        name: "Kubernetes Indexed Job",
        variables: Some(Variables {
            only_with: None,
            index: "JOB_COMPLETION_INDEX",
            from: From::Zero,
            total: SHARDS,
        }),
        shard: "$JOB_COMPLETION_INDEX/$VERIAM_SHARDS",
        page: "https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static",
    },
    Engine {
        name: "Slurm `--array`",
        variables: Some(Variables {
            only_with: None,
            index: "SLURM_ARRAY_TASK_ID",
            from: From::Range {
                first: "SLURM_ARRAY_TASK_MIN",
                last: "SLURM_ARRAY_TASK_MAX",
                step: "SLURM_ARRAY_TASK_STEP",
            },
            total: "SLURM_ARRAY_TASK_COUNT",
        }),
        shard: "$(((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN) / SLURM_ARRAY_TASK_STEP))/$SLURM_ARRAY_TASK_COUNT",
        page: "https://slurm.schedmd.com/job_array.html",
    },
    Engine {
        name: "nextest `--partition slice:M/N`",
        variables: None,
        shard: "$((M - 1))/$N",
        page: "https://nexte.st/docs/ci-features/partitioning",
    },
    Engine {
        name: "machines without an engine",
        variables: None,
        shard: "K/N",
        page: "",
    },
];

/// The shard that the variables of the one engine that set any tell.
///
/// # Errors
/// What is wrong with them, and what to do.
pub fn shard(value: &dyn Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let told: Vec<(&Engine, Variables)> = ENGINES
        .iter()
        .filter_map(|engine| Some((engine, engine.variables?)))
        .filter(|(_, variables)| value(variables.index).is_some())
        .collect();
    let (engine, variables) = match told[..] {
        [] => {
            return Err(
                "no engine that is known set its variables here; write K/N (docs/distributed.md \
                 says how for each engine)"
                    .to_owned(),
            );
        }
        [one] => one,
        _ => {
            let names: Vec<&str> = told.iter().map(|(_, variables)| variables.index).collect();
            return Err(format!(
                "variables of several engines are set ({}); write K/N",
                names.join(", ")
            ));
        }
    };
    let Variables {
        only_with,
        index,
        from,
        total,
    } = variables;
    if let Some(mark) = only_with.filter(|mark| value(mark).is_none()) {
        return Err(format!(
            "{index} is set, but not {mark}: other engines than {} give it another meaning; write K/N",
            engine.name
        ));
    }
    let number = |name: &str| -> Result<u64, String> {
        let text = value(name).ok_or_else(|| {
            let engine = engine.name;
            format!(
                "{index} is set, but not {name}: say how many shards there are, {engine} does not"
            )
        });
        let text = text?;
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let parsed = digits.then(|| text.parse().ok()).flatten();
        parsed.ok_or_else(|| format!("{name} is {text:?}, which is no number; write K/N"))
    };
    let (at, of) = (number(index)?, number(total)?);
    let position = match from {
        From::Zero => Some(at),
        From::One => at.checked_sub(1),
        From::Range { first, last, step } => {
            let (first, last, step) = (number(first)?, number(last)?, number(step)?.max(1));
            let whole = last.checked_sub(first).map(|span| span / step + 1);
            if whole != Some(of) {
                return Err(format!(
                    "{of} tasks from {first} to {last} by {step} leave gaps; give an evenly spaced array, or write K/N"
                ));
            }
            let from_first = at.checked_sub(first);
            from_first
                .filter(|span| span % step == 0)
                .map(|span| span / step)
        }
    };
    position
        .and_then(|position| Shard::new(position, of))
        .ok_or_else(|| format!("{index} is {at} of {of}, which is no shard; write K/N"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variables: &[(&str, &str)]) -> Result<String, String> {
        let value = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        shard(&value).map(|shard| shard.to_string())
    }

    #[test]
    fn what_does_not_tell_one_shard_is_refused_with_what_to_do() {
        for (variables, said) in [
            (&[][..], "no engine that is known"),
            (
                &[("JOB_COMPLETION_INDEX", "3")],
                "VERIAM_SHARDS: say how many",
            ),
            (&[("CIRCLE_NODE_INDEX", "3")], "not CIRCLE_NODE_TOTAL"),
            (
                &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "4")],
                "not GITLAB_CI",
            ),
            (
                &[
                    ("GITLAB_CI", "true"),
                    ("CI_NODE_INDEX", "0"),
                    ("CI_NODE_TOTAL", "4"),
                ],
                "CI_NODE_INDEX is 0 of 4, which is no shard",
            ),
            (
                &[
                    ("BUILDKITE_PARALLEL_JOB", "4"),
                    ("BUILDKITE_PARALLEL_JOB_COUNT", "4"),
                ],
                "4 of 4, which is no shard",
            ),
            (
                &[
                    ("BUILDKITE_PARALLEL_JOB", "-1"),
                    ("BUILDKITE_PARALLEL_JOB_COUNT", "4"),
                ],
                "\"-1\", which is no number",
            ),
            (
                &[("CIRCLE_NODE_INDEX", "0"), ("JOB_COMPLETION_INDEX", "3")],
                "several engines are set (CIRCLE_NODE_INDEX, JOB_COMPLETION_INDEX)",
            ),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "2"),
                    ("SLURM_ARRAY_TASK_MIN", "1"),
                    ("SLURM_ARRAY_TASK_MAX", "9"),
                    ("SLURM_ARRAY_TASK_STEP", "1"),
                    ("SLURM_ARRAY_TASK_COUNT", "3"),
                ],
                "leave gaps",
            ),
        ] {
            let error = told(variables).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        // Outside of GitLab's `parallel` only the total is set.
        let alone = told(&[("GITLAB_CI", "true"), ("CI_NODE_TOTAL", "1")]);
        assert!(alone.unwrap_err().contains("no engine"));
    }
}
