#include "intake/trust.hpp"

#include <boost/json.hpp>

namespace json = boost::json;

namespace intake {
namespace {

std::string text(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

// The domain of `one` where it passed, else nothing.
std::string passed(const json::value* one) {
    const json::object* const object = one != nullptr ? one->if_object() : nullptr;
    if (object == nullptr || text(*object, "result") != "pass") return {};
    const json::value* const helo = object->if_contains("helo");
    if (helo != nullptr && helo->is_bool() && helo->get_bool()) return {};
    return text(*object, "domain");
}

// Whether `domain` is the author's, or lies above it.
bool is_own(std::string_view author_domain, std::string_view domain) {
    return author_domain == domain || (author_domain.ends_with(domain) &&
                                       author_domain[author_domain.size() - domain.size() - 1] == '.');
}

}  // namespace

std::optional<policy::TrustedSender> trust_of(const std::string& author,
                                              const std::optional<std::string>& evidence, bool whole_domain) {
    const std::string domain = policy::domain_of_author(author);
    if (!evidence || domain.size() < 2) return std::nullopt;
    boost::system::error_code error;
    const json::value value = json::parse(*evidence, error);
    const json::object* const found = error ? nullptr : value.if_object();
    if (found == nullptr) return std::nullopt;
    const auto by = [&](const char* identity, std::string value) {
        return policy::TrustedSender{whole_domain ? domain : author, identity, std::move(value)};
    };
    std::optional<policy::TrustedSender> other;
    const auto is_best = [&](policy::TrustedSender sender) {
        if (sender.value.empty()) return false;
        const bool own = is_own(std::string_view(domain).substr(1), sender.value);
        if (own || !other) other = std::move(sender);
        return own;
    };
    if (const json::value* const signatures = found->if_contains("dkim");
        signatures != nullptr && signatures->is_array())
        for (const json::value& signature : signatures->get_array())
            if (is_best(by("dkim", passed(&signature)))) return other;
    is_best(by("spf", passed(found->if_contains("spf"))));
    return other;
}

}  // namespace intake
