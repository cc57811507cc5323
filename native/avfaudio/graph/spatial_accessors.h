// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The eight accessors of AVAudio3DMixing, for the two classes that store its values. Included
// inside an @implementation that has pbSpatial, pbMutableSpatial and pbSpatialChanged.

// clang-format off
#define PB_SPATIAL(type, getter, setter)                                                           \
    - (type)getter {                                                                               \
        return [self pbSpatial]->getter;                                                           \
    }                                                                                              \
    - (void)setter:(type)value {                                                                   \
        [self pbMutableSpatial]->getter = value;                                                   \
        [self pbSpatialChanged];                                                                   \
    }

PB_SPATIAL(AVAudio3DMixingRenderingAlgorithm, renderingAlgorithm, setRenderingAlgorithm)
PB_SPATIAL(AVAudio3DMixingSourceMode, sourceMode, setSourceMode)
PB_SPATIAL(AVAudio3DMixingPointSourceInHeadMode, pointSourceInHeadMode, setPointSourceInHeadMode)
PB_SPATIAL(float, rate, setRate)
PB_SPATIAL(float, reverbBlend, setReverbBlend)
PB_SPATIAL(float, obstruction, setObstruction)
PB_SPATIAL(float, occlusion, setOcclusion)
PB_SPATIAL(AVAudio3DPoint, position, setPosition)

#undef PB_SPATIAL
// clang-format on
