/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Effects: the equalizer. An effect has no volume and pan of its own; behind it, the source that
 * feeds it keeps its per-connection control.
 */
#ifndef PERBUS_EFFECT_H
#define PERBUS_EFFECT_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The most bands of an equalizer. */
#define PERBUS_MAX_BANDS 256

/** What a band does. The names in brackets are what it uses beside the frequency. The numbers are
 *  those of AVAudioUnitEQFilterType. */
typedef enum perbus_filter {
    PERBUS_FILTER_PARAMETRIC = 0,          /**< A bell (bandwidth, gain). */
    PERBUS_FILTER_LOW_PASS = 1,            /**< Butterworth: -3 dB at the frequency. */
    PERBUS_FILTER_HIGH_PASS = 2,           /**< Butterworth: -3 dB at the frequency. */
    PERBUS_FILTER_RESONANT_LOW_PASS = 3,   /**< (bandwidth) */
    PERBUS_FILTER_RESONANT_HIGH_PASS = 4,  /**< (bandwidth) */
    PERBUS_FILTER_BAND_PASS = 5,           /**< 0 dB at the frequency (bandwidth). */
    PERBUS_FILTER_BAND_STOP = 6,           /**< Silence at the frequency (bandwidth). */
    PERBUS_FILTER_LOW_SHELF = 7,           /**< (gain) */
    PERBUS_FILTER_HIGH_SHELF = 8,          /**< (gain) */
    PERBUS_FILTER_RESONANT_LOW_SHELF = 9,  /**< (bandwidth, gain) */
    PERBUS_FILTER_RESONANT_HIGH_SHELF = 10 /**< (bandwidth, gain) */
} perbus_filter;

/** One band of an equalizer. */
typedef struct perbus_band {
    int32_t type;    /**< A perbus_filter. */
    float frequency; /**< Hz, above 0 and below half the sample rate. */
    float gain;      /**< dB, -96 to 24. */
    float bandwidth; /**< Octaves, 0.05 to 5. */
    bool bypass;     /**< The band passes everything. */
} perbus_band;

/**
 * Makes an equalizer, attached to nothing, its bands bypassed. Connect it between a source and a
 * mixer, or anywhere else: it has one input and one output. Attached, it outlives its last handle:
 * perbus_node_release.
 * @param bands 1 to PERBUS_MAX_BANDS
 * @retval PERBUS_ERROR_OUT_OF_RANGE bands
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to -[AVAudioUnitEQ initWithNumberOfBands:]. Real-time safe: no
 */
perbus_status perbus_equalizer_create(uint32_t bands, perbus_node **out_node, perbus_error *error);

/** How many bands it was made with. @retval PERBUS_ERROR_WRONG_KIND the node is no equalizer
 *  Maps to bands. Real-time safe: no */
perbus_status perbus_equalizer_get_band_count(perbus_node *equalizer, uint32_t *out_count,
                                              perbus_error *error);

/**
 * Sets one band; the sound slides there, click-free.
 * @param index below the band count
 * @retval PERBUS_ERROR_OUT_OF_RANGE index, or a value of the band (a frequency that is not below
 * half the sample rate, too); nothing has changed
 * @retval PERBUS_ERROR_INVALID_ARGUMENT type: none of perbus_filter
 * @retval PERBUS_ERROR_WRONG_KIND the node is no equalizer
 * Maps to AVAudioUnitEQFilterParameters. Real-time safe: no
 */
perbus_status perbus_equalizer_set_band(perbus_node *equalizer, uint32_t index,
                                        const perbus_band *band, perbus_error *error);
/** What perbus_equalizer_set_band sets; the same failures but for the values. Real-time safe: no */
perbus_status perbus_equalizer_get_band(perbus_node *equalizer, uint32_t index,
                                        perbus_band *out_band, perbus_error *error);

/**
 * Sets the gain behind the bands.
 * @param gain dB, -96 to 24; 0 at first
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain
 * @retval PERBUS_ERROR_WRONG_KIND the node is no equalizer
 * Maps to globalGain. Real-time safe: no
 */
perbus_status perbus_equalizer_set_global_gain(perbus_node *equalizer, float gain,
                                               perbus_error *error);
/** The gain behind the bands, dB. Real-time safe: no */
perbus_status perbus_equalizer_get_global_gain(perbus_node *equalizer, float *out_gain,
                                               perbus_error *error);

/** Lets everything through as it is, or not; bands and gain stay set. Not bypassed at first.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is no equalizer
 *  Maps to -[AVAudioUnitEffect setBypass:]. Real-time safe: no */
perbus_status perbus_equalizer_set_bypass(perbus_node *equalizer, bool bypass, perbus_error *error);
/** Whether it is bypassed. Real-time safe: no */
perbus_status perbus_equalizer_get_bypass(perbus_node *equalizer, bool *out_bypass,
                                          perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
