//! What a project looks like and where it is found. Snake case, as its reference spells it.

use domain::{Branding, HostName, Subdomain};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// `PATCH /api/v1/projects/{projectId}/branding`. One field at least; what is left out stays, `null`
/// takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::BrandingPatch, example = json!({
    "white_label": true,
    "custom_domain": "chat.example.com",
}))]
pub struct BrandingIn {
    /// Without the platform's name.
    // `null` is as if it were left out: there is nothing to take away.
    #[schema(value_type = bool, required = false)]
    pub white_label: Option<bool>,
    /// A data URL of a PNG, JPEG or SVG image of up to 100 KiB; null takes it away.
    #[schema(value_type = Option<String>, max_length = 136575,
        pattern = "^data:image/(png|jpeg|svg[+]xml);base64,")]
    #[serde(default, deserialize_with = "sent")]
    pub custom_logo: Option<Option<String>>,
    /// A host's name of the public DNS; null takes it away.
    #[schema(value_type = Option<String>, format = "hostname", max_length = 253)]
    #[serde(default, deserialize_with = "sent")]
    pub custom_domain: Option<Option<String>>,
}

/// Tells `null` from what was left out.
fn sent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Branding; of the logo only whether there is one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::BrandingOut, example = json!({
    "white_label": true,
    "custom_logo": true,
}))]
pub struct BrandingOut {
    white_label: bool,
    /// Whether there is one.
    custom_logo: bool,
    /// Left out where there is none and the request did not name one, as in the reference's sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    custom_domain: Option<Option<String>>,
}

impl BrandingOut {
    /// `asked` if the request named the domain.
    pub fn new(from: Branding, asked: bool) -> Self {
        let Branding { white_label, logo, custom_domain, verified_at: _, subdomain: _ } = from;
        let domain = custom_domain.map(|domain| domain.as_str().to_owned());
        Self {
            white_label,
            custom_logo: logo.is_some(),
            custom_domain: (asked || domain.is_some()).then_some(domain),
        }
    }
}

/// `PATCH /api/v1/projects/{projectId}/subdomain`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::SubdomainPatch, example = json!({"subdomain": "my-client-site"}))]
pub struct SubdomainPatch {
    /// Lower-case letters, digits and hyphens; some names are reserved.
    #[schema(value_type = String, min_length = 3, max_length = 30,
        pattern = "^[a-z0-9][a-z0-9-]*[a-z0-9]$")]
    pub subdomain: Option<String>,
}

/// The subdomain that a project has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::SubdomainOut, example = json!({"subdomain": "my-client-site"}))]
pub struct SubdomainOut {
    subdomain: String,
}

impl From<Subdomain> for SubdomainOut {
    fn from(from: Subdomain) -> Self {
        Self { subdomain: from.as_str().to_owned() }
    }
}

/// Whether a project's custom domain leads here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::VerifiedOut, example = json!({
    "verified": true,
    "domain": "chat.example.com",
}))]
pub struct VerifiedOut {
    verified: bool,
    domain: String,
}

impl From<(bool, HostName)> for VerifiedOut {
    fn from((verified, domain): (bool, HostName)) -> Self {
        Self { verified, domain: domain.as_str().to_owned() }
    }
}
