// Reads rules of recurrence, one line of JSON a rule, and says what rrule makes of each between two times, one line of
// JSON a rule. All times are floating, written in UTC.
import { createInterface } from 'node:readline';
import rrule from 'rrule';

for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
  const { rule, start, from, to } = JSON.parse(line);
  const options = rrule.RRule.parseString(rule);
  options.dtstart = new Date(start);
  const times = new rrule.RRule(options).between(new Date(from), new Date(to), true);
  process.stdout.write(`${JSON.stringify(times.map((t) => t.toISOString().replace('.000', '')))}\n`);
}
