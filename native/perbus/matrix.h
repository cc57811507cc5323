/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Matrix mixers: every input channel to every output channel with a gain of its own; and pan laws.
 *
 * output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] *
 * crosspoint[i][o]. All four are 0 at first: a new matrix is silent.
 *
 * Channels are numbered over all buses of a side: with inputs of two, one and two channels, bus 0
 * has channels 0 and 1, bus 1 has channel 2, bus 2 has channels 3 and 4. A bus has two channels
 * until it is connected, and then those of the connection's format: connect both sides with
 * explicit formats. All buses run at the engine's sample rate; channels are not converted.
 *
 * Set levels after the connections are made and the engine is started: Apple's matrix forgets
 * those from before. The portable one keeps them with their channel numbers.
 *
 * Functions that take a matrix return PERBUS_ERROR_WRONG_KIND for a node of another kind, and
 * PERBUS_ERROR_EXCEPTION with the system's code for what the audio unit refuses otherwise.
 */
#ifndef PERBUS_MATRIX_H
#define PERBUS_MATRIX_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The most buses of one side of a matrix. The portable engine's has up to 512 channels on them. */
#define PERBUS_MAX_MATRIX_BUSES 64

/**
 * Makes a matrix mixer, attached to nothing. Waits for the system to make it, at most 10 seconds;
 * on the main thread the run loop goes on meanwhile. Attached, it outlives its last handle:
 * perbus_node_release.
 * @param input_buses, output_buses 1 to PERBUS_MAX_MATRIX_BUSES
 * @retval PERBUS_ERROR_OUT_OF_RANGE input_buses or output_buses
 * @retval PERBUS_ERROR_UNSUPPORTED the system has no matrix mixer, or does not answer
 * Maps to +[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:] and
 * kAudioUnitProperty_ElementCount. Real-time safe: no
 */
perbus_status perbus_matrix_create(uint32_t input_buses, uint32_t output_buses,
                                   perbus_node **out_node, perbus_error *error);

/** The number of channels over all input buses, and over all output buses.
 *  Maps to kAudioUnitProperty_MatrixDimensions. Real-time safe: no */
perbus_status perbus_matrix_get_dimensions(perbus_node *matrix, uint32_t *out_inputs,
                                           uint32_t *out_outputs, perbus_error *error);

/**
 * Sets the gain from one input channel to one output channel.
 * @param gain -1 to 1; below 0 turns the polarity
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain, or a channel that is not below its side's number
 * Maps to kMatrixMixerParam_Volume, global scope. Real-time safe: no
 */
perbus_status perbus_matrix_set_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float gain, perbus_error *error);
/** The gain from one input channel to one output channel. @retval PERBUS_ERROR_OUT_OF_RANGE a
 *  channel. Real-time safe: no */
perbus_status perbus_matrix_get_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float *out_gain, perbus_error *error);

/**
 * Sets the volume of an input channel.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume, or a channel that is not below the number of inputs
 * Maps to kMatrixMixerParam_Volume, input scope. Real-time safe: no
 */
perbus_status perbus_matrix_set_input(perbus_node *matrix, uint32_t input, float volume,
                                      perbus_error *error);
/** The volume of an input channel. @retval PERBUS_ERROR_OUT_OF_RANGE input. Real-time safe: no */
perbus_status perbus_matrix_get_input(perbus_node *matrix, uint32_t input, float *out_volume,
                                      perbus_error *error);

/**
 * Sets the volume of an output channel.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume, or a channel that is not below the number of outputs
 * Maps to kMatrixMixerParam_Volume, output scope. Real-time safe: no
 */
perbus_status perbus_matrix_set_output(perbus_node *matrix, uint32_t output, float volume,
                                       perbus_error *error);
/** The volume of an output channel. @retval PERBUS_ERROR_OUT_OF_RANGE output.
 *  Real-time safe: no */
perbus_status perbus_matrix_get_output(perbus_node *matrix, uint32_t output, float *out_volume,
                                       perbus_error *error);

/**
 * Sets the volume of the whole matrix.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF. Real-time safe: no
 */
perbus_status perbus_matrix_set_master(perbus_node *matrix, float volume, perbus_error *error);
/** The volume of the whole matrix. Real-time safe: no */
perbus_status perbus_matrix_get_master(perbus_node *matrix, float *out_volume, perbus_error *error);

/**
 * Turns all channels of an input bus on, as they are at first, or off.
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus: not below the number of input buses
 * Maps to kMatrixMixerParam_Enable, input scope. Real-time safe: no
 */
perbus_status perbus_matrix_enable_input(perbus_node *matrix, uint32_t bus, bool enabled,
                                         perbus_error *error);
/** As perbus_matrix_enable_input, for an output bus. Real-time safe: no */
perbus_status perbus_matrix_enable_output(perbus_node *matrix, uint32_t bus, bool enabled,
                                          perbus_error *error);

/**
 * The whole matrix: out_rows rows (the number of inputs, and one) of out_columns values (the number
 * of outputs, and one), row after row. A row is an input channel's crosspoints and its volume; the
 * last row is the output volumes and the master volume.
 * @param out_levels receives an array to end with perbus_levels_free
 * Maps to kAudioUnitProperty_MatrixLevels. Real-time safe: no
 */
perbus_status perbus_matrix_copy_levels(perbus_node *matrix, float **out_levels, uint32_t *out_rows,
                                        uint32_t *out_columns, perbus_error *error);
/** Ends an array from perbus_matrix_copy_levels. NULL is a no-op. Real-time safe: no */
void perbus_levels_free(float *levels);

/**
 * Sets the whole matrix, or nothing when any value is bad.
 * @param levels rows * columns values, as perbus_matrix_copy_levels tells them
 * @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns: not those of this matrix
 * @retval PERBUS_ERROR_OUT_OF_RANGE a crosspoint that is not in -1 to 1, or a volume not in 0 to 1
 * Maps to kMatrixMixerParam_Volume. Real-time safe: no
 */
perbus_status perbus_matrix_set_levels(perbus_node *matrix, const float *levels, uint32_t rows,
                                       uint32_t columns, perbus_error *error);

/** Sets the crosspoints of equal channel numbers to 1 and all others to 0; the volumes stay.
 *  Maps to kMatrixMixerParam_Volume, global scope. Real-time safe: no */
perbus_status perbus_matrix_set_identity(perbus_node *matrix, perbus_error *error);
/** Sets all crosspoints to 0; the volumes stay.
 *  Maps to kMatrixMixerParam_Volume, global scope. Real-time safe: no */
perbus_status perbus_matrix_clear(perbus_node *matrix, perbus_error *error);
/** Turns the polarity: every crosspoint becomes its negative; the volumes stay. Twice is as before.
 *  Maps to kMatrixMixerParam_Volume, global scope. Real-time safe: no */
perbus_status perbus_matrix_invert(perbus_node *matrix, perbus_error *error);

/**
 * The gains of a pan with constant power: left = cos(a), right = sin(a) with
 * a = (position + 1) * pi / 4. Both are 0.7071 (-3 dB) at the centre; their squares add up to 1.
 * @param position -1 (left) to 1 (right)
 * @retval PERBUS_ERROR_OUT_OF_RANGE position
 * Real-time safe: yes, for a position in range
 */
perbus_status perbus_pan_constant_power(float position, float *out_left, float *out_right,
                                        perbus_error *error);
/**
 * The gains of a linear pan: left = (1 - position) / 2, right = (1 + position) / 2. Both are 0.5
 * (-6 dB) at the centre; they add up to 1.
 * @param position -1 (left) to 1 (right)
 * @retval PERBUS_ERROR_OUT_OF_RANGE position
 * Real-time safe: yes, for a position in range
 */
perbus_status perbus_pan_linear(float position, float *out_left, float *out_right,
                                perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
