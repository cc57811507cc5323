// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// Names in stored scenes, which are those that scenes have in every language.
var (
	tapNames = map[SendTap]string{PreFader: "PreFader", PostFader: "PostFader"}
	lawNames = map[PanLaw]string{Balance: "Balance", ConstantPower: "ConstantPower"}
)

func nameOf[T comparable](names map[T]string, value T) ([]byte, error) {
	if name, ok := names[value]; ok {
		return []byte(name), nil
	}
	return nil, failf(ErrInvalidArgument, "%v has no name", value)
}

func setByName[T comparable](names map[T]string, to *T, name []byte) error {
	for value, known := range names {
		if known == string(name) {
			*to = value
			return nil
		}
	}
	return failf(ErrInvalidArgument, "%q is unknown", name)
}

// MarshalText is the tap's name in a stored scene. [ErrInvalidArgument] for an unknown tap.
func (t SendTap) MarshalText() ([]byte, error) { return nameOf(tapNames, t) }

// UnmarshalText reads such a name. [ErrInvalidArgument] for any other text.
func (t *SendTap) UnmarshalText(name []byte) error { return setByName(tapNames, t, name) }

// MarshalText is the law's name in a stored scene. [ErrInvalidArgument] for an unknown law.
func (l PanLaw) MarshalText() ([]byte, error) { return nameOf(lawNames, l) }

// UnmarshalText reads such a name. [ErrInvalidArgument] for any other text.
func (l *PanLaw) UnmarshalText(name []byte) error { return setByName(lawNames, l, name) }
