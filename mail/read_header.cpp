#include "mail/address.hpp"
#include "mail/charset_hint.hpp"
#include "mail/date.hpp"
#include "mail/encoded_word.hpp"
#include "mail/header_index.hpp"
#include "mail/message_id.hpp"
#include "mail/read.hpp"
#include "mail/sha256.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

namespace mail {
namespace {

bool is_trace(std::string_view name) {
    for (const std::string_view trace :
         {"received", "return-path", "delivered-to", "x-received", "authentication-results"})
        if (iequals(name, trace)) return true;
    return name.size() > 4 && iequals(name.substr(0, 4), "arc-");
}

class Reader {
  public:
    Reader(std::string_view raw, const HeaderIndex& index) : raw_(raw), index_(index) {}

    Header read() {
        Header out;
        if (index_.truncated) out.warnings.emplace_back("header_truncated");
        for (const Field& field : index_.fields) read_field(field, out);
        if (from_fields_ > 1 || out.from_all.size() > 1) out.warnings.emplace_back("several_from");
        if (!out.from) out.warnings.emplace_back("no_from");
        read_ids(out);
        return out;
    }

  private:
    const std::string& charset_hint(std::string_view value) {
        static const std::string none;
        if (is_utf8(value)) return none;
        if (!hint_) hint_ = mail::charset_hint(raw_, index_);
        return *hint_;
    }

    std::vector<NamedAddress> addresses(const Field& field) {
        return parse_addresses(field_text(field.value, charset_hint(field.value)));
    }

    void read_field(const Field& field, Header& out) {
        const std::string_view name = field.name;
        const auto is = [&](std::string_view wanted) { return iequals(name, wanted); };
        switch (lower(name.front())) {
            case 's':
                if (is("subject") && !subject_) {
                    out.subject = unstructured(field.value, charset_hint(field.value));
                    subject_ = true;
                } else if (is("sender") && !out.sender) {
                    auto found = addresses(field);
                    if (!found.empty()) out.sender = std::move(found.front());
                }
                break;
            case 'f':
                if (is("from")) {
                    ++from_fields_;
                    append(out.from_all, addresses(field));
                    if (!out.from && from_fields_ == 1) out.from = first_mailbox(out.from_all);
                }
                break;
            case 't':
                if (is("to")) append(out.to, addresses(field));
                break;
            case 'c':
                if (is("cc")) append(out.cc, addresses(field));
                break;
            case 'd':
                if (is("date") && !date_) {
                    date_ = true;
                    out.date = parse_date(unstructured(field.value));
                    if (!out.date) out.warnings.emplace_back("bad_date");
                }
                break;
            case 'r':
                if (is("reply-to")) append(out.reply_to, addresses(field));
                if (is("references")) references_.push_back(&field);
                break;
            case 'i':
                if (is("in-reply-to")) in_reply_to_.push_back(&field);
                break;
            case 'm':
                if (is("message-id") && !out.message_id) {
                    out.message_id = parse_message_id(field_text(field.value));
                    if (!out.message_id) out.warnings.emplace_back("bad_message_id");
                }
                break;
            default:
                break;
        }
    }

    static void append(std::vector<NamedAddress>& to, std::vector<NamedAddress> from) {
        to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
    }

    static std::optional<NamedAddress> first_mailbox(const std::vector<NamedAddress>& all) {
        for (const NamedAddress& entry : all)
            if (!entry.address.empty()) return entry;
        return all.empty() ? std::nullopt : std::optional(all.front());
    }

    void read_ids(Header& out) const {
        if (in_reply_to_.empty() && references_.empty()) return;
        std::unordered_set<std::string> own;
        const auto add = [&](const NamedAddress& entry) { own.insert(lower(entry.address)); };
        for (const auto* list : {&out.from_all, &out.to, &out.cc, &out.reply_to})
            std::for_each(list->begin(), list->end(), add);
        if (out.sender) add(*out.sender);
        const IsAddress is_address = [&](const std::string& token) { return own.contains(lower(token)); };
        out.in_reply_to = parse_in_reply_to(joined(in_reply_to_), is_address);
        out.in_reply_to_tokens = bracketed_tokens(joined(in_reply_to_));
        out.references = parse_references(joined(references_), is_address);
    }

    static std::string joined(const std::vector<const Field*>& fields) {
        std::string text;
        for (const Field* field : fields)
            text.append(text.empty() ? "" : " ").append(field_text(field->value));
        return text;
    }

    std::string_view raw_;
    const HeaderIndex& index_;
    std::vector<const Field*> in_reply_to_, references_;
    std::size_t from_fields_ = 0;
    bool subject_ = false, date_ = false;
    std::optional<std::string> hint_;
};

}  // namespace

Header read_header(std::string_view raw) {
    const HeaderIndex index = index_header(raw);
    return Reader(raw, index).read();
}

std::size_t body_offset(std::string_view raw) {
    return index_header(raw).body;
}

std::string body_digest(std::string_view raw) {
    return sha256(raw.substr(body_offset(raw)));
}

std::string digest_without_trace(std::string_view raw, std::string_view reverse_path) {
    const HeaderIndex index = index_header(raw);
    Sha256 digest;
    digest.add(reverse_path);
    digest.add(std::string_view("\0", 1));  // no path ends in NUL: the parts cannot flow into each other
    std::size_t at = index.begin;
    for (const Field& field : index.fields) {
        if (!is_trace(field.name)) continue;
        const auto begin = static_cast<std::size_t>(field.line.data() - raw.data());
        digest.add(raw.substr(at, begin - at));
        at = begin + field.line.size();
    }
    digest.add(raw.substr(at));
    return digest.finish();
}

}  // namespace mail
