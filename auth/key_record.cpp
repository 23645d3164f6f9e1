#include "auth/key_record.hpp"

#include "auth/tags.hpp"

#include <algorithm>

namespace auth {
namespace {

bool lists(std::string_view value, std::string_view one) {
    const std::vector<std::string_view> all = colon_list(value);
    return std::find(all.begin(), all.end(), one) != all.end();
}

KeyRecord no_key(std::string wrong) {
    KeyRecord record;
    record.wrong = std::move(wrong);
    return record;
}

}  // namespace

KeyRecord read_key_record(std::string_view text) {
    if (text.size() > max_key_record) return no_key("the key record is too long");
    const std::optional<TagList> tags = TagList::parse(text);
    if (!tags) return no_key("the key record is malformed");
    // v= is not needed; where it stands it is the first and says DKIM1.
    if (tags->find("v") != nullptr &&
        (tags->tags().front().name != "v" || tags->tags().front().value != "DKIM1"))
        return no_key("the record is no DKIM1 key");
    KeyRecord record;
    const std::string_view type = tags->value("k").value_or("rsa");
    if (type != "rsa" && type != "ed25519") return no_key("the key is of an unknown type");
    record.type = type == "rsa" ? KeyType::rsa : KeyType::ed25519;
    if (const auto hashes = tags->value("h")) {
        record.sha1 = lists(*hashes, "sha1");
        record.sha256 = lists(*hashes, "sha256");
    }
    if (const auto services = tags->value("s");
        services && !lists(*services, "*") && !lists(*services, "email"))
        return no_key("the key is not for mail");
    const std::string_view flags = tags->value("t").value_or("");
    record.testing = lists(flags, "y");
    record.exact_domain = lists(flags, "s");
    const auto key = tags->value("p");
    if (!key) return no_key("the key record holds no key");
    if (key->empty()) return no_key("the key is revoked");
    std::optional<std::string> bytes = strict_base64(*key);
    if (!bytes || bytes->empty()) return no_key("the key is not base64");
    record.key = std::move(*bytes);
    return record;
}

}  // namespace auth
