#include "auth/authentication_results.hpp"

#include "auth/results_words.hpp"
#include "mail/encoded_word.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t longest_value = 250;

// RFC 2045 §5.1
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < '\x7f' &&
               std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
    });
}

std::string value(std::string_view text) {
    text = text.substr(0, longest_value);
    if (is_token(text)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c < ' ' || c > '~' ? '?' : c;
    }
    return quoted + '"';
}

class Writer {
  public:
    explicit Writer(std::string_view authserv_id) : text_("Authentication-Results: " + value(authserv_id)) {}

    void method(std::string_view method, Result result) {
        text_ += ";\r\n\t";
        text_ += method;
        text_ += '=';
        text_ += name(result);
        any_ = true;
    }
    void property(std::string_view property, std::string_view said) {
        if (said.empty()) return;
        text_ += ' ';
        text_ += property;
        text_ += '=';
        text_ += value(said);
    }
    void comment(std::string_view words) {
        text_ += " (";
        text_ += words;
        text_ += ')';
    }
    std::string finish() {
        if (!any_) text_ += "; none";
        return std::move(text_) + "\r\n";
    }

  private:
    std::string text_;
    bool any_ = false;
};

// The id that a field begins with, as strict readers and as generous ones take it.
bool claims(std::string_view field_value, std::string_view authserv_id) {
    const auto same = [&](std::string_view claimed) {
        if (claimed.ends_with('.')) claimed.remove_suffix(1);
        return mail::iequals(claimed, authserv_id);
    };
    const ClaimedId id = claimed_id(field_value);
    return same(id.first) || same(id.joined);
}

}  // namespace

std::string authentication_results_field(const Authentication& results, std::string_view authserv_id) {
    Writer writer(authserv_id);
    if (!results.spf.domain.empty()) {
        writer.method("spf", results.spf.result);
        writer.property("reason", results.spf.why);
        writer.property(results.spf.helo ? "smtp.helo" : "smtp.mailfrom", results.spf.domain);
    }
    for (const DkimSignature& signature : results.dkim) {
        writer.method("dkim", signature.result);
        if (signature.testing) writer.comment("test mode");
        writer.property("reason", signature.why);
        writer.property("header.d", signature.domain);
        writer.property("header.s", signature.selector);
        writer.property("header.a", signature.algorithm);
        writer.property("header.b", signature.b);
    }
    if (results.dmarc.result != Result::none || !results.dmarc.author_domain.empty()) {
        writer.method("dmarc", results.dmarc.result);
        if (!results.dmarc.policy_domain.empty()) {
            writer.comment("p=" + std::string(name(results.dmarc.policy)));
        }
        writer.property("reason", results.trusted_sealer.empty()
                                      ? results.dmarc.why
                                      : "trusted for ARC: " + results.trusted_sealer);
        writer.property("header.from", results.dmarc.author_domain);
    }
    if (results.arc.result != Result::none) {
        writer.method("arc", results.arc.result);
        writer.property("reason", results.arc.why);
    }
    if (results.iprev.result != Result::none) {
        writer.method("iprev", results.iprev.result);
        writer.property("policy.iprev", results.client_address);
        writer.property("policy.name", results.iprev.host_name);
    }
    return writer.finish();
}

std::vector<std::size_t> forged_results(const mail::HeaderIndex& header, std::string_view authserv_id) {
    std::vector<std::size_t> forged;
    if (authserv_id.ends_with('.')) authserv_id.remove_suffix(1);
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const mail::Field& field = header.fields[i];
        if (!mail::iequals(field.name, "Authentication-Results")) continue;
        if (claims(field.value, authserv_id) || (field.value.find("=?") != std::string_view::npos &&
                                                 claims(mail::unstructured(field.value), authserv_id))) {
            forged.push_back(i);
        }
    }
    return forged;
}

std::string rename_forged_results(std::string_view raw, std::string_view authserv_id) {
    const mail::HeaderIndex header = mail::index_header(raw);
    std::string renamed;
    std::size_t copied = 0;
    for (const std::size_t place : forged_results(header, authserv_id)) {
        const std::string_view name = header.fields[place].name;
        const auto at = static_cast<std::size_t>(name.data() - raw.data());
        renamed += raw.substr(copied, at - copied);
        renamed += forged_results_name;
        copied = at + name.size();
    }
    renamed += raw.substr(copied);
    return renamed;
}

}  // namespace auth
