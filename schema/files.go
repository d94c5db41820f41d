package schema

import "time"

// Config is imprimatur.yaml: one brand, its channels and its rules.
type Config struct {
	Version    int                `yaml:"version" validate:"required,eq=1" doc:"Version of this file format: 1."`
	Brand      string             `yaml:"brand" validate:"required" doc:"The name people know you by."`
	Language   string             `yaml:"language" validate:"omitempty,bcp47_language_tag" doc:"Language of posts that name none, as a BCP 47 tag." example:"fr"`
	Timezone   string             `yaml:"timezone" validate:"omitempty,timezone" doc:"Zone of every local time in the workspace, as an IANA name. Default UTC." example:"Europe/Paris"`
	Channels   map[string]Channel `yaml:"channels" validate:"required,min=1,dive" doc:"Where posts go: one account on one platform each, under a name of your choice."`
	Defaults   Defaults           `yaml:"defaults" doc:"Front matter that every post has unless it says otherwise."`
	Links      Links              `yaml:"links" doc:"What is done to the links of posts."`
	Checks     map[string]string  `yaml:"checks" validate:"dive,oneof=error warning off" doc:"How much a check matters here: error, warning or off, under the check's id."`
	Review     *Review            `yaml:"review" word:"none" doc:"Who must approve a post before it goes out. none: nobody."`
	Limits     Limits             `yaml:"limits" doc:"Brakes on what one run may do."`
	Ledger     string             `yaml:"ledger" doc:"What remembers what was published: git, for the branch imprimatur-ledger of the repository, or a folder below the workspace. Default .imprimatur/ledger." example:"git"`
	Moderation ModerationSettings `yaml:"moderation" doc:"How what others write is moderated. The rules are in the folder moderation."`
	Outbox     string             `yaml:"outbox" doc:"The folder, below the workspace, for what a person publishes by hand. Default outbox."`
}

// ModerationSettings is how what others write is moderated.
type ModerationSettings struct {
	Key    string   `yaml:"key" doc:"The environment variable with the key under which moderation remembers people without naming them. Needed where the ledger is git." example:"${MODERATION_KEY}"`
	Record Duration `yaml:"record" doc:"Keep what others wrote for so long, for replays: on this machine only, and never in git. Default: not at all." example:"90d"`
}

// Channel is one account on one platform. Which settings it takes is up to
// the platform; a secret is always the name of an environment variable.
type Channel struct {
	Platform string            `yaml:"platform" validate:"required" doc:"The kind of place."`
	OnChange string            `yaml:"on_change" validate:"omitempty,oneof=ask repost ignore" doc:"What to do when a live post changes and the platform cannot edit. Default ask."`
	OnDelete string            `yaml:"on_delete" validate:"omitempty,oneof=ask remove ignore" doc:"What to do when the file of a live post is gone. Default ask."`
	Timezone string            `yaml:"timezone" validate:"omitempty,timezone" doc:"Zone of the local times of its posts and slots. Default: the workspace's." example:"Indian/Mauritius"`
	Split    bool              `yaml:"split" doc:"true makes a thread of a text that is too long for one part."`
	Numbered bool              `yaml:"numbered" doc:"true ends each part of a thread with its number, as in 1/4."`
	Settings map[string]string `yaml:",rest"`
}

// Links is what is done to the links of posts.
type Links struct {
	UTM    UTM      `yaml:"utm" doc:"Parameters that tell the page's owner where a visit comes from."`
	Except []string `yaml:"except" validate:"unique" doc:"Hosts whose links stay as they are, with their subdomains."`
}

// UTM is the parameters added to links, each a template in which {platform},
// {channel}, {campaign}, {post} and {brand} stand for their values, in lower
// case and with hyphens for blanks. One with an empty value is left out.
type UTM struct {
	Source   Template `yaml:"source" doc:"utm_source." example:"{platform}"`
	Medium   Template `yaml:"medium" doc:"utm_medium." example:"social"`
	Campaign Template `yaml:"campaign" doc:"utm_campaign." example:"{campaign}"`
	Term     Template `yaml:"term" doc:"utm_term."`
	Content  Template `yaml:"content" doc:"utm_content." example:"{post}"`
}

// Defaults is the front matter that posts share.
type Defaults struct {
	Channels   []string `yaml:"channels" validate:"omitempty,min=1,unique" doc:"Channels the post goes to."`
	Campaign   string   `yaml:"campaign" doc:"The campaign the post belongs to."`
	Pillar     string   `yaml:"pillar" validate:"omitempty,max=100" doc:"The kind of content it is: slots and quotas of the calendar name it."`
	Lang       string   `yaml:"lang" validate:"omitempty,bcp47_language_tag" doc:"Language of the post, as a BCP 47 tag." example:"fr"`
	Tags       []string `yaml:"tags" validate:"unique" doc:"Topics, without #."`
	Link       string   `yaml:"link" validate:"omitempty,http_url" doc:"The page the post is about."`
	Media      []Media  `yaml:"media" validate:"dive" doc:"Pictures, in order."`
	Warning    string   `yaml:"warning" doc:"Content warning, shown before the post."`
	Visibility string   `yaml:"visibility" validate:"omitempty,oneof=public unlisted private" doc:"Who sees it, where the platform lets you choose. Default public."`
	Late       *Late    `yaml:"late" doc:"What to do when the time has passed by. Default: ask after 24h."`
}

// Post is the front matter of posts/**/*.md.
type Post struct {
	ID        string `yaml:"id" validate:"omitempty,max=200" doc:"Its name in the ledger. Default: the path below posts/ without .md."`
	Title     string `yaml:"title" doc:"Used where a platform has titles."`
	Summary   string `yaml:"summary" doc:"One or two sentences for link cards and feeds."`
	PublishAt When   `yaml:"publish_at" doc:"When it goes out: 2027-01-04 08:30 in its zone, an RFC 3339 time, or next-slot with or without the name of a slot or a pillar. Without it the post is a draft." example:"2027-01-04 08:30"`
	Timezone  string `yaml:"timezone" validate:"omitempty,timezone" doc:"Zone of its own local times. Default: each channel's." example:"Indian/Mauritius"`
	Priority  int    `yaml:"priority" doc:"Where it stands in the queue: more goes first. Default 0."`
	Pin       Date   `yaml:"pin" doc:"The day of the slot it takes, or the very time of it: it goes before all others." example:"2027-01-05"`
	NotBefore Date   `yaml:"not_before" doc:"The first day, or moment, that it may go out." example:"2027-01-04"`
	Expires   Date   `yaml:"expires" doc:"The last day, or moment, that it may go out; then it is skipped." example:"2027-01-31"`
	Event     string `yaml:"event" doc:"The id of the event it announces, or looks back at."`
	Defaults  `yaml:",inline"`
	Embargo   Time                `yaml:"embargo_until" doc:"It does not go out before, whatever publish_at says and whenever it is approved: a time like publish_at." example:"2027-01-04 08:00"`
	Urgent    bool                `yaml:"urgent" doc:"true asks for the approvals of review.urgent in place of the usual ones."`
	Evergreen *Evergreen          `yaml:"evergreen" doc:"How it comes back, into slots that no other post takes."`
	Poll      *Poll               `yaml:"poll" doc:"A question to vote on, where the platform has polls."`
	Retracted bool                `yaml:"retracted" doc:"true takes the post down everywhere."`
	Variants  map[string]Override `yaml:"variants" validate:"dive" doc:"What one channel, or every channel of one platform, gets instead."`
}

// Override replaces parts of a post on one channel or platform, whole.
type Override struct {
	Text       string   `yaml:"text" doc:"Markdown in place of the body."`
	Title      string   `yaml:"title" doc:"In place of the title."`
	Summary    string   `yaml:"summary" doc:"In place of the summary."`
	Lang       string   `yaml:"lang" validate:"omitempty,bcp47_language_tag" doc:"In place of the language." example:"en"`
	Tags       []string `yaml:"tags" validate:"unique" doc:"In place of the tags."`
	Link       string   `yaml:"link" validate:"omitempty,http_url" doc:"In place of the link."`
	Media      []Media  `yaml:"media" validate:"dive" doc:"In place of the pictures."`
	Warning    string   `yaml:"warning" doc:"In place of the content warning."`
	Visibility string   `yaml:"visibility" validate:"omitempty,oneof=public unlisted private" doc:"In place of the visibility."`
}

// Media is one picture of a post.
type Media struct {
	File  string    `yaml:"file" validate:"required" doc:"Path from the workspace folder, or from the post's own folder."`
	Alt   *string   `yaml:"alt" doc:"What the picture shows, for people who do not see it. Empty says that it is only decoration." empty:"ok"`
	Focus []float64 `yaml:"focus" validate:"omitempty,len=2,dive,gte=-1,lte=1" doc:"The point that must stay visible when cropped: x and y from -1 to 1, 0 0 being the middle."`
}

// Poll is a question with fixed answers.
type Poll struct {
	Options  []string `yaml:"options" validate:"required,min=2,unique" doc:"The answers to choose from."`
	Open     Duration `yaml:"open" validate:"required" doc:"How long people can vote." example:"3d"`
	Multiple bool     `yaml:"multiple" doc:"true lets people choose several."`
}

// Late says what happens to a post that is found due long after its time.
type Late struct {
	Policy string   `yaml:"policy" validate:"required,oneof=publish skip ask" doc:"publish anyway, skip it, or ask a person."`
	After  Duration `yaml:"after" validate:"required" doc:"How late is late." example:"2h"`
}

// Limits are brakes on what one run may do.
type Limits struct {
	MaxActions int      `yaml:"max_actions" validate:"omitempty,gte=1" doc:"The most posts one run may publish or change; a plan with more is refused. Default 25."`
	PerDay     int      `yaml:"per_day" validate:"omitempty,gte=1" doc:"The most posts one channel publishes in a day; the rest wait. Default: no limit."`
	SameText   Duration `yaml:"same_text" doc:"How long before the same words go out again on a channel without a warning. Default 30d." example:"30d"`
}

// People is people.yaml: who @{name} is on each platform.
type People struct {
	Version int               `yaml:"version" validate:"required,eq=1" doc:"Version of this file format: 1."`
	People  map[string]Person `yaml:"people" validate:"required,dive" doc:"Under the name used in posts as @{name}."`
}

// Person is one entry of people.yaml.
type Person struct {
	Name    string            `yaml:"name" validate:"required" doc:"Written where the person has no handle."`
	Handles map[string]string `yaml:",rest" doc:"The person's handle, under the platform's name."`
}

// Freeze is freeze.yaml: while it is there, nothing goes out.
type Freeze struct {
	Reason string `yaml:"reason" validate:"required" doc:"Why, for whoever reads the plan."`
	Until  Time   `yaml:"until" doc:"When it ends by itself. Without it: when the file is removed." example:"2027-01-04 08:30"`
	Who    string `yaml:"who" doc:"Who to ask."`
}

// State is how far one part of a post got on one channel.
type State string

// The states of a receipt.
const (
	Intent  State = "intent"  // written before the call: it may be live
	Live    State = "live"    // up, as the digest says
	Failed  State = "failed"  // surely not done; the next run may try again
	Refused State = "refused" // surely not done, and the author must change it first
	Unknown State = "unknown" // the call was made, the outcome is not known
	Handed  State = "handed"  // given to a person, who says what became of it
	Gone    State = "gone"    // taken down
	Moved   State = "moved"   // the post has a new id, named by To
	Slotted State = "slotted" // a post of the queue has its slot, at Due, and keeps it
)

// Receipt is one line of the ledger: one thing known about one part of a post
// on one channel.
type Receipt struct {
	At      time.Time `json:"at"`
	Run     string    `json:"run"`
	Post    string    `json:"post"`
	Channel string    `json:"channel"`
	Part    int       `json:"part"` // from 1
	State   State     `json:"state"`
	Op      string    `json:"op,omitempty"`     // what was called: publish, edit, remove
	Key     string    `json:"key,omitempty"`    // names the attempt to the platform
	Digest  string    `json:"digest,omitempty"` // of the part's bytes
	ID      string    `json:"id,omitempty"`
	URL     string    `json:"url,omitempty"`
	Rev     string    `json:"rev,omitempty"`  // the platform's version of it
	Due     time.Time `json:"due,omitzero"`   // when the post was meant to go out
	Lease   time.Time `json:"lease,omitzero"` // an intent's run may act until then
	Why     string    `json:"why,omitempty"`  // a failure, in the platform's words
	To      string    `json:"to,omitempty"`   // a moved post's new id
	By      string    `json:"by,omitempty"`   // the person who says so, of what no run can know

	Approved []string `json:"approved,omitempty"` // who approved these words, by their names on the forge
	Pull     int      `json:"pull,omitempty"`     // the pull request they approved
	Urgent   bool     `json:"urgent,omitempty"`   // it took the fast lane, with approvers of its own
	Freeze   string   `json:"freeze,omitempty"`   // the freeze it went through, being urgent
}
