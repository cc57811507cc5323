/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arguments of any value, drawn from the bytes of a run. */
#ifndef DRAW_H
#define DRAW_H

#include "perbus.h"

/* The bytes to draw from; once they are used up, everything is 0. */
void draw_from(const uint8_t *data, size_t size);
bool draw_ended(void);
/* A number below the limit, which is not 0. */
uint32_t draw_below(uint32_t limit);
/* Mostly small. */
uint32_t draw_u32(void);
uint64_t draw_u64(void);
/* Mostly in the range of volumes and pans; seldom huge, or no number. */
double draw_number(void);
perbus_format draw_format(void);

#endif
