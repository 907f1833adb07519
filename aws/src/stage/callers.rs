//! Who acts in a call, with real credentials.

use aws_sdk_sts as sts;
use veriam_model::{
    Call, Caller, FederatedCaller, Path, SessionCaller, Tags, Token, UserCaller, World,
};

use super::identities::DRIVER;
use super::teardown::{Holder, Made};
use super::{SOMEWHERE, Stage, Unstaged, answered};
use crate::server::{PROVIDED, SERVICES, TOKENS, root_key};
use crate::session::{Base, Credentials, Proof, Session};

/// Who acts in a call, and when.
#[derive(Clone, Debug)]
pub(crate) struct Acting {
    /// As it is: times may differ from those drawn.
    pub(crate) caller: Caller,
    /// How it proves who it is.
    pub(crate) proof: Proof,
}

/// The longest that AWS lets a session of a role be, in seconds.
const LONGEST: u64 = 43_200;
/// The longest that it lets a session of a user be.
const LONGEST_OF_USERS: u64 = 129_600;
/// The shortest.
const SHORTEST: u64 = 900;
/// The code that counts as MFA where nobody asks a device.
const CODE: &str = "123456";
/// What a user may while it asks for a federated session.
pub(crate) const FEDERATE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:GetFederationToken","sts:TagSession"],"Resource":"*"}]}"#;

impl Stage<'_> {
    /// Makes the credentials of those who call.
    pub(super) async fn make_acting(
        &mut self,
        drawn: &World,
        calls: &[&Call],
    ) -> Result<(), Unstaged> {
        let driver = match calls.iter().any(|c| matches!(c.caller, Caller::Session(_))) {
            true => self.driver_key(drawn).await?,
            false => None,
        };
        let mut acting: Vec<(Caller, u64, Result<Acting, Unstaged>)> = Vec::new();
        for call in calls {
            let same = acting
                .iter()
                .find(|(caller, at, _)| *caller == call.caller && *at == call.at);
            let made = match same {
                Some((.., made)) => made.clone(),
                None => self.acting(call, driver.as_ref()).await,
            };
            acting.push((call.caller.clone(), call.at, made));
        }
        self.acting = acting.into_iter().map(|(.., made)| made).collect();
        Ok(())
    }

    async fn acting(
        &mut self,
        call: &Call,
        driver: Option<&Credentials>,
    ) -> Result<Acting, Unstaged> {
        match &call.caller {
            Caller::Root(root) => Ok(Acting {
                caller: call.caller.clone(),
                proof: root_key(&root.account),
            }),
            Caller::User(user) => self.user(user, call.at).await,
            Caller::Session(session) => match driver {
                Some(driver) if session.provider.is_none() => {
                    self.role_session(session, call.at, driver).await
                }
                _ => self.by_admin(&call.caller, call.at).await,
            },
            Caller::Federated(session) => self.federated(session, call.at).await,
            Caller::Jwt(jwt) => {
                if self.server.admin.is_none() {
                    return Err(Unstaged::unsupported(TOKENS));
                }
                let token = self.server.issuer.token(jwt, call.at);
                let token =
                    token.ok_or_else(|| Unstaged::unsupported("claims that no token can carry"));
                Ok(Acting {
                    caller: call.caller.clone(),
                    proof: Proof::Bearer(token?),
                })
            }
            Caller::Anonymous => Ok(Acting {
                caller: Caller::Anonymous,
                proof: Proof::Nothing,
            }),
            Caller::Service(_) => Err(Unstaged::unsupported(SERVICES)),
        }
    }

    /// The key of the user who assumes roles.
    async fn driver_key(&mut self, drawn: &World) -> Result<Option<Credentials>, Unstaged> {
        let Some(account) = drawn.accounts.first() else {
            return Ok(None);
        };
        let client = self.root(&account.id).iam();
        let put = client
            .put_user_policy()
            .user_name(DRIVER)
            .policy_name("assume")
            .policy_document(super::identities::ASSUME)
            .send()
            .await;
        answered("PutUserPolicy", put)?;
        let owner = Holder::user(&account.id, DRIVER);
        self.made.push(Made::Inline(owner, "assume".to_owned()));
        self.access_key(&account.id, DRIVER).await.map(Some)
    }

    /// The access key of a user, which is made once: a user can have two.
    async fn access_key(&mut self, account: &str, user: &str) -> Result<Credentials, Unstaged> {
        let owner = (account.to_owned(), user.to_owned());
        if let Some(key) = self.keys.get(&owner) {
            return Ok(key.clone());
        }
        let key = self.make_access_key(account, user).await?;
        self.keys.insert(owner, key.clone());
        Ok(key)
    }

    async fn make_access_key(
        &mut self,
        account: &str,
        user: &str,
    ) -> Result<Credentials, Unstaged> {
        let client = self.root(account).iam();
        let made = client.create_access_key().user_name(user).send().await;
        let made = answered("CreateAccessKey", made)?;
        let key = made.access_key().ok_or_else(|| unread("CreateAccessKey"))?;
        let owner = Holder::user(account, user);
        let id = key.access_key_id().to_owned();
        self.made.push(Made::Key(owner, id));
        Ok(Credentials {
            key_id: key.access_key_id().to_owned(),
            secret: key.secret_access_key().to_owned(),
            token: None,
        })
    }

    /// Where STS is asked at a time: there is a way with that time, or it is now.
    async fn sts(
        &self,
        credentials: &Credentials,
        at: u64,
    ) -> Result<(sts::Client, Option<u64>), Unstaged> {
        let proof = Proof::Key(credentials.clone());
        let Some(admin) = &self.server.admin else {
            return Ok((self.session(proof).sts(), Some(crate::driver::now())));
        };
        let path = Path::Internet {
            address: SOMEWHERE.to_owned(),
        };
        let base: Base = admin
            .base(&format!("at-{at}"), &path, at, &self.world.region)
            .await?;
        let session = Session::new(&self.server.connection, base, proof, None);
        Ok((session.sts(), Some(at)))
    }

    async fn user(&mut self, user: &UserCaller, at: u64) -> Result<Acting, Unstaged> {
        let key = self.access_key(&user.account, &user.name).await?;
        let Some(token) = user.token else {
            return Ok(Acting {
                caller: Caller::User(user.clone()),
                proof: Proof::Key(key),
            });
        };
        let (client, issued) = self.sts(&key, since(token, at, LONGEST_OF_USERS)).await?;
        let mut caller = user.clone();
        let token = *caller.token.insert(issued_at(token, issued));
        let mut asked = client.get_session_token().duration_seconds(lasting(
            token.issued,
            at,
            LONGEST_OF_USERS,
        ));
        if token.mfa.is_some() {
            asked = asked
                .serial_number(format!("arn:aws:iam::{}:mfa/{}", user.account, user.name))
                .token_code(CODE);
        }
        let answer = answered("GetSessionToken", asked.send().await)?;
        let key = answer
            .credentials()
            .ok_or_else(|| unread("GetSessionToken"))?;
        Ok(Acting {
            caller: Caller::User(caller),
            proof: Proof::Key(temporary(key)),
        })
    }

    async fn role_session(
        &mut self,
        session: &SessionCaller,
        at: u64,
        driver: &Credentials,
    ) -> Result<Acting, Unstaged> {
        let role = self.world.role(&session.account, &session.role);
        let role = role.ok_or_else(|| unread("CreateRole"))?;
        let arn = format!(
            "arn:{}:iam::{}:role{}{}",
            self.world.partition, role.account, role.path, role.name
        );
        let mut caller = session.clone();
        let (client, issued) = self.sts(driver, since(session.token, at, LONGEST)).await?;
        caller.token = issued_at(session.token, issued);
        let policy = session.policy.as_ref().map(|policy| {
            let told = self.names.put_into(policy.as_str());
            told.ok_or_else(|| {
                Unstaged::unsupported(
                    "policies with a wildcard inside a name that the target chooses",
                )
            })
        });
        let policy = policy.transpose()?;
        let mut asked = client
            .assume_role()
            .role_arn(arn)
            .role_session_name(&session.session)
            .duration_seconds(lasting(caller.token.issued, at, LONGEST))
            .set_policy(policy.clone())
            .set_tags(tags(&session.tags)?)
            .set_source_identity(session.source_identity.clone());
        if session.token.mfa.is_some() {
            asked = asked
                .serial_number(format!("arn:aws:iam::{}:mfa/{DRIVER}", session.account))
                .token_code(CODE);
        }
        caller.policy = policy.map(veriam_model::PolicyText::new);
        let answer = answered("AssumeRole", asked.send().await)?;
        let key = answer.credentials().ok_or_else(|| unread("AssumeRole"))?;
        Ok(Acting {
            caller: Caller::Session(caller),
            proof: Proof::Key(temporary(key)),
        })
    }

    async fn federated(&mut self, session: &FederatedCaller, at: u64) -> Result<Acting, Unstaged> {
        let user = self.root(&session.account).iam();
        let put = user
            .put_user_policy()
            .user_name(&session.user)
            .policy_name("veriam-federate")
            .policy_document(FEDERATE)
            .send()
            .await;
        answered("PutUserPolicy", put)?;
        let key = self.access_key(&session.account, &session.user).await?;
        let issued = since(session.token, at, LONGEST_OF_USERS);
        let (client, issued) = self.sts(&key, issued).await?;
        let mut caller = session.clone();
        caller.token = issued_at(session.token, issued);
        let policy = session
            .policy
            .as_ref()
            .and_then(|p| self.names.put_into(p.as_str()));
        caller.policy = policy.clone().map(veriam_model::PolicyText::new);
        let asked = client
            .get_federation_token()
            .name(&session.user)
            .duration_seconds(lasting(caller.token.issued, at, LONGEST_OF_USERS))
            .set_policy(policy)
            .set_tags(tags(&session.tags)?)
            .send()
            .await;
        let removed = user
            .delete_user_policy()
            .user_name(&session.user)
            .policy_name("veriam-federate")
            .send()
            .await;
        answered("DeleteUserPolicy", removed)?;
        let answer = answered("GetFederationToken", asked)?;
        let key = answer
            .credentials()
            .ok_or_else(|| unread("GetFederationToken"))?;
        Ok(Acting {
            caller: Caller::Federated(caller),
            proof: Proof::Key(temporary(key)),
        })
    }

    /// Credentials that no API here gives, by the admin route.
    async fn by_admin(&self, caller: &Caller, at: u64) -> Result<Acting, Unstaged> {
        let Some(admin) = &self.server.admin else {
            return Err(Unstaged::unsupported(PROVIDED));
        };
        // They are made now and used at the time of the call.
        let credentials = admin
            .credentials(caller, at.saturating_add(LONGEST))
            .await?;
        Ok(Acting {
            caller: caller.clone(),
            proof: Proof::Key(credentials),
        })
    }
}

/// The token as it really is: issued then, or as drawn where a way with that time exists.
fn issued_at(drawn: Token, issued: Option<u64>) -> Token {
    let issued = issued.unwrap_or(drawn.issued);
    Token {
        issued,
        // The code is shown when the session is made.
        mfa: drawn.mfa.map(|_| issued),
    }
}

/// When a session begins that is to be there at a time: as drawn, or later where none lasts that long.
fn since(drawn: Token, at: u64, longest: u64) -> u64 {
    drawn.issued.max(at.saturating_sub(longest - 60))
}

/// How long a session has to last to be there at a time.
fn lasting(issued: u64, at: u64, longest: u64) -> i32 {
    let seconds = at.saturating_sub(issued).saturating_add(60);
    i32::try_from(seconds.clamp(SHORTEST, longest)).unwrap_or(3_600)
}

fn temporary(key: &sts::types::Credentials) -> Credentials {
    Credentials {
        key_id: key.access_key_id().to_owned(),
        secret: key.secret_access_key().to_owned(),
        token: Some(key.session_token().to_owned()),
    }
}

fn tags(tags: &Tags) -> Result<Option<Vec<sts::types::Tag>>, Unstaged> {
    let made = tags.iter().map(|(key, value)| {
        let tag = sts::types::Tag::builder().key(key).value(value).build();
        tag.map_err(|error| Unstaged::Broken(error.to_string()))
    });
    let made = made.collect::<Result<Vec<_>, _>>()?;
    Ok((!made.is_empty()).then_some(made))
}

fn unread(operation: &str) -> Unstaged {
    Unstaged::Broken(format!("{operation} answers what cannot be read"))
}
