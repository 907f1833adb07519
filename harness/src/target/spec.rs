//! Which target a command line names.

use std::fmt;
use std::str::FromStr;

use veriam_model::Dialect;

use super::exec::{Exec, ExecOptions, StartError};
use super::{Evaluator, Guarded, Target, by_name};

/// A target as a command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A target of this program.
    Named(String),
    /// A command that speaks the line protocol: the program and its arguments.
    Exec(Vec<String>),
}

impl Default for Spec {
    fn default() -> Self {
        Spec::Named(Evaluator::NAME.to_owned())
    }
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(command) = text.strip_prefix("exec=") else {
            if by_name(text, Dialect::default()).is_some() {
                return Ok(Spec::Named(text.to_owned()));
            }
            return Err(format!(
                "there is no target `{text}`; write evaluator, or exec=COMMAND for a program that speaks the line protocol"
            ));
        };
        let words = words(command)?;
        match words.is_empty() {
            true => Err(
                "no command; write exec=COMMAND, for example \"exec=python3 adapter.py\""
                    .to_owned(),
            ),
            false => Ok(Spec::Exec(words)),
        }
    }
}

/// Takes a command apart as a shell does: blanks separate words, single and double quotes keep them together, a backslash
/// takes what follows as it is, except in single quotes. Nothing is expanded.
fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') => {
                let next = chars
                    .next()
                    .ok_or("the command ends in a backslash; write what follows it")?;
                word.get_or_insert_default().push(next);
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(format!(
            "the command has a {open} that is not closed; close it"
        ));
    }
    words.extend(word);
    Ok(words)
}

/// Why a target could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// This program has no such target.
    Unknown(String),
    /// The readings of a command are its own business.
    Dialect,
    /// The command does not start, or does not say who it is.
    Start(StartError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Unknown(name) => write!(
                f,
                "this build has no target `{name}`; known mistakes need the feature `planted-mistakes`"
            ),
            OpenError::Dialect => f.write_str(
                "--dialect says how this program reads open points; a command declares its own readings in its hello",
            ),
            OpenError::Start(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl Spec {
    /// Opens the target. In-process targets are asked under `dialect`; a command declares its own.
    ///
    /// # Errors
    /// [`OpenError`] when there is no such target or the command does not start.
    pub fn open(
        &self,
        dialect: Option<Dialect>,
        options: &ExecOptions,
    ) -> Result<Box<dyn Target>, OpenError> {
        match self {
            Spec::Named(name) => {
                let target = by_name(name, dialect.unwrap_or_default())
                    .ok_or_else(|| OpenError::Unknown(name.clone()))?;
                Ok(Box::new(Guarded::new(target.into(), options.deadline)))
            }
            Spec::Exec(_) if dialect.is_some() => Err(OpenError::Dialect),
            Spec::Exec(command) => {
                let exec = Exec::start(command, options.clone()).map_err(OpenError::Start)?;
                Ok(Box::new(exec))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_apart_as_a_shell_does_it() {
        let cases: &[(&str, &[&str])] = &[
            ("python3 adapter.py", &["python3", "adapter.py"]),
            ("  a\t b ", &["a", "b"]),
            ("a 'b c' \"d \\\" e\"", &["a", "b c", "d \" e"]),
            ("a\\ b ''", &["a b", ""]),
            ("a'b'c", &["abc"]),
            ("'a\\b'", &["a\\b"]),
        ];
        for (command, expected) in cases {
            assert_eq!(words(command).unwrap(), *expected, "{command}");
        }
        for wrong in ["'a", "\"a", "a\\"] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_target_that_does_not_exist_is_refused_with_those_that_do() {
        let told = "moto".parse::<Spec>().unwrap_err();
        assert!(
            told.contains("evaluator") && told.contains("exec=COMMAND"),
            "{told}"
        );
        assert!("exec= ".parse::<Spec>().is_err());
        let spec = "exec=veriam decide --protocol".parse::<Spec>().unwrap();
        assert_eq!(
            spec,
            Spec::Exec(
                ["veriam", "decide", "--protocol"]
                    .map(str::to_owned)
                    .to_vec()
            )
        );
    }
}
