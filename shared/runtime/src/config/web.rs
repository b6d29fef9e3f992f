use domain::Result;

use super::{Env, Variable};

const CONSOLE: Variable =
    Variable::with_default("CONSOLE", "on", "Whether there is a console at /console: on or off");

/// What the `web` function serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebConfig {
    /// `CONSOLE`.
    pub console: bool,
}

impl WebConfig {
    pub(super) const VARIABLES: [Variable; 1] = [CONSOLE];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        let console = CONSOLE.read(env, |text| match text {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err("must be on or off"),
        })?;
        Ok(Self { console })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::env, *};

    #[test]
    fn the_console_is_on_unless_it_is_off() {
        let read = |value| WebConfig::read(&env(&[("CONSOLE", value)])).map(|read| read.console);
        assert_eq!(
            (read("").unwrap(), read("on").unwrap(), read("off").unwrap()),
            (true, true, false)
        );
        assert!(read("no").unwrap_err().to_string().contains("CONSOLE"));
    }
}
