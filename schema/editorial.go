package schema

import (
	"bytes"
	"strings"
)

// The kinds of files of rules.
const (
	Community = "community"
	OwnPosts  = "editorial"
)

// Editorial is one file of moderation/*.yaml that is about our own posts: how
// the brand writes.
type Editorial struct {
	Version int                 `yaml:"version" validate:"required,eq=1" doc:"Version of this file format: 1."`
	Kind    string              `yaml:"kind" validate:"required,oneof=editorial" doc:"What the rules judge. editorial: our own posts, before they go out."`
	Lists   map[string]TermList `yaml:"lists" validate:"dive" doc:"Word lists, under the name that rules use."`
	Rules   []EditorialRule     `yaml:"rules" validate:"dive" doc:"The rules. Their order means nothing."`
}

// EditorialRule is one rule of how the brand writes; exactly one of its kinds
// is given.
type EditorialRule struct {
	ID       string         `yaml:"id" validate:"required,max=80" doc:"Its name for good: letters, digits, dots, - and _." example:"typo.mail"`
	Policy   string         `yaml:"policy" validate:"required" doc:"The anchor of the heading in POLICY.md that the rule stands on." example:"words"`
	Severity string         `yaml:"severity" validate:"required,oneof=error warning off" doc:"error: what it finds keeps the post from going out. warning: it is said, and no more. off: not looked at."`
	Expires  Time           `yaml:"expires" doc:"When it ends by itself." example:"2027-02-01 00:00"`
	Where    EditorialWhere `yaml:"where" doc:"The posts it is for. Default: all."`
	In       Several        `yaml:"in" validate:"dive,oneof=text title summary warning alt poll tags links" doc:"What of a post it reads: its text, title, summary, content warning, the alt texts of its pictures, the answers of its poll, its tags, the words of its links. Default: all; occurrence and readability: the text; links: only where named."`
	Message  string         `yaml:"message" doc:"What to do about it, for whoever wrote the post."`
	Link     string         `yaml:"link" validate:"omitempty,http_url" doc:"Where to read more."`

	Existence    *Sought       `yaml:"existence" doc:"Words that should not be there."`
	Substitution *Substitution `yaml:"substitution" doc:"Words with a better one in their place."`
	Occurrence   *Occurrence   `yaml:"occurrence" doc:"How often something may be there, or must."`
	Repetition   *Repetition   `yaml:"repetition" doc:"The same thing twice."`
	Consistency  *Consistency  `yaml:"consistency" doc:"One spelling throughout a post."`
	Conditional  *Conditional  `yaml:"conditional" doc:"What must be there if something else is."`
	Readability  *Readability  `yaml:"readability" doc:"How hard the text may be to read."`

	Slow  bool            `yaml:"slow" doc:"true takes a regular expression that must be tried on every post, because it has no fixed letters in it."`
	Tests []EditorialCase `yaml:"tests" validate:"dive" doc:"Posts with what this rule alone says of them. A rule that is not off needs one that it finds something in and one that it leaves alone."`
}

// EditorialWhere says which posts a rule is for.
type EditorialWhere struct {
	Channel  Several `yaml:"channel" doc:"Channels of imprimatur.yaml that the post goes to."`
	Platform Several `yaml:"platform" doc:"Platforms of these channels." example:"mastodon"`
	Lang     Several `yaml:"lang" validate:"dive,bcp47_language_tag" doc:"Languages of the text; fr is every French, und a text without one." example:"fr"`
	Pillar   Several `yaml:"pillar" doc:"Kinds of content."`
	Campaign Several `yaml:"campaign" doc:"Campaigns."`
	Path     Several `yaml:"path" doc:"Files, as in posts/jeux/*; a folder means everything below it." example:"posts/jeux"`
}

// Sought is what to look for: any of it will do.
type Sought struct {
	Words *Words     `yaml:"words" doc:"Words and phrases."`
	Regex Several    `yaml:"regex" doc:"Regular expressions (RE2), one of which must be found. Case does not matter."`
	Links *LinkHosts `yaml:"links" doc:"Links, also behind words."`
}

// LinkHosts are links by where they lead.
type LinkHosts struct {
	Domains []string `yaml:"domains" doc:"Only links to these hosts and their subdomains. Default: any." example:"dupain.example"`
	Except  []string `yaml:"except" doc:"No links to these hosts and their subdomains."`
}

// Substitution puts words in the place of others.
type Substitution struct {
	Swap map[string]string `yaml:"swap" validate:"required,min=1" doc:"The better word, under the one it is for. A capital at its beginning stays one."`
	Fold string            `yaml:"fold" validate:"omitempty,oneof=none standard" doc:"What is seen through. none: nothing but capitals. standard: accents and invisible signs too. Default none."`
	Case bool              `yaml:"case" doc:"true: capitals matter."`
}

// Occurrence bounds how often something is there.
type Occurrence struct {
	Of      string  `yaml:"of" validate:"omitempty,oneof=emoji hashtags links mentions words characters capitals pictures" doc:"What is counted, unless words or regex say it. capitals: words in capitals of seven letters or more. pictures: those of the front matter and in the text."`
	Words   *Words  `yaml:"words" doc:"Words and phrases to count."`
	Regex   Several `yaml:"regex" doc:"Regular expressions (RE2) to count. Case does not matter."`
	AtLeast *int    `yaml:"at_least" validate:"omitempty,gte=1" doc:"The fewest."`
	AtMost  *int    `yaml:"at_most" validate:"omitempty,gte=0" doc:"The most."`
	Per     string  `yaml:"per" validate:"omitempty,oneof=post part sentence" doc:"Where it is counted: in the whole post, in each part of a thread, or in each sentence. Default post."`
}

// Repetition finds the same thing twice.
type Repetition struct {
	Of     string   `yaml:"of" validate:"required,oneof=words hashtags" doc:"words: one word twice in a row. hashtags: one tag twice in the post."`
	Except []string `yaml:"except" doc:"Words that may stand twice, as in nous nous." example:"nous"`
}

// Consistency wants one spelling of several.
type Consistency struct {
	Either []string `yaml:"either" validate:"required,min=2,unique" doc:"Spellings of one thing: the first that a post has is the one it keeps to."`
}

// Conditional wants one thing where there is another.
type Conditional struct {
	If     Sought `yaml:"if" validate:"required" doc:"What it depends on."`
	Then   Sought `yaml:"then" validate:"required" doc:"What must be there then."`
	Within int    `yaml:"within" validate:"omitempty,gte=1" doc:"How near to the beginning of the text it must begin, in characters. Default: anywhere in what the rule reads." example:"125"`
}

// Readability bounds how hard a text is to read.
type Readability struct {
	Ease             *int `yaml:"ease" validate:"omitempty,gte=0,lte=100" doc:"The least reading ease, from 0, which is hard, to 100: by Flesch in English, by Kandel and Moles in French. Texts in other languages, and of less than 30 words, are not judged."`
	WordsPerSentence *int `yaml:"words_per_sentence" validate:"omitempty,gte=3" doc:"The most words of a sentence."`
}

// EditorialCase is a post as a test gives it, and what the rule says of it.
// What it does not say of language, channel and the like is what the rule is
// for.
type EditorialCase struct {
	Text     *string  `yaml:"text" doc:"What it says, in Markdown." empty:"ok"`
	Title    string   `yaml:"title" doc:"Its title."`
	Alt      string   `yaml:"alt" doc:"The alt text of a picture."`
	Tags     []string `yaml:"tags" doc:"Its tags, without #."`
	Lang     string   `yaml:"lang" validate:"omitempty,bcp47_language_tag" doc:"Its language, as a BCP 47 tag." example:"fr"`
	Channel  string   `yaml:"channel" doc:"The channel it goes to."`
	Platform string   `yaml:"platform" doc:"Its platform."`
	Want     string   `yaml:"want" validate:"required,oneof=hit none" doc:"hit: the rule finds something. none: it does not."`
	Fixed    *string  `yaml:"fixed" doc:"What check --fix makes of its text." empty:"ok"`
}

// RulesKind is what a file of rules says it is about: Community, unless it
// says editorial, or nearly so. It looks no further than it must, so that a
// file with a mistake elsewhere is of its kind all the same.
func RulesKind(src []byte) string {
	for line := range bytes.Lines(src) {
		key, value, ok := strings.Cut(string(line), ":")
		if !ok || strings.Trim(key, `"' `) != "kind" || strings.HasPrefix(key, " ") {
			continue
		}
		value, _, _ = strings.Cut(value, "#")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if value == OwnPosts || Nearest(value, []string{Community, OwnPosts}) == OwnPosts {
			return OwnPosts
		}
		return Community
	}
	d := decoder{src: Source{YAML: src}} // on one line, it may be
	if root := d.parse(); root != nil {
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == "kind" && root.Content[i+1].Value == OwnPosts {
				return OwnPosts
			}
		}
	}
	return Community
}
