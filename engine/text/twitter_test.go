package text

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// X's own conformance suite, read where it lies: of each case what it expects,
// whatever the section's shape.
type twitterCase struct {
	Description string
	Text        string
	Expected    yaml.Node
}

func twitterSuite(t *testing.T, file string) map[string][]twitterCase {
	t.Helper()
	folder := os.Getenv("IMPRIMATUR_TESTDATA")
	if folder == "" {
		t.Skip("IMPRIMATUR_TESTDATA names no folder with twitter-text/conformance")
	}
	src, err := os.ReadFile(filepath.Join(folder, "twitter-text", "conformance", file))
	if err != nil {
		t.Fatal(err)
	}
	var suite struct{ Tests map[string][]twitterCase }
	if err := yaml.Unmarshal(src, &suite); err != nil || len(suite.Tests) == 0 {
		t.Fatal("no tests in ", file, err)
	}
	return suite.Tests
}

// notOurs are the cases that say something else than we ask, and why.
var notOurs = map[string]string{
	"tweets/Invalid Tweet: 141 characters":                                                                              "140 was the limit until 2017; the suite runs these by version 1 of the configuration",
	"tweets/Invalid Tweet: 141 characters (due to newline)":                                                             "the same",
	"WeightedTweetsCounterTest/Count a mix of single byte single word, and double word unicode characters":              "version 2 of the configuration, which did not know emoji of several characters; the next section has it by version 3",
	"WeightedTweetsCounterTest/Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers": "the same",
	"urls/Valid url: port and userinfo":                                                                                 "isValidUrl checks an address by itself; X makes no link of one with a password",
	"urls/Valid url: ipv4":                                                                                              "the same, of one without a name",
	"urls/Valid url: ipv6":                                                                                              "the same",
	"urls/Valid url: sub delims and question marks":                                                                     "the same, of a query that ends in a plus sign, before which X's link ends",
}

// result is what X finds, the way the suite writes it.
func result(section, s string) any {
	count := func() map[string]any {
		n := Count(s, Weighted, 23)
		return map[string]any{"weightedLength": n, "valid": n > 0 && n <= 280 && !strings.ContainsFunc(s, refused)}
	}
	found := Entities(s)
	values := func(kind FacetKind) []any {
		out := []any{}
		for _, f := range found {
			if f.Kind == kind {
				out = append(out, f.Value)
			}
		}
		return out
	}
	indices := func(kind FacetKind, name string) []any {
		out := []any{}
		for _, f := range found {
			if f.Kind != kind {
				continue
			}
			m := map[string]any{name: f.Value, "indices": []any{points(s[:f.Start]), points(s[:f.End])}}
			if section == "mentions_or_lists_with_indices" {
				m[name], m["list_slug"], _ = strings.Cut(f.Value, "/")
				if m["list_slug"] != "" {
					m["list_slug"] = "/" + m["list_slug"].(string)
				}
			}
			out = append(out, m)
		}
		return out
	}
	whole := func(kind FacetKind) bool {
		return len(found) == 1 && found[0].Kind == kind && found[0].End-found[0].Start == len(s)
	}
	switch section {
	case "tweets":
		return count()["valid"]
	case "WeightedTweetsCounterTest", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest":
		return count()
	case "usernames":
		return whole(FacetMention)
	case "lists":
		return whole(FacetMention) && strings.Contains(found[0].Value, "/")
	case "hashtags_valid":
		return whole(FacetTag)
	case "urls_valid", "urls_without_protocol":
		return whole(FacetLink)
	case "mentions":
		return values(FacetMention)
	case "mentions_with_indices", "mentions_or_lists_with_indices":
		return indices(FacetMention, "screen_name")
	case "replies":
		for _, f := range found {
			if f.Kind == FacetMention && strings.Trim(s[:f.Start], " \u3000") == "" {
				return f.Value
			}
		}
		return nil
	case "urls", "tco_urls_with_params", "country", "generic":
		return values(FacetLink)
	case "urls_with_indices", "urls_with_directional_markers":
		return indices(FacetLink, "url")
	case "hashtags", "hashtags_from_astral":
		return values(FacetTag)
	case "hashtags_with_indices":
		return indices(FacetTag, "hashtag")
	case "cashtags":
		return values(FacetCashtag)
	case "cashtags_with_indices":
		return indices(FacetCashtag, "cashtag")
	}
	return "a section that is not known"
}

func points(s string) int { return len([]rune(s)) }

// The whole of what X publishes about counting and finding, but for the ranges
// that its editor underlines.
func TestTwitterConformance(t *testing.T) {
	unused := map[string]bool{}
	for name := range notOurs {
		unused[name] = true
	}
	for _, file := range []string{"validate.yml", "extract.yml", "tlds.yml"} {
		for section, cases := range twitterSuite(t, file) {
			for _, c := range cases {
				name := section + "/" + c.Description
				t.Run(name, func(t *testing.T) {
					shape := section
					if file == "validate.yml" && (section == "urls" || section == "hashtags") {
						shape += "_valid"
					}
					var want any
					if err := c.Expected.Decode(&want); err != nil {
						t.Fatal(err)
					}
					got := result(shape, c.Text)
					if m, ok := want.(map[string]any); ok {
						for _, key := range []string{"permillage", "displayRangeStart", "displayRangeEnd", "validRangeStart", "validRangeEnd"} {
							delete(m, key)
						}
					}
					same := fmt.Sprint(got) == fmt.Sprint(want)
					why, exception := notOurs[name]
					delete(unused, name)
					if exception && same {
						t.Errorf("is like the suite now; take it out of the table (%s)", why)
					} else if !exception && !same {
						t.Errorf("%.300q\ngot  %v\nwant %v", c.Text, got, want)
					}
				})
			}
		}
	}
	for name := range unused {
		t.Errorf("there is no case %q", name)
	}
}
