//! From method and path to an operation: the table of AWS's API models (`model/facts/actions.toml`), and the few paths
//! that stand in the guide only.

use std::sync::LazyLock;

use veriam_model::facts::agentcore;

use crate::auth::sigv4::decode;

/// An operation, with what its path says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The name of the operation.
    pub name: &'static str,
    /// What stands in the places of the path, decoded: `memoryId`, `agentRuntimeArn`, …
    pub vars: Vec<(String, String)>,
}

impl Route {
    /// What stands in a place of the path; empty where there is no such place.
    #[must_use]
    pub fn var(&self, name: &str) -> &str {
        let found = self.vars.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Paths of the guide that the API models do not have (AC-059, AC-101, AC-106).
const OF_GUIDE: [(&str, &str, &str); 5] = [
    (
        "InvokeAgentRuntimeWithWebSocketStream",
        "GET",
        "/runtimes/{agentRuntimeArn}/ws",
    ),
    (
        "InvokeAgentRuntimeCommandShell",
        "GET",
        "/runtimes/{agentRuntimeArn}/ws/shells",
    ),
    (
        "GetRuntimeProtectedResourceMetadata",
        "GET",
        "/runtimes/{agentRuntimeArn}/invocations/.well-known/oauth-protected-resource",
    ),
    (
        "ConnectBrowserAutomationStream",
        "GET",
        "/browser-streams/{browserIdentifier}/sessions/{sessionId}/automation",
    ),
    (
        "ConnectBrowserLiveViewStream",
        "GET",
        "/browser-streams/{browserIdentifier}/sessions/{sessionId}/live-view",
    ),
];

struct Entry {
    name: &'static str,
    method: &'static str,
    parts: Vec<Part>,
}

enum Part {
    Text(&'static str),
    Var(&'static str),
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let of_models = agentcore::actions().iter().filter_map(|action| {
        let api = action.api.as_ref()?;
        Some((action.name.as_str(), api.method.as_str(), api.path.as_str()))
    });
    let mut table: Vec<Entry> = of_models.chain(OF_GUIDE).map(entry).collect();
    // Where two fit, the one that says more in words is meant: `/memories/create` is no memory of that name.
    table.sort_by_key(|entry| std::cmp::Reverse(words(entry)));
    table
});

fn entry((name, method, path): (&'static str, &'static str, &'static str)) -> Entry {
    let parts = path.trim_matches('/').split('/').map(|part| {
        let var = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        var.map_or(Part::Text(part), |var| Part::Var(var.trim_end_matches('+')))
    });
    Entry {
        name,
        method,
        parts: parts.collect(),
    }
}

fn words(entry: &Entry) -> usize {
    entry
        .parts
        .iter()
        .filter(|part| matches!(part, Part::Text(_)))
        .count()
}

/// The operation of a request; none: AgentCore has no such operation. A slash at the end does not count. The path is
/// percent-encoded, as it was sent.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<Route> {
    let parts: Vec<String> = path
        .trim_matches('/')
        .split('/')
        .map(decode)
        .collect::<Option<_>>()?;
    let entries = TABLE
        .iter()
        .filter(|e| e.method == method && e.parts.len() == parts.len());
    for entry in entries {
        let mut vars = Vec::new();
        let fits = entry
            .parts
            .iter()
            .zip(&parts)
            .all(|(part, sent)| match part {
                Part::Text(text) => text == sent,
                Part::Var(name) => {
                    vars.push(((*name).to_owned(), sent.clone()));
                    !sent.is_empty()
                }
            });
        if fits {
            return Some(Route {
                name: entry.name,
                vars,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{OF_GUIDE, find};
    use veriam_model::facts::agentcore;

    #[test]
    fn every_operation_of_the_tables_is_found_by_its_own_path() {
        let of_models = agentcore::actions().iter().filter_map(|action| {
            let api = action.api.as_ref()?;
            Some((action.name.as_str(), api.method.as_str(), api.path.as_str()))
        });
        let mut found = 0;
        for (name, method, path) in of_models.chain(OF_GUIDE) {
            let path: Vec<String> = path
                .split('/')
                .map(|part| {
                    if part.starts_with('{') {
                        "x%2Fy".to_owned()
                    } else {
                        part.to_owned()
                    }
                })
                .collect();
            let route = find(method, &path.join("/")).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(route.name, name);
            assert!(route.vars.iter().all(|(_, value)| value == "x/y"), "{name}");
            found += 1;
        }
        assert!(found > 200, "{found} operations");
    }

    #[test]
    fn other_paths_are_no_operations() {
        for (method, path) in [
            ("GET", "/"),
            ("PATCH", "/runtimes/x/invocations"),
            ("POST", "/runtimes/x/invocations/more"),
            ("POST", "/runtimes/%zz/invocations"),
            ("PUT", "/resourcepolicy"),
        ] {
            assert_eq!(find(method, path), None, "{method} {path}");
        }
    }
}
