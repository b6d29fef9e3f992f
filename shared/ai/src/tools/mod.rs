//! Tools of servers as a model's wire takes them: names, schemas, and which of them are left out.
//!
//! A model knows a tool by a name that every wire takes. The [`Toolbox`] keeps which server and which
//! name is meant; a wire name is never taken apart. One bad tool costs that tool: it is left out with a
//! warning, and neither its server nor the run.

mod name;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
pub use text::{fenced, shortened};

use crate::{Tool, http::quoted, mcp::McpTool};

/// The largest number of tools that are offered to a model: OpenAI's bound on one request.
pub const MAX_TOOLS: usize = 128;
/// The largest schemas of all tools together, in bytes.
const MAX_SCHEMAS: usize = 128 * 1024;
/// The longest description of a tool, in characters: OpenAI's bound.
const MAX_DESCRIPTION: usize = 1_024;
/// The longest name of a tool that a server gives, in bytes.
const MAX_REMOTE_NAME: usize = 256;
/// Tools whose names are told to a model that calls one that isn't there.
const MAX_NEAREST: usize = 5;

/// What a fingerprint with descriptions begins with; the first ones were bare hashes of names and schemas.
const FINGERPRINT: &str = "2:";

/// What a name on the wire means.
#[derive(Debug, Clone, PartialEq)]
pub enum Offered {
    /// A tool of ours.
    Own(Tool),
    /// A tool of a server.
    Remote {
        /// The server's name.
        server: String,
        /// The tool, as the server lists it.
        tool: McpTool,
    },
}

/// The tools of one run.
#[derive(Debug, Clone, Default)]
pub struct Toolbox {
    tools: Vec<Tool>,
    offered: BTreeMap<String, Offered>,
    warnings: Vec<String>,
    /// Bytes of all schemas so far.
    schemas: usize,
    fingerprint: Sha256,
}

impl Toolbox {
    /// Offers a tool of ours under its own name. A server's tool can't have that name: it has `__` in it.
    pub fn offer_own(&mut self, tool: Tool) {
        self.offered.insert(tool.name.clone(), Offered::Own(tool.clone()));
        self.tools.push(tool);
    }

    /// Offers the tools that `server` lists, in its order: all of them, or those whose own names are
    /// `allowed`. Those that can't be offered are left out with a warning.
    pub fn offer(&mut self, server: &str, listed: &[McpTool], allowed: Option<&[String]>) {
        let mut left_out = 0;
        for tool in listed {
            self.note(server, tool);
            if allowed.is_some_and(|names| !names.contains(&tool.name)) {
                continue;
            }
            if self.tools.len() >= MAX_TOOLS {
                left_out += 1;
                continue;
            }
            if let Err(why) = self.add(server, tool) {
                let name = quoted(&tool.name);
                self.warnings.push(format!("{server}: the tool \"{name}\" is left out: {why}"));
            }
        }
        if left_out > 0 {
            self.warnings.push(format!(
                "{server}: {left_out} tools are left out: a model is offered at most {MAX_TOOLS}"
            ));
        }
    }

    fn add(&mut self, server: &str, tool: &McpTool) -> Result<(), String> {
        if tool.name.is_empty() || tool.name.len() > MAX_REMOTE_NAME {
            return Err(format!("its name must have 1 to {MAX_REMOTE_NAME} bytes"));
        }
        let is_listed = |offered: &Offered| match offered {
            Offered::Remote { server: of, tool: other } => *of == server && other.name == tool.name,
            Offered::Own(_) => false,
        };
        if self.offered.values().any(is_listed) {
            return Err("the server lists its name twice".to_owned());
        }
        let schema::Repaired { schema, rule } = schema::repaired(&tool.input_schema)?;
        let size = schema.to_string().len();
        if self.schemas + size > MAX_SCHEMAS {
            return Err(format!("the schemas of all tools are larger than {MAX_SCHEMAS} bytes"));
        }
        self.schemas += size;
        let name = name::wire_name(server, &tool.name, |name| self.offered.contains_key(name));
        let description = description(tool, rule.as_deref());
        self.tools.push(Tool { name: name.clone(), description, parameters: schema });
        let offered = Offered::Remote { server: server.to_owned(), tool: tool.clone() };
        self.offered.insert(name, offered);
        Ok(())
    }

    /// What the fingerprint covers.
    fn note(&mut self, server: &str, tool: &McpTool) {
        let title = tool.title.as_deref().unwrap_or_default();
        let schema = tool.input_schema.to_string();
        for part in [server, &tool.name, title, &tool.description, &schema] {
            self.fingerprint.update(part.len().to_be_bytes());
            self.fingerprint.update(part.as_bytes());
        }
    }

    /// The tools as a model is told of them.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// What a model's call names. The error is a text for the model, with the nearest names.
    pub fn find(&self, wire_name: &str) -> Result<&Offered, String> {
        if let Some(offered) = self.offered.get(wire_name) {
            return Ok(offered);
        }
        let nearest = self.nearest(wire_name);
        let known = match nearest.is_empty() {
            true => "There is none at all.".to_owned(),
            false => format!("The nearest names are: {}.", nearest.join(", ")),
        };
        Err(format!("There is no tool \"{}\", so nothing was run. {known}", quoted(wire_name)))
    }

    /// The names most like `name`, the nearest first; a server's own name counts too.
    fn nearest(&self, name: &str) -> Vec<&str> {
        let name: String = name.chars().take(name::MAX_NAME).collect();
        let likeness = |wire_name: &str, offered: &Offered| {
            let own = match offered {
                Offered::Remote { tool, .. } => tool.name.as_str(),
                Offered::Own(tool) => tool.name.as_str(),
            };
            let like = |other: &str| strsim::normalized_damerau_levenshtein(&name, other);
            like(wire_name).max(like(own))
        };
        let mut names: Vec<(f64, &str)> = self
            .offered
            .iter()
            .map(|(wire_name, offered)| (likeness(wire_name, offered), wire_name.as_str()))
            .collect();
        names.sort_by(|a, b| b.0.total_cmp(&a.0));
        names.into_iter().take(MAX_NEAREST).map(|(_, name)| name).collect()
    }

    /// What was left out and why, for the record of the run.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// A hash of what the servers list: names, titles, descriptions and schemas, also of tools that are not offered.
    /// Another one than in the last run says that a list has changed. It begins with what it covers, since hashes of
    /// different things can't be compared.
    pub fn fingerprint(&self) -> String {
        format!("{FINGERPRINT}{}", hex::encode(self.fingerprint.clone().finalize()))
    }

    /// Whether `before` covers the same things as [`Self::fingerprint`].
    pub fn is_comparable(before: &str) -> bool {
        before.starts_with(FINGERPRINT)
    }
}

/// What a tool does, in its server's words and within the bound, and the rule that its schema can't say.
fn description(tool: &McpTool, rule: Option<&str>) -> String {
    let own = [tool.description.as_str(), tool.title.as_deref().unwrap_or_default(), &tool.name];
    let own = own.into_iter().map(str::trim).find(|text| !text.is_empty()).unwrap_or_default();
    let plain = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let rule = rule.map(|rule| format!("\n{rule}")).unwrap_or_default();
    let room = MAX_DESCRIPTION.saturating_sub(rule.chars().count());
    let mut text = domain::conversation::shorten(&own.chars().map(plain).collect::<String>(), room);
    text.push_str(&rule);
    text
}
