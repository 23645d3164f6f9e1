#include "desk/writing.hpp"

#include "desk/file_type.hpp"
#include "mail/compose_quote.hpp"
#include "mail/file_name.hpp"
#include "mail/html_text.hpp"
#include "mail/kind.hpp"
#include "mail/safe_html.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <tuple>

namespace desk {
namespace {

using store::Refusal;
using tickets::Template;

store::Outcome<std::string> rendered(const std::string& text, const tickets::Variables& values,
                                     Template::Format format) {
    const auto parsed = Template::parse(text, tickets::Writer::agent);
    if (!parsed) return Refusal{"the mail can't be written: " + parsed.error().text};
    return {boost::system::in_place_value, parsed->render(values, format)};
}

bool is_blank(std::string_view text) {
    return mail::trim(text).empty();
}

void end_line(std::string& text) {
    if (!text.empty() && text.back() != '\n') text += '\n';
}

std::string html_of(std::string text) {
    std::erase(text, '\r');
    return "<div dir=\"auto\">" + mail::html_lines(text) + "</div>\n";
}

// What the text of an HTML signature would be, and the other way round.
Body signature_of(const store::AliasInfo& alias, std::string text, std::string html) {
    if (is_blank(text) && !is_blank(html)) text = mail::html_to_text(html);
    if (is_blank(html)) html = is_blank(text) ? "" : html_of(text);
    if (alias.signature_name.empty() && is_blank(text)) return {};
    Body signature{"\n-- \n", "<br>-- <br>\n"};
    if (!alias.signature_name.empty()) {
        signature.text += alias.signature_name + "\n";
        signature.html += "<div>" + mail::escaped_html(alias.signature_name) + "</div>\n";
    }
    signature.text += text;
    end_line(signature.text);
    signature.html += html;
    return signature;
}

std::string shown_date(const std::optional<std::string>& rfc3339) {
    if (!rfc3339 || rfc3339->size() < 16) return {};
    std::string date = rfc3339->substr(0, 16);
    std::ranges::replace(date, 'T', ' ');
    return date;
}

// History, not the archive: of a mail that is longer its beginning is enough.
mail::QuotedMail quote_of(const mail::Message& message) {
    constexpr std::size_t most = 100'000;
    const mail::NamedAddress author = message.header.from.value_or(mail::NamedAddress{});
    return {.author_name = author.name,
            .author_address = author.address,
            .text = std::string(mail::cut_utf8(message.text, most)),
            .html = message.html.size() > 2 * most ? std::string() : message.html,
            .date = shown_date(message.header.date)};
}

}  // namespace

store::Outcome<std::optional<store::AliasInfo>> choose_alias(
    const std::vector<store::AliasInfo>& aliases, const std::optional<std::string>& wanted,
    const std::vector<store::ConversationMail>& mails, std::int64_t agent) {
    using Chosen = std::optional<store::AliasInfo>;
    if (wanted) {
        const auto found = std::ranges::find_if(
            aliases, [&](const auto& alias) { return mail::iequals(alias.name, *wanted); });
        if (found == aliases.end()) return Refusal{"the agent has no alias " + store::mended(*wanted)};
        return Chosen(*found);
    }
    for (const auto& mail : mails) {
        if (!mail.outbound || mail.agent != agent) continue;
        if (!mail.alias) return Chosen();  // their own name, the last time
        const auto found = std::ranges::find(aliases, *mail.alias, &store::AliasInfo::id);
        if (found != aliases.end()) return Chosen(*found);
        break;  // it has been removed since
    }
    const auto found = std::ranges::find(aliases, true, &store::AliasInfo::is_default);
    return found == aliases.end() ? Chosen() : Chosen(*found);
}

store::Outcome<Body> body_of(const Words& words, const std::optional<store::AliasInfo>& alias,
                             const tickets::Variables& values, const std::optional<mail::Message>& quoted,
                             const std::vector<mail::Attachment>& files) {
    Body body;
    for (const auto& [from, to, format] : {std::tuple{&words.text, &body.text, Template::Format::text},
                                           std::tuple{&words.html, &body.html, Template::Format::html}}) {
        if (!mail::is_utf8(*from)) return Refusal{"the mail can't be written: it is no UTF-8"};
        if (words.verbatim) {
            *to = *from;
            continue;
        }
        auto text = rendered(*from, values, format);
        if (!text) return text.error();
        *to = std::move(*text);
    }
    body.html = mail::safe_html(body.html);
    if (is_blank(body.text)) body.text = mail::html_to_text(body.html);
    const bool has_pictures = std::ranges::any_of(files, [](const auto& file) { return file.is_inline; });
    if (is_blank(body.text) && files.empty()) return Refusal{"the mail says nothing"};

    Body signature;
    if (alias) {
        auto text = rendered(alias->signature_text, values, Template::Format::text);
        if (!text) return text.error();
        auto html = rendered(alias->signature_html, values, Template::Format::html);
        if (!html) return html.error();
        signature = signature_of(*alias, std::move(*text), mail::safe_html(*html));
    }
    const bool wants_html =
        !is_blank(body.html) || has_pictures || (alias && !is_blank(alias->signature_html));
    if (wants_html && is_blank(body.html)) body.html = html_of(body.text);
    if (wants_html)
        for (const auto& file : files)
            if (file.is_inline && body.html.find("cid:" + file.content_id) == std::string::npos)
                body.html += "<div><img src=\"cid:" + file.content_id + "\" alt=\"" +
                             mail::escaped_html(file.name) + "\"></div>\n";
    end_line(body.text);
    body.text += signature.text;
    if (wants_html) body.html = mail::safe_html(body.html + signature.html);
    if (quoted) {
        body.text += "\n" + mail::quoted_text(quote_of(*quoted));
        if (wants_html) body.html += "<br>\n" + mail::quoted_html(quote_of(*quoted));
    }
    return body;
}

std::string answer_subject(std::string_view subject) {
    const std::string line = mail::one_line(mail::to_valid_utf8(subject));
    if (mail::iequals(std::string_view(line).substr(0, 3), "re:")) return line;
    return "Re: " + line;
}

std::string ticket_message_id(const tickets::Uuid& ticket, std::string_view installation,
                              std::string_view domain) {
    return mail::own_message_id("ticket-" + ticket.str(), installation, domain);
}

std::vector<std::string> references_of(const std::string& ticket_id, const mail::Header& answered,
                                       const std::vector<std::string>& ours) {
    std::vector<std::string> ids{ticket_id};
    const auto add = [&](const std::string& id) {
        if (!std::ranges::count(ids, id)) ids.push_back(id);
    };
    for (const auto* list : {&answered.references, &ours})
        for (const auto& id : *list)
            if (id != answered.message_id) add(id);
    if (answered.references.empty())
        for (const auto& id : answered.in_reply_to)
            if (id != answered.message_id) add(id);
    if (answered.message_id) add(*answered.message_id);
    return ids;
}

std::vector<std::pair<threading::IdKey, threading::Role>> refs_of(const mail::Header& mail) {
    std::vector<std::pair<threading::IdKey, threading::Role>> refs;
    const auto add = [&](const std::string& id, threading::Role role) {
        const auto key = threading::id_key(id);
        if (std::ranges::none_of(refs, [&](const auto& ref) { return ref.first == key; }))
            refs.emplace_back(key, role);
    };
    if (mail.message_id) add(*mail.message_id, threading::Role::self);
    for (const auto& id : mail.in_reply_to) add(id, threading::Role::in_reply_to);
    for (auto id = mail.references.rbegin(); id != mail.references.rend(); ++id)
        add(*id, threading::Role::reference);
    return refs;
}

std::vector<mail::Attachment> attachments_of(std::vector<File> files) {
    std::vector<mail::Attachment> attachments;
    for (auto& file : files) {
        mail::Attachment attachment{.name = mail::safe_file_name(mail::to_valid_utf8(file.name)),
                                    .type = std::move(file.type),
                                    .is_inline = file.is_inline,
                                    .content = std::move(file.content)};
        if (attachment.name.empty()) attachment.name = "file";
        if (attachment.type.empty()) attachment.type = file_type(attachment.name, attachment.content);
        // Only what a mail program shows by itself, and is what it says.
        if (attachment.is_inline &&
            (!attachment.type.starts_with("image/") || attachment.type == "image/svg+xml"))
            attachment.is_inline = false;
        if (attachment.is_inline)
            for (const char c : attachment.name)
                attachment.content_id +=
                    mail::is_alpha(c) || mail::is_digit(c) || c == '.' || c == '_' ? c : '-';
        attachments.push_back(std::move(attachment));
    }
    return attachments;
}

}  // namespace desk
