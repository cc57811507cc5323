/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program with perbus linked in that loads another copy: from then on neither makes an engine, and
 * both say why in one line. */
#include <dlfcn.h>
#include <perbus/desk.h>
#include <stdio.h>
#include <string.h>

typedef perbus_status create(const perbus_format *, uint32_t, perbus_desk_engine **,
                             perbus_error *);

static int refuses(const char *which, create *create_offline) {
    perbus_desk_engine *engine = NULL;
    perbus_error error = {0, ""};
    perbus_status status = create_offline(&(perbus_format){.sample_rate = 48000.0, .channels = 2},
                                          512, &engine, &error);
    printf("%s: %s: %s\n", which, perbus_status_name(status), error.message);
    return status == PERBUS_ERROR_UNAVAILABLE && engine == NULL &&
           strchr(error.message, '\n') == NULL && strstr(error.message, "two copies") != NULL;
}

int main(int count, char **arguments) {
    perbus_desk_engine *engine;
    perbus_error error;
    if (count != 2 ||
        perbus_desk_engine_create_offline(&(perbus_format){.sample_rate = 48000.0, .channels = 2},
                                          512, &engine, &error) != PERBUS_OK) {
        return 2;
    }
    perbus_desk_engine_release(engine);
    void *other = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    void *symbol = other == NULL ? NULL : dlsym(other, "perbus_desk_engine_create_offline");
    if (symbol == NULL) {
        printf("%s\n", dlerror());
        return 2;
    }
    create *others;
    memcpy(&others, &symbol, sizeof others);
    return refuses("the loaded copy", others) &&
                   refuses("the one linked in", perbus_desk_engine_create_offline)
               ? 0
               : 1;
}
