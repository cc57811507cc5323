/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is not read: each with a reason that names it. */
#include "file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void system_refusals(void) {
    perbus_file *file = NULL;
    perbus_error error = {0, ""};
    check_refused("missing.wav", PERBUS_ERROR_FILE, "missing.wav");
    CHECK(perbus_file_open("missing.wav", &file, &error) == PERBUS_ERROR_FILE);
    CHECK(error.os_code == ENOENT);
    check_refused(".", PERBUS_ERROR_FILE, "irectory");
    CHECK(mkfifo("pipe.wav", 0600) == 0);
    check_refused("pipe.wav", PERBUS_ERROR_FILE, "not a regular file");
    run("touch closed.wav && chmod 0 closed.wav");
    if (geteuid() != 0) {
        check_refused("closed.wav", PERBUS_ERROR_FILE, "closed.wav");
    }
    run(": > empty.wav");
    check_refused("empty.wav", PERBUS_ERROR_DAMAGED, "empty");
}

/* Files that hold, or begin with, something that looks like sound further inside. */
static void other_containers(void) {
    run("sox -R -n -b 16 -r 44100 -c 1 inside.wav synth 0.5 pinknoise gain -6");
    run("tar cf archive.wav inside.wav");
    check_refused("archive.wav", PERBUS_ERROR_UNSUPPORTED, "tar");
    run("ffmpeg -v error -i inside.wav -c:a wavpack packed.wv");
    check_refused("packed.wv", PERBUS_ERROR_UNSUPPORTED, "WavPack");
    run("ffmpeg -v error -i inside.wav -c:a libmp3lame inside.mka");
    check_refused("inside.mka", PERBUS_ERROR_UNSUPPORTED, "Matroska");
    run("ffmpeg -v error -i inside.wav inside.m4a");
    check_refused("inside.m4a", PERBUS_ERROR_UNSUPPORTED, "MP4");
    run("ffmpeg -v error -i inside.wav inside.aac");
    check_refused("inside.aac", PERBUS_ERROR_UNSUPPORTED, "ADTS");
    run("ffmpeg -v error -i inside.wav -c:a flac inside.oga");
    check_refused("inside.oga", PERBUS_ERROR_UNSUPPORTED, "Ogg FLAC");
    run("ffmpeg -v error -i inside.wav -c:a alac inside.caf");
    check_refused("inside.caf", PERBUS_ERROR_UNSUPPORTED, "CAF with ALAC");
    run("ffmpeg -v error -i inside.wav -c:a libmp3lame -f wav mp3.wav");
    check_refused("mp3.wav", PERBUS_ERROR_UNSUPPORTED, "MP3");
    run("(printf 'MAC \\226\\017\\0\\0'; cat inside.wav) > inside.ape");
    check_refused("inside.ape", PERBUS_ERROR_UNSUPPORTED, "Monkey's Audio");
    run("(printf 'hello, '; cat inside.wav) > text.wav");
    check_refused("text.wav", PERBUS_ERROR_UNSUPPORTED, "68 65 6C 6C");
    run("gzip -c inside.wav > inside.wav.gz");
    check_refused("inside.wav.gz", PERBUS_ERROR_UNSUPPORTED, "gzip");
}

/* The name does not matter, and may have any bytes. */
static void names(void) {
    run("cp inside.wav 'a b\n\".mp3'");
    sound all = read_all("a b\n\".mp3");
    CHECK(all.status == PERBUS_OK && all.frames == 22050);
    free_sound(&all);
    run("cp inside.wav \"$(printf 'caf\\351.wav')\"");
    all = read_all("caf\xE9.wav");
    CHECK(all.frames == 22050 && strcmp(all.info.container, "WAV") == 0);
    free_sound(&all);
    check_refused("no\xE9\n.wav", PERBUS_ERROR_FILE, "no\\xE9\\x0A.wav");
    char long_name[3000];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    check_refused(long_name, PERBUS_ERROR_FILE, "aaa: it cannot be opened");
}

static void wrong_arguments(void) {
    perbus_file *file = NULL;
    uint64_t got = 7;
    float memory[16], *planes[] = {memory, memory}, *holes[] = {NULL};
    WORKS(perbus_file_open("inside.wav", &file, &error));
    REJECTS(perbus_file_read, file, planes, 2, 16, &got);
    REJECTS(perbus_file_read, file, NULL, 1, 16, &got);
    REJECTS(perbus_file_read, file, planes, 1, 16, NULL);
    REJECTS(perbus_file_get_info, file, NULL);
    REJECTS(perbus_file_read, file, holes, 1, 16, &got);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_file_seek, file, -1);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_file_seek, file, 22051);
    WORKS(perbus_file_seek(file, 22050, &error));
    WORKS(perbus_file_read(file, planes, 1, 16, &got, &error));
    CHECK(got == 0);
    WORKS(perbus_file_seek(file, 22040, &error));
    WORKS(perbus_file_read(file, planes, 1, 16, &got, &error));
    CHECK(got == 10);
    WORKS(perbus_file_read(file, planes, 1, 0, &got, &error));
    CHECK(got == 0);
    perbus_file_destroy(file);
}

void test_refusals(void) {
    system_refusals();
    other_containers();
    names();
    wrong_arguments();
}
