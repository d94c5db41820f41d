package schema

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// Moderation is one file of moderation/*.yaml: what is done about what other
// people write to the brand.
type Moderation struct {
	Version      int                            `yaml:"version" validate:"required,eq=1" doc:"Version of this file format: 1."`
	Kind         string                         `yaml:"kind" validate:"required,oneof=community" doc:"What the rules judge. community: comments, replies, mentions and quotes that come in."`
	Lists        map[string]TermList            `yaml:"lists" validate:"dive" doc:"Word lists, under the name that rules use."`
	Templates    map[string]map[string]Template `yaml:"templates" doc:"Answers, under the name that rules use; each a text for a language tag, with und for every other language. {author}, {brand}, {channel} and {policy} stand for their values."`
	Rules        []Rule                         `yaml:"rules" validate:"dive" doc:"The rules. Their order means nothing."`
	Expectations []Expectation                  `yaml:"expectations" validate:"dive" doc:"How often a rule may match when recorded items are replayed."`
}

// TermList is a word list: plain text, one term a line.
type TermList struct {
	File  string   `yaml:"file" validate:"required" doc:"Path from the folder moderation: plain text, one term a line, # for comments." example:"lists/insults-fr.txt"`
	Lang  Several  `yaml:"lang" validate:"dive,bcp47_language_tag" doc:"Languages of its terms: in a text of another language they mean nothing. Default: every language." example:"fr"`
	Allow []string `yaml:"allow" doc:"Words and phrases in which a term of the list is harmless."`
}

// Rule is one moderation rule.
type Rule struct {
	ID        string     `yaml:"id" validate:"required,max=80" doc:"Its name for good, in every record: letters, digits, dots, - and _." example:"insults.fr"`
	Policy    string     `yaml:"policy" validate:"required" doc:"The anchor of the heading in POLICY.md that the rule stands on." example:"conduct-2"`
	Mode      string     `yaml:"mode" validate:"required,oneof=off shadow enforce" doc:"off: not looked at. shadow: recorded, never acts. enforce: acts."`
	Expires   Time       `yaml:"expires" doc:"When it stops acting by itself." example:"2027-02-01 00:00"`
	Where     Where      `yaml:"where" doc:"The items it is for. Default: all."`
	Match     Match      `yaml:"match" validate:"required" doc:"What an item must be like. Several conditions must all hold."`
	Action    string     `yaml:"action" validate:"required,oneof=none label mute escalate hold hide delete allow" doc:"What to do, mildest first: none, label, mute, escalate to a person, hold, hide, delete. allow: do nothing, whatever the rules say that it overrides."`
	Also      []Also     `yaml:"also" validate:"dive" doc:"What to do besides."`
	Overrides []string   `yaml:"overrides" validate:"unique" doc:"Ids of rules that have no say where this one matches."`
	Limits    RuleLimits `yaml:"limits" doc:"Brakes: a rule beyond them only escalates."`
	Slow      bool       `yaml:"slow" doc:"true takes a regular expression that must be tried on every item, because it has no fixed letters in it."`
	Tests     []Case     `yaml:"tests" validate:"dive" doc:"Items with what this rule alone wants for them. A rule that enforces needs one that it matches and one that it leaves alone."`
}

// Where says which items a rule is for.
type Where struct {
	Platform Several `yaml:"platform" doc:"Platforms." example:"mastodon"`
	Channel  Several `yaml:"channel" doc:"Channels of imprimatur.yaml."`
	Surface  Several `yaml:"surface" validate:"dive,oneof=comment reply mention quote" doc:"What the item is to our posts."`
	Lang     Several `yaml:"lang" validate:"dive,bcp47_language_tag" doc:"Languages; fr is every French, und what no language is known of." example:"fr"`
}

// Match is a condition on an item; of several keys, all must hold.
type Match struct {
	All      []Match      `yaml:"all" validate:"dive" doc:"Conditions that must all hold."`
	Any      []Match      `yaml:"any" validate:"dive" doc:"Conditions of which one must hold."`
	Not      *Match       `yaml:"not" doc:"A condition that must not hold."`
	Words    *Words       `yaml:"words" doc:"Words and phrases in the text."`
	Regex    Several      `yaml:"regex" doc:"Regular expressions (RE2), one of which must be found. Case does not matter."`
	Links    *LinkMatch   `yaml:"links" doc:"Links in the text."`
	Mentions *Count       `yaml:"mentions" doc:"How many people are mentioned."`
	Capitals *Count       `yaml:"capitals" doc:"How many of a hundred letters are capitals."`
	Emoji    *Count       `yaml:"emoji" doc:"How many emoji there are."`
	Length   *Count       `yaml:"length" doc:"How many characters there are."`
	Repeats  *Count       `yaml:"repeats" doc:"The longest row of one character."`
	Author   *AuthorMatch `yaml:"author" doc:"Who wrote it, as far as it is known."`
	Expr     string       `yaml:"expr" doc:"A condition in a small language, as in links > 2 and author.followers < 5." example:"links > 2 and author.followers < 5"`
}

// Words are terms to look for: those of a list, or of any.
type Words struct {
	List Several  `yaml:"list" doc:"Lists, by their names above."`
	Any  []string `yaml:"any" doc:"Terms written here. A * at an end stands for any letters."`
	As   string   `yaml:"as" validate:"omitempty,oneof=word prefix suffix phrase wildcard" doc:"How a term without a * is found: as a whole word, at the beginning or the end of one, or as a phrase. Default word."`
	Fold string   `yaml:"fold" validate:"omitempty,oneof=none standard evasion" doc:"What is seen through. none: nothing. standard: capitals, accents, invisible signs. evasion: look-alike letters, c0nnard, c o n n a r d and connnnard too. Default standard."`
	Case bool     `yaml:"case" doc:"true: capitals matter."`
}

// LinkMatch counts links; without over and under, one is enough.
type LinkMatch struct {
	Domains []string `yaml:"domains" doc:"Only links to these hosts and their subdomains." example:"bit.ly"`
	Except  []string `yaml:"except" doc:"No links to these hosts and their subdomains."`
	Count   `yaml:",inline"`
}

// Count bounds a number.
type Count struct {
	Over  *int `yaml:"over" validate:"omitempty,gte=0" doc:"More than this."`
	Under *int `yaml:"under" validate:"omitempty,gte=0" doc:"Less than this."`
}

// Ages bounds a length of time.
type Ages struct {
	Over  Duration `yaml:"over" doc:"Longer than this." example:"30d"`
	Under Duration `yaml:"under" doc:"Shorter than this." example:"7d"`
}

// AuthorMatch is a condition on who wrote an item. What the platform does not
// tell is unknown, and so is the condition.
type AuthorMatch struct {
	Age        *Ages  `yaml:"age" doc:"How old the account was when it wrote."`
	Followers  *Count `yaml:"followers" doc:"How many follow it."`
	Trusted    *bool  `yaml:"trusted" doc:"Whether we trust it."`
	SeenBefore *bool  `yaml:"seen_before" doc:"Whether it wrote to us before."`
}

// Also is something to do besides a rule's action.
type Also struct {
	Label  string  `yaml:"label" doc:"A label to put on the item in our records."`
	Reply  *Reply  `yaml:"reply" doc:"An answer to the item."`
	Notify Several `yaml:"notify" doc:"People of people.yaml who are told."`
}

// Reply is an answer from a template.
type Reply struct {
	Template string  `yaml:"template" validate:"required" doc:"The template, by its name above."`
	OncePer  OncePer `yaml:"once_per" doc:"How rarely: author/7d is at most once in seven days to one author. Default author/1d." example:"author/7d"`
}

// RuleLimits are brakes on one rule.
type RuleLimits struct {
	PerDay   int     `yaml:"per_day" validate:"omitempty,gte=1" doc:"The most items a day that it acts on."`
	MaxShare Percent `yaml:"max_share" doc:"The most of what comes in that it may act on in its first week." example:"5%"`
}

// Case is an item as a test gives it, and what the rule wants for it. What it
// does not say of language, surface and the like is what the rule is for.
type Case struct {
	Text     *string     `yaml:"text" doc:"What it says." empty:"ok"`
	Lang     string      `yaml:"lang" validate:"omitempty,bcp47_language_tag" doc:"Its language, as a BCP 47 tag." example:"fr"`
	Surface  string      `yaml:"surface" validate:"omitempty,oneof=comment reply mention quote" doc:"What it is to our posts."`
	Platform string      `yaml:"platform" doc:"Its platform."`
	Channel  string      `yaml:"channel" doc:"Its channel."`
	Author   *CaseAuthor `yaml:"author" doc:"Who wrote it."`
	Want     string      `yaml:"want" validate:"required,oneof=none label mute escalate hold hide delete allow" doc:"The rule's action, or none."`
}

// CaseAuthor is the author of a test's item.
type CaseAuthor struct {
	Age        *Duration `yaml:"age" doc:"How old the account is." example:"2d"`
	Followers  *int      `yaml:"followers" validate:"omitempty,gte=0" doc:"How many follow it."`
	Trusted    bool      `yaml:"trusted" doc:"true: we trust it."`
	SeenBefore *bool     `yaml:"seen_before" doc:"Whether it wrote to us before."`
}

// Expectation is what a replay of recorded items must come to.
type Expectation struct {
	Rule    string `yaml:"rule" validate:"required" doc:"The rule's id."`
	AtLeast *int   `yaml:"at_least" validate:"omitempty,gte=0" doc:"The fewest items that it matches."`
	AtMost  *int   `yaml:"at_most" validate:"omitempty,gte=0" doc:"The most items that it matches."`
}

// Several is one word, or a list of them.
type Several []string

var severalType = reflect.TypeFor[Several]()

// Percent is a share of a hundred: 5%.
type Percent float64

// OncePer is how rarely something is done to one author.
type OncePer struct {
	Author bool
	In     Duration
}

const (
	percentPattern = `^(100|[1-9]?[0-9](\.[0-9]{1,2})?)%$`
	oncePerPrefix  = "author/"
)

var (
	oncePerPattern = "^" + oncePerPrefix + strings.TrimPrefix(durationPattern, "^")
	percentForm    = regexp.MustCompile(percentPattern)
	oncePerForm    = regexp.MustCompile(oncePerPattern)
)

func parsePercent(s string) (Percent, error) {
	if !percentForm.MatchString(s) {
		return 0, errors.New("not a share of a hundred; write it as in 5%")
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	return Percent(f), err
}

func parseOncePer(s string) (OncePer, error) {
	if !oncePerForm.MatchString(s) {
		return OncePer{}, errors.New("not a pace for each author; write it as in author/7d")
	}
	d, err := parseDuration(strings.TrimPrefix(s, oncePerPrefix))
	return OncePer{true, d}, err
}
