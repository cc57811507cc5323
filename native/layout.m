// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Formats with their channel layouts, and whether a connection would lose a channel.
#import "formats.h"

#import "player_node.h"

// Formats are made with the first tag of their layout.
static const struct {
    perbus_layout layout;
    AudioChannelLayoutTag tag;
    const char *name;
} layouts[] = {
    {PERBUS_LAYOUT_MONO, kAudioChannelLayoutTag_Mono, "mono"},
    {PERBUS_LAYOUT_STEREO, kAudioChannelLayoutTag_Stereo, "stereo"},
    {PERBUS_LAYOUT_3_0, kAudioChannelLayoutTag_MPEG_3_0_A, "3.0"},
    {PERBUS_LAYOUT_QUAD, kAudioChannelLayoutTag_Quadraphonic, "quad"},
    {PERBUS_LAYOUT_QUAD, kAudioChannelLayoutTag_WAVE_4_0_A, "quad"},
    {PERBUS_LAYOUT_QUAD, kAudioChannelLayoutTag_WAVE_4_0_B, "quad"},
    {PERBUS_LAYOUT_5_0, kAudioChannelLayoutTag_MPEG_5_0_A, "5.0"},
    {PERBUS_LAYOUT_5_0, kAudioChannelLayoutTag_WAVE_5_0_B, "5.0"},
    {PERBUS_LAYOUT_5_1, kAudioChannelLayoutTag_MPEG_5_1_A, "5.1"},
    {PERBUS_LAYOUT_5_1, kAudioChannelLayoutTag_WAVE_5_1_B, "5.1"},
    {PERBUS_LAYOUT_7_1, kAudioChannelLayoutTag_WAVE_7_1, "7.1"},
    {PERBUS_LAYOUT_7_1_C, kAudioChannelLayoutTag_MPEG_7_1_C, "7.1 (C)"},
};
enum { LAYOUTS = sizeof layouts / sizeof layouts[0] };

static const char *name_of(perbus_layout layout) {
    for (size_t i = 0; i < LAYOUTS; i++) {
        if (layouts[i].layout == layout) {
            return layouts[i].name;
        }
    }
    return "discrete";
}

perbus_format perbus__resolve(perbus_format format) {
    static const perbus_layout usual[] = {
        [1] = PERBUS_LAYOUT_MONO, [2] = PERBUS_LAYOUT_STEREO, [4] = PERBUS_LAYOUT_QUAD,
        [6] = PERBUS_LAYOUT_5_1,  [8] = PERBUS_LAYOUT_7_1,
    };
    BOOL listed = format.channels < sizeof usual / sizeof usual[0];
    BOOL meant = format.layout == PERBUS_LAYOUT_USUAL ||
                 (format.layout == PERBUS_LAYOUT_DISCRETE && format.channels <= 2);
    if (meant && listed) {
        format.layout = usual[format.channels];
    }
    if (format.layout == PERBUS_LAYOUT_USUAL && format.channels > 0) {
        format.layout = PERBUS_LAYOUT_DISCRETE;
    }
    return format;
}

static perbus_status check_layout(const perbus_format *format, perbus_error *error) {
    if (format->layout == PERBUS_LAYOUT_USUAL || format->layout == PERBUS_LAYOUT_DISCRETE) {
        return PERBUS_OK;
    }
    for (size_t i = 0; i < LAYOUTS; i++) {
        uint32_t channels = layouts[i].tag & 0xFFFF;
        if (layouts[i].layout == format->layout && channels != format->channels) {
            return perbus__fail(error, PERBUS_ERROR_FORMAT,
                                @"the layout %s has %u channels, not %u", layouts[i].name, channels,
                                format->channels);
        }
        if (layouts[i].layout == format->layout) {
            return PERBUS_OK;
        }
    }
    return perbus__fail(error, PERBUS_ERROR_FORMAT, @"%d is no channel layout: they are 0 to %d",
                        (int)format->layout, (int)PERBUS_LAYOUT_7_1_C);
}

perbus_status perbus__check_format(const perbus_format *format, perbus_error *error) {
    PERBUS_REQUIRE(format, error);
    if (!(format->sample_rate > 0.0 && format->sample_rate <= PERBUS_MAX_SAMPLE_RATE)) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"sample rate %.10g Hz is not above 0 and at most %d",
                            format->sample_rate, PERBUS_MAX_SAMPLE_RATE);
    }
    if (format->channels < 1 || format->channels > PERBUS_MAX_CHANNELS) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT, @"channel count %u is not in 1 to %d",
                            format->channels, PERBUS_MAX_CHANNELS);
    }
    return check_layout(format, error);
}

static AudioChannelLayoutTag tag_of(perbus_format format) {
    for (size_t i = 0; i < LAYOUTS; i++) {
        if (layouts[i].layout == format.layout) {
            return layouts[i].tag;
        }
    }
    return kAudioChannelLayoutTag_Unknown | format.channels;
}

AVAudioFormat *perbus__format(const perbus_format *format) {
    if (format->channels <= 2) {
        return
            [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:format->sample_rate
                                                            channels:format->channels] autorelease];
    }
    // More channels need a layout, even if it has no speaker positions.
    AVAudioChannelLayout *layout = [[[AVAudioChannelLayout alloc]
        initWithLayoutTag:tag_of(perbus__resolve(*format))] autorelease];
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:format->sample_rate
                                                      channelLayout:layout] autorelease];
}

float *const *perbus__planes(AVAudioPCMBuffer *buffer) {
    return [buffer floatChannelData];
}

perbus_format perbus__describe(AVAudioFormat *format) {
    AudioChannelLayoutTag tag = [[format channelLayout] layoutTag];
    perbus_format described = {[format sampleRate], [format channelCount], PERBUS_LAYOUT_DISCRETE};
    for (size_t i = 0; i < LAYOUTS && described.channels > 2; i++) {
        if (layouts[i].tag == tag) {
            described.layout = layouts[i].layout;
            break;
        }
    }
    return perbus__resolve(described);
}

NSString *perbus__named(perbus_format format) {
    NSString *shape = [NSString stringWithFormat:@"%g Hz and %u channel%s", format.sample_rate,
                                                 format.channels, format.channels == 1 ? "" : "s"];
    const char *layout = name_of(perbus__resolve(format).layout);
    return format.channels > 2 ? [NSString stringWithFormat:@"%@ (%s)", shape, layout] : shape;
}

// Channels without a layout go by number, or all into one.
static BOOL fits(perbus_format from, perbus_format to) {
    BOOL known = from.layout != PERBUS_LAYOUT_DISCRETE && to.layout != PERBUS_LAYOUT_DISCRETE;
    return from.channels <= to.channels || to.channels == 1 || known;
}

static perbus_status refuse(perbus_format from, perbus_format to, perbus_error *error) {
    return perbus__fail(
        error, PERBUS_ERROR_FORMAT,
        @"%u channels (%s) at %g Hz do not fit into %u (%s) at %g Hz: without a layout on both "
        @"sides nothing says how to fold them; give the formats layouts, or connect through a "
        @"matrix",
        from.channels, name_of(from.layout), from.sample_rate, to.channels, name_of(to.layout),
        to.sample_rate);
}

static perbus_format given(perbus_node *source, uint32_t source_bus, const perbus_format *format) {
    if (format != NULL) {
        return perbus__resolve(*format);
    }
    AVAudioFormat *own = perbus__format_for(source, NULL);
    return perbus__describe(own != nil ? own : [source->object outputFormatForBus:source_bus]);
}

// Whether the node converts its inputs to its output's format.
static BOOL converts(const perbus_node *node) {
    return node->kind == PERBUS_KIND_MIXER || node->kind == PERBUS_KIND_EQUALIZER;
}

perbus_status perbus__check_source_channels(perbus_engine *engine, perbus_node *source,
                                            uint32_t source_bus, const perbus_format *format,
                                            perbus_error *error) {
    perbus_format to = given(source, source_bus, format);
    perbus_format made = perbus__made_in(source);
    if (made.channels > 0 && !fits(made, to)) {
        return refuse(made, to, error);
    }
    NSUInteger inputs = converts(source) ? [source->object numberOfInputs] : 0;
    for (NSUInteger bus = 0; bus < inputs; bus++) {
        @autoreleasepool {
            perbus_format from = perbus__describe([source->object inputFormatForBus:bus]);
            if (!fits(from, to) && [engine->object inputConnectionPointForNode:source->object
                                                                      inputBus:bus] != nil) {
                return refuse(from, to, error);
            }
        }
    }
    return PERBUS_OK;
}

perbus_status perbus__check_channels_into(perbus_engine *engine, perbus_node *source,
                                          uint32_t source_bus, const perbus_format *format,
                                          perbus_node *destination, perbus_error *error) {
    BOOL output = destination->kind == PERBUS_KIND_OUTPUT;
    if (!output && !converts(destination)) {
        return PERBUS_OK;
    }
    @autoreleasepool {
        perbus_format from = given(source, source_bus, format);
        perbus_format to = perbus__describe([destination->object outputFormatForBus:0]);
        if (fits(from, to)) {
            return PERBUS_OK;
        }
        // An output that leads nowhere yet is checked once it is connected.
        BOOL heard = output || [[engine->object outputConnectionPointsForNode:destination->object
                                                                    outputBus:0] count] > 0;
        return heard ? refuse(from, to, error) : PERBUS_OK;
    }
}
