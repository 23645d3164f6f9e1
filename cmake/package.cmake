# `cpack` makes a .deb: the program, its units, a sample configuration, the manual and the documentation.
include(GNUInstallDirs)

set(manual ${PROJECT_BINARY_DIR}/ticketgate.8)
set(sample ${PROJECT_BINARY_DIR}/ticketgate.toml)
add_custom_command(OUTPUT ${manual}.gz
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/manual.sh $<TARGET_FILE:ticketgate> ${PROJECT_SOURCE_DIR}/docs/ticketgate.8.in >${manual}
  COMMAND gzip -9nf ${manual}
  DEPENDS ticketgate cmake/manual.sh docs/ticketgate.8.in)
add_custom_command(OUTPUT ${sample}
  COMMAND ticketgate config sample >${sample}
  DEPENDS ticketgate)
add_custom_target(package_files DEPENDS ${manual}.gz ${sample})

install(TARGETS ticketgate RUNTIME DESTINATION bin)
install(FILES ${sample} DESTINATION /etc/ticketgate)
install(FILES ${manual}.gz DESTINATION share/man/man8)
install(FILES systemd/ticketgate.service systemd/ticketgate.socket systemd/ticketgate-tls.socket systemd/ticketgate-lmtp.socket
  DESTINATION lib/systemd/system)
install(FILES systemd/ticketgate.sysusers DESTINATION lib/sysusers.d RENAME ticketgate.conf)
install(FILES systemd/ticketgate.tmpfiles DESTINATION lib/tmpfiles.d RENAME ticketgate.conf)
install(PROGRAMS systemd/renewal-hook DESTINATION lib/ticketgate)
file(GLOB pages CONFIGURE_DEPENDS docs/*.md)
install(FILES README.md ${pages} DESTINATION share/doc/ticketgate)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ticketgate)
set(CPACK_PACKAGE_CONTACT "The ticketgate project <ticketgate@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mail server of a support desk: mail in, tickets out")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Its sysusers and tmpfiles are needed when the package is installed, whatever runs the service.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd (>= 252) | systemd-standalone-sysusers, systemd (>= 252) | systemd-standalone-tmpfiles")
# Certificates of smarthosts and MTA-STS are verified by it.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql (>= 15), certbot, dns-root-data")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/cmake/deb/conffiles ${PROJECT_SOURCE_DIR}/cmake/deb/postinst
  ${PROJECT_SOURCE_DIR}/cmake/deb/prerm ${PROJECT_SOURCE_DIR}/cmake/deb/postrm)
include(CPack)
