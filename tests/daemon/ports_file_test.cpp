#include "daemon/ports_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace program {
namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(PortsFile, IsReplacedAsAWhole) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "ticketgate_ports_file_test";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    const auto file = folder / "ports.json";
    write_ports_file(file.string(), {2525, 8080, 24});
    EXPECT_EQ(content_of(file), "{\"smtp\":2525,\"http\":8080,\"lmtp\":24}\n");
    write_ports_file(file.string(), {65535, 0, 0});
    EXPECT_EQ(content_of(file), "{\"smtp\":65535,\"http\":0,\"lmtp\":0}\n");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1)
        << "something was left beside it";
    std::filesystem::remove_all(folder);
}

TEST(PortsFile, SaysWhenItCannotBeWritten) {
    EXPECT_THROW(write_ports_file("/proc/no such folder/ports.json", {1, 2, 3}), std::system_error);
}

}  // namespace
}  // namespace program
