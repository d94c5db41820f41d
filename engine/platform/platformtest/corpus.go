package platformtest

import "strings"

// corpus is Markdown whose words have broken real connectors. Each says what
// it is about in its name.
var corpus = []struct{ name, markdown string }{
	{"plain", "It is here."},
	{"one letter", "a"},
	{"lines", "two lines  \nof one paragraph\n\nand a second paragraph"},
	{"soft lines", "one\ntwo\nthree"},
	{"blank inside", "```\none\n\n\n    four blanks before, and  two inside\n```"},
	{"emoji families", "👩‍👩‍👧‍👦 👨🏽‍🚒 🏴‍☠️ 🇫🇷🇲🇺 ❤️‍🔥 #️⃣ 1️⃣ 😀"},
	{"astral letters", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷野家 𒀭"},
	{"Arabic and Hebrew", "مرحبا بالعالم، السعر 12.50 د.إ — שלום עולם (123)"},
	{"bidirectional marks", "a\u200fb\u200ec\u2067שלום\u2069 d"},
	{"combining marks", "e\u0301 n\u0303 Z\u0351\u036b\u0343a\u0302l\u0323g\u0317o, and é ñ as one"},
	{"Indic conjuncts", "क्षत्रिय विज्ञान স্বাস্থ্য க்ஷ ස්‍රී မြန်မာ ไทยกำลัง"},
	{"CJK", "新しいパンが焼けました。「おいしい」！ 갓 구운 빵 새로운"},
	{"quotes", `"double" 'single' “curly” ‘too’ «guillemets» „unten“ \\ back\\slash`},
	{"braces and percent", "{braces} {{double}} ${HOME} $(id) %s %d %20 100% {% raw %} *|MERGE|*"},
	{"HTML", "`<b>bold</b> & <script>alert(1)</script>` &lt;p&gt; &amp;amp; 1 < 2 > 0"},
	{"JSON and control pictures", "`{\"a\":[null,\"\\u0000\\n\"]}` ␀ \\\" \\/"},
	{"French typography", "Prix\u202f: 4,50\u202f€\u00a0— «\u202fvraiment\u202f»\u202f! L’été, l'œuf, À bientôt…"},
	{"odd separators", "line\u2028separator paragraph\u2029separator next\u0085line zero\u200bwidth"},
	{"addresses", "see https://en.wikipedia.org/wiki/Go_(game), https://example.org/a?b=c&d=%C3%A9#frag and <https://example.org/_a_/[b]>."},
	{"tags and names", "#tag #été2027 #123 a#b @name @name@example.org me@example.org \\*stars\\* \\_under\\_"},
	{"link with words", "our [menu](https://example.org/menu?x=1&y=2) of **today** and *tomorrow*, `code`"},
	{"lists", "- one\n- two\n\n1. first\n2. second\n\n> quoted"},
	{"commands", "@everyone @channel <!here> /me :smile: ~~ || __ ``"},
	{"long word", strings.Repeat("Donaudampfschifffahrt", 8)},
}
