#include "intake/trust.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

std::string shown(const std::optional<policy::TrustedSender>& sender) {
    return sender ? sender->author + " " + sender->identity + " " + sender->value : "nobody";
}

TEST(TrustOf, TheIdentityThatSaysMostOfTheAuthor) {
    const auto spf = [](const char* domain, const char* more = "") {
        return std::string(R"("spf":{"result":"pass","domain":")") + domain + "\"" + more + "}";
    };
    const auto dkim = [](const char* domain, const char* result = "pass") {
        return std::string(R"({"result":")") + result + R"(","domain":")" + domain + "\"}";
    };
    const struct {
        const char* why;
        std::string evidence;
        const char* expected;
    } rows[] = {
        {"her domain signs", "{\"dkim\":[" + dkim("client.example") + "]}", "dkim client.example"},
        {"one above hers signs", "{\"dkim\":[" + dkim("example") + "]}", "dkim example"},
        {"her own signature stands second",
         "{\"dkim\":[" + dkim("mailer.example") + "," + dkim("client.example") + "]}", "dkim client.example"},
        {"her own return path is better than another's signature",
         "{\"dkim\":[" + dkim("mailer.example") + "]," + spf("client.example") + "}", "spf client.example"},
        {"her own signature is better than her return path",
         "{\"dkim\":[" + dkim("client.example") + "]," + spf("client.example") + "}", "dkim client.example"},
        {"another's signature is better than another's return path",
         "{\"dkim\":[" + dkim("mailer.example") + "]," + spf("bounces.mailer.example") + "}",
         "dkim mailer.example"},
        {"of others' signatures the first",
         "{\"dkim\":[" + dkim("one.example") + "," + dkim("two.example") + "]}", "dkim one.example"},
        {"another's return path", "{" + spf("mailer.example") + "}", "spf mailer.example"},
        {"a name that only ends alike",
         "{\"dkim\":[" + dkim("lient.example") + "," + dkim("client.example") + "]}", "dkim client.example"},
        {"a signature that fails", "{\"dkim\":[" + dkim("client.example", "fail") + "]}", nullptr},
        {"SPF of a HELO name", "{" + spf("client.example", R"(,"helo":true)") + "}", nullptr},
        {"nothing", "{}", nullptr},
        {"no object", "[]", nullptr},
        {"no JSON", "{", nullptr},
        {"other types", R"({"dkim":7,"spf":[]})", nullptr},
        {"entries of other types", R"({"dkim":[7,{"result":"pass","domain":7}],"spf":{"result":"pass"}})",
         nullptr},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(shown(trust_of("ann@client.example", row.evidence, false)),
                  row.expected ? std::string("ann@client.example ") + row.expected : "nobody")
            << row.why;
        EXPECT_EQ(shown(trust_of("ann@client.example", row.evidence, true)),
                  row.expected ? std::string("@client.example ") + row.expected : "nobody")
            << row.why;
    }
    EXPECT_EQ(trust_of("ann@client.example", std::nullopt, false), std::nullopt) << "nothing was asked";
    EXPECT_EQ(trust_of("", "{" + spf("client.example") + "}", false), std::nullopt);
    EXPECT_EQ(trust_of("ann@", "{" + spf("client.example") + "}", true), std::nullopt);
}

}  // namespace
}  // namespace intake
