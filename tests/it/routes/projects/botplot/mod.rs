mod update_branding;
mod update_subdomain;
mod verify_domain;
