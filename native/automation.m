// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Automation of connections, of buses, of masters and of mixers' output volumes.
#import "bus.h"
#import "checks.h"
#import "fade.h"
#import "master.h"

// The control's range, what each point asks for, and their order.
static perbus_status check_point(const perbus_automation_point *point, perbus_control control,
                                 perbus_error *error) {
    if (control == PERBUS_CONTROL_PAN) {
        PERBUS_CHECK(perbus__check_pan(point->value, error));
    } else {
        PERBUS_CHECK(perbus__check_volume(point->value, error));
    }
    if (point->frames > 0) {
        PERBUS_CHECK(perbus__check_fade(point->frames, point->curve, error));
    }
    if (control == PERBUS_CONTROL_PAN && point->curve != PERBUS_CURVE_LINEAR) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"a pan fades linearly, not along curve %d", (int)point->curve);
    }
    if (point->start > PERBUS_MAX_TIME) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"frame %lld is past %lld",
                            (long long)point->start, (long long)PERBUS_MAX_TIME);
    }
    return PERBUS_OK;
}

// Everything that can be checked without an engine.
static perbus_status check_points(perbus_control control, int64_t from,
                                  const perbus_automation_point *points, size_t count,
                                  perbus_error *error) {
    if (!perbus__has_fades()) {
        return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                            @"this system's AVFAudio has no automation");
    }
    if (control != PERBUS_CONTROL_VOLUME && control != PERBUS_CONTROL_PAN) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"unknown control %d",
                            (int)control);
    }
    if (count > 0) {
        PERBUS_REQUIRE(points, error);
    }
    for (size_t i = 0; i < count; i++) {
        PERBUS_CHECK(check_point(&points[i], control, error));
        if (points[i].start < from) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"point %zu starts at frame %lld, before %lld, from where on "
                                @"points are replaced",
                                i, (long long)points[i].start, (long long)from);
        }
        if (i > 0 && points[i].start <= points[i - 1].start) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"point %zu starts at frame %lld, not after the one before (%lld)",
                                i, (long long)points[i].start, (long long)points[i - 1].start);
        }
    }
    return PERBUS_OK;
}

// The first point is the earliest.
static perbus_status check_time(AVAudioEngine *engine, const perbus_automation_point *points,
                                size_t count, perbus_error *error) {
    int64_t now = perbus__engine_time(engine);
    if (count > 0 && points[0].start < now) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"frame %lld is over, the engine has come to frame %lld",
                            (long long)points[0].start, (long long)now);
    }
    return PERBUS_OK;
}

static perbus_status no_memory_for(size_t count, perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu points", count);
}

perbus_status perbus_connection_automate(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                         perbus_control control, int64_t from,
                                         const perbus_automation_point *points, size_t count,
                                         perbus_error *error) {
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(check_points(control, from, points, count, error));
    return perbus__guard(error, ^{
        AVAudioMixingDestination *destination = [source->mixing destinationForMixer:mixer->object
                                                                                bus:bus];
        if (destination == nil) {
            return perbus__refuse_connection(source, mixer, bus, error);
        }
        PERBUS_CHECK(check_time([source->object engine], points, count, error));
        return perbus__automate(destination, control, from, points, count)
                   ? PERBUS_OK
                   : no_memory_for(count, error);
    });
}

perbus_status perbus_bus_automate(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                  perbus_control control, int64_t from,
                                  const perbus_automation_point *points, size_t count,
                                  perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(check_points(control, from, points, count, error));
    __block perbus_status status = PERBUS_OK;
    PERBUS_CHECK(perbus__with_bus(
        engine, mixer, bus,
        control == PERBUS_CONTROL_PAN ? kMultiChannelMixerParam_Pan
                                      : kMultiChannelMixerParam_Volume,
        error, ^(perbus__control found) {
            status = check_time(engine->object, points, count, error);
            if (status != PERBUS_OK) {
                return;
            }
            BOOL done =
                found.destination != nil
                    ? perbus__automate(found.destination, control, from, points, count)
                    : perbus__automate_bus(mixer->object, bus, control, from, points, count);
            status = done ? PERBUS_OK : no_memory_for(count, error);
        }));
    return status;
}

perbus_status perbus_mixer_automate_output_volume(perbus_node *mixer, int64_t from,
                                                  const perbus_automation_point *points,
                                                  size_t count, perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(check_points(PERBUS_CONTROL_VOLUME, from, points, count, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        AVAudioEngine *engine = [mixer->object engine];
        if (engine == nil) {
            return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED,
                                @"the mixer is attached to no engine");
        }
        PERBUS_CHECK(check_time(engine, points, count, error));
        return perbus__automate_output(mixer->object, from, points, count)
                   ? PERBUS_OK
                   : no_memory_for(count, error);
    });
}

perbus_status perbus_master_automate(perbus_master *master, int64_t from,
                                     const perbus_automation_point *points, size_t count,
                                     perbus_error *error) {
    PERBUS_REQUIRE(master, error);
    PERBUS_CHECK(check_points(PERBUS_CONTROL_VOLUME, from, points, count, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_time(perbus__master_engine(master->object), points, count, error));
        return perbus__automate_master(master->object, from, points, count)
                   ? PERBUS_OK
                   : no_memory_for(count, error);
    });
}

perbus_status perbus_mixer_fade_output_volume(perbus_node *mixer, float volume, uint64_t frames,
                                              perbus_curve curve, perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(perbus__check_fade(frames, curve, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        return perbus__fade_output(mixer->object, volume, frames, curve)
                   ? PERBUS_OK
                   : perbus__no_memory_for_fade(error);
    });
}
