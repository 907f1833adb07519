//! What answers in tests, and who calls.

pub(crate) mod emulator;
pub(crate) mod listener;

use std::collections::BTreeSet;

use veriam_generators::generated_case;
use veriam_model::{
    Call, CallCase, Case, ControlOperation, HarnessOperation, IdentityOperation, MemoryOperation,
    Request, RuntimeOperation, ToolOperation,
};

/// The calls among the first generated cases.
pub(crate) fn calls(seed: u64, count: u64) -> impl Iterator<Item = (u64, CallCase)> {
    (0..count).filter_map(move |index| match generated_case(seed, index) {
        Case::Call(case) => Some((index, *case)),
        _ => None,
    })
}

/// The first of them that is one of these.
pub(crate) fn call(fits: impl Fn(&CallCase) -> bool) -> CallCase {
    let mut all = calls(5, u64::MAX).map(|(_, case)| case);
    all.find(|case| fits(case)).unwrap()
}

/// Runs on one thread, as the library is used.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

/// Family and operation: some operations of harnesses are named like those of runtimes.
pub(crate) fn operation(call: &Call) -> String {
    let family = match &call.request {
        Request::Runtime(_) => "runtime",
        Request::Gateway(_) => "gateway",
        Request::Memory(_) => "memory",
        Request::Harness(_) => "harness",
        Request::Tool(_) => "tool",
        Request::Identity(_) => "identity",
        Request::Control(_) => "control",
        Request::AssumeRole(_) => "sts",
        Request::Other(_) => return "other".to_owned(),
    };
    format!("{family} {}", call.request.operation())
}

/// Every operation a request of the model can be of, but for those of other services.
pub(crate) fn all_operations() -> BTreeSet<String> {
    fn of<O: Copy>(family: &str, all: &[O], name: fn(O) -> &'static str) -> Vec<String> {
        let names = all.iter().map(|operation| name(*operation));
        names.map(|name| format!("{family} {name}")).collect()
    }
    let alone = ["gateway InvokeGateway", "sts AssumeRole"];
    let families = [
        of("runtime", RuntimeOperation::ALL, RuntimeOperation::name),
        of("memory", MemoryOperation::ALL, MemoryOperation::name),
        of("harness", HarnessOperation::ALL, HarnessOperation::name),
        of("tool", ToolOperation::ALL, ToolOperation::name),
        of("identity", IdentityOperation::ALL, IdentityOperation::name),
        of("control", ControlOperation::ALL, ControlOperation::name),
        alone.map(str::to_owned).to_vec(),
    ];
    families.into_iter().flatten().collect()
}
