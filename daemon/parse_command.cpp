#include "daemon/parse_command.hpp"

#include "daemon/command_output.hpp"
#include "mail/read.hpp"
#include "mail/sha256.hpp"
#include "mail/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <ostream>

namespace program {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

json::value object_of(const mail::NamedAddress& address) {
    return json::object{{"name", address.name}, {"address", address.address}};
}

json::array array_of(const std::vector<mail::NamedAddress>& addresses) {
    json::array out;
    for (const mail::NamedAddress& address : addresses) out.push_back(object_of(address));
    return out;
}

json::value class_of(const std::optional<mail::BounceClass>& bounce_class) {
    if (!bounce_class) return nullptr;
    return *bounce_class == mail::BounceClass::hard ? "hard" : "soft";
}

json::value object_of(const std::optional<mail::Bounce>& bounce) {
    if (!bounce) return nullptr;
    json::array recipients;
    for (const mail::BouncedRecipient& recipient : bounce->recipients)
        recipients.push_back(json::object{{"address", recipient.address},
                                          {"status", recipient.status},
                                          {"smtp_reply", recipient.smtp_reply},
                                          {"reason", recipient.reason},
                                          {"class", class_of(recipient.bounce_class)}});
    return json::object{{"final", bounce->final},
                        {"class", class_of(bounce->bounce_class)},
                        {"recipients", std::move(recipients)},
                        {"original_message_id", or_null(bounce->original_message_id)}};
}

json::object object_of(const std::string& file, const mail::Message& message) {
    const mail::Header& header = message.header;
    json::array attachments;
    for (const mail::Attachment& attachment : message.attachments)
        attachments.push_back(json::object{{"name", attachment.name},
                                           {"type", attachment.type},
                                           {"size", attachment.content.size()},
                                           {"sha256", mail::hex(mail::sha256(attachment.content))},
                                           {"content_id", attachment.content_id},
                                           {"inline", attachment.is_inline}});
    return {{"file", file},
            {"subject", header.subject},
            {"from", header.from ? object_of(*header.from) : json::value(nullptr)},
            {"from_all", array_of(header.from_all)},
            {"sender", header.sender ? object_of(*header.sender) : json::value(nullptr)},
            {"to", array_of(header.to)},
            {"cc", array_of(header.cc)},
            {"reply_to", array_of(header.reply_to)},
            {"date", or_null(header.date)},
            {"message_id", or_null(header.message_id)},
            {"in_reply_to", texts_as_json(header.in_reply_to)},
            {"references", texts_as_json(header.references)},
            {"text", message.text},
            {"html", message.html},
            {"reply_text", message.reply_text},
            {"quoted_text", message.quoted_text},
            {"signature", message.signature},
            {"attachments", std::move(attachments)},
            {"kind", mail::name_of(message.kind)},
            {"kind_reasons", texts_as_json(message.kind_reasons)},
            {"bounce", object_of(message.bounce)},
            {"warnings", texts_as_json(header.warnings)}};
}

// Boost.JSON only writes on one line.
void pretty(std::ostream& out, const json::value& value, const std::string& indent) {
    const std::string deeper = indent + "  ";
    if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
        const char* separator = "{\n";
        for (const auto& [key, member] : *object) {
            out << separator << deeper << json::serialize(key) << ": ";
            pretty(out, member, deeper);
            separator = ",\n";
        }
        out << '\n' << indent << '}';
    } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
        const char* separator = "[\n";
        for (const json::value& element : *array) {
            out << separator << deeper;
            pretty(out, element, deeper);
            separator = ",\n";
        }
        out << '\n' << indent << ']';
    } else {
        out << json::serialize(value);
    }
}

using Complain = std::function<void(const std::string& path, const std::string& why)>;

// A folder that can't be read is complained of, and the others are read. Links to folders are not followed.
std::vector<fs::path> files_below(const fs::path& top, const Complain& complain) {
    std::vector<fs::path> files, folders = {top};
    while (!folders.empty()) {
        const fs::path folder = std::move(folders.back());
        folders.pop_back();
        std::error_code error, unknown;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            if (at->is_directory(unknown) && !at->is_symlink(unknown))
                folders.push_back(at->path());
            else if (at->is_regular_file(unknown))
                files.push_back(at->path());
        }
        if (error) complain(folder.string(), error.message());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

int parse_files(const Parse& options, std::ostream& out, std::ostream& err) {
    mail::Circumstances circumstances{.reverse_path = options.mail_from, .installation = ""};
    if (circumstances.reverse_path == "<>") circumstances.reverse_path = "";
    int status = 0;
    const auto complain = [&](const std::string& path, const std::string& why) {
        err << "ticketgate parse: " << path << ": " << why << '\n';
        status = 2;
    };
    for (const std::string& path : options.paths) {
        std::vector<fs::path> files = {path};
        std::error_code no_directory;
        if (fs::is_directory(path, no_directory)) files = files_below(path, complain);
        for (const fs::path& file : files) {
            std::ifstream input(file, std::ios::binary);
            std::string raw{std::istreambuf_iterator<char>(input), {}};
            if (!input.is_open() || input.bad()) {
                complain(file.string(), "cannot be read");
                continue;
            }
            const json::value object =
                object_of(mail::to_valid_utf8(file.string()), mail::read_message(raw, circumstances));
            if (options.jsonl) {
                out << json::serialize(object) << '\n';
            } else {
                pretty(out, object, "");
                out << '\n';
            }
        }
    }
    return status;
}

}  // namespace program
