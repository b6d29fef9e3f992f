//! How a function calls AWS: with what Lambda has put into its environment.
//!
//! Neither the files and sign-ons of a person's machine nor the roles of other kinds of machines are looked for, so
//! none of what looks for them is linked into a function. `admin`, which people run, looks there too.

use std::{env, sync::Arc};

use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedCredentialsProvider};
use aws_types::{
    SdkConfig,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

/// As the variables of AWS's SDKs say: `AWS_REGION`, credentials, and the endpoints of services.
pub(crate) fn load() -> SdkConfig {
    let environment = Environment::process();
    let region = environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(Region::new))
        .service_config(environment.clone());
    config.set_endpoint_url(environment.get("AWS_ENDPOINT_URL"));
    config.credentials_provider(SharedCredentialsProvider::new(environment)).build()
}

/// These, for services that take any.
pub(crate) fn fixed(region: &'static str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// What a variable is set to.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The variables of a process.
#[derive(Clone)]
struct Environment(Arc<Lookup>);

impl Environment {
    fn process() -> Self {
        Self(Arc::new(|name| env::var(name).ok()))
    }

    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    fn credentials(&self) -> provider::Result {
        let required = |name: &str| {
            self.get(name).ok_or_else(|| CredentialsError::not_loaded(format!("{name} is not set")))
        };
        let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
        // Lambda starts another process before they expire.
        Ok(Credentials::new(id, secret, self.get("AWS_SESSION_TOKEN"), None, "environment"))
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

impl ProvideCredentials for Environment {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(self.credentials())
    }
}

impl LoadServiceConfig for Environment {
    /// `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SECRETS_MANAGER` and the like.
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        self.get(&format!("{}_{service}", key.env()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(set: &'static [(&str, &str)]) -> Environment {
        let found = |name: &str| set.iter().find(|(other, _)| *other == name);
        Environment(Arc::new(move |name| found(name).map(|(_, value)| (*value).to_owned())))
    }

    #[test]
    fn credentials_are_those_of_the_environment_or_the_missing_one_is_named() {
        let all = environment(&[
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
        ]);
        let found = all.credentials().unwrap();
        assert_eq!((found.access_key_id(), found.session_token()), ("id", Some("token")));
        let none = environment(&[("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "")]);
        let error = format!("{:?}", none.credentials().unwrap_err());
        assert!(error.contains("AWS_SECRET_ACCESS_KEY is not set"), "{error}");
    }

    #[test]
    fn a_service_has_the_endpoint_that_is_set_for_it() {
        let set = environment(&[("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")]);
        let of = |service| {
            let key = ServiceConfigKey::builder()
                .service_id(service)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url")
                .build()
                .unwrap();
            set.load_config(key)
        };
        assert_eq!(of("Secrets Manager").as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(of("DynamoDB"), None);
    }
}
