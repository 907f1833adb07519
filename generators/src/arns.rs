//! ARN patterns around a known ARN: for Resource elements and for the Arn operators.

use veriam_model::PolicyType;

use crate::context::Key;
use crate::draw::{Text, cut, flip_case, join};
use crate::maker::{Feature, Maker, Setting};
use crate::texts::literal;
use crate::vocabulary::{ACCOUNTS, REGIONS, TargetKind, name};

/// The parts of an ARN; the sixth as its type word (with the slash, may be empty) and the rest.
#[derive(Clone, Copy, Debug)]
struct Parts<'a> {
    partition: &'a str,
    service: &'a str,
    region: &'a str,
    account: &'a str,
    word: &'a str,
    name: &'a str,
}

impl<'a> Parts<'a> {
    fn of(arn: &'a str) -> Self {
        let mut parts = arn.splitn(6, ':').skip(1);
        let mut next = || parts.next().unwrap_or("");
        let (partition, service, region, account, rest) = (next(), next(), next(), next(), next());
        let word = match service {
            "s3" => 0,
            _ => rest.find('/').map_or(0, |at| at + 1),
        };
        Self {
            partition,
            service,
            region,
            account,
            word: &rest[..word],
            name: &rest[word..],
        }
    }

    fn arn(self) -> Text {
        join(&[
            "arn:",
            self.partition,
            ":",
            self.service,
            ":",
            self.region,
            ":",
            self.account,
            ":",
            self.word,
            self.name,
        ])
    }

    /// A pattern that would match if its wildcard could run over the colons between the parts (IAM-184): the end of
    /// the sixth part stands where account and sixth part belong. Nothing if the sixth part holds no colon.
    fn crossed(self, setting: Setting) -> Option<Text> {
        let last = join(&[self.word, self.name]);
        let (start, end) = last.rsplit_once(':')?;
        let middle = start.rsplit(':').next().unwrap_or(start);
        let (middle, end) = (literal(middle, setting, true), literal(end, setting, true));
        Some(join(&[
            "arn:",
            self.partition,
            ":",
            self.service,
            ":*:",
            &middle,
            ":",
            &end,
        ]))
    }
}

impl Maker<'_, '_> {
    /// A Resource pattern that covers the target.
    pub(crate) fn resource_hit(&mut self, setting: Setting) -> Text {
        let arn = self.target.arn();
        if self.target.kind == TargetKind::Nothing {
            return "*".into();
        }
        let parts = Parts::of(&arn);
        let wild = self.on(Feature::Wildcards);
        match self.draw.weighted(&[6, 8, 2, 2]) {
            2 => "*".into(),
            // A short ARN that ends in `*`; not in RCPs, and not for S3, whose guide says otherwise (IAM-064, IAM-093).
            3 if wild && setting.policy_type != PolicyType::Rcp && parts.service != "s3" => {
                self.short(parts, setting)
            }
            1 => self.arn_pattern(setting, parts, "", true),
            _ => Parts {
                name: &literal(parts.name, setting, true),
                ..parts
            }
            .arn(),
        }
    }

    /// A Resource pattern with a variable that would stand for a part of the target's name in a current document.
    pub(crate) fn resource_variable(&mut self, setting: Setting) -> Option<Text> {
        let arn = self.target.arn();
        let parts = Parts::of(&arn);
        if self.target.kind == TargetKind::Nothing {
            return None;
        }
        let name = self.name_with_variable(setting, parts.name, "")?;
        Some(
            Parts {
                name: &name,
                ..parts
            }
            .arn(),
        )
    }

    /// A Resource pattern that just fails to cover the target.
    pub(crate) fn resource_miss(&mut self, setting: Setting) -> Text {
        let arn = self.target.arn();
        if setting.current && self.maybe(Feature::Variables, 1, 3) {
            let parts = Parts::of(&arn);
            let (start, segment, end) = self.segment(parts.name);
            if let Some(variable) = self.variable_miss(segment, "") {
                let part = |text| literal(text, setting, true);
                let name = join(&[&part(start), &variable, &part(end)]);
                return Parts {
                    name: &name,
                    ..parts
                }
                .arn();
            }
        }
        let kind = self.target.kind;
        let mut other = name(&mut self.draw, kind);
        if other == self.target.name {
            other = match kind {
                TargetKind::Bucket | TargetKind::Object => "other-bucket/x".into(),
                _ => "unrelated".into(),
            };
        }
        if kind == TargetKind::Object && self.draw.chance(1, 6) {
            // A bucket's ARN does not cover its objects (IAM-096) …
            other = self
                .target
                .name
                .split('/')
                .next()
                .unwrap_or("b")
                .to_owned()
                .into();
        } else if kind == TargetKind::Bucket && self.draw.chance(1, 3) {
            // … and `bucket/*` not the bucket.
            let wild = if self.on(Feature::Wildcards) {
                "/*"
            } else {
                "/x"
            };
            return join(&[&arn, wild]);
        }
        self.arn_near_miss(setting, Parts::of(&arn), &other)
    }

    /// A Resource pattern for something else altogether.
    pub(crate) fn resource_elsewhere(&mut self) -> Text {
        let arn = self.target.arn();
        let parts = Parts::of(&arn);
        let other = match self.draw.below(3) {
            0 => "other-1",
            1 if self.on(Feature::Wildcards) => "other-*",
            _ => "unrelated/x",
        };
        Parts {
            name: other,
            ..parts
        }
        .arn()
    }

    /// A value of an Arn operator that matches the request's ARN.
    pub(crate) fn arn_value(&mut self, setting: Setting, arn: &str, key: &Key, wild: bool) -> Text {
        self.arn_pattern(setting, Parts::of(arn), key.name, wild)
    }

    /// A value of an Arn operator that does not match the request's ARN.
    pub(crate) fn arn_other_value(
        &mut self,
        setting: Setting,
        arn: &str,
        key: &Key,
        negated: bool,
    ) -> Text {
        let parts = Parts::of(arn);
        if setting.current && self.maybe(Feature::Variables, 1, 3) {
            let (start, segment, end) = self.segment(parts.name);
            if let Some(variable) = self.variable_miss(segment, key.name) {
                let part = |text| literal(text, setting, true);
                let name = join(&[&part(start), &variable, &part(end)]);
                return Parts {
                    name: &name,
                    ..parts
                }
                .arn();
            }
        }
        if self.maybe(Feature::Wildcards, 1, 2)
            && let Some(crossing) = parts.crossed(setting)
        {
            return crossing;
        }
        // What such a value does to a negated operator was not measured (IAM-186).
        if !negated && self.maybe(Feature::Wildcards, 1, 4) {
            return self.cut_short(setting, parts);
        }
        self.arn_near_miss(setting, parts, "some/other")
    }

    /// A pattern for the ARN: its name plain, wild or with a variable, and now and then a wildcard in another part.
    fn arn_pattern(
        &mut self,
        setting: Setting,
        parts: Parts<'_>,
        tested: &str,
        wild: bool,
    ) -> Text {
        let wild = wild && self.on(Feature::Wildcards);
        let name = match self.name_with_variable_maybe(setting, parts.name, tested) {
            Some(name) => name,
            None if wild => self.name_pattern(setting, parts.name),
            None => literal(parts.name, setting, true),
        };
        let (mut region, mut account, mut partition) =
            (parts.region, parts.account, parts.partition);
        let (near_region, near_account);
        if wild && tested.is_empty() && self.draw.chance(1, 12) {
            // Every resource of the service.
            return Parts {
                word: "",
                name: "*",
                ..parts
            }
            .arn();
        }
        if wild {
            match self.draw.weighted(&[8, 2, 2, 1, 1, 1]) {
                1 => region = "*",
                2 => account = "*",
                3 => partition = "*",
                4 if region.len() > 3 => {
                    near_region = join(&[&region[..3], "*"]);
                    region = &near_region;
                }
                // The account part of an endpoint policy is an id or a wildcard, no mixture (IAM-030).
                5 if account.len() > 3 && !setting.endpoint() => {
                    near_account = join(&[&account[..account.len() - 1], "?"]);
                    account = &near_account;
                }
                _ => {}
            }
        }
        Parts {
            partition,
            region,
            account,
            name: &name,
            ..parts
        }
        .arn()
    }

    /// A pattern of fewer than six parts, which no Arn operator matches (IAM-186), whereas its wildcard would if it could
    /// run over the colons that are left out.
    fn cut_short(&mut self, setting: Setting, parts: Parts<'_>) -> Text {
        let start = join(&["arn:", parts.partition, ":"]);
        let name = literal(parts.name, setting, true);
        match self.draw.below(4) {
            0 => join(&[&start, parts.service, ":*"]),
            1 => join(&[&start, parts.service, ":", parts.region, ":*"]),
            2 => join(&[&start, "*:", parts.word, &name]),
            _ => join(&[&start, "*"]),
        }
    }

    fn short(&mut self, parts: Parts<'_>, setting: Setting) -> Text {
        let Parts {
            partition,
            service,
            region,
            account,
            ..
        } = parts;
        let start = ["arn:", partition, ":", service, ":"].concat();
        match self.draw.below(4) {
            0 => join(&[&start, region, ":*"]),
            1 => join(&[&start, "*"]),
            2 if region.len() > 3 => join(&[&start, &region[..3], "*"]),
            3 if account.len() > 4 && !setting.endpoint() => {
                join(&[&start, region, ":", &account[..4], "*"])
            }
            _ => join(&[&start, region, ":*"]),
        }
    }

    /// The name with wildcards in it, or `*`.
    fn name_pattern(&mut self, setting: Setting, name: &str) -> Text {
        let at = cut(&mut self.draw, name);
        let (start, end) = name.split_at(at);
        let part = |text| literal(text, setting, true);
        match self.draw.weighted(&[3, 4, 2, 2, 2]) {
            1 => join(&[&part(start), "*"]),
            2 => "*".into(),
            3 => match end.chars().next() {
                Some(c) => join(&[&part(start), "?", &part(&end[c.len_utf8()..])]),
                None => part(name),
            },
            4 => {
                let skip = cut(&mut self.draw, end);
                join(&[&part(start), "*", &part(&end[skip..])])
            }
            _ => part(name),
        }
    }

    fn name_with_variable_maybe(
        &mut self,
        setting: Setting,
        name: &str,
        tested: &str,
    ) -> Option<Text> {
        if !setting.current || !self.maybe(Feature::Variables, 1, 2) {
            return None;
        }
        self.name_with_variable(setting, name, tested)
    }

    fn name_with_variable(&mut self, setting: Setting, name: &str, tested: &str) -> Option<Text> {
        let (start, segment, end) = self.segment(name);
        let variable = self.variable_hit(segment, tested)?;
        let part = |text| literal(text, setting, true);
        let end = match self.maybe(Feature::Wildcards, 1, 4) && !end.is_empty() {
            true => "/*".into(),
            false => part(end),
        };
        Some(join(&[&part(start), &variable, &end]))
    }

    /// A part of the name between slashes, and what stands before and behind it.
    fn segment<'t>(&mut self, name: &'t str) -> (&'t str, &'t str, &'t str) {
        let slashes = name.matches('/').count();
        let chosen = self.draw.below(slashes + 1);
        let start = match chosen {
            0 => 0,
            n => name
                .match_indices('/')
                .nth(n - 1)
                .map_or(0, |(at, _)| at + 1),
        };
        let end = name[start..].find('/').map_or(name.len(), |at| start + at);
        (&name[..start], &name[start..end], &name[end..])
    }

    /// The ARN with one thing wrong; `other` is another name of the same type.
    fn arn_near_miss(&mut self, setting: Setting, parts: Parts<'_>, other: &str) -> Text {
        let wild = self.on(Feature::Wildcards);
        let plain = literal(parts.name, setting, true);
        let other = literal(other, setting, true);
        let named = |name: &str| Parts { name, ..parts }.arn();
        match self.draw.weighted(&[4, 3, 3, 3, 2, 2, 1, 1]) {
            1 if parts.account.len() == 12 => {
                let account = self.draw.one(&ACCOUNTS);
                let account = match account == parts.account {
                    true => "000000000000",
                    false => account,
                };
                Parts {
                    account,
                    name: &plain,
                    ..parts
                }
                .arn()
            }
            2 if !parts.region.is_empty() => {
                let region = self.draw.one(&REGIONS);
                let region = if region == parts.region {
                    "ap-south-1"
                } else {
                    region
                };
                Parts {
                    region,
                    name: &plain,
                    ..parts
                }
                .arn()
            }
            3 => match flip_case(&mut self.draw, parts.name) {
                Some(flipped) => named(&literal(&flipped, setting, true)),
                None => named(&other),
            },
            4 if wild => named(&join(&[&plain, "?"])),
            5 => match parts.name.char_indices().next_back() {
                Some((at, _)) if at > 0 => named(&literal(&parts.name[..at], setting, true)),
                _ => named(&other),
            },
            7 => match self.bracketed(setting, parts.name) {
                Some(bracketed) => named(&bracketed),
                None => named(&other),
            },
            6 => {
                let partition = if parts.partition == "aws" {
                    "aws-cn"
                } else {
                    "aws"
                };
                Parts {
                    partition,
                    name: &plain,
                    ..parts
                }
                .arn()
            }
            _ => named(&other),
        }
    }
}
