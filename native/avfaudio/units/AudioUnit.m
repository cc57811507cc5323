// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The C calls on audio units. Each is forwarded to the record of the unit.
#import "PBAudioUnit.h"

#include <string.h>

OSStatus PBUnitAnswer(const void *value, UInt32 length, void *data, UInt32 *size) {
    if (data != NULL && *size < length) {
        return kAudioUnitErr_InvalidPropertyValue;
    }
    if (data != NULL) {
        memcpy(data, value, length);
    }
    *size = length;
    return kAudio_NoError;
}

OSStatus AudioUnitSetParameter(AudioUnit inUnit, AudioUnitParameterID inID, AudioUnitScope inScope,
                               AudioUnitElement inElement, AudioUnitParameterValue inValue,
                               UInt32 inBufferOffsetInFrames) {
    (void)inBufferOffsetInFrames;
    if (inUnit == NULL) {
        return kAudio_ParamError;
    }
    return inUnit->setParameter != NULL
               ? inUnit->setParameter(inUnit, inID, inScope, inElement, inValue)
               : kAudioUnitErr_InvalidParameter;
}

OSStatus AudioUnitGetParameter(AudioUnit inUnit, AudioUnitParameterID inID, AudioUnitScope inScope,
                               AudioUnitElement inElement, AudioUnitParameterValue *outValue) {
    if (inUnit == NULL || outValue == NULL) {
        return kAudio_ParamError;
    }
    return inUnit->getParameter != NULL
               ? inUnit->getParameter(inUnit, inID, inScope, inElement, outValue)
               : kAudioUnitErr_InvalidParameter;
}

OSStatus AudioUnitSetProperty(AudioUnit inUnit, AudioUnitPropertyID inID, AudioUnitScope inScope,
                              AudioUnitElement inElement, const void *inData, UInt32 inDataSize) {
    if (inUnit == NULL) {
        return kAudio_ParamError;
    }
    return inUnit->setProperty != NULL
               ? inUnit->setProperty(inUnit, inID, inScope, inElement, inData, inDataSize)
               : kAudioUnitErr_InvalidProperty;
}

OSStatus AudioUnitGetProperty(AudioUnit inUnit, AudioUnitPropertyID inID, AudioUnitScope inScope,
                              AudioUnitElement inElement, void *outData, UInt32 *ioDataSize) {
    if (inUnit == NULL || ioDataSize == NULL) {
        return kAudio_ParamError;
    }
    return inUnit->getProperty != NULL
               ? inUnit->getProperty(inUnit, inID, inScope, inElement, outData, ioDataSize)
               : kAudioUnitErr_InvalidProperty;
}
