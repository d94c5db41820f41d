package text

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// writer makes texts that a counter could go wrong in: scripts, emoji,
// addresses, signs and blanks, side by side and run together.
type writer struct {
	*rand.Rand
}

func newWriter(seed uint64) writer { return writer{rand.New(rand.NewPCG(seed, 3))} }

func (w writer) of(list ...string) string { return list[w.IntN(len(list))] }

func (w writer) rune(list string) string {
	r := []rune(list)
	return string(r[w.IntN(len(r))])
}

func (w writer) often(n int) bool { return w.IntN(n) == 0 }

func (w writer) text() string {
	var b strings.Builder
	for range 1 + w.IntN(12) {
		b.WriteString(w.piece())
		b.WriteString(w.of("", " ", " ", " ", "\n", w.blank()))
	}
	return b.String()
}

func (w writer) piece() string {
	switch w.IntN(12) {
	case 0, 1:
		return w.word()
	case 2, 3:
		return w.emoji()
	case 4, 5:
		return w.address()
	case 6:
		return w.of("@", "@", "＠", "RT@", "rt:@", "@@", ".@") + w.name() + w.of("", "", "/"+w.name(), "é", "@", "://", "-")
	case 7:
		return w.of("#", "#", "＃", "##", "&#", "#\ufe0f") + w.of(w.word(), w.word()+"_"+w.digits(), w.digits(), w.emoji(), w.word()+w.sign(), w.word()+"-"+w.word())
	case 8:
		return "$" + w.of("ACME", "a", "TOOLONGX", "BRK.B", "abc_d", "x.yzz", w.digits(), w.word())
	case 9:
		return w.sign() + w.sign()
	case 10:
		return w.sign() + w.piece() + w.sign()
	default:
		return w.any() + w.any()
	}
}

func (w writer) word() string {
	s := w.of("galette", "l'été", "Straße", "ELPAÍS", "naïve", "e\u0301te\u0301", "A\u030a\u0323", "ﬁn", "Привет", "русский", "Ελλάδα", "ιδέα",
		"سلام", "أي\u200cبي", "שָׁלוֹם", "עַל־יְדֵי", "क्षि", "न्त्र", "क्‍ष", "हिन्दी", "ज्ञान", "বাংলা", "ক্ষ", "தமிழ்", "ශ්‍රී", "മലയാളം", "క్ష", "ഓം",
		"ไทย", "ผู้เริ่ม", "ខ្មែរ", "မြန်မာ", "བོད་", "日本語", "カタカナ", "ｶﾀｶﾅ", "漢字", "中文", "한국어", "\u1112\u1161\u11ab", "ქართული", "ኢትዮ", "ᏣᎳᎩ", "ᠮᠣᠩ",
		"𝔅old", "𐌰𐌱", "𠀡", "ѣ\u0488", "x̷̢", "ｗｉｄｅ", "aͅ", "İı", "ſ", "\u212a", "ⅳ", "①", "٣٤", "१२", "l·l", "メ～テ", "各〃")
	if w.often(6) {
		s += w.of("s", w.digits(), "\u0301", "\u0308\u0323", "\ufe0f", "\u200d", "\u200c", "𝅘𝅥𝅮")
	}
	return s
}

func (w writer) name() string {
	return w.of("ana", "Ana_1", "a", "_", "twenty_characters_and_more", "123", "ana.example.com", "ana.bsky.social", "ana@photo.social", "アナ")
}

func (w writer) digits() string { return w.of("1", "42", "2027", "007", "٤٠٦") }

func (w writer) sign() string {
	return w.rune(".,;:!?'\"`()[]{}<>«»“”‘’‚„-–—_~*+=|/\\%^&@#$§¶•…·€™©®°→↔½×÷。、，！？：；（）「」【】・〜～＃＠＿￥")
}

func (w writer) blank() string {
	return w.rune("\t\r\n\v\f\u0085\u00a0\u1680\u180e\u2000\u2007\u2009\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202c\u202f\u205f\u2060\u2066\u2069\u3000\ufeff\ufffe\u00ad\u061c")
}

// any is a character from anywhere, which may be none yet.
func (w writer) any() string {
	for {
		r := rune(w.IntN([]int{0x80, 0x300, 0x2000, 0x3100, 0x10000, 0x20000, 0x110000}[w.IntN(7)]))
		if utf8.ValidRune(r) {
			return string(r)
		}
	}
}

func (w writer) emoji() string {
	pick := func(list string) []rune {
		words := strings.Fields(list)
		return []rune(words[w.IntN(len(words))])
	}
	tone := func() string { return w.rune("🏻🏼🏽🏾🏿") }
	switch w.IntN(12) {
	case 0:
		r := emojiRanges[w.IntN(len(emojiRanges))]
		return string(r[0] + w.Int32N(r[1]-r[0]+1))
	case 1:
		return w.rune(emojiBases) + tone()
	case 2:
		return w.rune(emojiTextual+emojiEither) + w.of("", "\ufe0f", "\ufe0e", "\ufe0f"+tone())
	case 3:
		return w.rune("#*0123456789") + w.of("\ufe0f\u20e3", "\u20e3", "\ufe0f", "\ufe0e\u20e3")
	case 4:
		i := 2 * w.IntN(len(emojiFlags)/2)
		return string([]rune{rune(emojiFlags[i]) - 'A' + '🇦', rune(emojiFlags[i+1]) - 'A' + '🇦'})
	case 5:
		return w.rune("🇦🇧🇨🇫🇷🇲🇺🇽🇿") + w.rune("🇦🇧🇨🇫🇷🇲🇺🇽🇿")
	case 6:
		var b strings.Builder
		b.WriteString("🏴")
		for _, c := range w.of("gbeng", "gbsct", "ustx", "gb", "gbwlsx") {
			b.WriteRune(0xe0000 + c)
		}
		return b.String() + w.of("\U000e007f", "\U000e007f", "")
	case 7, 8, 9: // joined, with the tones and stylers it may have or not
		var b strings.Builder
		toned, styled := w.IntN(3), w.often(3)
		for i, r := range pick(joinedPlain + joinedToned + joinedMixed) {
			if i > 0 {
				b.WriteRune(joiner)
			}
			b.WriteRune(r)
			switch {
			case toned > 0 && r != '🤝' && strings.ContainsRune(emojiBases, r) && (toned == 1 || w.often(2)):
				b.WriteString(tone())
			case strings.ContainsRune(emojiTextual, r) && (!styled || w.often(2)):
				b.WriteRune(styler)
			}
		}
		return b.String()
	case 10:
		return w.emoji() + "\u200d" + w.emoji()
	default:
		return w.of("😀", "🎉", "❤️", "☺", "☺️", "©", "©️", "®", "™", "ℹ️", "🫩", "🪉", "🐦‍🔥", "👁‍🗨", "a🏽", "🂡", "★", "⁉", "‼️")
	}
}

func (w writer) address() string {
	label := func() string {
		return w.of("a", "dupain", "x-y", "x_y", "-x", "x-", "_x", "é", "été", "ü", "例え", "xn--ls8h", "☃", "😀", "123", "www", strings.Repeat("long", 1+w.IntN(18)), strings.Repeat("長", 1+w.IntN(30)), w.word())
	}
	var b strings.Builder
	b.WriteString(w.of("http://", "https://", "https://", "", "", "", "HTTPS://", "ftp://", "http:/", "xhttp://", "http://u:p@"))
	for range 1 + w.IntN(3) {
		b.WriteString(label() + w.of(".", ".", ".", ".", ".", "..", "。"))
	}
	b.WriteString(w.of("com", "com", "co", "jp", "md", "rs", "py", "sh", "COM", "comm", "x", "example", "zip", "みんな", "中国", "рф", "xn--p1ai", "xn--", tlds[w.IntN(len(tlds))]))
	b.WriteString(w.of("", "", "", "é", "中", "@x.com", "+", "-", "_", ":80", ":", "."))
	if w.often(2) {
		b.WriteString("/")
		for range w.IntN(4) {
			b.WriteString(w.of("a", "B9", "p-q", "_(x)", "(", ")", "(a(b)c)", "()", "~", "%20", "привет", "été", "日本", "–", "@x/", "a,b", ".html", "…", "!", "'", w.sign(), "/", w.word()))
		}
	}
	if w.often(4) {
		b.WriteString("?" + w.of("", "a=1", "a=1&b=2", "q=(x)", "é", "a.", "x|y", "#f", "!"))
	}
	if w.often(6) {
		b.WriteString("#" + w.of("top", "!", "a?b", "é"))
	}
	if w.often(12) {
		return w.of("https://t.co/", "http://T.CO/", "t.co/") + w.of("", "abcDEF123", "a-b", "abc?x=1", strings.Repeat("a", 41), "abc'") + w.of("", " ", "x")
	}
	return b.String()
}
