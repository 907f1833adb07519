//! One call told to people: what becomes of it, which check of it decides, and what to change.

mod json;
mod text;

use veriam_model::{Call, CallCase, Caller, Dialect, Outcome, Path, Row, SessionCaller};
use veriam_oracle::{self as oracle, CallDerivation, CallError, CallVerdict, Detail};
use veriam_reports::{Kind, Signature};

use super::{Explanation, Subject};
use crate::compare::{Reply, evaluator_outcome};

/// A call with what is known about it.
#[derive(Clone, Debug)]
pub struct CallSubject {
    /// The call and its world.
    pub case: CallCase,
    /// The dialect to judge it under.
    pub dialect: Dialect,
    /// The documented reply, if the case has one.
    pub documented: Option<Kind>,
    /// For a stored case: the divergence it is about.
    pub signature: Option<Signature>,
    /// What the call shows, in the words of whoever wrote it down.
    pub title: Option<String>,
}

/// Everything there is to say about one call.
#[derive(Clone, Debug)]
pub struct CallExplanation {
    /// What was asked.
    pub subject: CallSubject,
    /// How the oracle judges it.
    pub derivation: CallDerivation,
    /// Whether open choices could change the outcome; `None` under another dialect than the default one.
    pub verdict: Option<Result<CallVerdict, CallError>>,
    /// What the evaluator replies.
    pub evaluator: Reply,
    /// The checks it comes to, each with its own explanation, in order.
    pub checks: Vec<Explanation>,
}

impl CallExplanation {
    /// Explains a call.
    ///
    /// # Errors
    /// [`CallError`] when it is no question.
    pub fn new(subject: CallSubject) -> Result<Self, CallError> {
        let CallCase { world, call } = &subject.case;
        let derivation = oracle::trace_call(world, call, &subject.dialect, Detail::Full)?;
        let default = subject.dialect == Dialect::default();
        let checks = derivation.pairs.iter().map(|pair| Explanation {
            subject: Subject {
                row: Row {
                    check: pair.check.clone(),
                    expected: None,
                    rule: None,
                    source: None,
                    note: None,
                },
                dialect: subject.dialect,
                signature: None,
            },
            derivation: pair.derivation.clone(),
            verdict: None,
            evaluator: crate::compare::outcome_reply(pair.derivation.judgement.outcome),
        });
        Ok(Self {
            verdict: default.then(|| oracle::call_verdict(world, call)),
            evaluator: evaluator_outcome(&subject.case, &subject.dialect),
            checks: checks.collect(),
            derivation,
            subject,
        })
    }

    /// The checks that decide: the one at which the call fails, or all of an allowed call.
    fn deciding(&self) -> impl Iterator<Item = &Explanation> {
        let at = match &self.derivation.judgement.outcome {
            Outcome::Denied(denial) => Some(&denial.at),
            _ => None,
        };
        let pairs = self.derivation.pairs.iter().zip(&self.checks);
        pairs
            .filter(move |(pair, _)| at.is_none_or(|at| *at == pair.pair))
            .map(|(_, check)| check)
    }

    /// The explanation for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// The explanation as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}

/// The facts of a call for people: name and text of each.
#[must_use]
pub fn call_facts(case: &CallCase) -> Vec<(&'static str, String)> {
    let Call {
        caller,
        operation,
        runtime,
        qualifier,
        user_id,
        from,
        at,
        user_agent,
    } = &case.call;
    let owner = case.world.runtime(runtime).map_or("", |r| &r.account);
    let endpoint = match qualifier {
        Some(qualifier) => qualifier.clone(),
        None => "DEFAULT (none is named)".to_owned(),
    };
    let mut facts = vec![
        ("call", operation.to_string()),
        ("runtime", format!("{runtime} of account {owner}")),
        ("endpoint", endpoint),
        ("caller", caller_in_words(caller)),
    ];
    facts.extend(user_id.iter().map(|user| ("user id", user.clone())));
    facts.push((
        "path",
        match from {
            Path::Internet { address } => format!("over the internet, from {address}"),
            Path::Endpoint { endpoint, address } => {
                let vpc = case.world.network(endpoint).map_or("", |n| &n.vpc);
                format!("through {endpoint} in {vpc}, from {address}")
            }
        },
    ));
    facts.push(("time", format!("{at} s since 1970, with {user_agent}")));
    facts
}

fn caller_in_words(caller: &Caller) -> String {
    match caller {
        Caller::User(user) => {
            let with = if user.token.is_some() {
                ", with temporary credentials"
            } else {
                ""
            };
            format!("user {} of account {}{with}", user.name, user.account)
        }
        Caller::Session(session) => session_in_words(session),
        Caller::Root(root) => format!("root user of account {}", root.account),
        Caller::Federated(session) => format!(
            "federated-user session of {} of account {}",
            session.user, session.account
        ),
        Caller::Jwt(jwt) if jwt.accepted => format!("bearer of a token for {}", jwt.subject),
        Caller::Jwt(jwt) => format!("bearer of a token for {} that is not accepted", jwt.subject),
        Caller::Anonymous => "nobody: no signature and no token".to_owned(),
    }
}

fn session_in_words(session: &SessionCaller) -> String {
    let mut text = format!(
        "session {} of role {} of account {}",
        session.session, session.role, session.account
    );
    for (key, value) in session.tags.iter() {
        text.push_str(&format!(", session tag {key}={value}"));
    }
    if session.policy.is_some() {
        text.push_str(", with a session policy");
    }
    text
}
