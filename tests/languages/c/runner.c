/* The runner in C: runs scripts, line by line. See README.md. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static void run_line(void);

static void run_batch(void *context) {
    while (next < *(size_t *)context) {
        run_line();
    }
}

static void run_line(void) {
    missing = false;
    no_bus = PERBUS_OK;
    word_count = 0;
    for (char *word = strtok(lines[next], " "); word != NULL; word = strtok(NULL, " ")) {
        if (word_count == MAX_WORDS) {
            fail("too many words");
        }
        words[word_count++] = word;
    }
    line = ++next;
    if (strcmp(words[0], "batch") == 0) {
        size_t number_of_line = line, end = next + number(2);
        perbus_desk_engine *engine = find(1);
        perbus_status status =
            engine != NULL ? perbus_desk_engine_batch(engine, run_batch, &end, &error) : PERBUS_OK;
        missing = engine == NULL;
        no_bus = PERBUS_OK;
        line = number_of_line;
        good(status);
    } else if (!(run_graph() || run_strips() || run_groups() || run_automation() || run_scenes() ||
                 run_nodes() || run_listening())) {
        fail("no such operation");
    }
    fputc('\n', out);
    perbus_desk_bus_release(last_bus);
    last_bus = NULL;
}

static void run_file(const char *path) {
    char name[4096];
    snprintf(name, sizeof name, "%s.c", path);
    script = path;
    FILE *file = fopen(path, "r");
    out = fopen(name, "w");
    if (file == NULL || out == NULL) {
        fail(path);
    }
    size_t room = 0;
    for (line_count = next = 0;; line_count++) {
        if (line_count == MAX_LINES) {
            fail("too many lines");
        }
        lines[line_count] = NULL;
        ssize_t length = getline(&lines[line_count], (room = 0, &room), file);
        if (length < 0) {
            free(lines[line_count]);
            break;
        }
        lines[line_count][length - 1] = '\0';
    }
    memset(ends, 0, sizeof ends);
    scheduled = ended = object_count = 0;
    while (next < line_count) {
        run_line();
    }
    /* Handles go with the program. */
    for (size_t i = 0; i < line_count; i++) {
        free(lines[i]);
    }
    fclose(file);
    if (fclose(out) != 0) {
        fail(name);
    }
}

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) {
        run_file(paths[i]);
    }
    return 0;
}
