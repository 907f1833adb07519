//! Tags of a principal, a session or a resource.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Tag keys and values, in the order given. No two keys are equal when ASCII case is ignored, since condition keys
/// ignore it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tags(Vec<(String, String)>);

/// The tags already hold the key, perhaps in other letter case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateTag(
    /// The key as it was given the second time.
    pub String,
);

impl fmt::Display for DuplicateTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(key) = self;
        write!(
            f,
            "tag `{key}` is given twice (letter case does not count); keep one"
        )
    }
}

impl std::error::Error for DuplicateTag {}

impl Tags {
    /// No tags.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a tag.
    ///
    /// # Errors
    /// [`DuplicateTag`] if the key is there already, ASCII case ignored; nothing changes.
    pub fn insert(
        &mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<(), DuplicateTag> {
        let key = key.into();
        if self.0.iter().any(|(k, _)| k.eq_ignore_ascii_case(&key)) {
            return Err(DuplicateTag(key));
        }
        self.0.push((key, value.into()));
        Ok(())
    }

    /// The tags, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Removes the `index`-th tag, counted from 0. Panics if there is none.
    pub fn remove(&mut self, index: usize) -> (String, String) {
        self.0.remove(index)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Tags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Tags;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from tag key to tag value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
                let mut tags = Tags::new();
                while let Some((key, value)) = map.next_entry::<String, String>()? {
                    tags.insert(key, value).map_err(serde::de::Error::custom)?;
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Tags {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tags".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "Tag keys and values; no two keys equal when ASCII case is ignored",
            "additionalProperties": { "type": "string" }
        })
    }
}
