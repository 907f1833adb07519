//! A target of this program that may not answer: asked on a thread of its own, which is left behind when it does not.
//!
//! A thread cannot be ended from outside. One that hangs keeps its processor until the program ends, so a target is given up
//! when a few hang at the same time; one that was only slow ends by itself and counts no longer.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use veriam_model::{Case, Dialect};

use super::{Capabilities, Observation, Target};
use crate::compare::Reply;

/// Threads that are left behind when the target is given up.
const LEFT_BEHIND_AT_MOST: usize = 8;

/// A target that is given up on a case when it takes too long.
pub struct Guarded {
    inner: Arc<dyn Target + Send + Sync>,
    deadline: Duration,
    left_behind_at_most: usize,
    idle: Mutex<Vec<Worker>>,
    /// Threads nobody waits for any more that have not ended yet.
    left_behind: Arc<AtomicUsize>,
}

struct Worker {
    questions: Sender<Vec<Case>>,
    observations: Receiver<Vec<Observation>>,
    is_left_behind: Arc<AtomicBool>,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("target", &self.inner.name())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Guarded {
    /// Guards a target: cases asked together, and each case asked alone, may take `deadline`.
    #[must_use]
    pub fn new(inner: Arc<dyn Target + Send + Sync>, deadline: Duration) -> Self {
        Self {
            inner,
            deadline,
            left_behind_at_most: LEFT_BEHIND_AT_MOST,
            idle: Mutex::new(Vec::new()),
            left_behind: Arc::default(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn worker(&self) -> Result<Worker, String> {
        if let Some(worker) = self.idle().pop() {
            return Ok(worker);
        }
        let (questions, asked) = channel::<Vec<Case>>();
        let (answers, observations) = channel();
        let inner = Arc::clone(&self.inner);
        let is_left_behind = Arc::new(AtomicBool::new(false));
        let (is_late, all_late) = (Arc::clone(&is_left_behind), Arc::clone(&self.left_behind));
        let run = move || {
            while let Ok(cases) = asked.recv() {
                let cases: Vec<&Case> = cases.iter().collect();
                // Nobody waits for a thread that was left behind.
                if answers.send(inner.observe_all(&cases)).is_err() {
                    break;
                }
            }
            // It was counted before either channel was closed.
            if is_late.load(Ordering::SeqCst) {
                all_late.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let started = thread::Builder::new().name("target".to_owned()).spawn(run);
        started.map_err(|error| format!("cannot start a thread: {error}; use fewer --jobs"))?;
        Ok(Worker {
            questions,
            observations,
            is_left_behind,
        })
    }

    /// The observations of some cases; or why there is none.
    fn attempt(&self, cases: &[&Case]) -> Result<Vec<Observation>, String> {
        let worker = self.worker()?;
        let owned = cases.iter().copied().cloned().collect();
        let broke = "its thread ended; it panicked where it must not".to_owned();
        if worker.questions.send(owned).is_err() {
            return Err(broke);
        }
        match worker.observations.recv_timeout(self.deadline) {
            Ok(observations) => {
                self.idle().push(worker);
                Ok(observations)
            }
            Err(RecvTimeoutError::Disconnected) => Err(broke),
            Err(RecvTimeoutError::Timeout) => {
                self.left_behind.fetch_add(1, Ordering::SeqCst);
                worker.is_left_behind.store(true, Ordering::SeqCst);
                Err(format!(
                    "gave no answer within {:?}; its thread was left behind",
                    self.deadline
                ))
            }
        }
    }
}

impl Target for Guarded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn version(&self) -> &str {
        self.inner.version()
    }

    fn dialect(&self) -> Option<&Dialect> {
        self.inner.dialect()
    }

    fn capabilities(&self) -> Option<&Capabilities> {
        self.inner.capabilities()
    }

    fn observe(&self, case: &Case) -> Reply {
        let observation = self.observe_all(&[case]).pop();
        observation.map_or_else(|| Reply::Failed("no reply".to_owned()), |o| o.reply)
    }

    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let failed = |how: String| Observation::as_drawn(Reply::Failed(how));
        if let Some(reason) = self.lost() {
            return cases.iter().map(|_| failed(reason.clone())).collect();
        }
        match (self.attempt(cases), cases) {
            (Ok(observations), _) => observations,
            (Err(how), [_]) => vec![failed(how)],
            // Each pays for itself only.
            (Err(_), _) => cases
                .iter()
                .flat_map(|case| self.observe_all(&[case]))
                .collect(),
        }
    }

    fn lost(&self) -> Option<String> {
        let left_behind = self.left_behind.load(Ordering::SeqCst);
        (left_behind >= self.left_behind_at_most)
            .then(|| format!("given up after {left_behind} of its threads did not answer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use veriam_generators::generated_check;

    /// Answers everything but checks of one action, on which it waits for ever.
    struct Hanging {
        action: String,
        never: Barrier,
    }

    impl Target for Hanging {
        fn name(&self) -> &str {
            "hanging"
        }

        fn version(&self) -> &str {
            "1"
        }

        fn dialect(&self) -> Option<&Dialect> {
            None
        }

        fn observe(&self, case: &Case) -> Reply {
            if let Case::Check(check) = case
                && check.action == self.action
            {
                self.never.wait();
            }
            Reply::Accepted
        }
    }

    #[test]
    fn a_target_that_hangs_costs_the_case_it_hangs_on_and_is_given_up_in_the_end() {
        let case = |index| Case::Check(Box::new(generated_check(1, index)));
        let mut bad = generated_check(1, 9);
        bad.action = "sts:Hang".to_owned();
        let bad = Case::Check(Box::new(bad));
        let hanging = Hanging {
            action: "sts:Hang".to_owned(),
            never: Barrier::new(usize::MAX),
        };
        let mut guarded = Guarded::new(Arc::new(hanging), Duration::from_secs(1));
        guarded.left_behind_at_most = 3;
        let asked = [&case(1), &bad, &case(2)];
        let replies: Vec<Reply> = guarded
            .ask_all(&asked)
            .into_iter()
            .map(|o| o.reply)
            .collect();
        assert_eq!([&replies[0], &replies[2]], [&Reply::Accepted; 2]);
        assert!(matches!(&replies[1], Reply::Failed(how) if how.contains("no answer within 1s")));
        assert_eq!(guarded.lost(), None);
        // Two threads are left behind by now: one of the three together, one of the bad one alone.
        assert!(matches!(guarded.ask(&bad).reply, Reply::Failed(_)));
        assert!(guarded.lost().is_some());
        assert!(
            matches!(guarded.ask(&case(1)).reply, Reply::Failed(how) if how.contains("given up"))
        );
    }

    /// Answers late, once it is told to.
    struct Late {
        go: Mutex<Receiver<()>>,
    }

    impl Target for Late {
        fn name(&self) -> &str {
            "late"
        }

        fn version(&self) -> &str {
            "1"
        }

        fn dialect(&self) -> Option<&Dialect> {
            None
        }

        fn observe(&self, _: &Case) -> Reply {
            let go = self.go.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = go.recv();
            Reply::Accepted
        }
    }

    #[test]
    fn a_thread_that_was_only_slow_counts_no_longer_once_it_ends() {
        let (tell, go) = channel();
        let late = Late { go: Mutex::new(go) };
        let mut guarded = Guarded::new(Arc::new(late), Duration::from_millis(1));
        guarded.left_behind_at_most = 1;
        let case = Case::Check(Box::new(generated_check(1, 1)));
        assert!(matches!(guarded.ask(&case).reply, Reply::Failed(_)));
        assert!(guarded.lost().is_some());
        tell.send(()).expect("it waits");
        while guarded.lost().is_some() {
            thread::yield_now();
        }
    }
}
