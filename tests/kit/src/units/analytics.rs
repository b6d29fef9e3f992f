use crate::Tenant;

use super::Metered;

pub async fn botplot_and_helpbot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    for (operation, path, key) in [
        ("botplot GET /api/v1/analytics", "/api/v1/analytics", &tenant.secret),
        ("botplot GET /api/v1/analytics/ratings", "/api/v1/analytics/ratings", &tenant.secret),
        ("helpbot GET /api/v1/analytics/overview", "/api/v1/analytics/overview", &tenant.helpbot),
        ("helpbot GET /api/v1/analytics/activity", "/api/v1/analytics/activity", &tenant.helpbot),
        ("helpbot GET /api/v1/conversations", "/api/v1/conversations?limit=20", &tenant.helpbot),
    ] {
        metered.send(operation, app.get(path).bearer(key)).await;
    }
}
