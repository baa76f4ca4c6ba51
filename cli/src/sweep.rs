//! `bench --sweep`: core models that differ in one parameter.

use anyhow::Result;
use cmodx_sim::core_model::CoreModel;
use std::str::FromStr;

/// Most values of one parameter: more is a typing mistake.
const MOST: u64 = 1000;

/// A parameter and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    key: String,
    values: Vec<String>,
}

impl FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Sweep, String> {
        let (key, values) = text.split_once('=').ok_or("it has the form KEY=A..B, KEY=A..B:STEP or KEY=X,Y,Z")?;
        let values = match values.split_once("..") {
            Some((from, to)) => range(from, to)?,
            None => values.split(',').map(String::from).collect(),
        };
        if key.is_empty() || values.iter().any(|value| value.is_empty()) {
            return Err("a parameter or a value is empty".into());
        }
        Ok(Sweep { key: key.into(), values })
    }
}

/// The numbers from `from` to `to`, both of them included where the step meets them.
fn range(from: &str, to: &str) -> Result<Vec<String>, String> {
    let (to, step) = to.split_once(':').unwrap_or((to, "1"));
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is not a number from 0 on"));
    let (from, to, step) = (number(from)?, number(to)?, number(step)?);
    if step == 0 || to < from {
        return Err(format!("{from}..{to}:{step} is no range that ends"));
    }
    let count = (to - from) / step + 1;
    if count > MOST {
        return Err(format!("{from}..{to}:{step} has {count} values; at most {MOST}"));
    }
    Ok((0..count).map(|n| (from + n * step).to_string()).collect())
}

/// Every core with every value of every parameter, named `core+key=value`; without a sweep the cores as they are.
pub fn variants(cores: Vec<CoreModel>, sweeps: &[Sweep]) -> Result<Vec<CoreModel>> {
    if sweeps.is_empty() {
        return Ok(cores);
    }
    let mut variants = Vec::new();
    for core in &cores {
        for Sweep { key, values } in sweeps {
            for value in values {
                let mut variant = core.with(key, value)?;
                variant.name = format!("{}+{key}={value}", core.name);
                variants.push(variant);
            }
        }
    }
    Ok(variants)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<Sweep>().unwrap().values
    }

    #[test]
    fn ranges_and_lists_give_their_values() {
        assert_eq!(values("a.b=0..3"), ["0", "1", "2", "3"]);
        assert_eq!(values("a.b=0..10:4"), ["0", "4", "8"]);
        assert_eq!(values("a.b=true,false"), ["true", "false"]);
        for wrong in ["a", "=1", "a=", "a=5..2", "a=1..9:0", "a=0..100000", "a=x..2"] {
            assert!(wrong.parse::<Sweep>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_value_makes_a_core_of_its_own_name() {
        let u74 = CoreModel::built_in("sifive-u74").unwrap();
        let sweeps = ["fence_i.per_line=1..2".parse().unwrap(), "l1i.prefetch=false".parse().unwrap()];
        let variants = variants(vec![u74.clone()], &sweeps).unwrap();
        let names: Vec<&str> = variants.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(names[1..], ["sifive-u74+fence_i.per_line=2", "sifive-u74+l1i.prefetch=false"]);
        assert_eq!((variants[1].fence_i.per_line, variants[2].l1i.prefetch), (2, false));
        let error = super::variants(vec![u74], &["fence.data2=1".parse().unwrap()]).unwrap_err().to_string();
        assert!(error.contains("fence.data2") && error.contains("fence_i.flush"), "{error}");
    }
}
