/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Defined in the program itself, malloc and its like take precedence over the C library's for all
 *  libraries. The sanitizers have a malloc of their own: there the linker's --wrap intercepts the
 *  requests of the library, which is linked in. */
#define _GNU_SOURCE
#include "failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WRAPPED
#endif
#endif

static _Thread_local int watched;
static _Thread_local unsigned left;
static _Thread_local bool reached;

void failing_begin(int who, unsigned n) {
    reached = false;
    left = n;
    watched = who;
}

bool failing_end(void) {
    watched = 0;
    return reached;
}

static atomic_int elsewhere;
static atomic_uint requests, period;
static _Thread_local bool spared;

void failing_elsewhere(int who, unsigned every) {
    spared = true;
    atomic_store(&period, every > 0 ? every : 1);
    atomic_store(&elsewhere, who);
}

static bool fails_elsewhere(int who) {
    return !spared && (atomic_load(&elsewhere) & who) != 0 &&
           (atomic_fetch_add(&requests, 1) * 2654435761u >> 16) % atomic_load(&period) == 0;
}

static bool fails(int who) {
    if (fails_elsewhere(who)) {
        errno = ENOMEM;
        return true;
    }
    if ((watched & who) == 0 || --left > 0) {
        return false;
    }
    watched = 0;
    reached = true;
    errno = ENOMEM;
    return true;
}

#if defined(__APPLE__)

/* Nobody's requests can be refused. */
bool failing_can(int who) {
    (void)who, (void)fails;
    return false;
}

#elif defined(WRAPPED)

bool failing_can(int who) {
    return (who & ~(LIBRARY | BLOCKS)) == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__real__Block_copy(const void *block);

void *__wrap_malloc(size_t size) {
    return fails(LIBRARY) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails(LIBRARY) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails(LIBRARY) ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails(LIBRARY) ? NULL : __real_aligned_alloc(alignment, size);
}

void *__wrap__Block_copy(const void *block) {
    return fails(BLOCKS) ? NULL : __real__Block_copy(block);
}

#else

bool failing_can(int who) {
    (void)who;
    return true;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local bool looking;

static int who_is(const void *caller) {
    Dl_info info;
    if (dladdr(caller, &info) == 0 || info.dli_fname == NULL) {
        return SYSTEM;
    }
    static const struct {
        const char *part;
        int who;
    } names[] = {{"libperbus", LIBRARY},
                 {"c_classes", LIBRARY},
                 {"libBlocksRuntime", BLOCKS},
                 {"libgnustep-base", FOUNDATION},
                 {"libobjc", RUNTIME}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strstr(info.dli_fname, names[i].part) != NULL) {
            return names[i].who;
        }
    }
    return SYSTEM;
}

/* Looking up the caller may allocate itself. */
static bool refuses(const void *caller) {
    if (looking || (watched == 0 && (spared || atomic_load(&elsewhere) == 0))) {
        return false;
    }
    looking = true;
    int who = who_is(caller);
    looking = false;
    return fails(who);
}

void *malloc(size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *memory = refuses(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    if (memory == NULL) {
        return ENOMEM;
    }
    *out = memory;
    return 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context) {
    static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (create == NULL) {
        looking = true;
        *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
        looking = false;
    }
    return fails(THREADS) ? EAGAIN : create(thread, attributes, run, context);
}

#endif
