#include "outbound/access_tokens.hpp"

#include "mail/text.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace asio = boost::asio;
namespace json = boost::json;

namespace outbound {
namespace {

constexpr std::chrono::seconds margin{60}, patience{30}, ask_limit{30};
constexpr std::int64_t longest_life = 24L * 60 * 60;
constexpr std::size_t longest_token = 8192;

void field(std::string& form, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!form.empty()) form += '&';
    form.append(name) += '=';
    for (const char c : value) {
        if (mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            form += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            form += '%';
            form += "0123456789ABCDEF"[byte >> 4U];
            form += "0123456789ABCDEF"[byte & 15U];
        }
    }
}

// Empty for what is none, or can't be a token (RFC 6750 §2.1): it will stand in an SMTP command.
std::string token_in(const json::object& answer, std::string_view name) {
    const json::value* const found = answer.if_contains(name);
    if (found == nullptr || !found->is_string()) return {};
    const std::string_view text(found->get_string().data(), found->get_string().size());
    const auto odd = [](char c) { return c <= ' ' || c > '~'; };
    if (text.size() > longest_token || std::ranges::any_of(text, odd)) return {};
    return std::string(text);
}

std::string error_in(const json::object& answer) {
    const std::string code = token_in(answer, "error").substr(0, 60);
    const auto fits = [](char c) { return mail::is_alpha(c) || c == '_'; };
    return !code.empty() && std::ranges::all_of(code, fits) ? code : "";
}

}  // namespace

std::string TokenSource::key() const {
    return url.host + ":" + std::to_string(url.port) + url.target + "\n" + client_id + "\n" + client_secret +
           "\n" + refresh_token;
}

std::string token_request(const TokenSource& source) {
    std::string form;
    field(form, "grant_type", "refresh_token");
    field(form, "refresh_token", source.refresh_token);
    field(form, "client_id", source.client_id);
    field(form, "client_secret", source.client_secret);
    return form;
}

boost::system::result<AccessToken, std::string> read_token(const HttpsAnswer& answer) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 8;
    const json::value value = json::parse({answer.body.data(), answer.body.size()}, error, {}, options);
    const std::string status = "the answer is " + std::to_string(answer.status);
    if (error || !value.is_object())
        return answer.status == 200 ? std::string("the answer is no JSON object") : status;
    const json::object& object = value.get_object();
    if (answer.status != 200) {
        const std::string code = error_in(object);
        return code.empty() ? status : status + " " + code;
    }
    AccessToken token{.token = token_in(object, "access_token"),
                      .refresh_token = token_in(object, "refresh_token")};
    if (token.token.empty()) return std::string("the answer has no access_token");
    if (const json::value* const life = object.if_contains("expires_in"); life && life->is_int64())
        token.expires_in = std::chrono::seconds(std::clamp<std::int64_t>(life->get_int64(), 0, longest_life));
    return token;
}

const AccessTokens::Entry* AccessTokens::known(const std::string& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() || found->second.until <= now_() ? nullptr : &found->second;
}

void AccessTokens::forget(const TokenSource& source) {
    const auto found = entries_.find(source.key());
    if (found != entries_.end() && found->second.why.empty()) found->second.until = {};
}

asio::awaitable<boost::system::result<std::string, std::string>> AccessTokens::token(
    TokenSource source, net::Clock::time_point deadline) {
    const std::string key = source.key();
    const auto turn = co_await turns_.take(key, deadline);
    if (!turn)
        co_return boost::system::result<std::string, std::string>(boost::system::in_place_error,
                                                                  "no answer in time");
    const auto answer_of = [](const Entry& entry) {
        using Answer = boost::system::result<std::string, std::string>;
        return entry.why.empty() ? Answer(boost::system::in_place_value, entry.token)
                                 : Answer(boost::system::in_place_error, entry.why);
    };
    if (const Entry* const entry = known(key)) co_return answer_of(*entry);
    if (const auto old = entries_.find(key); old != entries_.end() && !old->second.refresh_token.empty())
        source.refresh_token = old->second.refresh_token;

    HttpsRequest request;
    request.url = source.url;
    request.form = token_request(source);
    request.anywhere = true;
    const HttpsResult answer =
        co_await https_.ask(std::move(request), std::min(deadline, net::Clock::now() + ask_limit));
    boost::system::result<AccessToken, std::string> read =
        answer ? read_token(*answer) : boost::system::result<AccessToken, std::string>(answer.error());
    Entry& entry = entries_[key];
    if (read.has_error()) {
        entry.why = source.url.host + ": " + read.error();
        entry.until = now_() + patience;
    } else {
        entry.why.clear();
        entry.token = read->token;
        if (!read->refresh_token.empty()) entry.refresh_token = read->refresh_token;
        entry.until = now_() + std::max(std::chrono::seconds(0), read->expires_in - margin);
    }
    co_return answer_of(entry);
}

}  // namespace outbound
