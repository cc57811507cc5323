// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ogg Vorbis through libvorbisfile: all links of a chain, exact seeks, and lost pages kept in time.
#define _GNU_SOURCE
#include "backend.h"
#include "ogg.h"

#include <stdlib.h>
#include <vorbis/vorbisfile.h>

// The most that is decoded after a lost page, before a page says where that is.
enum { MOST_AHEAD = 1 << 18, ASKED = 4096 };

typedef struct vorbis {
    pbf_backend base;
    pbf_source *source;
    OggVorbis_File file;
    const uint8_t *order;
    bool is_dead; // the decoder could not be set up, and would crash when it is asked again
    // After a lost page: silence that takes its place, then what was decoded meanwhile.
    int64_t silent;
    float *ahead; // planes of MOST_AHEAD frames
    int64_t ahead_at, ahead_count;
} vorbis;

static size_t read_bytes(void *bytes, size_t size, size_t count, void *source) {
    return size > 0 ? pbf_source_read(source, bytes, size * count) / size : 0;
}

static int seek_bytes(void *source, ogg_int64_t offset, int whence) {
    return pbf_source_seek(source, offset, whence) < 0 ? -1 : 0;
}

static long tell_bytes(void *source) {
    return (long)((pbf_source *)source)->position;
}

static bool fail_open(pbf_source *source, int problem, pbf_failure *failure) {
    if (source->error != 0) {
        return pbf_fail_system(failure, "it cannot be read", source->error);
    }
    return pbf_fail(failure, PBF_DAMAGED, "its Vorbis headers %s",
                    problem == OV_EVERSION ? "are of another version" : "are damaged");
}

static long decode(vorbis *self, float ***decoded, int64_t frames) {
    int link;
    long got = self->is_dead ? OV_EBADLINK
                             : ov_read_float(&self->file, decoded,
                                             (int)(frames < ASKED ? frames : ASKED), &link);
    self->is_dead = self->is_dead || got == OV_EBADLINK;
    return got;
}

// Goes to the end of a page before the frame. To the frame itself, the library would pass a lost page
// without a word.
static bool go_before(vorbis *self, int64_t frame) {
    int problem = self->is_dead ? OV_EBADLINK : ov_pcm_seek_page(&self->file, frame);
    self->is_dead = self->is_dead || problem == OV_EBADLINK;
    self->base.position = ov_pcm_tell(&self->file);
    return problem == 0 && self->base.position >= 0 && self->base.position <= frame;
}

// The decoder's frames go to the planes, in the order of WAV files.
static void put(const vorbis *self, float **decoded, float *const *planes, int64_t at,
                int64_t count) {
    for (uint32_t c = 0; c < self->base.info.channels; c++) {
        memcpy(planes[c] + at, decoded[self->order[c]], (size_t)count * sizeof(float));
    }
}

// Decodes after a lost page until the next page says where that is, and finds out how much is
// missing. At the end of the file, the length says it.
static bool measure_hole(vorbis *self, pbf_failure *failure) {
    uint32_t channels = self->base.info.channels;
    if (self->ahead == NULL) {
        self->ahead = malloc(sizeof(float) * MOST_AHEAD * channels);
        if (self->ahead == NULL) {
            return pbf_fail(failure, PBF_NO_MEMORY, "no memory to decode it");
        }
    }
    float *planes[PBF_MAX_CHANNELS];
    for (uint32_t c = 0; c < channels; c++) {
        planes[c] = self->ahead + (size_t)c * MOST_AHEAD;
    }
    self->ahead_at = self->ahead_count = 0;
    int64_t expected = ov_pcm_tell(&self->file), missing = 0;
    while (self->ahead_count < MOST_AHEAD - ASKED) {
        float **decoded;
        long got = decode(self, &decoded, ASKED);
        if (got == OV_HOLE) {
            continue;
        }
        if (got <= 0) {
            missing = self->base.info.frames - self->base.position - self->ahead_count;
            break;
        }
        int64_t now = ov_pcm_tell(&self->file);
        put(self, decoded, planes, self->ahead_count, got);
        self->ahead_count += got;
        if (now - got != expected) {
            missing = now - self->ahead_count - self->base.position;
            break;
        }
        expected = now;
    }
    if (missing < 0) {
        // What was decoded begins before the frame that is next.
        int64_t drop = -missing < self->ahead_count ? -missing : self->ahead_count;
        self->ahead_at = drop;
        self->ahead_count -= drop;
        missing = 0;
    }
    self->silent = missing;
    return true;
}

static int64_t read_vorbis(pbf_backend *backend, float *const *planes, int64_t at, int64_t frames,
                           pbf_failure *failure) {
    vorbis *self = (vorbis *)backend;
    uint32_t channels = self->base.info.channels;
    for (;;) {
        int64_t count;
        if (self->silent > 0) {
            count = frames < self->silent ? frames : self->silent;
            for (uint32_t c = 0; c < channels; c++) {
                memset(planes[c] + at, 0, (size_t)count * sizeof(float));
            }
            self->silent -= count;
        } else if (self->ahead_count > 0) {
            count = frames < self->ahead_count ? frames : self->ahead_count;
            for (uint32_t c = 0; c < channels; c++) {
                memcpy(planes[c] + at, self->ahead + (size_t)c * MOST_AHEAD + self->ahead_at,
                       (size_t)count * sizeof(float));
            }
            self->ahead_at += count;
            self->ahead_count -= count;
        } else {
            float **decoded;
            long got = decode(self, &decoded, frames);
            if (got == OV_HOLE) {
                if (!measure_hole(self, failure)) {
                    return -1;
                }
                if (self->silent == 0 && self->ahead_count == 0) {
                    return 0;
                }
                continue;
            }
            if (got < 0) {
                pbf_fail(failure, PBF_DAMAGED, "it is damaged after frame %lld",
                         (long long)self->base.position);
                return -1;
            }
            count = got;
            if (count > 0) {
                put(self, decoded, planes, at, count);
            }
        }
        self->base.position += count;
        return count;
    }
}

// Reads on to the frame.
static bool skip_to(vorbis *self, int64_t frame, pbf_failure *failure) {
    float *planes[PBF_MAX_CHANNELS];
    uint32_t channels = self->base.info.channels;
    float *memory = malloc(sizeof(float) * ASKED * channels);
    if (memory == NULL) {
        return pbf_fail(failure, PBF_NO_MEMORY, "no memory to decode it");
    }
    for (uint32_t c = 0; c < channels; c++) {
        planes[c] = memory + (size_t)c * ASKED;
    }
    int64_t got = 1;
    while (self->base.position < frame && got > 0) {
        int64_t left = frame - self->base.position;
        got = read_vorbis(&self->base, planes, 0, left < ASKED ? left : ASKED, failure);
    }
    free(memory);
    return got >= 0;
}

static bool seek_vorbis(pbf_backend *backend, int64_t frame, pbf_failure *failure) {
    vorbis *self = (vorbis *)backend;
    self->silent = self->ahead_count = 0;
    if (go_before(self, frame)) {
        return skip_to(self, frame, failure);
    }
    // A page is lost just before. Seeking goes astray there, and reading does not.
    for (int64_t back = 1 << 17;; back *= 4) {
        int64_t from = frame > back ? frame - back : 0;
        if (go_before(self, from)) {
            return skip_to(self, frame, failure);
        }
        if (from == 0) {
            self->base.position = frame;
            return pbf_fail(failure, PBF_DAMAGED, "it is damaged: no way to frame %lld",
                            (long long)frame);
        }
    }
}

static void close_vorbis(pbf_backend *backend) {
    vorbis *self = (vorbis *)backend;
    ov_clear(&self->file);
    free(self->ahead);
    free(self);
}

// All links have to be alike.
static bool check_links(vorbis *self, pbf_failure *failure) {
    const vorbis_info *first = ov_info(&self->file, 0);
    for (int i = 1; i < ov_streams(&self->file); i++) {
        const vorbis_info *link = ov_info(&self->file, i);
        if (link->rate != first->rate || link->channels != first->channels) {
            return pbf_fail(failure, PBF_UNSUPPORTED,
                            "its streams differ: the first has %ld Hz and %d channels, the one at "
                            "%d has %ld Hz and %d",
                            first->rate, first->channels, i, link->rate, link->channels);
        }
    }
    // The library takes streams with one number for a single one, as long as the first.
    if (pbf_count_links(self->source) > ov_streams(&self->file)) {
        return pbf_fail(failure, PBF_UNSUPPORTED,
                        "several of its streams have the same serial number");
    }
    return true;
}

pbf_backend *pbf_open_vorbis(pbf_source *source, pbf_kind kind, pbf_failure *failure) {
    static const ov_callbacks callbacks = {read_bytes, seek_bytes, NULL, tell_bytes};
    vorbis *self = calloc(1, sizeof *self);
    if (self == NULL) {
        pbf_fail(failure, PBF_NO_MEMORY, "no memory to decode it");
        return NULL;
    }
    int problem = ov_open_callbacks(source, &self->file, NULL, 0, callbacks);
    if (problem != 0) {
        fail_open(source, problem, failure);
        free(self);
        return NULL;
    }
    self->base = (pbf_backend){.read = read_vorbis, .seek = seek_vorbis, .close = close_vorbis};
    self->source = source;
    if (!check_links(self, failure)) {
        close_vorbis(&self->base);
        return NULL;
    }
    const vorbis_info *found = ov_info(&self->file, 0);
    ogg_int64_t total = ov_pcm_total(&self->file, -1);
    self->base.info = (pbf_info){.rate = (double)found->rate,
                                 .channels = (uint32_t)found->channels,
                                 .frames = total > 0 ? total : 0,
                                 .container = kind.name,
                                 .codec = "Vorbis"};
    self->base.is_cut = pbf_read_ogg_end(source).is_cut;
    self->order = pbf_ogg_order(&self->base.info);
    return &self->base;
}
