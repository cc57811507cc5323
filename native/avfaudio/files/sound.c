// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All that libsndfile decodes.
#define _GNU_SOURCE
#include "backend.h"
#include "flac.h"
#include "ogg.h"

#include <pthread.h>
#include <sndfile.h>
#include <stdlib.h>

// How far before a frame decoding has to begin: MPEG frames refer to earlier ones, and filters ring.
// libsndfile's own seeks in Opus go wrong close to the start and in the last packet.
enum { BLOCK = 4096, MPEG_PRE_ROLL = 30000, OPUS_PRE_ROLL = 12000 };

typedef struct sound {
    pbf_backend base;
    pbf_source *source;
    SNDFILE *file;
    SF_INFO sf;
    float scale;
    int64_t pre_roll;
    uint8_t order[PBF_MAX_CHANNELS];
    bool is_watched; // it is FLAC
    pbf_flac_watch watch;
    float block[]; // BLOCK frames, interleaved
} sound;

// libsndfile keeps the reason why a file was not opened in one place.
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

static sf_count_t count_bytes(void *context) {
    return ((sound *)context)->source->size;
}

static sf_count_t seek_bytes(sf_count_t offset, int whence, void *context) {
    return pbf_source_seek(((sound *)context)->source, offset, whence);
}

static sf_count_t read_bytes(void *bytes, sf_count_t count, void *context) {
    sound *self = context;
    int64_t at = self->source->position;
    size_t got = pbf_source_read(self->source, bytes, (size_t)count);
    if (self->is_watched) {
        pbf_flac_watch_bytes(&self->watch, self->source, at, bytes, got);
    }
    return (sf_count_t)got;
}

static sf_count_t refuse_bytes(const void *bytes, sf_count_t count, void *context) {
    (void)bytes;
    (void)count;
    (void)context;
    return 0;
}

static sf_count_t tell_bytes(void *context) {
    return ((sound *)context)->source->position;
}

static bool open_file(sound *self, pbf_kind kind, pbf_failure *failure) {
    static SF_VIRTUAL_IO calls = {count_bytes, seek_bytes, read_bytes, refuse_bytes, tell_bytes};
    self->source->position = 0;
    self->sf = (SF_INFO){0};
    pthread_mutex_lock(&opening);
    self->file = sf_open_virtual(&calls, SFM_READ, &self->sf, self);
    if (self->file == NULL) {
        int problem = sf_error(NULL);
        bool unsupported =
            problem == SF_ERR_UNRECOGNISED_FORMAT || problem == SF_ERR_UNSUPPORTED_ENCODING;
        const char *reason = sf_strerror(NULL);
        if (strstr(reason, "does not exist") != NULL) {
            // What it says of MPEG audio that it cannot begin with.
            reason = "it makes no sense";
        }
        pbf_fail(failure, unsupported ? PBF_UNSUPPORTED : PBF_DAMAGED, "as %s: %s", kind.name,
                 reason);
    }
    pthread_mutex_unlock(&opening);
    if (self->file == NULL && self->source->error != 0) {
        pbf_fail_system(failure, "it cannot be read", self->source->error);
    }
    return self->file != NULL;
}

static bool fail_read(sound *self, pbf_failure *failure) {
    if (self->source->error != 0) {
        return pbf_fail_system(failure, "it cannot be read", self->source->error);
    }
    return pbf_fail(failure, PBF_DAMAGED, "it is damaged after frame %lld: %s",
                    (long long)self->base.position, sf_strerror(self->file));
}

static int64_t read_sound(pbf_backend *backend, float *const *planes, int64_t at, int64_t frames,
                          pbf_failure *failure) {
    sound *self = (sound *)backend;
    uint32_t channels = self->base.info.channels;
    if (self->base.position >= self->watch.trouble) {
        pbf_fail(failure, self->watch.has_changed ? PBF_UNSUPPORTED : PBF_DAMAGED,
                 self->watch.has_changed ? "its sample rate, channels or bits change at frame %lld"
                                         : "it is damaged at frame %lld",
                 (long long)self->watch.trouble);
        return -1;
    }
    sf_count_t got = sf_readf_float(self->file, self->block, frames < BLOCK ? frames : BLOCK);
    if (got > self->watch.trouble - self->base.position) {
        got = self->watch.trouble - self->base.position;
        if (got == 0) {
            return read_sound(backend, planes, at, frames, failure);
        }
    }
    if (got <= 0) {
        return sf_error(self->file) != 0 || self->source->error != 0
                   ? (fail_read(self, failure), -1)
                   : 0;
    }
    for (uint32_t c = 0; planes != NULL && c < channels; c++) {
        const float *from = self->block + self->order[c];
        float *to = planes[c] + at;
        for (int64_t i = 0; i < got; i++) {
            to[i] = from[i * channels] * self->scale;
        }
    }
    self->base.position += got;
    return got;
}

static bool skip_to(sound *self, int64_t frame, pbf_failure *failure) {
    while (self->base.position < frame) {
        int64_t got = read_sound(&self->base, NULL, 0, frame - self->base.position, failure);
        if (got <= 0) {
            return got == 0; // the next read reports the end
        }
    }
    return true;
}

static bool seek_sound(pbf_backend *backend, int64_t frame, pbf_failure *failure) {
    sound *self = (sound *)backend;
    int64_t from = frame > self->pre_roll ? frame - self->pre_roll : 0;
    if (from > self->sf.frames) {
        from = self->sf.frames;
    }
    if (self->sf.seekable && from > 0 && sf_seek(self->file, from, SEEK_SET) == from) {
        self->base.position = from;
        return skip_to(self, frame, failure);
    }
    // From the start, with nothing left of what was decoded before.
    pbf_kind kind = {PBF_UNKNOWN, self->base.info.container, 0};
    sf_close(self->file);
    self->base.position = 0;
    return open_file(self, kind, failure) && skip_to(self, frame, failure);
}

static void close_sound(pbf_backend *backend) {
    sound *self = (sound *)backend;
    if (self->file != NULL) {
        sf_close(self->file);
    }
    free(self);
}

static void describe_codec(const SF_INFO *sf, pbf_info *info) {
    static const struct {
        int subtype;
        const char *name;
        bool is_pcm, is_float;
        uint32_t bits;
    } codecs[] = {
        {SF_FORMAT_PCM_S8, "PCM 8 bit", true, false, 8},
        {SF_FORMAT_PCM_U8, "PCM 8 bit", true, false, 8},
        {SF_FORMAT_PCM_16, "PCM 16 bit", true, false, 16},
        {SF_FORMAT_PCM_24, "PCM 24 bit", true, false, 24},
        {SF_FORMAT_PCM_32, "PCM 32 bit", true, false, 32},
        {SF_FORMAT_FLOAT, "float 32 bit", true, true, 32},
        {SF_FORMAT_DOUBLE, "float 64 bit", true, true, 64},
        {SF_FORMAT_ULAW, "mu-law", false, false, 0},
        {SF_FORMAT_ALAW, "A-law", false, false, 0},
        {SF_FORMAT_IMA_ADPCM, "IMA ADPCM", false, false, 0},
        {SF_FORMAT_MS_ADPCM, "MS ADPCM", false, false, 0},
        {SF_FORMAT_GSM610, "GSM 6.10", false, false, 0},
        {SF_FORMAT_VOX_ADPCM, "VOX ADPCM", false, false, 0},
        {SF_FORMAT_NMS_ADPCM_16, "NMS ADPCM", false, false, 0},
        {SF_FORMAT_NMS_ADPCM_24, "NMS ADPCM", false, false, 0},
        {SF_FORMAT_NMS_ADPCM_32, "NMS ADPCM", false, false, 0},
        {SF_FORMAT_G721_32, "G.721", false, false, 0},
        {SF_FORMAT_G723_24, "G.723", false, false, 0},
        {SF_FORMAT_G723_40, "G.723", false, false, 0},
        {SF_FORMAT_DPCM_8, "DPCM 8 bit", false, false, 0},
        {SF_FORMAT_DPCM_16, "DPCM 16 bit", false, false, 0},
        {SF_FORMAT_OPUS, "Opus", false, false, 0},
        {SF_FORMAT_MPEG_LAYER_I, "MPEG layer 1", false, false, 0},
        {SF_FORMAT_MPEG_LAYER_II, "MPEG layer 2", false, false, 0},
        {SF_FORMAT_MPEG_LAYER_III, "MP3", false, false, 0},
    };
    bool is_flac = (sf->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;
    info->codec = "another codec";
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (codecs[i].subtype == (sf->format & SF_FORMAT_SUBMASK)) {
            info->codec = codecs[i].name;
            info->is_pcm = codecs[i].is_pcm && !is_flac;
            info->is_float = codecs[i].is_float;
            info->bits = codecs[i].bits;
        }
    }
    if (is_flac) {
        info->codec = info->bits == 24  ? "FLAC 24 bit"
                      : info->bits == 8 ? "FLAC 8 bit"
                                        : "FLAC 16 bit";
    }
}

static pbr_speaker speaker_of(int mapped) {
    switch (mapped) {
    case SF_CHANNEL_MAP_LEFT:
    case SF_CHANNEL_MAP_FRONT_LEFT:
        return PBR_FRONT_LEFT;
    case SF_CHANNEL_MAP_RIGHT:
    case SF_CHANNEL_MAP_FRONT_RIGHT:
        return PBR_FRONT_RIGHT;
    case SF_CHANNEL_MAP_MONO:
    case SF_CHANNEL_MAP_CENTER:
    case SF_CHANNEL_MAP_FRONT_CENTER:
        return PBR_CENTRE;
    case SF_CHANNEL_MAP_LFE:
        return PBR_LFE;
    case SF_CHANNEL_MAP_SIDE_LEFT:
        return PBR_SIDE_LEFT;
    case SF_CHANNEL_MAP_SIDE_RIGHT:
        return PBR_SIDE_RIGHT;
    case SF_CHANNEL_MAP_REAR_LEFT:
        return PBR_BACK_LEFT;
    case SF_CHANNEL_MAP_REAR_RIGHT:
        return PBR_BACK_RIGHT;
    default:
        return PBR_SPEAKER_NONE;
    }
}

// Which speakers the bits of WAV's mask name, for so many channels.
static bool map_speakers(int64_t mask, uint32_t channels, int *map) {
    static const int names[] = {
        SF_CHANNEL_MAP_FRONT_LEFT, SF_CHANNEL_MAP_FRONT_RIGHT, SF_CHANNEL_MAP_FRONT_CENTER,
        SF_CHANNEL_MAP_LFE,        SF_CHANNEL_MAP_REAR_LEFT,   SF_CHANNEL_MAP_REAR_RIGHT,
        SF_CHANNEL_MAP_INVALID,    SF_CHANNEL_MAP_INVALID,     SF_CHANNEL_MAP_INVALID,
        SF_CHANNEL_MAP_SIDE_LEFT,  SF_CHANNEL_MAP_SIDE_RIGHT};
    uint32_t found = 0;
    for (size_t bit = 0; mask > 0 && bit < sizeof names / sizeof names[0]; bit++) {
        if ((mask >> bit & 1) && found < channels) {
            map[found++] = names[bit];
        }
    }
    return found == channels;
}

// Orders the channels by the layout, if it has just the speakers that the file names.
static bool order_by(sound *self, const int *map, pbr_layout layout) {
    uint32_t channels = self->base.info.channels, found = 0;
    const uint8_t *speakers = pbr_layout_speakers(layout);
    if (pbr_layout_channels(layout) != channels) {
        return false;
    }
    for (uint32_t c = 0; c < channels; c++) {
        for (uint32_t i = 0; i < channels; i++) {
            if (speaker_of(map[i]) == speakers[c]) {
                self->order[c] = (uint8_t)i;
                found++;
                break;
            }
        }
    }
    return found == channels;
}

// What a file has that names no set of speakers that is a layout.
static pbr_layout layout_otherwise(const sound *self, pbf_container container, int64_t speakers) {
    uint32_t channels = self->base.info.channels;
    switch (container) {
    case PBF_FLAC:
        return pbf_fixed_layout(channels);
    case PBF_AIFF: // its specification's own orders beyond four channels are those of no layout
        return channels == 3  ? PBR_LAYOUT_3_0
               : channels > 4 ? pbr_layout_of(0, channels)
                              : pbr_layout_usual(channels);
    default:
        // The lowest bits are what writers set that know nothing about speakers.
        return speakers < 0 || (channels < 32 && speakers == ((int64_t)1 << channels) - 1)
                   ? pbr_layout_usual(channels)
                   : pbr_layout_of(0, channels);
    }
}

static void order_channels(sound *self, pbf_container container, int64_t speakers) {
    static const pbr_layout known[] = {
        PBR_LAYOUT_MONO,      PBR_LAYOUT_STEREO, PBR_LAYOUT_3_0,      PBR_LAYOUT_QUAD,
        PBR_LAYOUT_QUAD_WAVE, PBR_LAYOUT_5_0,    PBR_LAYOUT_5_0_WAVE, PBR_LAYOUT_5_1,
        PBR_LAYOUT_5_1_WAVE,  PBR_LAYOUT_7_1};
    pbf_info *info = &self->base.info;
    int map[PBF_MAX_CHANNELS] = {0};
    if (container == PBF_OGG_OPUS) {
        memcpy(self->order, pbf_ogg_order(info), info->channels);
        return;
    }
    bool is_mapped = sf_command(self->file, SFC_GET_CHANNEL_MAP_INFO, map,
                                (int)(sizeof map[0] * info->channels)) == SF_TRUE ||
                     map_speakers(speakers, info->channels, map);
    for (size_t i = 0; is_mapped && speakers != 0 && i < sizeof known / sizeof known[0]; i++) {
        if (order_by(self, map, known[i])) {
            info->layout = known[i];
            return;
        }
    }
    for (uint32_t c = 0; c < info->channels; c++) {
        self->order[c] = (uint8_t)c;
    }
    info->layout = layout_otherwise(self, container, speakers);
}

// Of files whose length libsndfile does not know.
static int64_t count_frames(sound *self, pbf_failure *failure) {
    int64_t got = 1;
    while (got > 0) {
        got = read_sound(&self->base, NULL, 0, BLOCK, failure);
    }
    int64_t frames = self->base.position;
    return seek_sound(&self->base, 0, failure) ? frames : 0;
}

static void set_length(sound *self, const pbf_header *header) {
    pbf_info *info = &self->base.info;
    pbf_failure ignored;
    info->frames = self->sf.frames;
    if (header->frames >= 0) {
        info->frames = header->frames;
    } else if (header->has_to_be_counted || self->sf.frames >= SF_COUNT_MAX / 2) {
        info->frames = count_frames(self, &ignored);
    } else if (header->stated > 0 && header->frame_bytes > 0) {
        info->frames = header->stated / header->frame_bytes;
    } else if (header->stated > 0 && header->block_bytes > 0) {
        info->frames = header->stated / header->block_bytes * header->block_frames;
        // Of the last block, a part is missing.
        self->watch.trouble = header->present / header->block_bytes * header->block_frames;
    } else if (header->stated > 0 && header->present > 0) {
        double part = (double)header->stated / (double)header->present;
        info->frames = (int64_t)((double)self->sf.frames * part);
        self->base.is_cut = true;
    }
}

pbf_backend *pbf_open_sound(pbf_source *source, pbf_kind kind, pbf_failure *failure) {
    pbf_header header = pbf_read_header(source, kind.container);
    if (header.unreadable != NULL) {
        pbf_fail(failure, PBF_UNSUPPORTED, "%s is not a format that is read", header.unreadable);
        return NULL;
    }
    pbf_ogg_end end = {false, false};
    if (kind.container == PBF_OGG_OPUS) {
        end = pbf_read_ogg_end(source);
        if (end.is_chained || pbf_count_links(source) > 1) {
            pbf_fail(failure, PBF_UNSUPPORTED, "chained Opus streams are not read");
            return NULL;
        }
    }
    sound *self = calloc(1, sizeof *self + sizeof(float) * BLOCK * PBF_MAX_CHANNELS);
    if (self == NULL) {
        pbf_fail(failure, PBF_NO_MEMORY, "no memory to decode it");
        return NULL;
    }
    self->base = (pbf_backend){.read = read_sound, .seek = seek_sound, .close = close_sound};
    self->base.is_cut = end.is_cut;
    self->base.has_changed = header.has_changed;
    self->source = source;
    self->scale = header.scale;
    self->watch.trouble = INT64_MAX;
    self->pre_roll = kind.container == PBF_MPEG       ? MPEG_PRE_ROLL
                     : kind.container == PBF_OGG_OPUS ? OPUS_PRE_ROLL
                                                      : 0;
    self->is_watched = kind.container == PBF_FLAC && pbf_flac_watch_start(&self->watch, source);
    if (!open_file(self, kind, failure)) {
        if (header.has_changed) {
            pbf_fail(failure, PBF_UNSUPPORTED, "its sample rate or channels change");
        }
        close_sound(&self->base);
        return NULL;
    }
    if (self->sf.channels > PBF_MAX_CHANNELS) {
        pbf_fail(failure, PBF_UNSUPPORTED, "it has %d channels, at most %d are read",
                 self->sf.channels, PBF_MAX_CHANNELS);
        close_sound(&self->base);
        return NULL;
    }
    if (kind.container == PBF_OGG_OPUS) {
        int64_t trouble = pbf_opus_trouble(source);
        self->watch.trouble =
            trouble < INT64_MAX / 48000 ? trouble * self->sf.samplerate / 48000 : INT64_MAX;
    }
    self->base.info = (pbf_info){.rate = self->sf.samplerate,
                                 .channels = (uint32_t)self->sf.channels,
                                 .container = kind.name};
    describe_codec(&self->sf, &self->base.info);
    if (header.codec != NULL) {
        self->base.info.codec = header.codec;
        self->base.info.bits = 24;
    }
    order_channels(self, kind.container, header.speakers);
    set_length(self, &header);
    return &self->base;
}
