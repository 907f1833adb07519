//! The forms of principals.

/// How an entry of a Principal element names somebody.
pub(crate) fn principal_form(kind: &str, name: &str) -> &'static str {
    match kind {
        "Service" => "Service",
        "Federated" => "Federated",
        "CanonicalUser" => "CanonicalUser",
        _ if name == "*" => "AWS *",
        _ if name.ends_with(":root") => "root ARN",
        _ if name.contains(":user/") => "user ARN",
        _ if name.contains(":role/") && name.matches('/').count() > 1 => "role ARN with path",
        _ if name.contains(":role/") => "role ARN",
        _ if name.contains(":assumed-role/") => "session ARN",
        _ if name.contains(":federated-user/") => "federated-user ARN",
        _ if name.starts_with("arn:") => "other ARN",
        _ if name.starts_with('A') => "unique id",
        _ => "account id",
    }
}
