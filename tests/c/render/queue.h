/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the two parts of this program share. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int failures;

#define CHECK(condition, ...)                                      \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                   \
            printf("\n");                                          \
            if (++failures > 5) {                                  \
                exit(1);                                           \
            }                                                      \
        }                                                          \
    } while (0)

/* Below a limit, and the same in every run. */
uint32_t chance(uint32_t below);

/* A block takes no more steps than it should, whatever is queued. */
void steps_are_bounded(void);

#endif
