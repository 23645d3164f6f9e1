#include "daemon/evidence_text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace json = boost::json;

namespace program {
namespace {

std::string text(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

const json::object* part(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    return found != nullptr ? found->if_object() : nullptr;
}

std::string because(const json::object& one) {
    const std::string why = text(one, "why");
    return why.empty() ? std::string() : " (" + why + ")";
}

void add(std::vector<std::string>& lines, std::string_view method, const json::object& one,
         std::string_view whose) {
    const std::string result = text(one, "result"), name = text(one, whose);
    if (result == "none") return;
    lines.push_back(
        fmt::format("{} {}{}{}", method, result, name.empty() ? "" : " for " + name, because(one)));
}

std::string scanned(const json::object& scan) {
    std::string out = text(scan, "scanner") + " " + text(scan, "found");
    if (const json::value* const score = scan.if_contains("score"); score != nullptr && score->is_number())
        out += fmt::format(", score {:.1f}", score->to_number<double>());
    if (const json::value* const symbols = scan.if_contains("symbols");
        symbols != nullptr && symbols->is_array())
        for (const json::value& symbol : symbols->get_array())
            if (symbol.is_string()) out.append(" ").append(symbol.get_string());
    return out + because(scan);
}

}  // namespace

json::value evidence_as_json(const std::optional<std::string>& kept) {
    boost::system::error_code error;
    json::value value = json::parse(kept.value_or("null"), error);
    return error ? json::value() : value;
}

std::vector<std::string> evidence_lines(const std::optional<std::string>& kept) {
    std::vector<std::string> lines;
    const json::value value = evidence_as_json(kept);
    if (!value.is_object()) return lines;
    const json::object& found = value.get_object();
    if (const auto* const spf = part(found, "spf")) add(lines, "SPF", *spf, "domain");
    if (const json::value* const dkim = found.if_contains("dkim"); dkim != nullptr && dkim->is_array())
        for (const json::value& one : dkim->get_array())
            if (one.is_object()) add(lines, "DKIM", one.get_object(), "domain");
    if (const auto* const dmarc = part(found, "dmarc")) {
        add(lines, "DMARC", *dmarc, "author_domain");
        if (text(*dmarc, "result") == "fail") lines.back() += ", which asks for " + text(*dmarc, "policy");
    }
    if (const auto* const arc = part(found, "arc")) add(lines, "ARC", *arc, "trusted_sealer");
    if (const auto* const iprev = part(found, "iprev")) add(lines, "iprev", *iprev, "host_name");
    if (const json::value* const scans = found.if_contains("scans"); scans != nullptr && scans->is_array())
        for (const json::value& scan : scans->get_array())
            if (scan.is_object()) lines.push_back(scanned(scan.get_object()));
    return lines;
}

}  // namespace program
