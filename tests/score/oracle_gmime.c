/* What GMime reads in each mail named on the command line: one JSON object a line, for oracles.py.
 *
 * Addresses without their names, ids without brackets, the date in seconds since 1970, and a SHA-256 over
 * the decoded bytes of every leaf, "type digest is-attachment".
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

static void print_string(const char *text) {
    char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
    putchar('"');
    for (const unsigned char *p = (const unsigned char *)valid; *p != '\0'; ++p) {
        if (*p == '"' || *p == '\\')
            printf("\\%c", *p);
        else if (*p < 0x20)
            printf("\\u%04x", *p);
        else
            putchar(*p);
    }
    putchar('"');
    g_free(valid);
}

static void print_mailboxes(InternetAddressList *list, const char **separator) {
    for (int i = 0; list != NULL && i < internet_address_list_length(list); ++i) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            print_mailboxes(INTERNET_ADDRESS_GROUP(address)->members, separator);
        } else {
            fputs(*separator, stdout);
            print_string(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
            *separator = ",";
        }
    }
}

static void print_addresses(const char *key, InternetAddressList *list) {
    const char *separator = "";
    printf("\"%s\":[", key);
    print_mailboxes(list, &separator);
    fputs("],", stdout);
}

static void print_leaf(GMimeObject *parent, GMimeObject *part, gpointer data) {
    (void)parent;
    const char **separator = data;
    GMimeStream *memory = g_mime_stream_mem_new();
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (message != NULL) g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, memory);
    } else if (GMIME_IS_PART(part)) {
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
        if (content != NULL) g_mime_data_wrapper_write_to_stream(content, memory);
    } else {
        g_object_unref(memory);
        return;
    }
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
    char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    const char *disposition = g_mime_object_get_disposition(part);
    const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
    gboolean attached = name != NULL || (disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0);
    char *lower_type = g_ascii_strdown(type, -1);
    char *line = g_strdup_printf("%s %s %d", lower_type, digest, attached);
    fputs(*separator, stdout);
    print_string(line);
    *separator = ",";
    g_free(line);
    g_free(lower_type);
    g_free(type);
    g_free(digest);
    g_object_unref(memory);
}

/* As g_mime_message_foreach(), but a forwarded mail is one leaf. */
static void each_leaf(GMimeObject *parent, GMimeObject *part, const char **separator) {
    if (GMIME_IS_MULTIPART(part)) {
        for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(part)); ++i)
            each_leaf(part, g_mime_multipart_get_part(GMIME_MULTIPART(part), i), separator);
    } else if (part != NULL) {
        print_leaf(parent, part, separator);
    }
}

static void print_mail(const char *path) {
    GMimeStream *stream = g_mime_stream_file_open(path, "rb", NULL);
    GMimeParser *parser = stream == NULL ? NULL : g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = parser == NULL ? NULL : g_mime_parser_construct_message(parser, NULL);
    if (message == NULL) {
        puts("null");
    } else {
        const char *separator = "";
        GDateTime *date = g_mime_message_get_date(message);
        fputs("{\"subject\":", stdout);
        print_string(g_mime_message_get_subject(message));
        fputs(",\"message_id\":", stdout);
        print_string(g_mime_message_get_message_id(message));
        fputs(",\"date\":", stdout);
        if (date != NULL)
            printf("%" G_GINT64_FORMAT ",", g_date_time_to_unix(date));
        else
            fputs("null,", stdout);
        print_addresses("from", g_mime_message_get_from(message));
        print_addresses("to", g_mime_message_get_to(message));
        print_addresses("cc", g_mime_message_get_cc(message));
        fputs("\"leaves\":[", stdout);
        each_leaf(NULL, g_mime_message_get_mime_part(message), &separator);
        puts("]}");
        g_object_unref(message);
    }
    if (parser != NULL) g_object_unref(parser);
    if (stream != NULL) g_object_unref(stream);
    fflush(stdout);
}

int main(int argc, char **argv) {
    g_mime_init();
    for (int i = 1; i < argc; ++i) print_mail(argv[i]);
    g_mime_shutdown();
    return 0;
}
