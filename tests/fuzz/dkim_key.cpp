// Key records, tag lists and public keys (auth/key_record.hpp, auth/tags.hpp, auth/crypto.hpp).
#include "auth/key_record.hpp"
#include "auth/tags.hpp"
#include "tests/fuzz/checks.hpp"

namespace {

void check_key(auth::KeyType type, std::string_view bytes) {
    const auto key = auth::PublicKey::read(type, bytes);
    if (!key) return;
    fuzz::check(key->bits() > 0 && key->bits() <= auth::max_rsa_bits, "a key of that length");
    fuzz::check(!key->verifies(auth::Hash::sha256, std::string(32, 'd'), std::string(64, 's')),
                "a signature of nobody");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text = fuzz::view(bytes, size);
    if (const auto tags = auth::TagList::parse(text)) {
        fuzz::check(!tags->tags().empty() && tags->tags().size() <= auth::max_tags, "a list without tags");
        for (const auth::Tag& tag : tags->tags())
            fuzz::check(tags->find(tag.name) == &tag && tag.place.find(';') == std::string_view::npos,
                        "a tag");
    }
    const auth::KeyRecord record = auth::read_key_record(text);
    fuzz::check(record.wrong.empty() == !record.key.empty(), "a key, or why there is none");
    if (record.wrong.empty()) check_key(record.type, record.key);
    for (const auto type : {auth::KeyType::rsa, auth::KeyType::ed25519}) check_key(type, text);
    return 0;
}
