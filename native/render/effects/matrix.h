// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A matrix mixer: routes every input channel to every output channel, each route with its own gain.
// Control threads write the levels; the audio thread turns a change of a route's gain into a ramp.
#ifndef PBR_MATRIX_H
#define PBR_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

// out[o] = master * output volume[o] * sum over i of in[i] * input volume[i] * crosspoint[i][o].
// Channels are numbered across all buses of a side. Reference-counted, because several plans may
// name one.
typedef struct pbr_matrix pbr_matrix;

// All levels 0, all channels on. NULL when memory runs out.
pbr_matrix *pbr_matrix_create(uint32_t inputs, uint32_t outputs);
pbr_matrix *pbr_matrix_retain(pbr_matrix *matrix);
void pbr_matrix_release(pbr_matrix *matrix);

uint32_t pbr_matrix_inputs(const pbr_matrix *matrix);
uint32_t pbr_matrix_outputs(const pbr_matrix *matrix);

// Any thread. The place of a level is (input, output); input == inputs means an output volume,
// output == outputs an input volume, and both the master.
float pbr_matrix_level(const pbr_matrix *matrix, uint32_t input, uint32_t output);
// Not heard until pbr_matrix_commit, so that many levels can change at once.
void pbr_matrix_set_level(pbr_matrix *matrix, uint32_t input, uint32_t output, float level);
void pbr_matrix_set_input_on(pbr_matrix *matrix, uint32_t input, bool on);
void pbr_matrix_set_output_on(pbr_matrix *matrix, uint32_t output, bool on);
void pbr_matrix_commit(pbr_matrix *matrix);

// Audio thread, real-time safe. A block: begin, name the channels in use, render.
void pbr_matrix_begin(pbr_matrix *matrix);
// joined: the channel sounds in the block's first frame and did in the one before. Otherwise a
// change of its levels takes effect at once.
void pbr_matrix_use_input(pbr_matrix *matrix, uint32_t input, const float *samples, bool joined);
void pbr_matrix_use_output(pbr_matrix *matrix, uint32_t output, float *samples);
// Adds to the outputs. False if nothing was added. The ramps advance in either case.
bool pbr_matrix_render(pbr_matrix *matrix, uint32_t frames);

#endif
