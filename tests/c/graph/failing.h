/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Running out of memory: the n-th allocation of this thread fails. */
#ifndef FAILING_H
#define FAILING_H

#include <stdbool.h>

/* The requesters, as bits. */
enum {
    LIBRARY = 1,    /* perbus's own code */
    BLOCKS = 2,     /* copies of blocks, for it */
    FOUNDATION = 4, /* GNUstep's classes, for it */
    RUNTIME = 8,    /* the Objective-C runtime */
    SYSTEM = 16,    /* all others: libsamplerate, libsndfile */
    THREADS = 32    /* the system, when it is asked for a thread */
};

/* Fails the n-th request (from 1) from now on by those in `who`. */
void failing_begin(int who, unsigned n);
/* Ends that; returns whether there was such a request. */
bool failing_end(void);
/* Until it is called with 0: of the requests by those in `who` on other threads than this one, one in
 *  `every` fails, in no regular order: code that makes the same requests again may not fail for ever. */
void failing_elsewhere(int who, unsigned every);
/* Whether requests can be refused in this build for each of `who`. */
bool failing_can(int who);

#endif
