package schema

// Calendar is one of calendars/*.yaml: when something may go out, or should.
type Calendar struct {
	Version     int           `yaml:"version" validate:"required,eq=1" doc:"Version of this file format: 1."`
	From        Date          `yaml:"from" doc:"The first day of all that stands here without a day of its own." example:"2027-01-01"`
	To          Date          `yaml:"to" doc:"The last day of all that stands here without a day of its own." example:"2027-03-31"`
	Slots       []Slot        `yaml:"slots" validate:"max=100,dive" doc:"Times that come back and wait for a post: publish_at: next-slot takes the next free one."`
	Campaigns   []Campaign    `yaml:"campaigns" validate:"max=100,dive" doc:"Posts that belong together for some days."`
	Observances []string      `yaml:"observances" validate:"unique" doc:"Lists of days to keep in mind that come with the program." example:"fr"`
	Days        []Anniversary `yaml:"days" validate:"max=400,dive" doc:"Days of your own to keep in mind."`
	Events      []Event       `yaml:"events" validate:"max=400,dive" doc:"What happens on a day, with posts before and after."`
	Blackouts   []Blackout    `yaml:"blackouts" validate:"max=200,dive" doc:"When nothing goes out."`
	Quotas      []Quota       `yaml:"quotas" validate:"max=100,dive" doc:"How much is too much, and what is too little."`
	Spacing     []Spacing     `yaml:"spacing" validate:"max=100,dive" doc:"How far posts of a channel stay from each other."`
}

// Slot is a time that comes back.
type Slot struct {
	ID       string   `yaml:"id" validate:"required,max=100" doc:"Its name, as in publish_at: next-slot NAME."`
	Channels []string `yaml:"channels" validate:"required,min=1,unique" doc:"The channels that have it."`
	Every    string   `yaml:"every" validate:"required,max=200" doc:"On which days: weekdays in English or French (tuesday and thursday), day, weekday, or an iCalendar rule (RRULE:FREQ=MONTHLY;BYDAY=1MO)." example:"tuesday and thursday"`
	At       Clock    `yaml:"at" validate:"required" doc:"At what time of day." example:"08:30"`
	Pillar   string   `yaml:"pillar" validate:"omitempty,max=100" doc:"The kind of content it is for; posts with the same pillar take it."`
	From     Date     `yaml:"from" doc:"The first day. A rule that counts (every second week) counts from it."`
	To       Date     `yaml:"to" doc:"The last day."`
	Except   []Date   `yaml:"except" doc:"Days without it."`
	Timezone string   `yaml:"timezone" validate:"omitempty,timezone" doc:"The zone of its time. Default: the channel's." example:"Europe/Paris"`
}

// Campaign is posts that belong together.
type Campaign struct {
	ID       string   `yaml:"id" validate:"required,max=100" doc:"Its name, as in a post's campaign."`
	From     Date     `yaml:"from" validate:"required" doc:"The first day." example:"2027-01-02"`
	To       Date     `yaml:"to" validate:"required" doc:"The last day." example:"2027-01-10"`
	Tags     []string `yaml:"tags" validate:"unique" doc:"A post with one of these tags and no campaign of its own belongs to it."`
	Hashtags []string `yaml:"hashtags" validate:"unique" doc:"Tags that each of its posts has besides its own, without #."`
	UTM      UTM      `yaml:"utm" doc:"Parameters for the links of its posts, in place of the workspace's."`
	Goal     Goal     `yaml:"goal" doc:"What it is to bring about."`
}

// Goal is what a campaign is to bring about.
type Goal struct {
	Posts  int `yaml:"posts" validate:"omitempty,gte=1" doc:"How many posts."`
	Clicks int `yaml:"clicks" validate:"omitempty,gte=1" doc:"How many clicks."`
}

// Anniversary is a day of every year.
type Anniversary struct {
	Name  string  `yaml:"name" validate:"required" doc:"What it is called."`
	Date  YearDay `yaml:"date" doc:"Month and day." example:"12-25"`
	Every string  `yaml:"every" validate:"omitempty,max=200" doc:"An iCalendar rule, where it is not the same day each year." example:"RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1SU"`
}

// Event is what happens on a day.
type Event struct {
	ID       string   `yaml:"id" validate:"required,max=100" doc:"Its name, as in a post's event."`
	Title    string   `yaml:"title" validate:"required" doc:"What it is called."`
	Start    Date     `yaml:"start" validate:"required" doc:"When it begins: a day, or a time." example:"2027-01-06 15:00"`
	End      Date     `yaml:"end" doc:"When it ends. Default: the day that it begins."`
	Place    string   `yaml:"place" doc:"Where."`
	LeadUp   []Offset `yaml:"lead_up" doc:"When posts should announce it, counted from its start." example:"-7d"`
	FollowUp []Offset `yaml:"follow_up" doc:"When posts should look back at it, counted from its end." example:"+1d"`
}

// Blackout is when nothing goes out.
type Blackout struct {
	Reason     string   `yaml:"reason" validate:"required" doc:"Why, for whoever reads the plan."`
	From       Date     `yaml:"from" doc:"The first day, or moment."`
	To         Date     `yaml:"to" doc:"The last day, or moment."`
	Every      string   `yaml:"every" validate:"omitempty,max=200" doc:"Days that come back: sunday, or an iCalendar rule." example:"sunday"`
	Between    Hours    `yaml:"between" doc:"Hours of the day, over midnight too. Default: the whole day." example:"22:00-07:00"`
	Observance string   `yaml:"observance" doc:"The public holidays of one of the observances (fr), or one day of it (fr/NAME)." example:"fr"`
	Channels   []string `yaml:"channels" validate:"omitempty,min=1,unique" doc:"Only on these channels. Default: all."`
}

// Quota is how many posts go out in a period.
type Quota struct {
	Channels []string `yaml:"channels" validate:"omitempty,min=1,unique" doc:"Each of these channels by itself. Default: all of them together, where a post counts once."`
	Pillar   string   `yaml:"pillar" doc:"Only posts of this pillar."`
	AtMost   int      `yaml:"at_most" validate:"omitempty,gte=1" doc:"More than these wait."`
	AtLeast  int      `yaml:"at_least" validate:"omitempty,gte=1" doc:"Fewer than these are a warning."`
	Per      string   `yaml:"per" validate:"required,oneof=day week month" doc:"In which period; weeks begin on Monday."`
}

// Spacing is how far posts stay from each other.
type Spacing struct {
	Channels []string `yaml:"channels" validate:"omitempty,min=1,unique" doc:"On each of these channels. Default: on each channel."`
	Between  Duration `yaml:"between" doc:"Between any two posts." example:"2h"`
	SameLink Duration `yaml:"same_link" doc:"Before the same link goes out again." example:"14d"`
}

// Evergreen is how a post comes back.
type Evergreen struct {
	Every    Duration `yaml:"every" validate:"required" doc:"The least time between two rounds on a channel." example:"90d"`
	Times    int      `yaml:"times" validate:"omitempty,gte=2" doc:"How often it goes out in all. Default: again and again."`
	Texts    []string `yaml:"texts" validate:"omitempty,max=20" doc:"Markdown for the rounds to come, in turn, before the post's own text comes again."`
	Approval string   `yaml:"approval" validate:"omitempty,oneof=first each" doc:"first: the approval of the post covers every round; each: every round needs one of its own. Default first."`
}
