package report

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// PlatformInfo is what there is to say about a platform.
type PlatformInfo struct {
	Name      string        `json:"name"`
	Title     string        `json:"title"`
	Docs      string        `json:"docs"`
	Publishes bool          `json:"publishes"`         // false: posts are handed to a person
	Compose   string        `json:"compose,omitempty"` // where that person writes them; {name} is a setting
	Text      string        `json:"text"`              // the limit of a part
	Caption   string        `json:"caption,omitempty"` // the one beside pictures, where it is another
	Titles    string        `json:"titles"`            // none, or their limit
	Threads   bool          `json:"threads"`
	Pictures  string        `json:"pictures"`
	AltText   string        `json:"alt_text"`
	Polls     bool          `json:"polls"`
	Can       []platform.Op `json:"can"`
	Settings  []SettingInfo `json:"settings"`
}

// SettingInfo is one setting of a channel.
type SettingInfo struct {
	Name     string `json:"name"`
	Help     string `json:"help"`
	Required bool   `json:"required"`
	Secret   bool   `json:"secret"`
	Default  string `json:"default,omitempty"`
}

// Platforms describes each of set.
func Platforms(set platform.Set) []PlatformInfo {
	var infos []PlatformInfo
	for _, p := range set {
		pr := &p.Profile
		info := PlatformInfo{Name: p.Name, Title: p.Title, Docs: p.Docs, Publishes: p.Open != nil, Compose: p.Compose,
			Text: "no limit", Titles: titles(&pr.Title), Threads: pr.Thread.Max > 1,
			Pictures: pictures(&pr.Media), AltText: number(pr.Media.Alt), Polls: pr.Poll.Options.Max > 0, Can: append([]platform.Op{}, p.Ops...)}
		var limits []string
		for _, l := range pr.Text {
			limits = append(limits, fmt.Sprintf("%d %s", l.Max, l.Unit))
		}
		if len(limits) > 0 {
			info.Text = strings.Join(limits, " and ")
		}
		if pr.Caption.Max > 0 {
			info.Caption = number(pr.Caption)
		}
		for _, f := range p.Fields {
			info.Settings = append(info.Settings, SettingInfo{f.Name, f.Help, f.Required, f.Secret, f.Default})
		}
		infos = append(infos, info)
	}
	return infos
}

func number(l platform.Limit) string {
	switch {
	case l.Max == 0:
		return "none"
	case l.Max == platform.NoLimit:
		return "no limit"
	case l.Unit != "":
		return fmt.Sprintf("%d %s", l.Max, l.Unit)
	}
	return fmt.Sprint(l.Max)
}

func titles(t *platform.TitleProfile) string {
	if t.Place != platform.InField {
		return "none"
	}
	words := "no limit"
	switch {
	case t.Max.Max > 0 && t.Min.Max > 0:
		words = fmt.Sprintf("%d to %s", t.Min.Max, number(t.Max))
	case t.Max.Max > 0:
		words = number(t.Max)
	}
	if t.Needed {
		words += ", needed"
	}
	return words
}

func pictures(m *platform.MediaProfile) string {
	words := number(m.Max)
	switch {
	case m.Needed:
		words += ", needed"
	case m.Video == platform.VideoAlways:
		words += ", beside a video"
	case m.Video == platform.VideoAlone:
		words += ", or a video"
	}
	return words
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Platforms lists platforms for people: those it publishes to, then those
// whose posts it writes for a person.
func (t *Text) Platforms(set platform.Set) {
	byHand := false
	for i, p := range Platforms(set) {
		switch {
		case i == 0 && p.Publishes:
			t.printf("%s\n\n", t.paint(faint, "Imprimatur publishes to these itself:"))
		case !p.Publishes && !byHand:
			byHand = true
			t.printf("\n%s\n\n", t.paint(faint, "For these it writes posts ready to paste into the outbox, and a person publishes them:"))
		case i > 0:
			t.printf("\n")
		}
		t.printf("%s  %s\n", t.paint(bold, p.Name), t.paint(faint, p.Docs))
		words := p.Text
		if p.Caption != "" {
			words += ", beside pictures " + p.Caption
		}
		rows := [][]cell{
			{{"  text", faint}, {words, ""}},
			{{"  title", faint}, {p.Titles, ""}},
			{{"  threads", faint}, {yes(p.Threads), ""}},
			{{"  pictures", faint}, {p.Pictures + ", alternative text " + p.AltText, ""}},
			{{"  polls", faint}, {yes(p.Polls), ""}},
		}
		if p.Publishes {
			rows = append(rows, []cell{{"  besides publishing", faint}, {ops(p.Can), ""}})
		}
		t.table(rows)
		for _, s := range p.Settings {
			note := ""
			switch {
			case s.Secret:
				note = " (a secret: the name of an environment variable)"
			case s.Default != "":
				note = " (default " + s.Default + ")"
			case !s.Required:
				note = " (optional)"
			}
			t.printf("  %s %s%s\n", t.paint(blue, s.Name+":"), s.Help, note)
		}
	}
}

func ops(list []platform.Op) string {
	var words []string
	for _, o := range list {
		words = append(words, string(o))
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// PlatformTable is the README's tables of platforms.
func (t *Text) PlatformTable(set platform.Set) {
	infos := Platforms(set)
	t.printf("Published by Imprimatur itself:\n\n")
	t.printf("| platform | text | threads | pictures | alternative text | polls | find | edit | remove | comments | moderate |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for i, p := range infos {
		can := func(op platform.Op) string { return yes(set[i].Can(op)) }
		if p.Publishes {
			t.printf("| [%s](%s) | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", p.Title, p.Docs, p.Text, yes(p.Threads), p.Pictures, p.AltText, yes(p.Polls),
				can(platform.Find), can(platform.Edit), can(platform.Remove), can(platform.Read), can(platform.Moderate))
		}
	}
	t.printf("\nChecked, counted and written ready to paste; a person publishes them:\n\n")
	t.printf("| platform | text | title | threads | pictures | alternative text | polls |\n|---|---|---|---|---|---|---|\n")
	for _, p := range infos {
		if p.Publishes {
			continue
		}
		words := p.Text
		if p.Caption != "" {
			words += "; beside pictures " + p.Caption
		}
		t.printf("| [%s](%s) | %s | %s | %s | %s | %s | %s |\n", p.Title, p.Docs, words, p.Titles, yes(p.Threads), p.Pictures, p.AltText, yes(p.Polls))
	}
}
