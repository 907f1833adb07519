//! The operations of every family of requests, in one list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use veriam_model::{
    ControlOperation, HarnessOperation, IdentityOperation, MemoryOperation, Request,
    RuntimeOperation, ToolOperation,
};

/// A family of requests: what kind of thing they are for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RequestFamily {
    /// Of a runtime and one of its endpoints.
    Runtime,
    /// Of a gateway.
    Gateway,
    /// Of a memory.
    Memory,
    /// Of a harness.
    Harness,
    /// Of a browser or a code interpreter.
    Tool,
    /// Of the identity service.
    Identity,
    /// Of the control plane.
    Control,
    /// Of STS, for a session of a role.
    AssumeRole,
    /// Of another service.
    Other,
}

impl RequestFamily {
    /// Every family, in declaration order.
    pub const ALL: [RequestFamily; 9] = [
        RequestFamily::Runtime,
        RequestFamily::Gateway,
        RequestFamily::Memory,
        RequestFamily::Harness,
        RequestFamily::Tool,
        RequestFamily::Identity,
        RequestFamily::Control,
        RequestFamily::AssumeRole,
        RequestFamily::Other,
    ];

    /// The family of a request.
    #[must_use]
    pub const fn of(request: &Request) -> Self {
        match request {
            Request::Runtime(_) => RequestFamily::Runtime,
            Request::Gateway(_) => RequestFamily::Gateway,
            Request::Memory(_) => RequestFamily::Memory,
            Request::Harness(_) => RequestFamily::Harness,
            Request::Tool(_) => RequestFamily::Tool,
            Request::Identity(_) => RequestFamily::Identity,
            Request::Control(_) => RequestFamily::Control,
            Request::AssumeRole(_) => RequestFamily::AssumeRole,
            Request::Other(_) => RequestFamily::Other,
        }
    }

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            RequestFamily::Runtime => "runtime",
            RequestFamily::Gateway => "gateway",
            RequestFamily::Memory => "memory",
            RequestFamily::Harness => "harness",
            RequestFamily::Tool => "tool",
            RequestFamily::Identity => "identity",
            RequestFamily::Control => "control plane",
            RequestFamily::AssumeRole => "STS",
            RequestFamily::Other => "other service",
        }
    }

    /// How many operations it has.
    const fn size(self) -> usize {
        match self {
            RequestFamily::Runtime => RuntimeOperation::ALL.len(),
            RequestFamily::Memory => MemoryOperation::ALL.len(),
            RequestFamily::Harness => HarnessOperation::ALL.len(),
            RequestFamily::Tool => ToolOperation::ALL.len(),
            RequestFamily::Identity => IdentityOperation::ALL.len(),
            RequestFamily::Control => ControlOperation::ALL.len(),
            RequestFamily::Gateway | RequestFamily::AssumeRole | RequestFamily::Other => 1,
        }
    }
}

/// What a request asks for: the operation, and by it the family. Two families may have operations of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Of a runtime.
    Runtime(RuntimeOperation),
    /// `InvokeGateway`.
    Gateway,
    /// Of a memory.
    Memory(MemoryOperation),
    /// Of a harness.
    Harness(HarnessOperation),
    /// Of a browser or a code interpreter.
    Tool(ToolOperation),
    /// Of the identity service.
    Identity(IdentityOperation),
    /// Of the control plane.
    Control(ControlOperation),
    /// `sts:AssumeRole`.
    AssumeRole,
    /// Whatever another service does.
    Other,
}

impl Operation {
    /// How many there are.
    pub const COUNT: usize = {
        let (mut count, mut family) = (0, 0);
        while family < RequestFamily::ALL.len() {
            count += RequestFamily::ALL[family].size();
            family += 1;
        }
        count
    };

    /// Every operation, family by family, in declaration order.
    pub const ALL: [Operation; Operation::COUNT] = {
        let mut all = [Operation::Other; Operation::COUNT];
        let (mut next, mut family) = (0, 0);
        while family < RequestFamily::ALL.len() {
            let mut nth = 0;
            while nth < RequestFamily::ALL[family].size() {
                all[next] = Operation::nth(RequestFamily::ALL[family], nth);
                next += 1;
                nth += 1;
            }
            family += 1;
        }
        all
    };

    const fn nth(family: RequestFamily, nth: usize) -> Self {
        match family {
            RequestFamily::Runtime => Operation::Runtime(RuntimeOperation::ALL[nth]),
            RequestFamily::Gateway => Operation::Gateway,
            RequestFamily::Memory => Operation::Memory(MemoryOperation::ALL[nth]),
            RequestFamily::Harness => Operation::Harness(HarnessOperation::ALL[nth]),
            RequestFamily::Tool => Operation::Tool(ToolOperation::ALL[nth]),
            RequestFamily::Identity => Operation::Identity(IdentityOperation::ALL[nth]),
            RequestFamily::Control => Operation::Control(ControlOperation::ALL[nth]),
            RequestFamily::AssumeRole => Operation::AssumeRole,
            RequestFamily::Other => Operation::Other,
        }
    }

    /// The operation of a request.
    #[must_use]
    pub const fn of(request: &Request) -> Self {
        match request {
            Request::Runtime(request) => Operation::Runtime(request.operation),
            Request::Gateway(_) => Operation::Gateway,
            Request::Memory(request) => Operation::Memory(request.operation),
            Request::Harness(request) => Operation::Harness(request.operation),
            Request::Tool(request) => Operation::Tool(request.operation),
            Request::Identity(request) => Operation::Identity(request.operation),
            Request::Control(request) => Operation::Control(request.operation),
            Request::AssumeRole(_) => Operation::AssumeRole,
            Request::Other(_) => Operation::Other,
        }
    }

    /// The family it belongs to.
    #[must_use]
    pub const fn family(self) -> RequestFamily {
        match self {
            Operation::Runtime(_) => RequestFamily::Runtime,
            Operation::Gateway => RequestFamily::Gateway,
            Operation::Memory(_) => RequestFamily::Memory,
            Operation::Harness(_) => RequestFamily::Harness,
            Operation::Tool(_) => RequestFamily::Tool,
            Operation::Identity(_) => RequestFamily::Identity,
            Operation::Control(_) => RequestFamily::Control,
            Operation::AssumeRole => RequestFamily::AssumeRole,
            Operation::Other => RequestFamily::Other,
        }
    }

    /// Its number among all, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        let (mut start, mut family) = (0, 0);
        while family < self.family() as usize {
            start += RequestFamily::ALL[family].size();
            family += 1;
        }
        start
            + match self {
                Operation::Runtime(operation) => operation as usize,
                Operation::Memory(operation) => operation as usize,
                Operation::Harness(operation) => operation as usize,
                Operation::Tool(operation) => operation as usize,
                Operation::Identity(operation) => operation as usize,
                Operation::Control(operation) => operation as usize,
                Operation::Gateway | Operation::AssumeRole | Operation::Other => 0,
            }
    }

    /// The name, as AWS writes it; of another service's: `any action`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Runtime(operation) => operation.name(),
            Operation::Gateway => "InvokeGateway",
            Operation::Memory(operation) => operation.name(),
            Operation::Harness(operation) => operation.name(),
            Operation::Tool(operation) => operation.name(),
            Operation::Identity(operation) => operation.name(),
            Operation::Control(operation) => operation.name(),
            Operation::AssumeRole => "AssumeRole",
            Operation::Other => "any action",
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_stands_at_its_number() {
        for (index, family) in RequestFamily::ALL.into_iter().enumerate() {
            assert_eq!(family as usize, index);
        }
        for (index, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation.index(), index, "{operation:?}");
        }
    }
}
