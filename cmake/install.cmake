# `cmake --install build/release --prefix <folder>`: programs, libraries and headers for find_package(learning_loop),
# ONNX Runtime if tools/fetch_onnxruntime brought it, and the documents.
include(CMakePackageConfigHelpers)
set(ll_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/learning_loop)
set(ll_fetched_onnxruntime ${PROJECT_SOURCE_DIR}/build/third_party/onnxruntime)

install(TARGETS learning-loop)
install(EXPORT learning_loop NAMESPACE learning_loop:: DESTINATION ${ll_package_dir} FILE learning_loop-targets.cmake)
configure_package_config_file(cmake/learning_loop-config.cmake.in learning_loop-config.cmake
    INSTALL_DESTINATION ${ll_package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(learning_loop-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/learning_loop-config.cmake
    ${PROJECT_BINARY_DIR}/learning_loop-config-version.cmake
    cmake/plain_libraries.cmake
    DESTINATION ${ll_package_dir})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN CMakeLists.txt EXCLUDE)

set(ll_notices_arguments "")
cmake_path(IS_PREFIX ll_fetched_onnxruntime "${LL_ONNXRUNTIME_LIBRARY}" NORMALIZE ll_onnxruntime_is_fetched)
if(LL_WITH_ONNX AND ll_onnxruntime_is_fetched)
    install(DIRECTORY ${ll_fetched_onnxruntime}/lib/ DESTINATION ${CMAKE_INSTALL_LIBDIR}/learning_loop)
    install(FILES ${ll_fetched_onnxruntime}/LICENSE ${ll_fetched_onnxruntime}/ThirdPartyNotices.txt
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/onnxruntime)
    set(ll_notices_arguments --onnx-runtime ${ll_fetched_onnxruntime})
endif()

# What the program is linked with is known only after it was; what it says of licences is read from Debian's packages.
find_program(LL_DPKG_QUERY dpkg-query)
if(LL_DPKG_QUERY AND CMAKE_BUILD_TYPE STREQUAL "Release")
    find_program(LL_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
    set(ll_notices ${PROJECT_BINARY_DIR}/THIRD_PARTY_NOTICES)
    add_custom_command(OUTPUT ${ll_notices}
        COMMAND ${LL_SYSTEM_PYTHON} -B ${PROJECT_SOURCE_DIR}/tools/third_party_notices.py
            $<TARGET_FILE:learning-loop> ${ll_notices} ${ll_notices_arguments}
        DEPENDS learning-loop ${PROJECT_SOURCE_DIR}/tools/third_party_notices.py
        COMMENT "Writing THIRD_PARTY_NOTICES" VERBATIM)
    add_custom_target(third_party_notices ALL DEPENDS ${ll_notices})
    install(FILES ${ll_notices} DESTINATION ${CMAKE_INSTALL_DOCDIR})
else()
    message(STATUS "THIRD_PARTY_NOTICES are made by the preset release on Debian only")
endif()
