/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The parts of this program. */
#ifndef GRAPH_H
#define GRAPH_H

void test_moves(void);
void test_depth(void);
void test_refusals(void);
void test_growth(void);
void test_memory(void);

#endif
