#include "policy/trust.hpp"

#include <gtest/gtest.h>

namespace policy {
namespace {

struct Found {
    auth::Result spf = auth::Result::none;
    std::string spf_domain;
    bool helo = false;
    std::vector<std::pair<auth::Result, std::string>> dkim;
};

auth::Authentication authentication(const Found& found) {
    auth::Authentication result;
    result.spf.result = found.spf;
    result.spf.domain = found.spf_domain;
    result.spf.helo = found.helo;
    for (const auto& [outcome, domain] : found.dkim) {
        auth::DkimSignature signature;
        signature.result = outcome;
        signature.domain = domain;
        result.dkim.push_back(signature);
    }
    return result;
}

TEST(Trust, WantsTheAuthorAndTheIdentityThatTheyWereSeenWith) {
    using auth::Result;
    const TrustedSenders trusted{{"ann@client.example", "dkim", "client.example"},
                                 {"ann@client.example", "spf", "bounces.client.example"},
                                 {"@shop.example", "dkim", "mailer.example"}};
    const struct {
        const char* why;
        const char* author;
        Found found;
        bool trusts;
    } rows[] = {
        {"her signature", "ann@client.example", {.dkim = {{Result::pass, "client.example"}}}, true},
        {"her return path", "ann@client.example", {Result::pass, "bounces.client.example", false, {}}, true},
        {"a second signature",
         "ann@client.example",
         {.dkim = {{Result::fail, "x.example"}, {Result::pass, "client.example"}}},
         true},
        {"a signature that fails", "ann@client.example", {.dkim = {{Result::fail, "client.example"}}}, false},
        {"another's signature", "ann@client.example", {.dkim = {{Result::pass, "mailer.example"}}}, false},
        {"SPF of the domain that signs",
         "ann@client.example",
         {Result::pass, "client.example", false, {}},
         false},
        {"SPF of the HELO name",
         "ann@client.example",
         {Result::pass, "bounces.client.example", true, {}},
         false},
        {"SPF that fails",
         "ann@client.example",
         {Result::softfail, "bounces.client.example", false, {}},
         false},
        {"her colleague", "bob@client.example", {.dkim = {{Result::pass, "client.example"}}}, false},
        {"anybody of a domain", "bob@shop.example", {.dkim = {{Result::pass, "mailer.example"}}}, true},
        {"below that domain", "bob@a.shop.example", {.dkim = {{Result::pass, "mailer.example"}}}, false},
        {"nobody", "", {.dkim = {{Result::pass, "client.example"}}}, false},
        {"nothing verified", "ann@client.example", {}, false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(trusts(trusted, row.author, authentication(row.found)), row.trusts) << row.why;
    EXPECT_FALSE(trusts({}, "ann@client.example", authentication(rows[0].found)));
}

TEST(Trust, TheDomainOfAnAuthor) {
    EXPECT_EQ(domain_of_author("ann@client.example"), "@client.example");
    EXPECT_EQ(domain_of_author("\"a@b\"@client.example"), "@client.example");
    EXPECT_EQ(domain_of_author("nobody"), "");
}

}  // namespace
}  // namespace policy
