package publish

import (
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// gather announces what jobs are about to publish, as far as it is one new
// part each and due now. From then on none of them is surely not done before
// its own outcome is known.
func gather(conn platform.Conn, jobs []*job) {
	to, ok := conn.(platform.Gatherer)
	if !ok {
		return
	}
	var all []platform.Attempt
	now := clock()
	for _, j := range jobs {
		if j.hold.After(now) {
			break
		}
		if steps := j.action.Steps; j.sends() && len(steps) == 1 && steps[0].Do == plan.CallPublish {
			j.parts = j.action.Wish.Variant().Parts
			if steps[0].Part == 1 && len(j.parts) == 1 {
				j.gathered = true
				all = append(all, j.attempt(steps[0]))
			}
		}
	}
	to.Gather(all)
}

// scatter takes it back, when the platform said that nothing was done.
func scatter(jobs []*job) {
	for _, j := range jobs {
		j.gathered = false
	}
}
