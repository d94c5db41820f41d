package tend

import (
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// order is that in which things are done about an item: an answer first, for
// what is hidden may not be read again.
var order = []string{schema.OpReply, schema.OpLabel, schema.OpMute, schema.OpReport, schema.OpHide, schema.OpDelete, schema.OpAsk}

// nearest is what a platform can do of what a rule wants: the act, or "", and
// whether a person is asked. It is never harsher than the rule, and takes no
// act that cannot be undone in the place of one that can.
func nearest(want moderate.Action, acts []platform.Act) (op string, ask bool) {
	can := func(a platform.Act) bool { return slices.Contains(acts, a) }
	switch want {
	case moderate.Label:
		if can(platform.ActLabel) {
			return schema.OpLabel, false
		}
	case moderate.Mute:
		if can(platform.ActMute) {
			return schema.OpMute, false
		}
		return "", true
	case moderate.Escalate:
		return "", true
	case moderate.Hold: // hidden until a person decides
		if can(platform.ActHide) {
			return schema.OpHide, true
		}
		return "", true
	case moderate.Hide:
		if can(platform.ActHide) {
			return schema.OpHide, false
		}
		return "", true
	case moderate.Delete:
		switch {
		case can(platform.ActDelete):
			return schema.OpDelete, false
		case can(platform.ActHide):
			return schema.OpHide, true
		}
		return "", true
	}
	return "", false
}

// choices are the answers there are about an item.
func choices(acts []platform.Act) []Choice {
	var cs []Choice
	for _, a := range []platform.Act{platform.ActHide, platform.ActDelete, platform.ActMute, platform.ActReport} {
		if slices.Contains(acts, a) {
			cs = append(cs, Choice(a))
		}
	}
	return append(cs, Leave, ByHand)
}
