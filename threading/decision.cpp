#include "threading/decision.hpp"

namespace threading {
namespace {

using enum Outcome;

struct Line {
    Proof proof;
    Author author;
    // One outcome for each verdict, in the order pass, none, temperror, fail.
    std::array<Outcome, 4> outcomes;
};

// - What fails verification never speaks as the author that it claims: held, whatever the proof.
// - none and temperror speak, marked: most of the world's small domains still publish nothing.
// - A newcomer who knows an id has been forwarded the mail, or found it: joins marked.
// - An id that was only claimed, and the short id in a subject, are weak: strangers can know them.
// - Message-IDs are reused by broken senders; that alone joins nothing.
constexpr std::array<Line, 18> table = {{
    {Proof::signed_address, Author::participant, {join, join_marked, join_marked, hold}},
    {Proof::signed_address, Author::newcomer, {join_marked, join_marked, join_marked, hold}},
    {Proof::signed_address, Author::agent, {join, join_marked, join_marked, hold}},
    {Proof::stored_id, Author::participant, {join, join_marked, join_marked, hold}},
    {Proof::stored_id, Author::newcomer, {join_marked, join_marked, join_marked, hold}},
    {Proof::stored_id, Author::agent, {join, join_marked, join_marked, hold}},
    {Proof::claimed_id, Author::participant, {join, join_marked, join_marked, hold}},
    {Proof::claimed_id, Author::newcomer, {link, link, link, hold}},
    {Proof::claimed_id, Author::agent, {join, link, link, hold}},
    {Proof::same_id, Author::participant, {link, link, link, hold}},
    {Proof::same_id, Author::newcomer, {link, link, link, hold}},
    {Proof::same_id, Author::agent, {link, link, link, hold}},
    {Proof::short_id, Author::participant, {join, link, link, hold}},
    {Proof::short_id, Author::newcomer, {link, link, link, hold}},
    {Proof::short_id, Author::agent, {join, link, link, hold}},
    {Proof::none, Author::participant, {open, open, open, hold}},
    {Proof::none, Author::newcomer, {open, open, open, hold}},
    {Proof::none, Author::agent, {open, open, open, hold}},
}};

constexpr std::size_t index(Proof proof, Author author) {
    return static_cast<std::size_t>(proof) * authors.size() + static_cast<std::size_t>(author);
}

static_assert([] {
    for (const Proof proof : proofs)
        for (const Author author : authors) {
            const Line& line = table[index(proof, author)];
            if (line.proof != proof || line.author != author) return false;
        }
    return true;
}());

}  // namespace

Outcome decide(Proof proof, auth::Verdict verdict, Author author) {
    return table[index(proof, author)].outcomes[static_cast<std::size_t>(verdict)];
}

std::string_view name(Proof proof) {
    switch (proof) {
        case Proof::signed_address:
            return "signed_address";
        case Proof::stored_id:
            return "stored_id";
        case Proof::claimed_id:
            return "claimed_id";
        case Proof::same_id:
            return "same_id";
        case Proof::short_id:
            return "short_id";
        case Proof::none:
            return "none";
    }
    return "none";
}

std::string_view name(Author author) {
    switch (author) {
        case Author::participant:
            return "participant";
        case Author::newcomer:
            return "newcomer";
        case Author::agent:
            return "agent";
    }
    return "newcomer";
}

std::string_view name(Outcome outcome) {
    switch (outcome) {
        case open:
            return "open";
        case join:
            return "join";
        case join_marked:
            return "join_marked";
        case link:
            return "link";
        case hold:
            return "hold";
    }
    return "hold";
}

std::string row(Proof proof, auth::Verdict verdict, Author author) {
    std::string text(name(proof));
    text.append("/").append(name(verdict)).append("/").append(name(author));
    return text.append(": ").append(name(decide(proof, verdict, author)));
}

}  // namespace threading
