//! Which target a command line names.

use std::fmt;
use std::str::FromStr;

use veriam_model::Dialect;

use super::exec::{Exec, StartError, TargetOptions};
use super::{Evaluator, Guarded, Target, by_name};

/// A target as a command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A target of this program.
    Named(String),
    /// A command that speaks the line protocol: the program and its arguments.
    Exec(Vec<String>),
    /// A server that speaks the APIs of AWS: our emulator in this program, or the one at a URL, perhaps with a name.
    Emulator(Option<Address>),
}

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// For example `http://127.0.0.1:4566`.
    pub url: String,
    /// What reports and stored cases call it, for example `ministack`.
    pub name: Option<String>,
}

impl Default for Spec {
    fn default() -> Self {
        Spec::Named(Evaluator::NAME.to_owned())
    }
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("emulator")
            && (rest.is_empty() || rest.starts_with(['=', ':']))
        {
            return emulator(rest);
        }
        let Some(command) = text.strip_prefix("exec=") else {
            if by_name(text, Dialect::default()).is_some() || is_planted_emulator(text) {
                return Ok(Spec::Named(text.to_owned()));
            }
            return Err(format!(
                "there is no target `{text}`; write evaluator, emulator, emulator=URL for a server that speaks the APIs of \
                 AWS, or exec=COMMAND for a program that speaks the line protocol"
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

/// Reads what stands behind `emulator`: nothing, `=URL` or `:NAME=URL`.
fn emulator(rest: &str) -> Result<Spec, String> {
    if rest.is_empty() {
        return Ok(Spec::Emulator(None));
    }
    let wrong = || {
        "write emulator=URL with an address like http://127.0.0.1:4566, or emulator:NAME=URL to say what reports call it"
            .to_owned()
    };
    let (name, url) = rest.split_once('=').ok_or_else(wrong)?;
    let name = name.strip_prefix(':');
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if name.is_some_and(|name| name.is_empty() || !name.bytes().all(fits)) {
        return Err(wrong());
    }
    let place = url.strip_prefix("http://").ok_or_else(wrong)?;
    let host = place.trim_end_matches('/');
    if host.is_empty() || host.contains(['/', '?', '#', '@']) || host.contains(char::is_whitespace)
    {
        return Err(wrong());
    }
    Ok(Spec::Emulator(Some(Address {
        url: format!("http://{host}"),
        name: name.map(str::to_owned),
    })))
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
    /// The emulator has its own readings.
    DialectOfEmulator,
    /// This build has no driver.
    NoDriver,
    /// Nobody answers at that address, or the emulator does not start.
    Drive(String),
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
            OpenError::DialectOfEmulator => f.write_str(
                "--dialect says how this program reads open points; an emulator decides in its own way",
            ),
            OpenError::NoDriver => f.write_str(
                "this build does not drive servers, which takes the AWS SDK; build with --features aws",
            ),
            OpenError::Drive(error) => f.write_str(error),
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
        options: &TargetOptions,
    ) -> Result<Box<dyn Target>, OpenError> {
        match self {
            #[cfg(all(feature = "aws", feature = "planted-mistakes"))]
            Spec::Named(name) if is_planted_emulator(name) => {
                let driven = super::Driven::planted(name, options.deadline);
                let driven = driven.ok_or_else(|| OpenError::Unknown(name.clone()))?;
                let driven = driven.map_err(|error| OpenError::Drive(error.to_string()))?;
                Ok(Box::new(driven))
            }
            Spec::Named(name) => {
                let target = by_name(name, dialect.unwrap_or_default())
                    .ok_or_else(|| OpenError::Unknown(name.clone()))?;
                Ok(Box::new(Guarded::new(target.into(), options.deadline)))
            }
            Spec::Emulator(_) if dialect.is_some_and(|d| d != Dialect::default()) => {
                Err(OpenError::DialectOfEmulator)
            }
            Spec::Emulator(address) => driven(address.as_ref(), options),
            Spec::Exec(_) if dialect.is_some() => Err(OpenError::Dialect),
            Spec::Exec(command) => {
                let exec = Exec::start(command, options.clone()).map_err(OpenError::Start)?;
                Ok(Box::new(exec))
            }
        }
    }
}

/// Whether it names our emulator with a known bug.
fn is_planted_emulator(name: &str) -> bool {
    #[cfg(all(feature = "aws", feature = "planted-mistakes"))]
    let found = super::Driven::mistake(name).is_some();
    #[cfg(not(all(feature = "aws", feature = "planted-mistakes")))]
    let found = name.is_empty();
    found
}

#[cfg(feature = "aws")]
fn driven(
    address: Option<&Address>,
    options: &TargetOptions,
) -> Result<Box<dyn Target>, OpenError> {
    use super::Driven;
    let deadline = options.deadline;
    let driven = match address {
        None => Driven::embedded(deadline),
        Some(Address { url, name }) => Driven::at(url, name.as_deref(), deadline),
    };
    let driven = driven.map_err(|error| OpenError::Drive(error.to_string()))?;
    Ok(Box::new(driven.only(&options.operations)))
}

#[cfg(not(feature = "aws"))]
fn driven(_: Option<&Address>, _: &TargetOptions) -> Result<Box<dyn Target>, OpenError> {
    Err(OpenError::NoDriver)
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
    fn servers_are_named_by_their_address() {
        let address = |url: &str, name: Option<&str>| {
            let (url, name) = (url.to_owned(), name.map(str::to_owned));
            Ok(Spec::Emulator(Some(Address { url, name })))
        };
        assert_eq!("emulator".parse(), Ok(Spec::Emulator(None)));
        assert_eq!(
            "emulator=http://127.0.0.1:4566/".parse(),
            address("http://127.0.0.1:4566", None)
        );
        assert_eq!(
            "emulator:ministack=http://localhost:4566".parse(),
            address("http://localhost:4566", Some("ministack"))
        );
        for wrong in [
            "emulator=",
            "emulator=localhost:4566",
            "emulator=https://x",
            "emulator:=http://x",
            "emulator:a b=http://x",
            "emulator:x",
            "emulator=http://x/y",
            "emulators",
        ] {
            assert!(wrong.parse::<Spec>().is_err(), "{wrong}");
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
