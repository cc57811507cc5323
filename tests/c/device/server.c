/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A PulseAudio or PipeWire server with two null sinks, as plain processes. */
#define _GNU_SOURCE
#include "device.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/perbus-device-XXXXXX";
static char server_socket[64], script[64], log_file[64], recorded[64];
static bool pipewire;
static pid_t recorder;
/* In the order of their start. */
static pid_t servers[4];
static size_t server_count;

double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void wait_for(double duration) {
    struct timespec pause = {(time_t)duration, (long)((duration - (time_t)duration) * 1e9)};
    nanosleep(&pause, NULL);
}

static bool is_installed(const char *program) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static bool is_missing(const char *const *programs) {
    for (; *programs != NULL; programs++) {
        if (!is_installed(*programs)) {
            printf("device tests on %s are skipped: %s is missing (make deps)\n", server_host(),
                   *programs);
            return true;
        }
    }
    return false;
}

const char *server_host(void) {
    return pipewire ? "PipeWire" : "PulseAudio";
}

bool server_set_up(bool of_pipewire) {
    const char *const pulse_programs[] = {"pulseaudio", "pactl", "parec", NULL};
    const char *const pipewire_programs[] = {
        "dbus-daemon", "pipewire", "wireplumber", "pipewire-pulse", "pactl", "parec", NULL};
    pipewire = of_pipewire;
    if (is_missing(pipewire ? pipewire_programs : pulse_programs)) {
        return false;
    }
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        exit(1);
    }
    snprintf(server_socket, sizeof server_socket, "%s/%s", folder,
             pipewire ? "pulse/native" : "socket");
    snprintf(script, sizeof script, "%s/script", folder);
    snprintf(log_file, sizeof log_file, "%s/log", folder);
    snprintf(recorded, sizeof recorded, "%s/recorded", folder);
    char address[80];
    snprintf(address, sizeof address, "unix:%s", server_socket);
    setenv("HOME", folder, 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("PULSE_SERVER", address, 1);
    unsetenv("DISPLAY");
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
    unsetenv("PERBUS_AUDIO");
    char alsa[64];
    snprintf(alsa, sizeof alsa, "%s/.asoundrc", folder);
    FILE *file = fopen(alsa, "w");
    if (file != NULL) {
        fprintf(file, "pcm.!default { type pulse }\nctl.!default { type pulse }\n");
        fclose(file);
    }
    file = fopen(script, "w");
    if (file == NULL) {
        perror(script);
        exit(1);
    }
    fprintf(file, "load-module module-native-protocol-unix auth-anonymous=1 socket=%s\n",
            server_socket);
    const char *const sinks[] = {"first", "second"};
    for (size_t i = 0; i < 2; i++) {
        fprintf(file,
                "load-module module-null-sink sink_name=%s format=float32le rate=%d channels=2 "
                "norewinds=1 sink_properties=device.description=Sink-%s\n",
                sinks[i], RATE, sinks[i]);
    }
    fprintf(file, "set-default-sink first\n");
    fclose(file);
    return true;
}

/* Its output, and what it says on stderr, go into files. */
static pid_t run(char *const words[], const char *output) {
    pid_t child = fork();
    if (child == 0) {
        /* Nothing stays behind when the test is killed. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int log = open(log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(out, 1);
        dup2(log, 2);
        execvp(words[0], words);
        _exit(127);
    }
    return child;
}

static bool accepts(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    /* Not waiting: a server whose queue of connections is full might never come to take this one. */
    int end = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bool accepted = connect(end, (struct sockaddr *)&address, sizeof address) == 0;
    close(end);
    return accepted;
}

/* Starts a server that will have this socket. */
static void start(char *const words[], const char *path) {
    unlink(path);
    servers[server_count++] = run(words, "/dev/null");
    for (int i = 0; i < 1000 && !accepts(path); i++) {
        wait_for(0.01);
    }
    if (!accepts(path)) {
        char command[80];
        printf("%s does not start; its log:\n", words[0]);
        fflush(stdout);
        snprintf(command, sizeof command, "cat %s", log_file);
        (void)!system(command);
        exit(1);
    }
}

static void start_pipewire(void) {
    char bus[64], core[64], address[100];
    snprintf(bus, sizeof bus, "%s/bus", folder);
    snprintf(core, sizeof core, "%s/pipewire-0", folder);
    snprintf(address, sizeof address, "--address=unix:path=%s", bus);
    char *const daemon[] = {"dbus-daemon", "--session", "--nofork", address, NULL};
    start(daemon, bus);
    snprintf(address, sizeof address, "unix:path=%s", bus);
    setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
    start((char *const[]){"pipewire", NULL}, core);
    servers[server_count++] = run((char *const[]){"wireplumber", NULL}, "/dev/null");
    start((char *const[]){"pipewire-pulse", NULL}, server_socket);
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
    const char *const sinks[] = {"first", "second"};
    for (size_t i = 0; i < 2; i++) {
        char words[200];
        snprintf(words, sizeof words,
                 "load-module module-null-sink sink_name=%s rate=%d channels=2 "
                 "sink_properties=device.description=Sink-%s",
                 sinks[i], RATE, sinks[i]);
        server_control(words);
    }
    server_control("set-default-sink first");
}

void server_start(void) {
    if (pipewire) {
        start_pipewire();
        return;
    }
    char *const words[] = {
        "pulseaudio",        "-n", "-F", script, "--daemonize=no", "--exit-idle-time=-1",
        "--use-pid-file=no", NULL};
    start(words, server_socket);
}

void server_kill(void) {
    while (server_count > 0) {
        pid_t last = servers[--server_count];
        kill(last, SIGKILL);
        waitpid(last, NULL, 0);
    }
}

void server_freeze(bool frozen) {
    for (size_t i = 0; i < server_count; i++) {
        kill(servers[i], frozen ? SIGSTOP : SIGCONT);
    }
}

void server_control(const char *words) {
    char command[256];
    snprintf(command, sizeof command, "timeout 30 pactl %s >/dev/null 2>>%s", words, log_file);
    CHECK(system(command) == 0);
}

void recording_start(const char *sink) {
    char device[64], rate[32];
    snprintf(device, sizeof device, "--device=%s.monitor", sink);
    snprintf(rate, sizeof rate, "--rate=%d", RATE);
    char *const words[] = {
        "parec", device, rate, "--channels=2", "--format=float32le", "--raw", "--latency-msec=20",
        NULL};
    unlink(recorded);
    recorder = run(words, recorded);
    /* It records silence, too, so it has begun once there is some. */
    struct stat status = {.st_size = 0};
    for (int i = 0; i < 500 && (stat(recorded, &status) != 0 || status.st_size == 0); i++) {
        wait_for(0.01);
    }
    CHECK(status.st_size > 0);
}

/* Ends a process that ends by itself when asked to, and otherwise all the same. */
static void end_process(pid_t process) {
    kill(process, SIGTERM);
    for (int i = 0; i < 500; i++) {
        if (waitpid(process, NULL, WNOHANG) != 0) {
            return;
        }
        wait_for(0.01);
    }
    printf("a recorder did not end within 5 s\n");
    check_failures++;
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
}

float *recording_end(size_t *frames) {
    end_process(recorder);
    struct stat status = {.st_size = 0};
    CHECK(stat(recorded, &status) == 0);
    size_t bytes = (size_t)status.st_size;
    float *samples = malloc(bytes + 1);
    FILE *file = fopen(recorded, "rb");
    CHECK(file != NULL && fread(samples, 1, bytes, file) == bytes);
    fclose(file);
    *frames = bytes / (2 * sizeof(float));
    return samples;
}

void server_tear_down(void) {
    server_kill();
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
}
