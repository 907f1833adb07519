//! What can be asked of the emulator.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Arguments of `veriam emulate`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Clients need nothing but the URL and credentials: an access key id of twelve digits is the root user of that account, its \
secret is `test`. docs/emulator.md says what is served and where it departs from AWS. The emulator answers the loopback \
only unless told otherwise; whoever reaches it can do everything. SIGINT or SIGTERM ends it: requests that are being \
answered are finished.

Examples:
  veriam emulate
  veriam emulate --world scenarios/000-multi-tenant/two-tenants.yaml --log
  AWS_ENDPOINT_URL=http://127.0.0.1:4600 AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=test \\
    aws iam create-user --user-name alice")]
pub struct EmulateArgs {
    /// Where to listen; port 0 takes one that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4600")]
    pub listen: SocketAddr,

    /// Begin with the world of a scenario, of a stored call, or of a call with its world
    #[arg(long, value_name = "FILE")]
    pub world: Option<PathBuf>,

    /// The region, unless the world says which
    #[arg(long, value_name = "REGION", default_value = "us-west-2")]
    pub region: String,

    /// Tell every request on standard error: method, path, status, error, time
    #[arg(long)]
    pub log: bool,
}
