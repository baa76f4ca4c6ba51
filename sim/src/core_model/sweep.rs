//! Parameters of a core model by name, as a sweep sets them: `branch.mispredict`, `fence_i.per_line`, `forward.load.alu`.

use super::{CoreModel, CoreModelError};
use toml::{Table, Value};

impl CoreModel {
    /// The model with one parameter changed. `key` is a path as in the TOML file; a number for a numeric parameter, `true` or
    /// `false` for a switch, a name for a policy.
    ///
    /// # Errors
    /// When there is no such parameter (the message lists all), or the value does not fit it.
    pub fn with(&self, key: &str, value: &str) -> Result<CoreModel, CoreModelError> {
        let invalid = |message: String| CoreModelError::Invalid { name: self.name.clone(), message };
        let mut table = self.table();
        let known = keys(&table);
        let forward = key.starts_with("forward.") && key.matches('.').count() == 2;
        if !known.iter().any(|k| k == key) && !forward {
            let list = known.join(", ");
            return Err(invalid(format!(
                "`{key}` is not a parameter of a core model; there are: {list}, forward.<producer>.<consumer>"
            )));
        }
        let (path, last) = key.rsplit_once('.').map_or((None, key), |(path, last)| (Some(path), last));
        let mut at = &mut table;
        for part in path.into_iter().flat_map(|p| p.split('.')) {
            let next = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
            at = next.as_table_mut().ok_or_else(|| invalid(format!("`{key}` is not a parameter of a core model")))?;
        }
        let value = value.parse().map_or_else(|_| Value::String(value.into()), Value::Integer);
        let value = match value {
            Value::String(text) if text == "true" || text == "false" => Value::Boolean(text == "true"),
            other => other,
        };
        at.insert(last.into(), value.clone());
        let text = toml::to_string(&table).map_err(|error| invalid(error.to_string()))?;
        let model: CoreModel =
            toml::from_str(&text).map_err(|error| invalid(format!("{key} = {value}: {}", error.message())))?;
        model.check().map_err(invalid)?;
        Ok(model)
    }

    /// Every parameter that [`CoreModel::with`] can set, in the order of the alphabet.
    pub fn keys(&self) -> Vec<String> {
        keys(&self.table())
    }

    fn table(&self) -> Table {
        Table::try_from(self).expect("a parsed core model can be written")
    }
}

/// Paths of all leaves but those that name and describe the model.
fn keys(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    collect(table, "", &mut found);
    found.retain(|key| !matches!(key.as_str(), "name" | "summary" | "arch" | "issue.completes_out_of_order"));
    found.sort();
    found
}

fn collect(table: &Table, prefix: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        let path = format!("{prefix}{key}");
        match value {
            Value::Table(inner) => collect(inner, &format!("{path}."), found),
            _ => found.push(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u74() -> CoreModel {
        CoreModel::built_in("sifive-u74").unwrap()
    }

    #[test]
    fn a_parameter_is_set_by_its_path() {
        assert_eq!(u74().with("fence_i.per_line", "7").unwrap().fence_i.per_line, 7);
        assert!(u74().with("coherence.dic", "true").unwrap().coherence.dic);
        let forwarded = u74().with("forward.load.data", "2").unwrap();
        assert_ne!(forwarded, u74());
        assert_eq!(u74().with("clock_khz", "5").unwrap().clock_khz, 5);
    }

    #[test]
    fn a_parameter_that_does_not_exist_or_a_value_that_does_not_fit_is_refused() {
        let error = |key, value| u74().with(key, value).unwrap_err().to_string();
        let unknown = error("fence_i.per_lines", "1");
        assert!(unknown.contains("`fence_i.per_lines`") && unknown.contains("fence_i.per_line,"), "{unknown}");
        assert!(error("forward.load.stomach", "1").contains("stomach"));
        assert!(error("l1i.ways", "3").contains("power of two"));
        assert!(error("l1d.replacement", "oldest").contains("fifo"));
        assert!(error("branch.mispredict", "-1").contains("branch.mispredict"));
    }
}
