/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file Effects: the equalizer. An effect has no volume and pan of its own; the source that feeds
 * it keeps its per-connection control through it.
 */
#ifndef PERBUS_EFFECT_H
#define PERBUS_EFFECT_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The largest number of bands of an equalizer. */
#define PERBUS_MAX_BANDS 256

/** What a band does. The names in brackets are the values it uses in addition to the frequency. The
 *  numbers are those of AVAudioUnitEQFilterType. */
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
    bool bypass;     /**< The band passes everything unchanged. */
} perbus_band;

/**
 * Makes an equalizer that is not attached yet, with all bands bypassed. It has one input and one
 * output; connect it between a source and a mixer, or anywhere else. Once attached, it outlives its
 * last handle: see perbus_node_release.
 * @param bands 1 to PERBUS_MAX_BANDS
 * @retval PERBUS_ERROR_OUT_OF_RANGE bands
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to -[AVAudioUnitEQ initWithNumberOfBands:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_equalizer_create(uint32_t bands, perbus_node **out_node, perbus_error *error);

/** The number of bands it was made with. @retval PERBUS_ERROR_WRONG_KIND the node is not an
 *  equalizer
 *  Maps to bands. Threads: any. Real-time safe: no */
perbus_status perbus_equalizer_get_band_count(perbus_node *equalizer, uint32_t *out_count,
                                              perbus_error *error);

/**
 * Sets one band. The sound moves to the new response without a click.
 * @param index below the band count
 * @retval PERBUS_ERROR_OUT_OF_RANGE index, or a value of the band, including a frequency that is
 * not below half the sample rate; nothing has changed
 * @retval PERBUS_ERROR_INVALID_ARGUMENT type is not a perbus_filter
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Maps to AVAudioUnitEQFilterParameters. Threads: any. Real-time safe: no
 */
perbus_status perbus_equalizer_set_band(perbus_node *equalizer, uint32_t index,
                                        const perbus_band *band, perbus_error *error);
/** The values of a band. Fails as perbus_equalizer_set_band does, except for the values.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_equalizer_get_band(perbus_node *equalizer, uint32_t index,
                                        perbus_band *out_band, perbus_error *error);

/**
 * Sets the gain applied after the bands.
 * @param gain dB, -96 to 24; initially 0
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Maps to globalGain. Threads: any. Real-time safe: no
 */
perbus_status perbus_equalizer_set_global_gain(perbus_node *equalizer, float gain,
                                               perbus_error *error);
/** The gain applied after the bands, in dB. Threads: any. Real-time safe: no */
perbus_status perbus_equalizer_get_global_gain(perbus_node *equalizer, float *out_gain,
                                               perbus_error *error);

/** Turns the bypass on, which passes everything unchanged, or off; bands and gain keep their
 *  values. Initially off.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 *  Maps to -[AVAudioUnitEffect setBypass:]. Threads: any. Real-time safe: no */
perbus_status perbus_equalizer_set_bypass(perbus_node *equalizer, bool bypass, perbus_error *error);
/** Whether it is bypassed. Threads: any. Real-time safe: no */
perbus_status perbus_equalizer_get_bypass(perbus_node *equalizer, bool *out_bypass,
                                          perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
