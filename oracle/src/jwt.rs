//! Callers who bring a JWT (AC-112…AC-126; readings, 2.3): there is no identity side.

use veriam_model::Decision;
use veriam_model::readings::JwtSilentPolicy;

use crate::decide::{Log, Policies};
use crate::grants::ResourceAllow;
use crate::notes::ac;

/// Decides by the resource policy alone.
pub(crate) fn decide(policies: Policies<'_>, allow: ResourceAllow, log: &mut Log<'_>) -> Decision {
    // AC-112: the token was checked before. AC-120: nothing applies on an identity side. AC-126: nor is there
    // an account to cross.
    for rule in [ac(112), ac(120), ac(126)] {
        log.notes.cite(rule);
    }
    if !policies.parties.has_resource_policy {
        log.step(&[ac(121)], || {
            "the resource has no policy, so a valid token is enough".to_owned()
        });
        return Decision::Allow;
    }
    if allow.direct {
        log.step(&[ac(113)], || {
            "the resource policy allows everyone, JWT callers included".to_owned()
        });
        return Decision::Allow;
    }
    match log.notes.choose::<JwtSilentPolicy>() {
        JwtSilentPolicy::Denied => {
            log.step(&[ac(122)], || {
                "the resource has a policy, and it does not allow".to_owned()
            });
            Decision::ImplicitDeny
        }
        JwtSilentPolicy::Allowed => {
            log.step(&[ac(122)], || {
                "the resource has a policy; it does not allow, but nor does it deny".to_owned()
            });
            Decision::Allow
        }
    }
}
