// Where the fields of a header block stand in the raw bytes: our own index, so that nothing is lost.
//
// Linear and total. A field is kept as written, folds included; NUL and 8-bit bytes do no harm. Skipped
// before the block: BOM, blank lines, a leading mbox `From ` line. Lines end with LF, CRLF, CR CR LF; bare
// CR ends them where a mail has no LF at all. A line that is no field continues the one before where that was
// clearly folded (a fold that lost its blank), is passed over where the block goes on behind it (a field
// follows, or, in a mail's own header, a From, Subject, ... that it has not had yet), and else begins the
// body. Of repeated fields find() gives the first, which is what mail programs show and DMARC checks. RFC
// 5322 §2.2, §3.6, §4.5. Bounds: 256 KB and 5,000 fields; what is past them is not indexed (`truncated`), the
// body is still found.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_header_bytes = 256 * 1024;
inline constexpr std::size_t max_header_fields = 5000;

struct Field {
    std::string_view name;
    std::string_view value;  // raw, folded, without the last line end
    std::string_view line;   // the whole field with its line end
};

struct HeaderIndex {
    std::vector<Field> fields;
    std::size_t begin = 0;  // of the block in the raw bytes
    std::size_t body = 0;   // behind the empty line
    bool truncated = false;

    [[nodiscard]] const Field* find(std::string_view name) const;  // the first; case does not matter
};

struct Line {
    std::string_view text;  // without line end, trailing CRs included
    std::size_t next = 0;   // where the following line begins
};
[[nodiscard]] Line line_at(std::string_view raw, std::size_t at, char line_end = '\n');

// '\n', or '\r' for a mail that has no LF at all.
[[nodiscard]] char line_end_of(std::string_view raw);

enum class BoundaryMatch { none, open, close };
// RFC 2046 §5.1.1: the whole line is `--boundary` or `--boundary--`, then only blanks.
[[nodiscard]] BoundaryMatch match_boundary(std::string_view line, std::string_view boundary);

[[nodiscard]] HeaderIndex index_header(std::string_view raw);
// The header of a body part: nothing to skip before it, and a line of an open boundary ends it.
[[nodiscard]] HeaderIndex index_part_header(std::string_view raw, std::size_t at,
                                            std::span<const std::string_view> open_boundaries);

// The value with its folds opened (RFC 5322 §2.2.3), leading and trailing blanks gone.
[[nodiscard]] std::string unfold(std::string_view value);

}  // namespace mail
