package render

import (
	"net/url"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var tagged = links{params: "utm_source=x&utm_medium=social", except: []string{"shop.example", asciiHost("épicerie.example")}}

func TestLinkParameters(t *testing.T) {
	const added = "utm_source=x&utm_medium=social"
	for in, want := range map[string]string{
		"https://a.example":               "https://a.example?§",
		"https://a.example/":              "https://a.example/?§",
		"HTTPS://A.Example/Ä/%c3%A9":      "HTTPS://A.Example/Ä/%c3%A9?§",
		"https://a.example/?":             "https://a.example/?§",
		"https://a.example/?b=2&a=1&b":    "https://a.example/?b=2&a=1&b&§",
		"https://a.example/?a=1&":         "https://a.example/?a=1&§",
		"https://a.example/?a=1&&":        "https://a.example/?a=1&&§",
		"https://a.example/?q=a?b":        "https://a.example/?q=a?b&§",
		"https://a.example/#":             "https://a.example/?§#",
		"https://a.example/p?a#b?c=d#e":   "https://a.example/p?a&§#b?c=d#e",
		"https://a.example/#/route?x=1":   "https://a.example/?§#/route?x=1",
		"https://boulangerie-é.example/x": "https://boulangerie-é.example/x?§",
		"https://me:pw@a.example:8443/x":  "https://me:pw@a.example:8443/x?§",
		"https://[2001:db8::1]/x":         "https://[2001:db8::1]/x?§",
		"https://a.example/?s=galette":    "https://a.example/?s=galette&§",
		"https://a.example/?design=1":     "https://a.example/?design=1&§",
		"https://myshop.example/":         "https://myshop.example/?§",

		// hosts that are excepted, and this machine
		"https://shop.example/x":                  "",
		"https://WWW.Shop.example./x":             "",
		"https://xn--picerie-9xa.example/x":       "",
		"https://e\u0301picerie.example/x":        "",
		"http://localhost:8080/":                  "",
		"http://dev.localhost/":                   "",
		"http://127.0.0.1/":                       "",
		"http://[::1]/":                           "",
		"http://[::ffff:127.0.0.1]/":              "",
		"http://0.0.0.0:8000/":                    "",
		"mailto:a@a.example":                      "",
		"tel:+33102030405":                        "",
		"#galette":                                "",
		"/galette":                                "",
		"ftp://a.example/":                        "",
		"https://":                                "",
		"https://a.example/%zz":                   "",
		"https://a.example/?utm_id=7":             "",
		"https://a.example/?a=1;UTM_Source=mail":  "",
		"https://a.example/?%75tm_source=mail":    "",
		"https://a.example/#utm_source=mail":      "",
		"https://a.example/#!/p?x&utm_source=mal": "",

		// signed, as their servers write them
		"https://b.s3.eu-west-3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=c&X-Amz-Date=20270104T073000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0f": "",
		"https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=0f":                                                                                            "",
		"https://d1.cloudfront.net/i.jpg?Expires=1141889120&Signature=n~&Key-Pair-Id=K2":                                                                                                      "",
		"https://acc.blob.core.windows.net/c/b?sv=2022-11-02&se=2027-01-04&sr=b&sp=r&sig=Z%2F":                                                                                                "",
		"https://b.oss-cn-hangzhou.aliyuncs.com/o?OSSAccessKeyId=n&Expires=1&Signature=v":                                                                                                     "",
		"https://a.imgix.net/i.png?w=400&s=def3e221c3f4c4debda091b8e49420ea":                                                                                                                  "",
		"https://ik.imagekit.io/d/i.jpg?ik-t=1&ik-s=0f":                                                                                                                                       "",
		"https://a.example/confirm?user=7&expires=1&signature=0f":                                                                                                                             "",
		"https://a.example/v.m3u8?hdnts=exp=1~acl=/*~hmac=0f":                                                                                                                                 "",
		"https://a.example/i.jpg?verify=1484063787-9JQB8v":                                                                                                                                    "",
		"https://a.example/f?md5=_e4Nc3iduzkWRm01TBBNYw&expires=2147483647":                                                                                                                   "",
		"https://a.example/r?oauth_signature=x%3D":                                                                                                                                            "",
		"https://a.example/login?access_token=x":                                                                                                                                              "",
		"https://a.example/?jwt=e30.e30.":                                                                                                                                                     "",
	} {
		if want == "" {
			want = in
		}
		want = strings.Replace(want, "§", added, 1)
		if got := tagged.add(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// What was there stays, byte for byte, and is only ever added to once.
func FuzzLinkParameters(f *testing.F) {
	for _, s := range []string{"https://a.example", "https://a.example/?#", "https://a.example/?a=1&#b", "http://é.example/ä?ö=1&Signature=x",
		"https://a.example/?utm_x", "https://u@[::1]:1/?&&", "//a.example", "https://a.example/a?b?c#d#e", "https://a.example\\b?c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := tagged.add(in)
		if again := tagged.add(out); again != out {
			t.Errorf("%q: twice gives %q, once %q", in, again, out)
		}
		if out == in {
			return
		}
		a, err := url.Parse(in)
		b, err2 := url.Parse(out)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if rest, is := strings.CutSuffix(b.RawQuery, tagged.params); !is || rest != a.RawQuery && rest != a.RawQuery+"&" {
			t.Errorf("%q: the query %q became %q", in, a.RawQuery, b.RawQuery)
		}
		if b.RawQuery, b.ForceQuery = a.RawQuery, a.ForceQuery; a.String() != b.String() {
			t.Errorf("%q became %q", in, out)
		}
		if text.Address(in) == len(in) && text.Address(out) != len(out) && !strings.Contains(in, "#") {
			t.Errorf("%q: a reader's program ends %q too early", in, out)
		}
	})
}

// Templates give the same words for the same thing, however it is written.
func TestTemplates(t *testing.T) {
	post := &workspace.Post{File: "posts/2027/La galette.md"}
	post.Front.Campaign = "E\u0301piphanie 2027"
	ch := &platform.Channel{Name: "vitrine", Platform: &platform.Platform{Name: "mastodon"}, Profile: platform.Profile{Markup: text.Plain{}}}
	c := &schema.Config{Brand: "Dupain & Cie."}
	params := func(utm schema.UTM) string {
		c.Links.UTM = utm
		l := newLinks(&workspace.Workspace{Config: *c}, post, ch)
		return l.params
	}
	for _, tt := range []struct {
		utm  schema.UTM
		want string
	}{
		{schema.UTM{Content: "{post}", Term: "{brand}", Campaign: "{campaign}", Medium: "Social Média", Source: "{platform}.{channel}"},
			"utm_source=mastodon.vitrine&utm_medium=Social%20M%C3%A9dia&utm_campaign=%C3%A9piphanie-2027&utm_term=dupain-cie&utm_content=2027-la-galette"},
		{schema.UTM{Source: "{no}", Medium: "paid_"}, "utm_medium=paid%5F"},
		{schema.UTM{}, ""},
	} {
		if got := params(tt.utm); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	for _, name := range schema.LinkNames {
		if got := params(schema.UTM{Source: schema.Template("{" + name + "}")}); got == "" {
			t.Errorf("{%s} stands for nothing", name)
		}
	}
	post.Front.Campaign = ""
	if got := params(schema.UTM{Source: "s", Campaign: "{campaign}-{post}"}); got != "utm_source=s" {
		t.Errorf("without a campaign: %s", got)
	}
	ch.Platform.Local = true
	if got := params(schema.UTM{Source: "s"}); got != "" {
		t.Errorf("a site of our own adds %s", got)
	}
}

// The samples of RFC 3492, section 7.1.
func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"BÜCHER.Example.":               "xn--bcher-kva.example",
		"他们为什么不说中文":                     "xn--ihqwcrb4cv8a8dqg056pqjye",
		"למההםפשוטלאמדבריםעברית":        "xn--4dbcagdahymbxekheh6e0a7fei0b",
		"почемужеонинеговорятпорусски":  "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"3年b組金八先生":                      "xn--3b-ww4c5e180e575a65lsy2b",
		"plain.example":                 "plain.example",
		strings.Repeat("é", 300) + ".x": strings.Repeat("é", 300) + ".x",
	} {
		if got := asciiHost(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func BenchmarkLinkParameters(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		tagged.add("https://dupain.example/galette?taille=8#prix")
	}
}
