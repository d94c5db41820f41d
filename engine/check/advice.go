package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Advice is a check that says what a good editor would: each workspace weighs
// it for itself. What any other check finds keeps a post from going out.
type Advice struct {
	ID       string          `json:"id"`
	Severity schema.Severity `json:"severity"` // where the workspace says nothing
	About    string          `json:"about"`    // what it finds, in one sentence
}

// Advices lists all advice, in order of its id.
func Advices() []Advice { return slices.Clone(advices) }

var advices = []Advice{
	{"calendar/after-event", schema.Warning, "A post that goes out after the event it announces has begun."},
	{"calendar/empty-week", schema.Warning, "A week to come that has slots and no post."},
	{"calendar/in-blackout", schema.Warning, "A post whose time is in a blackout: it waits."},
	{"calendar/lead-up", schema.Warning, "An event that no post announces, or looks back at, when the calendar says that one should."},
	{"calendar/no-room", schema.Warning, "A post that waits for a slot and finds none that is free."},
	{"calendar/no-slot", schema.Error, "A post that waits for a slot where there is none that it could take."},
	{"calendar/outside-campaign", schema.Warning, "A post that goes out before or after its campaign."},
	{"calendar/over-quota", schema.Warning, "A post that is one too many for a quota of the calendar: it waits."},
	{"calendar/same-link", schema.Warning, "The same link again on a channel, sooner than the calendar allows."},
	{"calendar/same-slot", schema.Warning, "Two posts in one slot."},
	{"calendar/too-close", schema.Warning, "A post that goes out closer to the one before than the calendar allows."},
	{"calendar/too-few", schema.Warning, "A week or a month to come with fewer posts than the calendar wants."},
	{"calendar/unknown-campaign", schema.Warning, "A campaign that no calendar has, though some have others."},
	{"calendar/unknown-event", schema.Warning, "An event that no calendar has."},
	{"editorial/advice", schema.Warning, "What a rule of moderation/ that is no more than a warning finds in a post."},
	{"link/bare-name", schema.Warning, "A name such as README.md that the platform would make a link of."},
	{"link/broken", schema.Warning, "A link to a page that is not there; found by check --online."},
	{"link/http", schema.Warning, "A link that begins with http://, which others can read and change on its way."},
	{"link/long", schema.Warning, "A bare address of more than 60 characters, which is tiring to read and to hear."},
	{"link/moved", schema.Warning, "A link to a page that has moved for good; found by check --online."},
	{"link/not-last", schema.Warning, "A bare address with words behind it, where the platform shows a card of it below the text."},
	{"link/other-card", schema.Warning, "A link whose card is not shown, because an address in the text comes before it."},
	{"link/unreachable", schema.Warning, "A link whose server does not answer, or not to everybody; found by check --online."},
	{"media/alt-file-name", schema.Warning, "An alternative text that is a file's name or no more than the word picture."},
	{"media/no-alt", schema.Warning, "A picture without an alternative text."},
	{"moderation/expired", schema.Warning, "A moderation rule whose time is over, so that it does nothing; found by moderate test."},
	{"person/raw-mention", schema.Warning, "A typed @name, which would reach whoever has that name on each platform."},
	{"review/unknown-campaign", schema.Warning, "A rule of who approves for a campaign that no post belongs to."},
	{"tag/lower-case", schema.Warning, "A long tag in small letters, which a screen reader reads as one word."},
	{"tag/more-than-rewarded", schema.Warning, "More tags than the platform rewards."},
	{"tag/same", schema.Warning, "Two tags that differ only in capitals or accents."},
	{"text/fancy-letters", schema.Warning, "Words in mathematical letters that look bold: screen readers spell them out or skip them."},
	{"text/french-spacing", schema.Warning, "French punctuation without the no-break space it takes; mended by check --fix."},
	{"text/same", schema.Warning, "The same words twice on a channel within limits.same_text, 30 days unless it says otherwise."},
	{"text/shouting", schema.Warning, "Several words in a row in capitals."},
	{"time/skipped", schema.Warning, "A time that clocks jump over."},
	{"time/twice", schema.Warning, "A time that clocks show twice."},
	{"title/repeats-first-line", schema.Warning, "A text that begins with its own title, where the platform shows both."},
}

// firm is every other check: it cannot be turned down.
var firm = strings.Fields(`
	calendar/dates calendar/id calendar/rule calendar/same-id calendar/too-many calendar/unclear calendar/unknown-name
	channel/literal-secret channel/missing-setting channel/name channel/same-folder channel/setting channel/unknown-platform channel/unknown-setting
	checks/not-advice checks/unknown-id
	editorial/rule
	file/encoding file/too-large
	front-matter/missing front-matter/unclosed
	ledger/folder
	links/not-a-host links/unknown-name
	media/alt-too-long media/needed media/too-many media/type media/unusable
	moderation/case moderation/circle moderation/condition moderation/expr moderation/file moderation/id moderation/key moderation/regex moderation/same-id moderation/slow
	moderation/template moderation/term moderation/unknown-name moderation/unknown-policy
	outbox/folder
	people/handle people/name people/unknown-platform person/joined person/not-here person/unknown
	poll/duration poll/not-here poll/option-too-long poll/too-many-options poll/with-media
	post/empty post/id post/no-channel post/same-id post/unknown-channel post/unknown-variant post/urgent
	review/unknown-channel
	review/word
	summary/too-long
	tag/digits tag/hash tag/signs tag/too-long tags/too-long tags/too-many
	text/break-inside text/cannot-carry text/link text/raw-html text/too-long text/unknown
	thread/too-long
	title/missing title/too-long title/too-short
	value/address value/approver value/count value/language value/missing value/timezone value/too-few value/too-large value/too-long value/too-small value/twice value/unknown value/version
	visibility/not-here warning/not-here
	workspace/escape
	yaml/anchor yaml/character yaml/documents yaml/duplicate-key yaml/duration yaml/empty yaml/key yaml/null yaml/once-per yaml/percent yaml/syntax yaml/tab yaml/tag yaml/time yaml/type yaml/unknown-key
`)

// Weights is how much each advice matters in one workspace, by its id.
type Weights map[string]schema.Severity

// Weigh reads the weights of a workspace. An id that no advice has is a
// problem and changes nothing.
func Weigh(w *workspace.Workspace) (Weights, []schema.Problem) {
	ws := make(Weights, len(advices))
	ids := make([]string, len(advices))
	for i, a := range advices {
		ws[a.ID], ids[i] = a.Severity, a.ID
	}
	var ps []schema.Problem
	for _, id := range slices.Sorted(maps.Keys(w.Config.Checks)) {
		if _, known := ws[id]; known {
			switch weight := schema.Severity(w.Config.Checks[id]); weight {
			case schema.Error, schema.Warning, schema.Off: // another is the decoder's to report
				ws[id] = weight
			}
			continue
		}
		place, _ := w.Source.KeyAt("checks." + id)
		p := schema.Problem{Pos: place, Check: "checks/unknown-id", Severity: schema.Error, Text: "unknown check; `imprimatur checks` lists those that can stand here"}
		if near := schema.Nearest(id, ids); near != "" {
			p.Text = "unknown check; did you mean " + near + "?"
		}
		if slices.Contains(firm, id) {
			p.Check, p.Text = "checks/not-advice", id+" finds what would go wrong, so it always counts; take it out here, and mend what it finds"
		}
		ps = append(ps, p)
	}
	return ws, ps
}

// Apply gives every advice among ps its weight, in place, and drops what is
// off.
func (ws Weights) Apply(ps []schema.Problem) []schema.Problem {
	kept := ps[:0]
	for _, p := range ps {
		if weight, is := ws[p.Check]; is {
			p.Severity = weight
		}
		if p.Severity != schema.Off {
			kept = append(kept, p)
		}
	}
	return kept
}
