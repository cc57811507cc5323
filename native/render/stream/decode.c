// SPDX-License-Identifier: MIT OR Apache-2.0
#include "decode.h"

#include <stdlib.h>
#include <string.h>

// Frames of a file that are read at a time for the converter.
enum { CHUNK = 1024 };

// Loops of no more frames are kept in memory: seeking costs as much as decoding thousands of frames.
enum { MOST_KEPT = 4096 };

struct pbr_decoding {
    void *reader;
    int64_t at;   // the reader's next frame; -1: unknown
    int64_t next; // the next frame of the file to read, counting on where a loop begins again
    int64_t last; // the frame of the file, counted like this, that could not be read
    bool is_cut;  // the file is known to end with a fault
    float **kept; // a short loop
    pbr_convert *convert; // NULL if the rate stays
    uint32_t delay;       // of the converter, in frames of the file
    int64_t time;         // of the converter
    float **input;        // CHUNK frames for the converter
    float **output;       // PBR_PIECE frames from it
};

float **pbr_planes_create(uint32_t channels, size_t frames) {
    float **planes = calloc(1, channels * (sizeof *planes + frames * sizeof(float)));
    if (planes != NULL) {
        float *samples = (float *)(planes + channels);
        for (uint32_t c = 0; c < channels; c++) {
            planes[c] = samples + c * frames;
        }
    }
    return planes;
}

static void silence(float *const *planes, uint32_t channels, int64_t at, int64_t frames) {
    for (uint32_t c = 0; c < channels; c++) {
        memset(planes[c] + at, 0, (size_t)frames * sizeof(float));
    }
}

// Reads frames of the file, all of them or none beyond those that it returns.
static int64_t read_file(pbr_decoding *decoding, const pbr_feed *feed, int64_t frame,
                         float *const *planes, int64_t at, int64_t frames) {
    float *to[64];
    int64_t done = 0;
    if (decoding->at != frame && !feed->seek(decoding->reader, frame)) {
        decoding->at = -1;
        return 0;
    }
    decoding->at = frame;
    while (done < frames) {
        for (uint32_t c = 0; c < feed->channels; c++) {
            to[c] = planes[c] + at + done;
        }
        int64_t got = feed->read(decoding->reader, to, frames - done);
        if (got <= 0) {
            decoding->at = -1;
            break;
        }
        done += got;
        decoding->at += got;
    }
    // What is missing of a file that is cut short is reported past its last frame.
    if (done == frames && frame + frames == feed->frames && !decoding->is_cut) {
        float none[64];
        for (uint32_t c = 0; c < feed->channels; c++) {
            to[c] = &none[c];
        }
        decoding->is_cut = feed->read(decoding->reader, to, 1) < 0;
        decoding->at = -1;
    }
    return done;
}

// Fills the planes with what comes next, and with silence where the file has nothing.
static void read_next(pbr_decoding *decoding, const pbr_stream *stream, float *const *planes,
                      int64_t at, int64_t frames) {
    const pbr_region *region = &stream->region;
    uint32_t channels = stream->feed.channels;
    int64_t length = region->end - region->start;
    while (frames > 0) {
        int64_t next = decoding->next, frame = next, run = stream->feed.frames - next;
        if (region->loops && next >= region->start) {
            int64_t within = (next - region->start) % length;
            frame = region->start + within;
            run = length - within;
        }
        bool is_silent = next < 0 || run <= 0 || decoding->last != PBR_UNCUT;
        if (next < 0) {
            run = -next;
        } else if (is_silent) {
            run = frames;
        }
        bool is_lead = next < region->from; // only shapes what follows
        if (is_lead && run > region->from - next) {
            run = region->from - next;
        }
        run = run < frames ? run : frames;
        if (is_silent) {
            silence(planes, channels, at, run);
        } else if (decoding->kept != NULL && next >= region->start) {
            for (uint32_t c = 0; c < channels; c++) {
                memcpy(planes[c] + at, decoding->kept[c] + (frame - region->start),
                       (size_t)run * sizeof(float));
            }
        } else {
            int64_t got = read_file(decoding, &stream->feed, frame, planes, at, run);
            if (got < run) {
                decoding->last = is_lead ? PBR_UNCUT : next + got;
                silence(planes, channels, at + got, run - got);
            }
        }
        decoding->next += run;
        if (decoding->is_cut && !is_silent && frame + run == stream->feed.frames) {
            decoding->last = decoding->next;
        }
        at += run;
        frames -= run;
    }
}

// The next frames at the player's rate.
static void convert(pbr_decoding *decoding, const pbr_stream *stream, int64_t frames) {
    int64_t left = pbr_ratio_time(stream->ratio, decoding->time + frames) -
                   pbr_ratio_time(stream->ratio, decoding->time);
    pbr_convert_begin(decoding->convert, decoding->time);
    while (left > 0) {
        int64_t count = left < CHUNK ? left : CHUNK;
        read_next(decoding, stream, decoding->input, 0, count);
        pbr_convert_write(decoding->convert, (const float *const *)decoding->input, (uint32_t)count,
                          0);
        left -= count;
    }
    if (pbr_convert_read(decoding->convert, decoding->output, (uint32_t)frames).silent) {
        silence(decoding->output, stream->feed.channels, 0, frames);
    }
    decoding->time += frames;
}

// Starts the converter so far ahead of the frame that its filter has seen all that it takes into
// account there.
static bool start_convert(pbr_decoding *decoding, const pbr_stream *stream, int64_t frame) {
    uint32_t channels = stream->feed.channels;
    decoding->convert = pbr_convert_create(stream->ratio, channels, PBR_PIECE);
    decoding->input = pbr_planes_create(channels, CHUNK);
    decoding->output = pbr_planes_create(channels, PBR_PIECE);
    if (decoding->convert == NULL || decoding->input == NULL || decoding->output == NULL) {
        return false;
    }
    decoding->delay = pbr_convert_delay(decoding->convert);
    int64_t lead = pbr_ratio_time(stream->back, 2 * (int64_t)decoding->delay) + 2;
    // Its clock never shows less than 0. The phase repeats with each unit of the ratio.
    int64_t turns = lead / stream->ratio.out + 1;
    decoding->time = stream->clock + frame - lead + turns * stream->ratio.out;
    decoding->next =
        pbr_ratio_time(stream->ratio, decoding->time) - turns * stream->ratio.in + decoding->delay;
    for (int64_t left = lead; left > 0; left -= PBR_PIECE) {
        convert(decoding, stream, left < PBR_PIECE ? left : PBR_PIECE);
    }
    return true;
}

// If the loop is short, reads it once for all passes. A loop that cannot be read as a whole is not
// kept.
static bool keep_loop(pbr_decoding *decoding, const pbr_stream *stream) {
    const pbr_region *region = &stream->region;
    int64_t length = region->end - region->start;
    if (!region->loops || length > MOST_KEPT) {
        return true;
    }
    float **kept = pbr_planes_create(stream->feed.channels, (size_t)length);
    if (kept == NULL) {
        return false;
    }
    if (read_file(decoding, &stream->feed, region->start, kept, 0, length) < length) {
        free(kept);
    } else {
        decoding->kept = kept;
    }
    return true;
}

pbr_decoding *pbr_decoding_open(const pbr_stream *stream, int64_t frame) {
    pbr_decoding *decoding = calloc(1, sizeof *decoding);
    if (decoding == NULL) {
        return NULL;
    }
    decoding->last = PBR_UNCUT;
    decoding->next = stream->region.from + frame;
    decoding->reader = stream->feed.open(stream->feed.context);
    bool works = decoding->reader != NULL && keep_loop(decoding, stream);
    if (works && stream->ratio.in != stream->ratio.out) {
        works = start_convert(decoding, stream, frame);
    }
    if (!works) {
        pbr_decoding_close(decoding, stream);
        return NULL;
    }
    return decoding;
}

void pbr_decoding_close(pbr_decoding *decoding, const pbr_stream *stream) {
    if (decoding->reader != NULL) {
        stream->feed.close(decoding->reader);
    }
    pbr_convert_release(decoding->convert);
    free(decoding->kept);
    free(decoding->input);
    free(decoding->output);
    free(decoding);
}

int64_t pbr_decoding_read(pbr_decoding *decoding, const pbr_stream *stream, float *const *planes,
                          int64_t at, int64_t frames) {
    if (decoding->convert == NULL) {
        read_next(decoding, stream, planes, at, frames);
    } else {
        convert(decoding, stream, frames);
        for (uint32_t c = 0; c < stream->feed.channels; c++) {
            memcpy(planes[c] + at, decoding->output[c], (size_t)frames * sizeof(float));
        }
    }
    // What the converter reads past the region's end only shapes its last frames.
    int64_t end = stream->region.end;
    bool is_past = decoding->last > end || (decoding->last == end && end < stream->feed.frames);
    if (decoding->last == PBR_UNCUT || (!stream->region.loops && is_past)) {
        return PBR_UNCUT;
    }
    int64_t cut = pbr_ratio_time(stream->back, decoding->last) - stream->clock;
    return cut > 0 ? cut : 0;
}
