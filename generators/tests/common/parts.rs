//! Everything with one thing less, found without the shrinker's help.

use serde_json::Value;

/// The value with any one member or element less, at any depth.
pub(crate) fn parts_less(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Array(elements) => {
            for i in 0..elements.len() {
                let mut less = elements.clone();
                less.remove(i);
                all.push(Value::Array(less));
                for part in parts_less(&elements[i]) {
                    let mut changed = elements.clone();
                    changed[i] = part;
                    all.push(Value::Array(changed));
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let mut less = members.clone();
                less.remove(name);
                all.push(Value::Object(less));
                for part in parts_less(member) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), part);
                    all.push(Value::Object(changed));
                }
            }
        }
        _ => {}
    }
    all
}
