/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Matrix mixers, which send every input channel to every output channel with a gain of its own; and
 * pan laws.
 *
 * output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] *
 * crosspoint[i][o]. All four are initially 0: a new matrix is silent.
 *
 * Channels are numbered across all buses of a side: with inputs of two, one and two channels, bus 0
 * has channels 0 and 1, bus 1 has channel 2, and bus 2 has channels 3 and 4. A bus has two channels
 * until it is connected, and then those of the connection's format, so connect both sides with
 * explicit formats. All buses run at the engine's sample rate; channels are not converted.
 *
 * Set levels after the connections are made and the engine is started: Apple's matrix forgets
 * earlier ones. The portable matrix keeps them under their channel numbers.
 *
 * Functions that take a matrix return PERBUS_ERROR_WRONG_KIND for a node of another kind, and
 * PERBUS_ERROR_EXCEPTION with the system's code for anything else that the audio unit refuses.
 */
#ifndef PERBUS_MATRIX_H
#define PERBUS_MATRIX_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The largest number of buses on one side of a matrix. On the portable engine they have at most
 *  512 channels in all. */
#define PERBUS_MAX_MATRIX_BUSES 64

/**
 * Makes a matrix mixer that is not attached yet. Waits at most 10 seconds for the system to create
 * it; on the main thread the run loop keeps running meanwhile. Once attached, it outlives its last
 * handle: see perbus_node_release.
 * @param input_buses, output_buses 1 to PERBUS_MAX_MATRIX_BUSES
 * @retval PERBUS_ERROR_OUT_OF_RANGE input_buses or output_buses
 * @retval PERBUS_ERROR_UNSUPPORTED the system has no matrix mixer, or does not respond
 * Maps to +[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:] and
 * kAudioUnitProperty_ElementCount. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_create(uint32_t input_buses, uint32_t output_buses,
                                   perbus_node **out_node, perbus_error *error);

/** The number of channels across all input buses, and across all output buses.
 *  Maps to kAudioUnitProperty_MatrixDimensions. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_get_dimensions(perbus_node *matrix, uint32_t *out_inputs,
                                           uint32_t *out_outputs, perbus_error *error);

/**
 * Sets the gain from one input channel to one output channel.
 * @param gain -1 to 1; a negative gain inverts the polarity
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain, or a channel that is not below its side's number
 * Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_set_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float gain, perbus_error *error);
/** The gain from one input channel to one output channel. @retval PERBUS_ERROR_OUT_OF_RANGE a
 *  channel. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_get_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float *out_gain, perbus_error *error);

/**
 * Sets the volume of an input channel.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume, or a channel that is not below the number of inputs
 * Maps to kMatrixMixerParam_Volume, input scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_set_input(perbus_node *matrix, uint32_t input, float volume,
                                      perbus_error *error);
/** The volume of an input channel. @retval PERBUS_ERROR_OUT_OF_RANGE input. Threads: any.
 *  Real-time safe: no */
perbus_status perbus_matrix_get_input(perbus_node *matrix, uint32_t input, float *out_volume,
                                      perbus_error *error);

/**
 * Sets the volume of an output channel.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume, or a channel that is not below the number of outputs
 * Maps to kMatrixMixerParam_Volume, output scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_set_output(perbus_node *matrix, uint32_t output, float volume,
                                       perbus_error *error);
/** The volume of an output channel. @retval PERBUS_ERROR_OUT_OF_RANGE output.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_matrix_get_output(perbus_node *matrix, uint32_t output, float *out_volume,
                                       perbus_error *error);

/**
 * Sets the volume of the whole matrix.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_matrix_set_master(perbus_node *matrix, float volume, perbus_error *error);
/** The volume of the whole matrix. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_get_master(perbus_node *matrix, float *out_volume, perbus_error *error);

/**
 * Turns all channels of an input bus on or off. They are initially on.
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus: not below the number of input buses
 * Maps to kMatrixMixerParam_Enable, input scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_enable_input(perbus_node *matrix, uint32_t bus, bool enabled,
                                         perbus_error *error);
/** Like perbus_matrix_enable_input, for an output bus. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_enable_output(perbus_node *matrix, uint32_t bus, bool enabled,
                                          perbus_error *error);

/**
 * The whole matrix: out_rows rows (one more than there are inputs) of out_columns values (one more
 * than there are outputs), row after row. Each row holds an input channel's crosspoints and its
 * volume; the last row holds the output volumes and the master volume.
 * @param out_levels receives an array; free it with perbus_levels_free
 * Maps to kAudioUnitProperty_MatrixLevels. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_copy_levels(perbus_node *matrix, float **out_levels, uint32_t *out_rows,
                                        uint32_t *out_columns, perbus_error *error);
/** Frees an array from perbus_matrix_copy_levels. NULL is a no-op. Threads: any.
 *  Real-time safe: no */
void perbus_levels_free(float *levels);

/**
 * Sets the whole matrix, or nothing if any value is invalid.
 * @param levels rows * columns values, in the order of perbus_matrix_copy_levels
 * @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns are not those of this matrix
 * @retval PERBUS_ERROR_OUT_OF_RANGE a crosspoint outside -1 to 1, or a volume outside 0 to
 * PERBUS_MAX_VOLUME
 * Maps to kMatrixMixerParam_Volume. Threads: any. Real-time safe: no
 */
perbus_status perbus_matrix_set_levels(perbus_node *matrix, const float *levels, uint32_t rows,
                                       uint32_t columns, perbus_error *error);

/** Sets the crosspoints of equal channel numbers to 1 and all others to 0; the volumes are
 *  unchanged.
 *  Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_set_identity(perbus_node *matrix, perbus_error *error);
/** Sets all crosspoints to 0; the volumes are unchanged.
 *  Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_clear(perbus_node *matrix, perbus_error *error);
/** Inverts the polarity: negates every crosspoint; the volumes are unchanged. Inverting twice
 *  restores the matrix.
 *  Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no */
perbus_status perbus_matrix_invert(perbus_node *matrix, perbus_error *error);

/**
 * The gains of a constant-power pan: left = cos(a), right = sin(a) with a = (position + 1) * pi /
 * 4. Both are 0.7071 (-3 dB) at the centre; their squares add up to 1.
 * @param position -1 (left) to 1 (right)
 * @retval PERBUS_ERROR_OUT_OF_RANGE position
 * Threads: any. Real-time safe: yes, for a position in range
 */
perbus_status perbus_pan_constant_power(float position, float *out_left, float *out_right,
                                        perbus_error *error);
/**
 * The gains of a linear pan: left = (1 - position) / 2, right = (1 + position) / 2. Both are 0.5
 * (-6 dB) at the centre; they add up to 1.
 * @param position -1 (left) to 1 (right)
 * @retval PERBUS_ERROR_OUT_OF_RANGE position
 * Threads: any. Real-time safe: yes, for a position in range
 */
perbus_status perbus_pan_linear(float position, float *out_left, float *out_right,
                                perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
