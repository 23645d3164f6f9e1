// `ticketgate interaction raw` and `attachment save`.
#include "auth/authentication_results.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/host_name.hpp"
#include "daemon/terminal_text.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "store/kept_mail.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace program {
namespace {

namespace fs = std::filesystem;

constexpr int most_of_one_name = 1000;

boost::asio::awaitable<std::optional<store::KeptMail>> read_kept(store::KeptMailStore store,
                                                                 tickets::Uuid interaction) {
    const auto key = co_await store.find(interaction);
    if (!key) co_return std::nullopt;
    auto mails = co_await store.read({*key});
    if (mails.empty()) co_return std::nullopt;
    co_return std::move(mails.front());
}

// Calls `use` with the mail; a mail that is damaged is used all the same, and makes the status 1.
template <class Use>
int with_mail(const Config& config, const std::string& id, Use use) {
    const auto interaction = tickets::Uuid::parse(id);
    if (!interaction) return refuse(id + " is no id of an interaction (ticket show --json tells them)");
    return with_desk(config, [&](DeskSession& session) {
        const auto mail = session.run(read_kept(store::KeptMailStore(session.pool()), *interaction));
        if (!mail) return refuse("there is no interaction " + id);
        const int status = use(*mail);
        if (mail->intact) return status;
        return fail("the stored mail is damaged: it is not the one whose digest was kept");
    });
}

// The name with a number before its ending, within what file systems take.
std::string numbered(const std::string& name, int number) {
    constexpr std::size_t longest_name = 255, longest_ending = 20;
    std::string ending = fs::path(name).extension().string();
    if (ending.size() > longest_ending) ending.clear();  // a name that has a dot somewhere
    const std::string_view stem = std::string_view(name).substr(0, name.size() - ending.size());
    const std::string end = fmt::format("-{}{}", number, ending);
    return std::string(mail::cut_utf8(stem, longest_name - end.size())) + end;
}

// A file that was not there before, whatever stands in the folder: a stranger chose the name.
int create(const fs::path& folder, const std::string& name, fs::path& path) {
    for (int number = 1; number <= most_of_one_name; ++number) {
        path = folder / (number == 1 ? name : numbered(name, number));
        const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

int save(const mail::Attachment& attachment, std::size_t number, const fs::path& folder) {
    fs::path path;
    const int file = create(
        folder, attachment.name.empty() ? fmt::format("attachment-{}", number) : attachment.name, path);
    const bool written = file >= 0 && write_all(file, attachment.content);
    const int error = errno;
    if (file >= 0 && close(file) == 0 && written) {
        std::cout << fmt::format("{}  {}, {} bytes\n", one_line(path.string()), attachment.type,
                                 attachment.content.size());
        return 0;
    }
    if (file >= 0) unlink(path.c_str());
    return fail(fmt::format("{} can't be written: {}", one_line(path.string()), std::strerror(error)));
}

int save_chosen(const AttachmentSave& options, const mail::Message& message) {
    if (message.attachments.empty()) return refuse("the mail has no attachments");
    if (options.number && *options.number > message.attachments.size())
        return refuse(fmt::format("the mail has {} attachment{}, no number {}", message.attachments.size(),
                                  message.attachments.size() == 1 ? "" : "s", *options.number));
    bool found = false;
    for (std::size_t i = 0; i < message.attachments.size(); ++i) {
        const auto& attachment = message.attachments[i];
        if (options.number && *options.number != i + 1) continue;
        if (options.name && *options.name != attachment.name) continue;
        found = true;
        if (const int status = save(attachment, i + 1, options.to)) return status;
    }
    if (found) return 0;
    std::vector<std::string> names;
    for (const auto& attachment : message.attachments)
        names.push_back(attachment.name.empty() ? "(no name)" : attachment.name);
    return refuse("the mail has no attachment of this name, but: " + one_line(joined(names)));
}

}  // namespace

int run(const Config& config, const InteractionRaw& options) {
    return with_mail(config, options.id, [&](const store::KeptMail& mail) {
        std::string raw = mail.raw;
        if (options
                .with_trace) {  // as whoever reads it next should see it: nobody else's word under our name
            std::cout << mail.trace;
            raw = auth::rename_forged_results(raw, own_name(config));
        }
        std::cout.write(raw.data(), static_cast<std::streamsize>(raw.size()));
        return 0;
    });
}

int run(const Config& config, const AttachmentSave& options) {
    std::error_code error;
    if (!fs::is_directory(options.to, error)) return refuse(options.to + " is no folder");
    return with_mail(config, options.interaction, [&](const store::KeptMail& mail) {
        return save_chosen(options, mail::read_message(mail.raw));
    });
}

}  // namespace program
