// Signs mails as they leave the desk, for an oracle that verifies: sign_mails KEYS.json FILE...
// Each file gets an RSA and an Ed25519 signature on top; KEYS.json, their TXT records by name, is written.
#include "auth/dkim_sign.hpp"
#include "tests/support/corpora.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <fstream>

int main(int count, char** arguments) {
    if (count < 2) return 2;
    std::vector<std::shared_ptr<const auth::DkimKey>> keys;
    boost::json::object records;
    for (const auto& [selector, type] :
         {std::pair("r1", auth::KeyType::rsa), std::pair("e1", auth::KeyType::ed25519)}) {
        keys.push_back(std::make_shared<const auth::DkimKey>(
            auth::DkimKey{"client.example", selector, auth::PrivateKey::make(type)}));
        records[auth::dkim_record_name("client.example", selector)] = auth::dkim_record(keys.back()->key);
    }
    std::ofstream(arguments[1]) << boost::json::serialize(records);
    for (int i = 2; i < count; ++i) {
        const std::string mail = test::contents(arguments[i]);
        std::ofstream(arguments[i], std::ios::binary)
            << auth::sign_all(keys, mail, std::chrono::system_clock::now()) << mail;
    }
    return 0;
}
