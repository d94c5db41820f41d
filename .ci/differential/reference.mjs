// Reads JSON strings, one a line, and says what the reference implementations make of each, one line of JSON a text.
// Offsets are in UTF-16 units, but for the facets' own.
import { createInterface } from 'node:readline';
import { RichText } from '@atproto/api';
import { parse } from 'twemoji-parser';
import twitter from 'twitter-text';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const { defaults: config } = twitter.configs;

// All emoji that Unicode recommends, and what X's parser takes with them besides.
const either = Array.from({ length: 0x20000 }, (_, n) => (n >= 0xd800 && n <= 0xdfff ? '' : String.fromCodePoint(n)))
  .filter((c) => /^\p{Emoji_Presentation}$/u.test(c) && parse(`${c}\uFE0F`)[0]?.text === `${c}\uFE0F`);
const recommended = new RegExp(`[#*0-9]\\uFE0F?\\u20E3|[${either.join('')}]\\uFE0F|\\p{RGI_Emoji}`, 'gv');
const emojiToday = (s) => Array.from(s.matchAll(recommended), (m) => [m.index, m[0].length]);
const emoji2018 = (s) => parse(s).map((e) => [e.indices[0], e.text.length]);

// twitter-text's parseTweet with emoji from elsewhere; and a link is as long as the place it says it has.
const weighted = (text, emojiOf) => {
  const s = text.normalize();
  const urls = new Map(twitter.extractUrlsWithIndices(s).map((u) => u.indices));
  const emoji = new Map(emojiOf(s));
  let weight = 0;
  for (let i = 0; i < s.length; ) {
    const c = s.codePointAt(i);
    if (urls.has(i)) {
      weight += config.transformedURLLength * config.scale;
      i = urls.get(i);
    } else if (emoji.has(i)) {
      weight += config.defaultWeight;
      i += emoji.get(i);
    } else {
      weight += config.ranges.find((r) => c >= r.start && c <= r.end)?.weight ?? config.defaultWeight;
      i += c > 0xffff ? 2 : 1;
    }
  }
  return weight / config.scale;
};

// The letters, marks and digits that X's library, of Unicode 7, does not know.
const letter = new RegExp(`^${twitter.regexen.hashtagAlphaNumeric.source}$`, 'i');
const unknown = (text) => [...text].filter((c) => /[\p{L}\p{M}\p{Nd}]/u.test(c) && !letter.test(c));

// The letters that it takes for those of its classes because JavaScript's i folds them.
const { latinAccentChars, cyrillicLettersAndMarks } = twitter.regexen;
const path = `^[${latinAccentChars.source}${cyrillicLettersAndMarks.source}]$`;
const folded = (text) => [...text].filter((c) => new RegExp(path, 'i').test(c) && !new RegExp(path).test(c));

const answer = (text) => {
  const { weightedLength, valid } = twitter.parseTweet(text);
  const rich = new RichText({ text });
  rich.detectFacetsWithoutResolution();
  return {
    weighted: weightedLength,
    valid,
    placed: weighted(text, emoji2018),
    today: weighted(text, emojiToday),
    unknown: unknown(text).join(''),
    folded: folded(text).join(''),
    entities: twitter.extractEntitiesWithIndices(text).map((e) => ({
      kind: e.url ? 'link' : e.hashtag ? 'tag' : e.cashtag ? 'cashtag' : 'mention',
      value: e.url ?? e.hashtag ?? e.cashtag ?? e.screenName + e.listSlug,
      start: e.indices[0],
      end: e.indices[1],
    })),
    graphemes: [...segmenter.segment(text)].length,
    rich: rich.graphemeLength,
    facets: (rich.facets ?? []).map((f) => ({
      start: f.index.byteStart,
      end: f.index.byteEnd,
      kind: f.features[0].$type.split('#')[1],
      value: f.features[0].uri ?? f.features[0].tag ?? f.features[0].did,
    })),
  };
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
