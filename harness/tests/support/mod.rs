//! What the tests of the program share: running it, and checks to run it on.
#![expect(dead_code, reason = "every test binary uses a part of it")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use veriam::compare::Reply;
use veriam::target::Target;
use veriam_model::{Case, Check, Dialect, PolicyText, Principal, Resource};

/// What a finished process left behind.
pub(crate) struct Finished {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Runs the program in a folder of its own, with nothing on standard input.
pub(crate) fn veriam(args: &[&str]) -> Finished {
    veriam_in(&std::env::temp_dir(), args, b"")
}

/// Runs the program in a folder with bytes on standard input.
pub(crate) fn veriam_in(folder: &Path, args: &[&str], input: &[u8]) -> Finished {
    let mut child = Command::new(env!("CARGO_BIN_EXE_veriam"))
        .args(args)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that ends early closes the pipe, which is its right.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer does not panic");
    Finished {
        code: output.status.code().expect("an exit code, not a signal"),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// A check by an IAM user of the resource's account, with these identity policies.
pub(crate) fn check(policies: &[&str]) -> Check {
    let principal = Principal {
        arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
        account: Some("111122223333".to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::amzn-s3-demo-bucket/report.txt".to_owned(),
        account: "111122223333".to_owned(),
    };
    let mut check = Check::new(principal, "s3:GetObject", resource);
    check.identity_policies = policies.iter().map(|text| PolicyText::new(*text)).collect();
    check
}

/// Allows everything.
pub(crate) const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
/// Denies s3.
pub(crate) const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;

/// A target made of a function, which declares the default dialect.
pub(crate) struct Fake<F> {
    dialect: Dialect,
    reply: F,
}

/// The target that replies so.
pub(crate) fn fake<F: Fn(&Case) -> Reply + Sync>(reply: F) -> Fake<F> {
    Fake {
        dialect: Dialect::default(),
        reply,
    }
}

impl<F: Fn(&Case) -> Reply + Sync> Target for Fake<F> {
    fn name(&self) -> &str {
        "fake"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&self.dialect)
    }

    fn observe(&self, case: &Case) -> Reply {
        (self.reply)(case)
    }
}
