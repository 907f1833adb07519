//! Accounts and networks.

use veriam_model::{Account, Membership, Network as NetworkFacts, PolicyText, PolicyType};

use super::Reader;
use crate::scenario::error::ScenarioError;
use crate::scenario::fields::{Fields, boolean, entries, items, text};
use crate::scenario::yaml::{Node, Value};
use crate::scenario::{INTERNET, Network};

impl Reader<'_> {
    pub(super) fn read_accounts(&mut self, node: &Node) -> Result<(), ScenarioError> {
        for (key, value) in self.told(entries(node, "`accounts`"))? {
            let name = self.name(key)?;
            let index = self.world.accounts.len();
            self.places.add(format!("accounts[{index}]"), value.place);
            let account = match &value.value {
                Value::Map(_) => self.account_with_organization(value, index)?,
                _ => Account {
                    id: self.told(text(value, &key.text))?.to_owned(),
                    organization: None,
                },
            };
            self.accounts.push((name, account.id.clone()));
            self.world.accounts.push(account);
        }
        Ok(())
    }

    fn account_with_organization(
        &mut self,
        node: &Node,
        index: usize,
    ) -> Result<Account, ScenarioError> {
        let fields = self.told(Fields::new(node, "an account", &["id", "organization"]))?;
        let id = self.told(fields.need("id", "its twelve digits in quotes"))?;
        self.places.add(format!("accounts[{index}].id"), id.place);
        let organization = match fields.get("organization") {
            Some(node) => Some(self.membership(node, index)?),
            None => None,
        };
        Ok(Account {
            id: self.told(text(id, "id"))?.to_owned(),
            organization,
        })
    }

    fn membership(&mut self, node: &Node, index: usize) -> Result<Membership, ScenarioError> {
        let known = &["id", "path", "management", "scps", "rcps"];
        let fields = self.told(Fields::new(node, "an organization", known))?;
        let at = format!("accounts[{index}].organization");
        for name in ["id", "path", "management"] {
            self.places.add(format!("{at}.{name}"), fields.place(name));
        }
        let id = self.told(fields.need("id", "`id: o-a1b2c3d4e5`"))?;
        let path =
            self.told(fields.need("path", "`path: [r-ab12]`, root and units from the top down"))?;
        let path = self.told(items(path, "path"))?;
        let path: Result<Vec<&str>, _> = path.iter().map(|item| text(item, "path")).collect();
        let management = match fields.get("management") {
            Some(node) => self.told(boolean(node, "management"))?,
            None => false,
        };
        Ok(Membership {
            id: self.told(text(id, "id"))?.to_owned(),
            path: self.told(path)?.into_iter().map(str::to_owned).collect(),
            management,
            scps: self.levels(fields.get("scps"), "scps", PolicyType::Scp)?,
            rcps: self.levels(fields.get("rcps"), "rcps", PolicyType::Rcp)?,
        })
    }

    fn levels(
        &self,
        node: Option<&Node>,
        name: &str,
        policy_type: PolicyType,
    ) -> Result<Vec<Vec<PolicyText>>, ScenarioError> {
        let Some(node) = node else {
            return Ok(Vec::new());
        };
        let mut levels = Vec::new();
        for level in self.told(items(node, name))? {
            let Value::List(policies) = &level.value else {
                return self.fail(
                    level.place,
                    format_args!(
                        "`{name}` is a list of levels, each a list of policies; write `{name}: [[root.json], [account.json]]`"
                    ),
                );
            };
            let level: Result<Vec<PolicyText>, _> = policies
                .iter()
                .map(|p| self.policy(p, policy_type))
                .collect();
            levels.push(level?);
        }
        Ok(levels)
    }

    pub(super) fn read_networks(&mut self, node: &Node) -> Result<Vec<Network>, ScenarioError> {
        let known = &["vpc", "endpoint", "account", "policy"];
        let mut networks = Vec::new();
        for (key, value) in self.told(entries(node, "`networks`"))? {
            let name = self.name(key)?;
            if name == INTERNET {
                return self.fail(
                    key.place,
                    format_args!("`{INTERNET}` is the way without a network; choose another name"),
                );
            }
            let fields = self.told(Fields::new(value, "a network", known))?;
            let at = format!("networks[{}]", self.world.networks.len());
            self.places.add(&at, value.place);
            for field in ["vpc", "endpoint"] {
                self.places
                    .add(format!("{at}.{field}"), fields.place(field));
            }
            let vpc = self.told(fields.need("vpc", "the VPC, for example `vpc: vpc-0a1b2c3d`"))?;
            let endpoint = self.told(fields.need(
                "endpoint",
                "its interface endpoint, for example `endpoint: vpce-0a1b2c3d`",
            ))?;
            let account =
                self.told(fields.need("account", "the name of the account that owns it"))?;
            let network = NetworkFacts {
                endpoint: self.told(text(endpoint, "endpoint"))?.to_owned(),
                vpc: self.told(text(vpc, "vpc"))?.to_owned(),
                account: self.account(account)?,
                policy: self.maybe_policy(fields.get("policy"), PolicyType::Endpoint)?,
            };
            networks.push(Network {
                name,
                endpoint: network.endpoint.clone(),
            });
            self.world.networks.push(network);
        }
        Ok(networks)
    }
}
