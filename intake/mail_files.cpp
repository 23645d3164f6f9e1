#include "intake/mail_files.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

namespace intake {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_piece = 64 * 1024;

std::string too_large(std::size_t max_size) {
    return "is larger than " + std::to_string(max_size) + " bytes (smtp.max_message_size)";
}

bool is_empty_line(std::string_view line) {
    return line == "\n" || line == "\r\n";
}

// `From ann@client.example Mon Jan  2 15:04:05 2006`: a sentence in a body has no time of day there.
bool begins_mail(std::string_view line) {
    if (!line.starts_with("From ")) return false;
    for (std::size_t at = line.find(':'); at != std::string_view::npos; at = line.find(':', at + 1))
        if (at + 1 < line.size() && mail::is_digit(line[at - 1]) && mail::is_digit(line[at + 1])) return true;
    return false;
}

bool is_quoted_from(std::string_view line) {
    const auto end = line.find_first_not_of('>');
    return end != 0 && end != std::string_view::npos && line.substr(end).starts_with("From ");
}

// The lines of a file; a very long one comes in pieces, so that no file can fill the memory.
class Lines {
  public:
    explicit Lines(const std::string& path) : file_(path, std::ios::binary) {}

    [[nodiscard]] bool failed() const { return !file_.is_open() || file_.bad(); }

    // Valid until the next call. `begins`: it is not the rest of a line.
    struct Piece {
        std::string_view text;
        bool begins;
    };
    std::optional<Piece> next() {
        auto end = buffer_.find('\n', at_);
        while (end == std::string::npos && buffer_.size() - at_ < longest_piece && fill())
            end = buffer_.find('\n', at_);
        if (at_ == buffer_.size()) return std::nullopt;
        const auto size =
            end == std::string::npos ? std::min(buffer_.size() - at_, longest_piece) : end + 1 - at_;
        const Piece piece{std::string_view(buffer_).substr(at_, size), line_begins_};
        at_ += size;
        line_begins_ = piece.text.ends_with('\n');
        return piece;
    }

  private:
    bool fill() {
        buffer_.erase(0, at_);
        at_ = 0;
        const std::size_t before = buffer_.size();
        buffer_.resize(before + 4 * longest_piece);
        file_.read(buffer_.data() + before, 4 * longest_piece);
        buffer_.resize(before + static_cast<std::size_t>(file_.gcount()));
        return buffer_.size() > before;
    }

    std::ifstream file_;
    std::string buffer_;
    std::size_t at_ = 0;
    bool line_begins_ = true;
};

class Mbox : public MailFiles {
  public:
    Mbox(const std::string& path, std::uint64_t size, std::size_t max_size)
        : path_(path), max_size_(max_size), lines_(path) {
        bytes_ = size;
        const auto first = lines_.next();  // the first `From ` line, in whatever form
        if (first) bytes_read_ += first->text.size();
        open_ = first.has_value();
    }

    std::optional<FileMail> next() override {
        if (!open_) return std::nullopt;
        open_ = false;
        FileMail mail;
        mail.place =
            path_ + ", mail " + std::to_string(++number_) + " at byte " + std::to_string(bytes_read_);
        std::size_t size = 0;
        bool behind_empty_line = false;
        while (const auto piece = lines_.next()) {
            std::string_view text = piece->text;
            bytes_read_ += text.size();
            if (piece->begins && behind_empty_line && begins_mail(text)) {
                open_ = true;
                break;
            }
            behind_empty_line = piece->begins && is_empty_line(text);
            if (piece->begins && is_quoted_from(text)) text.remove_prefix(1);
            size += text.size();
            if (size <= max_size_) mail.raw += text;
        }
        if (lines_.failed())
            mail.problem = "cannot be read";
        else if (size > max_size_)
            mail.problem = too_large(max_size_);
        else
            finish(mail);
        return mail;
    }

  private:
    // The empty line before the next `From ` line is the mbox's and not the mail's.
    static void finish(FileMail& mail) {
        for (const std::string_view end : {"\r\n\r\n", "\n\n"})
            if (mail.raw.ends_with(end)) {
                mail.raw.resize(mail.raw.size() - end.size() / 2);
                break;
            }
        if (mail.raw.empty() || is_empty_line(mail.raw))
            mail.problem = "is empty";
        else
            mail.raw = as_it_travels(std::move(mail.raw));
    }

    const std::string path_;
    const std::size_t max_size_;
    Lines lines_;
    std::size_t number_ = 0;
    bool open_ = false;  // a `From ` line has been read, and its mail not yet
};

class Folder : public MailFiles {
  public:
    struct File {
        fs::path path;
        std::uint64_t size;
    };
    Folder(std::vector<File> files, std::size_t max_size) : files_(std::move(files)), max_size_(max_size) {
        // A maildir's names begin with the time of delivery, in `new` and in `cur`.
        std::ranges::sort(files_, {}, [](const File& file) {
            return std::pair(file.path.filename().native(), file.path.native());
        });
        for (const File& file : files_) bytes_ += file.size;
    }

    std::optional<FileMail> next() override {
        if (next_ == files_.size()) return std::nullopt;
        const File& file = files_[next_++];
        bytes_read_ += file.size;
        return read_mail_file(file.path.string(), max_size_);
    }

  private:
    std::vector<File> files_;
    const std::size_t max_size_;
    std::size_t next_ = 0;
};

bool hidden(const fs::path& path) {
    return path.filename().native().starts_with('.');
}

// Throws fs::filesystem_error.
std::vector<Folder::File> files_below(const fs::path& folder) {
    std::vector<Folder::File> files;
    for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
        if (hidden(at->path()))
            at.disable_recursion_pending();
        else if (at->is_regular_file())
            files.push_back({at->path(), at->file_size()});
    }
    return files;
}

OpenedMails open_folder(const fs::path& path, std::size_t max_size) {
    std::vector<Folder::File> files;
    if (fs::is_directory(path / "cur") && fs::is_directory(path / "new")) {
        files = files_below(path / "cur");
        std::ranges::move(files_below(path / "new"), std::back_inserter(files));
    } else {
        files = files_below(path);
    }
    return {std::make_unique<Folder>(std::move(files), max_size), ""};
}

}  // namespace

OpenedMails open_mail_files(const std::string& path, std::size_t max_size) try {
    if (fs::is_directory(path)) return open_folder(path, max_size);
    if (!fs::exists(path)) return {nullptr, "there is no " + path};
    if (!fs::is_regular_file(path)) return {nullptr, path + " is neither a file nor a folder"};
    std::array<char, 5> begin{};
    std::ifstream file(path, std::ios::binary);
    if (!file) return {nullptr, path + " cannot be read"};
    file.read(begin.data(), begin.size());
    if (file.gcount() > 0 && std::string_view(begin.data(), begin.size()) != "From ")
        return {nullptr, path + " is no mbox: it does not begin with 'From '; a folder is read file by file"};
    return {std::make_unique<Mbox>(path, fs::file_size(path), max_size), ""};
} catch (const fs::filesystem_error& error) {
    return {nullptr, error.path1().string() + ": " + error.code().message()};
}

FileMail read_mail_file(const std::string& path, std::size_t max_size) {
    FileMail mail{path, {}, {}};
    std::error_code error;
    const auto size = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        mail.problem = "cannot be read";
    } else if (size > max_size) {
        mail.problem = too_large(max_size);
    } else {
        mail.raw.resize(size);
        file.read(mail.raw.data(), static_cast<std::streamsize>(size));
        mail.raw.resize(static_cast<std::size_t>(file.gcount()));
        if (file.bad())
            mail.problem = "cannot be read";
        else if (mail.raw.empty())
            mail.problem = "is empty";
        else
            mail.raw = as_it_travels(std::move(mail.raw));
    }
    return mail;
}

std::string as_it_travels(std::string raw) {
    if (raw.starts_with("From ")) raw.erase(0, std::min(raw.find('\n'), raw.size() - 1) + 1);
    const auto first_end = raw.find('\n');
    const bool bare = first_end != std::string::npos && (first_end == 0 || raw[first_end - 1] != '\r');
    if (bare) {
        std::string wire;
        wire.reserve(raw.size() + raw.size() / 32);
        for (std::size_t at = 0; at < raw.size();) {
            const auto end = std::min(raw.find('\n', at), raw.size());
            wire.append(raw, at, end - at);
            if (end < raw.size()) wire += wire.ends_with('\r') ? "\n" : "\r\n";
            at = end + 1;
        }
        raw = std::move(wire);
    }
    if (!raw.empty() && !raw.ends_with("\r\n")) raw += "\r\n";
    return raw;
}

}  // namespace intake
