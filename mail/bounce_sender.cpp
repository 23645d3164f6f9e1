#include "mail/bounce_sender.hpp"

#include "mail/encoded_word.hpp"
#include "mail/text.hpp"

#include <string>
#include <string_view>

namespace mail {
namespace {

bool is_daemon_address(std::string_view text) {
    const std::string low = lower(text.substr(0, 500));
    for (const std::string_view name :
         {"mailer-daemon", "mailer_daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mail delivery s",
          "mail deliver s", "mail delivery agent", "maildelivery@"})
        if (low.find(name) != std::string::npos) return true;
    return false;
}

}  // namespace

std::string text_of_field(const HeaderIndex& index, std::string_view name) {
    const Field* const found = index.find(name);
    return found == nullptr ? std::string() : field_text(found->value);
}

BounceSender sender_of(const HeaderIndex& index, const Header& header, const Circumstances& circumstances) {
    const std::string from = text_of_field(index, "From");
    const std::string return_path = lower(text_of_field(index, "Return-Path"));
    if (circumstances.reverse_path && circumstances.reverse_path->empty()) return BounceSender::daemon;
    if (index.find("X-Failed-Recipients") != nullptr) return BounceSender::daemon;
    if (return_path == "<>" || return_path.find("mailer-daemon") != std::string::npos)
        return BounceSender::daemon;
    if (is_daemon_address(from)) return BounceSender::daemon;
    const std::string low = lower(std::string_view(from).substr(0, 500));
    for (const std::string_view name : {"postmaster",
                                        "post_master",
                                        "poostmaster",
                                        "mail system",
                                        "mail admin",
                                        "mailsystem",
                                        "microsoft exchange",
                                        "administrator",
                                        "no-reply",
                                        "noreply",
                                        "no_reply",
                                        "mdaemon",
                                        "-admin@",
                                        "fml",
                                        "email security",
                                        "mail service",
                                        "mailer",
                                        "smtp",
                                        "system@",
                                        "notification",
                                        "delivery"})
        if (low.find(name) != std::string::npos) return BounceSender::perhaps;
    const std::string automatic = lower(text_of_field(index, "Auto-Submitted"));
    if (automatic.starts_with("auto-")) return BounceSender::perhaps;
    if (!header.from) return BounceSender::perhaps;
    return BounceSender::person;
}

bool is_from_list(const HeaderIndex& index, const Circumstances& circumstances) {
    if (index.find("List-Post") == nullptr) return false;
    if (circumstances.reverse_path) return !circumstances.reverse_path->empty();
    const std::string return_path = lower(text_of_field(index, "Return-Path"));
    return !return_path.empty() && return_path != "<>" && !is_daemon_address(return_path);
}

bool is_complaint_mail(const HeaderIndex& index) {
    if (lower(text_of_field(index, "X-Apple-Unsubscribe")) == "true") return true;
    if (!lower(text_of_field(index, "Subject")).starts_with("complaint about message from")) return false;
    const std::string from = lower(text_of_field(index, "From"));
    return from.find("staff@hotmail.com") != std::string::npos ||
           from.find("email-abuse.amazonses.com") != std::string::npos;
}

bool is_from_fml(const HeaderIndex& index, const Header& header) {
    if (index.find("X-MLServer") == nullptr || !header.from) return false;
    if (header.from->address.find("-admin@") == std::string::npos) return false;
    const std::string subject = lower(header.subject);
    for (const std::string_view notice : {"not member article from", "are not member", "reject mail",
                                          "spam mail from a spammer", "fml system error", "loop alert:",
                                          "loop back warning:", "warning: unix from loop", "security alert"})
        if (subject.find(notice) != std::string::npos) return true;
    return false;
}

}  // namespace mail
