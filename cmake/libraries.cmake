# What the house stands on; docs/dependencies.md says why each was chosen.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(LibXml2 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(GTest REQUIRED)

# mimetic and zstd ship no CMake package in Debian 12.
find_library(MIMETIC_LIBRARY mimetic REQUIRED)
find_path(MIMETIC_INCLUDE mimetic/mimetic.h REQUIRED)
add_library(mimetic INTERFACE)
target_link_libraries(mimetic INTERFACE ${MIMETIC_LIBRARY})
target_include_directories(mimetic SYSTEM INTERFACE ${MIMETIC_INCLUDE})

find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(zstd INTERFACE)
target_link_libraries(zstd INTERFACE ${ZSTD_LIBRARY})
