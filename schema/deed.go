package schema

import "time"

// Deed is one line of what moderation remembers: one thing known about one
// item that somebody else wrote. It may stand in git for ever, so it holds no
// word of the item and no name of anybody: items, authors and addresses go by
// keyed hashes, and what is needed to act is sealed under the same key.
type Deed struct {
	At      time.Time `json:"at"`
	Run     string    `json:"run"`
	Channel string    `json:"channel"`
	Op      string    `json:"op"`
	State   string    `json:"state,omitempty"`
	Item    string    `json:"item,omitempty"`   // its name: a keyed hash
	Rev     string    `json:"rev,omitempty"`    // of the version that was judged: a keyed hash
	Page    string    `json:"page,omitempty"`   // of its address: a keyed hash
	Author  string    `json:"author,omitempty"` // a keyed hash
	URL     string    `json:"url,omitempty"`    // of the item, where it names nobody; of a reply or an issue of ours

	Action  string   `json:"action,omitempty"`  // what is to become of the item, and did
	Rule    string   `json:"rule,omitempty"`    // whose action it is
	Policy  string   `json:"policy,omitempty"`  // that the rule stands on
	Matched []string `json:"matched,omitempty"` // every rule that matched, with its state after a blank
	Shown   []string `json:"shown,omitempty"`   // what made it match, masked
	Labels  []string `json:"labels,omitempty"`
	By      string   `json:"by,omitempty"` // the person who decided

	Key    string    `json:"key,omitempty"`    // that a reply goes by
	First  time.Time `json:"first,omitzero"`   // when it was first tried
	Lease  time.Time `json:"lease,omitzero"`   // an intent's run may act until then
	Sealed string    `json:"sealed,omitempty"` // what is needed to do it, or to undo it
	Why    string    `json:"why,omitempty"`    // a failure

	Cursor  string   `json:"cursor,omitempty"`  // how far a channel was read
	Items   int      `json:"items,omitempty"`   // judged since the last cursor
	Authors []string `json:"authors,omitempty"` // of these, those who never wrote before: keyed hashes
	Rules   []string `json:"rules,omitempty"`   // that enforce, and did not before
}

// The ops of a deed: what it is about.
const (
	OpRead   = "read"   // a channel was read, up to Cursor
	OpJudge  = "judge"  // an item was judged, and nothing is done but to remember it
	OpReply  = "reply"  // an answer of ours
	OpAsk    = "ask"    // a person is asked
	OpDecide = "decide" // a person decided: Action, for ever
	OpUndo   = "undo"   // what was done is taken back
	OpLabel  = "label"  // these and the following are acts on a platform
	OpMute   = "mute"
	OpReport = "report"
	OpHide   = "hide"
	OpDelete = "delete"
)

// DeedOps lists the ops that are about an item.
var DeedOps = []string{OpJudge, OpReply, OpAsk, OpDecide, OpUndo, OpLabel, OpMute, OpReport, OpHide, OpDelete}

// The states of a deed.
const (
	DeedIntent  = "intent"  // written before the call: it may be done
	DeedDone    = "done"    //
	DeedFailed  = "failed"  // surely not done; the next run may try again
	DeedRefused = "refused" // surely not done, and trying again is no use
	DeedUnknown = "unknown" // the call was made, the outcome is not known
	DeedLost    = "lost"    // the outcome is not known, and it must not be tried again
)

// DeedStates lists the states.
var DeedStates = []string{DeedIntent, DeedDone, DeedFailed, DeedRefused, DeedUnknown, DeedLost}
