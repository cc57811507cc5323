/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory that runs out: the n-th time that this thread asks for some, it gets none. */
#ifndef FAILING_H
#define FAILING_H

#include <stdbool.h>

/* Who asks: bits. */
enum {
    LIBRARY = 1,    /* perbus's own code */
    BLOCKS = 2,     /* copies of blocks, for it */
    FOUNDATION = 4, /* GNUstep's classes, for it */
    RUNTIME = 8,    /* the Objective-C runtime */
    SYSTEM = 16     /* all others: threads, libsamplerate */
};

/* From here on, the n-th request (from 1) of those who are in `who`. */
void failing_begin(int who, unsigned n);
/* Ends that; whether there has been such a request. */
bool failing_end(void);
/* Whether requests can be refused in this build for each of `who`. */
bool failing_can(int who);

#endif
