// Reads iCalendar files, a JSON string a line, and says what ical.js reads in each, one line of JSON a file. Times are in
// seconds since 1970, days as they are written.
import { createInterface } from 'node:readline';
import ICAL from 'ical.js';

ICAL.design.icalendar.property.name = { defaultType: 'text' }; // RFC 7986, section 5.1, which it does not know

const time = (t) => t && (t.isDate ? t.toString() : t.toUnixTime());

const answer = (file) => {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    const { uid, summary, description, location, sequence } = event;
    return {
      uid,
      summary,
      description,
      location,
      sequence,
      start: time(event.startDate),
      end: component.hasProperty('dtend') ? time(event.endDate) : undefined,
      url: component.getFirstPropertyValue('url'),
      status: component.getFirstPropertyValue('status'),
      busy: component.getFirstPropertyValue('transp') !== 'TRANSPARENT',
      stamp: time(component.getFirstPropertyValue('dtstamp')),
      modified: time(component.getFirstPropertyValue('last-modified')),
      categories: component.getAllProperties('categories').flatMap((c) => c.getValues()),
    };
  });
  return {
    name: calendar.getFirstPropertyValue('name'),
    description: calendar.getFirstPropertyValue('description'),
    method: calendar.getFirstPropertyValue('method'),
    refresh: calendar.getFirstPropertyValue('refresh-interval')?.toSeconds(),
    events,
  };
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
