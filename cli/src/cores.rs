//! Core models by name or file.

use anyhow::{Context, Result};
use cmodx_sim::core_model::CoreModel;

/// A built-in model, or one from a file whose name ends in `.toml`.
pub fn find(name: &str) -> Result<CoreModel> {
    if name.ends_with(".toml") {
        let text = std::fs::read_to_string(name).with_context(|| name.to_string())?;
        return Ok(CoreModel::parse(name, &text)?);
    }
    Ok(CoreModel::built_in(name)?)
}
