#include "mail/tnef.hpp"

#include "mail/charset.hpp"
#include "mail/file_name.hpp"
#include "mail/rtf.hpp"
#include "mail/text.hpp"

#include <cstdint>

namespace mail {
namespace {

constexpr std::uint32_t signature = 0x223E9F78;
constexpr std::size_t most_properties = 10'000;  // of one attribute

// MS-OXTNEF §2.1.3.3: the tag is a type and an id.
enum Attribute : std::uint32_t {
    message_class = 0x00078008,
    body = 0x0002800C,
    message_properties = 0x00069003,
    oem_code_page = 0x00069007,
    attachment_title = 0x00018010,
    attachment_data = 0x0006800F,
    attachment_start = 0x00069002,
    attachment_properties = 0x00069005,
};

// MS-OXPROPS: the ids of the properties that matter here.
enum Property : std::uint32_t {
    body_text = 0x1000,
    body_rtf = 0x1009,
    body_html = 0x1013,
    internet_code_page = 0x3FDE,
    attach_data = 0x3701,
    attach_name = 0x3704,
    attach_long_name = 0x3707,
    attach_mime_tag = 0x370E,
    attach_content_id = 0x3712,
    display_name = 0x3001,
    attach_method = 0x3705,
};

class Bytes {
  public:
    explicit Bytes(std::string_view all) : left_(all) {}

    // Little endian; a failure stays, and every later reading is zero or empty.
    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        const std::string_view bytes = take(size);
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(bytes[i]);
        return value;
    }
    std::string_view take(std::size_t size) {
        if (size > left_.size()) {
            failed_ = true;
            left_ = {};
            return {};
        }
        const std::string_view bytes = left_.substr(0, size);
        left_.remove_prefix(size);
        return bytes;
    }
    std::string_view take_padded(std::size_t size) {
        const std::string_view bytes = take(size);
        left_.remove_prefix(std::min(left_.size(), (4 - size % 4) % 4));
        return bytes;
    }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool done() const { return left_.empty(); }

  private:
    std::string_view left_;
    bool failed_ = false;
};

// [MS-OXTNEF] §2.1.3.5: the bytes of a value of fixed size, padded; 0 for the others.
std::size_t fixed_size(std::uint32_t type) {
    switch (type) {
        case 0x02:  // 16 bits
        case 0x03:
        case 0x04:
        case 0x0A:
        case 0x0B:
            return 4;
        case 0x05:
        case 0x06:
        case 0x07:
        case 0x14:
        case 0x40:
            return 8;
        case 0x48:
            return 16;
        default:
            return 0;
    }
}

constexpr std::uint32_t type_object = 0x0D, type_string = 0x1E, type_unicode = 0x1F, type_binary = 0x102;

// Calls `found(id, type, value)` for the first value of each; false where the bytes break off.
template <class Found>
bool each_property(std::string_view bytes, Found found) {
    Bytes in(bytes);
    const std::uint32_t count = in.number(4);
    if (count > most_properties) return false;
    for (std::uint32_t n = 0; n < count && !in.failed(); ++n) {
        const std::uint32_t tag = in.number(4);
        const std::uint32_t type = tag & 0x0FFF, id = tag >> 16;
        if (id >= 0x8000) {  // named: whose name it is, then a number or a text
            in.take(16);
            if (in.number(4) == 0) {
                in.take(4);
            } else {
                in.take_padded(in.number(4));
            }
        }
        const bool variable =
            type == type_object || type == type_string || type == type_unicode || type == type_binary;
        if (!variable && fixed_size(type) == 0) return false;
        const std::uint32_t values = variable || (tag & 0x1000) != 0 ? in.number(4) : 1;
        for (std::uint32_t i = 0; i < values && !in.failed(); ++i) {
            const std::string_view value =
                variable ? in.take_padded(in.number(4)) : in.take(fixed_size(type));
            if (i == 0 && !in.failed()) found(id, type, value);
        }
    }
    return !in.failed();
}

std::uint32_t number_of(std::string_view value) {
    return Bytes(value).number(std::min<std::size_t>(value.size(), 4));
}

std::string with_lf(std::string text) {
    std::erase(text, '\r');
    return text;
}

class Reader {
  public:
    Reader(std::string_view bytes, std::size_t most) : in_(bytes), most_(most) {}

    std::optional<Tnef> read() {
        if (in_.number(4) != signature) return std::nullopt;
        in_.number(2);  // the key
        out_.complete = true;
        while (!in_.done() && !in_.failed()) {
            in_.number(1);  // message or attachment: the id says so too
            const std::uint32_t id = in_.number(4);
            const std::string_view data = in_.take(in_.number(4));
            const std::uint32_t checksum = in_.number(2);
            if (in_.failed()) break;
            std::uint32_t sum = 0;
            for (const char c : data) sum += static_cast<unsigned char>(c);
            if ((sum & 0xFFFF) != checksum) out_.complete = false;
            on_attribute(id, data);
        }
        finish_attachment();
        if (in_.failed()) out_.complete = false;
        finish_body();
        if (out_.text.empty() && out_.html.empty() && out_.attachments.empty()) out_.complete = false;
        return std::move(out_);
    }

  private:
    void on_attribute(std::uint32_t id, std::string_view data) {
        const auto need = [this](bool good) { out_.complete = out_.complete && good; };
        switch (id) {
            case oem_code_page:
                code_page_ = number_of(data);
                break;
            case message_class: {
                const std::string name = lower(data.substr(0, data.find('\0')));
                need(name == "ipm.note" || name == "ipm.microsoft mail.note" ||
                     name.starts_with("ipm.note."));
                break;
            }
            case body:
                text_ = data;
                break;
            case message_properties:
                need(each_property(data, [this](auto... value) { on_message(value...); }));
                break;
            case attachment_start:
                finish_attachment();
                attachment_.emplace();
                break;
            case attachment_title:
                open_attachment();
                if (attachment_->name.empty()) attachment_->name = string_of(type_string, data);
                break;
            case attachment_data:
                open_attachment();
                attachment_->content = data;
                break;
            case attachment_properties:
                open_attachment();
                need(each_property(data, [this](auto... value) { on_attachment(value...); }));
                break;
            default:
                break;
        }
    }

    void on_message(std::uint32_t id, std::uint32_t type, std::string_view value) {
        if (id == internet_code_page) internet_code_page_ = number_of(value);
        if (id == body_text && (type == type_string || type == type_unicode)) {
            text_ = value;
            text_type_ = type;
        }
        if (id == body_html) {
            html_ = value;
            html_type_ = type;
        }
        if (id == body_rtf && type == type_binary) rtf_ = value;
    }

    void on_attachment(std::uint32_t id, std::uint32_t type, std::string_view value) {
        constexpr std::uint32_t by_value = 1;
        switch (id) {
            case attach_long_name:
                attachment_->name = string_of(type, value);
                long_name_ = true;
                break;
            case attach_name:
            case display_name:
                if (!long_name_ && (attachment_->name.empty() || id == attach_name))
                    attachment_->name = string_of(type, value);
                break;
            case attach_mime_tag:
                attachment_->type = lower(one_line(string_of(type, value)));
                break;
            case attach_content_id:
                attachment_->content_id = one_line(string_of(type, value));
                break;
            case attach_method:
                if (number_of(value) > by_value) out_.complete = false;  // a reference, a mail, an OLE object
                break;
            case attach_data:
                if (type == type_object) {
                    out_.complete = false;
                } else {
                    attachment_->content = value;
                }
                break;
            default:
                break;
        }
    }

    // Normally attachment_start does.
    void open_attachment() {
        if (!attachment_) attachment_.emplace();
    }

    void finish_attachment() {
        if (!attachment_) return;
        long_name_ = false;
        Attachment attachment = *std::move(attachment_);
        attachment_.reset();
        if (attachment.content.empty()) return;
        if (out_.attachments.size() >= most_) {
            out_.complete = false;
            return;
        }
        attachment.name = safe_file_name(one_line(attachment.name));
        if (attachment.type.find('/') == std::string::npos) attachment.type = "application/octet-stream";
        attachment.type = cut_utf8(attachment.type, 255);
        attachment.is_inline = !attachment.content_id.empty();
        out_.attachments.push_back(std::move(attachment));
    }

    void finish_body() {
        const auto until_nul = [](std::string_view text) { return text.substr(0, text.find('\0')); };
        if (!text_.empty())
            out_.text =
                with_lf(text_type_ == type_unicode ? decode_charset(text_, "utf-16le")
                                                   : decode_charset(until_nul(text_), label(code_page_)));
        if (!html_.empty())
            out_.html = with_lf(
                html_type_ == type_unicode
                    ? decode_charset(html_, "utf-16le")
                    : decode_charset(until_nul(html_),
                                     label(internet_code_page_ != 0 ? internet_code_page_ : code_page_)));
        if (rtf_.empty() || !out_.html.empty()) return;
        const std::optional<std::string> rtf = decompress_rtf(rtf_);
        if (!rtf) {
            if (out_.text.empty()) out_.complete = false;
            return;
        }
        RtfBody read = read_rtf(*rtf);
        if (read.is_html) {
            out_.html = std::move(read.text);
        } else if (out_.text.empty()) {
            out_.text = std::move(read.text);
        }
    }

    std::string string_of(std::uint32_t type, std::string_view value) const {
        if (type == type_unicode) return decode_charset(value, "utf-16le");
        if (type != type_string && type != type_binary) return {};
        return decode_charset(value.substr(0, value.find('\0')), label(code_page_));
    }

    static std::string label(std::uint32_t code_page) {
        constexpr std::uint32_t utf8 = 65001, none = 0;
        if (code_page == utf8) return "utf-8";
        return code_page == none ? "windows-1252" : "cp" + std::to_string(code_page);
    }

    Bytes in_;
    std::size_t most_;
    Tnef out_;
    std::optional<Attachment> attachment_;
    bool long_name_ = false;
    std::string_view text_, html_, rtf_;
    std::uint32_t text_type_ = type_string, html_type_ = type_binary;
    std::uint32_t code_page_ = 0, internet_code_page_ = 0;
};

}  // namespace

bool is_tnef(std::string_view type, std::string_view name) {
    return type == "application/ms-tnef" || type == "application/vnd.ms-tnef" || iequals(name, "winmail.dat");
}

std::optional<Tnef> read_tnef(std::string_view bytes, std::size_t most) {
    return Reader(bytes, most).read();
}

}  // namespace mail
