//! Why a scenario cannot be read.

use std::fmt;

use crate::place::Place;
use crate::scenario::yaml::Fault;
use crate::style::{BAD, FAINT, STRONG, paint};

/// What is wrong with a scenario or a policy it names: file, place, what was expected and the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file with the fault.
    pub file: String,
    /// Where in it; none when the file cannot be read at all.
    pub place: Option<Place>,
    /// What is wrong and what to do about it.
    pub message: String,
    /// The line of the fault.
    pub line: Option<String>,
}

impl ScenarioError {
    /// A fault in the text of a file.
    pub(crate) fn at(file: &str, text: &str, fault: Fault) -> Self {
        let lines = text.lines().nth(fault.place.line.saturating_sub(1));
        let line = lines.filter(|line| !line.trim().is_empty());
        ScenarioError {
            file: file.to_owned(),
            place: Some(fault.place),
            message: fault.message,
            line: line.map(str::to_owned),
        }
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &str, message: impl fmt::Display) -> Self {
        ScenarioError {
            file: file.to_owned(),
            place: None,
            message: message.to_string(),
            line: None,
        }
    }

    /// The error for people, with ANSI styles: the message, the line and a mark under the place.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{}: {}: {}\n",
            paint(STRONG, self.location()),
            paint(BAD, "error"),
            self.message
        );
        if let (Some(place), Some(line)) = (self.place, &self.line) {
            let shown: String = line
                .chars()
                .take(120)
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            text.push_str(&format!(
                "{} {shown}\n",
                paint(FAINT, format_args!("{number} |"))
            ));
            if place.column <= shown.chars().count() + 1 {
                text.push_str(&format!(
                    "{} {}{}\n",
                    paint(FAINT, format_args!("{margin} |")),
                    " ".repeat(place.column - 1),
                    paint(BAD, "^")
                ));
            }
        }
        text
    }

    /// `file`, or `file:line:column`.
    #[must_use]
    pub fn location(&self) -> String {
        match self.place {
            Some(Place { line, column }) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location(), self.message)
    }
}

impl std::error::Error for ScenarioError {}
