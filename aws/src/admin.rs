//! The admin route of our emulator: what no API of AWS can say. `docs/emulator.md` documents it.

use serde_json::{Value, json};
use veriam_model::{Caller, Membership, Path, World};

use crate::connection::{Connection, Plain};
use crate::raw::Broken;
use crate::session::{Base, Credentials};
use crate::stage::Unstaged;

/// The admin route of a server.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    connection: Connection,
}

impl Admin {
    /// The admin route of a server, if it has one.
    ///
    /// # Errors
    /// [`Broken`] when nobody answers.
    pub(crate) async fn find(connection: &Connection) -> Result<Option<Self>, Broken> {
        let admin = Self {
            connection: connection.clone(),
        };
        let answer = admin.raw("GET", "issuers", &Value::Null).await?;
        let is_ours = answer.raw.status == 200
            && serde_json::from_slice::<Value>(&answer.body).is_ok_and(|json| json.is_array());
        Ok(is_ours.then_some(admin))
    }

    async fn raw(
        &self,
        method: &'static str,
        route: &str,
        body: &Value,
    ) -> Result<crate::connection::Answer, Broken> {
        let body = match body {
            Value::Null if method == "GET" => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        self.connection
            .plain(Plain {
                method,
                url: format!("{}/_veriam/{route}", self.connection.base()),
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body,
            })
            .await
    }

    async fn done(
        &self,
        method: &'static str,
        route: &str,
        body: &Value,
    ) -> Result<Vec<u8>, Unstaged> {
        let answer = self.raw(method, route, body).await?;
        if answer.raw.is_success() {
            return Ok(answer.body);
        }
        let what = route.split('/').next().unwrap_or_default();
        Err(Unstaged::refused(
            &format!("admin route {what}"),
            &answer.raw,
        ))
    }

    /// Begins anew with a world.
    pub(crate) async fn load(&self, world: &World) -> Result<(), Unstaged> {
        let world = json!(world);
        self.done("PUT", "world", &world).await.map(drop)
    }

    /// The ids of what is made next.
    pub(crate) async fn ids(&self, world: &World) -> Result<(), Unstaged> {
        let identities = |identities: &[veriam_model::Identity]| {
            let named = identities
                .iter()
                .map(|i| (format!("{}/{}", i.account, i.name), json!(i.id)));
            Value::Object(named.collect())
        };
        let mut resources: Vec<&str> = world.runtimes.iter().map(|r| r.id.as_str()).collect();
        resources.extend(world.gateways.iter().map(|g| g.id.as_str()));
        resources.extend(world.memories.iter().map(|m| m.id.as_str()));
        resources.extend(world.harnesses.iter().map(|h| h.id.as_str()));
        resources.extend(world.tools.iter().map(|t| t.id.as_str()));
        let ids = json!({
            "resources": resources,
            "users": identities(&world.users),
            "roles": identities(&world.roles),
        });
        self.done("PUT", "ids", &ids).await.map(drop)
    }

    /// Puts an account where it stands in its organization.
    pub(crate) async fn organization(
        &self,
        account: &str,
        membership: &Membership,
    ) -> Result<(), Unstaged> {
        let route = format!("organizations/{account}");
        self.done("PUT", &route, &json!(membership)).await.map(drop)
    }

    /// Adds an issuer of tokens.
    pub(crate) async fn issuer(&self, config: &Value) -> Result<(), Unstaged> {
        self.done("PUT", "issuers", config).await.map(drop)
    }

    /// A base URL for requests that take a way at a time. `name` is one word.
    pub(crate) async fn base(
        &self,
        name: &str,
        path: &Path,
        at: u64,
        region: &str,
    ) -> Result<Base, Unstaged> {
        let mut body = json!(path);
        if let Some(members) = body.as_object_mut() {
            members.insert("at".to_owned(), json!(at));
        }
        self.done("PUT", &format!("paths/{name}"), &body).await?;
        Ok(Base {
            url: format!("{}/via/{name}", self.connection.base()),
            region: region.to_owned(),
            at: Some(at),
        })
    }

    /// Credentials for a session that STS cannot be asked for here; they are good until `expires_in` seconds from now.
    pub(crate) async fn credentials(
        &self,
        caller: &Caller,
        expires_in: u64,
    ) -> Result<Credentials, Unstaged> {
        let wanted = json!({"caller": caller, "expires_in": expires_in});
        let body = self.done("POST", "credentials", &wanted).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
        match (text("accessKeyId"), text("secretAccessKey")) {
            (Some(key_id), Some(secret)) => Ok(Credentials {
                key_id,
                secret,
                token: text("sessionToken"),
            }),
            _ => Err(Unstaged::Broken(
                "the admin route answers no credentials".to_owned(),
            )),
        }
    }
}
