//! Operations of the control plane that no request of the model stands for, judged as section 6.11 of the readings says of
//! the others.

use veriam_model::Tags;

use super::World;
use super::carried::Carried;
use super::pairs::{Asked, Pairs, Target};

/// An operation of the control plane that the model has no request for: one action, on each thing that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'o> {
    /// The action with its prefix, for example `bedrock-agentcore:GetWorkloadIdentity`.
    pub action: &'o str,
    /// What it is about; of more than six things the first six count.
    pub on: &'o [On<'o>],
    /// The tags that it passes.
    pub passes: Passes<'o>,
}

/// What an operation is about.
#[derive(Clone, Copy, Debug)]
pub struct On<'o> {
    /// Its ARN.
    pub arn: &'o str,
    /// The account that owns it, one of the world.
    pub account: &'o str,
    /// Its tags.
    pub tags: &'o Tags,
}

/// What condition keys show of the tags that a request passes (IAM-290).
#[derive(Clone, Copy, Debug)]
pub enum Passes<'o> {
    /// Keys and values: `aws:RequestTag/…` and `aws:TagKeys`.
    Tags(&'o Tags),
    /// Keys, of tags to take away: `aws:TagKeys`.
    Keys(&'o Tags),
}

/// Lists what an operation asks of the policies; none when an account is not of the world.
pub(super) fn ask<'c>(
    world: &'c World,
    operation: &'c Operation<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    for on in operation.on.iter().take(Pairs::MOST) {
        let target = Target {
            tags: on.tags,
            ..Target::unknown(on.arn, Some(world.account(on.account)?))
        };
        let carried = Carried::Passed(operation.passes);
        pairs.push(operation.action, target, carried);
    }
    Some(Asked::Pairs)
}
