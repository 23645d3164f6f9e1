#include "daemon/reload.hpp"

namespace program {

Reload plan_reload(const Config& running, const Config& fresh) {
    Reload plan{running, {}, {}};
    const bool loses_tls = !running.smtp_tls_certificate.empty() && fresh.smtp_tls_certificate.empty();
    for (const ConfigKey& key : config_keys()) {
        if (key.value(running) == key.value(fresh)) continue;
        const bool tls = key.full_name() == "smtp.tls_certificate" || key.full_name() == "smtp.tls_key";
        if (key.applies == Applies::at_restart || (tls && loses_tls)) {
            plan.at_restart.push_back(key.full_name());
        } else {
            std::visit([&](auto member) { plan.in_force.*member = fresh.*member; }, key.member);
            plan.changed.push_back(key.full_name());
        }
    }
    if (routes_as_toml(running) != routes_as_toml(fresh)) {
        plan.in_force.routes = fresh.routes;
        plan.changed.emplace_back("route");
    }
    if (destinations_as_toml(running) != destinations_as_toml(fresh)) {
        plan.in_force.destinations = fresh.destinations;
        plan.changed.emplace_back("destination");
    }
    return plan;
}

}  // namespace program
