mod capture_lead;
mod delete_lead;
mod list_leads;
