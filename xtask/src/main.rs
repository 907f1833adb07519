//! Tasks of the workspace, run as `cargo xtask TASK`; `cargo xtask` alone lists them.
//!
//! A task is a plain list of commands, printed before they run, so that anybody can type them instead.

mod mutants;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const HELP: &str = "\
tasks of the Veriam workspace

  cargo xtask test [ARGS…]          every test (nextest, then doc tests); ARGS go to nextest
  cargo xtask bench [ARGS…]         every criterion benchmark; ARGS go to criterion
  cargo xtask fuzz-smoke [SECONDS]  build every fuzz target, run each for SECONDS (default 15)
  cargo xtask fuzz TARGET [ARGS…]   run one fuzz target until stopped; ARGS go to libFuzzer
  cargo xtask duplicates            lines that stand in both oracle/src and evaluator/src
  cargo xtask mutants JUDGE [SEED [COUNT]]
                                    a random sample of the mutants of `oracle` or `evaluator` (default 120)

Tools that a task needs and that are missing are installed with `cargo install`.
";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let task = args.next();
    let rest: Vec<String> = args.collect();
    let done = match task.as_deref() {
        Some("test") => test(&rest),
        Some("bench") => bench(&rest),
        Some("fuzz-smoke") => fuzz_smoke(rest.first().map(String::as_str)),
        Some("fuzz") => fuzz(&rest),
        Some("duplicates") => duplicates(),
        Some("mutants") => mutants::mutants(&rest),
        None | Some("help" | "-h" | "--help") => {
            say(HELP);
            Ok(())
        }
        Some(other) => Err(format!("no task `{other}`; `cargo xtask` lists them")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), String>;

/// Everything that has an outcome. In CI the nextest profile `ci` writes JUnit and keeps going.
fn test(args: &[String]) -> Done {
    install("nextest", "cargo-nextest")?;
    let profile = if env::var_os("CI").is_some() {
        "ci"
    } else {
        "default"
    };
    let mut nextest = cargo(&[
        "nextest",
        "run",
        "--workspace",
        "--all-features",
        "--profile",
        profile,
    ]);
    nextest.args(args);
    run(nextest)?;
    run(cargo(&["test", "--workspace", "--all-features", "--doc"]))
}

fn bench(args: &[String]) -> Done {
    let mut bench = cargo(&["bench", "--workspace", "--benches"]);
    if args.iter().any(|arg| arg == "--test") {
        // Each runs once and measures nothing: what the tests are built with will do.
        bench.args(["--all-features", "--profile", "dev"]);
    }
    bench.arg("--").args(args);
    run(bench)
}

/// The fuzz targets, as `fuzz/Cargo.toml` names them, each with the folder of its seeds below `fuzz/seeds`.
const FUZZ_TARGETS: &[(&str, &str)] = &[
    ("parse", "document"),
    ("agree", "document"),
    ("check", "check"),
    ("call", "call"),
    ("put", "put"),
];

fn fuzz_smoke(seconds: Option<&str>) -> Done {
    let seconds: u32 = seconds
        .unwrap_or("15")
        .parse()
        .map_err(|_| "SECONDS must be a whole number, for example 15".to_owned())?;
    install("fuzz", "cargo-fuzz")?;
    run(fuzz_command(&["build"]))?;
    let time = format!("-max_total_time={seconds}");
    for &(target, seeds) in FUZZ_TARGETS {
        run(fuzz_run(target, seeds, &[&time, "-max_len=4096"])?)?;
    }
    Ok(())
}

fn fuzz(args: &[String]) -> Done {
    let names: Vec<&str> = FUZZ_TARGETS.iter().map(|(name, _)| *name).collect();
    let known = args
        .first()
        .and_then(|first| FUZZ_TARGETS.iter().find(|(name, _)| name == first));
    let Some(&(target, seeds)) = known else {
        return Err(format!("name a fuzz target: {}", names.join(", ")));
    };
    install("fuzz", "cargo-fuzz")?;
    let rest: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
    run(fuzz_run(target, seeds, &rest)?)
}

/// `cargo fuzz run` on the target's own corpus, which grows, and on the seeds, which do not.
fn fuzz_run(target: &str, seeds: &str, options: &[&str]) -> Result<Command, String> {
    let corpus = format!("fuzz/corpus/{target}");
    std::fs::create_dir_all(root().join(&corpus))
        .map_err(|e| format!("cannot create {corpus}: {e}; make the folder writable"))?;
    let seeds = format!("fuzz/seeds/{seeds}");
    let mut command = fuzz_command(&[
        "run",
        target,
        &corpus,
        &seeds,
        "--",
        "-dict=fuzz/policy.dict",
    ]);
    command.args(options);
    Ok(command)
}

/// cargo-fuzz wants nightly flags; the stable compiler takes them when told to. No sanitizer: there is no
/// unsafe code to catch, and the targets run several times faster without.
fn fuzz_command(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    let (verb, rest) = args
        .split_first()
        .expect("a cargo-fuzz verb is always given");
    command
        .args(["fuzz", verb, "--sanitizer", "none"])
        .args(rest);
    command.env("RUSTC_BOOTSTRAP", "1").current_dir(root());
    command
}

/// Runs of six or more equal lines in both judges, white space folded and thin lines skipped: what the judges
/// shared could not diverge.
fn duplicates() -> Done {
    let oracle = windows(&root().join("oracle/src"))?;
    let evaluator = windows(&root().join("evaluator/src"))?;
    let mut found = 0;
    for (place, window) in &oracle {
        for (other, theirs) in &evaluator {
            if window == theirs {
                found += 1;
                say(&format!(
                    "{place} ~ {other}\n    {}\n",
                    window.join("\n    ")
                ));
            }
        }
    }
    if found == 0 {
        say("no run of six lines stands in both oracle/src and evaluator/src\n");
        Ok(())
    } else {
        Err(format!(
            "{found} runs of six lines stand in both judges; write one of them again from the rules"
        ))
    }
}

fn windows(folder: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|e| format!("cannot list {}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry
                .map_err(|e| format!("cannot list {}: {e}", folder.display()))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
                let lines: Vec<(usize, String)> = text
                    .lines()
                    .enumerate()
                    .map(|(i, line)| (i + 1, line.split_whitespace().collect::<Vec<_>>().join(" ")))
                    .filter(|(_, line)| is_code(line))
                    .collect();
                let place = path
                    .strip_prefix(root())
                    .unwrap_or(&path)
                    .display()
                    .to_string();
                found.extend(lines.windows(6).map(|w| {
                    let texts = w.iter().map(|(_, line)| line.clone()).collect();
                    (format!("{place}:{}", w[0].0), texts)
                }));
            }
        }
    }
    Ok(found)
}

/// Lines of punctuation, comments and imports say nothing about who wrote them.
fn is_code(line: &str) -> bool {
    let thin = line.chars().filter(|c| c.is_alphanumeric()).count() < 4;
    !thin && !line.starts_with("//") && !line.starts_with("use ") && !line.starts_with("#[")
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(root());
    command
}

/// Installs a cargo subcommand unless it answers already.
fn install(subcommand: &str, package: &str) -> Done {
    let there = Command::new("cargo")
        .args([subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if there {
        return Ok(());
    }
    run(cargo(&["install", "--locked", package]))
}

fn run(mut command: Command) -> Done {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|w| w.to_string_lossy().into_owned())
        .collect();
    let words = words.join(" ");
    complain(&format!("$ {words}"));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{words}` failed ({status})")),
        Err(error) => Err(format!("cannot start `{words}`: {error}")),
    }
}

#[expect(clippy::print_stdout, reason = "a task runner talks to a terminal")]
fn say(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "a task runner talks to a terminal")]
fn complain(text: &str) {
    eprintln!("{text}");
}
