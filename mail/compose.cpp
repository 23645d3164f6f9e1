#include "mail/compose.hpp"

#include "mail/compose_body.hpp"
#include "mail/date.hpp"
#include "mail/header_writer.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"
#include "mail/thread_index.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <unordered_set>

namespace mail {
namespace {

// Some relays refuse a header block over 4 KB; signatures and trace fields come to ours.
constexpr std::size_t max_header_block = 4096;
constexpr std::size_t room_of_others = 1300;
constexpr std::size_t room_of_mime = 150;
constexpr std::size_t room_of_ends = 1000;  // the first and the last reference together, else the last alone
constexpr std::size_t max_address = 254;    // RFC 5321 §4.5.3.1.3
constexpr std::size_t max_topic = 250;      // Outlook compares it as a whole: longer ones are not sent

struct Addressee {
    std::string_view name;
    Mailbox mailbox;
};

bool can_hold_fields(std::string_view bytes) {
    using namespace std::string_view_literals;
    return bytes.find_first_of("\r\n\0"sv) != std::string_view::npos;
}

Problem problem(std::string_view what, std::string_view value, std::string_view why) {
    constexpr std::size_t shown = 100;
    return {std::string(what) + " '" + header_text(value, shown) + "' " + std::string(why)};
}

bool is_literal(std::string_view domain) {
    return domain.size() > 2 && domain.front() == '[' && domain.back() == ']' &&
           std::ranges::all_of(domain.substr(1, domain.size() - 2), [](char c) {
               return is_alpha(c) || is_digit(c) || c == '.' || c == ':' || c == '-';
           });
}

boost::system::result<Mailbox, Problem> sendable(std::string_view what, const std::string& address) {
    if (std::ranges::any_of(address, is_control)) return problem(what, address, "holds a control character");
    if (address.size() > 2 * max_address) return problem(what, address, "is too long");
    if (!is_utf8(address)) return problem(what, address, "is not UTF-8");
    Mailbox mailbox = mailbox_of(address);
    const std::string_view local = std::string_view(address).substr(0, address.rfind('@'));
    const bool is_spelt = local.starts_with('"') || Mailbox{mailbox.local_part, {}}.str() == local;
    if (mailbox.local_part.empty() || !is_spelt ||
        (domain_to_ascii(mailbox.domain).empty() && !is_literal(mailbox.domain)))
        return problem(what, address, "is no mail address");
    if (mailbox.str().size() > max_address) return problem(what, address, "is too long");
    return mailbox;
}

// Fields that we write, or that would change how the rest is read.
bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 17> ours{
        "date",       "from",          "sender",       "reply-to",     "to",
        "cc",         "bcc",           "subject",      "message-id",   "in-reply-to",
        "references", "thread-topic",  "thread-index", "mime-version", "return-path",
        "received",   "dkim-signature"};
    const std::string small = lower(name);
    return small.starts_with("content-") || std::ranges::find(ours, small) != ours.end();
}

bool is_field_name(std::string_view name) {
    constexpr std::size_t longest = 60;
    return !name.empty() && name.size() <= longest &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

class Composer {
  public:
    explicit Composer(const Composition& mail) : mail_(mail) {}

    boost::system::result<std::string, Problem> compose() {
        if (!check()) return std::move(problem_);
        std::size_t files = 0;
        for (const Attachment& one : mail_.attachments) files += one.content.size() + 500;
        std::string out = head();
        const std::string tail = this->tail();
        out.reserve(out.size() + tail.size() + 2 * (mail_.text.size() + mail_.html.size()) + files / 2 * 3 +
                    8192);
        add_references(out, tail.size());
        out += tail;
        append_body(out, mail_);
        return {boost::system::in_place_value, std::move(out)};
    }

  private:
    bool refuse(Problem problem) {
        problem_ = std::move(problem);
        return false;
    }

    bool check() {
        for (const auto& [what, value] :
             {std::pair{"The subject", &mail_.subject}, {"The Message-ID", &mail_.message_id}})
            if (can_hold_fields(*value)) return refuse(problem(what, *value, "holds a line end or NUL"));
        if (!can_be_written(mail_.message_id))
            return refuse(problem("The Message-ID", mail_.message_id, "can't be written"));
        for (const auto& [name, value] : mail_.extra) {
            if (!is_field_name(name) || is_ours(name))
                return refuse(problem("The field", name, "can't be added"));
            if (can_hold_fields(value))
                return refuse(problem("The field " + name + ":", value, "holds a line end or NUL"));
        }
        return take("The sender", {&mail_.from, 1}, from_) && take("The recipient", mail_.to, to_) &&
               take("The recipient", mail_.cc, cc_) &&
               (!mail_.reply_to || take("The address for answers", {&*mail_.reply_to, 1}, reply_to_));
    }

    bool take(std::string_view what, std::span<const NamedAddress> addresses, std::vector<Addressee>& into) {
        for (const NamedAddress& one : addresses) {
            auto mailbox = sendable(what, one.address);
            if (!mailbox) return refuse(std::move(mailbox).error());
            into.push_back({one.name, *std::move(mailbox)});
        }
        return true;
    }

    static void add(HeaderWriter& header, std::string_view name, const std::vector<Addressee>& addressees) {
        if (addressees.empty()) return;
        header.begin(name);
        for (const Addressee& one : addressees)
            header.address(one.name, one.mailbox, &one != &addressees.back());
        header.end();
    }

    static void add(HeaderWriter& header, std::string_view name, std::string_view text) {
        header.begin(name);
        header.text(text);
        header.end();
    }

    std::string head() {
        std::string out;
        HeaderWriter header(out);
        header.field("Date", date_time(mail_.date));
        add(header, "From", from_);
        add(header, "To", to_);
        add(header, "Cc", cc_);
        add(header, "Reply-To", reply_to_);
        add(header, "Subject", mail_.subject);
        header.field("Message-ID", "<" + mail_.message_id + ">");
        if (mail_.in_reply_to && can_be_written(*mail_.in_reply_to))
            header.field("In-Reply-To", "<" + *mail_.in_reply_to + ">");
        return out;
    }

    std::string tail() {
        std::string out;
        HeaderWriter header(out);
        if (mail_.thread_topic)
            if (const std::string topic = header_text(*mail_.thread_topic, max_topic + 1);
                topic.size() <= max_topic)
                add(header, "Thread-Topic", topic);
        if (mail_.thread_index)
            if (const auto index = child_thread_index(*mail_.thread_index, mail_.date))
                header.field("Thread-Index", *index);
        for (const auto& [name, value] : mail_.extra) add(header, name, value);
        header.field("MIME-Version", "1.0");
        return out;
    }

    // The first, and the last ones that there is room for: the root of the thread and the nearest ancestors.
    void add_references(std::string& out, std::size_t others) {
        std::vector<std::string_view> ids;
        std::unordered_set<std::string_view> seen;
        const auto take = [&](std::string_view id) {
            if (can_be_written(id) && seen.insert(id).second) ids.push_back(id);
        };
        for (const std::string& id : mail_.references) take(id);
        if (mail_.in_reply_to) take(*mail_.in_reply_to);
        if (ids.empty()) return;
        const auto size_of = [](std::string_view id) { return id.size() + 5; };  // brackets and a fold
        std::size_t used = out.size() + others + room_of_mime + std::string_view("References:").size() +
                           size_of(ids.front()) + size_of(ids.back());
        std::size_t from = ids.size() - 1;
        while (from > 1 && used + size_of(ids[from - 1]) <= max_header_block - room_of_others)
            used += size_of(ids[--from]);
        HeaderWriter header(out);
        header.begin("References");
        if (from > 0 && ids.front().size() + ids.back().size() <= room_of_ends)
            header.token("<" + std::string(ids.front()) + ">");
        for (; from < ids.size(); ++from) header.token("<" + std::string(ids[from]) + ">");
        header.end();
    }

    const Composition& mail_;
    std::vector<Addressee> from_, to_, cc_, reply_to_;
    Problem problem_;
};

}  // namespace

boost::system::result<std::string, Problem> compose(const Composition& mail) {
    return Composer(mail).compose();
}

void throw_exception_from_error(const Problem& problem, const boost::source_location&) {
    throw std::logic_error(problem.text);
}

}  // namespace mail
