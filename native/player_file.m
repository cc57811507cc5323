// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Players that play files.
#import "checks.h"
#import "formats.h"
#import "player_node.h"

static perbus_status check_file(PerbusPlayerNode *player, const perbus_file *file, int64_t frames,
                                const perbus_schedule *schedule, perbus_error *error) {
    if (file->writes) {
        return perbus__fail_file(error, PERBUS_ERROR_WRONG_KIND, file, 0,
                                 "the file was made for writing");
    }
    perbus_format format = file->info.format;
    PERBUS_CHECK(perbus__check_schedule(player, format, YES, "file", frames, schedule, error));
    double rate = [[player outputFormatForBus:0] sampleRate];
    if (!perbus__can_convert(file, rate)) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"a file of %g Hz on a player of %g Hz: the rate cannot be converted",
                            format.sample_rate, rate);
    }
    return PERBUS_OK;
}

// frames < 0: to the file's end.
static perbus_status schedule_file(perbus_node *player, perbus_file *file, int64_t start,
                                   int64_t frames, const perbus_schedule *schedule,
                                   perbus_error *error) {
    PERBUS_REQUIRE(player, error);
    PERBUS_REQUIRE(file, error);
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        int64_t length = file->info.frames;
        PERBUS_CHECK(check_file(object, file, length, schedule, error));
        if (start < 0 || start > length || (frames >= 0 && start == length)) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"start_frame %lld is not in 0 to %lld", (long long)start,
                                (long long)(length - 1));
        }
        int64_t count = frames < 0 ? length - start : frames;
        if (count > length - start || (frames >= 0 && count == 0)) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"%lld frames from frame %lld on are not in 1 to %lld",
                                (long long)frames, (long long)start, (long long)(length - start));
        }
        perbus_schedule how = perbus__schedule_or_default(schedule);
        perbus_status status = perbus__schedule_file(object, file, start, start + count,
                                                     perbus__start(object, schedule), &how);
        return status == PERBUS_OK ? status
                                   : perbus__fail(error, status, @"no memory for a queued file");
    });
}

perbus_status perbus_player_schedule_file(perbus_node *player, perbus_file *file,
                                          const perbus_schedule *schedule, perbus_error *error) {
    return schedule_file(player, file, 0, -1, schedule, error);
}

perbus_status perbus_player_schedule_segment(perbus_node *player, perbus_file *file,
                                             int64_t start_frame, int64_t frames,
                                             const perbus_schedule *schedule, perbus_error *error) {
    // A negative number stands for the rest of the file in here.
    return schedule_file(player, file, start_frame, frames >= 0 ? frames : 0, schedule, error);
}

perbus_status perbus_player_get_position(perbus_node *player, perbus_position *out_position,
                                         perbus_error *error) {
    PERBUS_REQUIRE(out_position, error);
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        *out_position = perbus__position_of(object);
        return PERBUS_OK;
    });
}

perbus_status perbus_player_seek(perbus_node *player, int64_t file_frame, perbus_error *error) {
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        int64_t first = 0, end = 0;
        perbus_status status = perbus__seek_file(object, file_frame, &first, &end);
        switch (status) {
        case PERBUS_OK:
            return status;
        case PERBUS_ERROR_OUT_OF_RANGE:
            return perbus__fail(error, status, @"file_frame %lld is not in %lld to %lld",
                                (long long)file_frame, (long long)first, (long long)(end - 1));
        case PERBUS_ERROR_INVALID_ARGUMENT:
            return perbus__fail(error, status, @"no file is being played, nor first in the queue");
        default:
            return perbus__fail(error, status, @"no memory for a seek");
        }
    });
}
