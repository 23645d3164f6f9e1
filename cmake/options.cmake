# Flags live in one INTERFACE target; nothing is set globally but the language standard.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(TICKETGATE_TESTS "Build the tests, which need GoogleTest" ON)
set(TICKETGATE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

option(TICKETGATE_FUZZ "Build the targets of tests/fuzz for libFuzzer" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(ticketgate_options INTERFACE)
target_include_directories(ticketgate_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(ticketgate_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wimplicit-fallthrough -Werror
  -fstack-protector-strong -fno-omit-frame-pointer -gline-tables-only)
target_compile_definitions(ticketgate_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(ticketgate_options INTERFACE -Wl,-z,relro,-z,now)
if(TICKETGATE_SANITIZE)
  target_compile_options(ticketgate_options INTERFACE
    -fsanitize=${TICKETGATE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(ticketgate_options INTERFACE -fsanitize=${TICKETGATE_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(ticketgate_options INTERFACE _FORTIFY_SOURCE=2)
endif()

# ticketgate_library(name SOURCES a.cpp ... LINKS other ...): one target a folder.
function(ticketgate_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(ticketgate_${name} STATIC ${arg_SOURCES})
    target_link_libraries(ticketgate_${name} PUBLIC ticketgate_options ${arg_LINKS})
  else()
    add_library(ticketgate_${name} INTERFACE)
    target_link_libraries(ticketgate_${name} INTERFACE ticketgate_options ${arg_LINKS})
  endif()
endfunction()
