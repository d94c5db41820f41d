package publish

import (
	"errors"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// next says what comes of an action that went wrong, and what someone must do
// for it, if anything.
func (o *Outcome) next() string {
	switch {
	case o.State == schema.Refused:
		return "the next plan says what you can do"
	case o.State == schema.Unknown && o.step == plan.CallEdit:
		return "it may be changed or not; the next run changes it again"
	case o.State == schema.Unknown && o.step == plan.CallRemove:
		return "it may be there or not; the next run takes it down again"
	case o.State == schema.Unknown:
		if p := o.Action.Wish.Channel.Platform; !p.Can(platform.Find) && p.Repeat == 0 {
			return "it may be live; look there, the next plan asks you"
		}
		return "it may be live; the next run finds out"
	case errors.Is(o.Err, platform.ErrAuth):
		return "give the channel credentials that work, and the next run goes on"
	case errors.Is(o.Err, platform.ErrAddress):
		return "see that the channel's address is right, and the next run goes on"
	default:
		return "the next run tries again"
	}
}
