//! Access keys of users.

use veriam_model::{Caller, UserCaller};

use super::{identity, list};
use crate::auth::date;
use crate::service::query::Query;
use crate::state::{Kind, TooManyKeys};
use crate::wire::{Fault, xml};

/// The most access keys of a user.
const MOST: usize = 2;

pub(super) fn answer(query: &Query<'_>) -> Result<Option<String>, Fault> {
    let user = identity(query, Kind::User)?;
    let (account, name) = (user.account.as_str(), user.name.as_str());
    let mut state = query.core.write();
    let id = || query.form.need("AccessKeyId");
    let no_such = |id: &str| {
        Fault::new(
            404,
            "NoSuchEntity",
            format!("The Access Key with id {id} cannot be found."),
        )
    };
    match query.action {
        "CreateAccessKey" => {
            let exceeded = |message: &str| Fault::new(409, "LimitExceeded", message);
            if state.keys_of(account, name).len() >= MOST {
                return Err(exceeded("Cannot exceed quota for AccessKeysPerUser: 2"));
            }
            let caller = UserCaller {
                account: account.to_owned(),
                name: name.to_owned(),
                token: None,
            };
            let issued = state.issue(Caller::User(caller), query.asked.now, None);
            let issued = issued
                .map_err(|TooManyKeys| exceeded("There are too many access keys and sessions."))?;
            let inner = [
                xml::leaf("UserName", name),
                xml::leaf("AccessKeyId", &issued.id),
                xml::leaf("Status", "Active"),
                xml::leaf("SecretAccessKey", issued.secret.reveal()),
                xml::leaf("CreateDate", &date::iso(query.asked.now)),
            ];
            Ok(Some(xml::node("AccessKey", &inner.concat())))
        }
        "UpdateAccessKey" => {
            let id = id()?;
            let active = match query.form.need("Status")? {
                "Active" => true,
                "Inactive" => false,
                _ => {
                    return Err(Fault::new(
                        400,
                        "ValidationError",
                        "Status must be Active or Inactive.",
                    ));
                }
            };
            if state.set_key(account, name, id, active) {
                Ok(None)
            } else {
                Err(no_such(id))
            }
        }
        "DeleteAccessKey" => {
            let id = id()?;
            if state.remove_key(account, name, id) {
                Ok(None)
            } else {
                Err(no_such(id))
            }
        }
        "ListAccessKeys" => {
            let shown = state.keys_of(account, name).into_iter().map(|key| {
                let status = if key.active { "Active" } else { "Inactive" };
                [
                    xml::leaf("UserName", name),
                    xml::leaf("AccessKeyId", &key.id),
                    xml::leaf("Status", status),
                    xml::leaf("CreateDate", &date::iso(key.created)),
                ]
                .concat()
            });
            Ok(Some(list("AccessKeyMetadata", shown)))
        }
        _ => Err(query.unknown()),
    }
}
