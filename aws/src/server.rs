//! A server: what it says about itself, and how to reach it as the root user of an account.

use crate::admin::Admin;
use crate::connection::Connection;
use crate::issuer::Issuer;
use crate::raw::Broken;
use crate::session::{Base, Credentials, Proof, Session};

/// The secret access key that users of local emulators know.
const BOOTSTRAP: &str = "test";

/// A server that speaks the APIs of AWS.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) connection: Connection,
    /// The admin route of our emulator, where the server has it.
    pub(crate) admin: Option<Admin>,
    pub(crate) issuer: Issuer,
}

impl Server {
    /// Finds out what a server is.
    ///
    /// # Errors
    /// [`Broken`] when nobody answers.
    pub(crate) async fn find(connection: Connection) -> Result<Self, Broken> {
        let admin = Admin::find(&connection).await?;
        let issuer = Issuer::new();
        Ok(Self {
            connection,
            admin,
            issuer,
        })
    }

    /// Requests of the root user of an account: the access key id is the account id, as users of local emulators know it.
    pub(crate) fn root(&self, account: &str, region: &str) -> Session {
        let proof = root_key(account);
        Session::new(&self.connection, self.base(region), proof, None)
    }

    /// The public way, now.
    pub(crate) fn base(&self, region: &str) -> Base {
        Base {
            url: self.connection.base().to_owned(),
            region: region.to_owned(),
            at: None,
        }
    }
}

/// The key of the root user of an account.
pub(crate) fn root_key(account: &str) -> Proof {
    Proof::Key(Credentials {
        key_id: account.to_owned(),
        secret: BOOTSTRAP.to_owned(),
        token: None,
    })
}
