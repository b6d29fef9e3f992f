use domain::Result;

use super::{Env, Variable};

const CONSOLE: Variable =
    Variable::with_default("CONSOLE", "on", "Whether there is a console at /console: on or off");
const UPLOADS_BUCKET: Variable = Variable::optional(
    "UPLOADS_BUCKET",
    "S3 bucket that the console may send large files to; with `cargo dev` a folder, and the console \
     sends them to the platform itself",
);
const AWS_REGION: Variable =
    Variable::optional("AWS_REGION", "Set by Lambda: where that bucket is");

/// What the `web` function serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// `CONSOLE`.
    pub console: bool,
    /// The origin that takes announced files, such as `https://files.s3.eu-west-1.amazonaws.com`;
    /// `None` where that is the platform's own. Of `UPLOADS_BUCKET` and `AWS_REGION`.
    pub uploads: Option<String>,
}

impl WebConfig {
    pub(super) const VARIABLES: [Variable; 3] = [CONSOLE, UPLOADS_BUCKET, AWS_REGION];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        let console = CONSOLE.read(env, |text| match text {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err("must be on or off"),
        })?;
        let named = |variable: Variable| variable.find(env).filter(|name| is_label(name));
        let uploads = named(UPLOADS_BUCKET).zip(named(AWS_REGION)).map(|(bucket, region)| {
            // The partition of China has a domain of its own.
            let end = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://{bucket}.s3.{region}.amazonaws.com{end}")
        });
        Ok(Self { console, uploads })
    }
}

/// Whether `name` can be a part of a host's name, and so no more than that in a header. A folder can't.
fn is_label(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
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

    #[test]
    fn large_files_go_to_the_bucket_where_there_is_one() {
        let read = |bucket, region| {
            let env = env(&[("UPLOADS_BUCKET", bucket), ("AWS_REGION", region)]);
            WebConfig::read(&env).unwrap().uploads
        };
        for (region, origin) in [
            ("eu-west-1", "https://files-1.s3.eu-west-1.amazonaws.com"),
            ("cn-north-1", "https://files-1.s3.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(read("files-1", region).as_deref(), Some(origin));
        }
        for (bucket, region) in [
            ("/tmp/files", "eu-west-1"),
            ("", "eu-west-1"),
            ("files", ""),
            ("a; script-src *", "eu-west-1"),
            ("files", "x.example/"),
        ] {
            assert_eq!(read(bucket, region), None, "{bucket} {region}");
        }
    }
}
