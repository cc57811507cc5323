// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A source's own volume and pan, which apply to all of its connections.
#import "checks.h"

static perbus_status check_mixing(perbus_node *node, perbus_error *error) {
    if (node->mixing != nil) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                        @"the node has no volume and pan of its own");
}

perbus_status perbus_node_set_volume(perbus_node *node, float volume, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        [node->mixing setVolume:volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_get_volume(perbus_node *node, float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_volume, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        *out_volume = [node->mixing volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_set_pan(perbus_node *node, float pan, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_CHECK(perbus__check_pan(pan, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        [node->mixing setPan:pan];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_get_pan(perbus_node *node, float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_pan, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        *out_pan = [node->mixing pan];
        return PERBUS_OK;
    });
}
