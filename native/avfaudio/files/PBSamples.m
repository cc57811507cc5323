// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBSamples.h"

#include <math.h>

static double Clipped(double sample, double scale) {
    double scaled = rint(sample * scale);
    return scaled < -scale ? -scale : scaled > scale - 1 ? scale - 1 : scaled;
}

void PBFromFloats(AVAudioPCMBuffer *buffer, AVAudioFrameCount at, float *const *planes,
                  AVAudioFrameCount frames) {
    AVAudioFormat *format = [buffer format];
    NSUInteger stride = [buffer stride];
    AudioBufferList *list = [buffer mutableAudioBufferList];
    for (AVAudioChannelCount c = 0; c < [format channelCount]; c++) {
        void *samples = list->mBuffers[[format isInterleaved] ? 0 : c].mData;
        size_t place = at * stride + ([format isInterleaved] ? c : 0);
        for (AVAudioFrameCount i = 0; i < frames; i++, place += stride) {
            float sample = planes[c][i];
            switch ([format commonFormat]) {
            case AVAudioPCMFormatFloat32:
                ((float *)samples)[place] = sample;
                break;
            case AVAudioPCMFormatFloat64:
                ((double *)samples)[place] = (double)sample;
                break;
            case AVAudioPCMFormatInt16:
                ((int16_t *)samples)[place] = (int16_t)Clipped((double)sample, 32768.0);
                break;
            case AVAudioPCMFormatInt32:
                ((int32_t *)samples)[place] = (int32_t)Clipped((double)sample, 2147483648.0);
                break;
            case AVAudioOtherFormat:
                break;
            }
        }
    }
}

void PBToFloats(const AVAudioPCMBuffer *buffer, AVAudioFrameCount at, float *const *planes,
                AVAudioFrameCount frames) {
    AVAudioFormat *format = [buffer format];
    NSUInteger stride = [buffer stride];
    const AudioBufferList *list = [buffer audioBufferList];
    for (AVAudioChannelCount c = 0; c < [format channelCount]; c++) {
        const void *samples = list->mBuffers[[format isInterleaved] ? 0 : c].mData;
        size_t place = at * stride + ([format isInterleaved] ? c : 0);
        for (AVAudioFrameCount i = 0; i < frames; i++, place += stride) {
            switch ([format commonFormat]) {
            case AVAudioPCMFormatFloat32:
                planes[c][i] = ((const float *)samples)[place];
                break;
            case AVAudioPCMFormatFloat64:
                planes[c][i] = (float)((const double *)samples)[place];
                break;
            case AVAudioPCMFormatInt16:
                planes[c][i] = ((const int16_t *)samples)[place] / 32768.0f;
                break;
            case AVAudioPCMFormatInt32:
                planes[c][i] = (float)(((const int32_t *)samples)[place] / 2147483648.0);
                break;
            case AVAudioOtherFormat:
                break;
            }
        }
    }
}
