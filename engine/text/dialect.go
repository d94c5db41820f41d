package text

// Markdown is one of the dialects of Markdown that platforms read.
type Markdown uint8

// The dialects.
const (
	// GitHub is GitHub Flavored Markdown as comments, discussions and releases
	// have it, see https://github.github.com/gfm/. Mentions and references are
	// found in the words of the page, after escapes: only something between
	// the signs, such as an HTML comment, keeps @ and # from finding anybody.
	// Two $ enclose a formula but within span tags, see
	// https://github.com/orgs/community/discussions/17522 (checked 2026-11-22).
	GitHub Markdown = iota
	// Discord is what its clients show of Markdown, see
	// https://github.com/brussell98/discord-markdown/blob/1d5465a/index.js
	// (checked 2026-11-22). Its server looks for mentions in the raw text, so
	// @everyone is parted even though a connector sends allowed_mentions: a
	// person may paste the text.
	Discord
	// Reddit is what both of its parsers read, see
	// https://github.com/reddit/snudown/blob/07ef329/src/markdown.c (checked
	// 2026-11-22): the older knows neither fences nor every backslash.
	Reddit
	// Discourse is CommonMark with HTML and single line breaks. It looks for
	// mentions in the words between tags, see
	// https://github.com/discourse/discourse/blob/530d9ab/app/assets/javascripts/pretty-text/engines/discourse-markdown/mentions.js
	// (checked 2026-11-22).
	Discourse
	// DevTo is what Forem reads: Markdown, then Liquid, see
	// https://github.com/forem/forem/blob/004a2bc/app/services/markdown_processor/parser.rb
	// (checked 2026-11-22). Its styles are tags, since its marks do not count
	// after a quotation mark; a struck-out word it cannot show.
	DevTo
	// Mattermost is GitHub's with other escapes, see
	// https://github.com/mattermost/marked/blob/08f3638/lib/marked.js (checked
	// 2026-11-22).
	Mattermost
)

// A dialect says where a dialect of Markdown differs from the others.
type dialect struct {
	name     string
	marks    [3][2]string // of Strong, Em and Strike; "" where it has none
	joints   joints
	part     string // stands unseen inside of a word so that it means nothing, and beside a mark so that it counts
	signs    string // more signs that take a backslash
	dollar   string // what $ is written as where two could enclose a formula
	tick     string // what ` is written as, if not with a backslash
	and      string // what & is written as, if not with a backslash
	less     string // what < is written as, if not with a backslash
	headings int    // the deepest; others are lines in bold
	newline  string // a line break
	rule     string // between what were parts, or ""
	tables   bool   // or a table is lines of cells
	pictures bool   // or they are not in the text
	fences   bool   // or code is indented where it can be
	entities bool   // & may begin a character reference
	at       string // before the handle of a person
	tight    bool   // #tag at the beginning of a line is no heading
}

// unseen is a comment in HTML.
const unseen = "<!-- -->"

var star = [3][2]string{{"**", "**"}, {"*", "*"}, {"~~", "~~"}}

var dialects = [...]dialect{
	GitHub: {
		name: "GitHub Markdown", marks: star, part: unseen,
		headings: 6, newline: "\n", rule: "***", tables: true, pictures: true, fences: true, entities: true,
		at: "@", tight: true,
		dollar: "<span>$</span>",
	},
	Discord: {
		name: "Discord Markdown", marks: star, part: "\u200b", signs: "|",
		headings: 3, newline: "\n", fences: true, at: "@", tight: true,
	},
	Reddit: {
		name: "Reddit Markdown", marks: star, joints: apart, part: "&#8203;", signs: "^",
		headings: 6, newline: "  \n", rule: "***", tables: true, entities: true, at: "u/",
	},
	Discourse: {
		name: "Discourse Markdown", marks: star, part: unseen,
		headings: 6, newline: "\n", rule: "***", tables: true, pictures: true, fences: true, entities: true,
		at: "@", tight: true,
	},
	DevTo: {
		name: "DEV Markdown", marks: [3][2]string{{"<strong>", "</strong>"}, {"<em>", "</em>"}},
		joints: always, part: "\u200b", signs: "^",
		headings: 6, newline: "\n", rule: "***", tables: true, pictures: true, fences: true, entities: true,
		at:   "@",
		tick: "&#96;",
	},
	Mattermost: {
		name: "Mattermost Markdown", marks: star, part: "&#8203;",
		headings: 6, newline: "\n", rule: "***", tables: true, fences: true, entities: true,
		at: "@", tight: true,
		dollar: "&#36;", and: "&amp;", less: "&lt;",
	},
}

// Name is the dialect's.
func (m Markdown) Name() string { return dialects[m].name }

// Carries reports whether the dialect has tables, or struck-out text.
func (m Markdown) Carries(f Feature) bool {
	d := &dialects[m]
	if f == Tables {
		return d.tables
	}
	return d.marks[2][0] != ""
}

// Write writes a part in the dialect: what an author's text holds literally
// never turns into markup, a mention, a reference or a link.
func (m Markdown) Write(p Part, n Names) Text {
	w := markdown{dialect: &dialects[m], kind: m}
	w.styled.marks, w.seam, w.styled.joints = &w.dialect.marks, w.part, w.dialect.joints
	w.wide = m == Discord
	w.begin(p, n, &w)
	return Text{String: string(w.out)}
}
