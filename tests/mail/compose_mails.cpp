// Composes mails for the readers of others: compose_mails FOLDER COUNT writes 00000.eml and so on, and
// mails.json with what each holds.
#include "mail/encode.hpp"
#include "tests/mail/any_composition.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace {

namespace json = boost::json;

json::array people(const std::vector<mail::NamedAddress>& all) {
    json::array out;
    for (const mail::NamedAddress& one : all) out.push_back(json::array{one.name, one.address});
    return out;
}

json::object described(const mail::any::Arrival& mail) {
    json::array files;
    for (const mail::Attachment& one : mail.attachments) {
        std::string content;
        mail::append_base64(content, one.content);
        files.push_back(json::object{{"name", one.name},
                                     {"type", one.type},
                                     {"id", one.content_id},
                                     {"inline", one.is_inline},
                                     {"content", content}});
    }
    return {{"subject", mail.subject},
            {"from", people({mail.from})},
            {"to", people(mail.to)},
            {"cc", people(mail.cc)},
            {"reply_to", people(mail.reply_to)},
            {"text", mail.text},
            {"html", mail.html},
            {"files", std::move(files)},
            {"message_id", mail.message_id},
            {"in_reply_to", json::array(mail.in_reply_to.begin(), mail.in_reply_to.end())}};
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    const std::filesystem::path folder = arguments[1];
    std::mt19937_64 random(20260106);
    const mail::any::Pick pick = [&](std::size_t limit) {
        return static_cast<std::size_t>(random() % limit);
    };
    json::array all;
    for (int i = 0, end = std::stoi(arguments[2]); i < end; ++i) {
        const mail::Composition mail = mail::any::composition(pick, mail::any::Manners::polite);
        const auto bytes = mail::compose(mail);
        if (!bytes) {
            std::cerr << bytes.error().text << '\n';
            return 1;
        }
        char name[16];
        std::snprintf(name, sizeof name, "%05d.eml", i);
        std::ofstream(folder / name, std::ios::binary) << *bytes;
        all.push_back(described(mail::any::arrival(mail)));
    }
    std::ofstream(folder / "mails.json", std::ios::binary) << json::serialize(all);
    return 0;
}
